package main

import (
	"bytes"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// badStructs are models and structs that a database is adopted into.
const badStructs = `package st

type V struct {
	ID int64 ` + "`db:\"id\"`" + `
}

type Far struct {
	ID int64 ` + "`db:\"id\"`" + `
}

type Good struct {
	ID int64 ` + "`db:\"id\"`" + `
}

type Buyer struct {
	ID int64 ` + "`db:\"id\"`" + `
}

func (Buyer) TableName() string { return "two" }

type Client struct {
	ID int64 ` + "`db:\"id\"`" + `
}

func (Client) TableName() string { return "two" }
`

// TestAdoptBadInput: what cannot be adopted is said in a line with a way out, never with a password, and no file is written or changed.
func TestAdoptBadInput(t *testing.T) {
	const good = "CREATE TABLE good (id integer NOT NULL PRIMARY KEY); "
	for _, c := range []struct {
		name             string
		postgres, sqlite string // what makes the database; "" is not tried
		as               string // the role, in the place of the owner
		args             string
		says             []string
	}{
		{name: "empty", postgres: " ", sqlite: " ", says: []string{"the database has no tables that could be adopted: is it the right one, and is -schema the right schema?"}},
		{name: "only a view", postgres: "CREATE VIEW v AS SELECT 1 AS a", sqlite: "CREATE VIEW v AS SELECT 1 AS a", says: []string{"the database has no tables, only view v"}},
		{name: "no name for a tag", postgres: good + `CREATE TABLE "a,b" (id integer, "q""q" integer)`, sqlite: good + `CREATE TABLE "a,b" (id integer, "q""q" integer)`,
			says: []string{`table a,b: a tag cannot hold that name`, `leave it out with -ignore a?b`, `column "q\"q" of table a,b: a tag cannot hold that name`, "leave the table out with -ignore a?b"}},
		{name: "columns that are one to SQLite", postgres: `CREATE TABLE t ("A" integer, a integer)`, says: []string{"table t has columns A and a: no model can have both"}},
		{name: "two structs", postgres: good + "CREATE TABLE two (id integer PRIMARY KEY)", sqlite: good + "CREATE TABLE two (id integer PRIMARY KEY)", args: "-into st",
			says: []string{"Client and Buyer, at st/st.go:15:6, are both structs of table two: a table has one model; say which with -table Buyer=two"}},
		{name: "a view for a table", postgres: good + "CREATE VIEW v AS SELECT id FROM good", sqlite: good + "CREATE VIEW v AS SELECT id FROM good", args: "-into st -table V=v",
			says: []string{"st/st.go:3:6: -table V=v: v is a view, and models are tables; without -table, and with the field _ struct{} `view:\"v\"` in it"}},
		{name: "no table of this database", postgres: good + "CREATE EXTENSION postgres_fdw; CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw; CREATE FOREIGN TABLE far (id integer) SERVER s", sqlite: good + "CREATE VIRTUAL TABLE far USING fts5 (id)",
			args: "-into st -table Far=far", says: []string{"-table Far=far: far is a ", ", and models are tables"}},
		{name: "no such table", postgres: good, sqlite: good, args: "-into st -table Far=fra", says: []string{"-table Far=fra: the database has no such table"}},
		{name: "models that are there", postgres: good, sqlite: good, args: "-models st", says: []string{"st has Go files already (st.go): name an empty directory with -models, or give the structs that are there their tags with -into st"}},
		{name: "a generated file", postgres: "CREATE TABLE made (id integer NOT NULL PRIMARY KEY, note text)", sqlite: "CREATE TABLE made (id integer NOT NULL PRIMARY KEY, note text)", args: "-into made",
			says: []string{"Made has no field for note of table made, and its file is generated (DO NOT EDIT): let its generator read the table as it is now, then adopt again"}},
		{name: "no such schema", postgres: good, args: "-schema shop", says: []string{"there is no schema shop; there is public"}},
		{name: "a wrong password", postgres: good, as: "postgres", says: []string{"cannot reach the database: pq: password authentication failed"}},
		{name: "no rights on a catalog", postgres: good + "REVOKE SELECT ON pg_catalog.pg_class FROM PUBLIC", as: "limited", says: []string{"permission denied for table pg_class", "every role may read the catalog unless somebody has revoked that: GRANT SELECT on it to the role again"}},
		{name: "no right to connect", postgres: good + "DO $$BEGIN EXECUTE format('REVOKE CONNECT ON DATABASE %I FROM PUBLIC', current_database()); END$$", as: "limited", says: []string{"give the role CONNECT on the database"}},
		{name: "a history that the role may not read", postgres: good + "CREATE TABLE gorp_migrations (id text PRIMARY KEY, applied_at timestamptz); GRANT SELECT ON good TO limited", as: "limited",
			says: []string{"sql-migrate keeps its history in gorp_migrations, which the role may not read, so it is not known whether it has left the database half done: GRANT SELECT ON gorp_migrations to the role"}},
		{name: "dirty", postgres: good + "CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL); INSERT INTO schema_migrations VALUES (7, true)", sqlite: good + "CREATE TABLE schema_migrations (version uint64, dirty bool); INSERT INTO schema_migrations VALUES (7, true)",
			says: []string{"golang-migrate keeps its history in schema_migrations, which says dirty: version 7 has failed half way; repair the database, then migrate force"}},
	} {
		for dialect, script := range map[string]string{"postgres": c.postgres, "sqlite": c.sqlite} {
			if script == "" {
				continue
			}
			t.Run(c.name+"/"+dialect, func(t *testing.T) {
				s := &scenario{t: t, dir: t.TempDir()}
				s.write("go.mod", []byte("module example.com/shop\n\ngo 1.26\n"))
				s.write("st/st.go", []byte(badStructs))
				s.write("made/made.go", []byte("// Code generated by hand. DO NOT EDIT.\n\npackage made\n\ntype Made struct {\n\tID int64\n}\n"))
				where, secret := badDatabase(t, dialect, script, c.as)
				before := allFiles(t, s.dir)
				var out bytes.Buffer
				code := run(t.Context(), env{dir: s.dir, stdout: &out, stderr: &out}, append(append([]string{"adopt"}, strings.Fields(c.args)...), where))
				if code == 0 || !strings.Contains(out.String(), "nothing was written") || secret != "" && strings.Contains(out.String(), secret) {
					t.Errorf("exit status %d: %s", code, &out)
				}
				for _, part := range c.says {
					if !strings.Contains(out.String(), part) {
						t.Errorf("it says %s\nwithout %q", &out, part)
					}
				}
				if d := cmp.Diff(before, allFiles(t, s.dir)); d != "" {
					t.Errorf("files have changed (-before +after):\n%s", d)
				}
			})
		}
	}
}

// badDatabase makes a database and returns what adopt is given, with the password in it if a role is named, which need not be the right one.
func badDatabase(t *testing.T, dialect, script, as string) (where, secret string) {
	t.Helper()
	if dialect == "sqlite" {
		return inspectedSQLite(t, script), ""
	}
	owner := pgtest.Database(t)
	role := "limited_" + strings.ToLower(rand.Text())
	if as == "limited" {
		secret = rand.Text()
		psqlScript(t, owner, "CREATE ROLE "+role+" LOGIN PASSWORD '"+secret+"'")
		t.Cleanup(func() {
			db, err := sql.Open("postgres", owner)
			if err == nil {
				_, err = db.Exec("DROP OWNED BY " + role + "; DROP ROLE " + role)
				db.Close()
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	psqlScript(t, owner, strings.ReplaceAll(script, "TO limited", "TO "+role))
	if as == "" {
		return owner, ""
	}
	u, err := url.Parse(owner)
	if err != nil {
		t.Fatal(err)
	}
	if as != "limited" {
		role, secret = as, rand.Text()
	}
	u.User = url.UserPassword(role, secret)
	return u.String(), secret
}

// inspectedSQLite makes a database and returns the file that the program of its owner would print of it.
func inspectedSQLite(t *testing.T, script string) string {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "app.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(script); err != nil {
		t.Fatal(err)
	}
	in, err := migrate.Inspect(t.Context(), db, sqlite.Dialect{}, migrate.InspectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "app.json")
	data, err := json.Marshal(in)
	if err == nil {
		err = os.WriteFile(file, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// allFiles returns the files below a directory with their content.
func allFiles(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		files[path] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestCommaList(t *testing.T) {
	for list, want := range map[string]string{
		"":                        "",
		"public":                  "public",
		"public,app, log":         "public|app|log",
		`public,"Odd, Schema",x`:  "public|Odd, Schema|x",
		`"Odd Schema"`:            "Odd Schema",
		"audit_*,legacy schema_x": "audit_*|legacy|schema_x",
	} {
		if got := strings.Join(commaList(list), "|"); got != want {
			t.Errorf("%s: %s, want %s", list, got, want)
		}
	}
}
