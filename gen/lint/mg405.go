package lint

import migrate "github.com/modelgen/modelgen/runtime"

var mg405 = Check{
	Code: "MG405", Title: "a change of type stops at values that do not fit", Severity: Warning,
	Breaks: "the migration fails at the first value that is too long, too large or of another form (22001, 22003, 22P02); SQLite keeps such a value as it is",
	When:   "a row holds such a value",
	Safe:   "look for them first, and correct them in a migration before; or say in Using how they become fitting ones",
	run: func(p *pass) {
		o, ok := p.op.(migrate.AlterColumn)
		if ok && p.used(o.Table) && o.Using == "" && fails(o.From.Def().Type, o.To.Def().Type) {
			p.report("%s.%s becomes %s of %s, which not every value may fit", o.Table, o.To.Def().Name, o.To.Def().Type, o.From.Def().Type)
		}
	},
}
