package law

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/modelgen/modelgen/runtime/schema"
)

// Declared rows have a law of their own: pairs of small schemas whose rows change together with the columns and constraints around them. What a row says
// fits the schema that declares it and mostly not the other one, so that a step at the wrong place is refused by the database; what it has to be
// in the end, and again on the way back, is known by value.

// lookups is a random pair of schemas with declared rows.
type lookups struct {
	*rand.Rand
	pg   bool
	apps bool // each table of A has a row of the application, which A and B allow
	a, b *schema.Schema
	next int

	columns map[place]place // of B to those of A
	tables  map[string]string
	fills   map[place]string // SQL for what the application's rows get
}

// app is what the row of the application has as text.
const app = "app"

func newLookups(seed uint64, dialect string) *lookups {
	l := &lookups{Rand: rand.New(rand.NewPCG(seed, 17)), pg: dialect == "postgres", a: &schema.Schema{}, fills: map[place]string{}}
	l.apps = l.one(2)
	for i := range 1 + l.IntN(3) {
		t := &schema.Table{Name: fmt.Sprintf("t%d", i), Columns: []schema.Column{{Name: "code", Type: schema.Type{Kind: schema.KindText}}}, PrimaryKey: &schema.PrimaryKey{Columns: []string{"code"}}}
		l.a.PutTable(t)
		for range 1 + l.IntN(4) {
			t.Columns = append(t.Columns, l.column())
		}
		for range l.IntN(4) {
			l.object(l.a, t)
		}
		t.Rows.Key = []string{"code"}
		for _, code := range []string{"a", "b", "c", "d"}[:1+l.IntN(4)] {
			t.Rows.Rows = append(t.Rows.Rows, schema.Row{"code": new(code)})
		}
	}
	fix(l.a, l.pg)
	l.b = l.a.Clone()
	l.columns, l.tables = map[place]place{}, map[string]string{}
	for _, t := range l.a.Tables {
		l.tables[t.Name] = t.Name
		for _, c := range t.Columns {
			l.columns[place{t.Name, c.Name}] = place{t.Name, c.Name}
		}
	}
	for range 1 + l.IntN(6) {
		l.change()
		fix(l.b, l.pg)
	}
	l.fillable()
	l.settle(l.a, nil)
	l.settle(l.b, l.before)
	return l
}

// fillable takes out what one value cannot fill, be it a default or one that a foreign key allows: a column that becomes NOT NULL and where values are unique; and what the
// application's rows cannot refer to.
func (l *lookups) fillable() {
	for _, t := range l.b.Tables {
		for i := range t.Columns {
			c := &t.Columns[i]
			refers := slices.ContainsFunc(t.ForeignKeys, func(fk schema.ForeignKey) bool { return fk.Columns[0] == c.Name })
			if slices.Contains(uniques(t), c.Name) && (c.Default != nil || refers) && !slices.Contains(t.PrimaryKey.Columns, c.Name) {
				c.Nullable = true
			}
		}
		t.ForeignKeys = slices.DeleteFunc(t.ForeignKeys, func(fk schema.ForeignKey) bool {
			from := l.columns[place{t.Name, fk.Columns[0]}]
			return l.apps && from != (place{}) && l.a.Table(from.table).Column(from.column).Type.Kind != schema.KindText
		})
	}
}

func (l *lookups) one(n int) bool { return l.IntN(n) == 0 }

func (l *lookups) name(prefix string) string {
	l.next++
	return prefix + strconv.Itoa(l.next)
}

func (l *lookups) column() schema.Column {
	c := schema.Column{Name: l.name("c"), Nullable: l.one(2)}
	switch l.IntN(6) {
	case 0:
		c.Type.Kind = schema.KindBoolean
	case 1, 2:
		c.Type.Kind = schema.KindInteger
	default:
		c.Type.Kind = schema.KindText
	}
	if l.one(4) {
		c.Default = new(map[schema.Kind]string{schema.KindBoolean: "true", schema.KindInteger: "0", schema.KindText: "deflt"}[c.Type.Kind])
	}
	return c
}

// object adds a constraint or an index to a table.
func (l *lookups) object(s *schema.Schema, t *schema.Table) {
	c := t.Columns[l.IntN(len(t.Columns))]
	plain := !slices.Contains(t.PrimaryKey.Columns, c.Name) && c.Generated == ""
	text := c.Type.Kind == schema.KindText || c.Type.Kind == schema.KindVarchar
	whole := c.Type.Kind == schema.KindInteger || c.Type.Kind == schema.KindBigInt
	switch n := l.IntN(6); {
	case n < 2 && plain && text: // a reference, maybe to its own table
		ref := s.Tables[l.IntN(len(s.Tables))]
		if s == l.b && l.tables[ref.Name] == "" && l.apps && l.columns[place{t.Name, c.Name}] != (place{}) {
			return // the application's rows have nothing there to refer to
		}
		t.ForeignKeys = append(t.ForeignKeys, schema.ForeignKey{Columns: []string{c.Name}, RefTable: ref.Name, RefColumns: []string{"code"}})
	case n == 2 && plain && (text || whole):
		t.Uniques = append(t.Uniques, schema.Unique{Columns: []string{c.Name}})
	case n == 3 && plain && (text || whole):
		t.Indexes = append(t.Indexes, schema.Index{Parts: []schema.IndexPart{{Column: c.Name}}, Unique: true})
	case plain && whole:
		t.Checks = append(t.Checks, schema.Check{Name: l.name("k"), Expr: c.Name + []string{" >= 0", " <= 0"}[l.IntN(2)]})
	case plain && text:
		t.Checks = append(t.Checks, schema.Check{Name: l.name("k"), Expr: c.Name + []string{" <> ''", " < 'm'"}[l.IntN(2)]})
	}
}

