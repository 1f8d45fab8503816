package dialecttest_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/fleet"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

func fleetTable(name string, columns ...schema.ColumnDef) migrate.CreateTable {
	t := faultTable(name, columns...)
	t.Columns[0] = schema.BigInt("id").Identity()
	return t
}

// fleetMigrations are what a tenant has, up to the n-th: tables, a column, a fill with an index that is built concurrently, a step written by hand, a column.
func fleetMigrations(n int) *migrate.Set {
	one := &migrate.Migration{Name: "0001_initial", Ops: []migrate.Op{
		fleetTable("people", schema.Text("name").Default("")),
		fleetTable("notes", schema.Text("body").Default("")),
	}}
	two := &migrate.Migration{Name: "0002_age", Parents: []*migrate.Migration{one}, Ops: []migrate.Op{migrate.AddColumn{Table: "people", Column: schema.Integer("age").Default(0)}}}
	three := &migrate.Migration{Name: "0003_label", Parents: []*migrate.Migration{two}, Ops: []migrate.Op{
		migrate.AddColumn{Table: "people", Column: schema.Text("label").Null()},
		migrate.Fill{Table: "people", Column: "label", Expr: "'p' || id"},
		migrate.CreateIndex{Table: "people", Index: faultIndex("people_label_idx", "label")},
	}}
	four := &migrate.Migration{Name: "0004_note", Parents: []*migrate.Migration{three}, Ops: []migrate.Op{
		migrate.SQL{Up: []string{"INSERT INTO notes (body) VALUES ('once')"}, Down: []string{"DELETE FROM notes WHERE body = 'once'"}},
	}}
	five := &migrate.Migration{Name: "0005_mail", Parents: []*migrate.Migration{four}, Ops: []migrate.Op{migrate.AddColumn{Table: "people", Column: schema.Text("mail").Default("")}}}
	return migrate.NewSet("tenants", []*migrate.Migration{one, two, three, four, five}[:n]...)
}

// fleetObjects adds what stands beside tables, for PostgreSQL.
func fleetObjects(n int) *migrate.Set {
	all := fleetMigrations(5).Migrations()
	objects := &migrate.Migration{Name: "0006_objects", Parents: []*migrate.Migration{all[4]}, Ops: []migrate.Op{
		migrate.CreateEnum{Name: "mood", Values: []string{"sad", "glad"}},
		migrate.AddColumn{Table: "people", Column: schema.EnumOf("mood", "mood").Null()},
	}}
	more := &migrate.Migration{Name: "0007_mood", Parents: []*migrate.Migration{objects}, Ops: []migrate.Op{
		migrate.AlterEnum{Name: "mood", From: []string{"sad", "glad"}, To: []string{"sad", "glad", "calm"}},
		migrate.CreateFunction{Name: "head_count()", SQL: "CREATE FUNCTION head_count() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM people; END"},
		migrate.CreateView{Name: "names", Query: "SELECT id, name, mood FROM people"},
	}}
	return migrate.NewSet("tenants", append(all, objects, more)[:n]...)
}

func fleetSchemas(t *testing.T, db *sql.DB, names ...string) *fleet.SchemaTargets {
	t.Helper()
	pgExec(t, db, "CREATE TABLE public.tenants (id serial, name text)")
	for _, n := range names {
		pgExec(t, db, "INSERT INTO public.tenants (name) VALUES ("+pgQuote(n)+")")
	}
	return fleet.Schemas(db, postgres.Dialect{}, "SELECT name FROM public.tenants ORDER BY id")
}

func pgQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// fleetUp wants nothing left.
func fleetUp(t *testing.T, targets fleet.Targets, set *migrate.Set, opt *fleet.Options) *fleet.Report {
	t.Helper()
	r, err := fleet.Up(t.Context(), targets, set, opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// fleetStates are the results in short.
func fleetStates(r *fleet.Report) (all []string) {
	if r == nil {
		return nil
	}
	for _, res := range r.Results {
		all = append(all, fmt.Sprintf("%s %s %s", res.Target, res.State, res.Version))
	}
	return all
}

func fleetWant(t *testing.T, r *fleet.Report, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, fleetStates(r)); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
}

// TestFleetSchemas: tenants of one database that stand at different points, of hostile names too, are brought to one, and nothing of one is in another.
func TestFleetSchemas(t *testing.T) {
	t.Parallel()
	for _, driver := range driversOf(t) {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			db := pgOpen(t, driver, pgtest.Database(t))
			tenants := []string{"acme", "Bee's \"hive\"", "user", "old", "empty"}
			targets := fleetSchemas(t, db, tenants...)
			for i, name := range tenants {
				one, err := targets.Target(name)
				if err != nil {
					t.Fatal(err)
				}
				if n := []int{7, 3, 1, 2, 0}[i]; n == 0 {
					pgExec(t, db, "CREATE SCHEMA empty")
				} else if _, err := fleet.Provision(t.Context(), one, fleetObjects(n), nil); err != nil {
					t.Fatal(err)
				}
				if name != "empty" {
					pgExec(t, db, "INSERT INTO "+migrateIdent(name)+".people (name) VALUES ("+pgQuote(name)+")")
				}
			}
			r, err := fleet.Status(t.Context(), targets, fleetObjects(7), nil)
			if err != nil {
				t.Fatal(err)
			}
			fleetWant(t, r, "acme current 0007_mood", `Bee's "hive" behind 0003_label`, "user behind 0001_initial", "old behind 0002_age", "empty behind ")
			if len(r.Results[3].Pending) != 5 {
				t.Errorf("pending of old: %q", r.Results[3].Pending)
			}
			var streamed atomic.Int64
			r = fleetUp(t, targets, fleetObjects(7), &fleet.Options{Jobs: 3, Each: func(fleet.Result) { streamed.Add(1) }})
			fleetWant(t, r, "acme current 0007_mood", `Bee's "hive" changed 0007_mood`, "user changed 0007_mood", "old changed 0007_mood", "empty changed 0007_mood")
			if streamed.Load() != 5 {
				t.Errorf("%d results were streamed", streamed.Load())
			}
			r, err = fleet.Verify(t.Context(), targets, fleetObjects(7), nil)
			if err != nil {
				t.Fatalf("verify: %v %v", err, r)
			}
			for _, name := range tenants {
				in := migrateIdent(name)
				people := pgRows(t, db, "SELECT name FROM "+in+".names")
				if want := []string{name}; name != "empty" && !slices.Equal(people, want) || name == "empty" && len(people) > 0 {
					t.Errorf("people of %s: %q", name, people)
				}
				if n := pgRows(t, db, "SELECT "+in+".head_count()"); n[0] != fmt.Sprint(len(people)) {
					t.Errorf("the function of %s counts %s", name, n)
				}
				if notes := pgRows(t, db, "SELECT body FROM "+in+".notes"); !slices.Equal(notes, []string{"once"}) {
					t.Errorf("notes of %s: %q", name, notes)
				}
				if n := pgRows(t, db, "SELECT count(*), count(DISTINCT name) FROM "+in+".modelgen_history"); n[0] != "7|7" {
					t.Errorf("history of %s: %s", name, n)
				}
				pgExec(t, db, "INSERT INTO "+in+".people (name, mood) VALUES ('new', 'glad')")
			}
			if left := pgRows(t, db, "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"); !slices.Equal(left, []string{"tenants"}) {
				t.Errorf("in public are %q", left)
			}
			// Connections of the application are as they were.
			for range 3 {
				if path := pgRows(t, db, "SHOW search_path"); path[0] != `"$user", public` {
					t.Errorf("search_path is %s", path)
				}
			}
			if locks := pgRows(t, db, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"); locks[0] != "0" {
				t.Errorf("%s locks were left", locks)
			}
			// What one has by hand is drift of that one.
			pgExec(t, db, "ALTER TABLE old.people ADD COLUMN secret text")
			r, err = fleet.Verify(t.Context(), targets, fleetObjects(7), nil)
			if left := new(fleet.LeftError); !errors.As(err, &left) || r.Count(fleet.Drifted) != 1 || r.Results[3].State != fleet.Drifted {
				t.Errorf("verify: %v %v", err, fleetStates(r))
			}
			r, err = fleet.To(t.Context(), targets, fleetObjects(7), "0002", &fleet.Options{Only: []string{"a*", "user"}})
			if err != nil {
				t.Fatal(err)
			}
			fleetWant(t, r, "acme changed 0002_age", "user changed 0002_age")
			r, err = fleet.Check(t.Context(), targets, fleetObjects(7), nil)
			if err == nil || r.Count(fleet.Behind) != 2 || r.Count(fleet.Current) != 3 {
				t.Errorf("check: %v %v", err, fleetStates(r))
			}
		})
	}
}

