package lint

import migrate "github.com/modelgen/modelgen/runtime"

var mg306 = Check{
	Code: "MG306", Title: "a column becomes NOT NULL that the previous release may leave NULL", Severity: Warning,
	Breaks: "its INSERT or UPDATE with NULL fails (23502); a NULL that it writes before the rows are checked makes the migration fail",
	When:   "as long as the previous release runs beside the new one during a rolling deploy",
	Safe:   "roll out a binary that always writes a value first, and make the column NOT NULL in the release after it",
	run: func(p *pass) {
		o, ok := p.op.(migrate.AlterColumn)
		if !ok || !p.used(o.Table) || p.added[o.Table+"."+o.To.Def().Name] || p.contracted[o.Table+"."+o.To.Def().Name] || !o.From.Def().Nullable || o.To.Def().Nullable {
			return
		}
		p.report("%s.%s becomes NOT NULL while the previous release may still write NULL", o.Table, o.To.Def().Name)
	},
}
