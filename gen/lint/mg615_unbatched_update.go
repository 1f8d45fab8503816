package lint

var mg615 = Check{
	Code: "MG615", Title: "all rows are changed in one transaction", Severity: Warning,
	Breaks: "the rows stay locked until the end, the table grows by a copy of each, and vacuum waits",
	When:   "UPDATE without WHERE, in SQL written by hand, of a table that others use",
	Safe:   "use Fill, which goes in batches and resumes",
	run: func(p *pass) {
		for _, st := range p.sql {
			if table, ok := st.match("UPDATE [ONLY] * SET"); ok && p.used(table[0]) && !st.has("WHERE") {
				p.report("%s ... changes all rows of %s in one transaction", st.short(), table[0])
			}
		}
	},
}
