package sqlite

import (
	"context"
	"fmt"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// A unique constraint of ours is an index. In a table that something else made it may stand inside of the table, where nothing but a new table without it
// takes it away: what the database has is known only when the stage runs.

// emitUniqueDrop adds a stage that drops an index, or the unique constraint that stands in its place, and then runs more statements.
func (w *pass) emitUniqueDrop(t *schema.Table, x schema.Index, facts migrate.Facts, then ...string) {
	st := w.emit(t.Name, facts, append([]string{"DROP INDEX " + quote(x.Name)}, then...)...)
	st.Script = slices.Clone(st.Statements)
	for i := range st.Statements {
		st.Statements[i].Shown = true
	}
	own := map[string]columnText{}
	for _, c := range t.Columns {
		own[strings.ToLower(c.Name)] = columnText{collate: collation(c.Collate)}
	}
	table, parts := t.Name, ""
	if constrains(x) {
		parts = partsText(partsOf(x), own)
	}
	st.Run = func(ctx context.Context, tx migrate.Tx) error {
		return dropUnique(ctx, tx, table, x.Name, parts, then)
	}
}

// collation returns a collation in the form of [columnText].
func collation(name string) string {
	if name = strings.ToLower(name); name == "binary" {
		return ""
	}
	return name
}

// partsOf returns the parts of an index of columns alone, as they are read from its text.
func partsOf(x schema.Index) []indexPart {
	var parts []indexPart
	for _, p := range x.Parts {
		parts = append(parts, indexPart{column: p.Column, desc: p.Desc, collate: strings.ToLower(p.Collate)})
	}
	return parts
}

// constrains reports whether a unique index can stand inside of a table: it is over columns, and over all rows.
func constrains(x schema.Index) bool {
	return x.Unique && x.Where == "" && !slices.ContainsFunc(x.Parts, func(p schema.IndexPart) bool { return p.Column == "" })
}

func dropUnique(ctx context.Context, tx migrate.Tx, table, index, parts string, then []string) error {
	there, err := findIndex(ctx, tx, index)
	if err != nil {
		return err
	}
	if there == "" {
		if err := withoutUnique(ctx, tx, table, index, parts); err != nil {
			return err
		}
	} else if err := exec(ctx, tx, "DROP INDEX "+quote(there)); err != nil {
		return err
	}
	for _, q := range then {
		if err := exec(ctx, tx, q); err != nil {
			return err
		}
	}
	return nil
}

// findIndex returns the name that an index of that name in the models has in the database, "" when there is none, see [nameOf].
func findIndex(ctx context.Context, tx migrate.Tx, index string) (name string, err error) {
	err = each(ctx, tx, "SELECT name FROM main.sqlite_master WHERE type = 'index' AND sql IS NOT NULL", func(scan func(...any) error) error {
		var n string
		err := scan(&n)
		if strings.EqualFold(n, index) || name == "" && strings.EqualFold(nameOf(n), index) {
			name = n
		}
		return err
	})
	return name, err
}

// takesTable reports whether a stage drops a unique constraint that stands inside of its table: then it needs foreign keys off.
func takesTable(ctx context.Context, tx migrate.Tx, st migrate.Stage) (bool, error) {
	if st.Run == nil || len(st.Statements) == 0 || !st.Statements[0].Shown {
		return false, nil
	}
	toks := scan(st.Statements[0].SQL)
	if len(toks) != 3 || !toks[0].is("DROP") || !toks[1].is("INDEX") {
		return false, nil
	}
	there, err := findIndex(ctx, tx, toks[2].text)
	return there == "", err
}

// withoutUnique puts a table without the unique constraint in the place of the one that is there. All else is as it was, to the letter.
func withoutUnique(ctx context.Context, tx migrate.Tx, table, index, parts string) error {
	objs, err := objects(ctx, tx, "main", table)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(objs, func(o object) bool { return o.kind == "table" })
	if i < 0 {
		return exec(ctx, tx, "DROP INDEX "+quote(index)) // which says what is missing
	}
	old := objs[i]
	create, found := old.sql, false
	for {
		less, ok := cutUnique(create, index, parts)
		if !ok {
			break
		}
		create, found = less, true
	}
	if !found {
		return exec(ctx, tx, "DROP INDEX "+quote(index))
	}
	var keys bool
	if err := tx.QueryRowContext(ctx, "PRAGMA foreign_keys").Scan(&keys); err != nil {
		return err
	}
	if keys {
		return problem("put this step into a migration of its own, without SQL by hand", "the constraint %s stands inside of table %s, which needs a new table, and foreign keys are on", index, old.name)
	}
	fresh := "modelgen_new_" + old.name
	toks := scan(create)
	open := slices.IndexFunc(toks, func(k token) bool { return k.kind == opToken && k.text == "(" })
	copying, err := copyAll(ctx, tx, old, fresh)
	if err != nil {
		return err
	}
	all := append([]string{"CREATE TABLE " + quote(fresh) + " " + create[toks[open].at:]}, copying...)
	for _, q := range all {
		if err := exec(ctx, tx, q); err != nil {
			return err
		}
	}
	var was, is int64
	if err := tx.QueryRowContext(ctx, "SELECT (SELECT count(*) FROM "+quote(old.name)+"), (SELECT count(*) FROM "+quote(fresh)+")").Scan(&was, &is); err != nil {
		return err
	}
	if was != is {
		return problem("", "table %s has %s, but %d were copied", old.name, rowCount(was), is)
	}
	all = []string{"PRAGMA legacy_alter_table = ON", "DROP TABLE " + quote(old.name), "ALTER TABLE " + quote(fresh) + " RENAME TO " + quote(old.name), "PRAGMA legacy_alter_table = OFF"}
	for _, o := range objs {
		if o.kind != "table" {
			all = append(all, o.sql)
		}
	}
	for _, q := range all {
		if err := exec(ctx, tx, q); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// copyAll returns the statements that copy all rows of a table to one of the same columns, with their rowids and the counter of AUTOINCREMENT.
func copyAll(ctx context.Context, tx migrate.Tx, old object, fresh string) ([]string, error) {
	cols, err := columns(ctx, tx, "main", old.name)
	if err != nil {
		return nil, err
	}
	own := parseTable(old.sql)
	var names []string
	hidden, alias := own.names, own.withoutRowid
	for _, c := range cols {
		if c.hidden == 0 {
			names = append(names, c.name)
		}
		alias = alias || c.pk > 0 && len(own.key) == 1 && strings.EqualFold(c.declared, "INTEGER") && !own.keyDesc
	}
	list := quoteAll(names)
	for _, r := range rowids {
		if !alias && !slices.ContainsFunc(hidden, func(c string) bool { return strings.EqualFold(c, r) }) {
			list = r + ", " + list
			break
		}
	}
	out := []string{fmt.Sprintf("INSERT INTO %s (%s) SELECT %[2]s FROM %s", quote(fresh), list, quote(old.name))}
	if own.autoincrement {
		out = append(out, counters(old.name, fresh)...)
	}
	return out, nil
}

// counters returns the statements that give a new table the counter of AUTOINCREMENT of the old one.
func counters(old, fresh string) []string {
	return []string{"DELETE FROM sqlite_sequence WHERE name = " + text(fresh),
		"INSERT INTO sqlite_sequence (name, seq) SELECT " + text(fresh) + ", seq FROM sqlite_sequence WHERE name = " + text(old)}
}

// cutUnique returns the text of a table without one unique constraint: the one of that name, else one without a name over the same columns.
func cutUnique(sql, name, parts string) (string, bool) {
	t := parseTable(sql)
	i := slices.IndexFunc(t.constraints, func(c constraintText) bool {
		return c.kind == "unique" && (c.name == "" || strings.EqualFold(nameOf(c.name), name)) && partsText(c.parts, t.columns) == parts
	})
	if i < 0 {
		return sql, false
	}
	from, to := t.constraints[i].at, t.constraints[i].end
	toks := scan(sql)
	before := slices.IndexFunc(toks, func(k token) bool { return k.end > from }) - 1
	after := slices.IndexFunc(toks, func(k token) bool { return k.at >= to })
	if before >= 0 && after >= 0 && toks[before].text == "," && (toks[after].text == "," || toks[after].text == ")") {
		from = toks[before].at // it was an item of its own
	}
	return strings.TrimRight(sql[:from], " \t\n") + sql[to:], true
}
