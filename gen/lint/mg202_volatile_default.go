package lint

import (
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

var mg202 = Check{
	Code: "MG202", Title: "a new column has a volatile default", Severity: Warning,
	Breaks: "every row gets a value of its own, so the table is rewritten while nobody reads or writes it",
	When:   "on PostgreSQL, for a default such as gen_random_uuid() or clock_timestamp() on a table that others use and that has no primary key; with one the rows get theirs in batches; now() is not volatile; and for a serial type always",
	Safe:   "give the table a primary key; or add the column without the default and nullable, then give it the default, fill the old rows, and make it NOT NULL; or write identity in place of a serial type",
	run: func(p *pass) {
		p.written(func(c schema.Column) bool { return !c.Identity && c.Generated == "" }, "gives each row a value of its own: the table is rewritten")
	},
}

// written reports an added column for which the table is rewritten.
func (p *pass) written(of func(schema.Column) bool, what string) {
	o, ok := p.op.(migrate.AddColumn)
	if !ok || !of(o.Column.Def()) {
		return
	}
	for _, st := range p.locked() {
		if st.Rewrites {
			p.reportLock(st, o.Table+"."+o.Column.Def().Name+" "+what)
		}
	}
}
