package sqlite

import (
	"context"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Rows implements [migrate.Planner]. All before it must be in the database, as for SQL written by hand.
func (p *planner) Rows(op migrate.Rows) error {
	d := p.on(op.Table)
	all, err := op.Statements(d.s, migrate.RowsSQL{
		Name: quote, Ident: quote,
		Value: func(c schema.Column, v any) (string, error) {
			s, ok := migrate.ValueText(v)
			if !ok {
				return "NULL", nil
			}
			declared, err := d.declared(c)
			if err != nil {
				return "", err
			}
			c.Default = &s
			return d.literal(c, declared)
		},
		Same: func(c schema.Column, value string) string { return quote(c.Name) + " IS " + value },
	})
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return p.keep(op, func(w *pass) error {
			w.stages = append(w.stages, migrate.Stage{Cause: op.Describe(), Note: migrate.NothingRun, KeysOff: true, Parts: []migrate.Op{}})
			return nil
		})
	}
	stage := migrate.Stage{Cause: op.Describe(), Rows: all, Facts: migrate.Facts{Tables: []string{op.Table}}, Run: func(ctx context.Context, tx migrate.Tx) error { return migrate.RunRows(ctx, tx, all) }}
	for _, st := range all {
		stage.Statements = append(stage.Statements, migrate.Statement{SQL: st.SQL, Shown: true})
		for _, c := range st.Before {
			stage.Script = append(stage.Script, fail([]string{c.Refuse}, c.Count)...)
		}
		check := fail([]string{st.Refuse}, "SELECT ("+st.There+") <> 1")
		if st.Insert {
			stage.Script = append(append(stage.Script, statements(st.SQL)...), check...)
		} else {
			stage.Script = append(append(stage.Script, check...), statements(st.SQL)...)
		}
	}
	if err := p.keep(op, func(w *pass) error {
		w.stages = append(w.stages, stage)
		return nil
	}); err != nil {
		return err
	}
	p.steps[len(p.steps)-1].barrier = true
	return nil
}
