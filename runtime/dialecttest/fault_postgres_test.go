package dialecttest_test

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/modelgen/modelgen/internal/faultproxy"
	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// faultWaiter counts those that wait for the lock of a table.
const faultWaiter = `SELECT count(*) FROM pg_locks
 WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND relation = 'people'::regclass`

// blocker runs statements in a transaction of its own and keeps it open.
func (f *faultPG) blocker(statements ...string) (release func()) {
	f.t.Helper()
	tx, err := f.db.BeginTx(f.t.Context(), nil)
	if err != nil {
		f.t.Fatal(err)
	}
	for _, q := range statements {
		if _, err := tx.ExecContext(f.t.Context(), q); err != nil {
			f.t.Fatalf("%s: %v", q, err)
		}
	}
	return func() {
		f.t.Helper()
		if err := tx.Commit(); err != nil {
			f.t.Error(err)
		}
	}
}

// first applies the first migration of a set.
func (f *faultPG) first(set *migrate.Set) {
	f.t.Helper()
	if _, err := faultMigrator(f.t, f.db, postgres.Dialect{}, set, nil).To(f.t.Context(), "0001_step"); err != nil {
		f.t.Fatal(err)
	}
}

// history wants these rows.
func (f *faultPG) history(want ...string) {
	f.t.Helper()
	pgWantRows(f.t, f.db, "SELECT name, state FROM modelgen_history ORDER BY id", want...)
}

// fails runs Up, which must fail with a code and a word in its text, and change nothing.
func (f *faultPG) fails(db *sql.DB, d postgres.Dialect, set *migrate.Set, opt *migrate.Options, code, word string) error {
	f.t.Helper()
	before := f.dump()
	_, err := faultMigrator(f.t, db, d, set, opt).Up(f.t.Context())
	if err == nil || migrate.ErrorCode(err) != code || !strings.Contains(err.Error(), word) {
		f.t.Errorf("want %s and %q, got %v", code, word, err)
	}
	if diff := cmp.Diff(before, f.dump()); diff != "" {
		f.t.Errorf("it changed something:\n%s", diff)
	}
	return err
}

// defaults changes a setting for all who connect to the database from now on.
func (f *faultPG) defaults(settings ...string) {
	f.t.Helper()
	for _, s := range settings {
		pgExec(f.t, f.db, "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET "+strings.ReplaceAll(s, "'", "''")+"', current_database()); END $$")
	}
}

func TestFault05BackendTerminated(t *testing.T) {
	faultEach(t, func(t *testing.T, f *faultPG) {
		set := faultAlteringSet()
		f.first(set)
		release := f.blocker("LOCK TABLE people")
		ended := make(chan error)
		go func() {
			_, err := faultMigrator(t, pgOpen(t, f.driver, f.url), postgres.Dialect{}, set, faultPatient()).Up(t.Context())
			ended <- err
		}()
		f.is(faultWaiter, "1")
		pgExec(t, f.db, strings.Replace(faultWaiter, "count(*)", "pg_terminate_backend(pid)", 1))
		err := <-ended
		var failed *migrate.MigrationError
		if !errors.As(err, &failed) || failed.Migration != "0002_step" || f.driver == "pgx" && migrate.ErrorCode(err) != "57P01" { // lib/pq hides it
			t.Errorf("got %v", err)
		}
		release()
		f.history("0001_step|done")
		pgWantRows(t, f.db, "SELECT to_regclass('made')", "NULL")
		f.up(set)
		f.history("0001_step|done", "0002_step|done")
	})
}

// faultOwn is a server that may be broken. It ends with the process.
var (
	faultOwn      = sync.OnceValues(pgtest.Start)
	faultBreaking sync.Mutex
)

// faultBreakable returns it, to one test at a time. Where only a server of somebody else is at hand, there is none to break.
func faultBreakable(t *testing.T) *pgtest.Server {
	t.Helper()
	server, err := faultOwn()
	if err != nil && os.Getenv(pgtest.Env) != "" {
		t.Skip("there is no server to start on this machine, only the one of " + pgtest.Env)
	} else if err != nil {
		t.Fatal(err)
	}
	faultBreaking.Lock()
	t.Cleanup(faultBreaking.Unlock)
	return server
}

