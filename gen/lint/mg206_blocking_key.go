package lint

var mg206 = Check{
	Code: "MG206", Title: "a unique or primary key is built under a lock", Severity: Warning,
	Breaks: "nobody reads or writes the table until its index is built",
	When:   "on PostgreSQL, on a table that others use, when the plain form is asked for with Plain",
	Safe:   "take Plain out of the op: its index is then built concurrently first, and put in place under a short lock",
	run: func(p *pass) {
		what := ""
		for _, d := range laid(p.op) {
			switch {
			case d.Unique != nil:
				what = "the index of " + d.Unique.Name + " is built"
			case d.PrimaryKey != nil:
				what = "the index of the primary key of " + d.Table + " is built"
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
