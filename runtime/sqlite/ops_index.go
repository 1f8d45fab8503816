package sqlite

import (
	"fmt"
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// CreateIndex implements [migrate.Planner].
func (p *planner) CreateIndex(op migrate.CreateIndex) error {
	return p.addIndex(op, p.on(op.Table), op.Index)
}

// DropIndex implements [migrate.Planner].
func (p *planner) DropIndex(op migrate.DropIndex) error {
	return p.dropIndex(op, op.Table, op.Index)
}

// RenameIndex implements [migrate.Planner]. SQLite cannot rename one: it is recreated.
func (p *planner) RenameIndex(op migrate.RenameIndex) error {
	return p.keep(op, func(w *pass) error {
		t := w.s.Table(op.Table)
		i := slices.IndexFunc(t.Indexes, func(x schema.Index) bool { return x.Name == op.From })
		if i < 0 {
			return fmt.Errorf("rename index %s of %s: there is none of that name", op.From, op.Table)
		}
		return w.renameIndex(t, t.Indexes[i], op.To)
	})
}

func (p *planner) addIndex(op migrate.Op, d ddl, x schema.Index) error {
	if _, err := d.index("", x); err != nil {
		return err
	}
	table := d.t.Name
	return p.keep(op, func(w *pass) error {
		if w.fold(table) != nil {
			return nil // a rebuild makes all indexes of the schema
		}
		sql, err := ddl{s: w.s, t: w.s.Table(table)}.index("", x)
		if err != nil {
			return err
		}
		w.emit(table, migrate.Facts{Scans: true}, sql)
		return nil
	})
}

// dropIndex drops the index at once even when a rebuild waits: names of indexes are those of the whole database, and another table may
// take this one.
func (p *planner) dropIndex(op migrate.Op, table string, x schema.Index) error {
	return p.keep(op, func(w *pass) error {
		if w.isThere(table, x.Name) {
			w.emitDrop(w.s.Table(table), x, migrate.Facts{})
		}
		return nil
	})
}

// emitDrop adds a stage that drops an index, and then runs more statements.
func (w *pass) emitDrop(t *schema.Table, x schema.Index, facts migrate.Facts, then ...string) {
	if constrains(x) || len(x.Name) == schema.MaxName { // or it has a longer one, see nameOf
		w.emitUniqueDrop(t, x, facts, then...)
		return
	}
	w.emit(t.Name, facts, append([]string{"DROP INDEX " + quote(x.Name)}, then...)...)
}

// isThere reports whether an index of the schema is in the database too, and forgets it if so.
func (w *pass) isThere(table, index string) bool {
	r := w.waiting(table)
	if r == nil {
		return true
	}
	if r.fresh {
		return false
	}
	t := r.old.Table(table)
	n := len(t.Uniques) + len(t.Indexes)
	t.Uniques = slices.DeleteFunc(t.Uniques, func(u schema.Unique) bool { return u.Name == index })
	t.Indexes = slices.DeleteFunc(t.Indexes, func(x schema.Index) bool { return x.Name == index })
	return len(t.Uniques)+len(t.Indexes) < n
}

func (w *pass) renameIndex(t *schema.Table, x schema.Index, to string) error {
	there := w.isThere(t.Name, x.Name)
	if w.waiting(t.Name) != nil {
		if there {
			w.emitDrop(t, x, migrate.Facts{})
		}
		return nil
	}
	renamed := x
	renamed.Name = to
	sql, err := ddl{s: w.s, t: t}.index("", renamed)
	if err != nil {
		return err
	}
	w.emitDrop(t, x, migrate.Facts{Scans: true}, sql)
	return nil
}
