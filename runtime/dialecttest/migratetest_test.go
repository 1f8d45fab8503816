package dialecttest_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/migratetest"
	"github.com/modelgen/modelgen/runtime/schema"
)

// recorder is a test that keeps what is said, in the place of one that fails.
type recorder struct {
	testing.TB
	errs, logs []string
}

func (r *recorder) Helper() {}
func (r *recorder) Errorf(format string, a ...any) {
	r.errs = append(r.errs, fmt.Sprintf(format, a...))
}
func (r *recorder) Logf(format string, a ...any) { r.logs = append(r.logs, fmt.Sprintf(format, a...)) }

// expect checks that what was said is one line that has all the words, or nothing when there are none.
func expect(t *testing.T, what string, said []string, words ...string) {
	t.Helper()
	if len(words) == 0 {
		if len(said) > 0 {
			t.Errorf("%s: %q", what, said)
		}
		return
	}
	if len(said) != 1 {
		t.Fatalf("%s: %d times, not once: %q", what, len(said), said)
	}
	for _, w := range words {
		if !strings.Contains(said[0], w) {
			t.Errorf("%s: %q is not in\n%s", what, w, said[0])
		}
	}
}

// byHand is a step in SQL that says of itself that it adds a column to t.
func byHand(column, down string) migrate.Op {
	return migrate.SQL{
		Up: []string{"ALTER TABLE t ADD COLUMN " + column + " integer"}, Down: []string{down},
		Schema: []migrate.Op{migrate.AddColumn{Table: "t", Column: schema.Integer(column).Null()}},
	}
}

// currencies is a table of rows that belong to the schema.
func currencies() migrate.Op {
	return migrate.CreateTable{Table: "currencies", Columns: []schema.ColumnDef{schema.Text("code"), schema.Integer("digits")}, PrimaryKey: schema.PrimaryKey{Name: "currencies_pkey", Columns: []string{"code"}}}
}

func declaresRows(codes ...string) migrate.Op {
	op := migrate.Rows{Table: "currencies", Key: []string{"code"}, Declared: true}
	for _, code := range codes {
		op.Insert = append(op.Insert, migrate.Values{"code": code, "digits": 2})
	}
	return op
}

func view(down string) migrate.Op {
	return migrate.SQL{Up: []string{"CREATE VIEW seen AS SELECT 1 AS one"}, Down: []string{down}}
}

// withView has a table, perhaps a view, and a squash of both.
func withView(second migrate.Op, down string) *migrate.Set {
	if second == nil {
		second = adds("t", "one")
	}
	old := chain(makes("t"), second)
	squash := &migrate.Migration{Name: "0002_squashed", Replaces: []string{"0001_a", "0002_b"}, Ops: []migrate.Op{makes("t")}}
	if _, adds := second.(migrate.AddColumn); adds {
		squash.Ops = append(squash.Ops, second)
	}
	squash.Ops = append(squash.Ops, view(down))
	return migrate.NewSet("shop", append(old, squash)...)
}

