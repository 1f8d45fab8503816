package lint

import (
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

var mg620 = Check{
	Code: "MG620", Title: "ATTACH PARTITION reads all rows", Severity: Warning,
	Breaks: "the server looks whether all rows are within the bounds while nobody reads or writes the table that becomes a partition",
	When:   "on PostgreSQL, for ATTACH PARTITION by hand of a table with rows, unless it has a validated check that says what the bounds say; one that is NOT VALID does not count",
	Safe:   "first ADD CONSTRAINT ... CHECK (the bounds, and NOT NULL) NOT VALID, then VALIDATE CONSTRAINT in a transaction of its own, then ATTACH, and drop the check",
	run: func(p *pass) {
		for _, st := range p.on("postgres") {
			parent, actions := st.alter()
			for _, a := range actions {
				names, ok := a.match("ATTACH PARTITION *")
				if !ok || !p.used(names[0]) || p.checked(names[0], parent) {
					continue
				}
				p.report("all rows of %s are read under ACCESS EXCLUSIVE before it is a partition", names[0])
			}
		}
	},
}

// checked reports whether the table has a check over what its parent is partitioned by, or SQL of the migration validates one of it.
func (p *pass) checked(table, parent string) bool {
	if t, of := p.s.Table(table), p.s.Table(parent); t != nil && of != nil {
		key := of.Options.PartitionColumns(of)
		if slices.ContainsFunc(t.Checks, func(c schema.Check) bool { return len(schema.ExprColumns(c.Expr, key)) > 0 }) {
			return true
		}
	}
	return slices.ContainsFunc(values(p.in.Ops[:p.i+1]), func(op migrate.Op) bool {
		sql, ok := op.(migrate.SQL)
		return ok && slices.ContainsFunc(sql.Up, func(up string) bool {
			return slices.ContainsFunc(split(up, 0), func(st statement) bool {
				of, actions := st.alter()
				return of == table && slices.ContainsFunc(actions, func(a statement) bool {
					_, validates := a.match("VALIDATE CONSTRAINT")
					return validates || a.has("CHECK") && !a.has("NOT VALID")
				})
			})
		})
	})
}
