package lint

var mg609 = Check{
	Code: "MG609", Title: "a statement that belongs to maintenance", Severity: Warning,
	Breaks: "VACUUM FULL and CLUSTER rewrite the table while nobody reads it; LOCK TABLE stops others until the transaction ends",
	When:   "on PostgreSQL, in SQL written by hand",
	Safe:   "do it apart from a deploy, with pg_repack or in a maintenance window",
	run: func(p *pass) {
		for _, st := range p.on("postgres") {
			_, cluster := st.match("CLUSTER")
			_, lock := st.match("LOCK [TABLE] *")
			if _, vacuum := st.match("VACUUM"); cluster || lock || vacuum && st.has("FULL") {
				p.report("%s stops everybody who uses the table", st.short())
			}
		}
	},
}
