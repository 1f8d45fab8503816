package lint

import (
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

var mg414 = Check{
	Code: "MG414", Title: "rows of a new partition may be in the default partition", Severity: Warning,
	Breaks: "the migration fails at the first such row (PostgreSQL: 23514, updated partition constraint for default partition would be violated); nothing is changed",
	When:   "on PostgreSQL, when the table has a default partition, which rows that no other one took are in",
	Safe:   "look first: SELECT count(*) FROM the default partition WHERE the bounds hold; detach it, move such rows, and attach it again, in SQL before this op",
	run: func(p *pass) {
		switch p.op.(type) {
		case migrate.CreatePartition, migrate.AlterPartition:
		default:
			return
		}
		_, to := p.object()
		if to.DefaultPartition() || !p.used(to.Table) {
			return
		}
		for _, x := range objects(p.s, *to, schema.PartitionKind, to.Table) {
			if x.DefaultPartition() && p.had(x) != nil && !p.moved(x.Name) {
				p.report("%s fails when rows of it are in %s already", to.Name, x.Name)
			}
		}
	},
}

// moved reports whether SQL written by hand before the op takes rows out of a table.
func (p *pass) moved(table string) bool {
	for _, op := range values(p.in.Ops[:p.i]) {
		if sql, ok := op.(migrate.SQL); ok {
			for _, up := range sql.Up {
				for _, st := range split(up, 0) {
					for _, pattern := range []string{"DELETE FROM [ONLY]", "TRUNCATE [TABLE] [ONLY]", "DETACH PARTITION", "MERGE INTO"} {
						if st.has(pattern) && st.names(table) {
							return true
						}
					}
				}
			}
		}
	}
	return false
}

// names reports whether the statement names a thing.
func (s statement) names(what string) bool {
	for i := range s.toks {
		if name, end := s.name(i); end > i && strings.EqualFold(name, what) {
			return true
		}
	}
	return false
}
