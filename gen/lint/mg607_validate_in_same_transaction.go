package lint

import migrate "github.com/modelgen/modelgen/runtime"

var mg607 = Check{
	Code: "MG607", Title: "a constraint is validated in the transaction that adds it", Severity: Warning,
	Breaks: "the lock of ADD CONSTRAINT is held while all rows are looked at, which NOT VALID was to avoid",
	When:   "on PostgreSQL, in SQL written by hand",
	Safe:   "validate in a migration of its own, or use AddCheck and AddForeignKey, which commit in between",
	run: func(p *pass) {
		o, ok := p.op.(migrate.SQL)
		if !ok || o.NoTx {
			return
		}
		added := ""
		for _, st := range p.on("postgres") {
			if table, _ := st.alter(); table != "" && p.used(table) {
				if st.has("NOT VALID") {
					added = table
				} else if st.has("VALIDATE CONSTRAINT") && added == table {
					p.report("%s is validated in the transaction that adds the constraint", table)
				}
			}
		}
	},
}
