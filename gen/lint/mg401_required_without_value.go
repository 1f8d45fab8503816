package lint

import (
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

var mg401 = Check{
	Code: "MG401", Title: "a NOT NULL column without a value for the rows there are", Severity: Error,
	Breaks: "the statement fails on the first row (23502); SQLite refuses it always",
	When:   "the table has a row",
	Safe:   "add it nullable, fill it, and make it NOT NULL with AlterColumn; or give it a default",
	run: func(p *pass) {
		o, ok := p.op.(migrate.AddColumn)
		if c := defOf(o.Column); ok && !p.hand && p.used(o.Table) && !c.Nullable && !p.hasDefault(c) {
			p.report("%s.%s is NOT NULL and has no default: rows that are there get no value", o.Table, c.Name)
		}
	},
}

func defOf(d schema.ColumnDef) schema.Column {
	if d == nil {
		return schema.Column{}
	}
	return d.Def()
}
