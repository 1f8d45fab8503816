package dialecttest_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/cli"
	"github.com/modelgen/modelgen/runtime/fleet"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// fleetRun runs one verb of a program with tenants.
func fleetRun(t *testing.T, targets fleet.Targets, set *migrate.Set, args ...string) (status int, out, errs string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	status = cli.Fleet{Targets: targets, Set: set, Stdout: &stdout, Stderr: &stderr, Name: "app"}.Run(t.Context(), args)
	if both := stdout.String() + stderr.String(); strings.Contains(both, "secret") {
		t.Errorf("%q: a password in\n%s", args, both)
	}
	return status, stdout.String(), stderr.String()
}

// fleetSays wants the exit status, and words in what is printed; a word that begins with an exclamation mark must not be there.
func fleetSays(t *testing.T, targets fleet.Targets, set *migrate.Set, args string, want int, words ...string) string {
	t.Helper()
	status, out, errs := fleetRun(t, targets, set, strings.Fields(args)...)
	if status != want {
		t.Errorf("%s: exit status %d, want %d\n%s%s", args, status, want, out, errs)
	}
	for _, w := range words {
		if no, not := strings.CutPrefix(w, "!"); not && strings.Contains(out+errs, no) || !not && !strings.Contains(out+errs, w) {
			t.Errorf("%s: %q is not so in\n%s%s", args, w, out, errs)
		}
	}
	return out
}

// TestFleetCLI: all verbs, on files.
func TestFleetCLI(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files := fleetFiles(dir)
	set := fleetMigrations(5)
	fleetSays(t, files, set, "status", 2, "the list of targets is empty", "-allow-none")
	fleetSays(t, files, set, "up -allow-none", 0, "no targets")
	fleetSays(t, files, fleetMigrations(2), "add acme", 0, "1 changed")
	for _, name := range []string{"eu-1", "eu-2", "us-1"} {
		fleetSays(t, files, fleetMigrations(1), "add "+name, 0)
	}
	fleetSays(t, files, set, "add a/b", 2, "is no name of a file")
	fleetSays(t, files, set, "status", 0, "tenants: 4 targets, 4 behind, 0 failed", "1  0002_age      acme", "3  0001_initial  eu-1, eu-2, us-1")
	fleetSays(t, files, set, "plan", 0, "1 target (acme)", "3 targets (eu-1, eu-2, us-1), as in eu-1:", "0005_mail", "ALTER TABLE")
	fleetSays(t, files, set, "check", 1, "4 behind")
	fleetSays(t, files, set, "up -only eu-*,acme -jobs 2 -canary 1", 0, "tenants: 3 changed in")
	fleetSays(t, files, set, "check -only acme", 0, "1 current")
	fleetSays(t, files, set, "check", 1, "behind: us-1")
	fleetSays(t, files, set, "to 0002 -only eu-2", 0, "1 changed")
	fleetSays(t, files, set, "verify", 0, "4 as their migrations say")
}

// TestFleetCLIDrift: who drifted, and what failed, is told once for all that have it in common.
func TestFleetCLIDrift(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files := fleetFiles(dir)
	set := fleetMigrations(5)
	fleetMake(t, files, set, "a", "b", "c")
	fleetMake(t, files, fleetMigrations(2), "d", "e", "f", "g")
	for _, name := range []string{"b", "c"} {
		pgExec(t, fleetFile(t, dir, name), "ALTER TABLE people ADD COLUMN extra text")
	}
	for _, name := range []string{"d", "e", "f", "g"} {
		pgExec(t, fleetFile(t, dir, name), "ALTER TABLE people ADD COLUMN label text")
	}
	fleetSays(t, files, set, "verify -only a,b,c", 1, "3 targets, 1 as their migrations say, 2 drifted", "2 targets (b, c), as in b:", "column people.extra")
	fleetSays(t, files, set, "up", 1, "3 current", "4 failed", "failed 4: ", "and 1 more: 0003_label: Add column people.label")
	out := fleetSays(t, files, set, "up -json -max-failures 2 -jobs 1", 1)
	var got struct {
		Counts   map[string]int
		Stopped  string
		Failures []struct {
			Reason  string
			Count   int
			Targets []string
		}
		Targets []struct{ Target, State, Version, Error string }
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	if got.Counts["failed"] != 2 || got.Counts["untried"] != 2 || !strings.Contains(got.Stopped, "2 targets have failed") || len(got.Failures) != 1 || got.Failures[0].Count != 2 || len(got.Targets) != 7 {
		t.Errorf("%+v", got)
	}
	for _, verb := range []string{"status -json", "plan -json", "check -json", "verify -json -only a"} {
		_, out, _ := fleetRun(t, files, set, strings.Fields(verb)...)
		if !json.Valid([]byte(out)) {
			t.Errorf("%s: %s", verb, out)
		}
	}
}

// TestFleetCLIUsage: mistakes end with 2, before anything is touched.
func TestFleetCLIUsage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files := fleetFiles(dir)
	fleetMake(t, files, fleetMigrations(1), "a")
	set := fleetMigrations(5)
	fleetSays(t, files, set, "", 2, "missing verb", "app VERB -h")
	fleetSays(t, files, set, "help", 0, "add NAME")
	fleetSays(t, files, set, "help up", 0, "-canary", "-max-failures", "-only")
	fleetSays(t, files, set, "up -h", 0, "-canary", "-max-failures", "-only")
	fleetSays(t, files, set, "uo", 2, `there is no verb "uo"`)
	fleetSays(t, files, set, "up 0002", 2, "unexpected argument")
	fleetSays(t, files, set, "to", 2, "to takes NAME|zero")
	fleetSays(t, files, set, "to 0009", 2, "there is no migration 0009")
	fleetSays(t, files, set, "up -only b", 2, "no target is called b")
	fleetSays(t, files, set, "up -only , ", 2, "no name in it")
	fleetSays(t, fleet.List{}, set, "add x", 2, "cannot say where x would be")
	fleetSays(t, files, set, "up -json -only b", 2, `{`, `"error"`)
	fleetSays(t, fleet.URLs("postgres", postgres.Dialect{}, "postgres://me:secret@127.0.0.1:1/shop?connect_timeout=2"), set, "up", 1, "failed 127.0.0.1:1/shop", "1 failed")
	if n := pgRows(t, fleetFile(t, dir, "a"), `SELECT count(*) FROM modelgen_history WHERE "set" = 'tenants'`); n[0] != "1" {
		t.Error("it was touched")
	}
}

