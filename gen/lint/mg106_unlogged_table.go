package lint

import migrate "github.com/modelgen/modelgen/runtime"

var mg106 = Check{
	Code: "MG106", Title: "a table is taken out of the log", Severity: Warning,
	Breaks: "its rows are gone after a crash of the server, and they are on no replica and in no point-in-time backup",
	When:   "on PostgreSQL, when a table that is there becomes unlogged",
	Safe:   "keep in unlogged tables what can be computed again; for rows that are there take a new table",
	run: func(p *pass) {
		if o, ok := p.op.(migrate.SetTableOptions); ok && o.To.Unlogged && !o.From.Unlogged && p.used(o.Table) {
			p.report("%s is emptied by a crash from now on", o.Table)
		}
	},
}
