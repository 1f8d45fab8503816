package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// TestAdopted takes over databases that something else has made: testdata/adopt, a txtar archive each, with the files
//
//	postgres.sql, sqlite.sql  what made the database, for one kind or for both
//	flags                     more flags of adopt, one a line
//	before.sql                what a new PostgreSQL database needs before the migration runs, as the list of adopt says
//	stderr.postgres, .sqlite  what adopt says
//	dump                      how pg_dump of a database from the written migration differs from that of the adopted one
//
// For each, adopt writes models and a migration, one program is built of them all, and without an edit up -fake-initial records, verify
// finds nothing, check agrees, and a new database can be made. With -update the last three kinds of files are rewritten: read what changes.
func TestAdopted(t *testing.T) {
	files, err := filepath.Glob("testdata/adopt/*.txtar")
	if err != nil || len(files) < 12 {
		t.Fatal("there are too few schemas", len(files), err)
	}
	m := newModule(t)
	dir := t.TempDir()
	write := func(name string, data []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", lightModule(t, m)) // what is built of them comes later
	write("go.sum", m.sum)
	for _, e := range m.env {
		name, value, _ := strings.Cut(e, "=")
		t.Setenv(name, value)
	}
	var all []*adopted
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, dialect := range []string{"postgres", "sqlite"} {
			a := &adopted{t: t, file: file, archive: archive, dialect: dialect, dir: dir}
			if a.script = a.part(dialect + ".sql"); a.script == "" {
				continue
			}
			a.name = strings.TrimSuffix(filepath.Base(file), ".txtar") + "_" + dialect
			t.Run("adopt/"+a.name, func(s *testing.T) {
				a.adopt(s)
				all = append(all, a)
			})
		}
	}
	write("go.mod", m.mod)
	program := buildAdopted(t, dir, all)
	for _, a := range all {
		t.Run("run/"+a.name, func(t *testing.T) {
			a.t, a.program = t, program
			a.run()
		})
	}
	if !*update {
		return
	}
	for i, a := range all {
		if i+1 == len(all) || all[i+1].archive != a.archive {
			if err := os.WriteFile(a.file, txtar.Format(a.archive), 0o644); err != nil {
				t.Error(err)
			}
		}
	}
}

// adopted is a database that is taken over.
type adopted struct {
	t        *testing.T // of the test that runs; databases live as long as the whole
	file     string
	archive  *txtar.Archive
	dialect  string
	name     string
	dir      string // of the module
	script   string
	database string
	program  string
}

