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
	for v := range Values(file, token.VAR) {
		lit := Migration(v.Expr)
		if v.Name.Name != variable || lit == nil {
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
	return nil
}
