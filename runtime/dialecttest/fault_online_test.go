package dialecttest_test

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Faults in the forms for tables that others use: what is done outside of transactions, or in several of them.

// faultOnlineSet has one op on a table with rows.
func faultOnlineSet(ops ...migrate.Op) *migrate.Set {
	return migrate.NewSet("fault", faultChain(
		[]migrate.Op{
			faultTable("people", schema.Text("name").Null(), schema.BigInt("boss").Null()),
			faultSQL("INSERT INTO people SELECT n, n::text, 1 FROM generate_series(1, 1000) n"),
		}, ops)...)
}

func faultConcurrentSet() *migrate.Set {
	return faultOnlineSet(migrate.CreateIndex{Table: "people", Index: faultIndex("people_name_idx", "name")})
}

// faultBuilding counts sessions that are building an index and wait for a transaction.
const faultBuilding = `SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND query LIKE 'CREATE%INDEX CONCURRENTLY%' AND state = 'active' AND wait_event_type = 'Lock'`

const faultValid = "SELECT indisvalid::int FROM pg_index WHERE indexrelid = to_regclass('people_name_idx')"

// TestFault07KilledInConcurrentIndex: the server goes on building when the program is killed, and holds the lock of migrations as long. The next
// run waits for it, and finds the index there.
func TestFault07KilledInConcurrentIndex(t *testing.T) {
	faultEach(t, func(t *testing.T, f *faultPG) {
		set := faultConcurrentSet()
		f.first(set)
		release := f.blocker("UPDATE people SET name = 'x' WHERE id = 1")
		killed := faultStart(t, faultDriver, f.driver, faultURL, f.url, faultSet, "concurrent")
		f.is(faultBuilding, "1")
		killed.kill()
		next := faultStart(t, faultDriver, f.driver, faultURL, f.url, faultSet, "concurrent")
		release()
		next.succeeds()
		f.history("0001_step|done", "0002_step|done")
		pgWantRows(t, f.db, faultValid, "1")
	})
}

// TestFault08TerminatedInConcurrentIndex: what is left is an index that is not valid. It is dropped, and rebuilt.
func TestFault08TerminatedInConcurrentIndex(t *testing.T) {
	faultEach(t, func(t *testing.T, f *faultPG) {
		set := faultConcurrentSet()
		f.first(set)
		release := f.blocker("UPDATE people SET name = 'x' WHERE id = 1")
		ended := make(chan error)
		go func() {
			_, err := faultMigrator(t, pgOpen(t, f.driver, f.url), postgres.Dialect{}, set, faultPatient()).Up(t.Context())
			ended <- err
		}()
		f.is(faultBuilding, "1")
		pgWantRows(t, f.db, faultValid, "0")
		pgExec(t, f.db, strings.Replace(faultBuilding, "count(*)", "pg_terminate_backend(pid)", 1))
		var failed *migrate.MigrationError
		if err := <-ended; !errors.As(err, &failed) || failed.Migration != "0002_step" {
			t.Errorf("got %v", err)
		}
		release()
		f.up(set)
		f.history("0001_step|done", "0002_step|done")
		pgWantRows(t, f.db, faultValid, "1")
	})
}

// TestFault09Duplicates: rows that came with the migration share a key. It is named, nothing invalid stays, and the run after the correction ends it.
func TestFault09Duplicates(t *testing.T) {
	faultEach(t, func(t *testing.T, f *faultPG) {
		set := faultOnlineSet(
			faultSQL("UPDATE people SET name = 'twice' WHERE id IN (7, 8)"),
			migrate.AddUnique{Table: "people", Unique: schema.Unique{Name: "people_name_idx", Columns: []string{"name"}}},
		)
		f.first(set)
		_, err := faultMigrator(t, f.db, postgres.Dialect{}, set, faultPatient()).Up(t.Context())
		if migrate.ErrorCode(err) != "23505" || !strings.Contains(err.Error(), "2 rows (id 7, 8) share their (name)") || strings.Contains(err.Error(), "twice") {
			t.Errorf("got %v", err)
		}
		pgWantRows(t, f.db, faultValid)
		f.history("0001_step|done", "0002_step|running")
		pgExec(t, f.db, "UPDATE people SET name = 'other' WHERE id = 8")
		f.up(set)
		f.history("0001_step|done", "0002_step|done")
		pgWantRows(t, f.db, "SELECT count(*) FROM people WHERE name = 'twice'", "1")
		pgWantRows(t, f.db, faultValid, "1")
	})
}

// TestFault17IdleSnapshot: a session that holds a snapshot keeps an index from being finished. It is named, and the run keeps to its deadline.
func TestFault17IdleSnapshot(t *testing.T) {
	faultEach(t, func(t *testing.T, f *faultPG) {
		set := faultConcurrentSet()
		f.first(set)
		snapshot := []string{"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", "SELECT count(*) FROM people"}
		release := f.blocker(snapshot...)
		opt := faultPatient()
		opt.StatementTimeout = time.Second
		if _, err := faultMigrator(t, f.db, postgres.Dialect{}, set, opt).Up(t.Context()); migrate.ErrorCode(err) != "57014" {
			t.Errorf("got %v", err)
		}
		opt = faultPatient()
		var once sync.Once
		opt.Progress = func(e migrate.Event) {
			if e.Kind == migrate.EventWait && strings.Contains(e.Message, "idle in transaction for ") {
				once.Do(release) // only this event lets the run go on
			}
		}
		if _, err := faultMigrator(t, f.db, postgres.Dialect{}, set, opt).Up(t.Context()); err != nil {
			t.Fatal(err)
		}
		f.history("0001_step|done", "0002_step|done")
		pgWantRows(t, f.db, faultValid, "1")
	})
}

