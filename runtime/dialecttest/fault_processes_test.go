package dialecttest_test

import (
	"context"
	"database/sql"
	"errors"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/modelgen/modelgen/internal/faultproxy"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// TestFault14Processes lets up to eight processes, with both drivers, start on an empty database.
func TestFault14Processes(t *testing.T) {
	t.Parallel()
	f := newFaultPG(t, "pgx", nil)
	set := faultPostgresSet()
	f.up(set)
	want := f.dump()
	for _, n := range []int{2, 8} {
		f.empty()
		var all []*faultProcess
		for i := range n {
			all = append(all, faultStart(t, faultDriver, pgDrivers[i%2], faultURL, f.url, faultSet, "postgres"))
		}
		for _, p := range all {
			p.succeeds()
		}
		f.alone()
		if diff := cmp.Diff(want, f.dump()); diff != "" {
			t.Errorf("%d processes (-want +got):\n%s", n, diff)
		}
	}
}

func TestFault14ProcessesSQLite(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"delete", "wal"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			alone := newFaultLite(t, mode)
			alone.up(faultSQLiteSet())
			want := alone.dump()
			for _, n := range []int{2, 6} {
				f := newFaultLite(t, mode)
				var all []*faultProcess
				for range n {
					all = append(all, faultStart(t, faultDriver, "sqlite", faultURL, f.dsn, faultSet, "sqlite"))
				}
				for _, p := range all {
					p.succeeds()
				}
				if diff := cmp.Diff(want, f.dump()); diff != "" {
					t.Errorf("%d processes (-want +got):\n%s", n, diff)
				}
			}
		})
	}
}

// TestFault15ConcurrentIndex: who waits for the lock of migrations must not hold a snapshot, for which an index build would wait.
func TestFault15ConcurrentIndex(t *testing.T) {
	t.Parallel()
	f := newFaultPG(t, "postgres", nil)
	var all []*faultProcess
	for i := range 4 {
		all = append(all, faultStart(t, faultDriver, pgDrivers[i%2], faultURL, f.url, faultSet, "index"))
	}
	for _, p := range all {
		p.succeeds()
	}
	f.history("0001_step|done", "0002_step|done")
	pgWantRows(t, f.db, "SELECT indisvalid::int FROM pg_index WHERE indexrelid = 'people_name_idx'::regclass", "1")
	faultWhole(t, f.db, postgres.Dialect{}, faultIndexSet())
}

// pooled opens a handle for a pooler in transaction mode.
func (f *faultPG) pooled() *sql.DB {
	f.t.Helper()
	url := f.proxy.URL()
	if f.driver == "pgx" {
		url += "&default_query_exec_mode=exec" // as its documentation says for such poolers
	}
	return pgOpen(f.t, f.driver, url)
}

// faultLeaked counts locks that sessions hold.
const faultLeaked = `SELECT count(*) FROM pg_locks
 WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`

// runners runs Up ten times at once through a pooler with three connections.
func (f *faultPG) runners(set *migrate.Set, opt *migrate.Options) []error {
	f.t.Helper()
	errs := make([]error, 10)
	var wg sync.WaitGroup
	for i := range errs {
		m := faultMigrator(f.t, f.pooled(), postgres.Dialect{}, set, opt)
		wg.Go(func() { _, errs[i] = m.Up(f.t.Context()) })
	}
	wg.Wait()
	return errs
}

