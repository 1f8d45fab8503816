package lint

var mg602 = Check{
	Code: "MG602", Title: "CASCADE takes what nobody named", Severity: Error,
	Breaks: "DROP ... CASCADE drops views, keys, columns and tables that depend on it; TRUNCATE ... CASCADE empties every table that refers to it",
	When:   "in SQL written by hand",
	Safe:   "name everything that is to go, each in a statement of its own",
	run: func(p *pass) {
		for _, st := range p.sql {
			table, actions := st.alter()
			hit := (st.has("DROP ... CASCADE") && table == "" && !st.has("CREATE")) || st.has("TRUNCATE ... CASCADE")
			for _, a := range actions {
				_, drops := a.match("DROP ... CASCADE")
				hit = hit || drops
			}
			if hit && (st.toks[0].text == "DROP" || st.toks[0].text == "TRUNCATE" || table != "") {
				p.report("%s ... CASCADE takes along what it does not name", st.short())
			}
		}
	},
}