func TestFault06ServerCrash(t *testing.T) {
	t.Parallel()
	server := faultBreakable(t)
	for _, driver := range pgDrivers { // one after the other: a crash is for all
		t.Run(driver, func(t *testing.T) {
			f := &faultPG{t: t, driver: driver, url: server.URL, db: pgOpen(t, driver, server.URL)}
			f.defaults("synchronous_commit = on") // else it forgets what was committed last
			f.db = pgOpen(t, driver, server.URL)
			f.empty()
			victim, err := f.db.Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer victim.Close()
			var pid int
			if err := victim.QueryRowContext(t.Context(), "SELECT pg_backend_pid()").Scan(&pid); err != nil {
				t.Fatal(err)
			}
			set := func(run func(context.Context, migrate.Tx) error) *migrate.Set {
				s := faultStepSet(run)
				s.Migrations()[1].Ops[0] = faultApart("INSERT INTO people (id, name) VALUES (7, 'once')") // would fail the second time
				return s
			}
			crash := set(func(ctx context.Context, tx migrate.Tx) error {
				process, err := os.FindProcess(pid)
				if err != nil {
					return err
				}
				if err := process.Kill(); err != nil { // the server then ends all sessions, and recovers
					return err
				}
				for err == nil {
					_, err = tx.ExecContext(ctx, "SELECT 1")
				}
				return err
			})
			var failed *migrate.MigrationError
			if _, err := faultMigrator(t, f.db, postgres.Dialect{}, crash, faultPatient()).Up(t.Context()); !errors.As(err, &failed) || failed.Committed != 1 {
				t.Errorf("got %v", err)
			}
			faultUntil(t, "the server is there again", func() bool { return f.db.PingContext(t.Context()) == nil })
			f.history("0001_step|done", "0002_step|running")
			f.up(set(faultInsert))
			f.history("0001_step|done", "0002_step|done")
			pgWantRows(t, f.db, "SELECT * FROM people ORDER BY 1", "1|done|2", "7|once|1")
		})
	}
}

func TestFault10LockHeldForLong(t *testing.T) {
	faultEach(t, func(t *testing.T, f *faultPG) {
		set := faultAlteringSet()
		f.first(set)
		release := f.blocker("SELECT * FROM people")
		retries := 0
		opt := &migrate.Options{LockTimeout: 10 * time.Millisecond, Retry: 5 * time.Minute, Progress: func(e migrate.Event) {
			if e.Kind != migrate.EventRetry {
				return
			}
			// What queues behind a waiting ALTER TABLE has its turn in the pauses.
			if _, err := f.db.ExecContext(t.Context(), "SET lock_timeout = '1min'; SELECT count(*) FROM people"); err != nil {
				t.Errorf("the application was kept out: %v", err)
			}
			if retries++; retries == 3 {
				release()
			}
		}}
		if _, err := faultMigrator(t, pgOpen(t, f.driver, f.url), postgres.Dialect{}, set, opt).Up(t.Context()); err != nil || retries < 3 {
			t.Errorf("after %d retries: %v", retries, err)
		}
		f.history("0001_step|done", "0002_step|done")
	})
}

func TestFault11LockNeverFree(t *testing.T) {
	faultEach(t, func(t *testing.T, f *faultPG) {
		set := faultAlteringSet()
		f.first(set)
		release := f.blocker("SELECT * FROM people")
		defer release()
		opt := &migrate.Options{LockTimeout: 10 * time.Millisecond, Retry: 50 * time.Millisecond}
		f.fails(f.through(), postgres.Dialect{}, set, opt, "55P03", "in the way: session ")
	})
}

// TestFault11RunnerNeverDone is the same for the lock of migrations.
func TestFault11RunnerNeverDone(t *testing.T) {
	faultEach(t, func(t *testing.T, f *faultPG) {
		set := faultAlteringSet()
		pgReady(t, f.db, postgres.Dialect{}, pgConfig())
		_, err := faultMigrator(t, f.through(), postgres.Dialect{}, set, &migrate.Options{LockWait: 20 * time.Millisecond}).Up(t.Context())
		var locked *migrate.LockedError
		if !errors.As(err, &locked) || !strings.Contains(err.Error(), "session ") {
			t.Errorf("got %v", err)
		}
		f.history()
	})
}

