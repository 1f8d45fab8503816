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
			left := p.left(*to)
			if p.after().SQLObject(left) != nil && len(objects(p.after(), left, schema.RowSecurityKind, left.Table)) == 0 {
				p.report("%s does nothing, as row security of %s is off", to, to.Table)
			}
		case from != nil && to == nil && from.Kind == schema.RowSecurityKind:
			left := p.left(*from)
			policies := objects(p.after(), left, schema.PolicyKind, left.Name)
			if len(policies) > 0 && len(objects(p.after(), left, schema.RowSecurityKind, left.Name)) == 0 && p.after().Table(left.Name) != nil {
				p.report("%s does nothing any more, as row security of %s is off", policies[0], left.Name)
			}
		}
	},
}
