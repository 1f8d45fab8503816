package goedit

import (
	"go/ast"
	"go/token"
	"slices"
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

// Ops returns the field of a migration in a variable that has its ops, and their list, see [OpsOf].
func Ops(file *ast.File, variable string) (field *ast.KeyValueExpr, list *ast.CompositeLit) {
	for v := range Values(file, token.VAR) {
		if lit := Migration(v.Expr); v.Name.Name == variable && lit != nil {
			field, list, _ = OpsOf(lit)
			return field, list
		}
	}
	return nil, nil
}

// OpsOf returns the field of a migration that has its ops, nil when there is none, and their list: that of Ops itself, or what OpsFunc returns. Where it is not
// written there as one list it is nil, and why says so.
func OpsOf(migration *ast.CompositeLit) (field *ast.KeyValueExpr, list *ast.CompositeLit, why string) {
	var fields []*ast.KeyValueExpr
	for _, e := range migration.Elts {
		kv, _ := e.(*ast.KeyValueExpr)
		if kv == nil {
			continue
		}
		if key, _ := kv.Key.(*ast.Ident); key != nil && (key.Name == "Ops" || key.Name == "OpsFunc") {
			fields = append(fields, kv)
		}
	}
	if len(fields) > 1 {
		fields = slices.DeleteFunc(fields, func(kv *ast.KeyValueExpr) bool { id, _ := kv.Value.(*ast.Ident); return id != nil && id.Name == "nil" })
	}
	switch len(fields) {
	case 0:
		return nil, nil, ""
	case 1:
	default:
		return fields[0], nil, "it has both Ops and OpsFunc"
	}
	field = fields[0]
	why = "the list of ops is not written here"
	switch value := field.Value.(type) {
	case *ast.CompositeLit:
		list = value
	case *ast.FuncLit:
		why = "OpsFunc does more than return a list of ops that is written there"
		if len(value.Body.List) == 1 {
			if r, _ := value.Body.List[0].(*ast.ReturnStmt); r != nil && len(r.Results) == 1 {
				list, _ = r.Results[0].(*ast.CompositeLit)
			}
		}
	}
	if list != nil {
		why = ""
	}
	return field, list, why
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
