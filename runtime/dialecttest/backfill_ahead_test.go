package dialecttest_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// What children are told to run, see faultSets.
var _ = func() bool {
	faultSets["ahead"] = aheadSet
	return true
}()

// aheadSet marks each row without a look at the mark that is there, on the way to NOT NULL: a row that is done twice has two.
func aheadSet() *migrate.Set {
	return fillSet([]migrate.Op{
		migrate.Backfill[markAt0002]{Table: "items", Row: func(p *markAt0002) error {
			if p.Title == nil {
				p.Title = new("")
			}
			*p.Title += "x"
			return nil
		}},
		migrate.AlterColumn{Table: "items", From: schema.Text("title").Null(), To: schema.Text("title")},
	})
}

type markAt0002 struct {
	ID    int64   `db:"id"`
	Title *string `db:"title"`
}

// aheadStart is fillStart without the trigger, with which nothing is read ahead.
func aheadStart(r *runner, rows int, ops ...migrate.Op) *migrate.Set {
	r.t.Helper()
	set := fillStart(r, rows, ops...)
	r.exec("DROP TRIGGER items_log ON items", "DROP FUNCTION log_item()", "DROP TABLE log")
	return set
}

// aheadOf returns a backfill that notes the rows it was called for, and whether that was before the batch in front of theirs was committed.
func (r *runner) aheadOf(where string, do func(p *itemAt0002) error) (op migrate.Backfill[itemAt0002], called *[]int64, ahead *bool) {
	var committed int64
	r.opt.Progress = func(e migrate.Event) {
		if e.Kind == migrate.EventProgress {
			committed = e.Rows
		}
	}
	called, ahead = new([]int64), new(bool)
	op = slugs(func(p *itemAt0002) error {
		*called = append(*called, p.ID)
		*ahead = *ahead || p.ID > 1000 && committed < 1000 // the first batch has 1,000
		if do != nil {
			return do(p)
		}
		return nil
	})
	op.Where = where
	return op, called, ahead
}

// TestBackfillAhead reads rows while those in front of them are written, each once and in order.
func TestBackfillAhead(t *testing.T) {
	pgRunners(t, func(r *runner) {
		const n = 5000
		for _, where := range []string{"", "slug IS NULL AND lower(name) <> 'x'"} {
			op, called, ahead := r.aheadOf(where, nil)
			set := aheadStart(r, n, op)
			r.up(set, "0002_step")
			r.wants(n, "SELECT count(*) FROM items WHERE slug = lower(name)")
			if len(*called) != n || !slices.IsSorted(*called) || !*ahead {
				t.Errorf("where %q: %d calls, sorted %t, ahead %t", where, len(*called), slices.IsSorted(*called), *ahead)
			}
			r.settled(set)
			r.exec("DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
		}
	})
}

// TestBackfillNotAhead: where a row may depend on those in front of it, or there is no connection to spare, a batch is read when it is its turn.
func TestBackfillNotAhead(t *testing.T) {
	for name, c := range map[string]struct {
		where   string
		prepare func(r *runner)
	}{
		"a query":    {"EXISTS (SELECT FROM items i WHERE i.id = items.id)", nil},
		"a function": {"mine(id)", func(r *runner) { r.exec("CREATE FUNCTION mine(bigint) RETURNS boolean LANGUAGE sql AS 'SELECT true'") }},
		"a trigger": {"", func(r *runner) {
			r.exec("CREATE FUNCTION same() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'", "CREATE TRIGGER same BEFORE UPDATE ON items FOR EACH ROW EXECUTE FUNCTION same()")
		}},
		"one connection":  {"", func(r *runner) { r.db.SetMaxOpenConns(1) }},
		"two connections": {"", func(r *runner) { r.db.SetMaxOpenConns(2) }},
		"the lease":       {"", func(r *runner) { r.opt.Lock = migrate.LockLease }},
	} {
		t.Run(name, func(t *testing.T) {
			pgRunners(t, func(r *runner) {
				op, called, ahead := r.aheadOf(c.where, nil)
				set := aheadStart(r, 3000, op)
				if c.prepare != nil {
					c.prepare(r)
				}
				r.up(set, "0002_step")
				r.wants(3000, "SELECT count(*) FROM items WHERE slug = lower(name)")
				if len(*called) != 3000 || *ahead {
					t.Errorf("%d calls, ahead %t", len(*called), *ahead)
				}
			})
		})
	}
}

// TestBackfillAheadChangedRow: a row that is changed after it was read ahead is read again.
func TestBackfillAheadChangedRow(t *testing.T) {
	pgRunners(t, func(r *runner) {
		changed := false
		op, _, ahead := r.aheadOf("", func(p *itemAt0002) error {
			if p.ID == 1500 && !changed {
				changed = true
				_, err := r.db.Exec("UPDATE items SET name = 'Changed' WHERE id = 1500")
				return err
			}
			return nil
		})
		set := aheadStart(r, 5000, op)
		r.up(set, "0002_step")
		r.wants(5000, "SELECT count(*) FROM items WHERE slug = lower(name)")
		r.wants(1, "SELECT count(*) FROM items WHERE slug = 'changed'")
		if !*ahead {
			t.Error("it was not read ahead")
		}
		r.settled(set)
	})
}

// TestBackfillAheadStops: an error, a cancelled context and an exit of the goroutine in a row that is read ahead leave what is in front of it committed, and
// nothing behind.
func TestBackfillAheadStops(t *testing.T) {
	pgRunners(t, func(r *runner) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		fault := func() error { return errors.New("no slug") }
		op, _, ahead := r.aheadOf("", func(p *itemAt0002) error {
			if p.ID == 1500 && fault != nil {
				return fault()
			}
			return nil
		})
		set := aheadStart(r, 4000, op)
		_, err := r.migrator(set).Up(ctx)
		r.fails(err, "Backfill items: row id = 1500: no slug", " 1000 rows are done")
		r.wants(1000, "SELECT count(*) FROM items WHERE slug = lower(name)")
		if !*ahead {
			t.Error("it was not read ahead")
		}

		r.exec("UPDATE items SET slug = NULL", "UPDATE modelgen_history SET cursor = NULL WHERE name = '0002_step'")
		exited := make(chan struct{})
		fault = func() error { runtime.Goexit(); return nil }
		go func() {
			defer close(exited)
			_, _ = r.migrator(set).Up(ctx)
		}()
		<-exited
		r.wants(1000, "SELECT count(*) FROM items WHERE slug = lower(name)")
		if n := r.db.Stats().InUse; n != 0 {
			t.Errorf("%d connections were not given back", n)
		}

		r.exec("UPDATE items SET slug = NULL", "UPDATE modelgen_history SET cursor = NULL WHERE name = '0002_step'")
		fault = func() error { cancel(); return nil }
		_, err = r.migrator(set).Up(ctx)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
		if n := r.count("SELECT count(*) FROM items WHERE slug IS NOT NULL"); n != 0 && n != 1000 {
			t.Errorf("%d rows are done", n)
		}
		fault = nil
		r.up(set, "0002_step")
		r.wants(4000, "SELECT count(*) FROM items WHERE slug = lower(name)")
		r.settled(set)
	})
}

