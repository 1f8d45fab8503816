package lint

import migrate "github.com/modelgen/modelgen/runtime"

var mg311 = Check{
	Code: "MG311", Title: "prepared statements see another type", Severity: Note,
	Breaks: "statements that were prepared before fail: cached plan must not change result type (0A000), with database/sql for as long as they live",
	When:   "on PostgreSQL, in any program that keeps statements that read the column; for SELECT * also when columns come or go",
	Safe:   "restart the programs that prepare statements right after the migration, or close and prepare them again on 0A000",
	run: func(p *pass) {
		if !p.can(pinsPreparedType) {
			return
		}
		var table, column string
		switch o := p.op.(type) {
		case migrate.AlterColumn:
			if o.From.Def().Type != o.To.Def().Type {
				table, column = o.Table, o.To.Def().Name
			}
		case migrate.DropDualWrite: // the shadow column takes the place of the column, and its name
			if o.From == o.Column.Def().Name {
				table, column = o.Table, o.From
			}
		}
		if table != "" && p.used(table) && !p.added[table+"."+column] {
			p.report("prepared statements that read %s.%s fail from now on (0A000)", table, column)
		}
	},
}
