package sqlite

import (
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// foreignKeys describes the foreign keys of a table, in the order in which they are written.
func (x *inspector) foreignKeys(t *inspected) {
	for _, c := range t.text.constraints {
		if c.kind != "foreign key" {
			continue
		}
		what := "table " + t.name + ": foreign key (" + strings.Join(c.columns, ", ") + ")"
		const stays = "; it stays, and a rebuild keeps it"
		parent := x.byName[strings.ToLower(c.ref.table)]
		if parent == nil {
			x.kept(what, t.allowed(c), c.sql, "it refers to %s, which is no table that models describe"+stays, c.ref.table)
			continue
		}
		fk := schema.ForeignKey{Name: nameOf(c.name), Columns: t.spelled(c.columns), RefTable: parent.name, RefColumns: parent.spelled(c.ref.columns),
			OnDelete: c.ref.onDelete, OnUpdate: c.ref.onUpdate, Deferrable: c.ref.deferrable}
		if len(c.ref.columns) == 0 && parent.t.PrimaryKey != nil {
			fk.RefColumns = slices.Clone(parent.t.PrimaryKey.Columns)
		}
		if len(fk.RefColumns) != len(fk.Columns) || !parent.refers(fk.RefColumns) {
			x.kept(what, t.allowed(c), c.sql, "it refers to columns of %s that are no key and not unique, which SQLite refuses when rows change"+stays, parent.name)
			continue
		}
		t.t.ForeignKeys = append(t.t.ForeignKeys, fk)
	}
}

// refers reports whether a foreign key can refer to the columns: they are there, and the key or unique.
func (t *inspected) refers(columns []string) bool {
	want := slices.Sorted(slices.Values(columns))
	same := func(other []string) bool { return slices.Equal(slices.Sorted(slices.Values(other)), want) }
	return t.t.PrimaryKey != nil && same(t.t.PrimaryKey.Columns) ||
		slices.ContainsFunc(t.t.Uniques, func(u schema.Unique) bool { return same(u.Columns) }) ||
		slices.ContainsFunc(t.t.Indexes, func(i schema.Index) bool { return constrains(i) && same(i.Columns()) })
}

// align gives the columns of foreign keys the types of those that they refer to, which models ask for, and reports whether one had another. SQLite does not:
// it compares as the other column does (https://www.sqlite.org/foreignkeys.html, section 3).
func (x *inspector) align() (changed bool) {
	for _, t := range x.tables {
		for _, fk := range t.t.ForeignKeys {
			parent := x.in.Schema.Table(fk.RefTable)
			for i, column := range fk.Columns {
				from, to := t.t.Column(column), parent.Column(fk.RefColumns[i])
				if from == nil || to == nil || from.Type == to.Type {
					continue
				}
				from.Type, changed = to.Type, true
				at := slices.IndexFunc(t.columns, isColumn(column))
				from.TypeFor = nil
				if declared := strings.TrimSpace(t.columns[at].declared); !says(*from, declared) && nameable(declared) {
					from.TypeFor = map[string]string{name: declared}
				}
			}
		}
	}
	return changed
}

func isColumn(name string) func(column) bool { return func(c column) bool { return c.name == name } }
