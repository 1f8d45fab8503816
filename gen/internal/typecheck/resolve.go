// Package typecheck runs the type checker over files of migrations with what is in memory: emitted files before they are written, the folder as it
// is and as a change will leave it. Packages that are not loaded count as right. It reads no files and runs no command.
package typecheck

import (
	"go/ast"
	"go/token"
	"go/types"
)

// Resolution says what the names of a package stand for. Of imports only the names are known, not what is in them.
type Resolution struct {
	Info  *types.Info
	Scope *types.Scope
}

// Each calls do for every name below a node that stands for something that is declared in the package, or imported.
func (r *Resolution) Each(n ast.Node, do func(*ast.Ident, types.Object)) {
	fields := map[*ast.Ident]bool{}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			fields[n.Sel] = true
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok && r.Info.Uses[key] == nil {
				fields[key] = true
			}
		case *ast.Ident:
			obj := r.Info.Uses[n]
			if obj == nil {
				obj = r.Info.Defs[n]
			}
			if obj == nil && !fields[n] {
				obj = r.Scope.Lookup(n.Name) // the checker does not look at what stands on something imported: Backfill[row]
			}
			if obj != nil {
				do(n, obj)
			}
		}
		return true
	})
}

// Resolve resolves the names of a package without its imports.
func Resolve(fset *token.FileSet, files []*ast.File) *Resolution {
	info := &types.Info{Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}}
	conf := types.Config{Importer: NewGuesser(files), Error: func(error) {}, DisableUnusedImportCheck: true, FakeImportC: true}
	pkg, _ := conf.Check("migrations", fset, files, info) // what does not compile is for the compiler to say
	return &Resolution{info, pkg.Scope()}
}
