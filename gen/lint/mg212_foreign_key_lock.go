package lint

import (
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
)

var mg212 = Check{
	Code: "MG212", Title: "a new table refers to one in use", Severity: Note,
	Breaks: "writes of the other table wait while its lock is waited for and until the transaction ends",
	When:   "on PostgreSQL, when the foreign key is made with the table, in one transaction with more",
	Safe:   "add the foreign key to the empty table in an op of its own, last in the migration",
	run: func(p *pass) {
		o, ok := p.op.(migrate.CreateTable)
		if !ok || p.hand {
			return
		}
		for _, st := range p.own() {
			if strong(st.Lock) && len(st.Tables) > 0 {
				p.report("the foreign keys of %s take %s on %s (%s)", o.Table, st.Lock, strings.Join(st.Tables, " and "), st.target)
			}
		}
	},
}
