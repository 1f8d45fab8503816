package lint

import (
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
)

var mg409 = Check{
	Code: "MG409", Title: "statistics of a column are lost", Severity: Note,
	Breaks: "queries over the column may be planned badly, as the server has forgotten what is in it",
	When:   "on PostgreSQL, after a change of its type, until the table is analyzed",
	Safe:   "end the migration with migrate.SQL{Up: []string{\"ANALYZE table\"}, Only: \"postgres\", NoDown: \"statistics\"}",
	run: func(p *pass) {
		o, ok := p.op.(migrate.AlterColumn)
		if !ok || !p.can(analyzedByHand) || !p.used(o.Table) || o.From.Def().Type == o.To.Def().Type {
			return
		}
		if !p.analyzed(o.Table) {
			p.report("the server forgets the statistics of %s.%s", o.Table, o.To.Def().Name)
		}
	},
}

// analyzed reports whether SQL of an op behind this one lets the server look at the table.
func (p *pass) analyzed(table string) bool {
	return slices.ContainsFunc(p.later(), func(op migrate.Op) bool {
		sql, ok := op.(migrate.SQL)
		return ok && slices.ContainsFunc(sql.Up, func(up string) bool {
			return slices.ContainsFunc(split(up, 0), func(s statement) bool {
				name, ok := s.match("ANALYZE [VERBOSE] *")
				return ok && name[0] == table || len(s.toks) == 1 && s.toks[0].text == "ANALYZE"
			})
		})
	})
}
