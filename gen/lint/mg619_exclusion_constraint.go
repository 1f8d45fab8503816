package lint

import (
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
)

var mg619 = Check{
	Code: "MG619", Title: "an exclusion constraint is built under a lock", Severity: Error,
	Breaks: "its index is built while nobody reads or writes the table, and no form of it is built beside others: it knows neither NOT VALID nor USING INDEX",
	When:   "on PostgreSQL, on a table that others use",
	Safe: "make a new table with the constraint, let the program write both, fill it, and drop the old one later; " +
		"on a small table say so: //modelgen:allow MG619 why",
	run: func(p *pass) {
		if o, ok := p.op.(migrate.AddExclusion); ok {
			for _, st := range p.locked() {
				p.report("%s looks at all rows of %s under %s (%s)", o.Name, strings.Join(st.Tables, " and "), st.Lock, st.target)
			}
		}
		for _, st := range p.on("postgres") {
			table, actions := st.alter()
			for _, a := range actions {
				if excludes(a) && p.used(table) {
					p.report("%s ... %s looks at all rows of %s under ACCESS EXCLUSIVE", st.short(), a.short(), table)
				}
			}
		}
	},
}

// excludes reports whether an action of ALTER TABLE adds an exclusion constraint.
func excludes(a statement) bool {
	_, alone := a.match("ADD EXCLUDE")
	_, named := a.match("ADD CONSTRAINT * EXCLUDE")
	return alone || named
}