// change changes B in one random way.
func (l *lookups) change() {
	t := l.b.Tables[l.IntN(len(l.b.Tables))]
	at := l.IntN(len(t.Columns))
	c := &t.Columns[at]
	p := place{t.Name, c.Name}
	plain := !slices.Contains(t.PrimaryKey.Columns, c.Name) && c.Generated == ""
	switch l.IntN(17) {
	case 0: // a column goes
		if plain {
			dropExpressions(t, p.column)
			t.Columns = slices.DeleteFunc(t.Columns, func(c schema.Column) bool { return c.Name == p.column })
			delete(l.columns, p)
		}
	case 1: // or is called otherwise
		if to := l.name("n"); c.Generated == "" {
			if l.columns[p] != (place{}) && c.Was == "" {
				c.Was = c.Name
			}
			l.b.RenameColumn(t, p.column, to)
			l.columns[place{t.Name, to}] = l.columns[p]
			delete(l.columns, p)
		}
	case 2: // its type
		if !plain {
			return
		}
		to := schema.Type{Kind: schema.KindText}
		if k := c.Type.Kind; k == schema.KindText {
			to = schema.Type{Kind: schema.KindVarchar, Size: 40}
		} else if k == schema.KindInteger && l.one(2) {
			to.Kind = schema.KindBigInt
		} else if k != schema.KindInteger {
			return
		}
		if to.Kind == schema.KindText {
			dropExpressions(t, p.column)
			c = t.Column(p.column)
			c.Default = nil
		}
		c.Type = to
	case 3, 4:
		if plain {
			c.Nullable = !c.Nullable
		}
	case 5: // one that is computed
		if c.Type.Kind == schema.KindInteger && c.Generated == "" {
			t.Columns = append(t.Columns, schema.Column{Name: l.name("g"), Type: c.Type, Nullable: true, Generated: c.Name + " + 1"})
		}
	case 6, 7, 8:
		t.Columns = append(t.Columns, l.column())
	case 9:
		if lost := l.apps && slices.ContainsFunc(l.a.Tables, func(o *schema.Table) bool { // what the application's row refers to, which does not come back
			return slices.ContainsFunc(o.ForeignKeys, func(fk schema.ForeignKey) bool { return fk.RefTable == l.tables[t.Name] })
		}); len(l.b.Tables) > 1 && !lost {
			l.b.RemoveTable(t.Name)
			delete(l.tables, t.Name)
		}
	case 10:
		was, to := t.Name, l.name("r")
		if l.tables[was] != "" && t.Was == "" {
			t.Was = was
		}
		l.b.RenameTable(was, to)
		l.tables[to] = l.tables[was]
		delete(l.tables, was)
		for p, from := range l.columns {
			if p.table == was {
				delete(l.columns, p)
				l.columns[place{to, p.column}] = from
			}
		}
	case 11:
		n := &schema.Table{Name: l.name("x"), Columns: []schema.Column{{Name: "code", Type: schema.Type{Kind: schema.KindText}}, l.column()}, PrimaryKey: &schema.PrimaryKey{Columns: []string{"code"}}}
		n.Rows = schema.TableRows{Key: []string{"code"}, Rows: []schema.Row{{"code": new("a")}, {"code": new("z")}}}
		l.b.PutTable(n)
		ref := l.column()
		ref.Type.Kind, ref.Default = schema.KindText, nil
		t.Columns = append(t.Columns, ref)
		t.ForeignKeys = append(t.ForeignKeys, schema.ForeignKey{Columns: []string{ref.Name}, RefTable: n.Name, RefColumns: []string{"code"}})
	case 12, 13:
		l.object(l.b, t)
	case 14, 15: // a constraint goes
		switch l.IntN(4) {
		case 0:
			t.ForeignKeys = l.less(t.ForeignKeys)
		case 1:
			t.Uniques = lessOf(l, t.Uniques)
		case 2:
			t.Checks = lessOf(l, t.Checks)
		default:
			t.Indexes = lessOf(l, t.Indexes)
		}
	case 16: // rows come and go
		code := []string{"a", "b", "c", "d", "e", "f"}[l.IntN(6)]
		if i := slices.IndexFunc(t.Rows.Rows, func(r schema.Row) bool { return *r[t.PrimaryKey.Columns[0]] == code }); i < 0 {
			t.Rows.Rows = append(t.Rows.Rows, schema.Row{t.PrimaryKey.Columns[0]: &code})
		} else if len(t.Rows.Rows) > 1 {
			t.Rows.Rows = slices.Delete(t.Rows.Rows, i, i+1)
		}
	}
}

