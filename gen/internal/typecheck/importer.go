package typecheck

import (
	"fmt"
	"go/ast"
	"go/types"
	"path"
	"regexp"
	"strings"
)

// Loaded imports from what is in memory already.
type Loaded map[string]*types.Package

// Import implements types.Importer.
func (l Loaded) Import(path string) (*types.Package, error) {
	if p := l[path]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("%s is not loaded", path)
}

// Partly imports what is loaded, and an empty package that nobody complains about in the place of all others, under the name that it is used by.
type Partly struct {
	Loaded
	Others Guesser
}

// Import implements types.Importer.
func (p Partly) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if pkg, err := p.Loaded.Import(path); err == nil {
		return pkg, nil
	}
	pkg, _ := p.Others.Import(path)
	return pkg, fmt.Errorf("%s is not loaded", path)
}

// selectedIn returns the names that something is selected from, which those of imports are among.
func selectedIn(files []*ast.File) map[string]bool {
	selected := map[string]bool{}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := s.X.(*ast.Ident); ok {
					selected[x.Name] = true
				}
			}
			return true
		})
	}
	return selected
}

// Guesser makes empty packages under the names that they are used by.
type Guesser struct {
	selected map[string]bool
	made     map[string]*types.Package
}

var version = regexp.MustCompile(`^v[0-9]+$|\.v[0-9]+$`)

// Import implements types.Importer.
func (g Guesser) Import(p string) (*types.Package, error) {
	if g.made[p] == nil {
		g.made[p] = types.NewPackage(p, g.name(p))
		g.made[p].MarkComplete()
	}
	return g.made[p], nil
}

// name guesses the name of a package from its path, which it need not have.
func (g Guesser) name(p string) string {
	last := path.Base(p)
	if version.MatchString(last) && !strings.Contains(last, ".") {
		last = path.Base(path.Dir(p))
	}
	last = version.ReplaceAllString(last, "")
	for _, n := range []string{last, strings.TrimPrefix(last, "go-"), strings.TrimSuffix(last, "-go"), strings.ReplaceAll(last, "-", "_"), strings.ReplaceAll(last, "-", "")} {
		if g.selected[n] {
			return n
		}
	}
	return last
}

// NewGuesser returns a Guesser for the imports of files.
func NewGuesser(files []*ast.File) Guesser {
	return Guesser{selectedIn(files), map[string]*types.Package{}}
}
