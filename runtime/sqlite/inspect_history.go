package sqlite

import (
	"context"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/internal/foreign"
)

// histories takes the tables of other migration tools out of those to describe, and reads what they say.
func (x *inspector) histories(ctx context.Context, tx migrate.Tx) error {
	var all []foreign.Table
	for _, t := range x.tables {
		f := foreign.Table{Name: t.name}
		for _, c := range t.columns {
			f.Columns = append(f.Columns, c.name)
		}
		all = append(all, f)
	}
	for _, h := range foreign.Find(all) {
		rows := map[string][]foreign.Row{}
		for _, r := range h.Reads() {
			found, err := historyRows(ctx, tx, r)
			if err != nil {
				return err
			}
			rows[r.Table] = found
		}
		x.in.Histories = append(x.in.Histories, h.Tell(rows))
		for _, name := range h.Tables() {
			x.tables = slices.DeleteFunc(x.tables, func(t *inspected) bool { return t.name == name })
			delete(x.byName, strings.ToLower(name))
		}
	}
	return nil
}

func historyRows(ctx context.Context, tx migrate.Tx, r foreign.Read) (all []foreign.Row, err error) {
	var columns []string
	for _, c := range r.Columns {
		columns = append(columns, quote(c))
	}
	return all, each(ctx, tx, "SELECT "+strings.Join(columns, ", ")+" FROM main."+quote(r.Table), func(scan func(...any) error) error {
		values := make([]any, len(r.Columns))
		into := make([]any, len(values))
		for i := range values {
			into[i] = &values[i]
		}
		if err := scan(into...); err != nil {
			return err
		}
		row := foreign.Row{}
		for i, c := range r.Columns {
			row[c] = values[i]
		}
		all = append(all, row)
		return nil
	})
}
