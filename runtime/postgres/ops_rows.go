package postgres

import (
	"context"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Rows is run row by row, and looks at what each statement found. A script does so in a block of PL/pgSQL.
func (p *planner) Rows(o migrate.Rows) error {
	r := p.renderer
	all, err := o.Statements(p.before, migrate.RowsSQL{
		Name: p.name, Ident: ident, Lock: " FOR UPDATE",
		Value: func(c schema.Column, v any) (string, error) {
			value := "NULL"
			if s, ok := migrate.ValueText(v); ok {
				value = literal(c.Type, s)
			}
			return "CAST(" + value + " AS " + r.castType(c) + ")", nil
		},
		Same: func(c schema.Column, value string) string { return "NOT (" + distinct(c, ident(c.Name), value) + ")" },
	})
	if err != nil {
		return err
	}
	if len(all) == 0 {
		p.stages = append(p.stages, migrate.Stage{Cause: o.Describe(), Note: migrate.NothingRun, Parts: []migrate.Op{}})
		return nil
	}
	stage := migrate.Stage{Facts: p.locks(rowExclusive, o.Table), Rows: all, Run: func(ctx context.Context, tx migrate.Tx) error { return migrate.RunRows(ctx, tx, all) }}
	code := []string{"BEGIN"}
	add := func(lines ...string) { code = append(code, lines...) }
	refuse := func(when, message string) {
		add("  IF "+when+" THEN", "    RAISE EXCEPTION USING MESSAGE = "+text(message)+";", "  END IF;")
	}
	for _, st := range all {
		stage.Statements = append(stage.Statements, migrate.Statement{SQL: st.SQL, Shown: true})
		if st.Lock != "" {
			add("  PERFORM " + strings.TrimPrefix(st.Lock, "SELECT ") + ";")
		}
		for _, c := range st.Before {
			refuse("("+c.Count+") > 0", c.Refuse)
		}
		add("  " + st.SQL + ";")
		if st.Insert {
			refuse("NOT FOUND AND ("+st.There+") = 0", st.Refuse)
		} else {
			refuse("NOT FOUND", st.Refuse)
		}
	}
	stage.Script = []migrate.Statement{statement(doBlock(strings.Join(append(code, "END"), "\n")))}
	p.data(o, stage)
	return nil
}
