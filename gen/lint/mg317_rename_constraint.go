package lint

import (
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

var mg317 = Check{
	Code: "MG317", Title: "a constraint gets another name", Severity: Note,
	Breaks: "ON CONFLICT ON CONSTRAINT of the previous release does not find it (42704), and what it does with an error by the name of the constraint is not done any more",
	When:   "on PostgreSQL, as long as the previous release runs beside the new one during a rolling deploy, if it names the constraint",
	Safe:   "name the columns in ON CONFLICT, and look for both names in errors; or keep the name, with the option name in the tag",
	run: func(p *pass) {
		o, ok := p.op.(migrate.RenameConstraint)
		if !ok || !p.can(namesConstraints) || !p.used(o.Table) {
			return
		}
		t := p.s.Table(o.Table)
		if t == nil || !p.known(o.Table, o.From) {
			return
		}
		unique := t.PrimaryKey != nil && t.PrimaryKey.Name == o.From || slices.ContainsFunc(t.Uniques, func(u schema.Unique) bool { return u.Name == o.From })
		if unique {
			p.report("the previous release may name %s of %s in ON CONFLICT ON CONSTRAINT, and in what it does with errors", o.From, o.Table)
		} else {
			p.report("the previous release may know errors of %s by the name %s", o.Table, o.From)
		}
	},
}

// known reports whether the table had a constraint of that name before the migration. One whose table has another name now is taken to.
func (p *pass) known(table, name string) bool {
	t := p.named.Table(table)
	return t == nil || t.PrimaryKey != nil && t.PrimaryKey.Name == name ||
		slices.ContainsFunc(t.Uniques, func(u schema.Unique) bool { return u.Name == name }) ||
		slices.ContainsFunc(t.Checks, func(c schema.Check) bool { return c.Name == name }) ||
		slices.ContainsFunc(t.ForeignKeys, func(f schema.ForeignKey) bool { return f.Name == name })
}
