package law

import (
	"slices"

	"github.com/modelgen/modelgen/runtime/schema"
)

// changes are all there are. What one of them makes impossible is fixed after it; one that cannot be made does nothing.
var changes = []func(m *maker, s *schema.Schema){
	addTable, dropTable, renameTable, swapTables, chainTables, addColumn, addColumn, addColumn, dropColumn, dropColumn, renameColumn, renameColumn,
	swapColumns, chainColumns, nullable, nullable, redefault, redefault, retype, retype, retype, retype, recollate, identity, regenerate, regenerate,
	addAny, addAny, addAny, dropAny, dropAny, renameAny, replaceAny, replaceAny, changeKey, changeEnum, changeEnum, addEnum, dropEnum, renameEnum,
	changeList, changeList, reorder, comment, moveColumn, moveColumn, foldTable, takeTableName, takeColumnName,
}

func addTable(m *maker, s *schema.Schema) { s.PutTable(m.table(s)) }

func dropTable(m *maker, s *schema.Schema) {
	if len(s.Tables) > 1 {
		s.RemoveTable(pick(m, s.Tables).Name)
	}
}

func renameTable(m *maker, s *schema.Schema) { s.RenameTable(pick(m, s.Tables).Name, m.name("r")) }

func swapTables(m *maker, s *schema.Schema) {
	if len(s.Tables) < 2 {
		return
	}
	i := m.IntN(len(s.Tables) - 1)
	a, b := s.Tables[i], s.Tables[i+1]
	an, bn := a.Name, b.Name
	s.RenameTable(a.Name, "swap for a while")
	s.RenameTable(b.Name, an)
	s.RenameTable(a.Name, bn)
}

// chainTables renames a table, and gives its name to another one, or to a new one.
func chainTables(m *maker, s *schema.Schema) {
	a, b := pick(m, s.Tables), pick(m, s.Tables)
	free := a.Name
	s.RenameTable(a.Name, m.name("r"))
	if a != b && m.one(2) {
		s.RenameTable(b.Name, free)
		return
	}
	t := m.table(s)
	for i := range t.ForeignKeys {
		if t.ForeignKeys[i].RefTable == t.Name {
			t.ForeignKeys[i].RefTable = free
		}
	}
	t.Name = free
	s.PutTable(t)
}

func addColumn(m *maker, s *schema.Schema) {
	t := pick(m, s.Tables)
	t.Columns = append(t.Columns, m.column(s))
}

// some returns one of the columns that a change may touch, or nil.
func (m *maker) some(t *schema.Table) *schema.Column {
	if c := &t.Columns[m.IntN(len(t.Columns))]; c.Name != key {
		return c
	}
	return nil
}

func dropColumn(m *maker, s *schema.Schema) {
	t := pick(m, s.Tables)
	if c := m.some(t); c != nil {
		gone := c.Name
		t.Columns = slices.DeleteFunc(t.Columns, func(x schema.Column) bool { return x.Name == gone })
	}
}

func renameColumn(m *maker, s *schema.Schema) {
	t := pick(m, s.Tables)
	if c := m.some(t); c != nil {
		s.RenameColumn(t, c.Name, m.name("n"))
	}
}

func swapColumns(m *maker, s *schema.Schema) {
	t := pick(m, s.Tables)
	a, b := m.some(t), m.some(t)
	if a == nil || b == nil || a == b {
		return
	}
	an, bn := a.Name, b.Name
	s.RenameColumn(t, an, "swap for a while")
	s.RenameColumn(t, bn, an)
	s.RenameColumn(t, "swap for a while", bn)
}

// chainColumns renames a column, and gives its name to another one, or to a new one.
func chainColumns(m *maker, s *schema.Schema) {
	t := pick(m, s.Tables)
	a, b := m.some(t), m.some(t)
	if a == nil || b == nil {
		return
	}
	free, other := a.Name, b.Name
	s.RenameColumn(t, free, m.name("n"))
	if a != b && m.one(2) {
		s.RenameColumn(t, other, free)
		return
	}
	n := m.column(s)
	n.Name = free
	t.Columns = append(t.Columns, n)
}

func nullable(m *maker, s *schema.Schema) {
	t := pick(m, s.Tables)
	if c := m.some(t); c != nil && c.Generated == "" && !c.Identity {
		c.Nullable = !c.Nullable
	}
}

