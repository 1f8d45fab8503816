package dialecttest_test

import (
	"database/sql"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
)

const poolerConns = 3

// poolerEach runs a test behind PgBouncer in transaction mode, with both drivers. connect opens a handle of another client each time.
func poolerEach(t *testing.T, test func(t *testing.T, f *faultPG, connect func(parameters string) *sql.DB)) {
	t.Parallel()
	for _, driver := range pgDrivers {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			f := newFaultPG(t, driver, nil)
			url := pgtest.Pooler(t, f.url, poolerConns)
			test(t, f, func(parameters string) *sql.DB {
				if driver != "pgx" {
					parameters = ""
				}
				return pgOpen(t, driver, url+parameters)
			})
		})
	}
}

// poolerExec is what pgx needs behind a pooler in transaction mode, by its documentation.
const poolerExec = "&default_query_exec_mode=exec"

func poolerSets() (first, changed, index *migrate.Set) {
	age := schema.Integer("age")
	all := faultChain(
		[]migrate.Op{faultTable("people", schema.Text("name")), faultSQL("INSERT INTO people SELECT n, n::text FROM generate_series(1, 100) n")},
		[]migrate.Op{
			migrate.AddColumn{Table: "people", Column: age.Null()},
			migrate.Fill{Table: "people", Column: "age", Expr: "1"},
			migrate.AlterColumn{Table: "people", From: age.Null(), To: age},
		},
		[]migrate.Op{migrate.CreateIndex{Table: "people", Index: faultIndex("people_name_idx", "name")}},
	)
	return migrate.NewSet("fault", all[:1]...), migrate.NewSet("fault", all[:2]...), migrate.NewSet("fault", all...)
}

// poolerClean looks at all connections of the pooler to the server at once, as its other clients: there are no settings and no locks.
func poolerClean(t *testing.T, f *faultPG, db *sql.DB) {
	t.Helper()
	pids := map[string]bool{}
	for range poolerConns {
		tx, err := db.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback()
		var pid, left string
		err = tx.QueryRowContext(t.Context(), `SELECT pg_backend_pid(), COALESCE((SELECT string_agg(name || ' = ' || setting, ', ') FROM pg_settings WHERE source = 'session'
 AND name NOT IN ('client_encoding', 'DateStyle', 'TimeZone', 'application_name', 'extra_float_digits', 'standard_conforming_strings', 'transaction_isolation', 'transaction_read_only')), '')`).Scan(&pid, &left)
		if err != nil {
			t.Fatal(err)
		}
		if pids[pid] = true; left != "" {
			t.Errorf("another client of the pooler has %s", left)
		}
	}
	if len(pids) != poolerConns {
		t.Errorf("looked at %d connections", len(pids))
	}
	pgWantRows(t, f.db, faultLeaked, "0")
}

// TestPgBouncerSession: the lock of a session is no lock there. It is refused before anything is done, also by verbs that go back, and with the
// prepared statements of pgx.
func TestPgBouncerSession(t *testing.T) {
	poolerEach(t, func(t *testing.T, f *faultPG, connect func(string) *sql.DB) {
		first, changed, _ := poolerSets()
		refused := func(what string, err error) {
			t.Helper()
			if err == nil || !strings.Contains(err.Error(), "pooler in transaction mode") || !strings.Contains(err.Error(), "direct address") || !strings.Contains(err.Error(), "LockLease") {
				t.Errorf("%s: got %v", what, err)
			}
		}
		for _, parameters := range []string{poolerExec, ""} {
			before := f.dump()
			_, err := faultMigrator(t, connect(parameters), postgres.Dialect{}, first, nil).Up(t.Context())
			refused("up on an empty database", err)
			if diff := cmp.Diff(before, f.dump()); diff != "" {
				t.Errorf("something was done:\n%s", diff)
			}
		}
		f.up(first)
		before := f.dump()
		for _, parameters := range []string{poolerExec, ""} {
			if _, err := faultMigrator(t, connect(parameters), postgres.Dialect{}, first, nil).Up(t.Context()); err != nil && parameters != "" {
				t.Errorf("nothing was pending: %v", err)
			} else if err != nil {
				refused("nothing pending, with prepared statements", err)
			}
			m := faultMigrator(t, connect(parameters), postgres.Dialect{}, changed, nil)
			_, err := m.Up(t.Context())
			refused("up", err)
			_, err = m.To(t.Context(), "zero")
			refused("to zero", err)
		}
		if diff := cmp.Diff(before, f.dump()); diff != "" {
			t.Errorf("something was done:\n%s", diff)
		}
		poolerClean(t, f, connect(poolerExec))
	})
}

// TestPgBouncerLease: transactions go through, what needs a connection of its own is refused before anything is done.
func TestPgBouncerLease(t *testing.T) {
	poolerEach(t, func(t *testing.T, f *faultPG, connect func(string) *sql.DB) {
		first, changed, index := poolerSets()
		opt := faultPatient()
		opt.Lock = migrate.LockLease
		for _, set := range []*migrate.Set{first, changed} {
			if _, err := faultMigrator(t, connect(poolerExec), postgres.Dialect{}, set, opt).Up(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		f.history("0001_step|done", "0002_step|done")
		faultWhole(t, f.db, postgres.Dialect{}, changed)
		pgWantRows(t, f.db, "SELECT count(*), sum(age) FROM people", "100|100")
		before := f.dump()
		_, err := faultMigrator(t, connect(poolerExec), postgres.Dialect{}, index, opt).Up(t.Context())
		if err == nil || !strings.Contains(err.Error(), "direct connection") || !strings.Contains(err.Error(), "nothing was changed") {
			t.Errorf("an index: got %v", err)
		}
		if diff := cmp.Diff(before, f.dump()); diff != "" {
			t.Errorf("something was done:\n%s", diff)
		}
		poolerClean(t, f, connect(poolerExec))
		if _, err := faultMigrator(t, f.db, postgres.Dialect{}, index, nil).Up(t.Context()); err != nil {
			t.Errorf("over a direct connection: %v", err)
		}
	})
}
