package dialecttest_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

func TestPostgresStatementError(t *testing.T) {
	pgEach(t, func(t *testing.T, db *sql.DB, _ string) {
		s := pgReady(t, db, postgres.Dialect{}, pgConfig())
		pgExec(t, db, "CREATE TABLE t (secret text)", "INSERT INTO t VALUES ('tom@example.org'), ('tom@example.org'), (NULL)",
			"CREATE TABLE parent (a int PRIMARY KEY)", "CREATE TABLE child (a int REFERENCES parent DEFERRABLE INITIALLY DEFERRED)")
		for _, c := range []struct{ sql, code, hint string }{
			{"CREATE UNIQUE INDEX u ON t (secret)", "23505", "same values"},
			{"ALTER TABLE t ALTER secret SET NOT NULL", "23502", "NULLs"},
			{"ALTER TABLE t ADD CHECK (secret = 'x')", "23514", "break the check"},
			{"ALTER TABLE t ALTER secret TYPE int USING secret::int", "22P02", "cannot become"},
			{"CREATE TABLE t (a int)", "42P07", "by hand"},
			{"ALTER TABLE t ADD secret int", "42701", "by hand"},
			{"CREATE INDEX ON t (nothing)", "42703", "verify"},
			{"SELEC 1", "42601", ""},
			{"SELECT hex(secret) FROM t", "42883", "no such function"},
		} {
			stages := append(pgStages("SELECT 1", "CREATE TABLE made (a int) -- a comment"), pgStages("SELECT 2", c.sql, "SELECT 3")...)
			err := s.Transact(t.Context(), migrate.Work{Before: []migrate.Mark{pgBegin("s", "0001")}, Stages: stages})
			var e *migrate.StatementError
			if !errors.As(err, &e) {
				t.Fatalf("%s: %v", c.sql, err)
			}
			if e.Statement != c.sql || e.Code != c.code || e.Stage != 1 || e.Cause != "Test" || !strings.Contains(e.Hint, c.hint) {
				t.Errorf("%s: %+v", c.sql, e)
			}
			if strings.Contains(err.Error(), "tom@example.org") {
				t.Errorf("a value of a row is in %q", err)
			}
		}
		pgWantRows(t, db, "SELECT to_regclass('made'), (SELECT count(*) FROM modelgen_history)", "NULL|0")

		// A deferred constraint fails in COMMIT, which is no statement of the stage.
		err := s.Transact(t.Context(), migrate.Work{Stages: pgStages("INSERT INTO child VALUES (1)")})
		var e *migrate.StatementError
		if !errors.As(err, &e) || e.Statement != "" || e.Code != "23503" || e.Hint == "" {
			t.Errorf("in COMMIT: %v", err)
		}
		if err := s.Transact(t.Context(), migrate.Work{Stages: pgStages("SELECT 1\x00; DROP TABLE t")}); err == nil {
			t.Error("a zero byte was sent")
		}
		if err := s.Transact(t.Context(), migrate.Work{Stages: pgStages("CREATE TABLE after_errors (a int)")}); err != nil {
			t.Errorf("the session cannot be used any more: %v", err)
		}
	})
}

