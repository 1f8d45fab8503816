package dialecttest_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// faultDB is a database of one kind or the other, for what does not depend on the driver.
type faultDB struct {
	t       *testing.T
	dialect migrate.Dialect
	db      *sql.DB
	dump    func() []string
}

func faultBoth(t *testing.T, test func(t *testing.T, d faultDB)) {
	t.Parallel()
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		f := newFaultPG(t, "pgx", nil)
		test(t, faultDB{t, postgres.Dialect{}, f.db, func() []string {
			f.alone()
			return f.dump()
		}})
	})
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		f := newFaultLite(t, "wal")
		test(t, faultDB{t, sqlite.Dialect{}, f.db, f.dump})
	})
}

func (d faultDB) exec(statements ...string) {
	d.t.Helper()
	for _, q := range statements {
		if _, err := d.db.ExecContext(d.t.Context(), q); err != nil {
			d.t.Fatalf("%s: %v", q, err)
		}
	}
}

func (d faultDB) migrator(all ...*migrate.Migration) *migrate.Migrator {
	d.t.Helper()
	return faultMigrator(d.t, d.db, d.dialect, migrate.NewSet("fault", all...), nil)
}

func (d faultDB) up(all ...*migrate.Migration) {
	d.t.Helper()
	if _, err := d.migrator(all...).Up(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
}

// refuses wants an error of the history with these words from Up, and nothing changed.
func (d faultDB) refuses(all []*migrate.Migration, words ...string) {
	d.t.Helper()
	before := d.dump()
	_, err := d.migrator(all...).Up(d.t.Context())
	var history *migrate.HistoryError
	if !errors.As(err, &history) || history.Next == "" {
		d.t.Fatalf("got %v", err)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			d.t.Errorf("it does not say %q: %v", w, err)
		}
	}
	if diff := cmp.Diff(before, d.dump()); diff != "" {
		d.t.Errorf("it changed something:\n%s", diff)
	}
}

// faultThree are three migrations; the first one has been applied where a test says so.
func faultThree() []*migrate.Migration {
	return faultChain(
		[]migrate.Op{faultTable("people", schema.Text("name"))},
		[]migrate.Op{migrate.AddColumn{Table: "people", Column: schema.Integer("age").Default(1)}},
		[]migrate.Op{faultTable("pets")},
	)
}

func TestFault18Edited(t *testing.T) {
	faultBoth(t, func(t *testing.T, d faultDB) {
		d.up(faultThree()[:2]...)
		edited := faultThree()
		edited[0].Ops[0] = faultTable("people", schema.Text("name").Default("x"))
		d.refuses(edited, "0001_step", "changed since")
	})
}

func TestFault19Deleted(t *testing.T) {
	faultBoth(t, func(t *testing.T, d faultDB) {
		d.up(faultThree()[:2]...)
		all := faultThree()
		all[2].Parents = all[:1]
		left := []*migrate.Migration{all[0], all[2]}
		d.refuses(left, "0002_step", "does not know")
		if st, err := d.migrator(left...).Status(t.Context()); err != nil || len(st.Entries) != 3 {
			t.Errorf("looking: %+v, %v", st, err)
		}
	})
}

func TestFault20Inserted(t *testing.T) {
	faultBoth(t, func(t *testing.T, d faultDB) {
		d.up(faultThree()...)
		all := faultThree()
		between := &migrate.Migration{Name: "0002_between", Parents: all[:1], Ops: []migrate.Op{faultTable("between_two")}}
		all[1].Parents = []*migrate.Migration{between}
		d.refuses(append(all, between), "0002_between")
	})
}

// TestFault21Forked: two branches have added a migration each. The set says so before there is a database.
func TestFault21Forked(t *testing.T) {
	all := faultThree()
	all[2].Parents = all[:1]
	err := migrate.NewSet("fault", all...).Err()
	if err == nil || !strings.Contains(err.Error(), "2 heads") || !strings.Contains(err.Error(), "modelgen merge") {
		t.Errorf("got %v", err)
	}
}

func TestFault22OlderProgram(t *testing.T) {
	faultBoth(t, func(t *testing.T, d faultDB) {
		d.up(faultThree()...)
		old := faultThree()[:2]
		before := d.dump()
		m := d.migrator(old...)
		if err := m.Check(t.Context()); err != nil {
			t.Errorf("an older program may not run: %v", err)
		}
		if res, err := m.Up(t.Context()); err != nil || len(res.Done) > 0 {
			t.Errorf("nothing is pending: %v, %v", res, err)
		}
		var history *migrate.HistoryError
		if _, err := m.Down(t.Context()); !errors.As(err, &history) || !strings.Contains(err.Error(), "0003_step") {
			t.Errorf("going back: %v", err)
		}
		if diff := cmp.Diff(before, d.dump()); diff != "" {
			t.Errorf("it changed something:\n%s", diff)
		}
	})
}