func TestFault12TinyTimeouts(t *testing.T) {
	faultEach(t, func(t *testing.T, f *faultPG) {
		f.defaults("statement_timeout = '1s'", "lock_timeout = '1ms'")
		set := migrate.NewSet("fault", faultChain(
			[]migrate.Op{faultTable("people"), faultSQL("SELECT pg_sleep(1.2)"), faultApart("SELECT pg_sleep(1.2)")},
			[]migrate.Op{migrate.AddColumn{Table: "people", Column: schema.Integer("age").Default(1)}})...)
		db := pgOpen(t, f.driver, f.url)
		faultUp(t, db, postgres.Dialect{}, set)
		f.history("0001_step|done", "0002_step|done")
	})
}

func TestFault13TinyIdleTimeouts(t *testing.T) {
	faultEach(t, func(t *testing.T, f *faultPG) {
		f.defaults("idle_in_transaction_session_timeout = '50ms'", "idle_session_timeout = '1s'")
		held := ""
		set := faultStepSet(func(ctx context.Context, tx migrate.Tx) error {
			time.Sleep(200 * time.Millisecond) // this is the fault
			held = strings.Join(pgRows(t, f.db, faultLeaked), "")
			return faultInsert(ctx, tx)
		})
		faultUp(t, pgOpen(t, f.driver, f.url), postgres.Dialect{}, set)
		if held != "1" {
			t.Errorf("%s locks were held", held)
		}
		f.history("0001_step|done", "0002_step|done")
	})
}

// TestFault30EnumValueUsed stops between the transaction that adds the value and the one that uses it.
func TestFault30EnumValueUsed(t *testing.T) {
	faultEach(t, func(t *testing.T, f *faultPG) {
		stop := errors.New("stop")
		set := func(err error) *migrate.Set {
			return migrate.NewSet("fault", faultChain(
				[]migrate.Op{migrate.CreateEnum{Name: "mood", Values: []string{"sad"}}, faultTable("people", schema.EnumOf("mood", "mood"))},
				[]migrate.Op{
					migrate.AlterEnum{Name: "mood", From: []string{"sad"}, To: []string{"sad", "happy"}},
					faultSQL("INSERT INTO people VALUES (1, 'happy')"),
					migrate.Go{Name: "stop", NoDown: "test", Up: func(context.Context, migrate.Tx) error { return err }},
				})...)
		}
		f.first(set(nil))
		if _, err := faultMigrator(t, f.db, postgres.Dialect{}, set(stop), nil).Up(t.Context()); !errors.Is(err, stop) {
			t.Fatal(err)
		}
		f.history("0001_step|done", "0002_step|running")
		pgWantRows(t, f.db, "SELECT unnest(enum_range(NULL::mood)), (SELECT count(*) FROM people)", "sad|0", "happy|0")
		f.up(set(nil))
		f.history("0001_step|done", "0002_step|done")
		pgWantRows(t, f.db, "SELECT * FROM people", "1|happy")
	})
}

