package lint

import (
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
)

var mg222 = Check{
	Code: "MG222", Title: "a new partition has the default partition read", Severity: Warning,
	Breaks: "the server looks through all rows of the default partition for those of the new one, while nobody reads or writes it: then nothing that the other partitions do not take can be inserted",
	When:   "on PostgreSQL, when a table in use has a default partition without a validated check that excludes the new range",
	Safe:   "make partitions before rows for them arrive, and keep the default partition empty, or have none; else add a check such as NOT (k >= 30 AND k < 40) to it first, and validate it",
	run: func(p *pass) {
		switch p.op.(type) {
		case migrate.CreatePartition, migrate.AlterPartition:
		default:
			return
		}
		for _, st := range p.locked() {
			p.reportLock(st, "all rows of "+strings.Join(st.Tables, " and ")+" are read")
		}
	},
}