func TestPostgresRetry(t *testing.T) {
	t.Parallel()
	pgEach(t, func(t *testing.T, db *sql.DB, _ string) {
		pgExec(t, db, "CREATE TABLE busy (a int)")
		blocker := func() *sql.Tx {
			tx, err := db.BeginTx(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := tx.ExecContext(t.Context(), "SELECT * FROM busy"); err != nil {
				t.Fatal(err)
			}
			return tx
		}
		work := migrate.Work{Before: []migrate.Mark{pgBegin("s", "0001")}, Stages: pgStages("ALTER TABLE busy ADD b int")}
		work.Stages[0].Tables = []string{"busy"}

		tx := blocker()
		cfg := pgConfig()
		cfg.LockTimeout = 20 * time.Millisecond
		s := pgReady(t, db, postgres.Dialect{}, cfg)
		err := s.Transact(t.Context(), work)
		var e *migrate.StatementError
		if !errors.As(err, &e) || e.Code != "55P03" || e.Statement != "ALTER TABLE busy ADD b int" || !strings.Contains(e.Hint, "in the way: session ") {
			t.Errorf("without a budget: %+v", err)
		}
		if err := tx.Rollback(); err != nil {
			t.Fatal(err)
		}

		tx = blocker()
		var messages []string
		cfg.Retry = time.Minute
		cfg.History = "second"
		cfg.Notify = func(e migrate.Event) {
			if e.Kind == migrate.EventRetry {
				if messages = append(messages, e.Message); len(messages) == 2 {
					if err := tx.Rollback(); err != nil {
						t.Error(err)
					}
				}
			}
		}
		s = pgReady(t, db, postgres.Dialect{}, cfg)
		if err := s.Transact(t.Context(), work); err != nil {
			t.Fatal(err)
		}
		if len(messages) < 2 || !strings.Contains(messages[0], "session ") {
			t.Errorf("told %q", messages)
		}
		pgWantRows(t, db, "SELECT count(*) FROM second", "1")

		// A deadline ends it as well.
		tx = blocker()
		ctx, cancel := context.WithCancel(t.Context())
		cfg.Notify = func(migrate.Event) { cancel() }
		cfg.History = "third"
		s = pgReady(t, db, postgres.Dialect{}, cfg)
		work.Stages = pgStages("ALTER TABLE busy ADD c int")
		if err := s.Transact(ctx, work); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
		if err := tx.Rollback(); err != nil {
			t.Fatal(err)
		}
		pgWantRows(t, db, "SELECT count(*) FROM third", "0")
	})
}

func TestPostgresGo(t *testing.T) {
	pgEach(t, func(t *testing.T, db *sql.DB, _ string) {
		pgReady(t, db, postgres.Dialect{}, pgConfig())
		run := func(name string, f func(ctx context.Context, tx migrate.Tx) error) (migrate.Session, error) {
			s := pgSession(t, db, postgres.Dialect{}, pgConfig())
			stages := append(pgStages("CREATE TABLE "+name+" (a int)"), migrate.Stage{Cause: "Go " + name, Run: f})
			stages = append(stages, pgStages("INSERT INTO "+name+" VALUES (2)")...)
			return s, s.Transact(t.Context(), migrate.Work{Before: []migrate.Mark{pgBegin("s", name)}, Stages: stages})
		}
		gone := func(name string) {
			t.Helper()
			pgWantRows(t, db, "SELECT to_regclass('"+name+"'), (SELECT count(*) FROM modelgen_history WHERE name = '"+name+"')", "NULL|0")
		}
		if _, err := run("good", func(ctx context.Context, tx migrate.Tx) error {
			var n int
			if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM good").Scan(&n); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, "INSERT INTO good VALUES ($1)", n+1)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		pgWantRows(t, db, "SELECT a FROM good ORDER BY a", "1", "2")

		boom := errors.New("boom")
		s, err := run("bad", func(context.Context, migrate.Tx) error { return boom })
		var e *migrate.StatementError
		if !errors.Is(err, boom) || !errors.As(err, &e) || e.Stage != 1 || e.Cause != "Go bad" {
			t.Errorf("an error: %v", err)
		}
		gone("bad")
		if err := s.Transact(t.Context(), migrate.Work{Stages: pgStages("SELECT 1")}); err != nil {
			t.Errorf("the session cannot be used any more: %v", err)
		}

		if _, err = run("ignored", func(ctx context.Context, tx migrate.Tx) error {
			_, _ = tx.ExecContext(ctx, "SELECT nothing")
			return nil
		}); migrate.ErrorCode(err) != "25P02" {
			t.Errorf("an ignored error: %v", err)
		}
		gone("ignored")

		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic was swallowed")
				}
			}()
			_, _ = run("panics", func(context.Context, migrate.Tx) error { panic("oh") })
		}()
		gone("panics")

		if _, err = run("killed", func(ctx context.Context, tx migrate.Tx) error {
			_, err := tx.ExecContext(ctx, "SELECT pg_terminate_backend(pg_backend_pid())")
			return err
		}); err == nil {
			t.Error("the backend was killed, and there is no error")
		}
		gone("killed")
	})
}

