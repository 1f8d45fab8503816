package dialecttest_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
)

// What a step written by hand leaves on its session does not reach the history, the next migration or the pool, be it that the step succeeds or
// fails, in SQL, in Go, and outside a transaction.

// handStep is a step that leaves something behind, and a query that returns 0 when nothing of it is there.
type handStep struct {
	name string
	sql  []string
	left string
	noTx bool // it cannot run in a transaction
}

func pgHandSteps(role string) []handStep {
	setting := func(name, is string) string {
		return "SELECT (current_setting('" + name + "') = '" + is + "')::int"
	}
	return []handStep{
		{name: "replication role", sql: []string{"SET session_replication_role = replica"}, left: setting("session_replication_role", "replica")},
		{name: "role", sql: []string{"SET ROLE " + role}, left: "SELECT (current_user = '" + role + "')::int"},
		{name: "session authorization", sql: []string{"SET SESSION AUTHORIZATION " + role}, left: "SELECT (session_user = '" + role + "')::int"},
		{name: "search_path", sql: []string{"SET search_path = ''"}, left: setting("search_path", `""`)},
		{name: "set_config", sql: []string{"SELECT set_config('work_mem', '64kB', false)"}, left: setting("work_mem", "64kB")},
		{name: "row_security", sql: []string{"SET row_security = on", "SET DateStyle = German", "SET check_function_bodies = off"}, left: setting("check_function_bodies", "off")},
		{name: "timeouts", sql: []string{"SET statement_timeout = '1h'", "SET lock_timeout = '1h'"}, left: setting("statement_timeout", "1h")},
		{name: "reset", sql: []string{"RESET ALL"}, left: "SELECT 0"},
		{name: "temporary objects", sql: []string{
			"CREATE TEMP TABLE left_table (a int)", "CREATE TEMP VIEW left_view AS SELECT 1 AS a", "CREATE TEMP SEQUENCE left_sequence",
			"CREATE FUNCTION pg_temp.left_function() RETURNS int LANGUAGE sql AS 'SELECT 1'", "CREATE TYPE pg_temp.left_type AS ENUM ('a')",
		}, left: "SELECT count(*) FROM pg_class WHERE relname LIKE 'left%' AND relnamespace = pg_my_temp_schema()"},
		{name: "advisory locks", sql: []string{"SELECT pg_advisory_lock(42)", "SELECT pg_advisory_lock(42)", "SELECT pg_advisory_lock(-7)", "SELECT pg_advisory_lock_shared(1, -2)"},
			left: "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND (objid::bigint IN (42, 4294967289, 4294967294))"},
		{name: "listen", sql: []string{"LISTEN left_channel"}, left: "SELECT count(*) FROM pg_listening_channels()"},
		{name: "prepare", sql: []string{"PREPARE left_statement AS SELECT 1"}, left: "SELECT count(*) FROM pg_prepared_statements WHERE name = 'left_statement'"},
		{name: "cursor", sql: []string{"DECLARE left_cursor CURSOR WITH HOLD FOR SELECT 1"}, left: "SELECT count(*) FROM pg_cursors WHERE name = 'left_cursor'"},
		{name: "the lock", sql: []string{"SELECT pg_advisory_unlock_all()"}, left: "SELECT 0"},
	}
}

// ways are how the same statements can stand in a step.
func (h handStep) ways() map[string]migrate.Op {
	all := map[string]migrate.Op{"NoTx": migrate.SQL{Up: h.sql, NoTx: true, NoDown: "test"}}
	if h.noTx {
		return all
	}
	all["SQL"] = migrate.SQL{Up: h.sql, NoDown: "test"}
	all["Go"] = migrate.Go{NoDown: "test", Up: func(ctx context.Context, tx migrate.Tx) error {
		for _, q := range h.sql {
			if _, err := tx.ExecContext(ctx, q); err != nil {
				return err
			}
		}
		return nil
	}}
	return all
}

// nothingLeft asks from within the next migration, and from the pool of one connection.
func (r *runner) nothingLeft(h handStep, op migrate.Op) {
	r.t.Helper()
	ask := func(ctx context.Context, tx migrate.Tx) error {
		var n int
		if err := tx.QueryRowContext(ctx, h.left).Scan(&n); err != nil {
			return err
		}
		if n != 0 {
			return errors.New("the next migration finds what the step left")
		}
		return nil
	}
	r.db.SetMaxOpenConns(1)
	set := migrate.NewSet("shop", chain(makes("t"), op, migrate.Go{NoDown: "test", Up: ask}, adds("t", "a"))...)
	r.up(set, "0001_a, 0002_b, 0003_c, 0004_d")
	r.settled(set)
	if n := r.count(h.left); n != 0 {
		r.t.Error("the pool has what the step left")
	}
}

