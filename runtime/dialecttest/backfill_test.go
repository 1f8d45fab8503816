package dialecttest_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// fillStart is a table with rows, made by a migration of its own, and a log in which a trigger counts the updates of each row.
func fillStart(r *runner, rows int, ops ...migrate.Op) *migrate.Set {
	r.t.Helper()
	set := fillSet(nil)
	r.up(set, "0001_step")
	r.exec(fillRows(r, rows)...)
	return fillSet(ops)
}

func fillSet(ops []migrate.Op) *migrate.Set {
	all := [][]migrate.Op{{migrate.CreateTable{
		Table:      "items",
		Columns:    []schema.ColumnDef{schema.BigInt("id"), schema.Text("name"), schema.Text("slug").Null(), schema.Text("title").Null()},
		PrimaryKey: schema.PrimaryKey{Name: "items_pkey", Columns: []string{"id"}},
	}}}
	if len(ops) > 0 {
		all = append(all, ops)
	}
	return migrate.NewSet("fill", faultChain(all...)...)
}

func fillRows(r *runner, rows int) []string {
	if r.dialect.Name() == "sqlite" {
		return []string{
			fmt.Sprintf("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) INSERT INTO items (id, name) SELECT i, 'Name ' || i FROM n WHERE %[1]d > 0", rows),
			"CREATE TABLE log (id INTEGER)",
			"CREATE TRIGGER items_log AFTER UPDATE ON items BEGIN INSERT INTO log VALUES (OLD.id); END",
		}
	}
	return []string{
		fmt.Sprintf("INSERT INTO items (id, name) SELECT i, 'Name ' || i FROM generate_series(1, %d) i", rows),
		"CREATE TABLE log (id bigint)",
		"CREATE FUNCTION log_item() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO public.log VALUES (OLD.id); RETURN NULL; END'",
		"CREATE TRIGGER items_log AFTER UPDATE ON items FOR EACH ROW EXECUTE FUNCTION log_item()",
	}
}

// fillNow drops what the tests made by hand, so that the database is compared with what migrations made.
func (r *runner) fillNow(set *migrate.Set) {
	r.t.Helper()
	if r.dialect.Name() == "sqlite" {
		r.exec("DROP TRIGGER items_log")
	} else {
		r.exec("DROP TRIGGER items_log ON items", "DROP FUNCTION log_item()")
	}
	r.exec("DROP TABLE log")
	r.settled(set)
}

// wants compares counts.
func (r *runner) wants(want int, query string) {
	r.t.Helper()
	if got := r.count(query); got != want {
		r.t.Errorf("%s: %d, want %d", query, got, want)
	}
}

// itemAt0002 is what the tests read and write of a row.
type itemAt0002 struct {
	ID   int64   `db:"id"`
	Name string  `db:"name"`
	Slug *string `db:"slug"`
}

func slugs(do func(p *itemAt0002) error) migrate.Backfill[itemAt0002] {
	return migrate.Backfill[itemAt0002]{Table: "items", Where: "slug IS NULL", Row: func(p *itemAt0002) error {
		if do != nil {
			if err := do(p); err != nil {
				return err
			}
		}
		p.Slug = new(strings.ToLower(p.Name))
		return nil
	}}
}