func migrateIdent(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// TestFleetStraight: tenants behind the first that stands at the same point take the straight way, and their history is the same as that of the ordinary one.
func TestFleetStraight(t *testing.T) {
	t.Parallel()
	for _, driver := range driversOf(t) {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			db := pgOpen(t, driver, pgtest.Database(t))
			targets := fleetSchemas(t, db, "a", "b", "c", "d", "e")
			fleetUp(t, targets, fleetMigrations(1), &fleet.Options{CreateSchemas: true})
			before := func(p *migrate.Plan) error { return nil }
			ordinary := &fleet.Options{Only: []string{"a"}, Migrate: migrate.Options{BeforeRun: func(_ context.Context, p *migrate.Plan) error { return before(p) }}}
			fleetUp(t, targets, fleetMigrations(2), ordinary)
			// Of one the history is another role's: it is not written to without a look.
			pgExec(t, db, "CREATE TABLE c.told (what text)", "CREATE FUNCTION c.tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO c.told VALUES (NEW.name); RETURN NEW; END $$",
				"CREATE TRIGGER tell AFTER INSERT ON c.modelgen_history FOR EACH ROW EXECUTE FUNCTION c.tell()")
			var events []string
			r := fleetUp(t, targets, fleetMigrations(2), &fleet.Options{Jobs: 1, Event: func(target string, e migrate.Event) {
				if e.Kind == migrate.EventEnd {
					events = append(events, target+" "+e.Migration)
				}
			}})
			fleetWant(t, r, "a current 0002_age", "b changed 0002_age", "c changed 0002_age", "d changed 0002_age", "e changed 0002_age")
			if want := []string{"b 0002_age", "c 0002_age", "d 0002_age", "e 0002_age"}; !slices.Equal(events, want) {
				t.Errorf("events: %q", events)
			}
			const columns = `SELECT id, "set", name, hash, digest, state, stage, cursor, "by", tool, module, error, finished >= started, duration_ms >= 0 FROM `
			want := pgRows(t, db, columns+"a.modelgen_history ORDER BY id")
			for _, tenant := range []string{"b", "c", "d", "e"} {
				if diff := cmp.Diff(want, pgRows(t, db, columns+tenant+".modelgen_history ORDER BY id")); diff != "" {
					t.Errorf("history of %s:\n%s", tenant, diff)
				}
				if n := pgRows(t, db, "SELECT count(*) FROM information_schema.columns WHERE table_schema = '"+tenant+"' AND table_name = 'people' AND column_name = 'age'"); n[0] != "1" {
					t.Errorf("%s has no column", tenant)
				}
			}
			if n := pgRows(t, db, "SELECT count(*) FROM c.told"); n[0] != "1" {
				t.Errorf("the trigger has told %s", n)
			}
		})
	}
}

// fleetDSN is what a program would open its files with.
func fleetDSN(path string) string {
	return "file:" + filepath.ToSlash(path) + litePragmas + "&_pragma=busy_timeout(50)"
}

func fleetFiles(dir string) *fleet.FileTargets {
	f := fleet.Files("sqlite", sqlite.Dialect{}, filepath.Join(dir, "*.db"))
	f.DSN = fleetDSN
	return f
}