func (a *adopted) part(name string) string {
	for _, f := range a.archive.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

// golden compares with a file of the archive, or writes it.
func (a *adopted) golden(name, got string) {
	a.t.Helper()
	i := slices.IndexFunc(a.archive.Files, func(f txtar.File) bool { return f.Name == name })
	switch {
	case *update && i < 0 && got != "":
		a.archive.Files = append(a.archive.Files, txtar.File{Name: name, Data: []byte(got)})
	case *update && i >= 0:
		a.archive.Files[i].Data = []byte(got)
	case !*update && a.part(name) != got:
		a.t.Errorf("%s:\n%s\nwant:\n%s", name, got, a.part(name))
	}
}

// adopt makes the database, and models and migrations of it.
func (a *adopted) adopt(t *testing.T) {
	outer := a.t
	a.t = t
	where := "inspected.json"
	if a.dialect == "postgres" {
		a.database = pgtest.Database(outer)
		a.psql(a.database, a.script)
		where = a.database
	} else {
		a.database = filepath.Join(outer.TempDir(), "app.db")
		where = filepath.Join(outer.TempDir(), where)
		a.inspectSQLite(where)
	}
	base := a.name
	args := append([]string{"adopt", "-models", base + "/models", "-out", base + "/migrations"}, strings.Fields(a.part("flags"))...)
	_, stderr := a.modelgen(append(args, where)...)
	a.golden("stderr."+a.dialect, stderr)
	snapshot, err := os.ReadFile(filepath.Join(a.dir, base, "migrations", "snapshot.json"))
	if err != nil || a.dialect == "postgres" && !regexp.MustCompile(`"dialects": \[\s*"postgres@\d\d"\s*\]`).Match(snapshot) {
		t.Errorf("the migrations are not for the version of the server: %v\n%.400s", err, snapshot)
	}
	a.again(where)
	a.modelgen("check", base+"/migrations")
}

// again adopts into the models that were written, which is nothing to do. What stands in SQL files is not written twice, and comments become words of tags.
func (a *adopted) again(where string) {
	if _, err := os.Stat(filepath.Join(a.dir, a.name, "schema")); err == nil || strings.Contains(strings.ToUpper(a.script), "COMMENT ON") {
		return
	}
	args := []string{"adopt", "-into", a.name + "/models", "-out", a.name + "/migrations"}
	flags := strings.Fields(a.part("flags"))
	for i, f := range flags {
		if f == "-schema" || f == "-ignore" {
			args = append(args, flags[i:i+2]...)
		}
	}
	if stdout, stderr := a.modelgen(append(args, where)...); stdout != "" || !strings.Contains(stderr, "nothing to do: models and migrations say all of that already") {
		a.t.Errorf("adopted once more: %s%s", stdout, stderr)
	}
}

// inspectSQLite makes the database and the file that the program of its owner would print: the driver is in the test, so that none has to be built.
func (a *adopted) inspectSQLite(file string) {
	db, err := sql.Open("sqlite", "file:"+a.database)
	if err != nil {
		a.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(a.script); err != nil {
		a.t.Fatal(err)
	}
	in, err := migrate.Inspect(a.t.Context(), db, sqlite.Dialect{}, migrate.InspectOptions{})
	if err != nil {
		a.t.Fatal(err)
	}
	data, err := json.Marshal(in)
	if err == nil {
		err = os.WriteFile(file, data, 0o600)
	}
	if err != nil {
		a.t.Fatal(err)
	}
}

func (a *adopted) psql(url, script string) {
	a.t.Helper()
	psqlScript(a.t, url, script)
}

// psqlScript runs a script, which has to reach its end.
func psqlScript(t testing.TB, url, script string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "psql", "-q", "-X", "-v", "ON_ERROR_STOP=1", "-d", url)
	cmd.Stdin = strings.NewReader(script)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// modelgen runs the command, which has to succeed.
func (a *adopted) modelgen(args ...string) (stdout, stderr string) {
	a.t.Helper()
	var out, problems bytes.Buffer
	if code := run(a.t.Context(), env{dir: a.dir, stdout: &out, stderr: &problems}, args); code != 0 {
		a.t.Fatalf("modelgen %s: exit %d\n%s%s", strings.Join(args, " "), code, out.String(), problems.String())
	}
	return out.String(), problems.String()
}

// buildAdopted builds the program that holds the migrations of all of them.
func buildAdopted(t *testing.T, dir string, all []*adopted) string {
	t.Helper()
	var imports, sets strings.Builder
	for _, a := range all {
		fmt.Fprintf(&imports, "\t%s \"example.com/shop/%[1]s/migrations\"\n\t_ \"example.com/shop/%[1]s/models\"\n", a.name)
		fmt.Fprintf(&sets, "\t%q: %s.All,\n", a.name, a.name)
	}
	text := `package main

import (
	"context"
	"database/sql"
	"os"

	_ "github.com/lib/pq"
	_ "modernc.org/sqlite"

` + imports.String() + `
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/cli"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

var sets = map[string]*migrate.Set{
` + sets.String() + `}

func main() {
	var dialect migrate.Dialect = postgres.Dialect{}
	if os.Args[2] == "sqlite" {
		dialect = sqlite.Dialect{}
	}
	db, err := sql.Open(os.Args[2], os.Args[3])
	if err != nil {
		panic(err)
	}
	os.Exit(cli.Run(context.Background(), db, dialect, sets[os.Args[1]], os.Args[4:]))
}
`
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "shop.exe")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// migrate runs a verb of the program on a database.
func (a *adopted) migrate(database string, args ...string) string {
	a.t.Helper()
	cmd := exec.CommandContext(a.t.Context(), a.program, append([]string{a.name, a.dialect, database}, args...)...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		a.t.Errorf("%s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// run records the migration, finds no difference, and makes a new database.
func (a *adopted) run() {
	before := a.dump(a.database)
	if a.dialect == "sqlite" {
		a.database = "file:" + a.database
	}
	if out := a.migrate(a.database, "up", "-fake-initial"); strings.Contains(out, "CREATE") || !strings.Contains(out, "0001_adopted") {
		a.t.Errorf("up -fake-initial: %s", out)
	}
	a.migrate(a.database, "check")
	a.migrate(a.database, "verify")
	if a.t.Failed() {
		return
	}
	made := "file:" + filepath.Join(a.t.TempDir(), "new.db")
	if a.dialect == "postgres" {
		made = pgtest.Database(a.t)
		if s := a.part("before.sql"); s != "" {
			a.psql(made, s)
		}
	}
	a.migrate(made, "up")
	a.migrate(made, "verify")
	if a.dialect == "postgres" && !a.t.Failed() {
		a.golden("dump", differing(before, a.dump(made)))
	}
}

// dump returns what pg_dump -s prints, statement by statement, without what is no part of the schema.
func (a *adopted) dump(database string) []string {
	if a.dialect != "postgres" {
		return nil
	}
	args := []string{"-s", "--no-owner", "-d", database}
	for _, table := range []string{"modelgen_*", "goose_db_version*", "schema_migrations", "ar_internal_metadata", "bun_migration*", "django_migrations*"} {
		args = append(args, "-T", table) // histories
	}
	out, err := exec.CommandContext(a.t.Context(), "pg_dump", args...).Output()
	if err != nil {
		a.t.Fatal(err)
	}
	var all []string
	for _, s := range ofDump(string(out)) {
		if !strings.HasPrefix(s, "SET ") && !strings.HasPrefix(s, "SELECT pg_catalog.set_config") && !strings.HasPrefix(s, `\`) {
			all = append(all, s)
		}
	}
	slices.Sort(all)
	return all
}

var dumpComment = regexp.MustCompile(`(?m)^(--.*)?\n`)

// ofDump cuts a dump where a line ends in a semicolon and the next begins at the left.
func ofDump(dump string) (all []string) {
	for s := range strings.SplitSeq(dumpComment.ReplaceAllString(dump, ""), ";\n") {
		if s = strings.TrimSpace(s); s != "" {
			all = append(all, s)
		}
	}
	return all
}

// differing returns the statements that one list has and the other has not; of those that begin alike, the lines.
func differing(before, after []string) string {
	var b strings.Builder
	old, new := without(before, after), without(after, before)
	for _, s := range old {
		head, _, _ := strings.Cut(s, "\n")
		i := slices.IndexFunc(new, func(t string) bool { return t == head || strings.HasPrefix(t, head+"\n") })
		if i < 0 || !strings.Contains(s, "\n") {
			b.WriteString("- " + strings.ReplaceAll(s, "\n", "\n  ") + "\n")
			continue
		}
		b.WriteString("  " + head + "\n")
		was, is := lines(s), lines(new[i])
		for _, line := range without(was, is) {
			b.WriteString("-     " + line + "\n")
		}
		for _, line := range without(is, was) {
			b.WriteString("+     " + line + "\n")
		}
		new = slices.Delete(new, i, i+1)
	}
	for _, s := range new {
		b.WriteString("+ " + strings.ReplaceAll(s, "\n", "\n  ") + "\n")
	}
	return b.String()
}

// lines returns the lines of a statement without the commas between them, and without what the server may spell in several ways: casts of what has the
// type already, the quotes of numbers, brackets around those, and a default that is none.
func lines(s string) (all []string) {
	for line := range strings.Lines(s) {
		line = strings.TrimSuffix(strings.TrimSpace(line), ",")
		line = spelledCast.ReplaceAllString(line, "")
		line = spelledNumber.ReplaceAllString(line, "DEFAULT $1")
		line = spelledList.ReplaceAllString(strings.Replace(line, " DEFAULT NULL", "", 1), "($1)")
		all = append(all, line)
	}
	return all
}

var (
	spelledCast   = regexp.MustCompile(`::(?:text|character varying|smallint|integer|bigint|numeric|real|double precision)(?:\[\])?`)
	spelledNumber = regexp.MustCompile(`DEFAULT [(']*(-?[0-9.]+)[)']*`)
	spelledList   = regexp.MustCompile(`\(\((ARRAY\[[^\]]*\])\)\)`)
)

func without(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(other, s) })
}

// TestAdoptRefuses: what cannot be read, or is no matter of models, has a line, and nothing is written.
func TestAdoptRefuses(t *testing.T) {
	m := newModule(t)
	const script = `CREATE TABLE users (id bigint PRIMARY KEY, name text);
CREATE VIEW names AS SELECT name FROM users;
CREATE EXTENSION postgres_fdw;
CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw;
CREATE FOREIGN TABLE remote (id bigint) SERVER elsewhere;`
	const structs = "package db\n\ntype User struct {\n\tID   int64\n\tName *string\n}\n\ntype Name struct {\n\tName string\n}\n\ntype Remote struct {\n\tID int64\n}\n"
	full, empty, others := pgtest.Database(t), pgtest.Database(t), pgtest.Database(t)
	a := &adopted{t: t}
	a.psql(full, script)
	role := "adopt_" + full[strings.LastIndexByte(full[:strings.IndexByte(full, '?')], '/')+1:strings.IndexByte(full, '?')]
	a.psql(full, "CREATE ROLE "+role+" LOGIN PASSWORD 'secret'; REVOKE ALL ON users FROM PUBLIC; REVOKE SELECT ON pg_catalog.pg_class FROM PUBLIC;")
	t.Cleanup(func() {
		a := &adopted{t: t}
		cmd := exec.Command("psql", "-q", "-X", "-d", full, "-c", "DROP OWNED BY "+role, "-c", "DROP ROLE "+role)
		if out, err := cmd.CombinedOutput(); err != nil {
			a.t.Errorf("%v\n%s", err, out)
		}
	})
	a.psql(others, `CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE gorp_migrations (id text PRIMARY KEY, applied_at timestamptz);
CREATE TABLE odd ("user index" text, "a;b" text); CREATE TABLE "bad,name" (id int);`)
	as := func(user, database string) string {
		u, err := url.Parse(database)
		if err != nil {
			t.Fatal(err)
		}
		u.User = url.UserPassword(user, "secret")
		return u.String()
	}
	for _, tt := range []struct {
		name   string
		args   []string
		code   int
		stderr string
	}{
		{"an empty database", []string{empty}, 1, "the database has no tables that could be adopted"},
		{"another schema", []string{"-schema", "billing", full}, 0, "billing"},
		{"nobody answers", []string{"postgres://app:hidden@127.0.0.1:1/shop?sslmode=disable"}, 2, "nothing was written"},
		{"no TLS", []string{strings.Replace(full, "sslmode=disable", "sslmode=require", 1)}, 2, "which is for a network that nobody else listens to; nothing was written"},
		{"an unknown role", []string{as("nobody", full)}, 2, "nothing was written"},
		{"no rights on a catalog", []string{as(role, full)}, 2, "permission denied for table pg_class"},
		{"no rights on a history", []string{as(role, others)}, 1, "sql-migrate keeps its history in gorp_migrations, which the role may not read"},
		{"a name with a comma", []string{others}, 1, `table bad,name: a tag cannot hold that name (the name "bad,name" holds ",", which means something else there)`},
		{"a word of tags in a name", []string{others}, 1, `column "user index" of table odd: a tag cannot hold that name (index behind a blank is taken for an option)`},
		{"a semicolon in a name", []string{others}, 1, "or leave the table out with -ignore odd\nnothing was written"},
		{"a view taken for a table", []string{"-into", "db", "-table", "Name=names", full}, 1, "names is a view"},
		{"a foreign table", []string{"-into", "db", "-table", "Remote=remote", full}, 1, "remote is a foreign table"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, data := range map[string][]byte{"go.mod": m.mod, "go.sum": m.sum, "db/db.go": []byte(structs)} {
				path := filepath.Join(dir, name)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, data, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			var stdout, stderr bytes.Buffer
			code := run(t.Context(), env{dir: dir, stdout: &stdout, stderr: &stderr}, append([]string{"adopt"}, tt.args...))
			if code != tt.code && tt.code != 0 || code == 0 || !strings.Contains(stderr.String(), tt.stderr) || stdout.Len() > 0 {
				t.Errorf("exit %d, want %d with %q\n%s%s", code, tt.code, tt.stderr, stdout.String(), stderr.String())
			}
			if s := stderr.String(); strings.Contains(s, "hidden") || strings.Contains(s, "secret") {
				t.Errorf("the password is told: %s", s)
			}
			files, err := filepath.Glob(filepath.Join(dir, "*"))
			if err != nil || len(files) != 3 {
				t.Errorf("written: %v %v", files, err)
			}
			if text, err := os.ReadFile(filepath.Join(dir, "db/db.go")); err != nil || string(text) != structs {
				t.Errorf("db.go was edited: %v\n%s", err, text)
			}
		})
	}
}
