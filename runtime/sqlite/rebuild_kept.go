package sqlite

import (
	"context"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// What a table that something else made has, and models have no word for, goes over to the new table of a rebuild: here is what is neither a
// constraint nor an option of the table.

// uniques returns the unique constraints of the table as they would stand inside of one, under the names of their indexes.
func uniques(t *schema.Table) []constraintText {
	var all []constraintText
	for _, u := range t.Uniques {
		c := constraintText{kind: "unique", name: u.Name, columns: u.Columns}
		for _, column := range u.Columns {
			c.parts = append(c.parts, indexPart{column: column})
		}
		all = append(all, c)
	}
	for _, x := range t.Indexes {
		if constrains(x) {
			all = append(all, constraintText{kind: "unique", name: x.Name, columns: x.Columns(), parts: partsOf(x)})
		}
	}
	return all
}

// unique reports whether the constraint is one that the migrations know, as an index that the new table gets. One with ON CONFLICT, which an index cannot
// have, stays inside of the table, in the place of the index.
func (h *handmade) unique(c constraintText, own tableText, w *swap) bool {
	i := slices.IndexFunc(w.uniques, func(u constraintText) bool { return partsText(u.parts, own.columns) == partsText(c.parts, own.columns) })
	if i < 0 {
		return false
	}
	if c.conflict != "" {
		h.twins = append(h.twins, w.uniques[i].name)
		return false
	}
	return true
}

// alters reports what of the old table has to be written into the CREATE TABLE of the new one.
func (h *handmade) alters() bool {
	return len(h.constraints) > 0 || h.options != "" || len(h.conflicts) > 0 || h.autoincrement || len(h.virtual) > 0 || h.keyList != ""
}

// keep looks at columns and key of the old table.
func (h *handmade) keep(own tableText, w *swap) error {
	is, was := parseTable(w.create), parseTable(w.before)
	h.autoincrement = own.autoincrement && !was.autoincrement && !is.autoincrement && len(own.key) == 1 && w.alias != "" && strings.EqualFold(own.key[0], w.alias)
	h.virtual, h.keyList = nil, ""
	if slices.EqualFunc(own.key, is.key, strings.EqualFold) && !is.autoincrement && !h.autoincrement {
		h.keyList = own.keyList
	}
	for name, c := range own.columns {
		now, there := is.columns[name]
		if c.virtual && there && now.generated != nil {
			h.virtual = append(h.virtual, name)
		}
		if there && c.collate != "" && now.collate == "" && was.columns[name].collate == "" && (ddl{t: &schema.Table{Name: w.old}}).collation(c.collate, name) != nil {
			return problem("make the table again by hand with another collation, or drop it from the column",
				"column %s of table %s has the collation %s, which no migration made and which a rebuild would lose", spelled(name, own.names), w.old, c.collate)
		}
	}
	return nil
}

// written returns the CREATE TABLE of ours with all of that in it.
func (h *handmade) written(create string) string {
	create, own := withoutOptions(create)
	create = withConflicts(create, h.conflicts)
	if h.autoincrement || len(h.virtual) > 0 || h.keyList != "" {
		create = h.withOwn(create)
	}
	if len(h.constraints) > 0 {
		create = strings.TrimSuffix(create, "\n)") + ",\n  " + strings.Join(h.constraints, ",\n  ") + "\n)"
	}
	if own != "" && h.options != "" {
		return create + own + "," + h.options
	}
	return create + own + h.options
}

// withoutOptions cuts STRICT and WITHOUT ROWID off a CREATE TABLE of ours.
func withoutOptions(create string) (rest, options string) {
	if i := strings.LastIndex(create, "\n)"); i >= 0 {
		return create[:i+2], create[i+2:]
	}
	return create, ""
}

// withOwn writes AUTOINCREMENT into the primary key of a CREATE TABLE of ours, or collations and DESC, and VIRTUAL in the place of STORED.
func (h *handmade) withOwn(create string) string {
	toks := scan(create)
	open := slices.IndexFunc(toks, func(k token) bool { return k.kind == opToken && k.text == "(" })
	type change struct {
		from, to int
		text     string
	}
	var all []change
	for _, item := range items(toks[open+1 : group(toks, open)-1]) {
		column := len(item) > 0 && !item[0].is("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN")
		for i := 0; i < len(item); i++ {
			switch k := item[i]; {
			case k.is("PRIMARY") && !column && (h.autoincrement || h.keyList != "") && i+2 < len(item) && item[i+2].text == "(":
				from, end := item[i+2].end, item[group(item, i+2)-1].at
				if h.autoincrement {
					all = append(all, change{end, end, " AUTOINCREMENT"})
				} else {
					all = append(all, change{from, end, h.keyList})
				}
			case k.is("STORED") && column && slices.Contains(h.virtual, strings.ToLower(item[0].text)):
				all = append(all, change{k.at, k.end, "VIRTUAL"})
			case k.text == "(":
				i = group(item, i) - 1
			}
		}
	}
	for _, x := range slices.Backward(all) {
		create = create[:x.from] + x.text + create[x.to:]
	}
	return create
}

// keysHoldNull refuses rows with NULL in the primary key, which SQLite takes where nobody has written NOT NULL, and the new table does not.
func (w *swap) keysHoldNull(ctx context.Context, tx migrate.Tx, cols []column, own tableText) error {
	for _, c := range cols {
		rowid := len(own.key) == 1 && strings.EqualFold(c.declared, "INTEGER") && !own.keyDesc // which is never NULL
		if c.pk == 0 || c.notNull || rowid || !slices.Contains(w.plain, c.name) {
			continue
		}
		var n int64
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM "+quote(w.old)+" WHERE "+quote(c.name)+" IS NULL").Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			return problem("give them a value first", "%s.%s: %s NULL in the primary key, which the new table does not take", w.old, c.name, holds(n))
		}
	}
	return nil
}

func holds(n int64) string {
	if n == 1 {
		return "1 row holds"
	}
	return rowCount(n) + " hold"
}
