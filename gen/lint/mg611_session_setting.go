package lint

import "slices"

var mg611 = Check{
	Code: "MG611", Title: "SQL by hand changes the session", Severity: Warning,
	Breaks: "a setting outlives the statement: search_path changes what later migrations touch, lock_timeout switches off what keeps others from waiting",
	When:   "SET without LOCAL, or set_config with false, in SQL written by hand; on SQLite a PRAGMA that is written",
	Safe:   "write SET LOCAL, which ends with the transaction; put the schema before the name instead of changing search_path",
	run: func(p *pass) {
		for _, st := range p.on("postgres") {
			if _, set := st.match("SET"); !set {
				continue
			}
			_, local := st.match("SET LOCAL|CONSTRAINTS|TRANSACTION")
			if timeout := st.has("LOCK_TIMEOUT|STATEMENT_TIMEOUT"); !local || timeout {
				p.report("%s changes the session of the runner", st.short())
			}
		}
		for _, st := range p.on("sqlite") {
			if _, pragma := st.match("PRAGMA"); pragma && slices.ContainsFunc(st.toks, func(t tok) bool { return t.text == "=" }) {
				p.report("%s changes the connection of the runner", st.short())
			}
		}
	},
}