func TestMigratetest(t *testing.T) {
	t.Parallel()
	lost := migrate.SQL{Up: []string{"SELECT 1"}}
	shop := func(ops ...migrate.Op) func() *migrate.Set {
		return func() *migrate.Set { return migrate.NewSet("shop", chain(ops...)...) }
	}
	for _, c := range []struct {
		name       string
		set        func() *migrate.Set
		reversible bool
		before     string   // SQL that is run first
		errs, logs []string // what must be said, in one line
		applied    int      // rows of the history, at the end
	}{
		{name: "what the generator writes", set: shopSet},
		{name: "an empty set", set: func() *migrate.Set { return migrate.NewSet("none") }},
		{name: "a squash beside what it replaces", set: func() *migrate.Set { return newSquashed().both() }},
		{name: "two branches that were joined", set: func() *migrate.Set {
			a := chain(makes("t"))[0]
			b := &migrate.Migration{Name: "0002_b", Parents: []*migrate.Migration{a}, Ops: []migrate.Op{adds("t", "one")}}
			c := &migrate.Migration{Name: "0002_c", Parents: []*migrate.Migration{a}, Ops: []migrate.Op{adds("t", "two")}}
			return migrate.NewSet("shop", a, b, c, &migrate.Migration{Name: "0003_merge", Parents: []*migrate.Migration{b, c}})
		}},
		{name: "a set that needs another one", set: func() *migrate.Set {
			users := chain(makes("users"))
			migrate.NewSet("users", users...)
			first := &migrate.Migration{Name: "0001_a", Parents: users, Ops: []migrate.Op{makes("t")}}
			return migrate.NewSet("shop", first, &migrate.Migration{Name: "0002_b", Parents: []*migrate.Migration{first}, Ops: []migrate.Op{adds("t", "one")}})
		}},
		{name: "a view that is declared, and one that another migration changes", set: shop(makes("t"), migrate.CreateView{Name: "seen", Query: "SELECT 1 AS one"},
			migrate.ReplaceView{Name: "seen", From: "SELECT 1 AS one", To: "SELECT 2 AS one"})},
		{name: "declared rows, which another migration changes, deletes and releases", set: shop(currencies(), declaresRows("EUR", "JPY", "USD"),
			migrate.Rows{Table: "currencies", Key: []string{"code"}, Declared: true, Delete: []migrate.Values{{"code": "JPY", "digits": 2}}, Release: []migrate.Values{{"code": "USD", "digits": 2}},
				Update: []migrate.RowUpdate{{Key: migrate.Values{"code": "EUR"}, From: migrate.Values{"digits": 2}, To: migrate.Values{"digits": 3}}}})},
		{
			name: "declared rows that a step by hand deletes", set: shop(currencies(), declaresRows("EUR"), migrate.SQL{Up: []string{"DELETE FROM currencies"}, Down: []string{"SELECT 1"}}), applied: 3,
			errs: []string{"currencies", "EUR"},
		},
		{name: "joined sets", set: func() *migrate.Set {
			return migrate.Join(migrate.NewSet("users", chain(makes("users"))...), migrate.NewSet("shop", chain(makes("t"))...))
		}},
		{
			name: "a step that cannot be undone", set: shop(makes("t"), lost, adds("t", "one")), applied: 3,
			logs: []string{"set shop: 0002_b cannot be undone: Run SQL: SELECT 1", "the way down to an empty database is left out"},
		},
		{
			name: "a step that must be undone and cannot", set: shop(makes("t"), lost), reversible: true,
			errs: []string{"set shop: 0002_b cannot be undone: Run SQL: SELECT 1"},
		},
		{
			name: "a way down that leaves something behind", applied: 1,
			set:  shop(makes("t"), view("SELECT 1")),
			errs: []string{"undoing 0002_b (Run SQL: CREATE VIEW seen AS SELECT 1 AS one) does not give back what was there before it", "unexpected: view seen"},
		},
		{
			name: "one that does not run", set: shop(makes("t"), migrate.SQL{Up: []string{"UPDATE nowhere SET x = 1"}, NoDown: "test"}), applied: 1,
			errs: []string{"applying 0002_b failed at: Run SQL: UPDATE nowhere SET x = 1"},
		},
		{
			name: "one that does what it does not say", applied: 2,
			set:  shop(makes("t"), migrate.SQL{Up: []string{"ALTER TABLE t ADD COLUMN more integer"}, Down: []string{"ALTER TABLE t DROP COLUMN more"}}),
			errs: []string{"after 0002_b (Run SQL: ALTER TABLE t ADD COLUMN more integer), the database is not what the migrations say", "unexpected: column t.more"},
		},
		{
			name: "a way down that does not go back", set: shop(makes("t"), lost, byHand("less", "SELECT 1")), applied: 2,
			errs: []string{"undoing 0003_c (Run SQL: ALTER TABLE t ADD COLUMN less integer) does not give back what was there before it", "unexpected: column t.less"},
			logs: []string{"0002_b cannot be undone"},
		},
		{
			name: "a way down that takes too much", applied: 2,
			set:  shop(makes("t"), adds("t", "one"), byHand("less", "ALTER TABLE t DROP COLUMN less; ALTER TABLE t DROP COLUMN one")),
			errs: []string{"undoing 0003_c (", "missing:    column t.one"},
		},
		{
			name: "a squash that does more than what it replaces", applied: 3, set: func() *migrate.Set { return withView(nil, "DROP VIEW IF EXISTS seen") },
			errs: []string{"all at once make another schema than one by one", "unexpected: view seen"},
		},
		{
			name: "a squash whose way down leaves something behind", set: func() *migrate.Set { return withView(view("DROP VIEW seen"), "SELECT 1") },
			errs: []string{"down to zero after the migrations were applied one by one, the database is not as it was before", "unexpected: view seen"},
		},
		{
			name: "a database with a table", before: "CREATE TABLE rows_that_matter (id integer)", set: shopSet,
			errs: []string{"the database is not empty, and was not touched", "table rows_that_matter"},
		},
		{name: "a set that is wrong", set: shop(adds("t", "one")), errs: []string{"op 1 of 0001_a does not fit"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			runners(t, func(r *runner) {
				if c.before != "" {
					r.exec(c.before)
				}
				set := c.set()
				got := &recorder{TB: r.t}
				migratetest.Test{DB: r.db, Dialect: r.dialect, Set: set, Reversible: c.reversible}.Run(got)
				expect(r.t, "errors", got.errs, c.errs...)
				expect(r.t, "logs", got.logs, c.logs...)
				if set.Err() != nil {
					return
				}
				status, err := r.migrator(set).Status(context.Background())
				if err != nil {
					r.t.Fatal(err)
				}
				n := 0
				for _, e := range status.Entries {
					if e.Record != nil {
						n++
					}
				}
				if n != c.applied {
					r.t.Errorf("%d migrations are applied at the end, not %d", n, c.applied)
				}
			})
		})
	}
}

// TestMigratetestHistory: a database that has a history is refused, even when its tables are gone.
func TestMigratetestHistory(t *testing.T) {
	runners(t, func(r *runner) {
		set := shopSet()
		if _, err := r.migrator(set).Fake(context.Background(), "0001_initial"); err != nil {
			r.t.Fatal(err)
		}
		got := &recorder{TB: r.t}
		migratetest.Run(got, r.db, r.dialect, set)
		expect(r.t, "errors", got.errs, "the database is not empty, and was not touched", "migration 0001_initial in the history")
	})
}

// TestMigratetestTwice: a test leaves an empty database, and so can run again; what an application left is refused.
func TestMigratetestTwice(t *testing.T) {
	t.Parallel()
	runners(t, func(r *runner) {
		for range 2 {
			migratetest.Run(r.t, r.db, r.dialect, shopSet())
		}
		if _, err := r.migrator(shopSet()).Up(context.Background()); err != nil {
			r.t.Fatal(err)
		}
		got := &recorder{TB: r.t}
		migratetest.Run(got, r.db, r.dialect, shopSet())
		expect(r.t, "errors", got.errs, "the database is not empty", "migration 0001_initial in the history", "column products.id")
		r.settled(shopSet())
	})
}