// TestFault16Pooler: the lock of a session is no lock behind a pooler. Who notices says what to do, and nothing is done twice or half. A lock
// may stay behind on one of the pooler's connections when others use them all the time; it ends with the connection.
func TestFault16Pooler(t *testing.T) {
	faultEachWith(t, &faultproxy.Options{Pool: 3}, func(t *testing.T, f *faultPG) {
		set := faultPostgresSet()
		f.up(set)
		want := f.dump()
		f.empty()
		for _, err := range f.runners(set, &migrate.Options{LockWait: 100 * time.Millisecond}) {
			var locked *migrate.LockedError // by one that a moment later will notice it
			if err != nil && !errors.As(err, &locked) && !(strings.Contains(err.Error(), "pooler") && strings.Contains(err.Error(), "LockLease")) {
				t.Errorf("the error does not say what to do: %v", err)
			}
		}
		f.proxy.Close()
		f.up(set)
		f.alone()
		if diff := cmp.Diff(want, f.dump()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// TestFault16PoolerOneConnection: a pooler with but one connection gives it to others between transactions, too. Who may have one connection alone
// cannot look, and all is as without it as long as nobody else comes.
func TestFault16PoolerOneConnection(t *testing.T) {
	faultEachWith(t, &faultproxy.Options{Pool: 1}, func(t *testing.T, f *faultPG) {
		set := faultPostgresSet()
		f.fails(f.pooled(), postgres.Dialect{}, set, nil, "", "pooler in transaction mode")
		alone := f.pooled()
		alone.SetMaxOpenConns(1)
		faultUp(t, alone, postgres.Dialect{}, set)
		pgWantRows(t, f.db, faultLeaked, "0")
		faultWhole(t, f.db, postgres.Dialect{}, set)
	})
}

// TestFault16PoolerLease is the lock that is made for poolers: transactions go through, what needs a connection of its own is refused before
// anything is done.
func TestFault16PoolerLease(t *testing.T) {
	faultEachWith(t, &faultproxy.Options{Pool: 3}, func(t *testing.T, f *faultPG) {
		opt := faultPatient()
		opt.Lock = migrate.LockLease
		all := append(faultThree()[:1], &migrate.Migration{Name: "0002_step", Ops: []migrate.Op{
			migrate.AddColumn{Table: "people", Column: schema.Integer("age").Default(1)}, faultGo("INSERT INTO people VALUES ($1, $2, 1)", 1, "by go"),
		}}, &migrate.Migration{Name: "0003_step", Ops: []migrate.Op{faultApart("ANALYZE")}})
		all[1].Parents, all[2].Parents = all[:1], all[1:2]
		for _, err := range f.runners(migrate.NewSet("fault", all[:2]...), opt) {
			if err != nil {
				t.Error(err)
			}
		}
		f.history("0001_step|done", "0002_step|done")
		faultWhole(t, f.db, postgres.Dialect{}, migrate.NewSet("fault", all[:2]...))
		before := f.dump()
		_, err := faultMigrator(t, f.pooled(), postgres.Dialect{}, migrate.NewSet("fault", all...), opt).Up(t.Context())
		if err == nil || !strings.Contains(err.Error(), "direct connection") {
			t.Errorf("got %v", err)
		}
		if diff := cmp.Diff(before, f.dump()); diff != "" {
			t.Errorf("something was done:\n%s", diff)
		}
		pgWantRows(t, f.db, faultLeaked, "0")
		// What the sessions have set must not stay for the program that shares the connections.
		pool := f.pooled()
		for range 3 {
			pgWantRows(t, pool, `SELECT name, setting FROM pg_settings
 WHERE source = 'session' AND name NOT IN ('client_encoding', 'DateStyle', 'application_name', 'extra_float_digits', 'transaction_isolation')`)
		}
	})
}

func faultNeedsSignals(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("there is no SIGTERM")
	}
}

// TestFault35Terminated ends a process in a Go step, after the first transaction of its migration.
func TestFault35Terminated(t *testing.T) {
	faultNeedsSignals(t)
	faultStops(t, "waiting", func(t *testing.T, p *faultProcess) {
		p.says("waiting")
		p.signal(syscall.SIGTERM)
		if code := p.wait(); code != 1 || !strings.Contains(p.errs.String(), "0002_step") || !strings.Contains(p.errs.String(), "goes on") {
			t.Errorf("exit status %d: %s", code, p.errs.String())
		}
	})
}

// TestFault36TerminatedTwice ends one that does not listen.
func TestFault36TerminatedTwice(t *testing.T) {
	faultNeedsSignals(t)
	faultStops(t, "stubborn", func(t *testing.T, p *faultProcess) {
		p.says("waiting")
		p.signal(syscall.SIGTERM)
		p.says("stopping")
		p.signal(syscall.SIGTERM)
		if code := p.wait(); code != faultKilled {
			t.Errorf("exit status %d: %s", code, p.errs.String())
		}
	})
}

// faultStops stops a process in the second transaction of its second migration, with each driver, and finishes it.
func faultStops(t *testing.T, set string, stop func(*testing.T, *faultProcess)) {
	faultEach(t, func(t *testing.T, f *faultPG) {
		p := f.child(set, "up")
		p.start()
		stop(t, p)
		f.alone()
		f.history("0001_step|done", "0002_step|running")
		f.up(faultStepSet(faultInsert))
		f.history("0001_step|done", "0002_step|done")
		pgWantRows(t, f.db, "SELECT * FROM people", "1|done|2")
		f.alone()
		faultWhole(t, f.db, postgres.Dialect{}, faultStepSet(faultInsert))
	})
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		f := newFaultLite(t, "delete")
		stop(t, faultStart(t, faultDriver, "sqlite", faultURL, f.dsn, faultSet, set))
		f.want("SELECT state FROM modelgen_history WHERE name = '0002_step'", "running")
		f.up(faultStepSet(faultInsert))
		f.want("SELECT * FROM people", "1|done|2")
		faultWhole(t, f.db, sqlite.Dialect{}, faultStepSet(faultInsert))
	})
}

// TestFault35TerminatedInDDL ends a process that waits for the lock of a table.
func TestFault35TerminatedInDDL(t *testing.T) {
	faultNeedsSignals(t)
	faultEach(t, func(t *testing.T, f *faultPG) {
		set := faultAlteringSet()
		f.first(set)
		release := f.blocker("LOCK TABLE people")
		p := f.child("altering", "up")
		p.start()
		f.is(faultWaiter, "1")
		p.signal(syscall.SIGTERM)
		if code := p.wait(); code != 1 || !strings.Contains(p.errs.String(), "nothing of it was changed") {
			t.Errorf("exit status %d: %s", code, p.errs.String())
		}
		release()
		f.alone()
		f.history("0001_step|done")
		pgWantRows(t, f.db, "SELECT to_regclass('made')", "NULL")
		f.up(set)
		f.history("0001_step|done", "0002_step|done")
	})
}

// TestFault36KilledInDDL kills a process while the server works for it. The server does not notice before it has the lock; then it must not
// commit, and who runs again meanwhile waits for that.
func TestFault36KilledInDDL(t *testing.T) {
	faultEach(t, func(t *testing.T, f *faultPG) {
		set := faultAlteringSet()
		f.first(set)
		release := f.blocker("LOCK TABLE people")
		p := f.child("altering", "up")
		p.start()
		f.is(faultWaiter, "1")
		p.kill()
		if code := p.wait(); code != faultKilled {
			t.Errorf("exit status %d", code)
		}
		waits := make(chan bool)
		opt := faultPatient()
		once := sync.OnceFunc(func() { close(waits) })
		opt.Progress = func(e migrate.Event) {
			if e.Kind == migrate.EventWait {
				once()
			}
		}
		ended := make(chan error)
		db := pgOpen(t, f.driver, f.url)
		go func() {
			_, err := faultMigrator(t, db, postgres.Dialect{}, set, opt).Up(t.Context())
			ended <- err
		}()
		<-waits
		release()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		f.history("0001_step|done", "0002_step|done")
		db.Close()
		f.alone()
		faultWhole(t, f.db, postgres.Dialect{}, set)
	})
}

// TestFault14RunnerDies: the one that has the lock is killed while others wait; one of them does the work.
func TestFault14RunnerDies(t *testing.T) {
	faultEach(t, func(t *testing.T, f *faultPG) {
		p := f.child("stubborn", "up")
		p.start()
		p.says("waiting")
		const runners = 3
		waits := make(chan bool, 100)
		errs := make(chan error)
		done := make(chan []migrate.AppliedMigration, runners)
		for range runners {
			opt := faultPatient()
			opt.Progress = func(e migrate.Event) {
				if e.Kind == migrate.EventWait {
					waits <- true
				}
			}
			m := faultMigrator(t, pgOpen(t, f.driver, f.url), postgres.Dialect{}, faultStepSet(faultInsert), opt)
			go func() {
				res, err := m.Up(t.Context())
				done <- res.Done
				errs <- err
			}()
		}
		for range runners {
			<-waits
		}
		p.kill()
		p.wait()
		n := 0
		for range runners {
			if err := <-errs; err != nil {
				t.Error(err)
			}
			n += len(<-done)
		}
		if n != 1 {
			t.Errorf("%d migrations were finished, by all taken together", n)
		}
		f.history("0001_step|done", "0002_step|done")
	})
}

// TestFault37Panic lets the Go step of a second transaction panic: in the database that is an error like any other.
func TestFault37Panic(t *testing.T) {
	check := func(t *testing.T, up func(*migrate.Set) error) {
		t.Helper()
		err := up(faultStepSet(func(context.Context, migrate.Tx) error { panic("boom") }))
		var failed *migrate.MigrationError
		if !errors.As(err, &failed) || failed.Migration != "0002_step" || failed.Committed != 1 || !strings.Contains(err.Error(), "boom") {
			t.Errorf("got %v", err)
		}
	}
	faultEach(t, func(t *testing.T, f *faultPG) {
		db := f.through()
		db.SetMaxOpenConns(1) // a connection that is not given back would be missed
		check(t, func(set *migrate.Set) error {
			_, err := faultMigrator(t, db, postgres.Dialect{}, set, faultPatient()).Up(t.Context())
			return err
		})
		f.history("0001_step|done", "0002_step|running")
		pgWantRows(t, f.db, "SELECT count(*) FROM pg_attribute WHERE attrelid = 'people'::regclass AND attname = 'age'", "0")
		faultUp(t, db, postgres.Dialect{}, faultStepSet(faultInsert))
		f.history("0001_step|done", "0002_step|done")
	})
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		f := newFaultLite(t, "delete")
		f.db.SetMaxOpenConns(1)
		check(t, func(set *migrate.Set) error {
			_, err := faultMigrator(t, f.db, sqlite.Dialect{}, set, faultPatient()).Up(t.Context())
			return err
		})
		f.want("SELECT state FROM modelgen_history WHERE name = '0002_step'", "running")
		f.want("SELECT count(*) FROM pragma_table_info('people') WHERE name = 'age'", "0")
		f.up(faultStepSet(faultInsert))
		f.want("SELECT * FROM people", "1|done|2")
	})
}
