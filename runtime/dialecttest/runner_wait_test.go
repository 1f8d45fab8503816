package dialecttest_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
)

// TestRunnerTellsWhom: while a statement waits for a lock, it is said for whose.
func TestRunnerTellsWhom(t *testing.T) {
	t.Parallel()
	pgRunners(t, func(r *runner) {
		set := migrate.NewSet("shop", chain(makes("one"), adds("one", "a"))...)
		r.to(set, "0001_a", "0001_a")
		blocker, err := r.db.Begin()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := blocker.Exec("SELECT * FROM one"); err != nil {
			t.Fatal(err)
		}
		var once sync.Once
		r.opt.LockTimeout = time.Minute
		r.opt.Progress = func(e migrate.Event) {
			if e.Kind == migrate.EventWait && strings.Contains(e.Message, "for a lock on one held by session ") && strings.Contains(e.Message, "idle in transaction for ") {
				once.Do(func() { _ = blocker.Rollback() }) // only this event lets the run go on
			}
		}
		r.up(set, "0002_b")
	})
}

// TestRunnerLease: the lock is a row, which every transaction makes sure of.
func TestRunnerLease(t *testing.T) {
	pgRunners(t, func(r *runner) {
		set := migrate.NewSet("shop", chain(makes("one"), adds("one", "a"), makes("two"))...)
		r.opt.Lock = migrate.LockLease
		r.to(set, "0001_a", "0001_a")
		if n := r.count("SELECT count(*) FROM modelgen_history_lease"); n != 0 {
			t.Error("the lease was not given back")
		}
		// Another runner has it.
		r.exec("INSERT INTO modelgen_history_lease (owner, who, ends) VALUES ('x', 'deploy as shop', now() + interval '1 hour')")
		r.opt.LockWait = -1
		_, err := r.migrator(set).Up(context.Background())
		r.fails(err, "another session is migrating this database", "deploy as shop, whose lease runs for another 1h0m0s", "nothing was done")
		// It was killed, and its time is over.
		r.exec("UPDATE modelgen_history_lease SET ends = now() - interval '1 second'")
		r.up(set, "0002_b, 0003_c")
		r.settled(set)
		if n := r.count("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"); n != 0 {
			t.Error("an advisory lock was taken")
		}
		if got := r.setting("lock_timeout"); got != "0" {
			t.Error("a setting of the connection was changed: lock_timeout", got)
		}
	})
}

func (r *runner) setting(name string) (value string) {
	r.t.Helper()
	if err := r.db.QueryRow("SELECT current_setting('" + name + "')").Scan(&value); err != nil {
		r.t.Fatal(err)
	}
	return value
}

// TestRunnerLeaseLost: whoever lost the lease between two transactions commits nothing.
func TestRunnerLeaseLost(t *testing.T) {
	pgRunners(t, func(r *runner) {
		set := migrate.NewSet("shop", chain(makes("one"), adds("one", "a"))...)
		r.to(set, "0001_a", "0001_a")
		r.opt.Lock = migrate.LockLease
		r.opt.BeforeRun = func(context.Context, *migrate.Plan) error {
			r.exec("UPDATE modelgen_history_lease SET owner = 'thief'")
			return nil
		}
		_, err := r.migrator(set).Up(context.Background())
		r.fails(err, "another runner has the lease of the migrations now", "run the command again")
		r.history("shop/0001_a done")
		if n := r.count("SELECT count(*) FROM modelgen_history_lease WHERE owner = 'thief'"); n != 1 {
			t.Error("the lease of the other was taken away")
		}
	})
}

// TestRunnerLeaseNeedsTransactions: what cannot run in a transaction is refused before anything is done.
func TestRunnerLeaseNeedsTransactions(t *testing.T) {
	pgRunners(t, func(r *runner) {
		set := migrate.NewSet("shop", chain(makes("one"), migrate.SQL{Up: []string{"CREATE INDEX CONCURRENTLY x ON one (id)"}, Down: []string{"DROP INDEX CONCURRENTLY x"}, NoTx: true})...)
		r.opt.Lock = migrate.LockLease
		_, err := r.migrator(set).Up(context.Background())
		r.fails(err, "0002_b cannot run in a transaction", "direct connection", "nothing was changed")
		r.history()
	})
}

// TestRunnerTwoHistories: the lock knows its own kind only by the history table, so that two histories do not wait for each other.
func TestRunnerTwoHistories(t *testing.T) {
	pgRunners(t, func(r *runner) {
		conn, err := r.db.Conn(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		other, err := postgres.Dialect{}.Open(context.Background(), conn, migrate.SessionConfig{History: "other_history"})
		if err != nil {
			t.Fatal(err)
		}
		if err := other.Lock(context.Background(), 0); err != nil {
			t.Fatal(err)
		}
		r.opt.LockWait = -1
		r.up(migrate.NewSet("shop", chain(makes("one"))...), "0001_a")
		if err := other.Unlock(context.Background()); err != nil {
			t.Error(err)
		}
	})
}
