package main

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/gen/read"
	"github.com/modelgen/modelgen/gen/snapshot"
	migrate "github.com/modelgen/modelgen/runtime"
)

// sqlProject is a folder of migrations for `modelgen sql`, which reads their text and runs nothing: it needs no module around it.
type sqlProject struct {
	t   *testing.T
	dir string
}

func newSQLProject(t *testing.T) sqlProject {
	p := sqlProject{t, t.TempDir()}
	snap, err := (&snapshot.Snapshot{Set: "shop", Dialects: []string{"postgres@14", "sqlite"}, Models: []string{"./models"}}).Encode()
	if err != nil {
		t.Fatal(err)
	}
	p.write("migrations/"+snapshot.Name, string(snap))
	return p
}

// of is the same folder in another test.
func (p sqlProject) of(t *testing.T) sqlProject { return sqlProject{t, p.dir} }

func (p sqlProject) write(name, text string) {
	p.t.Helper()
	path := filepath.Join(p.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

func variable(name string) string { return "M" + strings.ReplaceAll(name, "_", "") }

// migration writes one with the ops, as Go. parents are names; those behind a "replaces" are the names that it stands for.
func (p sqlProject) migration(name, ops string, parents ...string) {
	var before, replaces []string
	for i, parent := range parents {
		if parent == "replaces" {
			for _, r := range parents[i+1:] {
				replaces = append(replaces, fmt.Sprintf("%q", r))
			}
			break
		}
		before = append(before, variable(parent))
	}
	p.write("migrations/"+name+".go", fmt.Sprintf("package migrations\n\nimport (\n\tmigrate \"github.com/modelgen/modelgen/runtime\"\n\t\"github.com/modelgen/modelgen/runtime/schema\"\n)\n\n"+
		"var _ = schema.Text\n\nvar %s = &migrate.Migration{\n\tName: %q,\n\tParents: []*migrate.Migration{%s},\n\tReplaces: []string{%s},\n\tOps: []migrate.Op{\n%s\n\t},\n}\n",
		variable(name), name, strings.Join(before, ", "), strings.Join(replaces, ", "), ops))
}

func (p sqlProject) remove(name string) {
	p.t.Helper()
	if err := os.Remove(filepath.Join(p.dir, "migrations", name+".go")); err != nil {
		p.t.Fatal(err)
	}
}

// modelgen runs the command and wants that exit status.
func (p sqlProject) modelgen(want int, args ...string) (stdout, stderr string) {
	p.t.Helper()
	var out, problems bytes.Buffer
	if code := run(p.t.Context(), env{dir: p.dir, stdout: &out, stderr: &problems}, args); code != want {
		p.t.Fatalf("modelgen %s: exit %d, not %d\n%s%s", strings.Join(args, " "), code, want, out.String(), problems.String())
	}
	return out.String(), problems.String()
}

// set makes the set that a program with these migrations has.
func (p sqlProject) set() *migrate.Set {
	p.t.Helper()
	read, err := read.Folder(filepath.Join(p.dir, "migrations"), "migrations")
	if err != nil {
		p.t.Fatal(err)
	}
	made := map[string]*migrate.Migration{}
	var all []*migrate.Migration
	for _, m := range read {
		x := &migrate.Migration{Name: m.Name, Replaces: m.Replaces, Ops: m.Values()}
		for _, parent := range m.Parents {
			x.Parents = append(x.Parents, made[parent])
		}
		made[m.Var] = x
		all = append(all, x)
	}
	set := migrate.NewSet("shop", all...)
	if err := set.Err(); err != nil {
		p.t.Fatal(err)
	}
	return set
}

// migrator is what such a program migrates with.
func (p sqlProject) migrator(db *sql.DB, dialect migrate.Dialect) *migrate.Migrator {
	p.t.Helper()
	m, err := migrate.New(db, dialect, p.set(), nil)
	if err != nil {
		p.t.Fatal(err)
	}
	return m
}

// settled wants that the program has nothing to do, and finds the database as its migrations say.
func (p sqlProject) settled(db *sql.DB, dialect migrate.Dialect) {
	p.t.Helper()
	m := p.migrator(db, dialect)
	if err := m.Check(p.t.Context()); err != nil {
		p.t.Errorf("check: %v", err)
	}
	res, err := m.Up(p.t.Context())
	if err != nil || len(res.Done) > 0 {
		p.t.Errorf("up: %v, %v", res.Done, err)
	}
	diff, err := m.Verify(p.t.Context())
	if err != nil || len(diff) > 0 {
		p.t.Errorf("verify: %v, %v", diff, err)
	}
}

// psql runs a script, and reports whether it came to its end.
func (p sqlProject) psql(url, script string) (problems string, ok bool) {
	p.t.Helper()
	cmd := exec.CommandContext(p.t.Context(), "psql", "-q", "-X", "-d", url)
	cmd.Stdin = strings.NewReader(script)
	out, err := cmd.CombinedOutput()
	if _, exited := err.(*exec.ExitError); err != nil && !exited {
		p.t.Fatal(err)
	}
	return string(out), err == nil
}

func openDB(t *testing.T, driver, name string) *sql.DB {
	t.Helper()
	db, err := sql.Open(driver, name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func execSQL(t *testing.T, db *sql.DB, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// rowsOf returns the rows of a query as text, columns apart by |.
func rowsOf(t *testing.T, db *sql.DB, query string) string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for rows.Next() {
		cells, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		var line []string
		for _, c := range cells {
			line = append(line, c.String)
		}
		lines = append(lines, strings.Join(line, "|"))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}
