package lint

import migrate "github.com/modelgen/modelgen/runtime"

var mg201 = Check{
	Code: "MG201", Title: "a change of type rewrites the table", Severity: Warning,
	Breaks: "nobody reads or writes the table while every row and every index is written again; the disk needs room for both",
	When:   "on PostgreSQL, as planned for the oldest version named: any change that does more than take a limit away",
	Safe:   "add a column of the new type, fill it in batches, let the program use it, and drop the old one in a later migration; -online writes all of that",
	run: func(p *pass) {
		o, ok := p.op.(migrate.AlterColumn)
		if !ok || p.keyWritten(o) { // MG219 says it
			return
		}
		for _, st := range p.locked() {
			if st.Rewrites {
				p.reportLock(st, o.Table+"."+o.To.Def().Name+" becomes "+o.To.Def().Type.String()+": the table is rewritten")
			}
		}
	},
}
