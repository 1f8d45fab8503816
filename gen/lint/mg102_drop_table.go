package lint

import (
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

var mg102 = Check{
	Code: "MG102", Title: "a table is dropped with its rows", Severity: Warning,
	Breaks: "the rows are gone; undoing the migration brings the empty table back",
	When:   "the table, the partition or the virtual table is not made in the same migration",
	Safe:   "rename it out of the way first, drop it in a later migration; a backup is the only way back",
	run: func(p *pass) {
		if o, ok := p.op.(migrate.DropTable); ok && p.used(o.Table) {
			p.report("%s goes with its rows", o.Table)
		}
		if o, ok := p.op.(migrate.DropPartition); ok && o.Detached {
			return // its rows stay, in a table of its own
		}
		if from, to := p.object(); to == nil && from != nil && (from.Kind == schema.PartitionKind || from.Kind == schema.VirtualTableKind) && p.had(*from) != nil {
			p.report("%s goes with its rows", from)
		}
	},
}
