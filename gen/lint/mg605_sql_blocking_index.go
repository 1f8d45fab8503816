package lint

var mg605 = Check{
	Code: "MG605", Title: "SQL by hand builds or drops an index under a lock", Severity: Warning,
	Breaks: "nobody writes the table until it is done, with DROP INDEX, REINDEX, DETACH and REFRESH nobody reads it either",
	When:   "on PostgreSQL, on a table that others use: CREATE INDEX, DROP INDEX, REINDEX, DETACH PARTITION or REFRESH MATERIALIZED VIEW without CONCURRENTLY",
	Safe:   "use CreateIndex and DropIndex, or CONCURRENTLY in an op with NoTx: true",
	run: func(p *pass) {
		for _, st := range p.onThose(concurrentIndexes) {
			if st.has("CONCURRENTLY") {
				continue
			}
			table, ok := st.match("CREATE [UNIQUE] INDEX ... ON [ONLY] *")
			hit := ok && p.used(table[0])
			for _, pattern := range []string{"DROP INDEX", "REINDEX INDEX|TABLE|SCHEMA", "REFRESH MATERIALIZED VIEW", "ALTER TABLE * DETACH PARTITION"} {
				_, ok := st.match(pattern)
				hit = hit || ok
			}
			if hit {
				p.report("%s locks its table for as long as it takes", st.short())
			}
		}
	},
}
