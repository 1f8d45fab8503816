package dialecttest_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/modelgen/modelgen/internal/everyop"
	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/cli"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// runner is a database that a test of the migrator works on.
type runner struct {
	t       *testing.T
	db      *sql.DB
	dialect migrate.Dialect
	url     string // of PostgreSQL
	driver  string // of PostgreSQL
	opt     migrate.Options
	schema  *schema.Schema // where the test keeps it in step
}

// sqliteURI names a file as SQLite reads it: a # in the name of a test, which is in that of its folder, would end the name of the file.
func sqliteURI(file string) string {
	return "file:" + strings.NewReplacer("%", "%25", "#", "%23", "?", "%3f").Replace(filepath.ToSlash(file))
}

// runners runs a test on SQLite and on PostgreSQL through both drivers.
func runners(t *testing.T, test func(r *runner)) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		db, err := sql.Open("sqlite", sqliteURI(filepath.Join(t.TempDir(), "runner.db"))+litePragmas+"&_pragma=busy_timeout(5000)")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		test(&runner{t: t, db: db, dialect: sqlite.Dialect{}})
	})
	pgRunners(t, test)
}

func pgRunners(t *testing.T, test func(r *runner)) {
	for _, driver := range driversOf(t) {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			url := pgtest.Database(t)
			db, err := sql.Open(driver, url)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { db.Close() })
			test(&runner{t: t, db: db, dialect: postgres.Dialect{}, url: url, driver: driver})
		})
	}
}

// everySchema returns the schema with something in every field that the database can have: PostgreSQL has NULLS NOT DISTINCT from 15 on.
func (r *runner) everySchema() *schema.Schema {
	s := everyop.Schema()
	if r.driver == "" || r.count("SELECT (current_setting('server_version_num')::int < 150000)::int") == 0 {
		return s
	}
	for _, table := range s.Tables {
		for i := range table.Uniques {
			table.Uniques[i].NullsNotDistinct = false
		}
		for i := range table.Indexes {
			table.Indexes[i].NullsNotDistinct = false
		}
	}
	return s
}

func (r *runner) migrator(set *migrate.Set) *migrate.Migrator {
	r.t.Helper()
	m, err := migrate.New(r.db, r.dialect, set, &r.opt)
	if err != nil {
		r.t.Fatal(err)
	}
	return m
}

// does checks what a run did: "0001_a, undone 0002_b, faked 0003_c".
func (r *runner) does(res *migrate.Result, err error, want string) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
	var done []string
	for _, d := range res.Done {
		word := ""
		if d.Faked {
			word = "faked "
		}
		if d.Back {
			word += "undone "
		}
		done = append(done, word+d.Migration)
	}
	if got := strings.Join(done, ", "); got != want {
		r.t.Errorf("done: %s\nwant: %s", got, want)
	}
}

func (r *runner) up(set *migrate.Set, want string) {
	r.t.Helper()
	res, err := r.migrator(set).Up(context.Background())
	r.does(res, err, want)
}

func (r *runner) to(set *migrate.Set, target, want string) {
	r.t.Helper()
	res, err := r.migrator(set).To(context.Background(), target)
	r.does(res, err, want)
}

// settled checks that nothing is pending, that the fast path says so, and that the database is as the history says.
func (r *runner) settled(set *migrate.Set) {
	r.t.Helper()
	m := r.migrator(set)
	if err := m.Check(context.Background()); err != nil {
		r.t.Error(err)
	}
	diff, err := m.Verify(context.Background())
	if err != nil || len(diff) > 0 {
		r.t.Errorf("the database is not what the history says: %v %v", diff, err)
	}
}

