package lint

import migrate "github.com/modelgen/modelgen/runtime"

var mg206 = Check{
	Code: "MG206", Title: "a unique or primary key is built under a lock", Severity: Warning,
	Breaks: "nobody reads or writes the table until its index is built",
	When:   "on PostgreSQL, on a table that others use, when the plain form is asked for with Plain",
	Safe:   "take Plain out of the op: its index is then built concurrently first, and put in place under a short lock",
	run: func(p *pass) {
		what := ""
		switch o := p.op.(type) {
		case migrate.AddUnique:
			what = "the index of " + o.Unique.Name + " is built"
		case migrate.AddPrimaryKey:
			what = "the index of the primary key of " + o.Table + " is built"
		default:
			return
		}
		for _, st := range p.locked() {
			p.reportLock(st, what)
		}
	},
}
