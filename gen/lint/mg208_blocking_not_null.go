package lint

import migrate "github.com/modelgen/modelgen/runtime"

var mg208 = Check{
	Code: "MG208", Title: "NULLs are looked for under a lock", Severity: Warning,
	Breaks: "all rows are looked at while nobody reads or writes the table",
	When:   "on PostgreSQL, for SET NOT NULL on a table that others use, when the plain form is asked for with Plain",
	Safe:   "take Plain out of the op: a check is then validated first, beside reads and writes",
	run: func(p *pass) {
		o, ok := p.op.(migrate.AlterColumn)
		if !ok || !o.From.Def().Nullable || o.To.Def().Nullable {
			return
		}
		for _, st := range p.locked() {
			if !st.Rewrites {
				p.reportLock(st, o.Table+"."+o.To.Def().Name+" is searched for NULL")
			}
		}
	},
}
