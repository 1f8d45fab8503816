package optimizetest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Options say what a list may have.
type Options struct {
	Real bool // only what runs on every database; else also schemas, and conditions that no database would take
	Data bool // steps over data too
}

// maker makes a list.
type maker struct {
	*rand.Rand
	Options
	s      *schema.Schema
	ops    []migrate.Op
	filled map[string]bool // tables that may have rows
	next   int
}

// List returns n random ops that fit before and one another.
func List(seed uint64, before *schema.Schema, n int, o Options) []migrate.Op {
	m := &maker{Rand: rand.New(rand.NewPCG(seed, 11)), Options: o, s: before.Clone(), filled: map[string]bool{}}
	for tries := 0; len(m.ops) < n && tries < 60*n; tries++ {
		m.try()
	}
	return m.ops
}

// Begin returns a random schema for lists that do not begin with nothing, and the ops that make it.
func Begin(seed uint64, o Options) (*schema.Schema, []migrate.Op) {
	o.Data = false
	m := &maker{Rand: rand.New(rand.NewPCG(seed, 13)), Options: o, s: &schema.Schema{}, filled: map[string]bool{}}
	for range 3 {
		m.add(m.table())
	}
	for range 12 {
		m.try()
	}
	return m.s, m.ops
}

// History cuts a list into migrations, each on top of the one before, called 0001_step and so on.
func History(seed uint64, ops []migrate.Op) []*migrate.Migration {
	r := rand.New(rand.NewPCG(seed, 17))
	var all []*migrate.Migration
	for len(ops) > 0 {
		n := min(1+r.IntN(2), len(ops))
		m := &migrate.Migration{Name: fmt.Sprintf("%04d_step", len(all)+1), Ops: ops[:n]}
		if len(all) > 0 {
			m.Parents = []*migrate.Migration{all[len(all)-1]}
		}
		all, ops = append(all, m), ops[n:]
	}
	return all
}

// add takes an op if it fits.
func (m *maker) add(op migrate.Op) bool {
	if op == nil || m.holds(op) || m.forgets(op) || op.Apply(m.s) != nil {
		return false
	}
	m.ops = append(m.ops, op)
	return true
}

func (m *maker) one(n int) bool { return m.IntN(n) == 0 }

func pick[T any](m *maker, list []T) T { return list[m.IntN(len(list))] }

func (m *maker) any() *schema.Table { return pick(m, m.s.Tables) }

// free returns a name that nothing of the kind has, the first of a pool as a rule.
func (m *maker) free(prefix string, size int, taken func(string) bool) string {
	for range 20 {
		if n := fmt.Sprintf("%s%d", prefix, m.IntN(size)); !taken(n) {
			return n
		}
	}
	m.next++
	return fmt.Sprintf("%s_%d", prefix, m.next)
}

// relation returns a free name of the space that tables and indexes share.
func (m *maker) relation(prefix string) string {
	return m.free(prefix, 6, func(n string) bool {
		for _, t := range m.s.Tables {
			if _, base := schema.SplitName(t.Name); base == n || t.PrimaryKey != nil && t.PrimaryKey.Name == n ||
				slices.ContainsFunc(t.Uniques, func(u schema.Unique) bool { return u.Name == n }) ||
				slices.ContainsFunc(t.Indexes, func(x schema.Index) bool { return x.Name == n }) {
				return true
			}
		}
		return slices.ContainsFunc(m.s.SQLObjects, func(o schema.SQLObject) bool {
			_, base := schema.SplitName(strings.Split(o.Name, "(")[0])
			return base == n
		}) ||
			slices.ContainsFunc(m.s.Enums, func(e *schema.Enum) bool { return e.Name == n })
	})
}

func (m *maker) constraint(t *schema.Table, prefix string) string {
	return m.free(prefix, 4, func(n string) bool {
		return slices.ContainsFunc(t.Checks, func(c schema.Check) bool { return c.Name == n }) || slices.ContainsFunc(t.ForeignKeys, func(f schema.ForeignKey) bool { return f.Name == n })
	})
}

func (m *maker) column(t *schema.Table) string {
	return m.free("c", 7, func(n string) bool { return t.Column(n) != nil })
}

func (m *maker) table() migrate.Op {
	name := m.relation("t")
	if len(m.s.Namespaces) > 0 && m.one(4) {
		name = pick(m, m.s.Namespaces) + "." + name
	}
	t := &schema.Table{Name: name, Columns: []schema.Column{{Name: "id", Type: schema.Type{Kind: schema.KindBigInt}, Identity: m.one(4)}}}
	t.PrimaryKey = &schema.PrimaryKey{Name: m.relation("pk"), Columns: []string{"id"}}
	for range m.IntN(4) {
		t.Columns = append(t.Columns, m.definition(t, false))
	}
	if m.one(3) {
		t.Checks = append(t.Checks, m.check(t))
	}
	if m.one(3) && len(m.s.Tables) > 0 {
		if c, ok := m.reference(t); ok {
			t.ForeignKeys = append(t.ForeignKeys, c)
		}
	}
	if m.one(3) {
		t.Indexes = append(t.Indexes, m.index(t))
	}
	return migrate.NewCreateTable(t)
}

