package sqlite

import (
	"context"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// AddDualWrite implements [migrate.Planner]. SQLite's triggers cannot change a row before it is written, so they do it right after.
func (p *planner) AddDualWrite(op migrate.AddDualWrite) error {
	d := p.on(op.Table)
	if d.t.Column(op.From) == nil || d.t.Column(op.To) == nil {
		return p.onTable(op, op.Table) // which Apply reports
	}
	up, down, err := d.dualValues(op)
	if err != nil {
		return err
	}
	triggers, err := d.dualTriggers("", op)
	if err != nil {
		return err
	}
	facts := migrate.Facts{Tables: []string{op.Table}}
	stages := []migrate.Stage{{Cause: op.Describe(), Statements: statements(triggers...), KeysOff: true, Facts: facts, Parts: []migrate.Op{
		migrate.SQL{Up: triggers, Down: []string{"DROP TRIGGER " + quote(op.Name+"_insert"), "DROP TRIGGER " + quote(op.Name+"_update")}, Only: name}}}}
	from, to := quote(op.From), quote(op.To)
	for _, f := range []struct{ column, expr, where string }{
		{op.To, up, to + " IS NULL AND " + from + " IS NOT NULL"},
		{op.From, down, from + " IS NULL AND " + to + " IS NOT NULL"}, // undone, the old column comes back without values
	} {
		if p.adds(op.Table, map[string]string{op.To: op.From, op.From: op.To}[f.column]) {
			continue
		}
		sql := "UPDATE " + quote(op.Table) + " SET " + quote(f.column) + " = (" + f.expr + ") WHERE (" + f.where + ")"
		st := migrate.Stage{Cause: op.Describe(), Statements: statements(sql), Facts: facts, Parts: []migrate.Op{}}
		if d.t.PrimaryKey != nil && p.online(op.Table, "") {
			if st.Batch, err = migrate.NewBatch(p.before, op, op.Table); err != nil {
				return err
			}
			st.Batch.SQL, st.Batch.Column, st.Batch.Expr, st.Batch.Where = sql, schema.Column{Name: f.column}, f.expr, f.where
			st.Statements[0].Comment = "in batches of the primary key, each in its own transaction"
		} else {
			st.Scans, st.KeysOff = true, true
		}
		stages = append(stages, st)
	}
	return p.onTable(op, op.Table, stages...)
}

// adds reports whether an op so far has added the column.
func (p *planner) adds(table, column string) bool {
	for _, st := range p.steps {
		if o, ok := st.op.(migrate.AddColumn); ok && o.Table == table && o.Column.Def().Name == column {
			return true
		}
	}
	return false
}

// dualValues returns the SQL that makes one column of the other, as SQLite writes it.
func (d ddl) dualValues(op migrate.AddDualWrite) (up, down string, err error) {
	if up, err = translate(inFill, op.Up, d.t, op.To); err == nil {
		down, err = translate(inFill, op.Down, d.t, op.From)
	}
	return up, down, err
}

// dualTriggers returns the two triggers, whose names get a prefix.
func (d ddl) dualTriggers(prefix string, op migrate.AddDualWrite) ([]string, error) {
	up, down, err := d.dualValues(op)
	if err != nil {
		return nil, err
	}
	up, down = "("+up+")", "("+down+")"
	table, a, b := quote(op.Table), quote(op.From), quote(op.To)
	row := "rowid = NEW.rowid"
	if pk := d.t.PrimaryKey; pk != nil { // a table made WITHOUT ROWID has nothing else
		var same []string
		for _, c := range pk.Columns {
			same = append(same, quote(c)+" IS NEW."+quote(c))
		}
		row = strings.Join(same, " AND ")
	}
	refuse := func(what, where string) string {
		return "SELECT RAISE(ABORT, " + text(op.Table+": "+what+"; "+op.From+" is becoming "+op.To+", and a trigger keeps both equal") +
			") FROM " + table + " WHERE " + row + " AND " + where
	}
	set := func(column, value, where string) string {
		return "UPDATE " + table + " SET " + column + " = " + value + " WHERE " + row + " AND " + where
	}
	differ := b + " IS NOT " + up + " AND " + a + " IS NOT " + down
	column := op.Column.Def()
	declared, err := d.declared(column)
	if err != nil {
		return nil, err
	}
	def, _, err := d.defaultOf(column, declared)
	if err != nil {
		return nil, err
	}
	insert := []string{refuse(op.From+" and "+op.To+" are given different values", a+" IS NOT NULL AND "+b+" IS NOT NULL AND "+differ)}
	update := []string{
		refuse(op.From+" and "+op.To+" are given different values", "OLD."+a+" IS NOT NEW."+a+" AND OLD."+b+" IS NOT NEW."+b+" AND "+differ),
	}
	if def != "" {
		insert = append(insert, set(b, def, a+" IS NULL AND "+b+" IS NULL"))
	} else if !column.Nullable {
		insert = append(insert, refuse("neither "+op.From+" nor "+op.To+" has a value", a+" IS NULL AND "+b+" IS NULL"))
	}
	insert = append(insert, set(b, up, b+" IS NULL AND "+a+" IS NOT NULL"), set(a, down, a+" IS NULL AND "+b+" IS NOT NULL"))
	// A value follows the one that the statement has changed, and no other: what one program has written may be more than the other column holds,
	// and neither a program that writes a row as it read it, nor one of these statements, which fire the trigger again, must take that away.
	sameA, sameB := "OLD."+a+" IS NEW."+a, "OLD."+b+" IS NEW."+b
	update = append(update,
		set(b, up, sameB+" AND NOT ("+sameA+") AND "+differ),
		set(a, down, sameA+" AND NOT ("+sameB+") AND "+differ),
		set(b, up, sameA+" AND "+sameB+" AND "+b+" IS NULL AND "+up+" IS NOT NULL"),
		set(a, down, sameA+" AND "+sameB+" AND "+a+" IS NULL AND "+down+" IS NOT NULL"))
	if !column.Nullable {
		update = append(update, refuse(op.From+" and "+op.To+" cannot be NULL", a+" IS NULL AND "+b+" IS NULL AND (OLD."+a+" IS NOT NULL OR OLD."+b+" IS NOT NULL)"))
	}
	trigger := func(suffix, event string, body []string) string {
		return "CREATE TRIGGER " + prefix + quote(op.Name+suffix) + " AFTER " + event + " ON " + table + " FOR EACH ROW BEGIN\n  " + strings.Join(body, ";\n  ") + ";\nEND"
	}
	return []string{trigger("_insert", "INSERT", insert), trigger("_update", "UPDATE OF "+a+", "+b, update)}, nil
}

// DropDualWrite implements [migrate.Planner].
func (p *planner) DropDualWrite(op migrate.DropDualWrite) error {
	d := p.on(op.Table)
	if d.t.Column(op.From) == nil || d.t.Column(op.To) == nil {
		return p.onTable(op, op.Table) // which Apply reports
	}
	up, down, err := d.dualValues(migrate.AddDualWrite(op))
	if err != nil {
		return err
	}
	count := "SELECT count(*) FROM " + quote(op.Table) + " WHERE " + quote(op.To) + " IS NOT (" + up + ") AND " + quote(op.From) + " IS NOT (" + down + ")"
	facts := migrate.Facts{Tables: []string{op.Table}}
	return p.onTable(op, op.Table,
		migrate.Stage{
			Cause: op.Describe(), Facts: facts, KeysOff: true,
			Script:     fail([]string{"table " + op.Table + ": rows hold another value in " + op.From + " than in " + op.To + "; make them equal, and run this again"}, count),
			Statements: []migrate.Statement{{SQL: count, Comment: "the migration stops unless this is 0", Shown: true}},
			Run: func(ctx context.Context, tx migrate.Tx) error {
				var n int64
				if err := tx.QueryRowContext(ctx, count).Scan(&n); err != nil {
					return statementError(count, err)
				}
				if n > 0 {
					return problem("make them equal, and run the command again", "table %s: %s with another value in %s than in %s", op.Table, rowCount(n), op.From, op.To)
				}
				return nil
			},
		},
		migrate.Stage{Cause: op.Describe(), Facts: facts, KeysOff: true, // in the transaction of what follows, as what is written in between is lost
			Statements: statements("DROP TRIGGER "+quote(op.Name+"_insert"), "DROP TRIGGER "+quote(op.Name+"_update"))})
}

// onTable keeps stages before which a table must be in the database as the ops before have left it.
func (p *planner) onTable(op migrate.Op, table string, stages ...migrate.Stage) error {
	return p.keep(op, func(w *pass) error {
		if err := w.touch(table); err != nil {
			return err
		}
		if err := w.close(table); err != nil {
			return err
		}
		if err := w.letGo(); err != nil {
			return err
		}
		w.stages = append(w.stages, stages...)
		return nil
	})
}

// betweenAll keeps stages before which all must be in the database that comes before them.
func (p *planner) betweenAll(op migrate.Op, stages ...migrate.Stage) error {
	if err := p.keep(op, func(w *pass) error {
		w.stages = append(w.stages, stages...)
		return nil
	}); err != nil {
		return err
	}
	p.steps[len(p.steps)-1].barrier = true
	return nil
}
