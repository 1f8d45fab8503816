package lint

import migrate "github.com/modelgen/modelgen/runtime"

var mg601 = Check{
	Code: "MG601", Title: "SQL by hand destroys data", Severity: Warning,
	Breaks: "rows, columns or tables are gone, and no plan says so",
	When:   "DROP TABLE, DROP COLUMN, DROP SCHEMA, DROP DATABASE, TRUNCATE, or DELETE without WHERE, of what the migration has not made",
	Safe:   "write the drop as an op, which keeps what it takes to undo it and is marked in every plan; or tell it with Schema",
	run: func(p *pass) {
		o, ok := p.op.(migrate.SQL)
		if !ok || len(o.Destroys()) > 0 {
			return
		}
		for _, st := range p.sql {
			name, drops := st.match("DROP TABLE|SCHEMA|DATABASE [IF] [EXISTS] *")
			if !drops {
				name, drops = st.match("TRUNCATE [TABLE] [ONLY] *")
			}
			if !drops && !st.has("WHERE|USING") {
				name, drops = st.match("DELETE FROM [ONLY] *")
			}
			if table, actions := st.alter(); !drops {
				for _, a := range actions {
					if column, ok := a.match("DROP [COLUMN] [IF] [EXISTS] *"); ok && !a.has("DROP CONSTRAINT|DEFAULT|NOT|IDENTITY|EXPRESSION") {
						name, drops = []string{table + "." + column[0]}, !p.added[table+"."+column[0]] && p.used(table)
					}
				}
			}
			if drops && p.used(name[0]) {
				p.report("%s destroys data of %s, and no plan says so", st.short(), name[0])
			}
		}
	},
}
