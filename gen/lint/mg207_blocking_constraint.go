package lint

var mg207 = Check{
	Code: "MG207", Title: "a constraint is checked under a lock", Severity: Warning,
	Breaks: "all rows are looked at while others wait; a foreign key locks both tables",
	When:   "on PostgreSQL, on a table that others use, when the plain form is asked for with Plain",
	Safe:   "take Plain out of the op: the constraint is then added NOT VALID, and validated in another transaction",
	run: func(p *pass) {
		what := ""
		for _, d := range laid(p.op) {
			switch {
			case d.Check != nil:
				what = "check " + d.Check.Name + " looks at all rows"
			case d.ForeignKey != nil:
				what = "foreign key " + d.ForeignKey.Name + " looks at all rows"
			}
		}
		if what == "" {
			return
		}
		for _, st := range p.locked() {
			p.reportLock(st, what)
		}
	},
}
