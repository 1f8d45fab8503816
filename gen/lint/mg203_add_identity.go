package lint

import "github.com/modelgen/modelgen/runtime/schema"

var mg203 = Check{
	Code: "MG203", Title: "a new column is numbered by the database", Severity: Warning,
	Breaks: "every row gets its number, so the table is rewritten while nobody reads or writes it",
	When:   "on PostgreSQL, for an identity column on a table that others use and that has no primary key; with one the rows get theirs in batches",
	Safe:   "give the table a primary key; or add a nullable bigint, fill it in batches, make it NOT NULL and unique, and make it an identity last",
	run: func(p *pass) {
		p.written(func(c schema.Column) bool { return c.Identity }, "numbers all rows: the table is rewritten")
	},
}
