package dialecttest_test

import (
	"context"
	"database/sql"
	"strings"
	"testing"
	"time"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestReplica goes through a real streaming replica: batches wait for it, a reader of it is in the way of a stage with ACCESS EXCLUSIVE, and it is
// asked what is applied.
func TestReplica(t *testing.T) {
	t.Parallel()
	primaryURL, standbyURL := pgtest.Replicated(t, "wal_receiver_status_interval=1s", "max_standby_streaming_delay=100ms")
	for _, driver := range pgDrivers {
		t.Run(driver, func(t *testing.T) {
			primary, standby := pgOpen(t, driver, primaryURL), pgOpen(t, driver, standbyURL)
			pgExec(t, primary, "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
			replicaLag(t, primary, standby, primaryURL)
			replicaHeavy(t, primary, standby)
			replicaReader(t, primary, standby)
		})
	}
}

// replicaLag fills in batches while the replay is paused.
func replicaLag(t *testing.T, primary, standby *sql.DB, url string) {
	const limit = 200 * time.Millisecond
	r := &runner{t: t, db: primary, dialect: postgres.Dialect{}, url: url}
	set := fillStart(r, 7000, migrate.Fill{Table: "items", Column: "title", Expr: "upper(name)"})
	caughtUp(t, primary)
	resume := func() { pgExec(t, standby, "SELECT pg_wal_replay_resume()") }
	pgExec(t, standby, "SELECT pg_wal_replay_pause()")
	defer resume()
	faultUntil(t, "the replay is paused", func() bool {
		return strings.Join(pgRows(t, standby, "SELECT pg_get_wal_replay_pause_state()"), "") == "paused"
	})
	batches, waits := 0, 0
	var message string
	opt := &migrate.Options{ReplicaLag: limit}
	opt.Throttle = func(context.Context) error {
		if batches++; batches == 2 { // what the first has written is not replayed
			faultUntil(t, "the replica is behind", func() bool {
				return strings.Join(pgRows(t, primary, "SELECT (replay_lag > interval '200 ms')::int FROM pg_stat_replication"), "") == "1"
			})
		}
		return nil
	}
	opt.Progress = func(e migrate.Event) {
		if e.Kind != migrate.EventWait || !strings.Contains(e.Message, "behind") {
			return
		}
		if waits++; waits == 1 {
			message = e.Message
			if batches != 2 {
				t.Errorf("it waits before batch %d", batches)
			}
			if done := strings.Join(pgRows(t, primary, "SELECT (count(title) BETWEEN 1 AND 6999)::int FROM items"), ""); done != "1" {
				t.Error("the rows were not filled in part")
			}
			resume()
		}
	}
	if _, err := faultMigrator(t, primary, postgres.Dialect{}, set, opt).Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	if waits == 0 || !strings.Contains(message, "replica") || !strings.Contains(message, "more than 200ms") {
		t.Errorf("it waited %d times, with %q", waits, message)
	}
	caughtUp(t, primary)
	pgWantRows(t, standby, "SELECT count(*) FROM items WHERE title = upper(name)", "7000")
}

// replicaHeavy builds an index while the replay is paused, and the replica is behind before it begins; a column that takes no time does not wait.
func replicaHeavy(t *testing.T, primary, standby *sql.DB) {
	all := faultChain(
		[]migrate.Op{faultTable("parcels", schema.Text("name"))},
		[]migrate.Op{migrate.AddColumn{Table: "parcels", Column: schema.Text("note").Null()}},
		[]migrate.Op{migrate.CreateIndex{Table: "parcels", Index: faultIndex("parcels_name_idx", "name")}},
	)
	if _, err := faultMigrator(t, primary, postgres.Dialect{}, migrate.NewSet("parcels", all[:1]...), nil).Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	caughtUp(t, primary)
	resume := func() { pgExec(t, standby, "SELECT pg_wal_replay_resume()") }
	pgExec(t, standby, "SELECT pg_wal_replay_pause()")
	defer resume()
	faultUntil(t, "the replay is paused", func() bool {
		return strings.Join(pgRows(t, standby, "SELECT pg_get_wal_replay_pause_state()"), "") == "paused"
	})
	pgExec(t, primary, "INSERT INTO parcels (id, name) SELECT g, 'p' FROM generate_series(1, 100) g")
	faultUntil(t, "the replica is behind", func() bool {
		return strings.Join(pgRows(t, primary, "SELECT (replay_lag > interval '200 ms')::int FROM pg_stat_replication"), "") == "1"
	})
	waits := 0
	opt := &migrate.Options{ReplicaLag: 200 * time.Millisecond, Progress: func(e migrate.Event) {
		if e.Kind != migrate.EventWait || !strings.Contains(e.Message, "behind, more than 200ms") {
			return
		}
		if waits++; waits == 1 {
			if e.Migration != "0003_step" || len(pgRows(t, primary, "SELECT 1 FROM pg_class WHERE relname = 'parcels_name_idx'")) > 0 {
				t.Errorf("%s waits, or the index is there", e.Migration)
			}
			resume()
		}
	}}
	if _, err := faultMigrator(t, primary, postgres.Dialect{}, migrate.NewSet("parcels", all...), opt).Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	if waits == 0 {
		t.Error("the index did not wait for the replica")
	}
}

// caughtUp waits until the standby has replayed what is committed.
func caughtUp(t *testing.T, primary *sql.DB) {
	t.Helper()
	at := pgRows(t, primary, "SELECT pg_current_wal_insert_lsn()")[0]
	faultUntil(t, "the standby has replayed all", func() bool {
		return strings.Join(pgRows(t, primary, "SELECT (replay_lsn >= '"+at+"')::int FROM pg_stat_replication"), "") == "1"
	})
}

// replicaReader reads on the standby in a transaction that stays open while a column is added: the primary does not wait for it, and the standby ends it.
func replicaReader(t *testing.T, primary, standby *sql.DB) {
	all := faultChain(
		[]migrate.Op{faultTable("people", schema.Text("name"))},
		[]migrate.Op{migrate.AddColumn{Table: "people", Column: schema.Integer("age").Default(1)}},
	)
	first, set := migrate.NewSet("people", all[:1]...), migrate.NewSet("people", all...)
	if _, err := faultMigrator(t, primary, postgres.Dialect{}, first, nil).Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	caughtUp(t, primary)
	reader, err := standby.BeginTx(t.Context(), &sql.TxOptions{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Rollback()
	if _, err := reader.ExecContext(t.Context(), "SELECT * FROM people"); err != nil {
		t.Fatal(err)
	}
	if _, err := faultMigrator(t, primary, postgres.Dialect{}, set, nil).Up(t.Context()); err != nil {
		t.Errorf("up on the primary: %v", err)
	}
	caughtUp(t, primary)
	if _, err := reader.ExecContext(t.Context(), "SELECT * FROM people"); err == nil {
		t.Error("the reader has its lock, and the standby has replayed the stage")
	}
	pgWantRows(t, standby, "SELECT count(age) FROM people", "0")
	replicaAsked(t, standby, set)
}

// replicaAsked asks the standby what the verbs ask that change nothing, and then for a change.
func replicaAsked(t *testing.T, standby *sql.DB, set *migrate.Set) {
	m := faultMigrator(t, standby, postgres.Dialect{}, set, nil)
	if err := m.Check(t.Context()); err != nil {
		t.Errorf("check: %v", err)
	}
	st, err := m.Status(t.Context())
	if err != nil || len(st.Entries) != 2 || len(st.Pending()) != 0 {
		t.Errorf("status: %+v, %v", st, err)
	}
	if _, err := m.Up(t.Context()); err != nil {
		t.Errorf("up with nothing pending: %v", err)
	}
	if _, err := m.Verify(t.Context()); err == nil || !strings.Contains(err.Error(), "standby") || !strings.Contains(err.Error(), "-expected") {
		t.Errorf("verify: %v", err)
	}
	more := migrate.NewSet("people", faultChain(set.Migrations()[0].Ops, set.Migrations()[1].Ops, []migrate.Op{faultTable("pets")})...)
	if _, err := faultMigrator(t, standby, postgres.Dialect{}, more, nil).Up(t.Context()); err == nil || !strings.Contains(err.Error(), "connect to the primary") {
		t.Errorf("up: %v", err)
	}
	if err := faultMigrator(t, standby, postgres.Dialect{}, more, nil).Check(t.Context()); err == nil || !strings.Contains(err.Error(), "0003_step") {
		t.Errorf("check with something pending: %v", err)
	}
}
