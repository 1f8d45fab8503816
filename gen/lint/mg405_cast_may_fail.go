package lint

import (
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

var mg405 = Check{
	Code: "MG405", Title: "a change of type stops at values that do not fit", Severity: Warning,
	Breaks: "the migration fails at the first value that is too long, too large or of another form (22001, 22003, 22P02), and with -online a write of the previous release that has one, too; SQLite keeps such a value as it is; of a text that is too long by blanks alone they are cut off",
	When:   "a row holds such a value, or with -online a program writes one",
	Safe:   "look for them first, and correct them in a migration before; or say in Using how they become fitting ones",
	run: func(p *pass) {
		switch o := p.op.(type) {
		case migrate.AlterColumn:
			if p.used(o.Table) && o.Using == "" && fails(o.From.Def().Type, o.To.Def().Type) {
				p.report("%s.%s changes from %s to %s, which not every value may fit", o.Table, o.To.Def().Name, o.From.Def().Type, o.To.Def().Type)
			}
		case migrate.AddDualWrite:
			from, to, ok := p.both(o)
			if !ok {
				return
			}
			if fails(from, to) && schema.ChangeType(from, to).Cast != schema.NoCast { // also where the author says how: it is for every value that a program may write
				p.reportAs(p.check.Severity, "let the SQL in Up give something for every value, or see to it in a release before that no program writes such values",
					"%s.%s changes from %s to %s: a write of the previous release fails when its value does not fit", o.Table, o.Column.Def().Name, from, to)
			}
			if fails(to, from) && casts(o.Down, o.To) {
				p.reportAs(Note, "let the new binary write such values after -contract only, or make the old column wider in a migration before",
					"as long as %s.%s and %s are both written, a value that does not fit %s is refused", o.Table, o.From, o.To, from)
			}
		}
	},
}
