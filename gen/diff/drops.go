package diff

import (
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Everything here runs before the renames, on old names.

// dropForeignKeys drops what would stand in the way of drops: keys that go, and those between tables that go in a cycle.
func (d *differ) dropForeignKeys() {
	for _, old := range d.old.Tables {
		td := d.drop[d.old2new[old.Name]]
		if td == nil {
			continue
		}
		for _, fk := range old.ForeignKeys {
			if td.fks[id(fk.Name, "")] {
				d.emit(migrate.DropForeignKey{Table: old.Name, ForeignKey: fk})
			}
		}
	}
	for _, name := range d.lateTables {
		for _, fk := range d.old.Table(name).ForeignKeys {
			if fk.RefTable != name && d.letsGo(fk) {
				d.emit(migrate.DropForeignKey{Table: name, ForeignKey: fk})
			}
		}
	}
}

// letsGo reports whether the foreign key of a table that goes last must go before, as what it refers to changes or goes.
func (d *differ) letsGo(fk schema.ForeignKey) bool {
	if slices.Contains(d.gone, fk.RefTable) {
		return !slices.Contains(d.lateTables, fk.RefTable)
	}
	n := d.old2new[fk.RefTable]
	var columns []string
	for _, c := range fk.RefColumns {
		to := d.oldCol[n][c]
		if to == "" {
			return true
		}
		columns = append(columns, to)
	}
	return slices.Contains(d.lost[n], keyOf(columns)) || d.retyped(n, columns)
}

func without(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(other, s) })
}

// dropTables drops tables that refer to others before those.
func (d *differ) dropTables(left []string) {
	for len(left) > 0 {
		i := slices.IndexFunc(left, func(name string) bool { return !d.referredFrom(name, left) })
		if i >= 0 {
			d.releaseRows(left[i])
			d.emit(migrate.DropTable(migrate.NewCreateTable(d.cur.Table(left[i]).Clone())))
			left = slices.Delete(left, i, i+1)
			continue
		}
		// A cycle: let go of the keys that hold the first of them.
		for _, name := range left {
			if name == left[0] {
				continue
			}
			for _, fk := range slices.Clone(d.cur.Table(name).ForeignKeys) {
				if fk.RefTable == left[0] {
					d.emit(migrate.DropForeignKey{Table: name, ForeignKey: fk})
				}
			}
		}
		if d.bug != nil {
			return
		}
	}
}

func (d *differ) referredFrom(name string, tables []string) bool {
	for _, other := range tables {
		if other == name {
			continue
		}
		for _, fk := range d.cur.Table(other).ForeignKeys {
			if fk.RefTable == name {
				return true
			}
		}
	}
	return false
}

// dropConstraints drops indexes, checks, unique constraints and primary keys of tables that stay.
func (d *differ) dropConstraints() {
	for _, old := range d.old.Tables {
		td := d.drop[d.old2new[old.Name]]
		if td == nil {
			continue
		}
		for _, x := range old.Indexes {
			if td.indexes[id(x.Name, x.Only)] {
				d.emit(migrate.DropIndex{Table: old.Name, Index: x})
			}
		}
		for _, c := range old.Checks {
			if td.checks[id(c.Name, c.Only)] {
				d.emit(migrate.DropCheck{Table: old.Name, Check: c})
			}
		}
		for _, u := range old.Uniques {
			if td.uniques[id(u.Name, u.Only)] {
				d.emit(migrate.DropUnique{Table: old.Name, Unique: u})
			}
		}
		if td.primaryKey {
			d.emit(migrate.DropPrimaryKey{Table: old.Name, PrimaryKey: *old.PrimaryKey})
		}
	}
}

// dropColumns drops generated columns before those that they are computed from, and leaves those that go last.
func (d *differ) dropColumns() {
	for _, generated := range []bool{true, false} {
		for _, old := range d.old.Tables {
			n := d.old2new[old.Name]
			if n == "" {
				continue
			}
			for _, c := range old.Columns {
				if d.oldCol[n][c.Name] == "" && d.cur.Table(old.Name).Column(c.Name) != nil && (c.Generated != "") == generated && !d.isLate(n, old.Name, c.Name) {
					d.forgetColumn(old.Name, c.Name)
					d.emit(d.columnDrop(old.Name, n, c))
				}
			}
		}
	}
}

