package lint

import (
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
)

var mg319 = Check{
	Code: "MG319", Title: "SELECT * gives other columns", Severity: Note,
	Breaks: "on PostgreSQL a SELECT * that was prepared before fails: cached plan must not change result type (0A000), with database/sql for as long as the statement lives; " +
		"scanning by position finds another number of columns, and so does INSERT without a list of columns",
	When: "columns come or go, once for each table, if a program does not name the columns that it reads or writes",
	Safe: "name the columns in SELECT, RETURNING and INSERT; else restart the programs that prepare statements right after the migration",
	run: func(p *pass) {
		table, column := columnsChange(p.op)
		if table == "" || !p.used(table) || p.added[table+"."+column] {
			return
		}
		for _, o := range p.in.Ops[:p.i] {
			if before, _ := columnsChange(o.Value); before == table {
				return // it has been said
			}
		}
		p.report("SELECT * of %s gives other columns than the previous release knows", table)
	},
}

// columnsChange returns the table to which the op adds a column, or from which it takes one.
func columnsChange(op migrate.Op) (table, column string) {
	switch op.(type) {
	case nil, migrate.CreateTable:
		return "", ""
	}
	e := op.Effects()
	for _, o := range slices.Concat(e.Makes, e.Removes) {
		if o.Kind == migrate.TableObject || e.Unknown {
			return "", ""
		}
		if o.Kind == migrate.ColumnObject {
			table, column = o.Table, o.Name
		}
	}
	return table, column
}