// TestFault31Deadlock makes a real one: the migration has people and wants other, another session has other and wants people.
func TestFault31Deadlock(t *testing.T) {
	faultEach(t, func(t *testing.T, f *faultPG) {
		ended := make(chan error, 1)
		tries := 0
		meet := func(ctx context.Context) { // returns when the other session has other and waits for people
			locked := make(chan bool)
			go func() {
				conn, err := f.db.Conn(ctx)
				if err == nil {
					defer conn.Close()
					_, err = conn.ExecContext(ctx, "SET deadlock_timeout = '5min'; BEGIN; LOCK TABLE other")
				}
				close(locked)
				if err == nil {
					_, err = conn.ExecContext(ctx, "LOCK TABLE people; COMMIT; RESET deadlock_timeout")
				}
				ended <- err
			}()
			<-locked
			f.is(faultWaiter, "1")
		}
		set := migrate.NewSet("fault", faultChain(
			[]migrate.Op{faultTable("people"), faultTable("other")},
			[]migrate.Op{migrate.Go{Name: "lock both", NoDown: "test", Up: func(ctx context.Context, tx migrate.Tx) error {
				if _, err := tx.ExecContext(ctx, "LOCK TABLE people"); err != nil {
					return err
				}
				if tries++; tries == 1 {
					meet(ctx)
				}
				_, err := tx.ExecContext(ctx, "LOCK TABLE other")
				return err
			}}})...)
		f.first(set)
		f.defaults("deadlock_timeout = '10ms'") // whoever notices it is the victim
		opt := faultPatient()
		var told []string
		opt.Progress = func(e migrate.Event) {
			if e.Kind == migrate.EventRetry {
				told = append(told, e.Message)
			}
		}
		if _, err := faultMigrator(t, pgOpen(t, f.driver, f.url), postgres.Dialect{}, set, opt).Up(t.Context()); err != nil {
			t.Error(err)
		}
		if err := <-ended; err != nil {
			t.Errorf("the other session: %v", err)
		}
		if tries != 2 || len(told) != 1 || !strings.Contains(told[0], "deadlock") {
			t.Errorf("%d tries, told %q", tries, told)
		}
		f.history("0001_step|done", "0002_step|done")
	})
}

func TestFault32DiskFull(t *testing.T) {
	faultEach(t, func(t *testing.T, f *faultPG) {
		const full = "DO $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$"
		f.first(faultAlteringSet())
		set := faultAlteringSet().Migrations()
		set[1].Ops = append(set[1].Ops, faultSQL(full))
		opt := faultPatient()
		opt.Progress = func(e migrate.Event) {
			if e.Kind == migrate.EventRetry {
				t.Errorf("tried again: %s", e.Message)
			}
		}
		err := f.fails(f.through(), postgres.Dialect{}, migrate.NewSet("fault", set...), opt, "53100", "disk is full")
		var st *migrate.StatementError
		if !errors.As(err, &st) || st.Statement != full {
			t.Errorf("got %v", err)
		}
		sent := 0
		for _, q := range f.proxy.Statements() {
			sent += strings.Count(q, "53100")
		}
		if sent > 2 { // once to run it, once to find out which statement it was
			t.Errorf("it was sent %d times", sent)
		}
	})
}

func TestFault33ReadOnly(t *testing.T) {
	faultEach(t, func(t *testing.T, f *faultPG) {
		set := faultAlteringSet()
		f.defaults("default_transaction_read_only = on")
		f.fails(pgOpen(t, f.driver, f.url), postgres.Dialect{}, set, nil, "25006", "read-only")
		f.defaults("default_transaction_read_only = off")
		f.up(set)
		f.defaults("default_transaction_read_only = on")
		db := pgOpen(t, f.driver, f.url)
		m := faultMigrator(t, db, postgres.Dialect{}, set, nil)
		if _, err := m.Up(t.Context()); err != nil {
			t.Errorf("nothing is pending: %v", err)
		}
		if err := m.Check(t.Context()); err != nil {
			t.Errorf("looking: %v", err)
		}
	})
}

// role makes a role that may log in and nothing else, and returns a URL for it.
func (f *faultPG) role(rights ...string) *sql.DB {
	f.t.Helper()
	name := pgRows(f.t, f.db, "SELECT 'fault_' || oid FROM pg_database WHERE datname = current_database()")[0]
	pgExec(f.t, f.db, "CREATE ROLE "+name+" LOGIN PASSWORD 'fault'")
	f.t.Cleanup(func() {
		if _, err := f.db.ExecContext(context.Background(), "DROP OWNED BY "+name+"; DROP ROLE "+name); err != nil {
			f.t.Error(err)
		}
	})
	for _, r := range rights {
		pgExec(f.t, f.db, strings.ReplaceAll(r, "ROLE", name))
	}
	u, err := url.Parse(f.url)
	if err != nil {
		f.t.Fatal(err)
	}
	u.User = url.UserPassword(name, "fault")
	return pgOpen(f.t, f.driver, u.String())
}

