package migrate

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// remake returns the op that makes a thing, nil when it is not known.
func remake(x thing, want *schema.Schema) Op {
	if o := x.sqlObject(want); o != nil {
		return ObjectOp(nil, o)
	}
	t := want.Table(x.table)
	if t == nil {
		if e := want.Enum(x.table); e != nil && x.kind == "enum" {
			return CreateEnum{Name: e.Name, Values: e.Values}
		}
		return nil
	}
	if x.kind == "primary key" && t.PrimaryKey != nil {
		return AddPrimaryKey{Table: t.Name, PrimaryKey: *t.PrimaryKey}
	}
	if x.kind == "column" {
		if c := t.Column(x.name); c != nil {
			return AddColumn{Table: t.Name, Column: *c}
		}
		return nil
	}
	if x.name == "" {
		return setOptions(x.kind, t)
	}
	for _, i := range t.Indexes {
		if i.Name == x.name {
			return CreateIndex{Table: t.Name, Index: i}
		}
	}
	for _, u := range t.Uniques {
		if u.Name == x.name {
			return AddUnique{Table: t.Name, Unique: u}
		}
	}
	for _, c := range t.Checks {
		if c.Name == x.name {
			return AddCheck{Table: t.Name, Check: c}
		}
	}
	for _, f := range t.ForeignKeys {
		if f.Name == x.name {
			return AddForeignKey{Table: t.Name, ForeignKey: f}
		}
	}
	if k := t.PrimaryKey; k != nil && k.Name == x.name {
		return AddPrimaryKey{Table: t.Name, PrimaryKey: *k}
	}
	return nil
}

// setOptions returns the op that gives a table back the option that a fact of that kind is about.
func setOptions(kind string, t *schema.Table) Op {
	from := t.Options
	switch kind {
	case "distributed table":
		return DistributeTable{Table: t.Name, Column: from.Distribute, ColocateWith: from.Colocate}
	case "reference table":
		return ReferenceTable{t.Name}
	case "unlogged table":
		from.Unlogged = false
	case "storage parameters":
		from.With = ""
	case "strict table":
		from.Strict = false
	case "table without rowid":
		from.WithoutRowid = false
	}
	if from == t.Options {
		return nil
	}
	return SetTableOptions{Table: t.Name, From: from, To: t.Options}
}

// statementsOf plans an op on the schema without what it makes.
func statementsOf(op Op, x thing, want *schema.Schema, p func() Planner) string {
	if op == nil {
		return ""
	}
	s := want.Clone()
	if o := x.sqlObject(s); o != nil {
		s.RemoveSQLObject(*o)
	} else if t := s.Table(x.table); t != nil {
		if set, ok := op.(SetTableOptions); ok {
			t.Options = set.From
		} else if x.kind == "distributed table" || x.kind == "reference table" {
			t.Options = t.Options.OneNode()
		}
		if x.kind == "column" {
			withoutUsers(s, t, x.name)
		}
		t.Columns = slices.DeleteFunc(t.Columns, func(c schema.Column) bool { return x.kind == "column" && c.Name == x.name })
		t.Indexes = slices.DeleteFunc(t.Indexes, func(i schema.Index) bool { return i.Name == x.name })
		t.Uniques = slices.DeleteFunc(t.Uniques, func(u schema.Unique) bool { return u.Name == x.name })
		t.Checks = slices.DeleteFunc(t.Checks, func(c schema.Check) bool { return c.Name == x.name })
		t.ForeignKeys = slices.DeleteFunc(t.ForeignKeys, func(f schema.ForeignKey) bool { return f.Name == x.name })
		if _, ok := op.(AddPrimaryKey); ok {
			t.PrimaryKey = nil
		}
	} else {
		s.RemoveEnum(x.table)
	}
	return planned(op, s, p)
}

// withoutUsers takes away what cannot be there without the column.
func withoutUsers(s *schema.Schema, t *schema.Table, column string) {
	over := func(columns []string) bool { return slices.Contains(columns, column) }
	mentions := func(expr string) bool {
		return expr != "" && len(schema.ExprColumns(expr, []string{column})) > 0
	}
	if t.PrimaryKey != nil && over(t.PrimaryKey.Columns) {
		t.PrimaryKey = nil
	}
	t.Uniques = slices.DeleteFunc(t.Uniques, func(u schema.Unique) bool { return over(u.Columns) })
	t.Checks = slices.DeleteFunc(t.Checks, func(c schema.Check) bool { return mentions(c.Expr) })
	t.Indexes = slices.DeleteFunc(t.Indexes, func(i schema.Index) bool {
		return over(i.Columns()) || over(i.Include) || mentions(i.Where) ||
			slices.ContainsFunc(i.Parts, func(p schema.IndexPart) bool { return mentions(p.Expr) })
	})
	t.DualWrites = slices.DeleteFunc(t.DualWrites, func(d schema.DualWrite) bool { return d.From == column || d.To == column })
	t.ForeignKeys = slices.DeleteFunc(t.ForeignKeys, func(f schema.ForeignKey) bool { return over(f.Columns) })
	for _, other := range s.Tables {
		other.ForeignKeys = slices.DeleteFunc(other.ForeignKeys, func(f schema.ForeignKey) bool { return f.RefTable == t.Name && over(f.RefColumns) })
	}
	for _, c := range slices.Clone(t.Columns) {
		if c.Name != column && mentions(c.Generated) {
			t.Columns = slices.DeleteFunc(t.Columns, func(g schema.Column) bool { return g.Name == c.Name })
		}
	}
}

// planned returns the statements of an op on one line, "" when they are many, or more than SQL.
func planned(op Op, s *schema.Schema, p func() Planner) string {
	stages, err := PlanOps(p(), s, []Op{op})
	if err != nil {
		return ""
	}
	var all []string
	for _, st := range stages {
		if st.Run != nil || st.Batch != nil || st.KeysOff {
			return ""
		}
		for _, q := range st.Statements {
			if all = append(all, q.SQL); len(all) > 3 || strings.Contains(q.SQL, "\n") {
				return ""
			}
		}
	}
	return strings.Join(all, "; ")
}

// made says which migration was the last one that changed each of those things; of a table, which one made it.
func (h *history) made(things []thing, dialect string) map[thing]string {
	text := func(s *schema.Schema, x thing) string {
		t := s.Table(x.table)
		var found any = remake(x, s)
		if found == nil && t != nil && (x.name == "" || x.kind == "trigger") {
			found = t
		}
		data, err := json.Marshal(found)
		if err != nil {
			panic("modelgen: " + err.Error()) // all of it is text and numbers
		}
		return string(data)
	}
	last, by := map[thing]string{}, map[thing]string{}
	s := &schema.Schema{}
	for i, n := range h.set.all {
		if !h.counts(i) {
			continue
		}
		for _, op := range n.Ops {
			if op.Apply(s) != nil {
				return by // it was applied without an error before
			}
		}
		here := s.For(dialect)
		for _, x := range things {
			now := text(here, x)
			if now != "null" && now != last[x] && (x.kind != "table" || last[x] == "" || last[x] == "null") {
				by[x] = h.set.label(i)
			}
			last[x] = now
		}
	}
	return by
}
