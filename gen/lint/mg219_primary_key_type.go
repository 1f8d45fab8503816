package lint

import (
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
)

var mg219 = Check{
	Code: "MG219", Title: "the type of a primary key changes", Severity: Error,
	Breaks: "the table is rewritten with all of its indexes while nobody reads or writes it, and so is every table that refers to it, in the same migration; a key that becomes of another kind is in every program that knows one",
	When:   "on PostgreSQL, on a table that others use; a warning when a number only gets larger, as integer that becomes bigint: programs and links that know a key go on knowing it",
	Safe: "give the table a second column of the new type with a unique rule, let what refers to it move over one by one, and make it the key last, in migrations of their own; " +
		"on small tables, or when nobody needs them, say so: //modelgen:allow MG219 why",
	run: func(p *pass) {
		o, ok := p.op.(migrate.AlterColumn)
		if !ok || !p.keyWritten(o) {
			return
		}
		a, b := o.From.Def(), o.To.Def()
		severity := p.check.Severity
		if surprise(a.Type, b.Type) == wider {
			severity = Warning
		}
		what := ""
		if names := p.referring(o.Table, b.Name); len(names) > 0 {
			what = ", and " + strings.Join(names, " and ") + " with what refers to it"
		}
		p.reportAs(severity, p.check.Safe, "the key %s.%s changes from %s to %s: %s is rewritten%s", o.Table, b.Name, a.Type, b.Type, o.Table, what)
	},
}

// keyWritten reports whether the op changes the type of a primary key on PostgreSQL in such a way that its table is rewritten.
func (p *pass) keyWritten(o migrate.AlterColumn) bool {
	t := p.s.Table(o.Table)
	return t != nil && t.PrimaryKey != nil && slices.Contains(t.PrimaryKey.Columns, o.To.Def().Name) && o.From.Def().Type != o.To.Def().Type &&
		p.used(o.Table) && slices.ContainsFunc(p.locked(), func(st planned) bool { return st.Rewrites })
}
