package dialecttest_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/fleet"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// TestFleetBackups: each target that is changed has a backup of its own in the one directory, however many are written in the same moment, with its name in that of
// the file.
func TestFleetBackups(t *testing.T) {
	t.Parallel()
	dir, backups := t.TempDir(), t.TempDir()
	files := fleetFiles(dir)
	var names []string
	for i := range 60 {
		names = append(names, fmt.Sprintf("t%02d", i))
	}
	fleetMake(t, files, fleetMigrations(1), names...)
	for _, n := range names {
		db := fleetFile(t, dir, n)
		pgExec(t, db, "INSERT INTO notes (id, body) VALUES (1, "+pgQuote(n)+")")
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	fleetSays(t, files, fleetMigrations(2), "up -jobs 16 -backup "+backups, 0, "60 changed")
	found, err := filepath.Glob(filepath.Join(backups, "*"))
	if err != nil || len(found) != len(names) {
		t.Errorf("%d backups of %d: %v", len(found), len(names), err)
	}
	for _, n := range names {
		at := slices.IndexFunc(found, func(f string) bool { return strings.HasSuffix(f, "-tenants-"+n+"-before-0002_age.db") })
		if at < 0 {
			t.Errorf("there is no backup of %s", n)
			continue
		}
		db := fleetFile(t, backups, strings.TrimSuffix(filepath.Base(found[at]), ".db"))
		if rows := pgRows(t, db, "SELECT body FROM notes"); len(rows) != 1 || rows[0] != n {
			t.Errorf("the backup of %s has %q", n, rows)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestFleetBackupsOfDatabases: pg_dump is told the address of each target.
func TestFleetBackupsOfDatabases(t *testing.T) {
	t.Parallel()
	rehearsePG(t, "pgx") // which says whether a pg_dump is there
	backups := t.TempDir()
	targets := fleet.List{
		fleet.URL("one", "pgx", postgres.Dialect{}, pgtest.Database(t)),
		fleet.URL("two", "postgres", postgres.Dialect{}, pgtest.Database(t)),
	}
	fleetUp(t, targets, fleetMigrations(2), &fleet.Options{Migrate: migrate.Options{Backup: &migrate.Backup{Dir: backups}}})
	for _, n := range []string{"one", "two"} {
		found, err := filepath.Glob(filepath.Join(backups, "*-tenants-"+n+"-before-0001_initial.dump"))
		if err != nil || len(found) != 1 {
			t.Errorf("%s: %q %v", n, found, err)
			continue
		}
		if out, err := exec.Command("pg_restore", "--list", found[0]).CombinedOutput(); err != nil {
			t.Errorf("%s: %v %s", n, err, out)
		}
	}
}

// TestBackupNames: what a directory has already under the name of a backup, which another process made in the same moment, is left as it is.
func TestBackupNames(t *testing.T) {
	runners(t, func(r *runner) {
		two, _ := shopOfThree()
		r.runs(two, "up")
		conn, err := r.db.Conn(r.t.Context())
		if err != nil {
			r.t.Fatal(err)
		}
		s, err := r.dialect.Open(r.t.Context(), conn, migrate.SessionConfig{History: "modelgen_history", Notify: func(migrate.Event) {}})
		if err != nil {
			r.t.Fatal(err)
		}
		defer func() {
			if err := errors.Join(s.Close(r.t.Context()), conn.Close()); err != nil {
				r.t.Error(err)
			}
		}()
		path := filepath.Join(r.t.TempDir(), "backup")
		ending := map[bool]string{true: ".db", false: ".dump"}[r.url == ""]
		if err := os.WriteFile(path+ending, []byte("another one"), 0o600); err != nil {
			r.t.Fatal(err)
		}
		if _, err := s.(migrate.Archiver).Archive(r.t.Context(), path, r.url); !errors.Is(err, fs.ErrExist) {
			r.t.Errorf("%v", err)
		}
		if text, err := os.ReadFile(path + ending); err != nil || string(text) != "another one" {
			r.t.Errorf("it has %q now: %v", text, err)
		}
	})
}

// TestFleetConsentWords: what a protected tenant says to paste is for it alone, and does it.
func TestFleetConsentWords(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files := fleetFiles(dir)
	fleetMake(t, files, fleetMigrations(2), "acme", "b,c d", "eu 1")
	for _, n := range []string{"b,c d", "eu 1"} {
		db := fleetFile(t, dir, n)
		m, err := migrate.New(db, sqlite.Dialect{}, fleetMigrations(2), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Protect(t.Context(), "production"); err != nil {
			t.Fatal(err)
		}
		pgExec(t, db, "INSERT INTO people (id, name, age) VALUES (1, 'secret', 7)")
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	_, out, errs := fleetRun(t, files, fleetMigrations(2), "to", "0001")
	if !strings.Contains(out, "1 changed, 2 failed") || !strings.Contains(out, "failed 2: b,c d, eu 1: production is protected, and this plan needs consent\n") {
		t.Errorf("to 0001: %s", out)
	}
	for name, word := range map[string]string{"b,c d": `"b?c d"`, "eu 1": `"eu 1"`} {
		look := "look at it with: app plan -only " + word + " -to 0001\n"
		_, paste, found := strings.Cut(errs, "when it is right: app to 0001 -only "+word+" -approve ")
		if !strings.Contains(errs, look) || !found {
			t.Errorf("%s: it is not said how to look at it, or what to paste:\n%s", name, errs)
			continue
		}
		hash, _, _ := strings.Cut(paste, "\n")
		if status, out, _ := fleetRun(t, files, fleetMigrations(2), "plan", "-to", "0001", "-only", strings.Trim(word, `"`)); status != 0 || !strings.Contains(out, "when it is right: app to 0001 -only "+word+" -approve "+hash) {
			t.Errorf("plan of %s: %d %s", name, status, out)
		}
		if status, out, errs := fleetRun(t, files, fleetMigrations(2), "to", "0001", "-only", strings.Trim(word, `"`), "-approve", hash); status != 0 {
			t.Errorf("%s: %d %s%s", name, status, out, errs)
		}
	}
}
