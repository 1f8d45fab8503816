package dialecttest_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

func pgBegin(set, name string) migrate.Mark {
	return migrate.Mark{Kind: migrate.MarkBegin, Record: migrate.Record{Set: set, Name: name, Hash: "h", Digest: "d", State: migrate.StateRunning, Tool: "test"}}
}

// pgStages makes one stage of statements.
func pgStages(statements ...string) []migrate.Stage {
	var st migrate.Stage
	st.Cause = "Test"
	for _, sql := range statements {
		st.Statements = append(st.Statements, migrate.Statement{SQL: sql})
	}
	return []migrate.Stage{st}
}

func TestPostgresHistory(t *testing.T) {
	pgEach(t, func(t *testing.T, db *sql.DB, _ string) {
		ctx, set := t.Context(), `it's a \ "set"`
		s := pgSession(t, db, postgres.Dialect{}, pgConfig())
		if r, err := s.Newest(ctx, set); r != nil || err != nil {
			t.Fatalf("without a table: %v, %v", r, err)
		}
		if r, err := s.History(ctx, set); r != nil || err != nil {
			t.Fatalf("without a table: %v, %v", r, err)
		}
		s = pgReady(t, db, postgres.Dialect{}, pgConfig())
		one, two := pgBegin(set, "0001"), pgBegin(set, `0002'\`)
		mark := func(kind migrate.MarkKind, r migrate.Record) migrate.Mark { return migrate.Mark{Kind: kind, Record: r} }
		finished := one.Record
		finished.State = migrate.StateDone
		staged := two.Record
		staged.Stage, staged.Cursor, staged.Error = 3, "[7]", "55P03"
		digest := migrate.Record{Set: set, Digest: `new'\`}
		for _, w := range []migrate.Work{
			{Before: []migrate.Mark{one}, After: []migrate.Mark{mark(migrate.MarkFinish, finished)}},
			{Before: []migrate.Mark{pgBegin("other", "0001")}},
			{Before: []migrate.Mark{two}, After: []migrate.Mark{mark(migrate.MarkStage, staged), mark(migrate.MarkDigest, digest)}},
		} {
			if err := s.Transact(ctx, w); err != nil {
				t.Fatal(err)
			}
		}
		got, err := s.History(ctx, set)
		if err != nil {
			t.Fatal(err)
		}
		finished.ID, finished.By = 1, got[0].By
		staged.ID, staged.By, staged.Digest = 3, got[1].By, digest.Digest
		want := []migrate.Record{finished, staged}
		if d := cmp.Diff(want, got, cmpopts.IgnoreFields(migrate.Record{}, "Started", "Finished")); d != "" {
			t.Errorf("-want +got:\n%s", d)
		}
		if got[0].By == "" || got[0].Started.IsZero() || got[0].Finished.Before(got[0].Started) || !got[1].Finished.IsZero() || got[0].Started.Location() != time.UTC {
			t.Errorf("by %q, times %v, %v and %v", got[0].By, got[0].Started, got[0].Finished, got[1].Finished)
		}
		if r, err := s.Newest(ctx, set); err != nil || r == nil || r.Name != two.Record.Name {
			t.Errorf("Newest returns %v, %v", r, err)
		}
		pgWantRows(t, db, "SELECT count(*) FROM modelgen_history WHERE duration_ms >= 0", "1")

		remove := migrate.Work{Before: []migrate.Mark{mark(migrate.MarkRemove, two.Record)}}
		if err := s.Transact(ctx, remove); err != nil {
			t.Fatal(err)
		}
		if err := s.Transact(ctx, remove); !errors.Is(err, migrate.ErrClaimed) {
			t.Errorf("removing a row that is gone gives %v", err)
		}
	})
}

func TestPostgresBootstrap(t *testing.T) {
	pgEach(t, func(t *testing.T, db *sql.DB, _ string) {
		var wg sync.WaitGroup
		for range 6 {
			s := pgSession(t, db, postgres.Dialect{}, pgConfig())
			wg.Go(func() {
				if err := s.Bootstrap(t.Context()); err != nil {
					t.Errorf("several at once: %v", err)
				}
			})
		}
		wg.Wait()
		fails := func(d postgres.Dialect, want string, prepare ...string) {
			t.Helper()
			pgExec(t, db, prepare...)
			s := pgSession(t, db, d, pgConfig())
			if err := s.Bootstrap(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%q: got %v", want, err)
			}
		}
		fails(postgres.Dialect{}, "format 2, which a newer version", "COMMENT ON TABLE modelgen_history IS 'modelgen history, format 2'")
		fails(postgres.Dialect{}, "not a history", "DROP TABLE modelgen_history", "CREATE TABLE modelgen_history (id int)")
		fails(postgres.Dialect{Schema: "nowhere"}, `CREATE SCHEMA "nowhere"`)

		// A table that another role made first is not ours, although all its columns are right.
		pgExec(t, db, "DROP TABLE modelgen_history")
		if err := pgSession(t, db, postgres.Dialect{}, pgConfig()).Bootstrap(t.Context()); err != nil {
			t.Fatal(err)
		}
		role := pgRows(t, db, "SELECT 'other_' || oid FROM pg_database WHERE datname = current_database()")[0]
		pgExec(t, db, "CREATE ROLE "+role)
		t.Cleanup(func() {
			if _, err := db.ExecContext(context.Background(), "DROP OWNED BY "+role+"; DROP ROLE "+role); err != nil {
				t.Error(err)
			}
		})
		conn, err := db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		if _, err := conn.ExecContext(t.Context(), "SET ROLE "+role); err != nil {
			t.Fatal(err)
		}
		s, err := postgres.Dialect{}.Open(t.Context(), conn, pgConfig())
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Bootstrap(t.Context()); err == nil || !strings.Contains(err.Error(), role+" is not a member") {
			t.Errorf("another role: %v", err)
		}
		if _, err := conn.ExecContext(t.Context(), "RESET ROLE"); err != nil {
			t.Fatal(err)
		}
	})
}

func TestPostgresClaim(t *testing.T) {
	pgEach(t, func(t *testing.T, db *sql.DB, _ string) {
		pgReady(t, db, postgres.Dialect{}, pgConfig())
		pgExec(t, db, "CREATE TABLE ran (by int)")
		const runners = 4
		errs := make([]error, runners)
		var wg sync.WaitGroup
		for i := range runners {
			s := pgSession(t, db, postgres.Dialect{}, pgConfig())
			wg.Go(func() {
				errs[i] = s.Transact(t.Context(), migrate.Work{Before: []migrate.Mark{pgBegin("s", "0001")}, Stages: pgStages(fmt.Sprintf("INSERT INTO ran VALUES (%d)", i))})
			})
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			switch {
			case err == nil:
				won++
			case !errors.Is(err, migrate.ErrClaimed):
				t.Error(err)
			}
		}
		if won != 1 {
			t.Errorf("%d runners won", won)
		}
		pgWantRows(t, db, "SELECT count(*) FROM ran", "1")
	})
}

func TestPostgresLock(t *testing.T) {
	pgEach(t, func(t *testing.T, db *sql.DB, _ string) {
		first := pgReady(t, db, postgres.Dialect{}, pgConfig())

		told := make(chan string, 10)
		cfg := pgConfig()
		cfg.Notify = func(e migrate.Event) {
			if e.Kind == migrate.EventWait {
				told <- e.Message
			}
		}
		second := pgSession(t, db, postgres.Dialect{}, cfg)
		var locked *migrate.LockedError
		if err := second.Lock(t.Context(), time.Millisecond); !errors.As(err, &locked) || !strings.Contains(locked.Holder, "session ") {
			t.Errorf("got %v", err)
		}
		if msg := <-told; !strings.Contains(msg, "session ") {
			t.Errorf("while waiting: %q", msg)
		}
		if err := second.Unlock(t.Context()); err != nil {
			t.Errorf("giving back what was not taken: %v", err)
		}

		got := make(chan error)
		go func() { got <- second.Lock(t.Context(), time.Minute) }()
		<-told // it waits
		if err := first.Unlock(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := <-got; err != nil {
			t.Fatal(err)
		}

		ctx, cancel := context.WithCancel(t.Context())
		third := pgSession(t, db, postgres.Dialect{}, migrate.SessionConfig{Notify: func(migrate.Event) { cancel() }})
		if err := third.Lock(ctx, time.Minute); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled while waiting: %v", err)
		}
		// Another history is another lock.
		cfg.History = "other_history"
		other := pgSession(t, db, postgres.Dialect{}, cfg)
		if err := errors.Join(other.Lock(t.Context(), 0), other.Unlock(t.Context())); err != nil {
			t.Error(err)
		}
		if err := second.Unlock(t.Context()); err != nil {
			t.Error(err)
		}
		pgWantRows(t, db, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())", "0")
	})
}

// TestPostgresUnlockReports: a pooler in between hands the session another connection.
func TestPostgresUnlockReports(t *testing.T) {
	pgEach(t, func(t *testing.T, db *sql.DB, _ string) {
		conn, err := db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		s, err := postgres.Dialect{}.Open(t.Context(), conn, pgConfig())
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Lock(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.ExecContext(t.Context(), "SELECT pg_advisory_unlock_all()"); err != nil {
			t.Fatal(err)
		}
		if err := s.Unlock(t.Context()); err == nil || !strings.Contains(err.Error(), "pooler") {
			t.Errorf("got %v", err)
		}
	})
}

func TestPostgresSearchPath(t *testing.T) {
	pgEach(t, func(t *testing.T, db *sql.DB, url string) {
		pgExec(t, db, "CREATE SCHEMA app", "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = app, public', current_database()); END $$")
		db = pgAgain(t, db, url)
		s := pgSession(t, db, postgres.Dialect{}, pgConfig())
		if err := s.Lock(t.Context(), 0); err == nil || !strings.Contains(err.Error(), `postgres.Dialect{Schema: "app"}`) {
			t.Errorf("got %v", err)
		}
		for _, name := range []string{"app", "public"} {
			s := pgReady(t, db, postgres.Dialect{Schema: name}, pgConfig())
			pgMustApply(t, s, &schema.Schema{}, pgBase()...)
			pgWantRows(t, db, "SELECT count(*) FROM pg_tables WHERE schemaname = '"+name+"'", "3")
		}
		app, public := &schema.Schema{}, &schema.Schema{}
		for _, op := range pgBase() {
			if err := errors.Join(op.Apply(app), op.Apply(public)); err != nil {
				t.Fatal(err)
			}
		}
		a := pgSame(t, pgSession(t, db, postgres.Dialect{Schema: "app"}, pgConfig()), app)
		b := pgSame(t, pgSession(t, db, postgres.Dialect{Schema: "public"}, pgConfig()), public)
		if d := cmp.Diff(a, b); d != "" {
			t.Errorf("the same in two schemas:\n%s", d)
		}
	})
}

// TestPostgresRestored: a dump that is restored is no drift, although the server then writes its checks and indexes in another way.
func TestPostgresRestored(t *testing.T) {
	pgEach(t, func(t *testing.T, db *sql.DB, _ string) {
		s := pgReady(t, db, postgres.Dialect{}, pgConfig())
		at := &schema.Schema{}
		pgMustApply(t, s, at, pgBase()...)
		const check = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'orders_state_check'"
		const index = "SELECT pg_get_indexdef('orders_b'::regclass)"
		before := pgRows(t, db, check)
		pgExec(t, db, "DO $$ DECLARE c text := ("+check+"); i text := ("+index+"); BEGIN ALTER TABLE orders DROP CONSTRAINT orders_state_check; "+
			"DROP INDEX orders_b; EXECUTE 'ALTER TABLE orders ADD CONSTRAINT orders_state_check ' || c; EXECUTE i; END $$")
		if slices.Equal(before, pgRows(t, db, check)) {
			t.Log("this server writes it in the same way")
		}
		pgSame(t, s, at)
	})
}

// TestPostgresLowRights: the owner of a database needs no superuser, and one who may not is told what is missing.
func TestPostgresLowRights(t *testing.T) {
	pgEach(t, func(t *testing.T, db *sql.DB, _ string) {
		conn, err := db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		role := pgRows(t, db, "SELECT 'role_' || oid FROM pg_database WHERE datname = current_database()")[0]
		pgExec(t, db, "CREATE ROLE "+role, "GRANT CREATE ON SCHEMA public TO "+role, "CREATE TABLE foreign_table (a int)")
		t.Cleanup(func() {
			if _, err := db.ExecContext(context.Background(), "DROP OWNED BY "+role+"; DROP ROLE "+role); err != nil {
				t.Error(err)
			}
		})
		if _, err := conn.ExecContext(t.Context(), "SET ROLE "+role); err != nil {
			t.Fatal(err)
		}
		defer conn.ExecContext(context.Background(), "RESET ROLE")
		s, err := postgres.Dialect{}.Open(t.Context(), conn, pgConfig())
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(s.Lock(t.Context(), 0), s.Bootstrap(t.Context())); err != nil {
			t.Fatal(err)
		}
		at := &schema.Schema{}
		pgMustApply(t, s, at, pgBase()...)
		var e *migrate.StatementError
		if _, err := s.Expected(t.Context(), at); !errors.As(err, &e) || e.Code != "42501" || !strings.Contains(e.Hint, "GRANT CREATE ON DATABASE") {
			t.Errorf("Expected: %v", err)
		}
		err = s.Transact(t.Context(), migrate.Work{Stages: pgStages("ALTER TABLE foreign_table ADD b int")})
		if !errors.As(err, &e) || e.Code != "42501" || !strings.Contains(e.Hint, "owner") {
			t.Errorf("Transact: %v", err)
		}
		pgExec(t, db, "DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO "+role+"', current_database()); END $$")
		pgSame(t, s, at)
		if err := errors.Join(s.Unlock(t.Context()), s.Close(t.Context())); err != nil {
			t.Error(err)
		}
	})
}

// pgAgain opens another pool with the driver of db.
func pgAgain(t *testing.T, db *sql.DB, url string) *sql.DB {
	t.Helper()
	driver := "postgres"
	if strings.Contains(fmt.Sprintf("%T", db.Driver()), "stdlib") {
		driver = "pgx"
	}
	return pgOpen(t, driver, url)
}
