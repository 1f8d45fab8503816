package lint

import migrate "github.com/modelgen/modelgen/runtime"

var mg301 = Check{
	Code: "MG301", Title: "a column goes that the previous release reads", Severity: Warning,
	Breaks: "its SELECT and INSERT name a column that is not there any more (PostgreSQL: 42703)",
	When:   "as long as the previous release runs beside the new one during a rolling deploy",
	Safe:   "release a binary first whose SQL does not name it, with the field still in the model, and take the field out in the release after it",
	run: func(p *pass) {
		if o, ok := p.op.(migrate.DropColumn); ok && p.used(o.Table) && !p.added[o.Table+"."+o.Column.Def().Name] && !p.contracted[o.Table+"."+o.Column.Def().Name] {
			p.report("%s.%s goes while the previous release still reads and writes it", o.Table, o.Column.Def().Name)
		}
	},
}
