package sqlite

import (
	"context"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Quiet implements [migrate.QuietPlanner].
func (p *planner) Quiet() { p.quiet = true }

// online reports whether others may be using a table: it is not made by the ops so far, and the author did not ask for the plain form.
func (p *planner) online(table, plain string) bool {
	if p.quiet || plain != "" {
		return false
	}
	for i := len(p.steps) - 1; i >= 0; i-- {
		switch op := p.steps[i].op.(type) {
		case migrate.RenameTable:
			if op.To == table {
				table = op.From
			}
		case migrate.CreateTable:
			if op.Table == table {
				return false
			}
		case migrate.SQL:
			for _, told := range op.Schema {
				if create, ok := told.(migrate.CreateTable); ok && create.Table == table {
					return false
				}
			}
		}
	}
	return true
}

// batched lets the UPDATE of a Fill run in batches, when it made one behind the first n stages: it may also have gone into a rebuild.
func (w *pass) batched(op migrate.Fill, n int, expr, where string) {
	for i := n; i < len(w.stages); i++ {
		st := &w.stages[i]
		if st.Cause != op.Describe() || st.Run != nil {
			continue
		}
		b, err := migrate.NewBatch(w.s, op, op.Table)
		if err != nil {
			if w.problem == nil {
				w.problem = err // unless it turns out that the table gets a new one, and the Fill goes into that
			}
			return
		}
		b.Column, b.Expr, b.Where = schema.Column{Name: op.Column}, expr, where
		b.SQL = "UPDATE " + quote(op.Table) + " SET " + quote(op.Column) + " = (" + expr + ") WHERE (" + where + ")"
		st.Statements[0].Comment = "in batches of the primary key, each in its own transaction"
		st.Batch, st.KeysOff, st.Scans = b, false, false
	}
}

// Backfill implements [migrate.Planner].
func (p *planner) Backfill(op migrate.RowStep) error {
	b, err := migrate.NewBatch(p.before, op.Op, op.Table)
	if err != nil {
		return err
	}
	b.SetRows(p.before, op)
	if t := p.before.Table(op.Table); t != nil && op.Where != "" {
		if op.Where, err = translate(inFill, op.Where, t, ""); err != nil {
			return err
		}
		b.Rows.Where = op.Where
	}
	stage := migrate.Stage{
		Cause: op.Op.Describe(), Run: func(ctx context.Context, tx migrate.Tx) error { return allRows(ctx, tx, b) },
		Facts: migrate.Facts{Tables: []string{op.Table}}, Parts: []migrate.Op{},
	}
	if p.online(op.Table, op.Plain) {
		stage.Batch = b
	} else {
		stage.Scans = true
	}
	return p.betweenAll(op.Op, stage)
}

// Unwritten implements [migrate.Planner]. The migrator does not come so far as to run it.
func (p *planner) Unwritten(op migrate.Unwritten) error {
	return p.betweenAll(op, migrate.Stage{Cause: op.Describe(), Run: op.Run})
}