// history checks the rows: "shop/0001_a done".
func (r *runner) history(want ...string) {
	r.t.Helper()
	rows, err := r.db.Query(`SELECT "set", name, state FROM modelgen_history WHERE "set" <> '' ORDER BY "set", name`)
	if err != nil {
		r.t.Fatal(err)
	}
	defer rows.Close()
	var got []string
	for rows.Next() {
		var set, name, state string
		if err := rows.Scan(&set, &name, &state); err != nil {
			r.t.Fatal(err)
		}
		got = append(got, set+"/"+name+" "+state)
	}
	if d := cmp.Diff(want, got); d != "" {
		r.t.Errorf("history (-want +got):\n%s", d)
	}
}

func (r *runner) exec(statements ...string) {
	r.t.Helper()
	for _, q := range statements {
		if _, err := r.db.Exec(q); err != nil {
			r.t.Fatalf("%s: %v", q, err)
		}
	}
}

func (r *runner) count(query string) (n int) {
	r.t.Helper()
	if err := r.db.QueryRow(query).Scan(&n); err != nil {
		r.t.Fatalf("%s: %v", query, err)
	}
	return n
}

// fails checks that an error has all the words.
func (r *runner) fails(err error, words ...string) {
	r.t.Helper()
	if err == nil {
		r.t.Fatalf("no error, want one with %q", words)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			r.t.Errorf("error without %q:\n%v", w, err)
		}
	}
}

// command runs the command line, and returns what it prints with times taken out.
func (r *runner) command(set *migrate.Set, args ...string) (status int, stdout, stderr string) {
	var out, problems bytes.Buffer
	opt := r.opt
	status = cli.Command{DB: r.db, Dialect: r.dialect, Set: set, Options: &opt, Stdout: &out, Stderr: &problems, URL: r.url}.Run(context.Background(), args)
	return status, timeless(out.String()), timeless(problems.String())
}

func (r *runner) prints(set *migrate.Set, command string, status int, stdout, stderr string) {
	r.t.Helper()
	code, out, problems := r.command(set, strings.Fields(command)...)
	if code != status {
		r.t.Errorf("%s: exit status %d, want %d", command, code, status)
	}
	if d := cmp.Diff(strings.TrimPrefix(stdout, "\n"), out); d != "" {
		r.t.Errorf("%s: stdout (-want +got):\n%s", command, d)
	}
	if d := cmp.Diff(strings.TrimPrefix(stderr, "\n"), problems); d != "" {
		r.t.Errorf("%s: stderr (-want +got):\n%s", command, d)
	}
}

// The ops of these tests: a table with a key, and columns.
func makes(name string, columns ...schema.ColumnDef) migrate.Op {
	return migrate.CreateTable{
		Table: name, Columns: append([]schema.ColumnDef{schema.BigInt("id")}, columns...),
		PrimaryKey: schema.PrimaryKey{Name: name + "_pkey", Columns: []string{"id"}},
	}
}

func adds(table, column string) migrate.Op {
	return migrate.AddColumn{Table: table, Column: schema.Integer(column).Default(0)}
}

// chain makes migrations that follow each other, one for each op.
func chain(ops ...migrate.Op) []*migrate.Migration {
	var all []*migrate.Migration
	for i, op := range ops {
		m := &migrate.Migration{Name: fmt.Sprintf("%04d_%c", i+1, 'a'+i), Ops: []migrate.Op{op}}
		if i > 0 {
			m.Parents = all[i-1:]
		}
		all = append(all, m)
	}
	return all
}

// planned is how plan prints the addition of one.a.
func (r *runner) planned() string {
	if r.url == "" {
		return "  -- one: 1 row\n  BEGIN;\n  Add column one.a\n    ALTER TABLE \"one\" ADD COLUMN \"a\" INTEGER NOT NULL DEFAULT 0;\n  COMMIT;\n"
	}
	return "  -- one: 1 row, 48 kB\n  BEGIN;\n  Add column one.a\n    -- locks one: ACCESS EXCLUSIVE\n    ALTER TABLE \"public\".\"one\" ADD COLUMN \"a\" integer DEFAULT 0 NOT NULL;\n  COMMIT;\n"
}
