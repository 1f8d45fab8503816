package lint

import (
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

var mg314 = Check{
	Code: "MG314", Title: "a new rule that the previous release does not know", Severity: Note,
	Breaks: "writes of the previous release that break the rule fail: from the moment it is added, not only when the old rows have been looked at",
	When:   "as long as the previous release runs beside the new one during a rolling deploy",
	Safe:   "roll out a binary that keeps the rule first, and add it to the database in the release after it",
	run: func(p *pass) {
		switch o := p.op.(type) {
		case migrate.AddCheck:
			p.rule(o.Table, o.Check.Name, columnsOf(p.s.Table(o.Table), o.Check.Expr))
		case migrate.AddForeignKey:
			p.rule(o.Table, o.ForeignKey.Name, o.ForeignKey.Columns)
		case migrate.AddUnique:
			p.rule(o.Table, o.Unique.Name, o.Unique.Columns)
		case migrate.CreateIndex:
			if o.Index.Unique {
				p.rule(o.Table, o.Index.Name, o.Index.Columns())
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
