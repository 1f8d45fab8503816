package cache

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/modelgen/modelgen/internal/goenv"
)

// settled is how long ago a file must have been changed when a run begins, to be taken for what the run has read: clocks of file systems are coarse. It is
// that of go test.
const settled = 2 * time.Second

// Package is a package that a run has looked at.
type Package struct {
	Path, Dir string
	Fixed     bool // what is in Dir does not change
}

// Inputs is what a run has looked at.
type Inputs struct {
	Out      string    // directory of the migrations
	SQL      string    // directory of the SQL files, "" for none
	Patterns []string  // the packages named
	Packages []Package // those loaded, and what they import
}

// Record keeps that the run has found nothing to do. Where that is not certain, or cannot be kept, it does nothing.
func (r *Run) Record(in Inputs) {
	if r == nil || certain() != nil {
		return
	}
	inputs, ok := r.inputs(in)
	if !ok {
		return
	}
	var all []seen
	for _, i := range inputs {
		hash, changed, err := i.look()
		if err != nil || changed.After(r.began.Add(-settled)) {
			return
		}
		all = append(all, seen{i, hash})
	}
	_ = r.store.write(r.name, all)
}

// inputs returns all that counts. It reports false where that cannot be told.
func (r *Run) inputs(in Inputs) ([]input, bool) {
	all := map[input]bool{{theGo, ""}: true}
	for _, path := range goenv.Files(nil) {
		all[input{aFile, path}] = true
	}
	if work := setting("GOWORK"); work != "" && work != "off" {
		all[input{aFile, work}] = true
		all[input{aFile, work + ".sum"}] = true
	}
	out, err := filepath.Abs(in.Out)
	if err != nil {
		return nil, false
	}
	dirs := []string{r.dir, out}
	all[input{aFolder, out}] = true
	var modules []local
	for _, dir := range dirs {
		more, err := localModules(dir)
		if err != nil {
			return nil, false
		}
		modules = append(modules, more...)
	}
	for _, m := range modules {
		dirs = append(dirs, m.dir)
	}
	folder := func(dir string) {
		all[input{aFolder, dir}] = true
		dirs = append(dirs, dir)
	}
	for _, p := range in.Packages {
		if !p.Fixed {
			folder(p.Dir)
		}
		for _, m := range modules { // one of them may get a package of that path
			if dir, may := m.in(p.Path); may {
				folder(dir)
			}
		}
	}
	if in.SQL != "" {
		sql, err := filepath.Abs(in.SQL)
		if err != nil {
			return nil, false
		}
		all[input{aTree, sql}] = true
	}
	patterns := in.Patterns
	if len(patterns) == 0 {
		patterns = []string{"."}
	}
	for _, p := range patterns {
		dir, dots := under(r.dir, p), strings.Contains(p, "...")
		if base, all := strings.CutSuffix(p, "/..."); all {
			dir, dots = under(r.dir, base), strings.Contains(base, "...")
		}
		path := !strings.HasPrefix(p, ".") && !filepath.IsAbs(p)
		if dots || path && !slices.ContainsFunc(in.Packages, func(k Package) bool { return k.Path == p }) {
			return nil, false
		}
		if folder(dir); strings.HasSuffix(p, "/...") {
			all[input{folders, dir}] = true
		}
	}
	for _, dir := range dirs {
		for ; !all[input{aModule, dir}]; dir = filepath.Dir(dir) {
			all[input{aModule, dir}] = true
		}
	}
	return slices.SortedFunc(maps.Keys(all), func(a, b input) int {
		return strings.Compare(string(a.kind)+" "+a.path, string(b.kind)+" "+b.path)
	}), true
}
