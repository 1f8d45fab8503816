package lint

import migrate "github.com/modelgen/modelgen/runtime"

var mg209 = Check{
	Code: "MG209", Title: "a whole table is read under a lock", Severity: Warning,
	Breaks: "others wait while all rows are read",
	When:   "on PostgreSQL: a type changes without the table being written anew, on a column with a check or a foreign key, a column becomes an identity",
	Safe:   "drop the check or key before and add it again after, each in an op of its own; do the rest when nobody needs the table",
	run: func(p *pass) {
		o, ok := p.op.(migrate.AlterColumn)
		if !ok || o.From.Def().Nullable && !o.To.Def().Nullable || o.From.Def().Collate != o.To.Def().Collate { // MG218 says it
			return
		}
		for _, st := range p.locked() {
			if !st.Rewrites {
				p.reportLock(st, "for the change of "+o.Table+"."+o.To.Def().Name+" all rows are read")
			}
		}
	},
}
