package lint

import (
	"slices"

	"github.com/modelgen/modelgen/internal/sqllex"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

var mg323 = Check{
	Code: "MG323", Title: "row security hides rows from the previous release", Severity: Warning,
	Breaks: "its queries find fewer rows without an error, and what it inserts or updates is refused (42501): it does not set what the policies ask for, such as a setting with the tenant",
	When:   "on PostgreSQL, for roles that do not own the table, and with FORCE for the owner too; when row security is switched on for a table in use, or its policies let less through",
	Safe:   "roll out a binary first that sets what the policies ask for; begin with a policy that lets everything through: USING (true)",
	run: func(p *pass) {
		from, to := p.object()
		switch op := p.op.(type) {
		case migrate.EnableRowSecurity:
			if p.used(op.Table) && !p.lets(*to) && !p.back() {
				p.report("%s are hidden from the previous release, but for those that policies let it see", "rows of "+op.Table)
			}
			return
		case migrate.ForceRowSecurity:
			if op.To && p.used(op.Table) {
				p.report("rows of %s are hidden from the owner of the table too", op.Table)
			}
			return
		}
		o := from
		if o == nil {
			o = to
		}
		if o == nil || o.Kind != schema.PolicyKind || !p.used(o.Table) || p.back() || len(objects(p.named, *o, schema.RowSecurityKind, o.Table)) == 0 {
			return
		}
		if from == nil && !slices.ContainsFunc(code(*to), func(t sqllex.Token) bool { return t.Is("RESTRICTIVE") }) || from != nil && to != nil && from.SQL == to.SQL || from != nil && to == nil && p.gave(schema.PolicyKind) == nil {
			return // it lets more through, or is a name
		}
		if from != nil && to != nil && !from.Same(*to) {
			return
		}
		p.report("%s decides otherwise from now on which rows of %s the previous release reads and writes", o, o.Table)
	},
}

// lets reports whether a policy lets everything through: the table has one with USING (true) for all roles and commands, and none that restricts.
func (p *pass) lets(o schema.SQLObject) bool {
	all := false
	for _, x := range objects(p.after(), o, schema.PolicyKind, p.left(o).Name) {
		toks := code(x)
		if inRow(toks, "RESTRICTIVE") {
			return false
		}
		all = all || inRow(toks, "USING", "(", "true", ")") && !slices.ContainsFunc(toks, func(t sqllex.Token) bool { return t.Is("FOR", "CHECK") }) &&
			(!slices.ContainsFunc(toks, func(t sqllex.Token) bool { return t.Is("TO") }) || inRow(toks, "TO", "PUBLIC"))
	}
	return all
}
