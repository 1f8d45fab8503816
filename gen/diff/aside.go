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
			continue
		}
		t := d.cur.Table(a.table).Clone()
		d.emit(migrate.RenameTable{From: a.table, To: a.to})
		// The names of its keys and indexes are in the way as well.
		if t.PrimaryKey != nil {
			d.emit(migrate.RenameConstraint{Table: a.to, From: t.PrimaryKey.Name, To: cut(t.PrimaryKey.Name, migrate.OutOfTheWay)})
		}
		for _, u := range t.Uniques {
			d.emit(migrate.RenameConstraint{Table: a.to, From: u.Name, To: cut(u.Name, migrate.OutOfTheWay)})
		}
		for _, x := range t.Indexes {
			d.emit(migrate.RenameIndex{Table: a.to, From: x.Name, To: cut(x.Name, migrate.OutOfTheWay)})
		}
	}
}

// resolve returns the SQL of an answer with the names that things have that go last.
func (d *differ) resolve(flag string, t *schema.Table, column, sql string) string {
	if len(d.asides) == 0 {
		return sql
	}
	scene := d.scene()
	for _, a := range d.asides {
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
