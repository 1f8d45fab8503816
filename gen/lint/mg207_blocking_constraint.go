package lint

import migrate "github.com/modelgen/modelgen/runtime"

var mg207 = Check{
	Code: "MG207", Title: "a constraint is checked under a lock", Severity: Warning,
	Breaks: "all rows are looked at while others wait; a foreign key locks both tables",
	When:   "on PostgreSQL, on a table that others use, when the plain form is asked for with Plain",
	Safe:   "take Plain out of the op: the constraint is then added NOT VALID, and validated in another transaction",
	run: func(p *pass) {
		what := ""
		switch o := p.op.(type) {
		case migrate.AddCheck:
			what = "check " + o.Check.Name + " looks at all rows"
		case migrate.AddForeignKey:
			what = "foreign key " + o.ForeignKey.Name + " looks at all rows"
		default:
			return
		}
		for _, st := range p.locked() {
			p.reportLock(st, what)
		}
	},
}
