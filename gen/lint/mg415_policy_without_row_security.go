package lint

import "github.com/modelgen/modelgen/runtime/schema"

var mg415 = Check{
	Code: "MG415", Title: "a policy of a table without row security", Severity: Warning,
	Breaks: "it has no effect: every role with rights on the table reads and writes all rows",
	When:   "on PostgreSQL, until ALTER TABLE ... ENABLE ROW LEVEL SECURITY",
	Safe:   "switch row security on: the tag rls of the model, or ALTER TABLE ... ENABLE ROW LEVEL SECURITY beside the policy",
	run: func(p *pass) {
		from, to := p.object()
		switch {
		case to != nil && to.Kind == schema.PolicyKind && from == nil:
			if p.after().SQLObject(*to) != nil && len(objects(p.after(), *to, schema.RowSecurityKind, to.Table)) == 0 {
				p.report("%s does nothing, as row security of %s is off", to, to.Table)
			}
		case from != nil && to == nil && from.Kind == schema.RowSecurityKind:
			left := objects(p.after(), *from, schema.PolicyKind, from.Name)
			if len(left) > 0 && len(objects(p.after(), *from, schema.RowSecurityKind, from.Name)) == 0 && p.after().Table(from.Name) != nil {
				p.report("%s does nothing any more, as row security of %s is off", left[0], from.Name)
			}
		}
	},
}
