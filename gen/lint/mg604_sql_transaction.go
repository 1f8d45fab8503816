package lint

var mg604 = Check{
	Code: "MG604", Title: "SQL by hand begins or ends a transaction", Severity: Error,
	Breaks: "a migration shares its transaction with its row in the history; up refuses the statement",
	When:   "BEGIN, START TRANSACTION, COMMIT, END, ABORT, ROLLBACK or PREPARE TRANSACTION in SQL written by hand",
	Safe:   "take it out: the runner begins and commits; NoTx runs each statement outside of any transaction",
	run: func(p *pass) {
		for _, st := range p.sql {
			if controls(st) {
				p.report("%s: the runner begins and ends transactions by itself", st.short())
			}
		}
	},
}

func controls(st statement) bool {
	for _, pattern := range []string{"BEGIN", "START TRANSACTION", "COMMIT", "END", "ABORT", "PREPARE TRANSACTION"} {
		if _, ok := st.match(pattern); ok {
			return true
		}
	}
	_, back := st.match("ROLLBACK")
	return back && !st.has("TO")
}