// TestFault40NullBetweenPhases: a program of the previous release writes NULL when the rows are filled and the check is not there yet. The sweep behind the
// check fills it. Without a fill in the migration the row is named, and the run after the correction ends it.
func TestFault40NullBetweenPhases(t *testing.T) {
	faultEach(t, func(t *testing.T, f *faultPG) {
		fill := migrate.Fill{Table: "people", Column: "name", Expr: "'filled'"}
		set := faultOnlineSet(fill, pgAlter("people", schema.Text("name").Null(), schema.Text("name")))
		f.first(set)
		opt := faultPatient()
		var once sync.Once
		opt.Progress = func(e migrate.Event) {
			if e.Kind == migrate.EventProgress {
				once.Do(func() { pgExec(t, f.db, "INSERT INTO people (id) VALUES (5000)") }) // behind the bound of the first fill
			}
		}
		if _, err := faultMigrator(t, f.db, postgres.Dialect{}, set, opt).Up(t.Context()); err != nil {
			t.Fatal(err)
		}
		pgWantRows(t, f.db, "SELECT name FROM people WHERE id = 5000", "filled")
		f.history("0001_step|done", "0002_step|done")

		f.empty()
		set = faultOnlineSet(faultSQL("UPDATE people SET name = NULL WHERE id = 7"), pgAlter("people", schema.Text("name").Null(), schema.Text("name")))
		f.first(set)
		_, err := faultMigrator(t, f.db, postgres.Dialect{}, set, faultPatient()).Up(t.Context())
		// Since version 18 it is the NOT NULL itself that is validated.
		if code := migrate.ErrorCode(err); code != "23514" && code != "23502" || !strings.Contains(err.Error(), "1 row (id 7) hold NULL in name") {
			t.Errorf("got %v", err)
		}
		pgExec(t, f.db, "UPDATE people SET name = 'x' WHERE id = 7")
		f.up(set)
		f.history("0001_step|done", "0002_step|done")
	})
}

// TestFault06CrashInValidate: the server dies while rows are looked at. The constraint is there, not yet valid, and the next run goes on with that.
func TestFault06CrashInValidate(t *testing.T) {
	t.Parallel()
	server := faultBreakable(t)
	for _, driver := range driversOf(t) {
		t.Run(driver, func(t *testing.T) {
			f := &faultPG{t: t, driver: driver, url: server.URL, db: pgOpen(t, driver, server.URL)}
			faultUntil(t, "the server is there", func() bool { return f.db.PingContext(t.Context()) == nil })
			f.defaults("synchronous_commit = on")
			f.db = pgOpen(t, driver, server.URL)
			f.empty()
			pgExec(t, f.db, `CREATE FUNCTION fine(text) RETURNS boolean LANGUAGE plpgsql AS
				'BEGIN PERFORM pg_advisory_lock_shared(77); PERFORM pg_advisory_unlock_shared(77); RETURN true; END'`)
			set := faultOnlineSet(faultSQL("UPDATE people SET name = 'once ' || name WHERE id = 1"),
				migrate.AddCheck{Table: "people", Check: schema.Check{Name: "people_name_check", Expr: "fine(name)"}})
			f.first(set)
			f.blocker("SELECT pg_advisory_xact_lock(77)") // which ends with the server
			ended := make(chan error)
			go func() {
				_, err := faultMigrator(t, pgOpen(t, driver, server.URL), postgres.Dialect{}, set, faultPatient()).Up(t.Context())
				ended <- err
			}()
			const waiting = "SELECT pid FROM pg_stat_activity WHERE query LIKE '%VALIDATE CONSTRAINT%' AND wait_event = 'advisory' AND pid <> pg_backend_pid()"
			faultUntil(t, "the rows are looked at", func() bool { return len(pgRows(t, f.db, waiting)) == 1 })
			pid, err := strconv.Atoi(pgRows(t, f.db, waiting)[0])
			if err != nil {
				t.Fatal(err)
			}
			witness, err := f.db.Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer witness.Close()
			process, err := os.FindProcess(pid)
			if err != nil {
				t.Fatal(err)
			}
			if err := process.Kill(); err != nil { // the server then ends all sessions, and recovers
				t.Fatal(err)
			}
			var failed *migrate.MigrationError
			if err := <-ended; !errors.As(err, &failed) || failed.Migration != "0002_step" {
				t.Errorf("got %v", err)
			}
			faultUntil(t, "the other sessions have ended, too", func() bool { return witness.PingContext(t.Context()) != nil })
			f.db = pgOpen(t, driver, server.URL)
			faultUntil(t, "the server is there again", func() bool { return f.db.PingContext(t.Context()) == nil })
			f.history("0001_step|done", "0002_step|running")
			const validated = "SELECT convalidated::int FROM pg_constraint WHERE conname = 'people_name_check'"
			pgWantRows(t, f.db, validated, "0")
			f.up(set)
			f.history("0001_step|done", "0002_step|done")
			pgWantRows(t, f.db, validated, "1")
			pgWantRows(t, f.db, "SELECT name FROM people WHERE id = 1", "once 1")
		})
	}
}
