package lint

import migrate "github.com/modelgen/modelgen/runtime"

var mg402 = Check{
	Code: "MG402", Title: "a column becomes NOT NULL and nothing fills it", Severity: Warning,
	Breaks: "the migration fails at the first row that holds NULL (23502)",
	When:   "a row holds NULL; no op before it in the migration gives the column values",
	Safe:   "put a Fill before it: -fill products.slug=SQL",
	run: func(p *pass) {
		o, ok := p.op.(migrate.AlterColumn)
		if !ok || p.hand || !p.used(o.Table) || p.unread || !o.From.Def().Nullable || o.To.Def().Nullable || p.filled[o.Table+"."+o.To.Def().Name] {
			return
		}
		if !p.added[o.Table+"."+o.To.Def().Name] || !p.hasDefault(o.From.Def()) {
			p.report("%s.%s becomes NOT NULL, and nothing gives rows a value that hold NULL", o.Table, o.To.Def().Name)
		}
	},
}
