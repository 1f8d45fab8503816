package load

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// Listed is a package that a load has looked at: one of the models, or one that these import, however indirectly.
type Listed struct {
	Path, Dir string

	// Fixed says that what is in Dir does not change: the package is that of a version of a module, as the module cache has it. Those of Go itself are not listed.
	Fixed bool
}

// listing collects what go commands list, those of all calls of one load.
type listing struct {
	mu     sync.Mutex
	found  map[string]Listed
	unsure bool // more may have been looked at
}

func (l *listing) add(all []*golisted) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range all {
		if p.Standard {
			continue
		}
		fixed := p.fixed()
		l.found[p.ImportPath] = Listed{p.ImportPath, p.Dir, fixed}
		if p.Error != nil || p.Dir == "" || !fixed && (p.Module == nil || len(p.CgoFiles)+len(p.EmbedPatterns)+len(p.TestEmbedPatterns)+len(p.XTestEmbedPatterns) > 0) {
			l.unsure = true // other files belong to it, which may be anywhere
		}
	}
}

func (l *listing) doubt() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.unsure = true
}

// fixed reports whether a package is in the module cache, whose folders have the version in their names.
func (p *golisted) fixed() bool {
	m := p.Module
	if m == nil || m.Main {
		return false
	}
	version := m.Version
	if m.Replace != nil {
		version = m.Replace.Version
	}
	plain := func(s string) string { return strings.ToLower(strings.ReplaceAll(filepath.ToSlash(s), "!", "")) } // which stands before a capital letter there
	return version != "" && strings.Contains(plain(p.Dir)+"/", "@"+plain(version)+"/")
}

// Listed returns the packages that the load has looked at, by path. It reports false where others, or other files than those in their folders, may count as
// well: package packages has loaded some, or one has to do with C, embeds files, or is in no module.
func (r *Result) Listed() ([]Listed, bool) {
	l := r.l.listing
	l.mu.Lock()
	defer l.mu.Unlock()
	all := make([]Listed, 0, len(l.found))
	for _, path := range slices.Sorted(maps.Keys(l.found)) {
		all = append(all, l.found[path])
	}
	return all, !l.unsure
}