func (l *lookups) less(list []schema.ForeignKey) []schema.ForeignKey { return lessOf(l, list) }

func lessOf[T any](l *lookups, list []T) []T {
	if len(list) == 0 {
		return list
	}
	i := l.IntN(len(list))
	return slices.Delete(slices.Clone(list), i, i+1)
}

// before returns what a declared row of B has in A: its table and row, nil for a new one.
func (l *lookups) before(table string, code string) schema.Row {
	was := l.a.Table(l.tables[table])
	if was == nil {
		return nil
	}
	return was.Rows.Find(schema.Row{"code": &code})
}

// after returns what a column of A is in B.
func (l *lookups) after(p place) place {
	for to, from := range l.columns {
		if from == p {
			return to
		}
	}
	return place{}
}

// settle gives all rows values that the schema allows: mostly what they had, where that can be.
func (l *lookups) settle(s *schema.Schema, before func(table, code string) schema.Row) {
	for _, t := range s.Tables {
		t.Rows.Key = t.PrimaryKey.Columns
		taken := map[string]map[string]bool{} // by column
		for _, columns := range uniques(t) {
			taken[columns] = map[string]bool{}
			if l.apps {
				taken[columns][app], taken[columns]["0"] = true, true
			}
		}
		order := l.Perm(len(t.Rows.Rows))
		for i := range t.Columns {
			c := &t.Columns[i]
			if c.Generated != "" || slices.Contains(t.Rows.Key, c.Name) {
				continue
			}
			for _, n := range order {
				r := t.Rows.Rows[n]
				var was *string
				var had bool
				if before != nil {
					if o := before(t.Name, *r[t.Rows.Key[0]]); o != nil {
						was, had = o[l.columns[place{t.Name, c.Name}].column]
					}
				}
				if had && l.one(3) {
					had = false
				}
				r[c.Name] = l.value(s, t, c, was, had, taken)
				if v := r[c.Name]; v != nil && taken[c.Name] != nil {
					taken[c.Name][*v] = true
				}
			}
		}
		t.Rows.Sort()
	}
}

func uniques(t *schema.Table) (all []string) {
	for _, u := range t.Uniques {
		all = append(all, u.Columns[0])
	}
	for _, x := range t.Indexes {
		all = append(all, x.Columns()...)
	}
	return all
}

// value returns what a row may have in a column; was where that is allowed and had is set.
func (l *lookups) value(s *schema.Schema, t *schema.Table, c *schema.Column, was *string, had bool, taken map[string]map[string]bool) *string {
	var all []string
	switch {
	case c.Type.Kind == schema.KindBoolean:
		all = []string{"true", "false"}
	case c.Type.Kind == schema.KindInteger || c.Type.Kind == schema.KindBigInt:
		for n := -9; n < 10; n++ {
			all = append(all, strconv.Itoa(n))
		}
	default:
		all = []string{"", "k", "l", "none", "deflt", "other", "zone", "7", "5", "x'y", "hm", "abc", "zz"}
	}
	if i := slices.IndexFunc(t.ForeignKeys, func(fk schema.ForeignKey) bool { return fk.Columns[0] == c.Name }); i >= 0 {
		all = nil
		for _, fk := range t.ForeignKeys {
			if fk.Columns[0] != c.Name {
				continue
			}
			ref := s.Table(fk.RefTable)
			for _, r := range ref.Rows.Rows {
				all = append(all, *r[ref.PrimaryKey.Columns[0]])
			}
		}
	}
	all = slices.DeleteFunc(all, func(v string) bool {
		return taken[c.Name][v] || slices.ContainsFunc(t.Checks, func(k schema.Check) bool { return !allows(k.Expr, c.Name, v) })
	})
	if had && (was == nil && c.Nullable || was != nil && slices.Contains(all, *was)) {
		return was
	}
	if c.Nullable && (len(all) == 0 || l.one(4)) {
		return nil
	}
	if len(all) == 0 { // a person would not have it so
		c.Nullable = true
		return nil
	}
	return &all[l.IntN(len(all))]
}

// allows reports whether the check allows the value in the column.
func allows(check, column, v string) bool {
	n, _ := strconv.Atoi(v)
	switch check {
	case column + " >= 0":
		return n >= 0
	case column + " <= 0":
		return n <= 0
	case column + " <> ''":
		return v != ""
	case column + " < 'm'":
		return v < "m"
	}
	return true
}
