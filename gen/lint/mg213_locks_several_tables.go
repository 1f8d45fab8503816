package lint

import (
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
)

var mg213 = Check{
	Code: "MG213", Title: "one transaction locks several tables, one after the other", Severity: Warning,
	Breaks: "the first is locked while the second is waited for, and a program that takes them the other way round ends in a deadlock",
	When:   "on PostgreSQL, for tables in use; names that are swapped need it",
	Safe:   "put the changes of each table into a migration of its own",
	run: func(p *pass) {
		for i, st := range p.stages {
			if st.op != p.i || p.hand || !strong(st.Lock) {
				continue
			}
			held := p.held(i)
			for _, t := range st.Tables {
				if _, renames := p.op.(migrate.RenameTable); len(held) > 0 && !slices.Contains(held, t) && !renames {
					p.report("%s is locked while the lock on %s is still held, in one transaction (%s)", t, strings.Join(held, " and "), st.target)
					return
				}
			}
		}
	},
}

// held returns the tables that stages before stage i have locked in its transaction.
func (p *pass) held(i int) []string {
	var tables []string
	for j := i - 1; j >= 0 && p.stages[j].tx == p.stages[i].tx && p.stages[j].target.String() == p.stages[i].target.String(); j-- {
		for _, t := range p.stages[j].Tables {
			if strong(p.stages[j].Lock) && !slices.Contains(tables, t) {
				tables = append(tables, t)
			}
		}
	}
	return tables
}
