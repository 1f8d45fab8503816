package lint

import (
	"maps"

	migrate "github.com/modelgen/modelgen/runtime"
)

var mg309 = Check{
	Code: "MG309", Title: "a default changes", Severity: Note,
	Breaks: "nothing fails, but both binaries get the new value where they leave the column out; rows that are there keep theirs",
	When:   "as long as the previous release runs beside the new one during a rolling deploy",
	Safe:   "let the program write the value, where the difference counts",
	run: func(p *pass) {
		o, ok := p.op.(migrate.AlterColumn)
		if !ok || !p.used(o.Table) || p.added[o.Table+"."+o.To.Def().Name] {
			return
		}
		a, b := o.From.Def(), o.To.Def()
		same := a.DefaultExpr == b.DefaultExpr && maps.Equal(a.DefaultFor, b.DefaultFor) &&
			(a.Default == b.Default || a.Default != nil && b.Default != nil && *a.Default == *b.Default)
		if !same && p.hasDefault(a) && (p.hasDefault(b) || b.Nullable) {
			p.report("%s.%s has another default for both binaries", o.Table, b.Name)
		}
	},
}
