package lint

import (
	"slices"

	"github.com/modelgen/modelgen/runtime/schema"
)

var mg314 = Check{
	Code: "MG314", Title: "a new rule that the previous release does not know", Severity: Note,
	Breaks: "writes of the previous release that break the rule fail: from the moment it is added, not only when the old rows have been looked at",
	When:   "as long as the previous release runs beside the new one during a rolling deploy",
	Safe:   "roll out a binary that keeps the rule first, and add it to the database in the release after it",
	run: func(p *pass) {
		for _, d := range laid(p.op) {
			switch {
			case d.Check != nil:
				p.rule(d.Table, d.Check.Name, columnsOf(p.s.Table(d.Table), d.Check.Expr))
			case d.ForeignKey != nil:
				p.rule(d.Table, d.ForeignKey.Name, d.ForeignKey.Columns)
			case d.Unique != nil:
				p.rule(d.Table, d.Unique.Name, d.Unique.Columns)
			case d.Index != nil && d.Index.Unique:
				p.rule(d.Table, d.Index.Name, d.Index.Columns())
			}
		}
		if to := p.made(schema.ExclusionKind); to != nil && !p.back() {
			if from, _ := p.object(); from == nil {
				p.rule(to.Table, to.Name, columnsOf(p.s.Table(to.Table), string(to.SQL)))
			}
		}
	},
}

// rule reports a constraint, unless it is over columns that the previous release does not write.
func (p *pass) rule(table, name string, columns []string) {
	if !p.used(table) || len(columns) > 0 && !slices.ContainsFunc(columns, func(c string) bool { return !p.added[table+"."+c] }) {
		return
	}
	p.report("the previous release may write rows to %s that break %s", table, name)
}

// columnsOf returns the columns of the table that an expression mentions.
func columnsOf(t *schema.Table, expr string) []string {
	if t == nil {
		return nil
	}
	return schema.ExprColumns(expr, t.ColumnNames())
}
