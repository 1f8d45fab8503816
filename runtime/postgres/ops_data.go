package postgres

import (
	"context"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/lazyregexp"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Fill is one statement, or the same in batches on a table that others use.
func (p *planner) Fill(o migrate.Fill) error {
	if err := p.fill(o, batchComment); err != nil {
		return err
	}
	if o.Where == "" && !o.Looks() {
		p.fills[o.Table+"."+o.Column] = func() error { return p.fill(o, sweepComment) }
		p.reads[o.Table+"."+o.Column] = p.before.References(o.Table, o.Expr).Tables
	}
	return nil
}

// fill takes the names of triggers that leave out no row.
func (p *planner) fill(o migrate.Fill, comment string, trusted ...string) error {
	value := p.filledWith(o)
	expr := "(" + value + ")"
	if o.Expr == migrate.FillDefault {
		expr = o.Expr
	}
	update := "UPDATE " + p.name(o.Table) + " SET " + ident(o.Column) + " = " + expr + " WHERE "
	f := p.locks(rowExclusive, o.Table)
	stage := migrate.Stage{Facts: f, Statements: []migrate.Statement{statement(update + o.Condition(ident))}, Parts: nothing}
	if comment == batchComment {
		stage.Parts = []migrate.Op{o}
	}
	b, err := migrate.NewBatch(p.before, o, o.Table)
	if err != nil {
		b = &migrate.Batch{Table: o.Table}
	}
	b.SQL, b.Expr, b.Where, b.Trusted = update+apart("("+o.Condition(ident)+")"), value, o.Condition(ident), append(b.Trusted, trusted...)
	if t := p.before.Table(o.Table); t != nil && t.Column(o.Column) != nil {
		b.Column = *t.Column(o.Column)
	}
	b.Partitioned = p.byPartition(o.Table, o.Column, o.Expr, o.Where)
	if c := b.Column; p.isSpread(o.Table) {
		if c.Name == "" {
			c = p.adding
		}
		if err := p.spreadFill(b, c, &stage, o.Condition(ident)); err != nil {
			return err
		}
	}
	switch {
	case p.online(o.Table, o.Plain) && !o.Looks():
		if err != nil {
			return err
		}
		stage.Batch, stage.Statements[0].Comment = b, comment
	case !p.quiet && !p.fresh[o.Table]:
		stage.Scans = len(f.Tables) > 0
		p.atOnce(&stage, b)
	}
	if comment == batchComment {
		stage.Check = p.checkFillType(o, value)
	}
	p.apartRows(o.Table, &stage)
	p.data(o, stage)
	return nil
}

// atOnce lets a fill in one statement look at what it did, see guard.
func (p *planner) atOnce(stage *migrate.Stage, b *migrate.Batch) {
	if b.Column.Name == "" { // which Apply reports
		return
	}
	b.SQL = stage.Statements[0].SQL
	r := p.renderer
	stage.Script = slices.Clone(stage.Statements)
	stage.Statements[0].Shown = true
	stage.Run = func(ctx context.Context, tx migrate.Tx) error { return r.fillAtOnce(ctx, tx, b) }
}

const (
	batchComment = "in batches of the primary key, each in its own transaction"
	sweepComment = "once more, for rows that were written without a value before the check was there"
)

// Backfill runs a Go function on the rows.
func (p *planner) Backfill(o migrate.RowStep) error {
	if err := p.backfill(o); err != nil {
		return err
	}
	for _, f := range o.Fields {
		if !mentions(o.Where, []string{f.Column}) {
			continue // the function may only read it, and what it writes it would work on again
		}
		again := o
		again.Where = "(" + o.Where + ") AND " + ident(f.Column) + " IS NULL"
		p.fills[o.Table+"."+f.Column] = func() error { return p.backfill(again) }
	}
	return nil
}

// forget drops what would fill a column once more: the columns that it reads are not what they were.
func (p *planner) forget(tables ...string) {
	for column := range p.fills {
		if slices.ContainsFunc(tables, func(t string) bool { return strings.HasPrefix(column, t+".") || slices.Contains(p.reads[column], t) }) {
			delete(p.fills, column)
		}
	}
}

// apartRows returns a stage that changes all rows of a table in use at once a transaction of its own: the locks of the ops before it would be held until it
// is done.
func (p *planner) apartRows(table string, stage *migrate.Stage) {
	if n := len(p.stages); !p.quiet && !p.fresh[table] && stage.Batch == nil {
		if n > 0 {
			p.stages[n-1].Commit = true
		}
		stage.Commit = true
	}
}

func (p *planner) backfill(o migrate.RowStep) error {
	b, err := migrate.NewBatch(p.before, o.Op, o.Table)
	if err != nil {
		return err
	}
	b.SetRows(p.before, o)
	b.Partitioned = p.byPartition(o.Table, "", o.Where)
	b.OwnRows = o.Where == "" || !schema.HasQuery(o.Where) && !p.before.References(o.Table, o.Where).Unknown
	r := p.renderer
	stage := migrate.Stage{Facts: p.locks(rowExclusive, o.Table), Parts: nothing, Run: func(ctx context.Context, tx migrate.Tx) error { return r.allRows(ctx, tx, b) }}
	if p.online(o.Table, o.Plain) {
		stage.Batch = b
	} else {
		stage.Scans = len(stage.Tables) > 0
	}
	p.apartRows(o.Table, &stage)
	p.data(o.Op, stage)
	return nil
}

// Unwritten fails when it is run. The migrator does not come that far.
func (p *planner) Unwritten(o migrate.Unwritten) error {
	p.data(o, migrate.Stage{Run: o.Run})
	return nil
}

func (p *planner) SQL(o migrate.SQL) error {
	if o.Only != "" && o.Only != dialect {
		return nil
	}
	var statements []migrate.Statement
	for _, sql := range o.Up {
		sql = strings.TrimRight(strings.TrimSpace(sql), "; \t\r\n")
		if sql == "" {
			continue
		}
		if word := transactionControl.FindString(leading.ReplaceAllString(sql, "")); word != "" {
			return &migrate.UnsupportedError{Dialect: dialect, Table: "SQL op", Reason: strings.ToUpper(word) + " in a statement",
				Hint: "migrations begin and commit their transactions by themselves; NoTx runs statements outside of one"}
		}
		statements = append(statements, statement(sql))
	}
	for _, op := range o.Schema {
		if create, ok := op.(migrate.CreateTable); ok {
			p.fresh[create.Table] = true
		}
	}
	clear(p.fills)
	if !o.NoTx {
		p.data(o, migrate.Stage{ByHand: true, Statements: statements})
		return nil
	}
	var session []migrate.Statement
	for i, s := range statements {
		p.data(o, migrate.Stage{ByHand: true, NoTx: true, Statements: []migrate.Statement{s}, Parts: o.Statement(i, len(statements)), Session: slices.Clone(session), Open: i+1 < len(statements)})
		if setting.MatchString(leading.ReplaceAllString(s.SQL, "")) {
			session = append(session, s)
		}
	}
	return nil
}

// setting finds statements that set something for the rest of the session.
var setting = lazyregexp.New(`(?i)^(SET|RESET|SELECT\s+(pg_catalog\s*\.\s*)?set_config)\b`)

func (p *planner) Go(o migrate.Go) error {
	clear(p.fills)
	p.data(o, migrate.Stage{ByHand: true, Run: o.Up})
	return nil
}

// data appends a stage that changes rows, or may.
func (p *planner) data(op migrate.Op, stage migrate.Stage) {
	if len(stage.Statements) == 0 && stage.Run == nil {
		return
	}
	stage.Cause, stage.Destroys = op.Describe(), op.Destroys()
	p.stages = append(p.stages, stage)
	switch o := op.(type) {
	case migrate.Fill:
		p.given(o)
		p.filled[o.Table] = append(p.filled[o.Table], o.Column)
	case migrate.AddDualWrite:
		p.filled[o.Table] = append(p.filled[o.Table], o.From, o.To)
		p.gets.Forget(o.Table, o.From, o.To)
	case migrate.SQL, migrate.Go, migrate.Unwritten:
		p.dirty = true
	default:
		if stage.Batch == nil || stage.Batch.Rows == nil {
			p.dirty = true
			break
		}
		for _, f := range stage.Batch.Rows.Fields {
			p.filled[stage.Batch.Table] = append(p.filled[stage.Batch.Table], f.Column)
			p.gets.Forget(stage.Batch.Table, f.Column)
		}
	}
	if !stage.NoTx {
		p.touched()
	}
}

var (
	leading = lazyregexp.New(`^(\s+|--[^\n]*\n?|(?s:/\*.*?\*/))+`)

	// transactionControl would begin or end the transaction that a migration shares with its history row.
	transactionControl = lazyregexp.New(`(?i)^(BEGIN|START|COMMIT|END|ABORT|ROLLBACK$|ROLLBACK\s+(?:WORK|TRANSACTION|AND|PREPARED))\b`)
)