// fleetMake makes files with a set.
func fleetMake(t *testing.T, targets *fleet.FileTargets, set *migrate.Set, names ...string) {
	t.Helper()
	for _, name := range names {
		one, err := targets.Target(name)
		if err != nil {
			t.Fatal(err)
		}
		if r, err := fleet.Provision(t.Context(), one, set, nil); err != nil || r.State != fleet.Changed {
			t.Fatalf("%s: %v %v", name, r, err)
		}
	}
}

func fleetFile(t *testing.T, dir, name string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", fleetDSN(filepath.Join(dir, name+".db")))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// TestFleetFiles: files at different points, in parallel.
func TestFleetFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	targets := fleetFiles(dir)
	var want []string
	for i := range 20 {
		name := fmt.Sprintf("t%02d", i)
		fleetMake(t, targets, fleetMigrations(1+i%5), name)
		state := "changed"
		if 1+i%5 == 5 {
			state = "current"
		}
		want = append(want, name+" "+state+" 0005_mail")
	}
	fleetWant(t, fleetUp(t, targets, fleetMigrations(5), nil), want...)
	for i := range 20 {
		db := fleetFile(t, dir, fmt.Sprintf("t%02d", i))
		if n := pgRows(t, db, "SELECT count(*), count(DISTINCT name), min(state), max(state) FROM modelgen_history WHERE \"set\" = 'tenants'"); n[0] != "5|5|done|done" {
			t.Errorf("history of %d: %s", i, n)
		}
		if n := pgRows(t, db, "SELECT count(*) FROM notes"); n[0] != "1" {
			t.Errorf("notes of %d: %s", i, n)
		}
		db.Close()
	}
	r, err := fleet.Verify(t.Context(), targets, fleetMigrations(5), nil)
	if err != nil || r.Count(fleet.Current) != 20 {
		t.Errorf("verify: %v", err)
	}
	r, err = fleet.Plan(t.Context(), targets, fleetMigrations(5), "0001", nil)
	if err != nil || r.Results[0].Plan == nil || r.Results[0].Plan != r.Results[19].Plan {
		t.Errorf("the same plan is not one: %v", err)
	}
}

