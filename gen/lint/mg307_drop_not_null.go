package lint

import (
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
)

var mg307 = Check{
	Code: "MG307", Title: "a column becomes nullable", Severity: Note,
	Breaks: "the previous release scans NULL into a field that holds none, which is an error",
	When:   "once the new binary writes NULL while the previous one still runs",
	Safe:   "roll out a binary that reads NULL first, and let it write NULL in the release after it",
	run: func(p *pass) {
		o, ok := p.op.(migrate.AlterColumn)
		if ok && p.used(o.Table) && !p.added[o.Table+"."+o.To.Def().Name] &&
			!o.From.Def().Nullable && o.To.Def().Nullable && !p.droppedLater(o.Table, o.To.Def().Name) {
			p.report("%s.%s may be NULL, which the previous release does not read", o.Table, o.To.Def().Name)
		}
	},
}

func (p *pass) droppedLater(table, column string) bool {
	return slices.ContainsFunc(p.later(), func(op migrate.Op) bool {
		d, ok := op.(migrate.DropColumn)
		return ok && d.Table == table && d.Column.Def().Name == column
	})
}
