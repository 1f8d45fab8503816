package migrate

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// Rows changes rows that belong to the schema, such as currencies or roles: it deletes, updates and inserts them, in this order, each known by a key.
//
// It writes over nothing. A row to be inserted that is there already is taken over when it has the same values; a row to be updated or deleted has to
// hold the old ones. Else the step fails, and nothing of it is done. Nor does it delete a row to which others refer with ON DELETE CASCADE, SET NULL or
// SET DEFAULT, as far as the schema knows. Undoing it does the opposite, under the same conditions.
//
// Inserted and deleted rows have a value for each column, except for those that the database numbers or computes, which have none, and those whose default
// is an expression, which may have one. A step has at most [MaxRows] rows.
//
// With Declared the rows are those of the models, and the schema has them from then on, as [schema.TableRows]: such a step is written by generate.
// Its inserted and deleted rows may also leave out columns that are nullable or have a default.
type Rows struct {
	Table    string
	Key      []string // the columns by which a row is known: the primary key, or what another constraint or index makes unique
	Declared bool     // the models declare the rows
	Insert   []Values
	Update   []RowUpdate
	Delete   []Values
	Release  []Values // declared rows that stay in the table, and are the application's from now on; undoing it inserts them
}

// Values are constants by the names of columns: strings, booleans, numbers, and nil for NULL. Strings are written as defaults of columns are: times as text,
// bytes in hexadecimal, arrays as {a,b}, exact decimals as text.
type Values map[string]any

// RowUpdate changes one row of a [Rows]. From and To have the same columns, none of them of the key.
//
// In a step with Declared they may differ: a column of To alone had no declared value, as it is new or its values were computed, so whatever it
// holds is written over; one of From alone is about to go, and nothing is written into it.
type RowUpdate struct {
	Key  Values
	From Values
	To   Values
}

// MaxRows is how many rows a [Rows] may have: it is for tables that are read in a review.
const MaxRows = 1000

// Apply implements [Op].
func (o Rows) Apply(s *schema.Schema) error {
	t, err := tableWith(s, "rows of", o.Table, o.Key...)
	if err != nil {
		return err
	}
	fail := func(format string, args ...any) error {
		return fmt.Errorf("rows of %s: %s", o.Table, fmt.Sprintf(format, args...))
	}
	n := len(o.Insert) + len(o.Update) + len(o.Delete) + len(o.Release)
	switch {
	case len(o.Release) > 0 && !o.Declared:
		return fail("Release is for rows that the schema has: the step is not Declared")
	case n == 0:
		return fail("there are none")
	case n > MaxRows:
		return fail("there are %d, and a step has at most %d; use SQL or Go", n, MaxRows)
	case len(o.Key) == 0:
		return fail("it has no Key, the columns by which a row is known")
	case !keyed(t, o.Key, ""):
		return fail("no primary key, unique constraint or unique index is over its Key %s alone on every database", list(o.Key))
	}
	seen := map[string]bool{}
	check := func(what string, values Values, whole bool) error {
		for _, c := range slices.Sorted(maps.Keys(values)) {
			column := t.Column(c)
			if column == nil {
				return fail("%s has a value for %s, and the table has no such column; it has %s", what, c, some(t.ColumnNames()))
			}
			if problem := valueProblem(*column, values[c]); problem != "" {
				return fail("%s: the value for %s %s", what, c, problem)
			}
		}
		for _, c := range t.Columns {
			if _, ok := values[c.Name]; whole && !ok && !c.Identity && c.Generated == "" && c.DefaultExpr == "" && len(c.DefaultFor) == 0 && !(o.Declared && (c.Nullable || c.Default != nil)) {
				return fail("%s has no value for %s", what, c.Name)
			}
		}
		return nil
	}
	key := func(what string, values Values) error {
		var all strings.Builder
		for _, c := range o.Key {
			if values[c] == nil {
				return fail("%s has no value for %s, which is in its Key", what, c)
			}
			text, _ := ValueText(values[c])
			all.WriteString(fmt.Sprintf("%q ", text))
		}
		if seen[all.String()] {
			return fail("%s is there twice, by %s", what, list(o.Key))
		}
		seen[all.String()] = true
		return nil
	}
	for _, part := range []struct {
		name string
		rows []Values
	}{{"Delete", o.Delete}, {"Release", o.Release}, {"Insert", o.Insert}} {
		clear(seen)
		for i, r := range part.rows {
			what := rowName(part.name, i)
			if err := check(what, r, part.name == "Insert" || !o.Declared); err != nil {
				return err
			}
			if err := key(what, r); err != nil {
				return err
			}
		}
	}
	clear(seen)
	for i, u := range o.Update {
		what := rowName("Update", i)
		for _, v := range []Values{u.Key, u.From, u.To} {
			if err := check(what, v, false); err != nil {
				return err
			}
		}
		if err := key(what, u.Key); err != nil {
			return err
		}
		from, to := slices.Sorted(maps.Keys(u.From)), slices.Sorted(maps.Keys(u.To))
		switch {
		case len(u.Key) != len(o.Key):
			return fail("the Key of %s has columns that are not in that of the op, %s", what, list(o.Key))
		case len(from)+len(to) == 0, !o.Declared && !slices.Equal(from, to):
			return fail("From and To of %s must have the same columns: one has %s, the other %s", what, some(from), some(to))
		}
		for _, c := range slices.Concat(from, to) {
			if slices.Contains(o.Key, c) {
				return fail("%s changes %s, by which it is known; delete the row and insert another one, or use SQL", what, c)
			}
		}
	}
	if !o.Declared {
		return nil
	}
	return o.declare(t)
}

