package gen

import (
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/gen/lint"
	"github.com/modelgen/modelgen/gen/read"
)

// rowsOf returns what the text of a Backfill says of it, nil when that is not even its table. file is that of the migration, in which
// its row is declared mostly.
func rowsOf(op read.Op, file *ast.File) *lint.Rows {
	if !op.Rows {
		return nil
	}
	e, err := parser.ParseExpr(op.Source)
	if err != nil {
		return nil
	}
	if u, ok := e.(*ast.UnaryExpr); ok {
		e = u.X
	}
	lit, ok := e.(*ast.CompositeLit)
	if !ok {
		return nil
	}
	r := &lint.Rows{}
	for i, el := range lit.Elts {
		name := ""
		if kv, ok := el.(*ast.KeyValueExpr); ok {
			if key, ok := kv.Key.(*ast.Ident); ok {
				name = key.Name
			}
			el = kv.Value
		} else if order := []string{"Table", "Where", "Row", "Name", "Plain"}; i < len(order) {
			name = order[i]
		}
		known := true
		switch name {
		case "Table":
			r.Table, known = textOf(el, file)
		case "Name":
			r.Name, _ = textOf(el, file)
		case "Where":
			r.Where, _ = textOf(el, file)
		case "Plain":
			r.Plain, known = textOf(el, file)
		}
		if !known {
			return nil
		}
	}
	if x, ok := lit.Type.(*ast.IndexExpr); ok {
		r.Columns = columnsOf(x.Index, file)
	}
	if r.Table == "" {
		return nil
	}
	return r
}

// textOf returns a text that is written as literals, put together with +, or as a constant of one.
func textOf(e ast.Expr, file *ast.File) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil && e.Kind == token.STRING
	case *ast.ParenExpr:
		return textOf(e.X, file)
	case *ast.BinaryExpr:
		a, ok := textOf(e.X, file)
		b, also := textOf(e.Y, file)
		return a + b, ok && also && e.Op == token.ADD
	case *ast.Ident:
		if v, ok := specOf(file, e.Name).(*ast.ValueSpec); ok {
			for i, name := range v.Names {
				if name.Name == e.Name && i < len(v.Values) {
					if _, again := v.Values[i].(*ast.Ident); !again { // which could go round in a circle
						return textOf(v.Values[i], nil)
					}
				}
			}
		}
	}
	return "", false
}

// columnsOf returns the columns of the row struct of a Backfill, nil when they do not all stand in it.
func columnsOf(row ast.Expr, file *ast.File) []string {
	id, ok := row.(*ast.Ident)
	if !ok {
		return nil
	}
	spec, ok := specOf(file, id.Name).(*ast.TypeSpec)
	if !ok {
		return nil
	}
	st, ok := spec.Type.(*ast.StructType)
	if !ok {
		return nil
	}
	var columns []string
	for _, f := range st.Fields.List {
		if f.Tag == nil {
			return nil
		}
		tag, err := strconv.Unquote(f.Tag.Value)
		if err != nil {
			return nil
		}
		if column, _, _ := strings.Cut(reflect.StructTag(tag).Get("db"), ","); column != "" && column != "-" {
			columns = append(columns, column)
		}
	}
	return columns
}

// specOf returns what declares a constant or a type of that name, nil when nothing does.
func specOf(file *ast.File, name string) ast.Spec {
	if file == nil {
		return nil
	}
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST && g.Tok != token.TYPE {
			continue
		}
		for _, spec := range g.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				if spec.Name.Name == name {
					return spec
				}
			case *ast.ValueSpec:
				for _, id := range spec.Names {
					if id.Name == name {
						return spec
					}
				}
			}
		}
	}
	return nil
}
