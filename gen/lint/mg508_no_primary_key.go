package lint

import (
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
)

var mg508 = Check{
	Code: "MG508", Title: "a table without primary key", Severity: Note,
	Breaks: "no row can be told from another: batches, logical replication and most tools need a key",
	When:   "a table is made without one, or loses it",
	Safe:   "call a field ID, or write pk into the tag of a column",
	run: func(p *pass) {
		table := ""
		switch o := p.op.(type) {
		case migrate.CreateTable:
			if len(o.PrimaryKey.Columns) == 0 {
				table = o.Table
			}
		case migrate.DropPrimaryKey:
			table = o.Table
		}
		back := table != "" && slices.ContainsFunc(p.later(), func(op migrate.Op) bool {
			a, ok := op.(migrate.AddPrimaryKey)
			d, gone := op.(migrate.DropTable)
			return ok && a.Table == table || gone && d.Table == table
		})
		if table != "" && !back {
			p.report("%s has no primary key", table)
		}
	},
}
