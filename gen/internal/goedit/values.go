package goedit

import (
	"go/ast"
	"go/token"
	"iter"
)

// Value is a name of a declaration and the expression that it stands for.
type Value struct {
	Decl *ast.GenDecl
	Spec *ast.ValueSpec
	Name *ast.Ident
	Expr ast.Expr
}

// Values yields what the var or const declarations of a file's package have: the names that have an expression of their own, in their order.
func Values(file *ast.File, kind token.Token) iter.Seq[Value] {
	return func(yield func(Value) bool) {
		for _, d := range file.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != kind {
				continue
			}
			for _, s := range g.Specs {
				v := s.(*ast.ValueSpec)
				for i, n := range v.Names {
					if i < len(v.Values) && !yield(Value{g, v, n, v.Values[i]}) {
						return
					}
				}
			}
		}
	}
}

// Migration returns the literal of &migrate.Migration{...}, nil when e is something else.
func Migration(e ast.Expr) *ast.CompositeLit {
	u, ok := e.(*ast.UnaryExpr)
	if !ok || u.Op != token.AND {
		return nil
	}
	lit, ok := u.X.(*ast.CompositeLit)
	if !ok {
		return nil
	}
	if sel, ok := lit.Type.(*ast.SelectorExpr); !ok || sel.Sel.Name != "Migration" {
		return nil
	}
	return lit
}
