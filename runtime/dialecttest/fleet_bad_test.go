package dialecttest_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/fleet"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// fleetLeft wants the error of what is left, with these words in it and no password.
func fleetLeft(t *testing.T, r *fleet.Report, err error, words ...string) {
	t.Helper()
	left := new(fleet.LeftError)
	if !errors.As(err, &left) || left.Report != r {
		t.Fatalf("got %v, want a LeftError", err)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("the error lacks %q:\n%v", w, err)
		}
	}
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("a password in\n%v", err)
	}
}

// TestFleetBrokenURL: one that cannot be reached, or parsed, is a failure of that one.
func TestFleetBrokenURL(t *testing.T) {
	t.Parallel()
	for _, driver := range driversOf(t) {
		a, b := pgtest.Database(t), pgtest.Database(t)
		targets := fleet.URLs(driver, postgres.Dialect{}, a, "postgres://me:secret@127.0.0.1:1/shop?connect_timeout=2", "postgres://me:secret%zz@host/db", b)
		r, err := fleet.Up(t.Context(), targets, fleetMigrations(2), nil)
		fleetLeft(t, r, err, "2 of 4 targets are left, 2 failed", "127.0.0.1:1/shop")
		if r.Count(fleet.Changed) != 2 || r.Results[0].State != fleet.Changed || r.Results[3].State != fleet.Changed {
			t.Errorf("%v", fleetStates(r))
		}
		for _, res := range r.Results {
			if strings.Contains(res.Target, "secret") || strings.Contains(res.Target, "me:") {
				t.Errorf("the name is %s", res.Target)
			}
		}
	}
}

// TestFleetNewer: a database of a newer program is left alone, and is no failure, unless something is pending as well.
func TestFleetNewer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	targets := fleetFiles(dir)
	fleetMake(t, targets, fleetMigrations(5), "newer")
	fleetMake(t, targets, fleetMigrations(2), "old")
	r := fleetUp(t, targets, fleetMigrations(3), nil)
	fleetWant(t, r, "newer newer 0005_mail", "old changed 0003_label")
	r, err := fleet.Status(t.Context(), targets, fleetMigrations(3), nil)
	if err != nil {
		t.Fatal(err)
	}
	fleetWant(t, r, "newer newer 0005_mail", "old current 0003_label")
}

