package load

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/modelgen/modelgen/gen/literal"
	"github.com/modelgen/modelgen/runtime/schema"
)

// composite returns the literal of a struct, or of a pointer to one; nil for anything else.
func composite(e ast.Expr) *ast.CompositeLit {
	e = ast.Unparen(e)
	if u, ok := e.(*ast.UnaryExpr); ok && u.Op == token.AND {
		e = ast.Unparen(u.X)
	}
	lit, _ := e.(*ast.CompositeLit)
	return lit
}

// row reads one row; false when there is a problem, which is noted.
func (r *rowReader) row(lit *ast.CompositeLit) (schema.Row, bool) {
	given := map[*column]ast.Expr{}
	ok := r.fields(lit, nil, given)
	row := schema.Row{}
	for _, c := range r.m.columns {
		if c.bad {
			return nil, false
		}
		def := *r.m.table.Column(c.Name)
		e := given[c]
		filled := r.numbered(def) || def.Generated != ""
		var value *string
		var err error
		switch {
		case e != nil && filled:
			ok = false
			if def.Generated != "" {
				r.m.l.failf(e.Pos(), "%s is computed by the database: leave it out", c.field.Name())
			} else {
				r.m.l.failf(e.Pos(), "%s is numbered by the database, which would give the same number to another row: leave it out, and say by which other columns a row is known, "+
					"as in //modelgen:rows key:code; or take the numbering off the column", c.field.Name())
			}
			continue
		case filled || e == nil && (def.DefaultExpr != "" || len(def.DefaultFor) > 0):
			continue
		case e == nil:
			value, err = r.zero(c, def)
		default:
			value, err = r.value(c, e)
		}
		at := lit.Pos()
		if e != nil {
			at = e.Pos()
		}
		if err == nil && value == nil && !def.Nullable {
			err = errorf("%s is NULL here, and column %s is NOT NULL", c.field.Name(), c.Name)
		}
		if err == nil && value != nil {
			value, err = r.check(c, def, *value)
		}
		if err != nil {
			r.m.l.fail(at, err)
			ok = false
			continue
		}
		row[c.Name] = value
	}
	return row, ok
}

// fields finds the values that a literal gives to columns. outer are the places of the fields that the struct is embedded as.
func (r *rowReader) fields(lit *ast.CompositeLit, outer []token.Pos, given map[*column]ast.Expr) bool {
	typ := r.info.Types[lit].Type
	if p, ok := typ.Underlying().(*types.Pointer); ok { // of an element whose & is left out
		typ = p.Elem()
	}
	st, ok := typ.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	good := true
	for i, e := range lit.Elts {
		var f *types.Var
		if kv, keyed := e.(*ast.KeyValueExpr); keyed {
			id, _ := kv.Key.(*ast.Ident)
			for v := range st.Fields() {
				if id != nil && v.Name() == id.Name {
					f = v
				}
			}
			e = kv.Value
		} else if i < st.NumFields() {
			f = st.Field(i)
		}
		if f == nil {
			return false // which the type checker says
		}
		if c := r.column(f, outer); c != nil {
			given[c] = e
			continue
		}
		if inner := composite(e); inner != nil {
			if _, isStruct := deref(f.Type()).Underlying().(*types.Struct); isStruct {
				good = r.fields(inner, append(slices.Clone(outer), f.Pos()), given) && good
			}
			continue
		}
		if r.holdsColumns(f) {
			r.m.l.failf(e.Pos(), "the fields of %s have to stand here, as in %[1]s: %s{...}: no code is run to read them", f.Name(), r.m.typeString(deref(f.Type())))
			good = false
		}
	}
	return good
}

// column returns the column of a field, nil of one that has none.
func (r *rowReader) column(f *types.Var, outer []token.Pos) *column {
	var found []*column
	for _, c := range r.m.columns {
		if c.field != nil && c.field.Pos() == f.Pos() && c.field.Name() == f.Name() {
			found = append(found, c)
		}
	}
	if len(found) < 2 {
		return append(found, nil)[0]
	}
	for _, c := range found { // of a struct that is embedded several times
		var chain []token.Pos
		for s := c.scope; s.outer != nil; s = s.outer {
			chain = append([]token.Pos{s.pos}, chain...)
		}
		if slices.Equal(chain, outer) {
			return c
		}
	}
	return nil
}

// holdsColumns reports whether columns are those of a struct that the field is.
func (r *rowReader) holdsColumns(f *types.Var) bool {
	st, ok := deref(f.Type()).Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for inner := range st.Fields() {
		if slices.ContainsFunc(r.m.columns, func(c *column) bool { return c.field != nil && c.field.Pos() == inner.Pos() }) || inner.Embedded() && r.holdsColumns(inner) {
			return true
		}
	}
	return false
}

// zero returns the value of a field that a literal leaves out: Go's, unless the database would take another one.
func (r *rowReader) zero(c *column, def schema.Column) (*string, error) {
	var value *string
	switch t := types.Unalias(c.field.Type()).Underlying().(type) {
	case *types.Basic:
		switch {
		case t.Info()&types.IsString != 0:
			value = new("")
		case t.Info()&types.IsBoolean != 0:
			value = new("false")
		default:
			value = new("0")
		}
	}
	if value != nil && r.writesItself(c.field.Type()) {
		return nil, r.writes(c.field.Type())
	}
	switch {
	case def.Default != nil && (value == nil || *value != *def.Default):
		return nil, errorf("%s is left out, which is one value in Go and another one in the database, whose default is %s: write the value", c.field.Name(), *def.Default)
	case value == nil && !def.Nullable:
		return nil, errorf("%s is left out, and column %s is NOT NULL: write its value", c.field.Name(), c.Name)
	}
	return value, nil
}

// check returns the one form of a literal, if the column can hold it.
func (r *rowReader) check(c *column, def schema.Column, s string) (*string, error) {
	if def.Type.Literal() == schema.BytesLiteral {
		return &s, nil
	}
	s, err := literal.Check(def.Type, s)
	if err != nil {
		return nil, errorf("%s: %w", c.field.Name(), err)
	}
	if c.enum == nil || def.Type.Kind != schema.KindEnum && !r.m.l.schemaValues(c) {
		return &s, nil
	}
	given := []string{s}
	if def.Type.Array {
		given, _ = literal.Elements(s)
	}
	texts := valueTexts(r.m.l.constants(c.enum))
	for _, g := range given {
		if !slices.Contains(texts, g) {
			return nil, errorf("%s: %q is none of the constants of %s%s", c.field.Name(), g, c.enum.Name(), didYouMean(g, texts))
		}
	}
	return &s, nil
}