// TestFillAndBackfill fills two columns of every row, each row once for each.
func TestFillAndBackfill(t *testing.T) {
	t.Parallel()
	runners(t, func(r *runner) {
		const n = 7000
		calls := 0
		set := fillStart(r, n,
			migrate.Fill{Table: "items", Column: "title", Expr: "upper(name)", Where: "id <> 3"},
			slugs(func(p *itemAt0002) error { calls++; return nil }),
		)
		r.exec("UPDATE items SET slug = 'kept' WHERE id = 5000", "DELETE FROM log")
		var events []migrate.Event
		r.opt.Progress = func(e migrate.Event) {
			if e.Kind == migrate.EventProgress {
				events = append(events, e)
			}
		}
		throttled := 0
		r.opt.Throttle = func(context.Context) error { throttled++; return nil }
		r.opt.ReplicaLag = 1 // there is no replica
		r.up(set, "0002_step")
		r.wants(n-1, "SELECT count(*) FROM items WHERE title = upper(name)")
		r.wants(n-1, "SELECT count(*) FROM items WHERE slug = lower(name)")
		r.wants(1, "SELECT count(*) FROM items WHERE slug = 'kept'")
		r.wants(2*n-2, "SELECT count(*) FROM log")
		if calls != n-1 {
			t.Errorf("Row was called %d times for %d rows", calls, n-1)
		}
		last := migrate.Event{}
		for _, e := range events {
			if e.Migration != "0002_step" || e.Stage == last.Stage && e.Rows <= last.Rows || e.Total < e.Rows || e.Rate < 0 {
				t.Errorf("progress: %+v after %+v", e, last)
			}
			last = e
		}
		if last.Rows != n || last.Total != n || last.Left != 0 || len(events) < 6 || throttled != len(events) {
			t.Errorf("%d events, %d times throttled, the last is %+v", len(events), throttled, last)
		}
		r.wants(0, "SELECT count(*) FROM modelgen_history WHERE cursor <> ''")
		r.fillNow(set)
	})
}

