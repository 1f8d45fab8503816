package lint

var mg614 = Check{
	Code: "MG614", Title: "IF NOT EXISTS takes an invalid index for a good one", Severity: Warning,
	Breaks: "a concurrent build that failed leaves an invalid index; the next run says that all is well, and no query uses it",
	When:   "on PostgreSQL, for CREATE INDEX CONCURRENTLY IF NOT EXISTS",
	Safe:   "use CreateIndex, which looks at what is there; or drop the index before, with DROP INDEX CONCURRENTLY IF EXISTS",
	run: func(p *pass) {
		for _, st := range p.on("postgres") {
			if _, ok := st.match("CREATE [UNIQUE] INDEX CONCURRENTLY IF NOT EXISTS"); ok {
				p.report("%s is satisfied with an invalid index", st.short())
			}
		}
	},
}
