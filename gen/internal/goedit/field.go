package goedit

import (
	"go/ast"
	"go/token"
)

// ListField returns the list that a field of a migration in a variable has, nil when there is none.
func ListField(file *ast.File, variable, name string) *ast.CompositeLit {
	lit, _ := Field(file, variable, name).(*ast.KeyValueExpr)
	if lit == nil {
		return nil
	}
	list, _ := lit.Value.(*ast.CompositeLit)
	return list
}

// Field returns a field of a migration with its key, nil when there is none.
func Field(file *ast.File, variable, name string) ast.Expr {
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.VAR {
			continue
		}
		for _, s := range g.Specs {
			v := s.(*ast.ValueSpec)
			for i, n := range v.Names {
				if n.Name != variable || i >= len(v.Values) {
					continue
				}
				u, _ := v.Values[i].(*ast.UnaryExpr)
				if u == nil {
					continue
				}
				lit, _ := u.X.(*ast.CompositeLit)
				if lit == nil {
					continue
				}
				for _, e := range lit.Elts {
					if kv, ok := e.(*ast.KeyValueExpr); ok {
						if key, ok := kv.Key.(*ast.Ident); ok && key.Name == name {
							return kv
						}
					}
				}
			}
		}
	}
	return nil
}