func TestFault34LackingPrivilege(t *testing.T) {
	faultEach(t, func(t *testing.T, f *faultPG) {
		set := faultAlteringSet()
		pgExec(t, f.db, "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
		db := f.role()
		f.fails(db, postgres.Dialect{}, set, nil, "42501", `GRANT USAGE, CREATE ON SCHEMA "public" TO `+pgRows(t, db, "SELECT current_user")[0])

		// The history belongs to somebody else, who could forge it.
		f.first(set)
		pgExec(t, f.db, "GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC", "GRANT CREATE ON SCHEMA public TO PUBLIC")
		f.fails(db, postgres.Dialect{}, set, nil, "", "is not a member")

		// The history is its own, the table is not.
		name := pgRows(t, db, "SELECT current_user")[0]
		pgExec(t, f.db, "ALTER TABLE modelgen_history OWNER TO "+name)
		f.fails(db, postgres.Dialect{}, set, nil, "42501", "owner")
		pgExec(t, f.db, "ALTER TABLE people OWNER TO "+name)
		faultUp(t, db, postgres.Dialect{}, set)
		f.history("0001_step|done", "0002_step|done")
	})
}

// TestFault42ClaimedByAnother: somebody writes the row of the migration without having the lock.
func TestFault42ClaimedByAnother(t *testing.T) {
	faultEach(t, func(t *testing.T, f *faultPG) {
		set := faultAlteringSet()
		f.up(set)
		pgExec(t, f.db, "CREATE TABLE copy AS SELECT * FROM modelgen_history WHERE name = '0002_step'",
			"DELETE FROM modelgen_history WHERE name = '0002_step'", "ALTER TABLE people DROP COLUMN age", "DROP TABLE made")
		release := f.blocker("INSERT INTO modelgen_history OVERRIDING SYSTEM VALUE SELECT * FROM copy",
			"ALTER TABLE people ADD COLUMN age integer NOT NULL DEFAULT 1",
			"CREATE TABLE made (id bigint NOT NULL, CONSTRAINT made_pkey PRIMARY KEY (id))")
		ended := make(chan error)
		go func() {
			res, err := faultMigrator(t, pgOpen(t, f.driver, f.url), postgres.Dialect{}, set, faultPatient()).Up(t.Context())
			if err == nil && len(res.Done) > 0 {
				err = errors.New("it says that it did something")
			}
			ended <- err
		}()
		f.is(`SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
 WHERE NOT l.granted AND l.locktype = 'transactionid' AND a.datname = current_database()`, "1")
		release()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		f.history("0001_step|done", "0002_step|done")
		pgExec(t, f.db, "DROP TABLE copy")
		faultWhole(t, f.db, postgres.Dialect{}, set)
	})
}

// TestFaultHostileSearchPath: the path of the session has tables of the same names, and functions that wait to be called.
func TestFaultHostileSearchPath(t *testing.T) {
	faultEach(t, func(t *testing.T, f *faultPG) {
		set := faultPostgresSet()
		f.defaults("search_path = evil, public")
		pgExec(t, f.db, "CREATE SCHEMA evil", "CREATE TABLE evil.people (id int)", "CREATE TABLE evil.modelgen_history (id int)",
			"CREATE FUNCTION evil.count(bigint) RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''evil''; END'")
		db := pgOpen(t, f.driver, f.url)
		f.fails(db, postgres.Dialect{}, set, nil, "", `postgres.Dialect{Schema: "public"}`)
		faultUp(t, db, postgres.Dialect{Schema: "public"}, set)
		pgWantRows(t, f.db, "SELECT count(*) FROM public.people", "4")
		pgWantRows(t, f.db, "SELECT count(*) FROM evil.people", "0")
	})
}

// TestFaultOneConnection: a pool of one connection, also when that is lost in the middle.
func TestFaultOneConnection(t *testing.T) {
	faultEach(t, func(t *testing.T, f *faultPG) {
		set := faultPostgresSet()
		db := f.through()
		db.SetMaxOpenConns(1)
		fault := f.proxy.Inject(faultproxy.Fault{Match: "RENAME TO"})
		if _, err := faultMigrator(t, db, postgres.Dialect{}, set, faultPatient()).Up(t.Context()); err == nil || !fault.Happened() {
			t.Errorf("the connection was lost, and there is no error: %v", err)
		}
		faultUp(t, db, postgres.Dialect{}, set)
		faultWhole(t, db, postgres.Dialect{}, set)
	})
}