// TestFleetNewTenant: a tenant that is made while the others are brought forward is not missed, be it by a program that is older.
func TestFleetNewTenant(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	targets := fleetFiles(dir)
	fleetMake(t, targets, fleetMigrations(1), "a", "b")
	more := []string{"c", "d", "e"}
	r, err := fleet.Up(t.Context(), targets, fleetMigrations(5), &fleet.Options{Each: func(fleet.Result) {
		if len(more) > 0 {
			name := more[0]
			more = more[1:]
			fleetMake(t, targets, fleetMigrations(2), name)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	fleetWant(t, r, "a changed 0005_mail", "b changed 0005_mail", "c changed 0005_mail", "d changed 0005_mail", "e changed 0005_mail")

	// A new schema gets all of it.
	db := pgOpen(t, "postgres", pgtest.Database(t))
	schemas := fleetSchemas(t, db, "old")
	fleetUp(t, schemas, fleetObjects(2), &fleet.Options{CreateSchemas: true})
	made := false
	r = fleetUp(t, schemas, fleetObjects(7), &fleet.Options{CreateSchemas: true, Each: func(fleet.Result) {
		if !made {
			made = true
			pgExec(t, db, "INSERT INTO public.tenants (name) VALUES ('new')")
		}
	}})
	fleetWant(t, r, "old changed 0007_mood", "new changed 0007_mood")
}

// TestFleetBounds: no server has more connections than it may, and not more targets are at work.
func TestFleetBounds(t *testing.T) {
	t.Parallel()
	db := pgOpen(t, "postgres", pgtest.Database(t))
	var names []string
	for i := range 24 {
		names = append(names, fmt.Sprintf("t%d", i))
	}
	bounded := fleetSchemas(t, db, names...)
	most := 0
	look := func(fleet.Result) { most = max(most, db.Stats().OpenConnections) }
	for n := 1; n <= 5; n++ {
		fleetUp(t, bounded, fleetMigrations(n), &fleet.Options{Jobs: 8, PerServer: 3, CreateSchemas: true, Each: look})
	}
	if most > 3 {
		t.Errorf("there were %d connections", most)
	}
	db.SetMaxOpenConns(1)
	fleetUp(t, bounded, fleetObjects(7), &fleet.Options{Jobs: 8})
}

// TestFleetCanary: so many are changed first, and nothing else when one of them fails or the check says no.
func TestFleetCanary(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	targets := fleetFiles(dir)
	fleetMake(t, targets, fleetMigrations(5), "a", "b")
	fleetMake(t, targets, fleetMigrations(2), "c", "d", "e", "f", "g")
	no := errors.New("the error rate is up")
	r, err := fleet.Up(t.Context(), targets, fleetMigrations(5), &fleet.Options{Canary: 2, CanaryCheck: func(_ context.Context, canary []fleet.Result) error {
		if len(canary) != 2 {
			t.Errorf("the canary is %v", canary)
		}
		return no
	}})
	if left := new(fleet.LeftError); !errors.As(err, &left) || !strings.Contains(err.Error(), "the check of the canary says no: the error rate is up") || r.Count(fleet.Changed) != 2 || r.Count(fleet.Untried) < 3 {
		t.Errorf("%v %v", err, fleetStates(r))
	}
	// One that fails.
	pgExec(t, fleetFile(t, dir, "g"), "ALTER TABLE people ADD COLUMN label text")
	pgExec(t, fleetFile(t, dir, "e"), "ALTER TABLE people ADD COLUMN label text")
	pgExec(t, fleetFile(t, dir, "f"), "ALTER TABLE people ADD COLUMN label text")
	r, err = fleet.Up(t.Context(), targets, fleetMigrations(5), &fleet.Options{Canary: 1, Jobs: 4, CanaryCheck: func(context.Context, []fleet.Result) error {
		t.Error("the check was called")
		return nil
	}})
	if err == nil || !strings.Contains(err.Error(), "of the canary is failed") || r.Count(fleet.Failed) != 1 {
		t.Errorf("%v %v", err, fleetStates(r))
	}
	for _, name := range []string{"e", "f", "g"} {
		pgExec(t, fleetFile(t, dir, name), "ALTER TABLE people DROP COLUMN label")
	}
	fleetUp(t, targets, fleetMigrations(5), &fleet.Options{Canary: 2})
}

// fleetFunc makes targets of a function, and fails in the middle.
func fleetFunc(targets []fleet.Target, err error) fleet.Targets {
	return fleet.Func(func(context.Context) iter.Seq2[fleet.Target, error] {
		return func(yield func(fleet.Target, error) bool) {
			for _, t := range targets {
				if !yield(t, nil) {
					return
				}
			}
			if err != nil {
				yield(fleet.Target{}, err)
			}
		}
	})
}

// TestFleetListFails: nothing is touched when the list ends with an error.
func TestFleetListFails(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files := fleetFiles(dir)
	one, err := files.Target("one")
	if err != nil {
		t.Fatal(err)
	}
	broken := errors.New("the registry at postgres://me:secret@host/db is down")
	r, err := fleet.Up(t.Context(), fleetFunc([]fleet.Target{one}, broken), fleetMigrations(1), nil)
	if r != nil || !errors.Is(err, broken) || strings.Contains(err.Error(), "secret") {
		t.Errorf("%v %v", r, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "one.db")); err == nil {
		t.Error("the file was made")
	}
	for _, c := range []struct {
		t    fleet.Target
		want string
	}{
		{fleet.Target{}, "a target has no name"},
		{fleet.Target{Name: "x"}, "target x has no dialect"},
		{fleet.Target{Name: "x", Dialect: sqlite.Dialect{}}, "target x has neither DB nor Open"},
	} {
		if _, err := fleet.Up(t.Context(), fleet.List{c.t}, fleetMigrations(1), nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v", err)
		}
	}
}
