package lint

import (
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

var mg316 = Check{
	Code: "MG316", Title: "a unique rule goes that the previous release may name in ON CONFLICT", Severity: Warning,
	Breaks: "its INSERT ... ON CONFLICT (columns) finds no rule over those columns any more (PostgreSQL: 42P10), nor does ON CONFLICT ON CONSTRAINT find the name (42704)",
	When:   "as long as the previous release runs beside the new one during a rolling deploy, if it writes such statements; a note when the migration makes such a rule again, as it is so in between",
	Safe:   "release a binary first whose statements do not name it, and drop it in the release after it; to change a rule, add the new one before the old one goes",
	run: func(p *pass) {
		gone, ok := p.uniqueGone()
		t := p.s.Table(gone.table)
		if !ok || t == nil || !p.used(gone.table) {
			return
		}
		for _, part := range gone.parts { // when a column comes or goes with it that is no news, or MG301 says it
			columns := []string{part}
			if t.Column(part) == nil {
				columns = columnsOf(t, part)
			}
			for _, c := range columns {
				if p.added[gone.table+"."+c] || p.contracted[gone.table+"."+c] || p.droppedLater(gone.table, c) {
					return
				}
			}
		}
		over := strings.Join(gone.parts, ", ")
		switch {
		case slices.ContainsFunc(uniquesOf(t), func(u uniqueRule) bool { return u.name != gone.name && u.serves(gone) }):
		case slices.ContainsFunc(p.later(), func(op migrate.Op) bool { return makesUnique(op, gone) }):
			p.reportAs(Note, p.check.Safe, "the previous release may name %s of %s in ON CONFLICT, which fails until there is a unique rule over it again", over, gone.table)
		default:
			p.report("the previous release may name %s of %s in ON CONFLICT, which fails without %s", over, gone.table, gone.name)
		}
	},
}

// uniqueRule is what ON CONFLICT can name.
type uniqueRule struct {
	table, name string
	parts       []string // columns, and expressions in parentheses, sorted
	where       string
}

func overColumns(table, name string, columns []string) uniqueRule {
	return uniqueRule{table, name, slices.Sorted(slices.Values(columns)), ""}
}

func overIndex(table string, x schema.Index) uniqueRule {
	u := uniqueRule{table: table, name: x.Name, where: x.Where}
	for _, part := range x.Parts {
		if part.Expr != "" {
			u.parts = append(u.parts, "("+part.Expr+")")
		} else {
			u.parts = append(u.parts, part.Column)
		}
	}
	slices.Sort(u.parts)
	return u
}

// serves reports whether a statement that was written for the other rule finds this one.
func (u uniqueRule) serves(o uniqueRule) bool {
	return u.table == o.table && slices.Equal(u.parts, o.parts) && (u.where == "" || u.where == o.where)
}

// overDefinition returns the unique rule that a definition is.
func overDefinition(d migrate.Definition) (uniqueRule, bool) {
	switch {
	case d.Unique != nil:
		return overColumns(d.Table, d.Unique.Name, d.Unique.Columns), true
	case d.PrimaryKey != nil:
		return overColumns(d.Table, d.PrimaryKey.Name, d.PrimaryKey.Columns), true
	case d.Index != nil:
		return overIndex(d.Table, *d.Index), d.Index.Unique
	}
	return uniqueRule{}, false
}

// uniqueGone returns the unique rule that the op takes away from a table that stays.
func (p *pass) uniqueGone() (uniqueRule, bool) {
	e := p.effects()
	for _, d := range e.Old {
		if u, ok := overDefinition(d); ok && !e.Unknown && !slices.Contains(e.Removes, migrate.Object{Kind: migrate.TableObject, Name: d.Table}) {
			return u, true
		}
	}
	return uniqueRule{}, false
}

// makesUnique reports whether an op makes a rule that serves in the place of another one.
func makesUnique(op migrate.Op, gone uniqueRule) bool {
	return slices.ContainsFunc(laid(op), func(d migrate.Definition) bool {
		u, ok := overDefinition(d)
		return ok && u.serves(gone)
	})
}

func uniquesOf(t *schema.Table) []uniqueRule {
	var all []uniqueRule
	if t.PrimaryKey != nil {
		all = append(all, overColumns(t.Name, t.PrimaryKey.Name, t.PrimaryKey.Columns))
	}
	for _, u := range t.Uniques {
		all = append(all, overColumns(t.Name, u.Name, u.Columns))
	}
	for _, x := range t.Indexes {
		if x.Unique {
			all = append(all, overIndex(t.Name, x))
		}
	}
	return all
}
