package lint

import (
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

var mg403 = Check{
	Code: "MG403", Title: "rows that are there may break a unique rule", Severity: Note,
	Breaks: "the migration fails at the first value that is there twice (23505); nothing is changed",
	When:   "rows hold the same values in those columns",
	Safe:   "look for duplicates first, and settle them in a migration before: SELECT columns, count(*) ... GROUP BY columns HAVING count(*) > 1",
	run: func(p *pass) {
		if table, name, columns := uniqueOver(p.op); table != "" && p.used(table) && !p.same(table, columns) {
			p.report("%s of %s fails when rows hold the same %s", name, table, strings.Join(columns, ", "))
		}
		if to := p.made(schema.ExclusionKind); to != nil && p.used(to.Table) && !p.back() {
			if from, _ := p.object(); from == nil {
				p.report("%s fails (23P01) when two rows exclude each other", to)
			}
		}
	},
}

// uniqueOver returns what a unique rule is over; table is "" when op is none.
func uniqueOver(op migrate.Op) (table, name string, columns []string) {
	for _, d := range laid(op) {
		if u, ok := overDefinition(d); ok {
			if name = u.name; d.PrimaryKey != nil {
				name = "the primary key"
			}
			return d.Table, name, d.UniqueOver()
		}
	}
	return "", "", nil
}

// same reports whether all rows hold the same in columns that are new in this migration: a constant default and nothing else.
func (p *pass) same(table string, columns []string) bool {
	t := p.s.Table(table)
	if t == nil || len(columns) == 0 || p.unread {
		return false
	}
	for _, name := range columns {
		c := t.Column(name)
		if c == nil || !p.added[table+"."+name] || p.filled[table+"."+name] || c.Default == nil || len(c.DefaultFor) > 0 {
			return false
		}
	}
	return true
}