// TestFillOnNewTables: where nobody else can be, all is in the transaction of the migration.
func TestFillOnNewTables(t *testing.T) {
	runners(t, func(r *runner) {
		insert := migrate.SQL{Up: []string{"INSERT INTO items (id, name) VALUES (1, 'A'), (2, 'B')"}, NoDown: "test"}
		ops := append(slices.Clone(fillSet(nil).Migrations()[0].Ops), insert, slugs(nil), migrate.Fill{Table: "items", Column: "title", Expr: "upper(slug)"})
		set := migrate.NewSet("fill", faultChain([]migrate.Op{makes("other")}, ops)...)
		r.up(migrate.NewSet("fill", set.Migrations()[:1]...), "0001_step")
		plan, err := r.migrator(set).Plan(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		if groups := migrate.Transactions(plan.Steps[0].Stages); len(groups) != 1 {
			t.Errorf("%d transactions", len(groups))
		}
		r.up(set, "0002_step")
		r.wants(2, "SELECT count(*) FROM items WHERE slug = lower(name) AND title = name")
		r.settled(set)
	})
}

// TestFillOnAnEmptyDatabase: nor can anybody be where nothing was before.
func TestFillOnAnEmptyDatabase(t *testing.T) {
	runners(t, func(r *runner) {
		set := fillSet([]migrate.Op{migrate.Fill{Table: "items", Column: "title", Expr: "'x'"}, slugs(nil)})
		plan, err := r.migrator(set).Plan(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		for _, st := range plan.Steps[1].Stages {
			if st.Batch != nil {
				t.Errorf("%s goes in batches", st.Cause)
			}
		}
		r.up(set, "0001_step, 0002_step")
		r.settled(set)
	})
}

// TestFillOfNoRows: a table that is empty is done at once.
func TestFillOfNoRows(t *testing.T) {
	runners(t, func(r *runner) {
		set := fillStart(r, 0, migrate.Fill{Table: "items", Column: "title", Expr: "'x'"}, slugs(nil))
		r.up(set, "0002_step")
		r.fillNow(set)
	})
}

// TestBackfillRowError stops at a row, names it, and goes on there.
func TestBackfillRowError(t *testing.T) {
	t.Parallel()
	runners(t, func(r *runner) {
		broken, least := true, int64(1<<62)
		set := fillStart(r, 3500, slugs(func(p *itemAt0002) error {
			least = min(least, p.ID)
			if broken && p.ID == 2500 {
				return errors.New("no slug")
			}
			return nil
		}))
		_, err := r.migrator(set).Up(t.Context())
		r.fails(err, "0002_step", "Backfill items", "row id = 2500: no slug", " rows are done")
		if strings.Contains(err.Error(), "Name 2500") {
			t.Errorf("the error holds values: %v", err)
		}
		done := r.count("SELECT count(*) FROM items WHERE slug IS NOT NULL") // whole batches, which are smaller when they take long
		if done < 1000 || done >= 2500 || !strings.Contains(err.Error(), fmt.Sprintf(" %d rows are done", done)) {
			t.Errorf("%d rows are done: %v", done, err)
		}
		broken, least = false, 1<<62
		r.up(set, "0002_step")
		if least != int64(done)+1 {
			t.Errorf("it went on at row %d", least)
		}
		r.wants(3500, "SELECT count(*) FROM items WHERE slug = lower(name)")
		r.wants(3500, "SELECT count(*) FROM log")
		r.fillNow(set)
	})
}

// TestBackfillPanic is an error of the row, too.
func TestBackfillPanic(t *testing.T) {
	runners(t, func(r *runner) {
		set := fillStart(r, 2, slugs(func(p *itemAt0002) error { panic("oh") }))
		_, err := r.migrator(set).Up(t.Context())
		r.fails(err, "row id = 1: panic: oh")
		r.wants(0, "SELECT count(*) FROM log")
	})
}

// TestFillThrottleError ends the run where it is.
func TestFillThrottleError(t *testing.T) {
	runners(t, func(r *runner) {
		set := fillStart(r, 3000, migrate.Fill{Table: "items", Column: "title", Expr: "name"})
		n := 0
		r.opt.Throttle = func(context.Context) error {
			if n++; n == 2 {
				return errors.New("too busy")
			}
			return nil
		}
		_, err := r.migrator(set).Up(t.Context())
		r.fails(err, "the throttle of the options: too busy", "1000 rows are done")
		r.wants(1000, "SELECT count(*) FROM items WHERE title = name")
		r.up(set, "0002_step")
		r.wants(3000, "SELECT count(*) FROM log")
	})
}

// TestFillConcurrentInserts: rows that come after the bound was taken do not keep it from ending.
func TestFillConcurrentInserts(t *testing.T) {
	t.Parallel()
	runners(t, func(r *runner) {
		set := fillStart(r, 3000, migrate.Fill{Table: "items", Column: "title", Expr: "name"}, slugs(nil))
		next := 10_000
		r.opt.Throttle = func(context.Context) error {
			for range 3 {
				r.exec(fmt.Sprintf("INSERT INTO items (id, name, title) VALUES (%d, 'late', 'own')", next), fmt.Sprintf("INSERT INTO items (id, name, slug) VALUES (%d, 'early', 'own')", -next))
				next++
			}
			return nil
		}
		r.up(set, "0002_step")
		r.wants(3000, "SELECT count(*) FROM items WHERE id BETWEEN 1 AND 3000 AND title = name AND slug = lower(name)")
		r.wants(0, "SELECT count(*) FROM items WHERE name = 'late' AND title <> 'own'")
	})
}

// TestFillRefusals: what is wrong is said before anything runs.
func TestFillRefusals(t *testing.T) {
	runners(t, func(r *runner) {
		logs := migrate.CreateTable{Table: "logs", Columns: []schema.ColumnDef{schema.Text("a"), schema.Text("b").Null()}}
		fill := migrate.Fill{Table: "logs", Column: "b", Expr: "a"}
		plain := fill
		plain.Plain = "it has a hundred rows"
		set := func(op migrate.Op) *migrate.Set {
			return migrate.NewSet("fill", faultChain([]migrate.Op{logs}, []migrate.Op{op})...)
		}
		r.up(migrate.NewSet("fill", set(fill).Migrations()[:1]...), "0001_step")
		r.exec("INSERT INTO logs (a) VALUES ('x')")
		_, err := r.migrator(set(fill)).Up(t.Context())
		r.fails(err, "0002_step", "Fill logs.b", "no primary key", "Plain", "nothing of it was changed")
		r.up(set(plain), "0002_step")
		r.wants(1, "SELECT count(*) FROM logs WHERE b = 'x'")
	})
}

// TestUnwritten: nothing is touched on the way to what is not written.
func TestUnwritten(t *testing.T) {
	runners(t, func(r *runner) {
		set := fillSet([]migrate.Op{migrate.Unwritten("items.slug")})
		if err := set.Err(); err != nil {
			t.Fatal(err)
		}
		m := r.migrator(set)
		_, up := m.Up(t.Context())
		_, to := m.To(t.Context(), "0002")
		_, plan := m.Plan(t.Context(), "")
		for _, err := range []error{up, to, plan} {
			r.fails(err, "0002_step.go", "items.slug", `migrate.Unwritten("items.slug")`, "nothing was changed")
			var u *migrate.UnwrittenError
			if !errors.As(err, &u) || u.Missing[0] != (migrate.UnwrittenStep{Migration: "0002_step", File: "0002_step.go", Column: "items.slug"}) {
				t.Errorf("it is a %T", err)
			}
		}
		if st, err := m.Status(t.Context()); err != nil || len(st.Pending()) != 2 {
			t.Errorf("%v %v", st, err)
		}
		if r.dialect.Name() != "sqlite" {
			r.wants(0, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
		} else {
			r.wants(0, "SELECT count(*) FROM sqlite_master")
		}
		code, _, stderr := r.command(set, "up")
		if code != 1 || !strings.Contains(stderr, "0002_step.go: ") {
			t.Errorf("%d %s", code, stderr)
		}
		r.to(set, "0001", "0001_step")
		res, err := m.Fake(t.Context(), "0002")
		r.does(res, err, "faked 0002_step")
	})
}

// TestBackfillLockedRow: a row that somebody has locked is tried again until it is free.
func TestBackfillLockedRow(t *testing.T) {
	t.Parallel()
	pgRunners(t, func(r *runner) {
		set := fillStart(r, 3000, migrate.Fill{Table: "items", Column: "title", Expr: "name"}, slugs(nil))
		tx, err := r.db.Begin()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec("UPDATE items SET name = 'Changed' WHERE id = 1700"); err != nil {
			t.Fatal(err)
		}
		retries := 0
		r.opt.Progress = func(e migrate.Event) {
			if e.Kind == migrate.EventRetry {
				if retries++; retries == 2 {
					if err := tx.Commit(); err != nil {
						t.Error(err)
					}
				}
			}
		}
		r.up(set, "0002_step")
		r.wants(3000, "SELECT count(*) FROM items WHERE title = name AND slug = lower(name)")
	})
}

// TestBackfillChangedRow: a row that is changed between reading and writing is read again.
func TestBackfillChangedRow(t *testing.T) {
	pgRunners(t, func(r *runner) {
		times := 0
		set := fillStart(r, 10, slugs(func(p *itemAt0002) error {
			if p.ID == 4 {
				if times++; times < 5 { // also when it happens again and again, as long as the row is not locked
					_, err := r.db.Exec("SET lock_timeout = 100; UPDATE items SET name = name || '!' WHERE id = 4")
					if migrate.ErrorCode(err) != "55P03" {
						return err
					}
				}
			}
			return nil
		}))
		r.up(set, "0002_step")
		r.wants(10, "SELECT count(*) FROM items WHERE slug = lower(name)")
		r.wants(1, "SELECT count(*) FROM items WHERE name LIKE 'Name 4!%'")
	})
}

// TestBackfillLease: batches need nothing of the session, so they go through a pooler.
func TestBackfillLease(t *testing.T) {
	pgRunners(t, func(r *runner) {
		set := fillStart(r, 2500, migrate.Fill{Table: "items", Column: "title", Expr: "name"}, slugs(nil))
		r.opt.Lock = migrate.LockLease
		r.up(set, "0002_step")
		r.wants(5000, "SELECT count(*) FROM log")
		m, err := migrate.New(r.db, postgres.Dialect{}, set, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Check(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