func redefault(m *maker, s *schema.Schema) {
	t := pick(m, s.Tables)
	if c := m.some(t); c != nil && !slices.ContainsFunc(t.Checks, func(k schema.Check) bool {
		column, _ := schema.InList(k.Expr)
		return column == c.Name
	}) {
		m.setDefault(s, c)
	}
}

func recollate(m *maker, s *schema.Schema) {
	t := pick(m, s.Tables)
	if c := m.some(t); c != nil && c.Generated == "" {
		m.collate(c)
	}
}

func identity(m *maker, s *schema.Schema) {
	t := pick(m, s.Tables)
	c := t.Column("id")
	if c == nil || !isInt(c.Type) || c.Generated != "" {
		return
	}
	c.Identity = !c.Identity
}

// regenerate changes an expression, takes it away, or makes a plain column a generated one.
func regenerate(m *maker, s *schema.Schema) {
	t := pick(m, s.Tables)
	c := m.some(t)
	if c == nil || c.Identity {
		return
	}
	if c.Generated != "" && m.one(2) {
		c.Generated = ""
		return
	}
	base, q := pick(m, plainColumns(t)), schema.Type{}
	if e := m.generated(base, &q); e != "" && base.Name != c.Name && (c.Generated != "" || m.one(2)) {
		name := c.Name
		dropExpressions(t, name)
		if c = t.Column(name); c != nil {
			*c = schema.Column{Name: name, Was: c.Was, Type: q, Nullable: true, Generated: e, Comment: c.Comment}
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

// renamed is how names begin that a change has chosen.
const renamed = "z"

func renameAny(m *maker, s *schema.Schema) {
	t := pick(m, s.Tables)
	to := m.name(renamed)
	switch n := m.IntN(6); {
	case n == 0 && len(t.Uniques) > 1:
		t.Uniques[0].Name, t.Uniques[1].Name = t.Uniques[1].Name, t.Uniques[0].Name
	case n == 0 && len(t.Uniques) > 0:
		t.Uniques[0].Name = to
	case n == 1 && len(t.Checks) > 0:
		t.Checks[0].Name = to
	case n == 2 && len(t.Indexes) > 1:
		t.Indexes[0].Name, t.Indexes[1].Name = t.Indexes[1].Name, t.Indexes[0].Name
	case n == 2 && len(t.Indexes) > 0:
		t.Indexes[0].Name = to
	case n == 3 && len(t.ForeignKeys) > 0:
		t.ForeignKeys[0].Name = to
	case n == 4 && t.PrimaryKey != nil:
		t.PrimaryKey.Name = to
	case n == 5 && len(t.Uniques) > 0 && len(t.Indexes) > 0:
		t.Uniques[0].Name, t.Indexes[0].Name = t.Indexes[0].Name, t.Uniques[0].Name
	}
	t.Sort()
}

// replaceAny gives an object another meaning under its name.
func replaceAny(m *maker, s *schema.Schema) {
	t := pick(m, s.Tables)
	c := pick(m, plainColumns(t))
	switch n := m.IntN(5); {
	case n == 0 && len(t.Uniques) > 0:
		u := &t.Uniques[m.IntN(len(t.Uniques))]
		if !slices.Contains(u.Columns, c.Name) {
			u.Columns = append(slices.Clone(u.Columns), c.Name)
		} else {
			slices.Reverse(u.Columns)
			u.NullsNotDistinct = m.pg && !u.NullsNotDistinct
		}
	case n == 1 && len(t.Checks) > 0:
		k := &t.Checks[m.IntN(len(t.Checks))]
		old := *k
		m.addCheck(t, c)
		k = &t.Checks[slices.Index(t.Checks, old)]
		last := len(t.Checks) - 1
		k.Expr = t.Checks[last].Expr
		t.Checks = t.Checks[:last]
	case n == 2 && len(t.Indexes) > 0 && comparable(c.Type):
		x := m.index(t, c)
		i := m.IntN(len(t.Indexes))
		x.Name = t.Indexes[i].Name
		t.Indexes[i] = x
	case n == 3 && len(t.ForeignKeys) > 0:
		fk := &t.ForeignKeys[m.IntN(len(t.ForeignKeys))]
		fk.OnDelete = pick(m, []schema.Action{schema.NoAction, schema.Cascade, schema.Restrict, schema.SetNull})
		fk.Deferrable = pick(m, []schema.Deferrable{"", schema.InitiallyDeferred, schema.InitiallyImmediate})
	case n == 4 && len(t.Uniques) > 0: // becomes an index of the same name
		u := t.Uniques[0]
		x := schema.Index{Name: u.Name, Unique: m.one(2)}
		for _, c := range u.Columns {
			x.Parts = append(x.Parts, schema.IndexPart{Column: c})
		}
		t.Uniques, t.Indexes = t.Uniques[1:], append(t.Indexes, x)
	}
	dedup(t)
	t.Sort()
}

// changeKey gives a table another primary key, or a first one, or takes it away.
func changeKey(m *maker, s *schema.Schema) {
	t := pick(m, s.Tables)
	c := pick(m, plainColumns(t))
	fit := !c.Nullable && comparable(c.Type) && !c.Type.Array
	switch {
	case t.PrimaryKey == nil && fit:
		t.PrimaryKey = &schema.PrimaryKey{Name: m.name("pk"), Columns: []string{c.Name}}
	case t.PrimaryKey == nil && m.one(2): // a new one that the database numbers
		n := schema.Column{Name: m.name("i"), Type: schema.Type{Kind: schema.KindBigInt}, Identity: true}
		t.Columns = append(t.Columns, n)
		t.PrimaryKey = &schema.PrimaryKey{Name: m.name("pk"), Columns: []string{n.Name}}
	case t.PrimaryKey == nil:
	case m.one(3):
		t.PrimaryKey = nil
	case fit && !slices.Contains(t.PrimaryKey.Columns, c.Name):
		pk := schema.PrimaryKey{Name: t.PrimaryKey.Name, Columns: append([]string{c.Name}, t.PrimaryKey.Columns...)}
		if m.one(3) {
			pk.Columns = pk.Columns[:1]
		}
		t.PrimaryKey = &pk
	default:
		slices.Reverse(t.PrimaryKey.Columns)
	}
}

func reorder(m *maker, s *schema.Schema) { slices.Reverse(pick(m, s.Tables).Columns) }

func comment(m *maker, s *schema.Schema) {
	if m.pg {
		t := pick(m, s.Tables)
		t.Comment = pick(m, []string{"", "other"})
		t.Columns[m.IntN(len(t.Columns))].Comment = pick(m, []string{"", "it's\nthe key"})
	}
}

// moveColumn takes a column out of a table and gives another one, of another name, perhaps to another table.
func moveColumn(m *maker, s *schema.Schema) {
	dropColumn(m, s)
	m.addHolder(pick(m, s.Tables))
}

// foldTable drops a table and gives a column to another.
func foldTable(m *maker, s *schema.Schema) {
	dropTable(m, s)
	m.addHolder(pick(m, s.Tables))
}

// addHolder adds a column that can be filled from any other.
func (m *maker) addHolder(t *schema.Table) {
	c := schema.Column{Name: m.name("m"), Type: schema.Type{Kind: schema.KindText}, Nullable: m.one(3)}
	if m.one(3) {
		c.Type.Kind = schema.KindBigInt
	}
	t.Columns = append(t.Columns, c)
}

// takeTableName drops a table and gives its name to another one.
func takeTableName(m *maker, s *schema.Schema) {
	if len(s.Tables) < 2 {
		return
	}
	gone := pick(m, s.Tables).Name
	s.RemoveTable(gone)
	t := pick(m, s.Tables)
	s.RenameTable(t.Name, gone)
	m.addHolder(t)
}

// takeColumnName drops a column and gives its name to another one.
func takeColumnName(m *maker, s *schema.Schema) {
	t := pick(m, s.Tables)
	a, b := m.some(t), m.some(t)
	if a == nil || b == nil || a == b {
		return
	}
	gone, from := a.Name, b.Name
	dropExpressions(t, gone)
	t.Columns = slices.DeleteFunc(t.Columns, func(c schema.Column) bool { return c.Name == gone })
	fix(s, m.pg)
	if t.Column(from) != nil {
		s.RenameColumn(t, from, gone)
	}
	m.addHolder(t)
}
