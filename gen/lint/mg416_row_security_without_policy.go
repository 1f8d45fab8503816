package lint

import "github.com/modelgen/modelgen/runtime/schema"

var mg416 = Check{
	Code: "MG416", Title: "row security without a policy", Severity: Warning,
	Breaks: "every role but the owner of the table reads no row, and can insert none (42501); with FORCE the owner cannot either",
	When:   "on PostgreSQL, when row security is on and the table has no policy that permits",
	Safe:   "create the policies in the same migration; what must see everything is a role with BYPASSRLS",
	run: func(p *pass) {
		from, to := p.object()
		var left schema.SQLObject
		table := ""
		switch {
		case to != nil && to.Kind == schema.RowSecurityKind:
			left = p.left(*to)
			table = left.Name
		case to == nil && from != nil && from.Kind == schema.PolicyKind:
			left = p.left(*from)
			table = left.Table
		default:
			return
		}
		if len(objects(p.after(), left, schema.RowSecurityKind, table)) == 0 {
			return
		}
		for _, x := range objects(p.after(), left, schema.PolicyKind, table) {
			if !inRow(code(x), "RESTRICTIVE") {
				return
			}
		}
		p.report("no policy lets any role but the owner read or write rows of %s", table)
	},
}
