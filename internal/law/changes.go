package law

import (
	"slices"

	"github.com/modelgen/modelgen/runtime/schema"
)

// changes are all there are. Each leaves a schema that a model could describe; one that cannot be made does nothing.
var changes = []func(m *maker, s *schema.Schema){
	addTable, dropTable, renameTable, addColumn, addColumn, addColumn, dropColumn, dropColumn, renameColumn, renameColumn, alterColumn,
	alterColumn, alterColumn, addAny, addAny, addAny, dropAny, dropAny, renameAny, changeKey, changeEnum, addEnum, swapColumns, reorder, comment,
	swapTables,
}

func addTable(m *maker, s *schema.Schema) { s.PutTable(m.table(s)) }

func dropTable(m *maker, s *schema.Schema) {
	if len(s.Tables) < 2 {
		return
	}
	gone := pick(m, s.Tables).Name
	for _, t := range s.Tables {
		t.ForeignKeys = slices.DeleteFunc(t.ForeignKeys, func(f schema.ForeignKey) bool { return f.RefTable == gone })
	}
	s.RemoveTable(gone)
}

func renameTable(m *maker, s *schema.Schema) {
	t := pick(m, s.Tables)
	moveTable(s, t, m.name("r"))
}

func moveTable(s *schema.Schema, t *schema.Table, to string) {
	from := t.Name
	s.RemoveTable(from)
	if t.Was == "" {
		t.Was = from
	}
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

func swapTables(m *maker, s *schema.Schema) {
	if len(s.Tables) < 2 {
		return
	}
	a, b := s.Tables[0], s.Tables[1]
	an, bn := a.Name, b.Name
	moveTable(s, a, "swap for a while")
	moveTable(s, b, an)
	moveTable(s, a, bn)
}

func addColumn(m *maker, s *schema.Schema) {
	t := pick(m, s.Tables)
	t.Columns = append(t.Columns, m.column(s))
}

func dropColumn(m *maker, s *schema.Schema) {
	t := pick(m, s.Tables)
	c := pick(m, t.Columns)
	if c.Name == "id" || len(t.Columns) < 3 || t.PrimaryKey != nil && slices.Contains(t.PrimaryKey.Columns, c.Name) {
		return
	}
	t.Uniques = slices.DeleteFunc(t.Uniques, func(u schema.Unique) bool { return slices.Contains(u.Columns, c.Name) })
	uses := func(e string) bool { return len(schema.ExprColumns(e, []string{c.Name})) > 0 }
	t.Checks = slices.DeleteFunc(t.Checks, func(k schema.Check) bool { return uses(k.Expr) })
	t.Indexes = slices.DeleteFunc(t.Indexes, func(x schema.Index) bool {
		return slices.Contains(x.Columns(), c.Name) || uses(x.Where) || slices.ContainsFunc(x.Parts, func(p schema.IndexPart) bool { return uses(p.Expr) })
	})
	t.ForeignKeys = slices.DeleteFunc(t.ForeignKeys, func(f schema.ForeignKey) bool { return slices.Contains(f.Columns, c.Name) })
	t.Columns = slices.DeleteFunc(t.Columns, func(x schema.Column) bool { return x.Name == c.Name || uses(x.Generated) })
	dropDangling(t)
}

// dropDangling takes away what names a column that has gone with another.
func dropDangling(t *schema.Table) {
	names := t.ColumnNames()
	missing := func(cols []string) bool {
		return slices.ContainsFunc(cols, func(c string) bool { return !slices.Contains(names, c) })
	}
	t.Uniques = slices.DeleteFunc(t.Uniques, func(u schema.Unique) bool { return missing(u.Columns) })
	t.Indexes = slices.DeleteFunc(t.Indexes, func(x schema.Index) bool {
		return missing(x.Columns()) || len(x.Columns()) == 0 && len(schema.ExprColumns(x.Parts[0].Expr, names)) == 0 ||
			x.Where != "" && len(schema.ExprColumns(x.Where, names)) == 0
	})
	t.Checks = slices.DeleteFunc(t.Checks, func(k schema.Check) bool { return len(schema.ExprColumns(k.Expr, names)) == 0 })
}

func renameColumn(m *maker, s *schema.Schema) {
	t := pick(m, s.Tables)
	c := pick(m, t.Columns)
	if c.Name == "id" {
		return
	}
	setName(s, t, c.Name, m.name("n"))
}

func setName(s *schema.Schema, t *schema.Table, from, to string) {
	c := t.Column(from)
	if c.Was == "" {
		c.Was = from
	}
	c.Name = to
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
		t.Indexes[i].Where = schema.RenameInExpr(t.Indexes[i].Where, from, to)
		for j := range t.Indexes[i].Parts {
			p := &t.Indexes[i].Parts[j]
			if p.Column == from {
				p.Column = to
			}
			p.Expr = schema.RenameInExpr(p.Expr, from, to)
		}
	}
	for i := range t.ForeignKeys {
		sub(t.ForeignKeys[i].Columns)
	}
}

func swapColumns(m *maker, s *schema.Schema) {
	t := pick(m, s.Tables)
	if len(t.Columns) < 3 {
		return
	}
	a, b := t.Columns[1].Name, t.Columns[2].Name
	setName(s, t, a, "swap for a while")
	setName(s, t, b, a)
	setName(s, t, "swap for a while", b)
}

