package law

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/modelgen/modelgen/runtime/schema"
)

// Limits says what the database under test can have.
type Limits struct {
	NullsNotDistinct, Deferrable, Include, NullsOrder, Comments bool
}

// Pair is a schema and the changes that make another one of it.
type Pair struct {
	Seed    uint64
	A       *schema.Schema
	Changes []change
}

// change is one random change. It knows by itself whether it can be made: changes are left out when a pair is shrunk.
type change struct {
	seed uint64
	kind int
}

// maker makes random things.
type maker struct {
	*rand.Rand
	lim  Limits
	next int // for names
}

func newMaker(seed uint64, lim Limits) *maker {
	return &maker{Rand: rand.New(rand.NewPCG(seed, 7)), lim: lim}
}

// NewPair makes the pair of a seed.
func NewPair(seed uint64, lim Limits) Pair {
	m := newMaker(seed, lim)
	p := Pair{Seed: seed, A: &schema.Schema{}}
	for i := range m.IntN(3) {
		p.A.PutEnum(&schema.Enum{Name: fmt.Sprintf("kind_%d", i), Values: m.values()})
	}
	for range 1 + m.IntN(4) {
		p.A.PutTable(m.table(p.A))
	}
	for range 1 + m.IntN(9) {
		p.Changes = append(p.Changes, change{m.Uint64(), m.IntN(len(changes))})
	}
	return p
}

// B gives the changed schema.
func (p Pair) B(lim Limits) *schema.Schema {
	s := p.A.Clone()
	for _, t := range s.Tables {
		t.Was = ""
		for i := range t.Columns {
			t.Columns[i].Was = ""
		}
	}
	for n, c := range p.Changes {
		m := newMaker(c.seed, lim)
		m.next = 1000 * (n + 1)
		changes[c.kind](m, s)
	}
	return s
}

func (m *maker) name(prefix string) string {
	m.next++
	words := []string{"order", "Mixed", "ünï", "a b", "select", `qu"ote`, "x"}
	if m.IntN(6) == 0 {
		return fmt.Sprintf("%s %s_%d", prefix, words[m.IntN(len(words))], m.next)
	}
	return fmt.Sprintf("%s_%d", prefix, m.next)
}

func (m *maker) one(n int) bool { return m.IntN(n) == 0 }

func pick[T any](m *maker, list []T) T { return list[m.IntN(len(list))] }

// values gives values of an enum: rows use the first two only, so that the others can go.
func (m *maker) values() []string {
	v := []string{"first", "second"}
	for i := range m.IntN(4) {
		v = append(v, fmt.Sprintf("more%d", i))
	}
	return v
}

func (m *maker) table(s *schema.Schema) *schema.Table {
	t := &schema.Table{Name: m.name("t")}
	t.Columns = append(t.Columns, schema.Column{Name: "id", Type: schema.Type{Kind: schema.KindBigInt}, Identity: m.one(3)})
	if !m.one(8) {
		t.PrimaryKey = &schema.PrimaryKey{Name: m.name("pk"), Columns: []string{"id"}}
	} else {
		t.Columns[0].Identity = false
	}
	if m.lim.Comments && m.one(3) {
		t.Comment = "it's a table"
	}
	for range 1 + m.IntN(6) {
		t.Columns = append(t.Columns, m.column(s))
	}
	for range m.IntN(4) {
		m.addObject(s, t)
	}
	t.Sort()
	return t
}

// column makes a column that every row has a value for, or NULL.
func (m *maker) column(s *schema.Schema) schema.Column {
	c := schema.Column{Name: m.name("c"), Nullable: m.one(2)}
	text := func(v string) *string { return &v }
	switch m.IntN(11) {
	case 0, 1:
		c.Type = schema.Type{Kind: schema.KindBigInt}
		if m.one(3) {
			c.Default = text("7")
		}
	case 2:
		c.Type = schema.Type{Kind: pick(m, []schema.Kind{schema.KindSmallInt, schema.KindInteger})}
		if m.one(3) {
			c.Default = text("-1")
		}
	case 3, 4:
		c.Type = schema.Type{Kind: schema.KindText}
		if m.one(3) {
			c.Default = text("it's, a (default)")
		}
	case 5:
		c.Type = schema.Type{Kind: schema.KindVarchar, Size: pick(m, []int{40, 80, 200})}
		if m.one(3) {
			c.Default = text("")
		}
	case 6:
		c.Type = schema.Type{Kind: schema.KindBoolean}
		if m.one(3) {
			c.Default = text("true")
		}
	case 7:
		c.Type = schema.Type{Kind: schema.KindNumeric, Precision: pick(m, []int{12, 20}), Scale: 2}
		if m.one(3) {
			c.Default = text("1.5")
		}
	case 8:
		c.Type = schema.Type{Kind: schema.KindTimestampTZ}
		if m.one(2) {
			c.DefaultExpr = "CURRENT_TIMESTAMP"
		}
	case 9:
		c.Type = schema.Type{Kind: pick(m, []schema.Kind{schema.KindBytes, schema.KindDouble, schema.KindUUID, schema.KindJSONB, schema.KindDate})}
	case 10:
		c.Type = schema.Type{Kind: schema.KindText}
		if len(s.Enums) > 0 {
			e := pick(m, s.Enums)
			c.Type = schema.Type{Kind: schema.KindEnum, Name: e.Name}
			if m.one(2) {
				c.Default = text("first")
			}
		}
	}
	if m.lim.Comments && m.one(6) {
		c.Comment = "col's comment"
	}
	return c
}

