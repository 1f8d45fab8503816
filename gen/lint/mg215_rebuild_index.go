package lint

import (
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

var mg215 = Check{
	Code: "MG215", Title: "a free change of type rebuilds an index", Severity: Warning,
	Breaks: "the table is not rewritten, but the index is, while nobody reads or writes the table",
	When:   "on PostgreSQL, when the column stands in an expression or a condition of an index, or changes its zone",
	Safe:   "drop the index before and create it again after, in ops of their own: both are then done concurrently",
	run: func(p *pass) {
		o, ok := p.op.(migrate.AlterColumn)
		t, rebuilds := p.targetThat(rebuildsIndexes)
		if !ok || !rebuilds || !p.used(o.Table) || o.From.Def().Type == o.To.Def().Type {
			return
		}
		if slices.ContainsFunc(p.locked(), func(st planned) bool { return st.Rewrites }) {
			return // MG201 says it
		}
		table, c := p.s.Table(o.Table), []string{o.To.Def().Name}
		if table == nil {
			return
		}
		zone := schema.ChangeType(o.From.Def().Type, o.To.Def().Type).ZoneOnly
		for _, x := range table.Indexes {
			in := len(schema.ExprColumns(x.Where, c)) > 0
			for _, part := range x.Parts {
				in = in || part.Expr != "" && len(schema.ExprColumns(part.Expr, c)) > 0 || zone && part.Column == c[0]
			}
			if in {
				p.report("index %s mentions %s.%s and is rebuilt under ACCESS EXCLUSIVE on %s (%s)", x.Name, o.Table, c[0], o.Table, t)
			}
		}
	},
}
