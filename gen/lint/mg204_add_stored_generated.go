package lint

import "github.com/modelgen/modelgen/runtime/schema"

var mg204 = Check{
	Code: "MG204", Title: "a new column is generated and stored", Severity: Warning,
	Breaks: "its value is computed for every row, so the table is rewritten while nobody reads or writes it",
	When:   "on PostgreSQL, on a table that others use",
	Safe:   "compute the value in a query or in the program, or keep a plain column that the program writes and a Fill computes for the old rows",
	run: func(p *pass) {
		p.written(func(c schema.Column) bool { return c.Generated != "" }, "is computed for all rows: the table is rewritten")
	},
}
