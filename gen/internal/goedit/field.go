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

// Ops returns the field of a migration in a variable that has its ops, nil when there is none, and their list, see [OpsList].
func Ops(file *ast.File, variable string) (field *ast.KeyValueExpr, list *ast.CompositeLit) {
	for _, name := range []string{"OpsFunc", "Ops"} {
		if kv, ok := Field(file, variable, name).(*ast.KeyValueExpr); ok {
			list, _ = OpsList(name, kv.Value)
			return kv, list
		}
	}
	return nil, nil
}

// OpsList returns the list of ops that a field of a migration has: that of Ops itself, or what OpsFunc returns. It is nil when it is not written there as one
// list. ok is false for other fields.
func OpsList(field string, value ast.Expr) (list *ast.CompositeLit, ok bool) {
	switch field {
	case "Ops":
		list, _ = value.(*ast.CompositeLit)
		return list, true
	case "OpsFunc":
		f, _ := value.(*ast.FuncLit)
		if f == nil || len(f.Body.List) != 1 {
			return nil, true
		}
		if r, _ := f.Body.List[0].(*ast.ReturnStmt); r != nil && len(r.Results) == 1 {
			list, _ = r.Results[0].(*ast.CompositeLit)
		}
		return list, true
	}
	return nil, false
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
