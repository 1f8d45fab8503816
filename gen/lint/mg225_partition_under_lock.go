package lint

import migrate "github.com/modelgen/modelgen/runtime"

var mg225 = Check{
	Code: "MG225", Title: "a table becomes partitioned, or plain again, and its rows are read under the lock", Severity: Warning,
	Breaks: "nobody reads or writes the table while all its rows are compared with the bounds of the partition that they are in, or those of other partitions are moved",
	When:   "on PostgreSQL, for PartitionTable without Check on a table in use, and for UnpartitionTable",
	Safe:   "let generate write the op, which adds a check before and validates it while others read and write; make a table plain again when few rows are in its other partitions",
	run: func(p *pass) {
		what := ""
		switch o := p.op.(type) {
		case migrate.PartitionTable:
			what = "all rows of " + o.Table + " are read"
		case migrate.UnpartitionTable:
			what = "the rows in other partitions of " + o.Table + " are moved"
		}
		if what == "" {
			return
		}
		for _, st := range p.locked() {
			p.reportLock(st, what)
		}
	},
}
