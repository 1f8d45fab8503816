package diff

import (
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// moveAside gives what goes last, and whose name something new takes, another name. It runs before the renames, on old names.
func (d *differ) moveAside() {
	for _, a := range d.asides {
		if a.column != "" {
			d.emit(migrate.RenameColumn{Table: a.table, From: a.column, To: a.to})
		} else {
			d.emit(migrate.RenameTable{From: a.table, To: a.to})
		}
	}
	for _, name := range d.lateTables {
		d.moveObjectsAside(name)
	}
}

// moveObjectsAside renames the keys and indexes of a table that goes last, as far as something new has their names.
func (d *differ) moveObjectsAside(old string) {
	table := d.lateName(old)
	t := d.cur.Table(table)
	if t == nil {
		return
	}
	t = t.Clone()
	var names []string
	if t.PrimaryKey != nil {
		names = append(names, t.PrimaryKey.Name)
	}
	for _, u := range t.Uniques {
		names = append(names, u.Name)
	}
	for _, name := range names {
		if d.isTaken(old, name) {
			d.emit(migrate.RenameConstraint{Table: table, From: name, To: cut(name, migrate.OutOfTheWay)})
		}
	}
	for _, x := range t.Indexes {
		if d.isTaken(old, x.Name) {
			d.emit(migrate.RenameIndex{Table: table, From: x.Name, To: cut(x.Name, migrate.OutOfTheWay)})
		}
	}
}

// lateName returns what a table that goes last is called meanwhile.
func (d *differ) lateName(old string) string {
	for _, a := range d.asides {
		if a.table == old && a.column == "" {
			return a.to
		}
	}
	return old
}

// isTaken reports whether the new schema has a table, a key or an index of that name in the schema of the old table.
func (d *differ) isTaken(old, name string) bool {
	ns, _ := schema.SplitName(old)
	for _, t := range d.new.Tables {
		own, base := schema.SplitName(t.Name)
		if own == ns && (sameName(base, name) || t.PrimaryKey != nil && t.PrimaryKey.Name == name ||
			slices.ContainsFunc(t.Uniques, func(u schema.Unique) bool { return u.Name == name }) ||
			slices.ContainsFunc(t.Indexes, func(x schema.Index) bool { return x.Name == name })) {
			return true
		}
	}
	return false
}

// resolve returns the SQL of an answer with the names that things have that go last.
func (d *differ) resolve(flag string, t *schema.Table, column, sql string) string {
	if len(d.asides) == 0 {
		return sql
	}
	scene := d.scene()
	for _, a := range d.asides {
		if a.column == "" && d.pair2old[a.table] != "" {
			continue // it means the table that has the name now
		}
		if a.column == "" {
			sql = scene.RenameTableIn(t.Name, sql, a.table, a.to)
			continue
		}
		n := d.old2new[a.table]
		name := a.column
		if i := slices.IndexFunc(d.new.Table(n).Columns, func(c schema.Column) bool { return sameName(c.Name, a.column) }); i >= 0 {
			name = d.new.Table(n).Columns[i].Name
		}
		if own := n == t.Name && name == column; d.cols[n][name] != "" || d.holds(d.new.Table(n), name) && !own {
			continue // it means the new one
		}
		out, err := scene.RenameColumnIn(t.Name, sql, schema.ColumnRef{Table: n, Column: name}, a.to)
		if err != nil {
			d.fail(t.Name+"."+column, "%s %s.%s=%s: %v", flag, t.Name, column, sql, err)
			continue
		}
		sql = out
	}
	return sql
}
