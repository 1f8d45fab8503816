package lint

import (
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

var mg213 = Check{
	Code: "MG213", Title: "one transaction locks several tables, one after the other", Severity: Warning,
	Breaks: "the first is locked while the second is waited for, and a program that takes them the other way round ends in a deadlock",
	When:   "on PostgreSQL, for tables in use; names that are swapped need it",
	Safe:   "put the changes of each table into a migration of its own",
	run: func(p *pass) {
		for i, st := range p.own() {
			if p.hand || !strong(st.Lock) {
				continue
			}
			held := p.held(i)
			for _, t := range st.Tables {
				if _, renames := p.op.(migrate.RenameTable); len(held) > 0 && !slices.Contains(held, t) && !renames && !p.isView(t) {
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
			if strong(p.stages[j].Lock) && !slices.Contains(tables, t) && !p.isView(t) {
				tables = append(tables, t)
			}
		}
	}
	return tables
}

// isView reports whether a name that is locked is that of a view: one goes out of the way of its table, and comes back with it, in one transaction on purpose.
func (p *pass) isView(name string) bool {
	is := func(o schema.SQLObject) bool {
		return (o.Kind == schema.ViewKind || o.Kind == schema.MaterializedViewKind) && o.Name == name
	}
	return slices.ContainsFunc(p.first.SQLObjects, is) || slices.ContainsFunc(p.after().SQLObjects, is)
}
