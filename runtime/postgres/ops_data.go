package postgres

import (
	"regexp"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
)

func (p *planner) Fill(o migrate.Fill) error {
	f := p.locks(rowExclusive, o.Table)
	f.Scans = len(f.Tables) > 0
	p.data(o, migrate.Stage{Facts: f, Statements: []migrate.Statement{
		statement("UPDATE " + p.name(o.Table) + " SET " + ident(o.Column) + " = (" + o.Expr + ") WHERE " + o.Condition(ident)),
	}})
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
	if !o.NoTx {
		p.data(o, migrate.Stage{ByHand: true, Statements: statements})
		return nil
	}
	for _, s := range statements {
		p.data(o, migrate.Stage{ByHand: true, NoTx: true, Statements: []migrate.Statement{s}})
	}
	return nil
}

func (p *planner) Go(o migrate.Go) error {
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
	if !stage.NoTx {
		p.touched()
	}
}

var (
	leading = regexp.MustCompile(`^(\s+|--[^\n]*\n?|(?s:/\*.*?\*/))+`)

	// transactionControl would begin or end the transaction that a migration shares with its history row.
	transactionControl = regexp.MustCompile(`(?i)^(BEGIN|START|COMMIT|END|ABORT|ROLLBACK$|ROLLBACK\s+(?:WORK|TRANSACTION|AND|PREPARED))\b`)
)
