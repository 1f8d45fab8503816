package sqlite

import (
	"context"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
)

// handmade is what people put on a table that migrations made, and what a rebuild therefore has to bring over.
type handmade struct {
	constraints []string          // checks, foreign keys and unique constraints
	options     string            // STRICT, WITHOUT ROWID
	conflicts   map[string]string // ON CONFLICT of the primary key, under "", and of NOT NULL, by column in lower case
	byRowid     []string          // what refers to rows by rowid: triggers, virtual tables
	indexes     []object
	keys        map[string][]string // of the indexes
	triggers    []object
	broken      map[string]string // views and triggers that did not work before

	withoutRowid  bool
	autoincrement bool     // the old table has it, and migrations did not make it
	keyList       string   // what the brackets of the key hold, where that is more than columns
	virtual       []string // generated columns that are not stored, in lower case
	twins         []string // indexes of ours whose constraint stays inside of the table
}

// find looks for all of it, and refuses what cannot go over to the new table.
func (h *handmade) find(ctx context.Context, tx migrate.Tx, w *swap, objs []object) error {
	*h = handmade{keys: map[string][]string{}}
	before := w.before // beside its columns, as a name in quotes that is none of a column is a text
	for _, k := range w.known {
		rest, _ := withoutOptions(before)
		before = strings.TrimSuffix(rest, "\n)") + ",\n  " + k + "\n)"
	}
	expected := parseTable(before).constraints
	same := func(a, b constraintText) bool {
		if a.kind == "foreign key" && len(a.ref.columns) == 0 { // without columns it refers to the key, whatever that is called
			b.ref.columns = nil
		}
		return a.kind == b.kind && a.body() == b.body() && slices.EqualFunc(a.columns, b.columns, strings.EqualFold)
	}
	for _, o := range objs {
		switch {
		case o.kind == "table":
			t := parseTable(o.sql)
			for _, c := range t.constraints {
				if c.kind == "unique" && h.unique(c, t, w) {
					continue
				}
				if i := slices.IndexFunc(expected, func(e constraintText) bool { return same(c, e) }); i >= 0 {
					expected = slices.Delete(expected, i, i+1)
					continue
				}
				if mentions(c.sql, w.dropped...) {
					return problem("drop the constraint first", "a constraint of table %s that no migration made uses a column that goes: %s", w.old, c.sql)
				}
				h.constraints = append(h.constraints, c.sql)
			}
			if err := h.keep(t, w); err != nil {
				return err
			}
			h.withoutRowid = t.withoutRowid
			h.conflicts = t.conflicts(w.before)
			was := parseTable(w.before)
			h.options = strings.TrimPrefix(ifs(t.withoutRowid && !was.withoutRowid, ", WITHOUT ROWID")+ifs(t.strict && !was.strict, ", STRICT"), ",")
		case o.kind == "trigger":
			h.triggers = append(h.triggers, o)
			if mentions(o.sql, rowids...) {
				h.byRowid = append(h.byRowid, "trigger "+o.name)
			}
		case o.kind == "index" && !slices.Contains(w.indexes, nameOf(o.name)):
			if mentions(afterOn(o.sql), without(w.dropped, w.kept)...) {
				return problem("drop the index first", "index %s, which no migration made, uses a column of %s that goes", o.name, w.old)
			}
			keys, err := indexKeys(ctx, tx, o.name)
			if err != nil {
				return err
			}
			h.keys[o.name] = keys
			h.indexes = append(h.indexes, o)
		}
	}
	all, err := objects(ctx, tx, "main", "")
	if err != nil {
		return err
	}
	for _, o := range all {
		if o.kind == "table" && contentOf(o.sql, w.old) {
			h.byRowid = append(h.byRowid, "virtual table "+o.name)
		}
		if o.kind == "view" && quotes(o, w.old, w.dropped, all) {
			return problem("drop the view first", "view %s uses a column of %s that goes", o.name, w.old)
		}
	}
	h.broken = broken(ctx, tx, all)
	return ctx.Err()
}

