package lint

import (
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
)

var mg214 = Check{
	Code: "MG214", Title: "rows are changed while a table is locked", Severity: Warning,
	Breaks: "the lock of an op before is held until the rows are done, for all that time others wait",
	When:   "on PostgreSQL, when both are in one transaction",
	Safe:   "put the change of the rows into a migration of its own",
	run: func(p *pass) {
		for i, st := range p.own() {
			if p.hand || st.NoTx || !p.changesRows(st) {
				continue
			}
			if held := p.held(i); len(held) > 0 {
				p.report("it runs while %s is locked by an op before, in one transaction (%s)", strings.Join(held, " and "), st.target)
			}
		}
	},
}

// changesRows reports whether a stage is one that may take long for its rows.
func (p *pass) changesRows(st planned) bool {
	switch p.op.(type) {
	case migrate.Go:
		return true
	case migrate.SQL:
		return slices.ContainsFunc(p.sql, func(s statement) bool {
			return !s.has("CREATE|REPLACE") && (s.has("UPDATE * SET") || s.has("UPDATE ONLY * SET") || s.has("DELETE FROM") || s.has("INSERT INTO ... SELECT"))
		})
	}
	return st.Scans && !strong(st.Lock) && st.Lock != "SHARE UPDATE EXCLUSIVE"
}
