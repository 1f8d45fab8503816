package lint

import migrate "github.com/modelgen/modelgen/runtime"

var mg302 = Check{
	Code: "MG302", Title: "a table goes that the previous release reads", Severity: Warning,
	Breaks: "its statements name a table that is not there any more (PostgreSQL: 42P01)",
	When:   "as long as the previous release runs beside the new one during a rolling deploy",
	Safe:   "release a binary first that does not use the table, with the model still there, and take the model out in the release after it",
	run: func(p *pass) {
		if o, ok := p.op.(migrate.DropTable); ok && p.used(o.Table) {
			p.report("%s goes while the previous release still uses it", o.Table)
		}
	},
}