var integer, bigint, text = schema.Type{Kind: schema.KindInteger}, schema.Type{Kind: schema.KindBigInt}, schema.Type{Kind: schema.KindText}

// definition makes a column; rows says that there may be some.
func (m *maker) definition(t *schema.Table, rows bool) schema.Column {
	c := schema.Column{Name: m.column(t), Type: pick(m, []schema.Type{integer, bigint, bigint, text, {Kind: schema.KindVarchar, Size: 40}, {Kind: schema.KindBoolean}})}
	if len(m.s.Enums) > 0 && m.one(5) {
		c.Type = schema.Type{Kind: schema.KindEnum, Name: pick(m, m.s.Enums).Name}
	}
	if base := m.plain(t); base != "" && m.one(8) {
		c.Type, c.Generated, c.Nullable = bigint, base+" * 2", true
		return c
	}
	c.Nullable = m.one(2)
	if m.one(3) || rows && !c.Nullable {
		c.Default = m.literal(c.Type)
	}
	return c
}

// plain returns a column of whole numbers, for SQL.
func (m *maker) plain(t *schema.Table) string {
	var names []string
	for _, c := range t.Columns {
		if (c.Type == integer || c.Type == bigint) && c.Generated == "" && !c.Identity {
			names = append(names, c.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return pick(m, names)
}

func (m *maker) literal(t schema.Type) *string {
	v := fmt.Sprint(1 + m.IntN(3))
	switch t.Kind {
	case schema.KindBoolean:
		v = pick(m, []string{"true", "false"})
	case schema.KindEnum:
		v = pick(m, m.s.Enum(t.Name).Values)
	}
	return &v
}

func (m *maker) check(t *schema.Table) schema.Check {
	expr := t.Columns[0].Name + " IS NOT NULL"
	if c := m.plain(t); c != "" {
		expr = c + " > 0"
	}
	return schema.Check{Name: m.constraint(t, "ck"), Expr: expr}
}

func (m *maker) index(t *schema.Table) schema.Index {
	x := schema.Index{Name: m.relation("i"), Parts: []schema.IndexPart{{Column: pick(m, t.Columns).Name}}}
	if c := m.plain(t); c != "" && m.one(3) {
		x.Where = c + " > 1"
	}
	return x
}

// reference makes a foreign key to the primary key of a table.
func (m *maker) reference(t *schema.Table) (schema.ForeignKey, bool) {
	parent := m.any()
	if m.one(6) && m.s.Table(t.Name) != nil {
		parent = t
	}
	if parent.PrimaryKey == nil || parent.Column(parent.PrimaryKey.Columns[0]).Type != bigint {
		return schema.ForeignKey{}, false
	}
	for _, c := range t.Columns {
		if c.Type == bigint && c.Generated == "" && c.Name != "id" && !slices.ContainsFunc(t.ForeignKeys, func(f schema.ForeignKey) bool { return f.Columns[0] == c.Name }) {
			return schema.ForeignKey{Name: m.constraint(t, "fk"), Columns: []string{c.Name}, RefTable: parent.Name, RefColumns: slices.Clone(parent.PrimaryKey.Columns)}, true
		}
	}
	return schema.ForeignKey{}, false
}

// used reports whether anything is built on a column.
func (m *maker) used(t *schema.Table, column string) bool {
	return migrate.DropColumn{Table: t.Name, Column: *t.Column(column)}.Apply(m.s.Clone()) != nil
}

// rows inserts a row.
func (m *maker) rows(t *schema.Table) migrate.Op {
	if len(t.ForeignKeys) > 0 && slices.ContainsFunc(t.ForeignKeys, func(f schema.ForeignKey) bool { c := t.Column(f.Columns[0]); return !c.Nullable || c.Default != nil }) {
		return nil
	}
	var columns, values []string
	for _, c := range t.Columns {
		m.next++
		v := fmt.Sprint(100 + m.next)
		switch {
		case c.Identity || c.Generated != "" || slices.ContainsFunc(t.ForeignKeys, func(f schema.ForeignKey) bool { return f.Columns[0] == c.Name }), c.Nullable && m.one(2):
			continue
		case c.Type.Kind == schema.KindBoolean:
			v = "true"
		case c.Type.Kind == schema.KindEnum:
			v = "'" + m.s.Enum(c.Type.Name).Values[0] + "'"
		case c.Type.Kind == schema.KindText || c.Type.Kind == schema.KindVarchar:
			v = "'" + v + "'"
		}
		columns, values = append(columns, c.Name), append(values, v)
	}
	m.filled[t.Name] = true
	sql := "INSERT INTO " + t.Name + " (" + strings.Join(columns, ", ") + ") VALUES (" + strings.Join(values, ", ") + ")"
	if len(columns) == 0 {
		sql = "INSERT INTO " + t.Name + " DEFAULT VALUES"
	}
	return migrate.SQL{Up: []string{sql}, NoDown: "the row may stay"}
}

// code does nothing.
func code(context.Context, migrate.Tx) error { return nil }
