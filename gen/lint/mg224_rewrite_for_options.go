package lint

import migrate "github.com/modelgen/modelgen/runtime"

var mg224 = Check{
	Code: "MG224", Title: "a table is rewritten for its options", Severity: Warning,
	Breaks: "nobody reads or writes the table while every row and every index is written again; the disk needs room for both",
	When:   "on PostgreSQL, when a table in use becomes logged or unlogged",
	Safe:   "make a new table with the option, let the program write both, fill it, and drop the old one later",
	run: func(p *pass) {
		if o, ok := p.op.(migrate.SetTableOptions); ok {
			for _, st := range p.locked() {
				if st.Rewrites {
					p.reportLock(st, o.Table+" is written again")
				}
			}
		}
	},
}
