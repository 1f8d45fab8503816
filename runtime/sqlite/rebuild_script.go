package sqlite

import (
	"context"
	"fmt"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// probe is a condition that must not be true for any row of the SELECT that fills the new table.
type probe struct {
	guard
	condition string
}

// swap is a rebuild written out: what its three stages do besides their statements.
type swap struct {
	old, new string
	create   string // of the new table
	before   string // CREATE TABLE of the old one, as migrations made it
	known    []string
	columns  []string // of the old table
	indexes  []string // of the old table, that migrations made
	uniques  []constraintText
	plain    []string // columns that are copied as they are
	alias    string   // the rowid of the new table, when it is a column
	triggers []string // of its dual writes, and declared ones
	dropped  []string
	kept     []string // columns of the new table
	query    func([]string) string
	probes   []probe
	checks   []affinityCheck
	hand     handmade

	rowid     string              // the name of the rowid that rows keep; "" where it is a column, or cannot be kept
	renumbers string              // why rows get other rowids; "" when they do not
	refill    string              // the copying without rowids, for a table that somebody made WITHOUT ROWID
	copy      []migrate.Statement // of the second stage
}

// stages writes the rebuild: make the new table, copy the rows, put it in the place of the old one. It becomes the table of s. A passing one is
// followed by other ops on the table. waits says which triggers are not in the database yet, or not any more.
func (r *rebuild) stages(s *schema.Schema, passing bool, waits func(trigger string) bool) ([]migrate.Stage, error) {
	t := s.Table(r.table)
	d := ddl{s: s, t: t, passing: passing}
	if r.fresh {
		return d.stages(r.causes[0])
	}
	indexes, err := d.indexes("")
	if err != nil {
		return nil, err
	}
	facts := migrate.Facts{Tables: []string{t.Name}, Rewrites: true}
	w := &swap{old: t.Name, new: newName(s, t.Name), known: r.known, query: r.query, checks: r.checks, kept: t.ColumnNames()}
	if w.create, err = d.create(quote(w.new)); err != nil {
		return nil, err
	}
	o := r.old.Table(r.table)
	if w.before, err = (ddl{s: r.old, t: o, part: true}).create(quote(w.old)); err != nil {
		return nil, err
	}
	w.columns = o.ColumnNames()
	for _, u := range o.Uniques {
		w.indexes = append(w.indexes, u.Name)
	}
	for _, x := range o.Indexes {
		w.indexes = append(w.indexes, x.Name)
	}
	w.uniques, w.alias = uniques(o), d.alias()
	for _, c := range r.origins {
		if c.dead && t.Column(c.name) == nil {
			w.dropped = append(w.dropped, c.name)
		}
	}
	var names, values []string
	for _, c := range t.Columns {
		if c.Generated != "" {
			continue
		}
		from := r.source(c.Name)
		if from == nil {
			return nil, fmt.Errorf("rebuild table %s: nothing says where the values of %s come from", t.Name, c.Name)
		}
		names, values = append(names, c.Name), append(values, from.expr)
		w.probe(r, d, c, *from)
		if len(r.layers) == 1 && from.expr == quote(c.Name) && !c.Nullable {
			w.plain = append(w.plain, c.Name)
		}
	}
	for _, c := range r.top().cols {
		if c.guard != nil {
			w.probes = append(w.probes, probe{*c.guard, c.expr})
		}
	}
	w.refill = "INSERT INTO " + quote(w.new) + " (" + quoteAll(names) + ") " + r.query(values)
	w.rowid, w.renumbers = r.rowid(d)
	copying := []string{w.refill}
	if w.rowid != "" {
		copying[0] = "INSERT INTO " + quote(w.new) + " (" + w.rowid + ", " + quoteAll(names) + ") " + r.selects(values, w.rowid)
	}
	identity := func(c schema.Column) bool { return c.Identity }
	if slices.ContainsFunc(o.Columns, identity) && slices.ContainsFunc(t.Columns, identity) {
		copying = append(copying, counters(w.old, w.new)...)
	}
	replace := []string{"PRAGMA legacy_alter_table = ON", "DROP TABLE " + quote(w.old),
		"ALTER TABLE " + quote(w.new) + " RENAME TO " + quote(w.old), "PRAGMA legacy_alter_table = OFF"}
	last := facts
	last.Destroys = r.destroys
	cause := "Rebuild table " + t.Name + ": "
	stages := []migrate.Stage{
		{Cause: cause + strings.Join(r.causes, "; "), Statements: statements(w.create), Run: w.prepare, KeysOff: true, Facts: facts, Parts: []migrate.Op{}},
		{Cause: cause + "copy the rows", Statements: statements(copying...), Run: w.compare, KeysOff: true, Facts: facts, Parts: []migrate.Op{}},
		{Cause: cause + "put the new table in its place", Statements: statements(append(replace, indexes...)...), Run: w.restore, KeysOff: true, Facts: last, Parts: r.ops},
	}
	w.copy = stages[1].Statements
	if w.renumbers != "" {
		w.copy[0].Comment = "rows get other rowids, as " + w.renumbers + "; what refers to rows by rowid, such as a full text index, is to be made again"
	}
	stages[2].Statements[0].Comment = "views and triggers must not follow the next rename"
	again, err := w.dual(d, o)
	if err != nil {
		return nil, err
	}
	for _, x := range s.SQLObjects {
		if x.Kind == schema.TriggerKind && strings.EqualFold(x.Table, t.Name) && schema.Meet(x.Only, name) && !waits(x.Name) {
			w.triggers, again = append(w.triggers, x.Name), append(again, x.Statement())
		}
	}
	stages[0].Script = append(slices.Clone(stages[0].Statements), w.byHand()...)
	stages[1].Script = append(slices.Clone(stages[1].Statements), w.arrived()...)
	stages[2].Script = append(slices.Clone(stages[2].Statements), statements(again...)...)
	return stages, nil
}

// stages writes a table that is not there yet.
func (d ddl) stages(cause string) ([]migrate.Stage, error) {
	create, err := d.create(quote(d.t.Name))
	if err != nil {
		return nil, err
	}
	indexes, err := d.indexes("")
	if err != nil {
		return nil, err
	}
	return []migrate.Stage{{
		Cause: cause, Statements: statements(append([]string{create}, indexes...)...), KeysOff: true,
		Facts: migrate.Facts{Tables: []string{d.t.Name}}, Parts: []migrate.Op{migrate.NewCreateTable(d.t)},
	}}, nil
}

// probe finds rows that the definition of the new column c would refuse, to say so better than SQLite does.
func (w *swap) probe(r *rebuild, d ddl, c schema.Column, from source) {
	var was *schema.Column
	if i := r.origin(c.Name); i >= 0 {
		was = r.old.Table(r.table).Column(c.Name)
	}
	plain := strings.HasPrefix(from.expr, `"`) && was != nil && len(r.layers) == 1
	if !c.Nullable && !c.Identity && from.expr == "NULL" {
		def, _ := d.column(c) // it has been written before
		w.probes = append(w.probes, probe{guard{c.Name, "would have no value in it: ADD COLUMN " + def, migrate.NoValueHint}, "TRUE"})
	} else if !c.Nullable && !c.Identity && (!plain || was.Nullable) {
		w.probes = append(w.probes, probe{guard{c.Name, "hold NULL", "fill them before it becomes NOT NULL, or give it a default"}, "(" + from.expr + ") IS NULL"})
	}
	if values := d.values(c); values != nil {
		if plain && was != nil && slices.Equal((ddl{s: r.old, t: d.t}).values(*was), values) {
			return
		}
		list := strings.Join(values, ", ")
		w.probes = append(w.probes, probe{guard{c.Name, "hold a value that is none of " + list, "change them first"}, "(" + from.expr + ") NOT IN (" + list + ")"})
	}
}

// prepare looks at the old table, of which planning knew only what migrations made, and refuses what the rebuild would lose.
func (w *swap) prepare(ctx context.Context, tx migrate.Tx) error {
	objs, err := objects(ctx, tx, "main", w.old)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(objs, func(o object) bool { return o.kind == "table" })
	if i < 0 {
		return problem("look with verify at what else is missing", "table %s is not in the database", w.old)
	}
	cols, err := columns(ctx, tx, "main", w.old)
	if err != nil {
		return err
	}
	var have []string
	for _, c := range cols {
		have = append(have, c.name)
	}
	if extra := without(have, w.columns); len(extra) > 0 {
		return problem("add it to the model, or drop it from the database, then run this again",
			"table %s has a column that no migration made and that a rebuild would lose: %s", w.old, strings.Join(extra, ", "))
	}
	if missing := without(w.columns, have); len(missing) > 0 {
		return problem("look with verify at what else is different", "table %s lacks a column that migrations made: %s", w.old, strings.Join(missing, ", "))
	}
	if err := w.hand.find(ctx, tx, w, objs); err != nil {
		return err
	}
	if w.hand.withoutRowid {
		w.copy[0].SQL = w.refill
	}
	if w.renumbers != "" && len(w.hand.byRowid) > 0 {
		return problem("drop it in an SQL step before, and make it again after, of a full text index with INSERT INTO ... VALUES ('rebuild')",
			"rows of table %s get other rowids, as %s, and %s refers to rows by rowid", w.old, w.renumbers, strings.Join(w.hand.byRowid, ", "))
	}
	if err := w.keysHoldNull(ctx, tx, cols, parseTable(objs[i].sql)); err != nil {
		return err
	}
	if w.hand.alters() {
		for _, q := range []string{"DROP TABLE " + quote(w.new), w.hand.written(w.create)} {
			if err := exec(ctx, tx, q); err != nil {
				return err
			}
		}
	}
	return w.ask(ctx, tx)
}

// ask counts the rows that fail a probe.
func (w *swap) ask(ctx context.Context, tx migrate.Tx) error {
	var counts []string
	for _, p := range w.probes {
		counts = append(counts, "count(CASE WHEN "+p.condition+" THEN 1 END)")
	}
	found, err := numbers(ctx, tx, w.query, counts)
	if err != nil {
		return err
	}
	for i, n := range found {
		if p := w.probes[i]; n > 0 {
			return problem(p.remedy, "%s.%s: %s %s", w.old, p.column, rowCount(n), p.problem)
		}
	}
	return nil
}

// compare makes sure that every row has arrived, and every number as a number.
func (w *swap) compare(ctx context.Context, tx migrate.Tx) error {
	if w.hand.autoincrement {
		for _, q := range counters(w.old, w.new) {
			if err := exec(ctx, tx, q); err != nil {
				return err
			}
		}
	}
	var was, is int64
	row := tx.QueryRowContext(ctx, "SELECT (SELECT count(*) FROM "+quote(w.old)+"), (SELECT count(*) FROM "+quote(w.new)+")")
	if err := row.Scan(&was, &is); err != nil {
		return err
	}
	if was != is {
		return problem("", "table %s has %s, but %d were copied", w.old, rowCount(was), is)
	}
	var counts []string
	for _, c := range w.checks {
		counts = append(counts, "count(CASE WHEN typeof("+quote(c.column)+") NOT IN ("+c.types+", 'null') THEN 1 END)")
	}
	found, err := numbers(ctx, tx, func(cols []string) string {
		return "SELECT " + strings.Join(cols, ", ") + " FROM " + quote(w.new)
	}, counts)
	if err != nil {
		return err
	}
	for i, n := range found {
		if c := w.checks[i]; n > 0 {
			return problem("change them first, or say how in Using of AlterColumn", "%s.%s: %s cannot be converted to %s without loss", w.old, c.column, rowCount(n), c.to)
		}
	}
	return nil
}

func statements(sql ...string) []migrate.Statement {
	var out []migrate.Statement
	for _, q := range sql {
		out = append(out, migrate.Statement{SQL: q})
	}
	return out
}

// problem is an error with what to do about it; the session adds where it happened.
func problem(hint, format string, args ...any) error {
	return &migrate.StatementError{Hint: hint, Err: fmt.Errorf(format, args...)}
}

// exec runs one statement inside a Run, with the error that it would give among the statements of a stage.
func exec(ctx context.Context, tx migrate.Tx, q string) error {
	if _, err := tx.ExecContext(ctx, q); err != nil {
		return statementError(q, err)
	}
	return nil
}

func rowCount(n int64) string {
	if n == 1 {
		return "1 row"
	}
	return fmt.Sprint(n, " rows")
}

// numbers runs one query that returns one row of counts; none are asked for when there are none.
func numbers(ctx context.Context, tx migrate.Tx, query func([]string) string, counts []string) ([]int64, error) {
	const most = 500 // SQLite takes 2000 columns of a result
	var out []int64
	for chunk := range slices.Chunk(counts, most) {
		found := make([]int64, len(chunk))
		into := make([]any, len(chunk))
		for i := range found {
			into[i] = &found[i]
		}
		q := query(chunk)
		if err := tx.QueryRowContext(ctx, q).Scan(into...); err != nil {
			return nil, statementError(q, err)
		}
		out = append(out, found...)
	}
	return out, nil
}

// without returns those of names that are not in others, as SQLite compares names.
func without(names, others []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool {
		return slices.ContainsFunc(others, func(o string) bool { return strings.EqualFold(n, o) })
	})
}
