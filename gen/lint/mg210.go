package lint

import migrate "github.com/modelgen/modelgen/runtime"

var mg210 = Check{
	Code: "MG210", Title: "an enum is made anew", Severity: Warning,
	Breaks: "every table with a column of the type is written anew while nobody reads or writes it, all of them in one transaction",
	When:   "on PostgreSQL, when values go or change places",
	Safe:   "leave the value in the type and stop using it; a new one at the end is added in place",
	run: func(p *pass) {
		o, ok := p.op.(migrate.AlterEnum)
		if !ok {
			return
		}
		for _, st := range p.locked() {
			if st.Rewrites {
				p.reportLock(st, "enum "+o.Name+" is made anew, and every table with it is written anew")
			}
		}
	},
}