// rowName names a row in messages, by where it stands: never by its values.
func rowName(part string, i int) string { return fmt.Sprintf("row %d of %s", i+1, part) }

// Inverse implements [Op].
func (o Rows) Inverse() (Op, error) {
	back := Rows{Table: o.Table, Key: o.Key, Insert: slices.Clone(o.Delete), Delete: slices.Clone(o.Insert)}
	slices.Reverse(back.Insert)
	slices.Reverse(back.Delete)
	back.Declared = o.Declared
	back.Insert = append(back.Insert, o.Release...)
	for _, u := range slices.Backward(o.Update) {
		back.Update = append(back.Update, RowUpdate{Key: u.Key, From: u.To, To: u.From})
	}
	return back, nil
}

// Effects implements [Op].
func (o Rows) Effects() Effects {
	e := Effects{Rows: true}
	e.reads(tableObject(o.Table))
	e.readsColumns(o.Table, o.Key...)
	all := map[string]bool{}
	add := func(values Values) {
		for c := range values {
			all[c] = true
		}
	}
	for _, r := range slices.Concat(o.Insert, o.Delete, o.Release) {
		add(r)
	}
	for _, u := range o.Update {
		e.readsColumns(o.Table, slices.Sorted(maps.Keys(u.Key))...)
		add(u.From)
		add(u.To)
	}
	for _, c := range slices.Sorted(maps.Keys(all)) {
		e.Writes = append(e.Writes, columnObject(o.Table, c))
	}
	return e
}

// Describe implements [Op].
func (o Rows) Describe() string {
	var parts []string
	update := slices.DeleteFunc(slices.Clone(o.Update), func(u RowUpdate) bool { return len(u.To) == 0 })
	for _, p := range []struct {
		verb string
		n    int
	}{{"delete", len(o.Delete)}, {"update", len(update)}, {"insert", len(o.Insert)}, {"release", len(o.Release)}, {"keep for the way back", len(o.Update) - len(update)}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", p.verb, p.n))
		}
	}
	return "Rows of " + o.Table + ": " + some(parts)
}

// Destroys implements [Op]. The rows that go are in the op, and come back when it is undone.
func (o Rows) Destroys() []string { return nil }

func (o Rows) plan(p Planner) error { return p.Rows(o) }
