package lint

import (
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

var mg209 = Check{
	Code: "MG209", Title: "a whole table is read under a lock", Severity: Warning,
	Breaks: "others wait while all rows are read",
	When:   "on PostgreSQL: a type changes without the table being rewritten, on a column with a check or a foreign key, a column becomes an identity",
	Safe:   "drop the check or key before and add it again after, each in an op of its own; do the rest when nobody needs the table",
	run: func(p *pass) {
		o, ok := p.op.(migrate.AlterColumn)
		if !ok || o.From.Def().Nullable && !o.To.Def().Nullable || o.From.Def().Collate != o.To.Def().Collate { // MG218 says it
			return
		}
		for _, st := range p.locked() {
			if !st.Rewrites && !p.only(o) {
				p.reportLock(st, "for the change of "+o.Table+"."+o.To.Def().Name+" all rows are read")
			}
		}
	},
}

// only reports whether all that is read is read for an index, which MG215 says: no check and no foreign key is over the column.
func (p *pass) only(o migrate.AlterColumn) bool {
	name := o.To.Def().Name
	t := p.s.Table(o.Table)
	if t == nil || o.To.Def().Identity && !o.From.Def().Identity {
		return false
	}
	if slices.ContainsFunc(t.Checks, func(c schema.Check) bool { return len(schema.ExprColumns(c.Expr, []string{name})) > 0 }) {
		return false
	}
	for _, other := range p.s.Tables {
		for _, fk := range other.ForeignKeys {
			if other.Name == o.Table && slices.Contains(fk.Columns, name) || fk.RefTable == o.Table && slices.Contains(fk.RefColumns, name) {
				return false
			}
		}
	}
	return true
}