// TestBackfillAheadElsewhere: a second connection that leads to another database, as one to a replica that is behind would, is not read from.
func TestBackfillAheadElsewhere(t *testing.T) {
	pgRunners(t, func(r *runner) {
		other := pgtest.Database(t)
		for _, url := range []string{r.url, other} {
			db := pgOpen(t, r.driver, url)
			set := aheadStart(&runner{t: t, db: db, dialect: postgres.Dialect{}}, 3000)
			if len(set.Migrations()) != 1 {
				t.Fatal("more than the table")
			}
		}
		pgExec(t, pgOpen(t, r.driver, other), "UPDATE items SET name = 'Elsewhere'")
		op, called, ahead := r.aheadOf("", nil)
		split := &alternating{driver: r.db.Driver(), urls: []string{r.url, other}}
		db := sql.OpenDB(split)
		t.Cleanup(func() { db.Close() })
		m, err := migrate.New(db, postgres.Dialect{}, fillSet([]migrate.Op{op}), &r.opt)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Up(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.wants(3000, "SELECT count(*) FROM items WHERE slug = lower(name)")
		if len(*called) != 3000 || *ahead || split.n.Load() < 2 {
			t.Errorf("%d calls, ahead %t, %d connections", len(*called), *ahead, split.n.Load())
		}
	})
}

// alternating connects to one address first, then to the other.
type alternating struct {
	driver driver.Driver
	urls   []string
	n      atomic.Int64
}

func (a *alternating) Connect(context.Context) (driver.Conn, error) {
	return a.driver.Open(a.urls[min(a.n.Add(1)-1, 1)])
}
func (a *alternating) Driver() driver.Driver { return a.driver }

// TestFault26KilledAhead is TestFault26KilledBackfill where batches are read ahead.
func TestFault26KilledAhead(t *testing.T) {
	faultEach(t, func(t *testing.T, f *faultPG) {
		most, rows := backfillSize()
		r := &runner{t: t, db: f.db, dialect: postgres.Dialect{}, url: f.url}
		aheadStart(r, rows)
		backfillKilled(f, "ahead", most)
		r.wants(rows, "SELECT count(*) FROM items WHERE title = 'x'")
		r.settled(aheadSet())
	})
}

// TestBackfillAheadLockedRow: who has locked a row of the batch that is written, or waits for the whole table, gets on, and so does the backfill.
func TestBackfillAheadLockedRow(t *testing.T) {
	pgRunners(t, func(r *runner) {
		op, _, _ := r.aheadOf("", nil)
		set := aheadStart(r, 5000, op)
		tx, err := r.db.Begin()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec("UPDATE items SET name = 'Changed' WHERE id = 1700"); err != nil {
			t.Fatal(err)
		}
		told, altered := r.opt.Progress, make(chan error, 1)
		retries := 0
		r.opt.Progress = func(e migrate.Event) {
			told(e)
			if e.Kind != migrate.EventRetry {
				return
			}
			if retries++; retries == 1 {
				go func() {
					_, err := r.db.Exec("ALTER TABLE items ADD COLUMN more text")
					altered <- err
				}()
			}
			if retries == 2 {
				if err := tx.Commit(); err != nil {
					t.Error(err)
				}
			}
		}
		r.up(set, "0002_step")
		if err := <-altered; err != nil {
			t.Error(err)
		}
		r.wants(5000, "SELECT count(*) FROM items WHERE slug = lower(name)")
		r.wants(1, "SELECT count(*) FROM items WHERE slug = 'changed'")
	})
}
