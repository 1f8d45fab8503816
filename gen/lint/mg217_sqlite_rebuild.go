package lint

import "strings"

var mg217 = Check{
	Code: "MG217", Title: "SQLite rewrites the table", Severity: Note,
	Breaks: "nobody writes the database until all rows are written; the file needs room for both",
	When:   "on SQLite, for what its ALTER TABLE cannot do, and for DROP COLUMN",
	Safe:   "do it when nobody needs to write; several changes of a table in one migration share one rebuild",
	run: func(p *pass) {
		for _, st := range p.own() {
			if !p.hand && st.target.Dialect.LocksDatabase && st.Rewrites && len(st.Tables) > 0 && p.used(st.Tables[0]) {
				p.report("all rows of %s are rewritten (%s)", strings.Join(st.Tables, " and "), st.target)
				return
			}
		}
	},
}
