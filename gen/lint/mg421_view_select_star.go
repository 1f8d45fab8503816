package lint

import "github.com/modelgen/modelgen/runtime/schema"

var mg421 = Check{
	Code: "MG421", Title: "a view with SELECT *", Severity: Warning,
	Breaks: "PostgreSQL writes the columns of that moment into the view: one that is added later never appears, and none can be dropped without it; SQLite returns others each time the table changes, under the names of a list of columns that no longer fits",
	When:   "for * and t.* in the select list of a view or a materialized view",
	Safe:   "name the columns",
	run: func(p *pass) {
		from, to := p.object()
		if to == nil || to.Kind != schema.ViewKind && to.Kind != schema.MaterializedViewKind || from != nil && !from.Same(*to) || p.back() {
			return
		}
		toks := code(*to)
		exists := -1 // the depth of brackets in which what is selected does not matter
		depth := 0
		for i, t := range toks {
			switch t.Text {
			case "(":
				if depth++; exists < 0 && i > 0 && toks[i-1].Is("EXISTS") {
					exists = depth
				}
			case ")":
				if exists == depth {
					exists = -1
				}
				depth--
			case "*":
				if exists >= 0 || i == 0 {
					continue
				}
				before := toks[i-1]
				all := before.Is("SELECT", "DISTINCT", "ALL") || before.Text == ","
				of := before.Text == "." && i > 2 && (toks[i-3].Is("SELECT", "DISTINCT", "ALL") || toks[i-3].Text == ",")
				if all || of {
					p.report("%s shows the columns that its tables have when it is made", to)
					return
				}
			}
		}
	},
}
