package lint

import migrate "github.com/modelgen/modelgen/runtime"

var mg205 = Check{
	Code: "MG205", Title: "an index is built under a lock", Severity: Warning,
	Breaks: "nobody writes the table until the index is built",
	When:   "on PostgreSQL, on a table that others use, when the plain form is asked for with Plain",
	Safe:   "take Plain out of the op: the index is then built concurrently",
	run: func(p *pass) {
		if o, ok := p.op.(migrate.CreateIndex); ok {
			for _, st := range p.locked() {
				p.reportLock(st, "index "+o.Index.Name+" is built")
			}
		}
	},
}
