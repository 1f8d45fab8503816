package lint

import (
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
)

var mg408 = Check{
	Code: "MG408", Title: "a new check stops changes of old rows", Severity: Note,
	Breaks: "as soon as it is added, even before it is validated, no row that breaks it can be changed, not even in another column (23514)",
	When:   "rows break it; a foreign key, unlike a check, lets other columns be changed",
	Safe:   "correct the rows first, with Fill or SQL before the op",
	run: func(p *pass) {
		o, ok := p.op.(migrate.AddCheck)
		if !ok || !p.used(o.Table) || p.unread {
			return
		}
		columns := columnsOf(p.s.Table(o.Table), o.Check.Expr)
		old := slices.ContainsFunc(columns, func(c string) bool { return !p.added[o.Table+"."+c] && !p.filled[o.Table+"."+c] })
		if old {
			p.report("rows of %s that break %s cannot be changed any more, not even in other columns", o.Table, o.Check.Name)
		}
	},
}
