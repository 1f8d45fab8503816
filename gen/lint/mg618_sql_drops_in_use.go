package lint

import migrate "github.com/modelgen/modelgen/runtime"

var mg618 = Check{
	Code: "MG618", Title: "SQL by hand takes away what the previous release uses", Severity: Warning,
	Breaks: "its statements name a table or column that is not there any more",
	When:   "as long as the previous release runs beside the new one during a rolling deploy; the op has no Schema, so nothing else says it",
	Safe:   "write it as an op, or tell it with Schema, and do it in the release after the one that stops using it",
	run: func(p *pass) {
		o, ok := p.op.(migrate.SQL)
		if !ok || len(o.Schema) > 0 {
			return
		}
		for _, st := range p.sql {
			table, actions := st.alter()
			for _, a := range actions {
				_, renames := a.match("RENAME [COLUMN] * TO")
				_, moves := a.match("RENAME TO")
				if (renames || moves) && p.used(table) && p.s.Table(table) != nil {
					p.report("%s ... takes a name away that the previous release uses", st.short())
				}
			}
		}
	},
}
