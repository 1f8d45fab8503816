package dialecttest_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/modelgen/modelgen/internal/faultproxy"
	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// faultPG is a database with a proxy in front of it, for one driver.
type faultPG struct {
	t      *testing.T
	driver string
	url    string
	db     *sql.DB // without the proxy
	proxy  *faultproxy.Proxy
}

// faultEach runs a test with its drivers, on a database of its own for each.
func faultEach(t *testing.T, test func(t *testing.T, f *faultPG)) {
	t.Helper()
	faultEachWith(t, nil, test)
}

func faultEachWith(t *testing.T, opt *faultproxy.Options, test func(t *testing.T, f *faultPG)) {
	t.Parallel()
	for _, driver := range driversOf(t) {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			test(t, newFaultPG(t, driver, opt))
		})
	}
}

func newFaultPG(t *testing.T, driver string, opt *faultproxy.Options) *faultPG {
	t.Helper()
	f := &faultPG{t: t, driver: driver, url: pgtest.Database(t)}
	f.db = pgOpen(t, driver, f.url)
	var err error
	if f.proxy, err = faultproxy.New(f.url, opt); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.proxy.Close)
	return f
}

// through opens a handle that goes through the proxy.
func (f *faultPG) through() *sql.DB {
	f.t.Helper()
	return pgOpen(f.t, f.driver, f.proxy.URL()+"&application_name=runner")
}

func (f *faultPG) up(set *migrate.Set) {
	f.t.Helper()
	faultUp(f.t, f.db, postgres.Dialect{}, set)
}

// child prepares a process that goes through the proxy.
func (f *faultPG) child(set, verb string) *faultProcess {
	f.t.Helper()
	return faultPrepare(f.t, faultDriver, f.driver, faultURL, f.proxy.URL(), faultSet, set, faultVerb, verb)
}

// faultOthers counts the sessions of others in the database.
const faultOthers = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"

// alone waits until the server has noticed that the others are gone.
func (f *faultPG) alone() {
	f.t.Helper()
	f.db.SetMaxOpenConns(1)
	f.is(faultOthers, "0")
	f.db.SetMaxOpenConns(0)
}

// is waits until a query returns the answer.
func (f *faultPG) is(query, want string) {
	f.t.Helper()
	faultUntil(f.t, query+" gives "+want, func() bool { return strings.Join(pgRows(f.t, f.db, query), ",") == want })
}

