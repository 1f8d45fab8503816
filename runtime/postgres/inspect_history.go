package postgres

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/internal/foreign"
	"github.com/modelgen/modelgen/runtime/schema"
)

// findHistories tells the tables of other migration tools from those of the application.
func (i *inspector) findHistories() {
	var all []foreign.Table
	for _, t := range i.tables {
		if !t.out {
			all = append(all, foreign.Table{Name: t.Name, Columns: t.ColumnNames(), Types: classes(t.Table), Unreadable: !t.readable})
		}
	}
	slices.SortFunc(all, func(a, b foreign.Table) int { return strings.Compare(a.Name, b.Name) })
	i.histories = foreign.Find(all)
	theirs := map[string]bool{}
	for _, h := range i.histories {
		for _, name := range h.Tables() {
			theirs[name] = true
		}
	}
	for _, t := range i.tables {
		if theirs[t.Name] || t.Name == i.history() || !slices.Contains(i.schemas, t.schema) {
			t.out, t.said = true, nil
		} else if !t.out && len(t.Columns) == 0 {
			t.out, t.said = true, nil
			i.say(t, "table "+t.Name, "it has no columns, and a model has one at least: it is left as it is", "CREATE TABLE "+i.name(t.Name)+" ()")
		}
	}
}

// readHistories reads what there is of the histories, with one query for all.
func (i *inspector) readHistories(ctx context.Context) error {
	var reads []string
	for _, h := range i.histories {
		for _, r := range h.Reads() {
			reads = append(reads, "SELECT "+text(r.Table)+", pg_catalog.row_to_json(x)::text FROM (SELECT "+idents(r.Columns)+" FROM "+i.name(r.Table)+") x")
		}
	}
	rows := map[string][]foreign.Row{}
	if len(reads) > 0 {
		err := i.rows(ctx, strings.Join(reads, " UNION ALL "), func(table string, row []byte) error {
			var r foreign.Row
			d := json.NewDecoder(bytes.NewReader(row))
			d.UseNumber()
			if err := d.Decode(&r); err != nil {
				return err
			}
			rows[table] = append(rows[table], r)
			return nil
		})
		if err != nil {
			return err
		}
	}
	for _, h := range i.histories {
		i.out.Histories = append(i.out.Histories, h.Tell(rows))
	}
	return nil
}

// spaces returns the schemas to look for tables in: those that are read, and those of other tools.
func (i *inspector) spaces(there []string) []string {
	all := slices.Clone(i.schemas)
	for _, s := range foreign.Schemas {
		if slices.Contains(there, s) {
			all = append(all, s)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// say adds to what models cannot say of a table, which is told if the table is one of theirs.
func (i *inspector) say(t *inspected, object, why, sql string) *migrate.Unexpressed {
	t.said = append(t.said, unexpressed(object, why, sql))
	return &t.said[len(t.said)-1]
}

// allowed names a thing of a table as [migrate.Set.Allow] does.
func allowed(kind, name, table string) string {
	if name == "" {
		return schema.Object{Kind: kind, Name: schema.QuoteName(table)}.String()
	}
	return schema.Object{Kind: kind, Name: schema.QuoteName(name), Table: schema.QuoteName(table)}.String()
}

// classes returns what kinds of types the columns of a table have.
func classes(t *schema.Table) map[string]foreign.Class {
	all := map[string]foreign.Class{}
	for _, c := range t.Columns {
		switch c.Type.Kind {
		case schema.KindSmallInt, schema.KindInteger, schema.KindBigInt:
			all[c.Name] = foreign.Number
		case schema.KindText, schema.KindVarchar:
			all[c.Name] = foreign.Text
		}
	}
	return all
}
