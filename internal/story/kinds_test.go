package story

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/modelgen/modelgen/gen/sqlfiles"
	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

var update = flag.Bool("update", false, "write docs/objects.md")

// more are objects of kinds that the story has none of.
var more = []migrate.Op{
	migrate.AddExclusion{Name: "bookings_excl", Table: "bookings", SQL: "EXCLUDE USING gist (room WITH =, during WITH &&)"},
	migrate.CreateFunction{Name: "on_ddl()", SQL: "CREATE FUNCTION on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$"},
	migrate.CreateEventTrigger{Name: "on_ddl", SQL: "CREATE EVENT TRIGGER on_ddl ON sql_drop EXECUTE FUNCTION on_ddl()"},
}

func bookings() migrate.Op {
	return migrate.NewCreateTable(table("bookings", []string{"id"}, schema.BigInt("id"), schema.BigInt("room"), schema.Other("during", "tstzrange")))
}

// known is what is known of one kind on one database.
type known struct{ declared, undone, verified, adopted bool }

// TestKinds writes the table of what a schema can hold, from what happens: an object of each kind is created, dropped by hand, which verify must find, read back from the database, and
// undone.
func TestKinds(t *testing.T) {
	pgSet := tell(t, postgres.Dialect{}, "postgres.sql", onPostgres[:1])
	pgSet[0].Ops = slices.Concat(pgSet[0].Ops, []migrate.Op{bookings()}, more)
	liteSet := tell(t, sqlite.Dialect{}, "sqlite.sql", onSQLite[:1])
	pg := kinds(t, postgres.Dialect{}, pgSet, func() (*sql.DB, func()) {
		db, err := sql.Open("postgres", pgtest.Database(t))
		if err != nil {
			t.Fatal(err)
		}
		return db, func() { db.Close() }
	})
	n := 0
	lite := kinds(t, sqlite.Dialect{}, liteSet, func() (*sql.DB, func()) {
		n++
		db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), fmt.Sprintf("kinds%d.db", n))+"?_pragma=foreign_keys(1)&_pragma=synchronous(off)")
		if err != nil {
			t.Fatal(err)
		}
		return db, func() { db.Close() }
	})
	var b strings.Builder
	b.WriteString(head)
	for _, kind := range schema.ObjectKinds() {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", kind, pg[kind].String(postgres.Dialect{}, kind), lite[kind].String(sqlite.Dialect{}, kind))
	}
	file := filepath.Join("..", "..", "docs", "objects.md")
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	was, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(was), b.String()); d != "" {
		t.Errorf("docs/objects.md is not what this test finds; go test ./internal/story -run TestKinds -update writes it (-is +shall be):\n%s", d)
	}
}

const head = `# What a schema holds beside its tables

This page is written by a test of ` + "`internal/story`" + `, from what it sees on PostgreSQL and SQLite. [The guide](guide/objects.md) says how to use them.

A kind is *declared* in a SQL file (or by a tag), and its changes are found; *undone* on the way down; *verified* when ` + "`verify`" + ` finds that somebody dropped it by hand; *adopted* when ` + "`adopt`" + `
writes it into the SQL files from a database that is there. Enums, schemas, and what tables consist of are no objects of their own: the models and the same files declare them.

| kind | PostgreSQL | SQLite |
|---|---|---|
`

func (k known) String(d migrate.Dialect, kind schema.ObjectKind) string {
	if !slices.Contains(d.Capabilities().Objects, kind) {
		return "has none"
	}
	var words []string
	for _, w := range []struct {
		is   bool
		word string
	}{{k.declared, "declared"}, {k.undone, "undone"}, {k.verified, "verified"}, {k.adopted, "adopted"}} {
		if w.is {
			words = append(words, w.word)
		}
	}
	return strings.Join(words, ", ")
}

func kinds(t *testing.T, d migrate.Dialect, all []*migrate.Migration, open func() (*sql.DB, func())) map[schema.ObjectKind]known {
	t.Helper()
	out := map[schema.ObjectKind]known{}
	set := migrate.NewSet("kinds", all...)
	for _, op := range all[0].Ops {
		_, o, ok := migrate.ObjectChange(op)
		if !ok || out[o.Kind].declared {
			continue
		}
		k := known{declared: true}
		db, done := open()
		w := &world{t: t, db: db, d: d, set: set}
		m := w.migrator(db)
		if _, err := m.Up(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.silent("with " + o.String())
		found, err := migrate.Inspect(t.Context(), db, d, migrate.InspectOptions{Schemas: map[bool][]string{true: {"public", "reports"}}[d.Capabilities().Privileges]})
		if err != nil {
			t.Fatal(err)
		}
		k.adopted = slices.ContainsFunc(found.Unexpressed, func(u migrate.Unexpressed) bool { return declares(t, d, u.SQL, *o) })
		k.adopted = k.adopted || found.Schema.SQLObject(*o) != nil // in a tag
		dropByHand(t, db, d, op, *o)
		differences, err := m.Verify(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		k.verified = slices.ContainsFunc(differences, func(x migrate.Difference) bool {
			return x.Missing && strings.Contains(x.Fact, strings.Split(o.Name, "(")[0])
		})
		done()

		db, done = open()
		w = &world{t: t, db: db, d: d, set: set}
		m = w.migrator(db)
		if _, err := m.Up(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := m.To(t.Context(), "zero"); err != nil {
			t.Fatal(err)
		}
		w.silent("undone")
		k.undone = true
		done()
		out[o.Kind] = k
	}
	return out
}

// dropByHand drops an object with all that hangs on it, as somebody might.
func dropByHand(t *testing.T, db *sql.DB, d migrate.Dialect, op migrate.Op, o schema.SQLObject) {
	t.Helper()
	back, err := op.Inverse()
	if err != nil {
		t.Fatal(err)
	}
	s := &schema.Schema{SQLObjects: []schema.SQLObject{o}}
	stages, err := migrate.PlanOps(d.Planner(0), s, []migrate.Op{back})
	if err != nil {
		t.Fatal(err)
	}
	for _, st := range stages {
		for _, x := range st.Statements {
			q := x.SQL
			if strings.HasPrefix(q, "DROP ") && d.Capabilities().HoldsColumns {
				q += " CASCADE"
			}
			if _, err := db.ExecContext(context.Background(), q); err != nil {
				t.Fatalf("%s: %v", q, err)
			}
		}
	}
}

// declares reports whether a SQL file with the statement declares the object.
func declares(t *testing.T, d migrate.Dialect, sql string, o schema.SQLObject) bool {
	if sql == "" {
		return false
	}
	if o.Kind == schema.ViewIndexKind {
		sql = "CREATE MATERIALIZED VIEW " + o.Table + " AS SELECT 1; " + sql
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.sql"), []byte(sql+";"), 0o644); err != nil {
		t.Fatal(err)
	}
	files, err := sqlfiles.Read(sqlfiles.Config{Dir: dir, Dialects: []migrate.Capabilities{d.Capabilities()}})
	return err == nil && slices.ContainsFunc(files.Objects, func(x sqlfiles.Object) bool { return x.Kind == o.Kind && x.Name == o.Name })
}