// TestFleetLocked: a file that somebody writes to, and a schema that somebody migrates, are busy, and the others are done.
func TestFleetLocked(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	targets := fleetFiles(dir)
	fleetMake(t, targets, fleetMigrations(1), "a", "b", "c")
	conn, err := fleetFile(t, dir, "b").Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	quick := &fleet.Options{Migrate: migrate.Options{LockWait: -1}}
	r, err := fleet.Up(t.Context(), targets, fleetMigrations(2), quick)
	fleetLeft(t, r, err, "1 of 3 targets is left, 1 busy")
	fleetWant(t, r, "a changed 0002_age", "b busy ", "c changed 0002_age")
	if _, err := conn.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	fleetUp(t, targets, fleetMigrations(2), quick)

	db := pgOpen(t, "postgres", pgtest.Database(t))
	schemas := fleetSchemas(t, db, "a", "b", "c")
	fleetUp(t, schemas, fleetMigrations(1), &fleet.Options{CreateSchemas: true})
	hold, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer hold.Close()
	s, err := postgres.Dialect{Schema: "b"}.Open(t.Context(), hold, pgConfig())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Lock(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	quick.Jobs = 1
	r, err = fleet.Up(t.Context(), schemas, fleetMigrations(2), quick)
	fleetLeft(t, r, err, "1 busy")
	fleetWant(t, r, "a changed 0002_age", "b busy ", "c changed 0002_age")
	if err := errors.Join(s.Unlock(t.Context()), s.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
	fleetUp(t, schemas, fleetMigrations(2), quick)
}

// TestFleetDiskFull: a database without room for what is to be done stays as it is.
func TestFleetDiskFull(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	targets := fleetFiles(dir)
	fleetMake(t, targets, fleetMigrations(1), "a", "b", "full")
	targets.DSN = func(path string) string {
		if strings.Contains(path, "full") {
			return fleetDSN(path) + "&_pragma=max_page_count(1)" // SQLite takes as many as it has
		}
		return fleetDSN(path)
	}
	set := fleetMigrations(1)
	more := &migrate.Migration{Name: "0002_more", Parents: set.Migrations(), Ops: []migrate.Op{fleetTable("more")}}
	set = migrate.NewSet("tenants", append(set.Migrations(), more)...)
	r, err := fleet.Up(t.Context(), targets, set, &fleet.Options{Jobs: 1})
	fleetLeft(t, r, err, "1 failed", "full: ", "disk is full")
	fleetWant(t, r, "a changed 0002_more", "b changed 0002_more", "full failed ")
	if r.Results[2].Reason() == "" || r.Results[2].Code() != "13" {
		t.Errorf("the reason is %q, the code %q", r.Results[2].Reason(), r.Results[2].Code())
	}
	targets.DSN = fleetDSN
	fleetWant(t, fleetUp(t, targets, set, nil), "a current 0002_more", "b current 0002_more", "full changed 0002_more")
}

// TestFleetTwoRuns: two fleets at once do each migration once.
func TestFleetTwoRuns(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := pgOpen(t, "postgres", pgtest.Database(t))
	var names []string
	for i := range 20 {
		names = append(names, fmt.Sprintf("t%02d", i))
	}
	files, schemas := fleetFiles(dir), fleetSchemas(t, db, names...)
	fleetMake(t, files, fleetMigrations(1), names...)
	for n := 2; n <= 5; n++ {
		for _, targets := range []fleet.Targets{files, schemas} {
			var all sync.WaitGroup
			for range 2 {
				all.Go(func() {
					patient := &fleet.Options{Jobs: 4, CreateSchemas: true, Migrate: *faultPatient()}
					if r, err := fleet.Up(t.Context(), targets, fleetMigrations(n), patient); err != nil {
						t.Errorf("%v %v", err, fleetStates(r))
					}
				})
			}
			all.Wait()
		}
	}
	for _, name := range names {
		const history = `SELECT count(*), count(DISTINCT name), max(state) FROM %smodelgen_history WHERE "set" = 'tenants'`
		if n := pgRows(t, db, fmt.Sprintf(history, name+".")); n[0] != "5|5|done" {
			t.Errorf("history of %s: %s", name, n)
		}
		if n := pgRows(t, db, "SELECT count(*) FROM "+name+".notes"); n[0] != "1" {
			t.Errorf("notes of %s: %s", name, n)
		}
		if n := pgRows(t, fleetFile(t, dir, name), "SELECT count(*) FROM notes"); n[0] != "1" {
			t.Errorf("notes of file %s: %s", name, n)
		}
	}
}

// TestFleetMissingSchema: it is said to be absent, by all verbs, and made when that is asked for.
func TestFleetMissingSchema(t *testing.T) {
	t.Parallel()
	db := pgOpen(t, "postgres", pgtest.Database(t))
	targets := fleetSchemas(t, db, "here", "gone")
	pgExec(t, db, "CREATE SCHEMA here")
	r, err := fleet.Up(t.Context(), targets, fleetMigrations(2), nil)
	fleetLeft(t, r, err, "1 absent", "gone: ", "create it with add")
	fleetWant(t, r, "here changed 0002_age", "gone absent ")
	for name, verb := range map[string]func() (*fleet.Report, error){
		"status": func() (*fleet.Report, error) { return fleet.Status(t.Context(), targets, fleetMigrations(2), nil) },
		"verify": func() (*fleet.Report, error) { return fleet.Verify(t.Context(), targets, fleetMigrations(2), nil) },
		"check":  func() (*fleet.Report, error) { return fleet.Check(t.Context(), targets, fleetMigrations(2), nil) },
		"plan":   func() (*fleet.Report, error) { return fleet.Plan(t.Context(), targets, fleetMigrations(2), "", nil) },
	} {
		if r, err := verb(); err == nil || r.Results[1].State != fleet.Absent || r.Results[0].State != fleet.Current {
			t.Errorf("%s: %v %v", name, err, fleetStates(r))
		}
	}
	fleetWant(t, fleetUp(t, targets, fleetMigrations(2), &fleet.Options{CreateSchemas: true}), "here current 0002_age", "gone changed 0002_age")
}

// TestFleetNoTargets: an empty list is an error unless it is right, and so is a name that is not in the list.
func TestFleetNoTargets(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	targets := fleetFiles(dir)
	if r, err := fleet.Up(t.Context(), targets, fleetMigrations(1), nil); r != nil || !errors.Is(err, fleet.ErrNoTargets) {
		t.Errorf("%v %v", r, err)
	}
	if r, err := fleet.Up(t.Context(), targets, fleetMigrations(1), &fleet.Options{AllowNone: true}); err != nil || len(r.Results) != 0 {
		t.Errorf("%v %v", r, err)
	}
	fleetMake(t, targets, fleetMigrations(1), "a")
	if _, err := fleet.Up(t.Context(), targets, fleetMigrations(2), &fleet.Options{Only: []string{"a", "b", "x*"}}); err == nil || err.Error() != "no target is called b, no target is called as in x*; nothing was looked at, and status lists who there is (-only, Options.Only)" {
		t.Errorf("%v", err)
	}
	if n := pgRows(t, fleetFile(t, dir, "a"), "SELECT count(*) FROM modelgen_history WHERE \"set\" = 'tenants'"); n[0] != "1" {
		t.Errorf("it was touched: %s", n)
	}
}

// TestFleetTwice: the same target twice is one; two names of one database, or one name of two, are an error of the list, and the rest is done.
func TestFleetTwice(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files := fleetFiles(dir)
	var list fleet.List
	for _, name := range []string{"a", "b", "a"} {
		one, err := files.Target(name)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, one)
	}
	fleetWant(t, fleetUp(t, list, fleetMigrations(1), nil), "a changed 0001_initial", "b changed 0001_initial")
	if err := os.Symlink(filepath.Join(dir, "a.db"), filepath.Join(dir, "link.db")); err != nil {
		t.Fatal(err)
	}
	r, err := fleet.Up(t.Context(), files, fleetMigrations(2), nil)
	fleetLeft(t, r, err, "link", "the same database under two names")
	fleetWant(t, r, "a changed 0002_age", "b changed 0002_age", "link failed ")
	address := pgtest.Database(t)
	again := address + "&application_name=again"
	same := fleet.List{fleet.URL("x", "postgres", postgres.Dialect{}, address), fleet.URL("y", "postgres", postgres.Dialect{}, again)}
	r, err = fleet.Up(t.Context(), same, fleetMigrations(1), nil)
	fleetLeft(t, r, err, "1 failed")
	list[1].Name = "a"
	r, err = fleet.Up(t.Context(), list, fleetMigrations(2), nil)
	fleetLeft(t, r, err, "1 failed")
}

// TestFleetTimeout: a target that takes too long is given up, whole, and gone on with by the next run.
func TestFleetTimeout(t *testing.T) {
	t.Parallel()
	db := pgOpen(t, "postgres", pgtest.Database(t))
	targets := fleetSchemas(t, db, "a", "slow", "b")
	fleetUp(t, targets, fleetMigrations(1), &fleet.Options{CreateSchemas: true})
	hold, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer hold.Rollback()
	if _, err := hold.Exec("LOCK TABLE slow.people"); err != nil {
		t.Fatal(err)
	}
	r, err := fleet.Up(t.Context(), targets, fleetMigrations(2), &fleet.Options{Jobs: 1, Timeout: 5 * time.Second, Migrate: migrate.Options{LockTimeout: time.Minute}})
	fleetLeft(t, r, err, "slow: ", "it took longer than one target may")
	fleetWant(t, r, "a changed 0002_age", "slow failed ", "b changed 0002_age")
	if err := hold.Rollback(); err != nil {
		t.Fatal(err)
	}
	fleetUp(t, targets, fleetMigrations(2), nil)
}

// TestFleetMaxFailures: after so many failures nothing further is begun, and targets that failed for one reason are told together.
func TestFleetMaxFailures(t *testing.T) {
	t.Parallel()
	db := pgOpen(t, "postgres", pgtest.Database(t))
	var names []string
	for i := range 30 {
		names = append(names, fmt.Sprintf("t%02d", i))
	}
	targets := fleetSchemas(t, db, names...)
	fleetUp(t, targets, fleetMigrations(1), &fleet.Options{CreateSchemas: true})
	for _, name := range names[1:] {
		pgExec(t, db, "ALTER TABLE "+name+".people ADD COLUMN age text")
	}
	r, err := fleet.Up(t.Context(), targets, fleetMigrations(2), &fleet.Options{Jobs: 1})
	fleetLeft(t, r, err, "29 of 30 targets are left, 10 failed, 19 untried", "10: t01, t02, t03 and 7 more: 0002_age: Add column people.age", "the run stopped: 10 targets have failed")
	if len(r.Reasons()) != 1 {
		t.Errorf("reasons: %q", r.Reasons())
	}
	r, err = fleet.Up(t.Context(), targets, fleetMigrations(2), &fleet.Options{MaxFailures: -1})
	fleetLeft(t, r, err, "29 failed")
}

// TestFleetSharedNames: what all tenants would have in common is refused before anything is touched.
func TestFleetSharedNames(t *testing.T) {
	t.Parallel()
	db := pgOpen(t, "postgres", pgtest.Database(t))
	targets := fleetSchemas(t, db, "a")
	for _, c := range []struct {
		op   migrate.Op
		want string
	}{
		{faultTable("plans"), "0001: it creates schema shared"},
		{faultTable("shared.plans", schema.Text("name")), "0001: shared.plans names its schema"},
		{migrate.CreateEnum{Name: "shared.mood", Values: []string{"sad"}}, "0001: shared.mood names its schema"},
		{migrate.CreateExtension{Name: "citext"}, "belongs to the whole database"},
	} {
		set := migrate.NewSet("tenants", &migrate.Migration{Name: "0001", Ops: []migrate.Op{migrate.CreateSchema{Name: "shared"}, c.op}})
		if set.Err() != nil {
			t.Fatal(set.Err())
		}
		r, err := fleet.Up(t.Context(), targets, set, &fleet.Options{CreateSchemas: true})
		if r != nil || err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "a set of their own") {
			t.Errorf("%v %v", r, err)
		}
	}
	if _, err := fleet.Up(t.Context(), targets, fleetMigrations(1), &fleet.Options{Migrate: migrate.Options{History: "public.h"}}); err == nil || !strings.Contains(err.Error(), "names its schema") {
		t.Errorf("%v", err)
	}
	if _, err := fleet.Up(t.Context(), fleet.Schemas(db, sqlite.Dialect{}, "SELECT 'a'"), fleetMigrations(1), nil); err == nil || !strings.Contains(err.Error(), "no schemas beside each other") {
		t.Errorf("%v", err)
	}
	if n := pgRows(t, db, "SELECT count(*) FROM pg_namespace WHERE nspname IN ('a', 'shared')"); n[0] != "0" {
		t.Error("something was made")
	}
}

