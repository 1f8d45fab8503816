package lint

import migrate "github.com/modelgen/modelgen/runtime"

var mg101 = Check{
	Code: "MG101", Title: "a column is dropped with its values", Severity: Warning,
	Breaks: "the values are gone; undoing the migration brings the empty column back",
	When:   "the column is not generated",
	Safe:   "leave the column until nobody asks for it, and drop it in a later migration; a backup is the only way back",
	run: func(p *pass) {
		o, ok := p.op.(migrate.DropColumn)
		if !ok || o.Column.Def().Generated != "" || p.fresh[o.Table] || p.added[o.Table+"."+o.Column.Def().Name] || p.contracted[o.Table+"."+o.Column.Def().Name] || p.comesBack(o) {
			return
		}
		p.report("%s.%s goes with its values", o.Table, o.Column.Def().Name)
	},
}
