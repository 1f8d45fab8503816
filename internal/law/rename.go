package law

import (
	"github.com/modelgen/modelgen/runtime/schema"
)

// moveTable renames a table.
func moveTable(s *schema.Schema, t *schema.Table, to string) {
	from := t.Name
	s.RemoveTable(from)
	t.Name = to
	s.PutTable(t)
	for _, o := range s.Tables {
		for i := range o.ForeignKeys {
			if o.ForeignKeys[i].RefTable == from {
				o.ForeignKeys[i].RefTable = to
			}
		}
	}
}

// setName renames a column and all that names it.
func setName(s *schema.Schema, t *schema.Table, from, to string) {
	t.Column(from).Name = to
	sub := func(list []string) {
		for i := range list {
			if list[i] == from {
				list[i] = to
			}
		}
	}
	if t.PrimaryKey != nil {
		sub(t.PrimaryKey.Columns)
	}
	for i := range t.Uniques {
		sub(t.Uniques[i].Columns)
	}
	for i := range t.Checks {
		t.Checks[i].Expr = schema.RenameInExpr(t.Checks[i].Expr, from, to)
	}
	for i := range t.Columns {
		t.Columns[i].Generated = schema.RenameInExpr(t.Columns[i].Generated, from, to)
	}
	for i := range t.Indexes {
		x := &t.Indexes[i]
		sub(x.Include)
		x.Where = schema.RenameInExpr(x.Where, from, to)
		for j := range x.Parts {
			if x.Parts[j].Column == from {
				x.Parts[j].Column = to
			}
			x.Parts[j].Expr = schema.RenameInExpr(x.Parts[j].Expr, from, to)
		}
	}
	for i := range t.ForeignKeys {
		sub(t.ForeignKeys[i].Columns)
	}
	for _, o := range s.Tables {
		for i := range o.ForeignKeys {
			if o.ForeignKeys[i].RefTable == t.Name {
				sub(o.ForeignKeys[i].RefColumns)
			}
		}
	}
}

func moveEnum(s *schema.Schema, e *schema.Enum, to string) {
	from := e.Name
	s.RemoveEnum(from)
	e.Name = to
	s.PutEnum(e)
	for _, t := range s.Tables {
		for i := range t.Columns {
			if y := &t.Columns[i].Type; y.Kind == schema.KindEnum && y.Name == from {
				y.Name = to
			}
		}
	}
}

// clean takes rename hints out of b that do not lead to anything in a: the renamed thing was itself new.
func clean(a, b *schema.Schema) *schema.Schema {
	for _, t := range b.Tables {
		if t.Was == t.Name || a.Table(t.Was) == nil {
			t.Was = ""
		}
		old := a.Table(t.Was)
		if t.Was == "" {
			old = a.Table(t.Name)
		}
		for i := range t.Columns {
			c := &t.Columns[i]
			if c.Was == c.Name || old == nil || old.Column(c.Was) == nil {
				c.Was = ""
			}
		}
	}
	for _, e := range b.Enums {
		if e.Was == e.Name || a.Enum(e.Was) == nil {
			e.Was = ""
		}
	}
	return b
}
