package sqlite

import (
	"maps"
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// AddColumn implements [migrate.Planner].
func (p *planner) AddColumn(op migrate.AddColumn) error {
	d := p.on(op.Table).adding(op.Column.Def())
	if _, err := d.column(op.Column.Def()); err != nil {
		return err
	}
	return p.keep(op, func(w *pass) error {
		if err := w.touch(op.Table); err != nil {
			return err
		}
		c := op.Column.Def()
		d := ddl{s: w.s, t: w.s.Table(op.Table), part: true}.adding(c)
		declared, err := d.declared(c)
		if err != nil {
			return err
		}
		def, constant, err := d.defaultOf(c, declared)
		if err != nil {
			return err
		}
		if c.Generated != "" && len(schema.ExprColumns(c.Generated, slices.Collect(maps.Keys(w.typed[w.ids[op.Table]])))) > 0 {
			w.retyped(d.t, c.Name)
		}
		if c.Identity {
			w.retyped(d.t, c.Name) // its numbers come when the rows are stored
		}
		r := w.fold(op.Table)
		if r == nil {
			null := def == "" || def == "NULL"
			if c.Identity || c.Generated != "" || !null && !constant || null && !c.Nullable {
				w.must(op.Table)
				return nil
			}
			column, err := d.column(c)
			if err != nil {
				return err
			}
			more, err := w.inlined(op.Table, c)
			if err != nil {
				return err
			}
			w.emit(op.Table, migrate.Facts{Scans: more != ""}, "ALTER TABLE "+quote(op.Table)+" ADD COLUMN "+column+more)
			return nil
		}
		switch {
		case r.fresh:
		case c.Generated != "":
			expr, err := translate(inGenerated, c.Generated, d.t, c.Name)
			if err != nil {
				return err
			}
			r.settle()
			r.add(c.Name, "("+expr+")", declared)
		case def == "":
			r.add(c.Name, "NULL", declared) // an identity column numbers the rows so
		default:
			r.add(c.Name, def, declared)
		}
		return nil
	})
}

// adding returns the writer for the table with the column in it.
func (d ddl) adding(c schema.Column) ddl {
	d.t = d.t.Clone()
	d.t.Columns = append(d.t.Columns, c)
	return d
}

// DropColumn implements [migrate.Planner].
func (p *planner) DropColumn(op migrate.DropColumn) error {
	return p.keep(op, func(w *pass) error {
		if err := w.touch(op.Table); err != nil {
			return err
		}
		column := op.Column.Def().Name
		r := w.fold(op.Table)
		switch {
		case r == nil:
			st := w.emit(op.Table, migrate.Facts{Rewrites: true}, "ALTER TABLE "+quote(op.Table)+" DROP COLUMN "+quote(column))
			st.Run, st.Script = unused("column "+op.Table+"."+column, op.Table, column), st.Statements // a view that no longer works loses nothing, and SQL cannot tell
		case !r.fresh:
			r.drop(column)
		}
		return nil
	})
}

// RenameColumn implements [migrate.Planner]. The column is renamed at once even when a rebuild waits, so that foreign keys, views,
// triggers and indexes that nobody but the database knows of follow.
func (p *planner) RenameColumn(op migrate.RenameColumn) error {
	return p.keep(op, func(w *pass) error {
		if err := w.touch(op.Table); err != nil {
			return err
		}
		if err := w.writeParent(op.Table); err != nil {
			return err
		}
		if err := w.namesObject(op.Table, op.From); err != nil {
			return err
		}
		if typed := w.typed[w.ids[op.Table]]; typed[op.From] {
			delete(typed, op.From)
			typed[op.To] = true
		}
		sql := []string{"ALTER TABLE " + quote(op.Table) + " RENAME COLUMN " + quote(op.From) + " TO " + quote(op.To)}
		if r := w.waiting(op.Table); r != nil && r.fresh {
			sql = nil
		} else if r != nil {
			var away map[string]string
			sql, away = r.rename(op.From, op.To)
			for from, to := range away {
				w.parentColumnRenamed(op.Table, from, to)
			}
		}
		w.parentColumnRenamed(op.Table, op.From, op.To)
		if len(sql) > 0 {
			w.emit(op.Table, migrate.Facts{}, sql...)
		}
		return nil
	})
}

// parentColumnRenamed tells the rebuilds that wait what columns of another table are called in the database.
func (w *pass) parentColumnRenamed(table, from, to string) {
	for _, r := range w.open {
		if r.table != table {
			r.parentColumnRenamed(table, from, to)
		}
	}
}

// AlterColumn implements [migrate.Planner].
func (p *planner) AlterColumn(op migrate.AlterColumn) error {
	d := p.on(op.Table)
	if _, err := d.column(op.To.Def()); err != nil {
		return err
	}
	if op.Using != "" {
		if _, err := translate(inUsing, op.Using, d.t, op.To.Def().Name); err != nil {
			return err
		}
	}
	return p.keep(op, func(w *pass) error {
		if err := w.touch(op.Table); err != nil {
			return err
		}
		return w.alter(op)
	})
}

func (w *pass) alter(op migrate.AlterColumn) error {
	from, to := op.From.Def(), op.To.Def()
	d := ddl{s: w.s, t: w.s.Table(op.Table), part: true}
	was, err := d.column(from)
	if err != nil {
		return err
	}
	is, err := d.column(to)
	if err != nil {
		return err
	}
	using := ""
	if op.Using != "" && (from.Type != to.Type || from.TypeFor[name] != to.TypeFor[name]) {
		if using, err = translate(inUsing, op.Using, d.t, to.Name); err != nil {
			return err
		}
	}
	if was == is {
		if using == "" {
			return nil
		}
		if err := w.read(op.Table, using); err != nil {
			return err
		}
		return w.set(op.Table, to.Name, "("+using+")", "")
	}
	before, err := d.declared(from)
	if err != nil {
		return err
	}
	after, err := d.declared(to)
	if err != nil {
		return err
	}
	if err := w.read(op.Table, using+" "+ifs(before != after, quote(to.Name))); err != nil {
		return err
	}
	r := w.must(op.Table)
	if before != after {
		w.retyped(d.t, to.Name)
	}
	if r == nil || r.fresh {
		return nil
	}
	if using != "" {
		r.settle()
		r.put(to.Name, "("+using+")", after)
		r.arrives(to.Name, after)
		return r.follow(d.t, to.Name)
	}
	if to.Generated == "" {
		r.convert(to.Name, familyOf(before), familyOf(after), after)
	}
	return r.follow(d.t, to.Name)
}

// set changes the values of a column: in the rebuild that waits, or with UPDATE.
func (w *pass) set(table, column, expr, where string) error {
	r := w.fold(table)
	if r == nil {
		w.update(table, column, expr, where)
		return nil
	}
	if r.fresh {
		return nil // no rows
	}
	r.settle()
	if where != "" {
		expr = "CASE WHEN " + where + " THEN " + expr + " ELSE " + quote(column) + " END"
	}
	t := w.s.Table(table)
	declared, err := (ddl{s: w.s, t: t}).declared(*t.Column(column))
	if err != nil {
		return err
	}
	r.put(column, expr, declared)
	return r.follow(t, column)
}

func (w *pass) update(table, column, expr, where string) {
	sql := "UPDATE " + quote(table) + " SET " + quote(column) + " = " + expr
	w.emit(table, migrate.Facts{Scans: true}, sql+ifs(where != "", " WHERE "+where))
}
