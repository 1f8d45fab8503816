package diff

import (
	"fmt"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// readyRows takes the changes that nothing has to come before, in the order in which one op does them.
func readyRows(all []*rowChange) (batch []*rowChange) {
	for kind := deleteRow; kind <= releaseRow; kind++ {
		for found := true; found; {
			found = false
			for _, c := range all {
				if c.kind == kind && !c.done && !slices.ContainsFunc(c.after, func(b *rowChange) bool { return !b.done }) {
					c.done, found = true, true
					batch = append(batch, c)
				}
			}
		}
	}
	return batch
}

// linkRows says which changes have to come after which: a row after those that it refers to, one that goes after those that refer to it, and one with
// a value that must be unique after the one that had it. With only what is there by now, what comes later does not count.
func (d *differ) linkRows(tables []string, all map[string][]*rowChange, now bool) {
	place := func(table string, columns []string, r schema.Row) string {
		if r == nil {
			return ""
		}
		var key strings.Builder
		key.WriteString(table)
		for _, c := range columns {
			v := r[c]
			if v == nil {
				return "" // NULL refers to nothing, and is not the same as another one
			}
			key.WriteString(fmt.Sprintf(" %s=%q", c, *v))
		}
		return key.String()
	}
	type index map[string][]*rowChange
	of := func(table string, columns []string, row func(*rowChange) schema.Row) index {
		x := index{}
		for _, c := range all[table] {
			if p := place(table, columns, row(c)); p != "" && c.kind != releaseRow {
				x[p] = append(x[p], c)
			}
		}
		return x
	}
	was, is := func(c *rowChange) schema.Row { return c.old }, func(c *rowChange) schema.Row { return c.new }
	for _, name := range tables {
		for _, fk := range d.foreignKeysOf(name, now) {
			if len(all[fk.RefTable]) == 0 {
				continue
			}
			comes, goes := of(fk.RefTable, fk.RefColumns, is), of(fk.RefTable, fk.RefColumns, was)
			for _, c := range all[name] {
				if p := placeOf(fk, place, c.new); p != "" {
					for _, parent := range comes[p] {
						if parent != c && placeIn(fk, place, parent.old) != p {
							c.after = append(c.after, parent)
						}
					}
				}
				if p := placeOf(fk, place, c.old); p != "" && c.kind != releaseRow && placeOf(fk, place, c.new) != p {
					for _, parent := range goes[p] {
						if parent != c && placeIn(fk, place, parent.new) != p {
							parent.after = append(parent.after, c)
						}
					}
				}
			}
		}
		both := []*schema.Table{d.new.Table(name), d.cur.Table(name)}
		if now {
			both = both[1:]
		}
		for _, columns := range uniqueColumns(both...) {
			had := of(name, columns, func(c *rowChange) schema.Row { return d.stillHas(c, columns) })
			for _, c := range all[name] {
				p := place(name, columns, c.new)
				if p == "" || place(name, columns, d.stillHas(c, columns)) == p {
					continue
				}
				for _, other := range had[p] {
					if other != c && place(name, columns, other.new) != p {
						c.after = append(c.after, other)
					}
				}
			}
		}
	}
}

// stillHas returns what a row has in columns before it changes: where a type has changed, what the database has cast.
func (d *differ) stillHas(c *rowChange, columns []string) schema.Row {
	if c.old == nil {
		return nil
	}
	r := schema.Row{}
	for _, column := range columns {
		v, ok := c.old[column]
		if !ok {
			v = d.forgotten[[3]string{c.table, d.cur.Table(c.table).Rows.Name(c.old), column}]
		}
		r[column] = v
	}
	return r
}

// placeOf returns what the row of a table refers to by a foreign key, as place calls it.
func placeOf(fk schema.ForeignKey, place func(string, []string, schema.Row) string, r schema.Row) string {
	if r == nil {
		return ""
	}
	to := schema.Row{}
	for i, c := range fk.Columns {
		to[fk.RefColumns[i]] = r[c]
	}
	return place(fk.RefTable, fk.RefColumns, to)
}

// placeIn returns what a row that others refer to is called.
func placeIn(fk schema.ForeignKey, place func(string, []string, schema.Row) string, r schema.Row) string {
	return place(fk.RefTable, fk.RefColumns, r)
}

// foreignKeysOf returns the foreign keys that a table has now or, unless only these count, will have.
func (d *differ) foreignKeysOf(table string, now bool) (all []schema.ForeignKey) {
	if !now {
		all = slices.Clone(d.new.Table(table).ForeignKeys)
	}
	for _, fk := range d.cur.Table(table).ForeignKeys {
		if len(fk.RefColumns) == len(fk.Columns) {
			all = append(all, fk)
		}
	}
	return slices.DeleteFunc(all, func(fk schema.ForeignKey) bool { return len(fk.RefColumns) != len(fk.Columns) })
}

// uniqueColumns returns what is unique in the tables.
func uniqueColumns(tables ...*schema.Table) (all [][]string) {
	seen := map[string]bool{}
	add := func(columns []string) {
		if key := strings.Join(slices.Sorted(slices.Values(columns)), " "); !seen[key] {
			seen[key] = true
			all = append(all, columns)
		}
	}
	for _, t := range tables {
		if t.PrimaryKey != nil {
			add(t.PrimaryKey.Columns)
		}
		for _, u := range t.Uniques {
			add(u.Columns)
		}
		for _, x := range t.Indexes {
			if x.Unique && x.Where == "" && len(x.Columns()) == len(x.Parts) {
				add(x.Columns())
			}
		}
	}
	return all
}

func declaresRows(op migrate.Op) bool {
	o, ok := op.(migrate.Rows)
	return ok && o.Declared
}

// linkRowOps keeps the ops of rows in their order, and behind the drop of a column of their table, which may be NOT NULL.
func linkRowOps(nodes []node) {
	last := -1
	dropped := map[string][]int{}
	for i, n := range nodes {
		switch o := n.op.(type) {
		case migrate.DropColumn:
			dropped[o.Table] = append(dropped[o.Table], i)
		case migrate.Rows:
			if !o.Declared {
				continue
			}
			if last >= 0 {
				nodes[i].before[last] = true
			}
			for _, j := range dropped[o.Table] {
				nodes[i].before[j] = true
			}
			last = i
		}
	}
}
