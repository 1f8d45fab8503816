package lint

var mg617 = Check{
	Code: "MG617", Title: "a domain with a constraint", Severity: Error,
	Breaks: "adding a column of it rewrites the table, and each change of the constraint looks at every table with it while nobody writes them",
	When:   "on PostgreSQL, for CREATE DOMAIN with CHECK or NOT NULL, and ALTER DOMAIN ... ADD, SET or VALIDATE; a warning where no table is there yet",
	Safe:   "put the check on the columns; where the domain is not yours to choose, say so: //modelgen:allow MG617 why",
	run: func(p *pass) {
		for _, st := range p.on("postgres") {
			_, create := st.match("CREATE DOMAIN")
			_, alter := st.match("ALTER DOMAIN * ADD|VALIDATE|SET")
			if create && (st.has("CHECK") || st.has("NOT NULL")) || alter {
				severity := p.check.Severity
				if len(p.first.Tables) == 0 {
					severity = Warning
				}
				p.reportAs(severity, p.check.Safe, "%s ties a rule to a type", st.short())
			}
		}
	},
}