// restore makes again on the new table what was made by hand on the old one, and tries what reads it.
func (w *swap) restore(ctx context.Context, tx migrate.Tx) error {
	for _, twin := range w.hand.twins {
		if err := exec(ctx, tx, "DROP INDEX IF EXISTS "+quote(twin)); err != nil { // it may be one that goes
			return err
		}
	}
	for _, o := range append(slices.Clone(w.hand.indexes), w.hand.triggers...) {
		if err := exec(ctx, tx, o.sql); err != nil {
			return err
		}
	}
	for _, o := range w.hand.indexes {
		keys, err := indexKeys(ctx, tx, o.name)
		if err != nil {
			return err
		}
		if !slices.Equal(keys, w.hand.keys[o.name]) {
			return problem("drop the index first", "index %s, which no migration made, does not fit the new table %s", o.name, w.old)
		}
	}
	all, err := objects(ctx, tx, "main", "")
	if err != nil {
		return err
	}
	now := broken(ctx, tx, all)
	for _, o := range all {
		key := o.kind + " " + o.name
		if why := now[key]; why != "" && w.hand.broken[key] == "" {
			return problem("drop it in an SQL op before, and create it again after", "%s would no longer work: %s", key, why)
		}
	}
	return ctx.Err()
}

// afterOn returns the part of CREATE INDEX behind the name of the table.
func afterOn(sql string) string {
	toks := scan(sql)
	if on := slices.IndexFunc(toks, func(k token) bool { return k.is("ON") }); on >= 0 && on+1 < len(toks) {
		return sql[toks[on+1].end:]
	}
	return sql
}

// indexKeys returns the columns of an index; an expression is "".
func indexKeys(ctx context.Context, tx migrate.Tx, index string) ([]string, error) {
	rows, err := tx.QueryContext(ctx, "PRAGMA main.index_info("+quote(index)+")")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var seq, id int
		var column *string
		if err := rows.Scan(&seq, &id, &column); err != nil {
			return nil, err
		}
		if column == nil {
			column = new(string)
		}
		out = append(out, *column)
	}
	return out, rows.Err()
}

// quotes reports whether a view that reads the table alone names one of the columns in double quotes. When such a column goes,
// SQLite takes the name for a text, and the view would go on with wrong answers.
func quotes(view object, table string, columns []string, all []object) bool {
	if len(columns) == 0 || !mentions(view.sql, table) {
		return false
	}
	for _, o := range all {
		if (o.kind == "table" || o.kind == "view") && o.name != view.name && !strings.EqualFold(o.name, table) && mentions(view.sql, o.name) {
			return false
		}
	}
	toks := scan(view.sql)
	for i, k := range toks {
		if k.kind == quotedToken && i > 0 && !toks[i-1].is("AS") && len(without([]string{k.text}, columns)) == 0 {
			return true
		}
	}
	return false
}

// broken finds views and triggers that do not work, by letting SQLite compile what uses them. Nothing is run.
func broken(ctx context.Context, tx migrate.Tx, all []object) map[string]string {
	out := map[string]string{}
	compile := func(key, q string) {
		rows, err := tx.QueryContext(ctx, "EXPLAIN "+q)
		if err == nil {
			err = rows.Close()
		}
		if err != nil {
			out[key] = err.Error()
		}
	}
	for _, o := range all {
		switch o.kind {
		case "view":
			compile("view "+o.name, "SELECT * FROM "+quote(o.name))
		case "trigger":
			if q := firing(ctx, tx, o, all); q != "" {
				compile("trigger "+o.name, q)
			}
		}
	}
	return out
}

// firing returns a statement that the trigger is part of.
func firing(ctx context.Context, tx migrate.Tx, trigger object, all []object) string {
	toks := scan(trigger.sql)
	i := slices.IndexFunc(toks, func(k token) bool { return k.is("DELETE", "INSERT", "UPDATE") })
	if i < 0 {
		return ""
	}
	on := quote(trigger.table)
	view := slices.ContainsFunc(all, func(o object) bool { return o.kind == "view" && strings.EqualFold(o.name, trigger.table) })
	switch {
	case toks[i].is("DELETE"):
		return "DELETE FROM " + on
	case toks[i].is("INSERT") && view:
		return "INSERT INTO " + on + " SELECT * FROM " + on
	case toks[i].is("INSERT"):
		return "INSERT INTO " + on + " DEFAULT VALUES"
	}
	cols, err := columns(ctx, tx, "main", trigger.table)
	if err != nil {
		return ""
	}
	var sets []string
	for _, c := range cols {
		if c.hidden == 0 {
			sets = append(sets, quote(c.name)+" = "+quote(c.name))
		}
	}
	if len(sets) == 0 {
		return ""
	}
	return "UPDATE " + on + " SET " + strings.Join(sets, ", ")
}
