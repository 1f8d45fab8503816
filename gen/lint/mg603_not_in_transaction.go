package lint

import migrate "github.com/modelgen/modelgen/runtime"

var mg603 = Check{
	Code: "MG603", Title: "a statement cannot run in a transaction", Severity: Error,
	Breaks: "the migration fails (25001)",
	When:   "on PostgreSQL, without NoTx: CONCURRENTLY, VACUUM, CREATE and DROP DATABASE or TABLESPACE, ALTER SYSTEM; on SQLite VACUUM",
	Safe:   "put it into an op of its own with NoTx: true; an index is better made with CreateIndex, which does it by itself",
	run: func(p *pass) {
		o, ok := p.op.(migrate.SQL)
		if !ok || o.NoTx {
			return
		}
		for _, st := range p.on("postgres") {
			if outside(st) {
				p.report("%s cannot run in a transaction", st.short())
			}
		}
		for _, st := range p.on("sqlite") {
			if _, vacuum := st.match("VACUUM"); vacuum {
				p.report("%s cannot run in a transaction", st.short())
			}
		}
	},
}

// outside reports whether PostgreSQL refuses the statement inside a transaction.
func outside(st statement) bool {
	for _, pattern := range []string{
		"CREATE [UNIQUE] INDEX CONCURRENTLY", "DROP INDEX CONCURRENTLY", "REINDEX ... CONCURRENTLY", "VACUUM", "ALTER SYSTEM",
		"CREATE|DROP DATABASE|TABLESPACE", "REINDEX DATABASE|SYSTEM", "ALTER TABLE * DETACH PARTITION * CONCURRENTLY",
	} {
		if _, ok := st.match(pattern); ok {
			return true
		}
	}
	return false
}