// TestFleetCLIAdd: a schema is made with all migrations, again without harm, also by two at once.
func TestFleetCLIAdd(t *testing.T) {
	t.Parallel()
	db := pgOpen(t, "pgx", pgtest.Database(t))
	targets := fleet.Schemas(db, postgres.Dialect{}, "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'tenant%'")
	done := make(chan int)
	for range 2 {
		go func() {
			status, _, _ := fleetRun(t, targets, fleetObjects(7), "add", "tenant1")
			done <- status
		}()
	}
	if a, b := <-done, <-done; a != 0 || b != 0 {
		t.Errorf("exit status %d and %d", a, b)
	}
	fleetSays(t, targets, fleetObjects(7), "add tenant1", 0, "1 current")
	fleetSays(t, targets, fleetObjects(7), "verify", 0, "1 as their migrations say")
	if n := pgRows(t, db, "SELECT count(*) FROM tenant1.notes"); n[0] != "1" {
		t.Errorf("the step by hand ran %s times", n)
	}
}

// TestFleetDatabases: a query in another database names tenants with connection strings.
func TestFleetDatabases(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	control := pgOpen(t, "postgres", pgtest.Database(t))
	pgExec(t, control, "CREATE TABLE tenants (name text, dsn text)")
	for _, name := range []string{"a", "b"} {
		pgExec(t, control, "INSERT INTO tenants VALUES ("+pgQuote(name)+", "+pgQuote(fleetDSN(filepath.Join(dir, name+".db")))+")")
	}
	targets := fleet.Databases(control, "SELECT name, dsn FROM tenants ORDER BY name", "sqlite", sqlite.Dialect{})
	fleetWant(t, fleetUp(t, targets, fleetMigrations(2), nil), "a changed 0002_age", "b changed 0002_age")
	pgExec(t, control, "INSERT INTO tenants VALUES ('c', NULL)")
	if r, err := fleet.Up(t.Context(), targets, fleetMigrations(2), nil); r != nil || err == nil || !strings.Contains(err.Error(), "row 3 is not a name and a connection string") {
		t.Errorf("%v %v", r, err)
	}
}

// TestFleetColor: -color always paints what a fleet prints, without another word; never does not, whatever is in the environment, and JSON has no colours.
func TestFleetColor(t *testing.T) {
	dir := t.TempDir()
	files := fleetFiles(dir)
	fleetMake(t, files, fleetMigrations(2), "acme", "bolt")
	if err := os.WriteFile(filepath.Join(dir, "ruin.db"), []byte(strings.Repeat("no database", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	fleetSays(t, files, fleetMigrations(2), "verify", 1, "3 targets, 2 as their migrations say, 0 drifted, 1 failed\n")
	t.Setenv("FORCE_COLOR", "1")
	for _, args := range []string{"status", "plan", "up", "verify", "check", "to 0002"} {
		words := func(more ...string) string {
			t.Helper()
			_, out, errs := fleetRun(t, files, fleetMigrations(3), append(strings.Fields(args), more...)...)
			if !strings.Contains(out+errs, "ruin") {
				t.Errorf("%s %q says nothing of the ruin: %s%s", args, more, out, errs)
			}
			return out + errs
		}
		never := words("-color", "never")
		if strings.Contains(never, "\x1b") {
			t.Errorf("%s -color never: %q", args, never)
		}
		if always := words("-color", "always"); !strings.Contains(always, "\x1b[31m") {
			t.Errorf("%s -color always: nothing of what has failed is red: %q", args, always)
		}
		if json := words("-color", "always", "-json"); strings.Contains(json, "\x1b") || strings.Contains(json, `\u001b`) {
			t.Errorf("%s -json: %q", args, json)
		}
	}
	if status, _, errs := fleetRun(t, files, fleetMigrations(3), "status", "-color", "green"); status != 2 || !strings.Contains(errs, "auto, always or never") {
		t.Errorf("-color green: %d %s", status, errs)
	}
}