// addObject adds a constraint or an index that holds for any rows of ours.
func (m *maker) addObject(s *schema.Schema, t *schema.Table) {
	plain := plainColumns(t)
	c := pick(m, plain)
	quoted := schema.QuoteColumn(c.Name)
	switch m.IntN(8) {
	case 0:
		if unique(c) {
			u := schema.Unique{Name: m.name("u"), Columns: []string{c.Name}}
			if d := pick(m, plain); m.one(2) && d.Name != c.Name {
				u.Columns = append(u.Columns, d.Name)
			}
			u.NullsNotDistinct = m.lim.NullsNotDistinct && !c.Nullable && m.one(4)
			if m.lim.Deferrable && m.one(4) {
				u.Deferrable = schema.InitiallyDeferred
			}
			t.Uniques = append(t.Uniques, u)
		}
	case 1:
		if c.Type.Kind == schema.KindBigInt {
			t.Checks = append(t.Checks, schema.Check{Name: m.name("k"), Expr: quoted + pick(m, []string{" >= -1000000", " <> -5", " IN (1, 2) OR true"})})
		} else {
			t.Checks = append(t.Checks, schema.Check{Name: m.name("k"), Expr: quoted + " IS NULL OR " + quoted + " IS NOT NULL"})
		}
	case 2, 3:
		x := schema.Index{Name: m.name("x"), Parts: []schema.IndexPart{{Column: c.Name, Desc: m.one(3)}}}
		if d := pick(m, plain); m.one(2) && d.Name != c.Name {
			x.Parts = append(x.Parts, schema.IndexPart{Column: d.Name})
			if m.lim.NullsOrder && m.one(3) {
				x.Parts[1].Nulls = schema.NullsFirst
			}
		}
		if m.one(3) {
			x.Where = quoted + " IS NOT NULL"
		}
		if c.Type.Kind == schema.KindJSONB {
			return
		}
		t.Indexes = append(t.Indexes, x)
	case 4:
		if c.Type.Kind == schema.KindText || c.Type.Kind == schema.KindVarchar {
			t.Indexes = append(t.Indexes, schema.Index{Name: m.name("e"), Unique: m.one(3) && unique(c), Parts: []schema.IndexPart{{Expr: "lower(" + quoted + ")"}}})
		}
	case 5, 6:
		m.addForeignKey(s, t)
	case 7:
		if c.Type.Kind == schema.KindBigInt {
			t.Columns = append(t.Columns, schema.Column{Name: m.name("g"), Type: schema.Type{Kind: schema.KindBigInt}, Nullable: true, Generated: quoted + pick(m, []string{" * 2", " + 1"})})
		}
	}
	dedup(t)
}

func (m *maker) addForeignKey(s *schema.Schema, t *schema.Table) {
	var targets []*schema.Table
	for _, o := range append(slices.Clone(s.Tables), t) {
		if o.PrimaryKey != nil && len(o.PrimaryKey.Columns) == 1 && !slices.Contains(targets, o) {
			targets = append(targets, o)
		}
	}
	if len(targets) == 0 {
		return
	}
	for _, c := range plainColumns(t) {
		if c.Type.Kind == schema.KindBigInt && c.Name != "id" && c.Default == nil && m.one(2) {
			fk := schema.ForeignKey{Name: m.name("f"), Columns: []string{c.Name}, RefTable: pick(m, targets).Name, RefColumns: []string{"id"},
				OnDelete: pick(m, []schema.Action{schema.NoAction, schema.Cascade, schema.Restrict}), OnUpdate: pick(m, []schema.Action{schema.NoAction, schema.Cascade})}
			if c.Nullable && m.one(3) {
				fk.OnDelete = schema.SetNull
			}
			if m.one(5) {
				fk.Deferrable = schema.InitiallyDeferred
			}
			t.ForeignKeys = append(t.ForeignKeys, fk)
			return
		}
	}
}

// plainColumns are those that are not computed.
func plainColumns(t *schema.Table) []schema.Column {
	var out []schema.Column
	for _, c := range t.Columns {
		if c.Generated == "" {
			out = append(out, c)
		}
	}
	return out
}

// unique tells whether our rows have a different value each in the column.
func unique(c schema.Column) bool {
	if c.Default != nil || c.DefaultExpr != "" {
		return false // rows that a change gives the column to have it all
	}
	switch c.Type.Kind {
	case schema.KindBoolean, schema.KindEnum, schema.KindJSONB, schema.KindDate:
		return false
	}
	return true
}

// dedup takes away objects that say the same as another: the models could not say both.
func dedup(t *schema.Table) {
	for i := len(t.Indexes) - 1; i > 0; i-- {
		for j := range i {
			a, b := t.Indexes[i], t.Indexes[j]
			a.Name, b.Name = "", ""
			if a.Equal(b) {
				t.Indexes = slices.Delete(t.Indexes, i, i+1)
				break
			}
		}
	}
	for i := len(t.Uniques) - 1; i > 0; i-- {
		for j := range i {
			if slices.Equal(t.Uniques[i].Columns, t.Uniques[j].Columns) {
				t.Uniques = slices.Delete(t.Uniques, i, i+1)
				break
			}
		}
	}
	for i := len(t.Checks) - 1; i > 0; i-- {
		for j := range i {
			if t.Checks[i].Expr == t.Checks[j].Expr {
				t.Checks = slices.Delete(t.Checks, i, i+1)
				break
			}
		}
	}
	for i := len(t.ForeignKeys) - 1; i > 0; i-- {
		for j := range i {
			if slices.Equal(t.ForeignKeys[i].Columns, t.ForeignKeys[j].Columns) {
				t.ForeignKeys = slices.Delete(t.ForeignKeys, i, i+1)
				break
			}
		}
	}
}
