package lint

import migrate "github.com/modelgen/modelgen/runtime"

var mg311 = Check{
	Code: "MG311", Title: "prepared statements see another type", Severity: Note,
	Breaks: "statements that were prepared before fail: cached plan must not change result type (0A000), with database/sql for as long as they live",
	When:   "on PostgreSQL, in any program that keeps statements that read the column; for SELECT * also when columns come or go",
	Safe:   "restart the programs that prepare statements right after the migration, or close and prepare them again on 0A000",
	run: func(p *pass) {
		o, ok := p.op.(migrate.AlterColumn)
		if _, pg := p.target("postgres"); ok && pg && p.used(o.Table) && !p.added[o.Table+"."+o.To.Def().Name] && o.From.Def().Type != o.To.Def().Type {
			p.report("prepared statements that read %s.%s fail from now on (0A000)", o.Table, o.To.Def().Name)
		}
	},
}
