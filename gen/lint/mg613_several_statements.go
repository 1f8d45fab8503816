package lint

import "slices"

var mg613 = Check{
	Code: "MG613", Title: "several statements in one string", Severity: Warning,
	Breaks: "drivers that prepare statements refuse them (42601); with NoTx they are one transaction after all",
	When:   "a string of migrate.SQL has a second statement behind a semicolon",
	Safe:   "write each statement as a string of its own",
	run: func(p *pass) {
		for i, st := range p.sql {
			if i > 0 && p.sql[i-1].at == st.at && (i < 2 || p.sql[i-2].at != st.at) && !p.trigger(st.at) {
				p.report("%s is the second statement of a string", st.short())
			}
		}
	},
}

// trigger reports whether a string makes a trigger of SQLite, which has statements in it.
func (p *pass) trigger(at int) bool {
	return slices.ContainsFunc(p.sql, func(s statement) bool {
		_, ok := s.match("CREATE [TEMP|TEMPORARY] TRIGGER ... BEGIN")
		return ok && s.at == at
	})
}