// empty makes the database as it was in the beginning.
func (f *faultPG) empty() {
	f.t.Helper()
	pgExec(f.t, f.db, "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
}

// dump is all there is: objects, rows, history, and locks of sessions.
func (f *faultPG) dump() []string {
	f.t.Helper()
	all := pgRows(f.t, f.db, `SELECT relkind, oid::regclass FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY relkind, relname`)
	for _, table := range pgRows(f.t, f.db, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'modelgen%' ORDER BY 1") {
		for _, row := range pgRows(f.t, f.db, "SELECT x::text FROM "+table+" x ORDER BY 1") {
			all = append(all, table+" "+row)
		}
	}
	if slices.Contains(all, "r|modelgen_history") {
		for _, row := range pgRows(f.t, f.db, `SELECT "set", name, hash, digest, state, cursor, error, finished >= started, tool FROM modelgen_history ORDER BY id`) {
			all = append(all, "history "+row)
		}
	}
	for _, row := range pgRows(f.t, f.db, "SELECT enumlabel FROM pg_enum e JOIN pg_type t ON t.oid = enumtypid ORDER BY typname, enumsortorder") {
		all = append(all, "enum "+row)
	}
	return append(all, "locks "+strings.Join(pgRows(f.t, f.db, faultLeaked), ""))
}

// faultWhole fails when the history says something that is not so. It looks only when no migration is half way.
func faultWhole(t *testing.T, db *sql.DB, d migrate.Dialect, set *migrate.Set) {
	t.Helper()
	m := faultMigrator(t, db, d, set, nil)
	st, err := m.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range st.Entries {
		if e.Record != nil && !e.Applied {
			return
		}
	}
	diff, err := m.Verify(t.Context())
	diff = slices.DeleteFunc(diff, func(d migrate.Difference) bool { return !d.Missing && strings.Contains(d.Fact, "people_log") }) // by hand
	if err != nil || len(diff) > 0 {
		t.Errorf("the database is not what the history says: %v %v", diff, err)
	}
}

// TestFault01To03KilledAnywhere kills a process with every kind of stage at each message to the server: when the server has done what the
// message asks for, and while it does it. Then the same is run again. Without -full each driver, at each of the two, has every sixteenth message.
func TestFault01To03KilledAnywhere(t *testing.T) {
	for i, point := range []faultproxy.Point{faultproxy.Answered, faultproxy.Sent} {
		t.Run([]string{"answered", "sent"}[i], func(t *testing.T) {
			faultEach(t, func(t *testing.T, f *faultPG) {
				d, set := postgres.Dialect{}, faultPostgresSet()
				f.up(set)
				want := f.dump()
				for k := 0; ; k++ {
					if !turn(k, 2*i+slices.Index(pgDrivers, f.driver), 16) {
						continue
					}
					f.empty()
					p := f.child("postgres", "up")
					fault := f.proxy.Inject(faultproxy.Fault{Skip: k, At: point, Do: p.kill})
					p.start()
					if code := p.wait(); code != faultKilled {
						fault.Remove()
						if code != 0 || k < 10 {
							t.Fatalf("nobody killed it, at %d; status %d: %s", k, code, p.errs.String())
						}
						break
					}
					if point == faultproxy.Answered { // else the next one has to wait by itself
						f.alone()
						faultWhole(t, f.db, d, set)
					}
					f.up(set)
					f.alone()
					if diff := cmp.Diff(want, f.dump()); diff != "" {
						t.Fatalf("killed at %d, which is not as if it were not (-want +got):\n%s", k, diff)
					}
				}
			})
		})
	}
}

// TestFault03KilledOnTheWayBack is the same for going back to the beginning. Without -full each driver has every eighth message.
func TestFault03KilledOnTheWayBack(t *testing.T) {
	faultEach(t, func(t *testing.T, f *faultPG) {
		d, set := postgres.Dialect{}, faultPostgresSet()
		m := faultMigrator(t, f.db, d, set, nil)
		back := func() {
			t.Helper()
			if _, err := m.To(t.Context(), "zero"); err != nil {
				t.Fatal(err)
			}
		}
		f.up(set)
		back()
		want := f.dump()
		for k := 0; ; k++ {
			if !turn(k, slices.Index(pgDrivers, f.driver), 8) {
				continue
			}
			f.up(set)
			p := f.child("postgres", "to zero")
			fault := f.proxy.Inject(faultproxy.Fault{Skip: k, At: faultproxy.Answered, Do: p.kill})
			p.start()
			if code := p.wait(); code != faultKilled {
				fault.Remove()
				if code != 0 || k < 5 {
					t.Fatalf("nobody killed it, at %d; status %d: %s", k, code, p.errs.String())
				}
				break
			}
			f.alone()
			faultWhole(t, f.db, d, set)
			back()
			f.alone()
			if diff := cmp.Diff(want, f.dump()); diff != "" {
				t.Fatalf("killed at %d, which is not as if it were not (-want +got):\n%s", k, diff)
			}
		}
	})
}

// faultLite is a database in a file.
type faultLite struct {
	*liteDB
	dsn string
}

// newFaultLite opens a file whose connections write to it before they commit, since their cache is tiny: a kill then leaves a journal that
// the next one must roll back.
func newFaultLite(t *testing.T, mode string) *faultLite {
	t.Helper()
	f := &faultLite{liteDB: newLite(t)}
	f.dsn = "file:" + f.path + "?_pragma=foreign_keys(1)&_pragma=busy_timeout(10000)&_pragma=cache_size(10)&_pragma=journal_mode(" + mode + ")"
	f.db.Close()
	f.db = f.reopen()
	return f
}

func (f *faultLite) reopen() *sql.DB {
	f.t.Helper()
	db, err := sql.Open("sqlite", f.dsn)
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { db.Close() })
	return db
}