// TestFleetNoConnections: a server without a free connection is asked again, by fewer.
func TestFleetNoConnections(t *testing.T) {
	t.Parallel()
	address := pgtest.Database(t)
	db := pgOpen(t, "postgres", address)
	var name, role string
	if err := db.QueryRow("SELECT current_database(), 'fleet_' || oid FROM pg_database WHERE datname = current_database()").Scan(&name, &role); err != nil {
		t.Fatal(err)
	}
	pgExec(t, db, "CREATE ROLE "+role+" LOGIN PASSWORD 'secret' CONNECTION LIMIT 2", "GRANT ALL ON DATABASE "+name+" TO "+role)
	t.Cleanup(func() {
		for _, q := range []string{"REASSIGN OWNED BY " + role + " TO CURRENT_USER", "DROP OWNED BY " + role, "DROP ROLE " + role} {
			if _, err := db.ExecContext(context.Background(), q); err != nil {
				t.Error(err)
			}
		}
	})
	own, err := fleetAs(address, role, "secret")
	if err != nil {
		t.Fatal(err)
	}
	narrow, err := sql.Open("postgres", own)
	if err != nil {
		t.Fatal(err)
	}
	defer narrow.Close()
	targets := fleet.Schemas(narrow, postgres.Dialect{}, "SELECT 't' || n FROM pg_catalog.generate_series(1, 12) AS n")
	r := fleetUp(t, targets, fleetMigrations(3), &fleet.Options{Jobs: 6, CreateSchemas: true})
	if r.Count(fleet.Changed) != 12 {
		t.Errorf("%v", fleetStates(r))
	}
}