// afterFailure lets the step fail at its end, and asks the pool.
func (r *runner) afterFailure(h handStep, op migrate.Op) {
	r.t.Helper()
	r.db.SetMaxOpenConns(1)
	switch o := op.(type) {
	case migrate.SQL:
		o.Up = append(slices.Clone(o.Up), "SELECT nothing FROM nowhere")
		op = o
	case migrate.Go:
		up := o.Up
		o.Up = func(ctx context.Context, tx migrate.Tx) error { return errors.Join(up(ctx, tx), errors.New("nowhere")) }
		op = o
	}
	_, err := r.migrator(migrate.NewSet("shop", chain(makes("t"), op)...)).Up(context.Background())
	r.fails(err, "0002_b failed", "nowhere")
	if n := r.count(h.left); n != 0 {
		r.t.Error("the pool has what the step left")
	}
}

// TestHandStepLeavesNothing: neither the next migration nor the pool finds what a step by hand has set. Without -full each driver has every other step.
func TestHandStepLeavesNothing(t *testing.T) {
	t.Parallel()
	pgRunners(t, func(r *runner) {
		role := fmt.Sprint("hand_", r.count("SELECT oid FROM pg_database WHERE datname = current_database()"))
		r.exec("CREATE ROLE " + role)
		r.t.Cleanup(func() {
			if _, err := r.db.Exec("DROP ROLE " + role); err != nil {
				t.Error(err)
			}
		})
		test := r.t
		for i, h := range pgHandSteps(role) {
			if !turn(i, slices.Index(pgDrivers, r.driver), len(pgDrivers)) {
				continue
			}
			for way, op := range h.ways() {
				test.Run(h.name+"/"+way, func(t *testing.T) {
					r.t = t
					defer func() { r.t = test }()
					r.nothingLeft(h, op)
					r.exec("DROP TABLE t, modelgen_history")
					r.afterFailure(h, op)
					r.exec("DROP TABLE t, modelgen_history")
				})
			}
		}
	})
}

func TestHandStepLeavesNothingSQLite(t *testing.T) {
	t.Parallel()
	pragma := func(name, is string) string { return "SELECT (SELECT * FROM pragma_" + name + ") = " + is }
	steps := []handStep{
		{name: "recursive_triggers", sql: []string{"PRAGMA recursive_triggers = ON"}, left: pragma("recursive_triggers", "1")},
		{name: "writable_schema", sql: []string{"PRAGMA writable_schema = ON"}, left: pragma("writable_schema", "1")},
		{name: "legacy_alter_table", sql: []string{"PRAGMA legacy_alter_table = ON"}, left: pragma("legacy_alter_table", "1")},
		{name: "ignore_check_constraints", sql: []string{"PRAGMA ignore_check_constraints = ON"}, left: pragma("ignore_check_constraints", "1")},
		{name: "case_sensitive_like", sql: []string{"PRAGMA case_sensitive_like = ON"}, left: "SELECT 'a' NOT LIKE 'A'"},
		{name: "query_only", sql: []string{"PRAGMA query_only = ON"}, left: pragma("query_only", "1")},
		{name: "temporary objects", sql: []string{"CREATE TEMP TABLE left_table (a)", "CREATE TEMP TRIGGER left_trigger AFTER INSERT ON t BEGIN SELECT 1; END", "CREATE TEMP VIEW left_view AS SELECT 1"},
			left: "SELECT count(*) FROM sqlite_temp_master"},
		{name: "foreign_keys", sql: []string{"PRAGMA foreign_keys = OFF"}, left: pragma("foreign_keys", "0"), noTx: true},
		{name: "defer_foreign_keys", sql: []string{"PRAGMA defer_foreign_keys = ON"}, left: pragma("defer_foreign_keys", "1")},
		{name: "synchronous", sql: []string{"PRAGMA synchronous = EXTRA", "PRAGMA locking_mode = EXCLUSIVE"}, left: pragma("synchronous", "3"), noTx: true},
		{name: "attached", sql: []string{"ATTACH ':memory:' AS other"}, left: "SELECT count(*) FROM pragma_database_list WHERE name = 'other'", noTx: true},
		{name: "transaction", sql: []string{"BEGIN; CREATE TABLE gone (a); SELECT nothing FROM nowhere; COMMIT"}, left: "SELECT count(*) FROM sqlite_master WHERE name = 'gone'", noTx: true},
	}
	for _, h := range steps {
		for way, op := range h.ways() {
			t.Run(h.name+"/"+way, func(t *testing.T) {
				if h.name != "transaction" {
					sqliteRunner(t).nothingLeft(h, op)
				}
				sqliteRunner(t).afterFailure(h, op)
			})
		}
	}
}