// columnDrop returns the op that drops a column of a table, which is called so now and name in the end. A -fill for a column that goes is what its rows
// get when the drop is undone.
func (d *differ) columnDrop(table, name string, c schema.Column) migrate.DropColumn {
	op := migrate.DropColumn{Table: table, Column: c}
	if t := d.new.Table(name); t != nil && t.Column(c.Name) != nil {
		return op // the answer is about the column that takes the name
	}
	for _, a := range d.in.Answers.Fills {
		object, sql, ok := strings.Cut(a, "=")
		if !ok || object != d.pair2old[name]+"."+c.Name && object != name+"."+c.Name {
			continue
		}
		d.use("-fill " + Quote(a))
		d.spend("-fill " + a)
		if op.FillBack = sql; strings.TrimSpace(sql) == "?" {
			d.fail(object, "-fill %s: %s is dropped, and its value for going back is SQL: %s=\"'unknown'\"", a, object, object)
		}
	}
	return op
}

// isLate reports whether an old column goes last.
func (d *differ) isLate(table, old, column string) bool {
	return slices.Contains(d.late[table], column) && !slices.ContainsFunc(d.new.Table(table).Columns, func(c schema.Column) bool { return sameName(c.Name, column) }) ||
		slices.ContainsFunc(d.asides, func(a aside) bool { return a.table == old && a.column == column })
}

func sameName(a, b string) bool { return strings.EqualFold(a, b) }

// dropLate drops what was left because values are computed from it, and is still there, under new names: generated columns first.
func (d *differ) dropLate() {
	for _, generated := range []bool{true, false} {
		for _, t := range d.new.Tables {
			for _, name := range d.late[t.Name] {
				if c := d.cur.Table(t.Name).Column(name); c != nil && (c.Generated != "") == generated {
					d.forgetColumn(t.Name, name)
					d.emit(d.columnDrop(t.Name, t.Name, *c))
				}
			}
		}
	}
	var tables []string
	for _, name := range d.lateTables {
		if d.cur.Table(d.lateName(name)) != nil {
			tables = append(tables, d.lateName(name))
		}
	}
	d.dropTables(tables)
}

func (d *differ) dropEnums() {
	for _, e := range slices.Clone(d.cur.Enums) {
		if d.new.Enum(e.Name) == nil {
			d.emit(migrate.DropEnum{Name: e.Name, Values: slices.Clone(e.Values)})
		}
	}
}

func (d *differ) dropSchemas() {
	need := d.namespaces()
	for _, ns := range slices.Clone(d.cur.Namespaces) {
		if !slices.Contains(need, ns) {
			d.emit(migrate.DropSchema{Name: ns})
		}
	}
}

func (d *differ) createSchemas() {
	for _, ns := range d.namespaces() {
		if !d.cur.HasNamespace(ns) {
			d.emit(migrate.CreateSchema{Name: ns})
		}
	}
}

// namespaces returns the schemas that the new tables and enums are in, sorted.
func (d *differ) namespaces() []string {
	var need []string
	add := func(name string) {
		if ns, _ := schema.SplitName(name); ns != "" && !slices.Contains(need, ns) {
			need = append(need, ns)
		}
	}
	for _, t := range d.new.Tables {
		add(t.Name)
	}
	for _, e := range d.new.Enums {
		add(e.Name)
	}
	for _, o := range d.new.SQLObjects {
		if o.Kind != schema.CommentKind && o.Kind != schema.GrantKind {
			bare, _, _ := strings.Cut(o.Name, "(")
			add(bare)
		}
	}
	for _, ns := range d.new.Namespaces {
		add(ns + ".")
	}
	slices.Sort(need)
	return need
}
