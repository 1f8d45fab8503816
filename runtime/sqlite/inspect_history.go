package sqlite

import (
	"context"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/internal/foreign"
)

// histories reads those of other migration tools, with one query for each, and takes their tables from those of the application.
func (x *inspector) histories(ctx context.Context, tx migrate.Tx) error {
	var all []foreign.Table
	for _, t := range x.tables {
		f := foreign.Table{Name: t.name, Types: map[string]foreign.Class{}}
		for _, c := range t.columns {
			f.Columns = append(f.Columns, c.name)
			switch affinityOf(c.declared) {
			case "INTEGER":
				f.Types[c.name] = foreign.Number
			case "TEXT":
				f.Types[c.name] = foreign.Text
			}
		}
		all = append(all, f)
	}
	for _, h := range foreign.Find(all) {
		rows := map[string][]foreign.Row{}
		for _, r := range h.Reads() {
			err := each(ctx, tx, "SELECT "+quoteAll(r.Columns)+" FROM main."+quote(r.Table), func(scan func(...any) error) error {
				values, into := make([]any, len(r.Columns)), make([]any, len(r.Columns))
				for i := range values {
					into[i] = &values[i]
				}
				err := scan(into...)
				row := foreign.Row{}
				for i, c := range r.Columns {
					row[c] = values[i]
				}
				rows[r.Table] = append(rows[r.Table], row)
				return err
			})
			if err != nil {
				return err
			}
		}
		x.in.Histories = append(x.in.Histories, h.Tell(rows))
		for _, name := range h.Tables() {
			x.theirs = append(x.theirs, strings.ToLower(name))
		}
	}
	x.theirs = append(x.theirs, strings.ToLower(x.history()))
	x.leaveOut()
	return nil
}

// leaveOut takes the tables of other tools from those that are described.
func (x *inspector) leaveOut() {
	var kept []*inspected
	for _, t := range x.tables {
		if !x.isTheirs(t.name) {
			kept = append(kept, t)
			continue
		}
		delete(x.byName, strings.ToLower(t.name))
	}
	x.tables = kept
}

func (x *inspector) isTheirs(table string) bool {
	for _, name := range x.theirs {
		if strings.EqualFold(name, table) {
			return true
		}
	}
	return false
}