// TestHandStepKeepsItsSettings: what a step has set holds until its end, also for the statements of a later run.
func TestHandStepKeepsItsSettings(t *testing.T) {
	sqlite, pg := migrate.SQL{Only: "sqlite"}, migrate.SQL{Only: "postgres"}
	sqlite.Up = []string{
		"PRAGMA foreign_keys = OFF", "INSERT INTO seen SELECT count(*) FROM missing", "INSERT INTO seen SELECT (SELECT * FROM pragma_foreign_keys) + 10",
		"PRAGMA foreign_keys = ON", "INSERT INTO seen SELECT (SELECT * FROM pragma_foreign_keys) + 20",
	}
	pg.Up = []string{
		"SET work_mem = '64kB'", "INSERT INTO seen SELECT count(*) FROM missing", "INSERT INTO seen SELECT 10 + (current_setting('work_mem') <> '64kB')::int",
		"SET work_mem = '128kB'", "INSERT INTO seen SELECT 20 + (current_setting('work_mem') = '128kB')::int",
	}
	for _, op := range []*migrate.SQL{&sqlite, &pg} {
		op.NoTx, op.NoDown = true, "test"
	}
	runners(t, func(r *runner) {
		r.exec("CREATE TABLE seen (n integer)")
		set := migrate.NewSet("shop", &migrate.Migration{Name: "0001_a", Ops: []migrate.Op{sqlite, pg}})
		_, err := r.migrator(set).Up(context.Background())
		r.fails(err, "missing")
		r.exec("CREATE TABLE missing (n integer)")
		r.up(set, "0001_a")
		if n := r.count("SELECT count(*) FROM seen WHERE n IN (0, 10, 21)"); n != 3 {
			r.t.Errorf("%d of 3 statements found what the step had set", n)
		}
	})
}

// TestHandStepLease: behind a pooler the connection is everybody's, so that settings go back in the transaction of the step.
func TestHandStepLease(t *testing.T) {
	t.Parallel()
	pgRunners(t, func(r *runner) {
		r.opt.Lock = migrate.LockLease
		role := fmt.Sprint("lease_", r.count("SELECT oid FROM pg_database WHERE datname = current_database()"))
		r.exec("CREATE ROLE " + role)
		r.t.Cleanup(func() { _, _ = r.db.Exec("DROP ROLE " + role) })
		for _, h := range pgHandSteps(role)[:8] {
			r.nothingLeft(h, h.ways()["SQL"])
			r.nothingLeftAgain(h)
		}
	})
}

// nothingLeftAgain makes room for the next step.
func (r *runner) nothingLeftAgain(h handStep) {
	r.t.Helper()
	if r.t.Failed() {
		r.t.Fatalf("after the step that leaves %s", h.name)
	}
	r.exec("DROP TABLE t, modelgen_history")
}

// TestHandStepCannotPutBack: a setting that the role may not put back is refused with the transaction, and says so.
func TestHandStepCannotPutBack(t *testing.T) {
	pgRunners(t, func(r *runner) {
		role := fmt.Sprint("low_", r.count("SELECT oid FROM pg_database WHERE datname = current_database()"))
		r.exec("CREATE ROLE "+role+" LOGIN PASSWORD 'pw'", "GRANT CREATE ON SCHEMA public TO "+role,
			"CREATE FUNCTION leave() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN PERFORM set_config('session_replication_role', 'replica', false); END $$")
		low := pgAs(r, role)
		low.up(migrate.NewSet("shop", chain(makes("t"))...), "0001_a")
		_, err := low.migrator(migrate.NewSet("shop", chain(makes("t"), migrate.SQL{Up: []string{"SELECT leave()"}, NoDown: "test"})...)).Up(context.Background())
		r.fails(err, "0002_b failed", "session_replication_role", "may not put back")
		low.history("shop/0001_a done")
		low.db.Close()
		r.exec("DROP OWNED BY "+role, "DROP ROLE "+role)
	})
}

// pgAs is the same database with another role, whose password is pw.
func pgAs(r *runner, role string) *runner {
	r.t.Helper()
	_, rest, _ := strings.Cut(r.url, "@")
	db := pgAgain(r.t, r.db, "postgres://"+role+":pw@"+rest)
	return &runner{t: r.t, db: db, dialect: r.dialect, url: r.url}
}
