package lint

import migrate "github.com/modelgen/modelgen/runtime"

var mg210 = Check{
	Code: "MG210", Title: "an enum is recreated", Severity: Error,
	Breaks: "every table with a column of the type is rewritten while nobody reads or writes it, all of them in one transaction",
	When:   "on PostgreSQL, when values go; a warning when they only change places",
	Safe:   "leave the value in the type and stop using it; a new one is added in place; or let a text column with a check take its place; on small tables say so: //modelgen:allow MG210 why",
	run: func(p *pass) {
		o, ok := p.op.(migrate.AlterEnum)
		if !ok {
			return
		}
		severity := p.check.Severity
		if len(o.Removed()) == 0 {
			severity = Warning
		}
		for _, st := range p.locked() {
			if st.Rewrites {
				p.lockAs(severity, st, "enum "+o.Name+" is recreated, and every table with it is rewritten")
			}
		}
	},
}
