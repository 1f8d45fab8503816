package sqlite

import (
	"context"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Fill implements [migrate.Planner].
func (p *planner) Fill(op migrate.Fill) error {
	d := p.on(op.Table)
	if len(d.t.Columns) > 0 {
		if _, err := d.filling(op); err != nil {
			return err
		}
		if _, err := translate(inFill, op.Condition(quote), d.t, op.Column); err != nil {
			return err
		}
	}
	online := p.online(op.Table, op.Plain) && !op.Looks()
	return p.keep(op, func(w *pass) error {
		if err := w.touch(op.Table); err != nil {
			return err
		}
		t := w.s.Table(op.Table)
		expr, err := ddl{s: w.s, t: t}.filling(op)
		if err != nil {
			return err
		}
		where, err := translate(inFill, op.Condition(quote), t, op.Column)
		if err != nil {
			return err
		}
		both := op.Expr + " " + op.Where
		own := queries(both) && from(both, op.Table)
		if err := w.settleReads(op.Table, both); err != nil {
			return err
		}
		if err := w.read(op.Table, both); err != nil {
			return err
		}
		if id := w.ids[op.Table]; online && w.waiting(op.Table) == nil && !w.need[era{id, w.ages[id]}] {
			if err := w.letGo(); err != nil {
				return err
			}
		}
		n := len(w.stages)
		if !own {
			err = w.set(op.Table, op.Column, "("+expr+")", where)
		} else if err = w.close(op.Table); err == nil {
			n = len(w.stages)
			w.update(op.Table, op.Column, "("+expr+")", where)
		}
		switch {
		case err != nil:
		case online:
			w.batched(op, n, expr, where)
		case p.online(op.Table, ""):
			w.atOnce(op, n, expr, where)
		}
		return err
	})
}

// atOnce lets the UPDATE of a Fill look at what it did, when it made one behind the first n stages.
func (w *pass) atOnce(op migrate.Fill, n int, expr, where string) {
	for i := n; i < len(w.stages); i++ {
		st := &w.stages[i]
		if st.Cause != op.Describe() || st.Run != nil || len(st.Statements) != 1 {
			continue
		}
		b := &migrate.Batch{Table: op.Table, SQL: st.Statements[0].SQL, Column: schema.Column{Name: op.Column}, Expr: expr, Where: where}
		if t := w.s.Table(op.Table); t.PrimaryKey != nil {
			for _, c := range t.PrimaryKey.Columns {
				b.Key = append(b.Key, schema.Column{Name: c})
			}
		}
		for _, d := range w.s.Table(op.Table).DualWrites {
			b.Trusted = append(b.Trusted, d.Name)
		}
		st.Script = slices.Clone(st.Statements)
		st.Statements[0].Shown = true
		st.Run = func(ctx context.Context, tx migrate.Tx) error { return fillRange(ctx, tx, b, "") }
	}
}

// filling returns the value that a Fill sets.
func (d ddl) filling(op migrate.Fill) (string, error) {
	c := d.t.Column(op.Column)
	if op.Expr != migrate.FillDefault || c == nil {
		return translate(inFill, op.Expr, d.t, op.Column)
	}
	declared, err := d.declared(*c)
	if err != nil {
		return "", err
	}
	def, _, err := d.defaultOf(*c, declared)
	if def == "" {
		def = "NULL"
	}
	return def, err
}

// settleReads puts the tables into the database that a Fill reads in subqueries, and remembers them: until the Fill is done they must
// not change.
func (w *pass) settleReads(table, sql string) error {
	if !queries(sql) {
		return nil
	}
	id := w.ids[table]
	for _, t := range w.s.Tables {
		if t.Name == table || !mentions(sql, t.Name) {
			continue
		}
		if err := w.close(t.Name); err != nil {
			return err
		}
		if w.reads[id] == nil {
			w.reads[id] = map[int]bool{}
		}
		w.reads[id][w.ids[t.Name]] = true
	}
	return nil
}

// from reports whether the table is read by a subquery, and not only named in front of a column of the row.
func from(sql, table string) bool {
	toks := scan(sql)
	for i, k := range toks {
		if strings.EqualFold(k.text, table) && (k.kind == wordToken || k.kind == quotedToken) && (i+1 == len(toks) || toks[i+1].text != ".") {
			return true
		}
	}
	return false
}

// SQL implements [migrate.Planner].
func (p *planner) SQL(op migrate.SQL) error {
	apart := op.Only != "" && op.Only != name
	if apart && len(op.Schema) == 0 {
		return nil
	}
	if err := p.keep(op, func(w *pass) error {
		if apart || len(op.Up) == 0 {
			return nil
		}
		var all []migrate.Statement
		for _, q := range op.Up {
			all = append(all, statements(strings.TrimRight(strings.TrimSpace(q), "; \n\t"))...)
		}
		facts := migrate.Facts{Destroys: op.Destroys()}
		if !op.NoTx {
			w.stages = append(w.stages, migrate.Stage{Cause: op.Describe(), Statements: all, ByHand: true, Facts: facts})
			return nil
		}
		var session []migrate.Statement
		for i, q := range all {
			w.stages = append(w.stages, migrate.Stage{Cause: op.Describe(), Statements: []migrate.Statement{q}, NoTx: true, ByHand: true, Session: slices.Clone(session), Open: i+1 < len(all), Parts: op.Statement(i, len(all)), Facts: facts})
			if setsSomething(q.SQL) {
				session = append(session, q)
			}
		}
		return nil
	}); err != nil {
		return err
	}
	p.steps[len(p.steps)-1].barrier = true
	return nil
}

// Go implements [migrate.Planner].
func (p *planner) Go(op migrate.Go) error {
	if err := p.keep(op, func(w *pass) error {
		w.stages = append(w.stages, migrate.Stage{Cause: op.Describe(), Run: op.Up, ByHand: true})
		return nil
	}); err != nil {
		return err
	}
	p.steps[len(p.steps)-1].barrier = true
	return nil
}
