package lint

import (
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

var mg305 = Check{
	Code: "MG305", Title: "a new column must be written, and the previous release does not", Severity: Warning,
	Breaks: "the INSERT of the previous release leaves the column out, which is NOT NULL and has no default (23502)",
	When:   "as long as the previous release runs beside the new one during a rolling deploy",
	Safe:   "give the column a default, or add it nullable and make it NOT NULL in the release after it",
	run: func(p *pass) {
		var table string
		var c schema.Column
		switch o := p.op.(type) {
		case migrate.AddColumn:
			table, c = o.Table, o.Column.Def()
		case migrate.AlterColumn:
			table, c = o.Table, o.To.Def()
			if !o.From.Def().Nullable || !p.added[table+"."+c.Name] {
				return
			}
		default:
			return
		}
		if p.used(table) && !c.Nullable && !p.hasDefault(c) {
			p.report("%s.%s is new, NOT NULL and without default: the previous release cannot insert into %s", table, c.Name, table)
		}
	},
}