func fleetAs(address, user, password string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	u.User = url.UserPassword(user, password)
	return u.String(), nil
}

// TestFleetProtected: a tenant that is protected goes the ordinary way, which keeps the log, also when all before it went the straight one.
func TestFleetProtected(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := pgOpen(t, "postgres", pgtest.Database(t))
	names := []string{"a", "b", "c", "d", "e", "f"}
	files, schemas := fleetFiles(dir), fleetSchemas(t, db, names...)
	fleetMake(t, files, fleetMigrations(1), names...)
	fleetUp(t, schemas, fleetMigrations(1), &fleet.Options{CreateSchemas: true})
	for _, c := range []struct {
		targets fleet.Targets
		db      *sql.DB
		dialect migrate.Dialect
		log     string
	}{
		{files, fleetFile(t, dir, "e"), sqlite.Dialect{}, "modelgen_history_log"},
		{schemas, db, postgres.Dialect{Schema: "e"}, "e.modelgen_history_log"},
	} {
		m, err := migrate.New(c.db, c.dialect, fleetMigrations(1), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Protect(t.Context(), "production"); err != nil {
			t.Fatal(err)
		}
		fleetUp(t, c.targets, fleetMigrations(2), &fleet.Options{Jobs: 1})
		if n := pgRows(t, c.db, "SELECT count(*) FROM "+c.log+" WHERE migrations = '0002_age' AND verb = 'up'"); n[0] != "1" {
			t.Errorf("the log of a %s has %s lines of it", c.dialect.Name(), n)
		}
		r, err := fleet.To(t.Context(), c.targets, fleetMigrations(2), "0001", &fleet.Options{Jobs: 1})
		fleetLeft(t, r, err, "1 of 6 targets is left, 1 failed")
	}
}
