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

// drops are names of today of tables and columns that ops drop, through those that they rename.
type drops struct {
	table  map[string]string    // what a table is called now, by its name at this point of the way
	column map[[2]string]string // the same of a column, by table and column at this point
	gone   map[string]bool      // what the way itself has made
}

// today returns what is called so at this point, "" when it is not there yet.
func (d *drops) today(table, column string) (string, string) {
	if d.gone[table] || column != "" && d.gone[table+"\n"+column] {
		return "", ""
	}
	if name, ok := d.column[[2]string{table, column}]; ok {
		column = name
	}
	if name, ok := d.table[table]; ok {
		table = name
	}
	return table, column
}

// of returns what one op drops, without numbers, and goes past it.
func (d *drops) of(op Op) (all []Loss) {
	e := op.Effects()
	drop := func(table, column string) {
		if t, c := d.today(table, column); t != "" {
			all = append(all, Loss{Table: t, Column: c, Rows: -1})
		}
	}
	if destroys := op.Destroys(); len(destroys) > 0 {
		gone := map[string]bool{}
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
	for _, o := range e.Makes {
		switch o.Kind {
		case TableObject:
			d.gone[o.Name] = true
		case ColumnObject:
			d.gone[o.Table+"\n"+o.Name] = true
		}
	}
	for _, r := range e.Renames {
		switch r.From.Kind {
		case TableObject:
			t, _ := d.today(r.From.Name, "")
			if t != "" {
				d.table[r.To] = t
			}
			for k, v := range d.column {
				if k[0] == r.From.Name {
					d.column[[2]string{r.To, k[1]}] = v
				}
			}
			d.gone[r.To] = t == ""
		case ColumnObject:
			t, c := d.today(r.From.Table, r.From.Name)
			if t != "" {
				d.column[[2]string{r.From.Table, r.To}] = c
			}
			d.gone[r.From.Table+"\n"+r.To] = t == ""
		}
	}
	return all
}

// lose finds out what the database has of that which steps drop. What cannot be looked at is not known.
func lose(ctx context.Context, s Session, steps [][]Op) [][]Loss {
	d := &drops{table: map[string]string{}, column: map[[2]string]string{}, gone: map[string]bool{}}
	all := make([][]Loss, len(steps))
	var tables []string
	for i, ops := range steps {
		for _, op := range ops {
			for _, l := range d.of(op) {
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
