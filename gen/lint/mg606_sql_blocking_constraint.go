package lint

var mg606 = Check{
	Code: "MG606", Title: "SQL by hand checks or builds a constraint under a lock", Severity: Warning,
	Breaks: "all rows are looked at, or an index is built, while others wait",
	When:   "on PostgreSQL, on a table that others use: ADD FOREIGN KEY or CHECK without NOT VALID, ADD UNIQUE or PRIMARY KEY without USING INDEX",
	Safe:   "use AddForeignKey, AddCheck, AddUnique and AddPrimaryKey, which do it in steps",
	run: func(p *pass) {
		for _, st := range p.on("postgres") {
			table, actions := st.alter()
			for _, a := range actions {
				if _, adds := a.match("ADD CONSTRAINT|FOREIGN|CHECK|UNIQUE|PRIMARY"); !adds || excludes(a) || !p.used(table) {
					continue
				}
				checked := (a.has("FOREIGN KEY") || a.has("CHECK (")) && !a.has("NOT VALID")
				built := (a.has("UNIQUE") || a.has("PRIMARY KEY")) && !a.has("USING INDEX") && !a.has("FOREIGN KEY") && !a.has("CHECK (")
				if checked || built {
					p.report("%s ... %s looks at all rows of %s under a lock", st.short(), a.short(), table)
				}
			}
		}
	},
}
