package migrate

import (
	"context"
	"fmt"
	"slices"
)

// Loss is what the database has now of that which a step of a plan drops: rows of a table, or values of a column.
type Loss struct {
	Table  string // as it is called now
	Column string // "" is the whole table
	Rows   int64  // of the table; or those in which the column is not NULL. Below 0 is not known
	Exact  bool   // they were counted; else it is an estimate of all rows of the table
}

// String returns the loss in words: "orders: 3 rows".
func (l Loss) String() string {
	what := l.Table
	if l.Column != "" {
		what += "." + l.Column
	}
	switch {
	case l.Rows < 0:
		return what + ": how many rows is not known"
	case l.Exact && l.Column != "":
		return what + ": a value in " + counted(int(l.Rows), "row")
	case l.Exact:
		return what + ": " + counted(int(l.Rows), "row")
	}
	return fmt.Sprintf("%s: about %d rows", what, l.Rows)
}

// ValueCounter is a [Looker] that counts the rows in which a column of a table has a value.
type ValueCounter interface {
	// CountValues counts them. It changes nothing, and takes no lock that others wait for.
	CountValues(ctx context.Context, table, column string) (int64, error)
}

// losses returns what an op drops, without numbers, by the names that the database has for it, and goes past it.
func (c *course) losses(op Op) (all []Loss) {
	drop := func(table, column string) {
		if t, name := c.today(table, column); t != "" {
			all = append(all, Loss{Table: t, Column: name, Rows: -1})
		}
	}
	if o, ok := op.(SQL); ok {
		for _, op := range o.Schema {
			all = append(all, c.losses(op)...)
		}
		return all
	}
	if destroys := op.Destroys(); len(destroys) > 0 {
		e, gone := op.Effects(), map[string]bool{}
		for _, o := range e.Removes {
			if o.Kind == TableObject {
				gone[o.Name] = true
				drop(o.Name, "")
			}
		}
		for _, o := range e.Removes {
			if o.Kind == ColumnObject && !gone[o.Table] {
				gone[o.Table+"\n"+o.Name] = true
				drop(o.Table, o.Name)
			}
		}
		if len(gone) == 0 { // what is no table of the schema, as a partition
			for _, name := range destroys {
				drop(name, "")
			}
		}
	}
	c.pass(op)
	return all
}

// lose finds out what the database has of that which steps drop. What cannot be looked at is not known.
func lose(ctx context.Context, s Session, steps [][]Op) [][]Loss {
	var c course
	all := make([][]Loss, len(steps))
	var tables []string
	for i, ops := range steps {
		for _, op := range ops {
			for _, l := range c.losses(op) {
				all[i] = append(all[i], l)
				if !slices.Contains(tables, l.Table) {
					tables = append(tables, l.Table)
				}
			}
		}
	}
	look, ok := s.(Looker)
	if !ok || len(tables) == 0 {
		return all
	}
	slices.Sort(tables)
	found, err := look.Survey(ctx, tables)
	if err != nil {
		return all
	}
	counter, counts := s.(ValueCounter)
	for i := range all {
		for j := range all[i] {
			l := &all[i][j]
			at := slices.IndexFunc(found, func(t TableSurvey) bool { return t.Table == l.Table })
			if at < 0 {
				continue
			}
			l.Rows, l.Exact = found[at].Rows, found[at].Exact
			if l.Column == "" || !l.Exact || !counts {
				continue
			}
			if n, err := counter.CountValues(ctx, l.Table, l.Column); err == nil {
				l.Rows = n
			} else {
				l.Rows, l.Exact = -1, false
			}
		}
		all[i] = slices.DeleteFunc(all[i], func(l Loss) bool { return l.Rows == 0 && l.Exact })
	}
	return all
}