func alterColumn(m *maker, s *schema.Schema) {
	t := pick(m, s.Tables)
	c := &t.Columns[m.IntN(len(t.Columns))]
	if c.Name == "id" || c.Generated != "" {
		return
	}
	switch m.IntN(4) {
	case 0:
		inKey := slices.ContainsFunc(t.ForeignKeys, func(f schema.ForeignKey) bool {
			return slices.Contains(f.Columns, c.Name) && f.OnDelete == schema.SetNull
		})
		inKey = inKey || t.PrimaryKey != nil && slices.Contains(t.PrimaryKey.Columns, c.Name)
		if !inKey {
			c.Nullable = !c.Nullable
		}
	case 1:
		other := *c
		for other.Type != c.Type || other.Name != c.Name {
			o := m.column(s)
			o.Name = c.Name
			if o.Type.Kind == c.Type.Kind {
				o.Type = c.Type
			}
			if o.Type == c.Type {
				c.Default, c.DefaultExpr = o.Default, o.DefaultExpr
				break
			}
			if m.one(40) {
				break
			}
			other = o
		}
	case 2, 3:
		inFK := slices.ContainsFunc(t.ForeignKeys, func(f schema.ForeignKey) bool { return slices.Contains(f.Columns, c.Name) })
		switch c.Type.Kind {
		case schema.KindSmallInt:
			c.Type.Kind = pick(m, []schema.Kind{schema.KindInteger, schema.KindBigInt})
		case schema.KindInteger:
			c.Type.Kind = pick(m, []schema.Kind{schema.KindBigInt, schema.KindSmallInt, schema.KindText})
		case schema.KindBigInt:
			if !inFK && c.Default == nil {
				c.Type.Kind = schema.KindInteger
			}
		case schema.KindVarchar:
			if m.one(2) {
				c.Type = schema.Type{Kind: schema.KindText}
			} else {
				c.Type.Size = pick(m, []int{60, 300})
			}
		case schema.KindText:
			c.Type = schema.Type{Kind: schema.KindVarchar, Size: 100}
		case schema.KindNumeric:
			c.Type = schema.Type{Kind: schema.KindNumeric, Precision: 24, Scale: pick(m, []int{2, 4})}
		}
		if c.Type.Kind == schema.KindText && c.Default != nil && (*c.Default == "-1" || *c.Default == "7") {
			c.Default = nil
		}
	}
}

func addAny(m *maker, s *schema.Schema) {
	t := pick(m, s.Tables)
	m.addObject(s, t)
	t.Sort()
}

func dropAny(m *maker, s *schema.Schema) {
	t := pick(m, s.Tables)
	switch m.IntN(4) {
	case 0:
		t.Uniques = dropOne(m, t.Uniques)
	case 1:
		t.Checks = dropOne(m, t.Checks)
	case 2:
		t.Indexes = dropOne(m, t.Indexes)
	case 3:
		t.ForeignKeys = dropOne(m, t.ForeignKeys)
	}
}

func dropOne[T any](m *maker, list []T) []T {
	if len(list) == 0 {
		return list
	}
	i := m.IntN(len(list))
	return slices.Delete(slices.Clone(list), i, i+1)
}

func renameAny(m *maker, s *schema.Schema) {
	t := pick(m, s.Tables)
	to := m.name("z")
	switch m.IntN(4) {
	case 0:
		if len(t.Uniques) > 0 {
			t.Uniques[0].Name = to
		}
	case 1:
		if len(t.Checks) > 0 {
			t.Checks[0].Name = to
		}
	case 2:
		if len(t.Indexes) > 1 {
			t.Indexes[0].Name, t.Indexes[1].Name = t.Indexes[1].Name, t.Indexes[0].Name
		} else if len(t.Indexes) > 0 {
			t.Indexes[0].Name = to
		}
	case 3:
		if len(t.ForeignKeys) > 0 {
			t.ForeignKeys[0].Name = to
		}
	}
	t.Sort()
}

// changeKey gives a table another primary key, when nothing refers to it.
func changeKey(m *maker, s *schema.Schema) {
	t := pick(m, s.Tables)
	for _, o := range s.Tables {
		if slices.ContainsFunc(o.ForeignKeys, func(f schema.ForeignKey) bool { return f.RefTable == t.Name }) {
			return
		}
	}
	if t.Column("id").Identity {
		return
	}
	switch {
	case t.PrimaryKey == nil:
		t.PrimaryKey = &schema.PrimaryKey{Name: m.name("pk"), Columns: []string{"id"}}
	case m.one(2):
		t.PrimaryKey = nil
	default:
		for _, c := range plainColumns(t) {
			if !c.Nullable && c.Name != "id" && unique(c) && !slices.Contains(t.PrimaryKey.Columns, c.Name) {
				t.PrimaryKey = &schema.PrimaryKey{Name: t.PrimaryKey.Name, Columns: []string{c.Name, "id"}}
				return
			}
		}
	}
}

func changeEnum(m *maker, s *schema.Schema) {
	if len(s.Enums) == 0 {
		return
	}
	e := pick(m, s.Enums)
	switch m.IntN(3) {
	case 0:
		e.Values = slices.Insert(slices.Clone(e.Values), m.IntN(len(e.Values)+1), m.name("v"))
	case 1:
		if len(e.Values) > 2 {
			e.Values = e.Values[:len(e.Values)-1]
		}
	case 2:
		e.Values = slices.Clone(e.Values)
		slices.Reverse(e.Values)
	}
}

func addEnum(m *maker, s *schema.Schema) {
	s.PutEnum(&schema.Enum{Name: m.name("kind"), Values: m.values()})
}

func reorder(m *maker, s *schema.Schema) {
	t := pick(m, s.Tables)
	slices.Reverse(t.Columns)
}

func comment(m *maker, s *schema.Schema) {
	if m.lim.Comments {
		t := pick(m, s.Tables)
		t.Comment = pick(m, []string{"", "other"})
		t.Columns[0].Comment = pick(m, []string{"", "key"})
	}
}
