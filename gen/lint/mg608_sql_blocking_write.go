package lint

var mg608 = Check{
	Code: "MG608", Title: "SQL by hand writes or reads a whole table under a lock", Severity: Warning,
	Breaks: "nobody reads or writes the table while all rows are written or looked at",
	When: "on PostgreSQL: ALTER COLUMN TYPE, SET NOT NULL, ADD COLUMN with a serial type, a stored or identity value, or a " +
		"random default, SET LOGGED, UNLOGGED or TABLESPACE",
	Safe: "use AlterColumn and AddColumn, which say in the plan what they lock, and take the form that does not where there is one",
	run: func(p *pass) {
		for _, st := range p.on("postgres") {
			table, actions := st.alter()
			for _, a := range actions {
				if p.used(table) && heavy(a) {
					p.report("%s ... %s works on all rows of %s under ACCESS EXCLUSIVE", st.short(), a.short(), table)
				}
			}
		}
	},
}

func heavy(a statement) bool {
	for _, pattern := range []string{"ALTER [COLUMN] * [SET] [DATA] TYPE", "ALTER [COLUMN] * SET NOT NULL", "SET LOGGED|UNLOGGED|TABLESPACE"} {
		if _, ok := a.match(pattern); ok {
			return true
		}
	}
	if _, adds := a.match("ADD [COLUMN] [IF] [NOT] [EXISTS] *"); !adds {
		return false
	}
	if _, constraint := a.match("ADD CONSTRAINT|FOREIGN|CHECK|UNIQUE|PRIMARY|EXCLUDE"); constraint {
		return false
	}
	return a.has("SERIAL|BIGSERIAL|SMALLSERIAL") || a.has("AS IDENTITY") || a.has("STORED") ||
		a.has("DEFAULT ... GEN_RANDOM_UUID|UUID_GENERATE_V4|UUIDV7|CLOCK_TIMESTAMP|RANDOM|NEXTVAL")
}