// copyFrom puts another database in the place of this one.
func (f *faultLite) copyFrom(path string) {
	f.t.Helper()
	f.db.Close()
	data, err := os.ReadFile(path)
	if err != nil {
		f.t.Fatal(err)
	}
	for _, end := range []string{"-wal", "-shm", "-journal"} {
		_ = os.Remove(f.path + end)
	}
	if err := os.WriteFile(f.path, data, 0o600); err != nil {
		f.t.Fatal(err)
	}
	f.db = f.reopen()
}

func (f *faultLite) up(set *migrate.Set) {
	f.t.Helper()
	faultUp(f.t, f.db, sqlite.Dialect{}, set)
}

// dump is all there is: objects, rows, counters and history.
func (f *faultLite) dump() []string {
	f.t.Helper()
	all := []string{f.query("PRAGMA integrity_check"), f.query("PRAGMA foreign_key_check"), f.query("PRAGMA foreign_keys")}
	all = append(all, f.query("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_stat%' ORDER BY 1, 2"))
	const tables = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name <> 'modelgen_history' AND name NOT LIKE 'sqlite_stat%' ORDER BY 1"
	for table := range strings.FieldsSeq(f.query(tables)) {
		all = append(all, table+" "+f.query("SELECT * FROM "+table+" ORDER BY 1"))
	}
	if f.query("SELECT count(*) FROM sqlite_master WHERE name = 'modelgen_history'") == "1" {
		all = append(all, "history "+f.query(`SELECT "set", name, hash, digest, state, cursor, error, finished >= started, tool FROM modelgen_history ORDER BY id`))
	}
	return all
}

// TestFault38KilledAnywhere kills a process before each statement that writes, in both kinds of journals. Then the same is run again. Without -full
// each kind has every fourth statement.
func TestFault38KilledAnywhere(t *testing.T) {
	t.Parallel()
	for i, mode := range []string{"delete", "wal"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			f := newFaultLite(t, mode)
			d, set := sqlite.Dialect{}, faultSQLiteSet()
			// The first migration is made once: what is killed are the rebuilds.
			if _, err := faultMigrator(t, f.db, d, set, nil).To(t.Context(), set.Migrations()[0].Name); err != nil {
				t.Fatal(err)
			}
			f.db.Close()
			start := filepath.Join(t.TempDir(), "start.db")
			data, err := os.ReadFile(f.path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(start, data, 0o600); err != nil {
				t.Fatal(err)
			}
			f.copyFrom(start)
			f.up(set)
			want := f.dump()
			hot := 0
			for k := 0; ; k++ {
				if !turn(k, i, 8) {
					continue
				}
				f.copyFrom(start)
				f.db.Close()
				p := faultStart(t, faultDriver, "sqlite", faultURL, f.dsn, faultSet, "sqlite", faultKill, fmt.Sprint(k))
				code := p.wait()
				if _, err := os.Stat(f.path + "-journal"); err == nil {
					hot++
				}
				f.db = f.reopen()
				if code == 0 {
					if k < 20 || mode == "delete" && hot == 0 {
						t.Errorf("only %d statements, %d journals", k, hot)
					}
					if diff := cmp.Diff(want, f.dump()); diff != "" {
						t.Errorf("in another process (-want +got):\n%s", diff)
					}
					break
				}
				if code != faultKilled {
					t.Fatalf("statement %d: status %d: %s", k, code, p.errs.String())
				}
				faultWhole(t, f.db, d, set)
				f.up(set)
				if diff := cmp.Diff(want, f.dump()); diff != "" {
					t.Fatalf("killed before statement %d, which is not as if it were not (-want +got):\n%s", k, diff)
				}
			}
		})
	}
}
