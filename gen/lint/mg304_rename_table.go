package lint

import (
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
)

var mg304 = Check{
	Code: "MG304", Title: "a table gets another name", Severity: Warning,
	Breaks: "the previous release names a table that is not there any more (PostgreSQL: 42P01)",
	When:   "from that moment until the previous release is gone",
	Safe:   "keep the name in the database and change only the struct, or leave a view with the old name and its columns until the previous release is gone",
	run: func(p *pass) {
		o, ok := p.op.(migrate.RenameTable)
		if !ok || !p.used(o.From) {
			return
		}
		view := slices.ContainsFunc(p.later(), func(op migrate.Op) bool {
			sql, ok := op.(migrate.SQL)
			return ok && slices.ContainsFunc(sql.Up, func(up string) bool {
				return slices.ContainsFunc(split(up, 0), func(s statement) bool {
					name, ok := s.match("CREATE [OR] [REPLACE] VIEW *")
					return ok && name[0] == o.From
				})
			})
		})
		if !view {
			p.report("the previous release still uses the old name %q of %s", o.From, o.To)
		}
	},
}
