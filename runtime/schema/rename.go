package schema

import (
	"slices"
	"strings"
)

// RenameTable renames a table, with the foreign keys of other tables that refer to it and what steps declare on it. No table of that name is no
// error. It checks nothing: no other table may have the name.
func (s *Schema) RenameTable(from, to string) {
	t := s.Table(from)
	if t == nil {
		return
	}
	s.followTable(from, to)
	s.RemoveTable(from)
	t.Name = to
	s.PutTable(t)
	s.Objects = slices.Clone(s.Objects)
	for i, o := range s.Objects {
		if o.On(from) {
			s.Objects[i] = o.Moved(to)
		}
	}
	for _, other := range s.Tables {
		if other.Options.Colocate == from {
			other.Options.Colocate = to
		}
		for i := range other.ForeignKeys {
			if fk := &other.ForeignKeys[i]; fk.RefTable == from {
				fk.RefTable = to
			}
		}
	}
}

// RenameColumn renames a column of t and everything that mentions it, in foreign keys of other tables too. It checks nothing: t has the column, and
// no other one of the name. Slices are replaced, as an op may share them with the schema.
func (s *Schema) RenameColumn(t *Table, from, to string) {
	list := func(names []string) []string {
		if i := slices.Index(names, from); i >= 0 {
			names = slices.Clone(names)
			names[i] = to
		}
		return names
	}
	expr := func(sql *string) {
		if *sql != "" {
			*sql = RenameInExpr(*sql, from, to)
		}
	}
	s.followColumn(t.Name, from, to)
	t.Column(from).Name = to
	if kind, key, ok := strings.Cut(t.Options.Partition, "("); ok {
		t.Options.Partition = kind + "(" + RenameInExpr(strings.TrimSuffix(key, ")"), from, to) + ")"
	}
	t.Rows.rename(from, to)
	if t.Options.Distribute == from {
		t.Options.Distribute = to
	}
	for i := range t.Columns {
		expr(&t.Columns[i].Generated)
	}
	if t.PrimaryKey != nil {
		t.PrimaryKey.Columns = list(t.PrimaryKey.Columns)
	}
	for i := range t.Uniques {
		t.Uniques[i].Columns = list(t.Uniques[i].Columns)
	}
	for i := range t.Checks {
		expr(&t.Checks[i].Expr)
	}
	for i := range t.Indexes {
		x := &t.Indexes[i]
		x.Parts = slices.Clone(x.Parts)
		for j := range x.Parts {
			if x.Parts[j].Column == from {
				x.Parts[j].Column = to
			}
			expr(&x.Parts[j].Expr)
		}
		x.Include = list(x.Include)
		expr(&x.Where)
	}
	for i := range t.ForeignKeys {
		t.ForeignKeys[i].Columns = list(t.ForeignKeys[i].Columns)
	}
	for _, other := range s.Tables {
		for i := range other.ForeignKeys {
			if fk := &other.ForeignKeys[i]; fk.RefTable == t.Name {
				fk.RefColumns = list(fk.RefColumns)
			}
		}
	}
}

// RenameEnum renames an enum type, with the columns that are of it. No enum of that name is no error. It checks nothing: no other enum may have
// the name.
func (s *Schema) RenameEnum(from, to string) {
	e := s.Enum(from)
	if e == nil {
		return
	}
	s.follow(func(n Need) bool { return n.Enum == from }, from, to, nil)
	s.RemoveEnum(from)
	e.Name = to
	s.PutEnum(e)
	for _, t := range s.Tables {
		for i := range t.Columns {
			if ty := &t.Columns[i].Type; ty.Kind == KindEnum && ty.Name == from {
				ty.Name = to
			}
		}
	}
}
