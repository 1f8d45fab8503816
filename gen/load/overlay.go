package load

import (
	"context"

	"golang.org/x/tools/go/packages"
)

// With an overlay, package packages takes all export data for outdated, and checks all of Go's library from source to read one package of models. The
// go command knows better: it has compiled again what the overlay concerns. So the packages themselves are parsed and checked here, and what they
// import comes from the compiler.

// overlaid loads the packages of a configuration with an overlay. It reports false where package packages has to do it: it says what is wrong.
func (l *loader) overlaid(ctx context.Context, cfg *packages.Config, patterns []string) ([]*packages.Package, bool) {
	c := *cfg
	c.Context = ctx
	c.Mode = packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports | packages.NeedModule | packages.NeedDeps | packages.NeedExportFile
	c.ParseFile = nil
	roots, err := packages.Load(&c, patterns...)
	if err != nil || len(roots) == 0 {
		return nil, false
	}
	for _, p := range roots {
		if len(p.Errors) > 0 || len(p.CompiledGoFiles) == 0 || l.parse(p) != nil {
			return nil, false
		}
	}
	return roots, l.newChecker(roots).check(roots) == nil
}