func TestFault23HistoryGone(t *testing.T) {
	faultBoth(t, func(t *testing.T, d faultDB) {
		d.up(faultThree()...)
		d.exec("INSERT INTO people (id, name) VALUES (1, 'kept')", "DROP TABLE modelgen_history")
		_, err := d.migrator(faultThree()...).Up(t.Context())
		var failed *migrate.MigrationError
		if !errors.As(err, &failed) || failed.Migration != "0001_step" || failed.Committed != 0 {
			t.Errorf("got %v", err)
		}
		var n int
		err = d.db.QueryRowContext(t.Context(), `SELECT (SELECT count(*) FROM people WHERE age = 1) + (SELECT count(*) FROM modelgen_history WHERE "set" = 'fault')`).Scan(&n)
		if err != nil || n != 1 {
			t.Errorf("%d rows, %v", n, err)
		}
		if _, err := d.migrator(faultThree()...).Fake(t.Context(), "0003_step"); err != nil {
			t.Error(err)
		}
		faultWhole(t, d.db, d.dialect, migrate.NewSet("fault", faultThree()...))
	})
}

func TestFault24HistoryChanged(t *testing.T) {
	for name, c := range map[string]struct{ change, word string }{
		"hash":   {"UPDATE modelgen_history SET hash = 'other' WHERE name = '0001_step'", "changed since"},
		"parent": {"DELETE FROM modelgen_history WHERE name = '0001_step'", "0001_step"},
		"name":   {"UPDATE modelgen_history SET name = 'other' WHERE name = '0002_step'", "does not know"},
	} {
		t.Run(name, func(t *testing.T) {
			faultBoth(t, func(t *testing.T, d faultDB) {
				d.up(faultThree()[:2]...)
				d.exec(c.change)
				d.refuses(faultThree(), c.word)
			})
		})
	}
}

// TestFault25ClockGoesBack: the order is that of the rows, never that of their times.
func TestFault25ClockGoesBack(t *testing.T) {
	faultBoth(t, func(t *testing.T, d faultDB) {
		d.up(faultThree()[:2]...)
		tomorrow := "'2999-01-01T00:00:00.000Z'"
		d.exec("UPDATE modelgen_history SET started = " + tomorrow + ", finished = " + tomorrow + " WHERE name = '0001_step'")
		d.up(faultThree()...)
		m := d.migrator(faultThree()...)
		if res, err := m.Up(t.Context()); err != nil || len(res.Done) > 0 {
			t.Errorf("again: %v, %v", res, err)
		}
		if res, err := m.Down(t.Context()); err != nil || len(res.Done) != 1 || res.Done[0].Migration != "0003_step" {
			t.Errorf("back: %+v, %v", res, err)
		}
	})
}

// TestFault35CancelledBetween: the context ends between two migrations.
func TestFault35CancelledBetween(t *testing.T) {
	faultBoth(t, func(t *testing.T, d faultDB) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		all := faultThree()
		all[0].Ops = append(all[0].Ops, faultSQL("INSERT INTO people (id, name) VALUES (1, 'x')")) // has its own transaction
		opt := &migrate.Options{Progress: func(e migrate.Event) {
			if e.Kind == migrate.EventEnd && e.Migration == "0001_step" {
				cancel()
			}
		}}
		res, err := faultMigrator(t, d.db, d.dialect, migrate.NewSet("fault", all...), opt).Up(ctx)
		if !errors.Is(err, context.Canceled) || len(res.Done) != 1 {
			t.Errorf("got %v, done %v", err, res.Done)
		}
		faultWhole(t, d.db, d.dialect, migrate.NewSet("fault", all...))
		d.up(all...)
		faultWhole(t, d.db, d.dialect, migrate.NewSet("fault", all...))
	})
}

// TestFault41Drift: what a migration makes is there, in another form. It is never taken for done.
func TestFault41Drift(t *testing.T) {
	for name, c := range map[string]struct {
		by, undo string
		op       migrate.Op
	}{
		"index":  {"CREATE INDEX people_name_idx ON people (id)", "DROP INDEX people_name_idx", migrate.CreateIndex{Table: "people", Index: faultIndex("people_name_idx", "name")}},
		"column": {"ALTER TABLE people ADD COLUMN age text", "ALTER TABLE people DROP COLUMN age", migrate.AddColumn{Table: "people", Column: schema.Integer("age").Default(1)}},
		"table":  {"CREATE TABLE pets (id text)", "DROP TABLE pets", faultTable("pets")},
	} {
		t.Run(name, func(t *testing.T) {
			faultBoth(t, func(t *testing.T, d faultDB) {
				all := faultChain([]migrate.Op{faultTable("people", schema.Text("name"))}, []migrate.Op{c.op})
				d.up(all[:1]...)
				d.exec(c.by)
				m := d.migrator(all...)
				_, err := m.Up(t.Context())
				var failed *migrate.MigrationError
				if !errors.As(err, &failed) || failed.Migration != "0002_step" {
					t.Errorf("got %v", err)
				}
				if st, err := m.Status(t.Context()); err != nil || len(st.Pending()) != 1 {
					t.Errorf("%+v, %v", st, err)
				}
				d.exec(c.undo)
				d.up(all...)
				faultWhole(t, d.db, d.dialect, migrate.NewSet("fault", all...))
			})
		})
	}
}
