package dialecttest_test

import (
	"slices"
	"strconv"
	"testing"

	"github.com/modelgen/modelgen/internal/faultproxy"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// faultLoggedSet has migrations of one transaction, of several, and in batches.
func faultLoggedSet() *migrate.Set {
	index := schema.Index{Name: "things_a_idx", Parts: []schema.IndexPart{{Column: "a"}}}
	all := chain(makes("things", schema.Integer("a").Null()), adds("things", "b"), migrate.CreateIndex{Table: "things", Index: index}, migrate.Fill{Table: "things", Column: "a", Expr: "id"})
	all[3].Ops = append(all[3].Ops, adds("things", "c"))
	return migrate.NewSet("shop", all...)
}

// TestProtectKilled: a process that is killed anywhere leaves a log that says of each migration in the history that it was applied, once, and of no other one.
func TestProtectKilled(t *testing.T) {
	set := faultLoggedSet()
	check := func(t *testing.T, m *migrate.Migrator, whole bool) {
		t.Helper()
		st, err := m.Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		log, err := m.Log(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		applied := map[string]int{}
		for _, e := range log {
			if e.Result == migrate.LoggedApplied {
				applied[e.Migrations[0]]++
			}
		}
		for _, e := range st.Entries {
			if want := map[bool]int{true: 1}[e.Applied]; applied[e.Migration] != want && e.Migration != "0001_a" || whole && !e.Applied {
				t.Fatalf("%s: applied %t, and %d times by the log", e.Migration, e.Applied, applied[e.Migration])
			}
		}
	}
	faultEach(t, func(t *testing.T, f *faultPG) {
		d := postgres.Dialect{}
		for k := 0; ; k++ {
			if !turn(k, slices.Index(pgDrivers, f.driver), 6) {
				continue
			}
			f.empty()
			m := faultMigrator(t, f.db, d, set, nil)
			if _, err := m.To(t.Context(), "0001"); err != nil {
				t.Fatal(err)
			}
			pgExec(t, f.db, "INSERT INTO things (id) SELECT generate_series(1, 10)")
			if _, err := m.Protect(t.Context(), "production"); err != nil {
				t.Fatal(err)
			}
			p := f.child("logged", "up")
			fault := f.proxy.Inject(faultproxy.Fault{Skip: k, At: faultproxy.Answered, Do: p.kill})
			p.start()
			if code := p.wait(); code != faultKilled {
				fault.Remove()
				if code != 0 || k < 10 {
					t.Fatalf("nobody killed it, at %d; status %d: %s", k, code, p.errs.String())
				}
				check(t, m, true)
				return
			}
			f.alone()
			check(t, m, false)
			f.up(set)
			check(t, m, true)
		}
	})
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		for k := 0; ; k++ {
			f := newFaultLite(t, "delete")
			m := faultMigrator(t, f.db, sqlite.Dialect{}, set, nil)
			if _, err := m.To(t.Context(), "0001"); err != nil {
				t.Fatal(err)
			}
			if _, err := m.Protect(t.Context(), "production"); err != nil {
				t.Fatal(err)
			}
			f.db.Close()
			p := faultStart(t, faultDriver, "sqlite", faultURL, f.dsn, faultSet, "logged", faultKill, strconv.Itoa(k))
			code := p.wait()
			f.db = f.reopen()
			m = faultMigrator(t, f.db, sqlite.Dialect{}, set, nil)
			if code == 0 {
				if k < 10 {
					t.Errorf("only %d statements", k)
				}
				check(t, m, true)
				return
			}
			if code != faultKilled {
				t.Fatalf("statement %d: status %d: %s", k, code, p.errs.String())
			}
			check(t, m, false)
			f.up(set)
			check(t, m, true)
		}
	})
}

// TestProtectMarkedOrNot: protect that is killed anywhere has marked the database or has not, and the next one does.
func TestProtectMarkedOrNot(t *testing.T) {
	faultEach(t, func(t *testing.T, f *faultPG) {
		set := faultLoggedSet()
		for k := 0; ; k++ {
			f.empty()
			p := f.child("logged", "protect -name production")
			fault := f.proxy.Inject(faultproxy.Fault{Skip: k, At: faultproxy.Answered, Do: p.kill})
			p.start()
			if code := p.wait(); code != faultKilled {
				fault.Remove()
				if code != 0 || k < 3 {
					t.Fatalf("nobody killed it, at %d; status %d: %s", k, code, p.errs.String())
				}
				return
			}
			f.alone()
			m := faultMigrator(t, f.db, postgres.Dialect{}, set, nil)
			mark, err := m.Protection(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			done, err := m.Protect(t.Context(), "production")
			if err != nil || done == (mark != nil) {
				t.Fatalf("killed at %d: it was %v, and protect did %t: %v", k, mark, done, err)
			}
			if log, err := m.Log(t.Context()); err != nil || len(log) != 1 {
				t.Fatalf("killed at %d: the log is %+v: %v", k, log, err)
			}
		}
	})
}
