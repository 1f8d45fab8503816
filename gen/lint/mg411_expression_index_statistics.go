package lint

import (
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

var mg411 = Check{
	Code: "MG411", Title: "an index over an expression, or a statistics object, has no statistics", Severity: Note,
	Breaks: "the server guesses how many rows an expression finds, and may not use the index, or use it where it should not",
	When:   "on PostgreSQL, after the index is built on a table with rows, until the table is analyzed: autovacuum does that only when many rows have changed",
	Safe:   "end the migration with migrate.SQL{Up: []string{\"ANALYZE table\"}, Only: \"postgres\", NoDown: \"statistics\"}",
	run: func(p *pass) {
		if to := p.made(schema.StatisticsKind); to != nil && !p.back() && p.can(analyzedByHand) {
			for _, n := range p.s.Needs(*to) {
				if n.Table != "" && n.Column == "" && p.used(n.Table) && !p.analyzed(n.Table) {
					p.report("%s is empty until %s is analyzed", to, n.Table)
				}
			}
		}
		o, ok := p.op.(migrate.CreateIndex)
		if !ok || !p.can(analyzedByHand) || !p.used(o.Table) || p.analyzed(o.Table) {
			return
		}
		if slices.ContainsFunc(o.Index.Parts, func(part schema.IndexPart) bool { return part.Expr != "" }) {
			p.report("nothing is known of the expressions of %s until %s is analyzed", o.Index.Name, o.Table)
		}
	},
}
