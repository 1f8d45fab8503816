package lint

import "strings"

var mg404 = Check{
	Code: "MG404", Title: "all rows hold the same in a column that becomes unique", Severity: Error,
	Breaks: "the migration fails (23505)",
	When:   "the table has two rows: each has the constant default of the column, which is new",
	Safe:   "add the column nullable, fill it with a value of each row's own, and make it unique then",
	run: func(p *pass) {
		if table, name, columns := uniqueOver(p.op); table != "" && p.used(table) && p.same(table, columns) {
			p.report("%s of %s fails with two rows: each has the default of %s", name, table, strings.Join(columns, ", "))
		}
	},
}