func TestPostgresCancel(t *testing.T) {
	pgEach(t, func(t *testing.T, db *sql.DB, _ string) {
		pgReady(t, db, postgres.Dialect{}, pgConfig())
		pgExec(t, db, "CREATE TABLE busy (a int)")
		blocker, err := db.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer blocker.Rollback()
		if _, err := blocker.ExecContext(t.Context(), "LOCK TABLE busy"); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		s := pgSession(t, db, postgres.Dialect{}, pgConfig())
		done := make(chan error)
		go func() {
			done <- s.Transact(ctx, migrate.Work{Before: []migrate.Mark{pgBegin("s", "0001")}, Stages: pgStages("CREATE TABLE half (a int)", "ALTER TABLE busy ADD b int")})
		}()
		for len(pgRows(t, db, "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'busy'::regclass")) == 0 {
		}
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		if err := blocker.Rollback(); err != nil {
			t.Fatal(err)
		}
		// The driver may have closed the connection; the server then ends the transaction when it notices.
		for len(pgRows(t, db, "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle' AND pid <> pg_backend_pid()")) > 0 {
		}
		pgWantRows(t, db, "SELECT to_regclass('half'), (SELECT count(*) FROM modelgen_history)", "NULL|0")
		if err := errors.Join(s.Unlock(context.Background()), s.Close(context.Background())); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	})
}

func TestPostgresStep(t *testing.T) {
	pgEach(t, func(t *testing.T, db *sql.DB, _ string) {
		s := pgReady(t, db, postgres.Dialect{}, pgConfig())
		pgExec(t, db, "CREATE TABLE t (a int)", "INSERT INTO t VALUES (1), (1)")
		if err := s.Transact(t.Context(), migrate.Work{Before: []migrate.Mark{pgBegin("s", "0001")}}); err != nil {
			t.Fatal(err)
		}
		stage := func(sql string) migrate.Stage {
			st := pgStages(sql)[0]
			st.NoTx = true
			return st
		}
		finish := pgBegin("s", "0001")
		finish.Kind, finish.Record.State = migrate.MarkFinish, migrate.StateDone
		var e *migrate.StatementError
		err := s.Step(t.Context(), stage("CREATE UNIQUE INDEX CONCURRENTLY t_a ON t (a)"), []migrate.Mark{finish})
		if !errors.As(err, &e) || e.Code != "23505" || e.Hint == "" {
			t.Errorf("got %v", err)
		}
		pgWantRows(t, db, "SELECT state FROM modelgen_history", "running")
		if err := s.Step(t.Context(), stage("DROP INDEX CONCURRENTLY t_a"), nil); err != nil {
			t.Fatal(err)
		}
		if err := s.Step(t.Context(), stage("CREATE INDEX CONCURRENTLY t_a ON t (a)"), []migrate.Mark{finish}); err != nil {
			t.Fatal(err)
		}
		pgWantRows(t, db, "SELECT state FROM modelgen_history", "done")
	})
}

func TestPostgresEnumInUse(t *testing.T) {
	pgEach(t, func(t *testing.T, db *sql.DB, _ string) {
		s := pgReady(t, db, postgres.Dialect{}, pgConfig())
		at := &schema.Schema{}
		pgMustApply(t, s, at, pgBase()...)
		pgExec(t, db, "INSERT INTO customers (name, mood) VALUES ('a', 'sad')")
		err := pgApply(t.Context(), s, at.Clone(), migrate.AlterEnum{Name: "mood", From: []string{"sad", "happy"}, To: []string{"happy"}})
		var e *migrate.StatementError
		if !errors.As(err, &e) || !strings.Contains(e.Hint, "still hold a value") || !strings.Contains(e.Cause, "Recreate enum mood without sad") {
			t.Errorf("got %v", err)
		}
		pgSame(t, s, at)
	})
}
