package lint

import migrate "github.com/modelgen/modelgen/runtime"

var mg308 = Check{
	Code: "MG308", Title: "a default goes that the previous release may rely on", Severity: Warning,
	Breaks: "an INSERT that leaves the column out fails (23502)",
	When:   "the column is NOT NULL, and the previous release, which knew of the default, still runs",
	Safe:   "roll out a binary that writes the column first, and drop the default in the release after it",
	run: func(p *pass) {
		o, ok := p.op.(migrate.AlterColumn)
		if !ok || !p.used(o.Table) || p.added[o.Table+"."+o.To.Def().Name] || o.To.Def().Nullable {
			return
		}
		if p.hasDefault(o.From.Def()) && !p.hasDefault(o.To.Def()) {
			p.report("%s.%s is NOT NULL and loses its default, which the previous release may rely on", o.Table, o.To.Def().Name)
		}
	},
}
