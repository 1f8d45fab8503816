package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// askAboutUnique asks about a new column that is unique alone and has one default for all rows: the second row would not go in.
func (d *differ) askAboutUnique(t *schema.Table, c schema.Column) {
	constant := c.Default != nil || c.DefaultExpr != "" && (c.DefaultExpr == "now()" || !strings.Contains(c.DefaultExpr, "("))
	if _, replaced := d.wasGenerated[t.Name+"."+c.Name]; !constant || replaced || !alone(t, c.Name) {
		return
	}
	if _, given := d.fill(t.Name, c.Name); given {
		return
	}
	object := t.Name + "." + c.Name
	d.ask(object, fmt.Sprintf("column %s is new and unique, and its default is the same for all: what do existing rows get?", object),
		Choice{"computed", "-fill " + Quote(object+"=SQL")}, Choice{"written by hand, in Go", "-fill " + Quote(object+"="+ByHand)},
		Choice{"nothing: make it nullable, without a default", ""})
}

// alone reports whether a table has no two rows with the same value in the column.
func alone(t *schema.Table, column string) bool {
	only := []string{column}
	return t.PrimaryKey != nil && slices.Equal(t.PrimaryKey.Columns, only) ||
		slices.ContainsFunc(t.Uniques, func(u schema.Unique) bool { return slices.Equal(u.Columns, only) }) ||
		slices.ContainsFunc(t.Indexes, func(x schema.Index) bool {
			return x.Unique && x.Where == "" && len(x.Parts) == 1 && x.Parts[0].Column == column
		})
}

// askAboutReferences asks about foreign keys that follow a primary key to other columns: their values are those of the old ones.
func (d *differ) askAboutReferences(t, w *schema.Table, asked map[string]bool) {
	for _, old := range w.ForeignKeys {
		for _, fk := range t.ForeignKeys {
			if !slices.Equal(fk.Columns, old.Columns) || fk.RefTable != old.RefTable || slices.Equal(fk.RefColumns, old.RefColumns) {
				continue
			}
			if slices.ContainsFunc(fk.RefColumns, func(c string) bool { return asked[fk.RefTable+"."+c] }) {
				continue // perhaps the key has got another name, no more
			}
			was, is := d.want.Table(old.RefTable).PrimaryKey, d.new.Table(fk.RefTable).PrimaryKey
			if was == nil || is == nil || !slices.Equal(was.Columns, old.RefColumns) || !slices.Equal(is.Columns, fk.RefColumns) ||
				slices.Equal(slices.Sorted(slices.Values(was.Columns)), slices.Sorted(slices.Values(is.Columns))) {
				continue
			}
			column, from, to := t.Name+"."+fk.Columns[0], strings.ReplaceAll(strings.Join(old.RefColumns, ", "), removedPrefix, ""), strings.Join(fk.RefColumns, ", ")
			choice := []Choice{{"they are", "-convert " + Quote(column)}, {"they are to be: add a column that refers to the new key, and fill it", ""}}
			if t := d.new.Table(fk.RefTable); !slices.ContainsFunc(old.RefColumns, func(c string) bool { return t.Column(c) == nil }) {
				choice = append(choice, Choice{"they stay those of " + from + ": name that in the fk: tag, and let it be unique", ""})
			}
			sql, ok := d.convert(t.Name, fk.Columns[0])
			switch {
			case !ok:
				d.ask(column, fmt.Sprintf("%s refers to the primary key of %s, which moves from %s to %s: are its values those of %[4]s?",
					column, fk.RefTable, from, to), choice...)
			case sql != "" && w.Column(fk.Columns[0]).Type == t.Column(fk.Columns[0]).Type:
				d.fail(column, "-convert %s=%s: the column keeps its type; add a column that refers to the new key, and fill it", column, sql)
			}
		}
	}
}
