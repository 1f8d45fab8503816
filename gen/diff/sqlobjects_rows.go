package diff

import (
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// What refuses rows or does something with them, as a trigger, is no more there when the rows of its table change if it goes in the same migration, and not yet if it comes; and so
// it is on the way back.

// rowsOf are the places of the first and the last op that changes rows of a table, or says what they were; -1 where none does.
func (d *differ) rowsOf(tables ...string) (first, last int) {
	first, last = -1, -1
	for i, op := range d.ops {
		table := ""
		switch o := op.(type) {
		case migrate.Rows:
			table = o.Table
		case migrate.Fill:
			table = o.Table
		}
		if table == "" || !slices.Contains(tables, table) {
			continue
		}
		if last = i; first < 0 {
			first = i
		}
	}
	return first, last
}

// besideRows puts what guards rows before and behind the ops that change them.
func (d *differ) besideRows(all pieces, changes []*change, drops, makes map[*change]int) {
	for _, c := range changes {
		var first, last int
		switch kind := c.kind(); {
		case kind == schema.DomainKind && (c.how == createObject || c.how == dropObject):
			continue // whose columns come and go
		case kind == schema.DomainKind:
			if first, last = d.rowsOf(d.tablesWith(c)...); makes[c] >= 0 && c.how == replaceObject && addsChecks(c.at, c.new) {
				all.edge(last, makes[c], true)
			} else if c.how == replaceObject {
				all.edge(makes[c], first, true)
			}
			continue
		case kind == schema.TriggerKind || kind == schema.RuleKind || kind == schema.ExclusionKind:
		default:
			continue
		}
		var tables []string
		if c.old != nil {
			tables = append(tables, c.old.Table, c.at.Table)
		}
		if c.new != nil {
			tables = append(tables, c.new.Table)
		}
		first, last = d.rowsOf(tables...)
		changed := c.how == recreateObject && c.kind() == schema.ExclusionKind && !c.at.Equal(*c.new)
		if c.how == dropObject || changed {
			all.edge(drops[c], first, true)
		}
		if c.how == createObject || changed {
			all.edge(last, makes[c], true)
		}
	}
}

func (c *change) kind() schema.ObjectKind {
	if c.new != nil {
		return c.new.Kind
	}
	return c.old.Kind
}

// tablesWith returns the tables that have a column of the domain.
func (d *differ) tablesWith(c *change) (all []string) {
	for _, t := range d.new.Tables {
		if slices.ContainsFunc(t.Columns, func(column schema.Column) bool { return typeWord(column, c.new) }) {
			all = append(all, t.Name, d.pair2old[t.Name])
		}
	}
	return all
}

// addsChecks reports whether a domain has a check that it had not, by its name: one that has another text is taken for one that allows more.
func addsChecks(from, to *schema.SQLObject) bool {
	was, ok := from.Clauses()
	is, known := to.Clauses()
	return !ok || !known || slices.ContainsFunc(is, func(c schema.Clause) bool {
		_, had := schema.ClauseOf(was, c.Name, c.Of)
		return (c.Name == "CHECK" || c.Name == "NOT NULL") && !had
	})
}
