package lint

import "github.com/modelgen/modelgen/runtime/schema"

var mg221 = Check{
	Code: "MG221", Title: "a materialized view is filled while its readers wait", Severity: Warning,
	Breaks: "the old one is dropped in the same transaction, so whoever reads it waits until the query has run over all rows",
	When:   "on PostgreSQL, when a materialized view has to make way for a change of what it reads",
	Safe:   "let it read a new column, or a view under another name, and change it with ReplaceMaterializedView, which fills the new one beside the old one; else do it when nobody reads it",
	run: func(p *pass) {
		from, to := p.object()
		if from != nil || to == nil || to.Kind != schema.MaterializedViewKind || p.had(*to) == nil {
			return
		}
		if !inRow(code(*to), "WITH", "NO", "DATA") {
			p.report("%s is dropped and filled again in one transaction", to)
		}
	},
}
