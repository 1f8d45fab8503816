package lint

import (
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
)

var mg105 = Check{
	Code: "MG105", Title: "a column is dropped and added again under its name", Severity: Warning,
	Breaks: "the values are gone although the name stays",
	When:   "both are in one migration, and the column is not generated",
	Safe:   "change it in place with AlterColumn, whose Using computes the new values from the old ones",
	run: func(p *pass) {
		if o, ok := p.op.(migrate.DropColumn); ok && p.used(o.Table) && o.Column.Def().Generated == "" && p.comesBack(o) {
			p.report("%s.%s is dropped with its values and added again empty", o.Table, o.Column.Def().Name)
		}
	},
}

// comesBack reports whether a column of the same name is added later in the migration.
func (p *pass) comesBack(o migrate.DropColumn) bool {
	return slices.ContainsFunc(p.later(), func(op migrate.Op) bool {
		a, ok := op.(migrate.AddColumn)
		return ok && a.Table == o.Table && a.Column.Def().Name == o.Column.Def().Name
	})
}
