package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/internal/pgtest"
	"github.com/modelgen/modelgen/runtime/postgres"
)

const (
	manyExtensions = `		migrate.CreateExtension{Name: "btree_gist"},
		migrate.CreateExtension{Name: "citext"},
		migrate.CreateExtension{Name: "hstore"},
		migrate.CreateExtension{Name: "pg_trgm"},
		migrate.CreateTable{Table: "stays", Columns: []schema.ColumnDef{schema.BigInt("id").Identity(), schema.Integer("room"), schema.Text("during").TypeFor("postgres", "tstzrange"),
			schema.Text("tags").DefaultExpr("''::hstore").TypeFor("postgres", "hstore")}, PrimaryKey: &schema.PrimaryKey{Name: "stays_pkey", Columns: []string{"id"}}},
		migrate.AddColumn{Table: "products", Column: schema.Text("email").Null().TypeFor("postgres", "citext")},
		migrate.CreateIndex{Table: "products", Index: schema.Index{Name: "products_name_trgm", Parts: []schema.IndexPart{{Column: "name", OpClass: "gin_trgm_ops"}}, Using: "gin"}},
		migrate.CreateDomain{Name: "mail", SQL: "CREATE DOMAIN mail AS citext CHECK (VALUE ~ '@')"},
		migrate.CreateFunction{Name: "score(text, text)", SQL: "CREATE FUNCTION score(a text, b text) RETURNS real LANGUAGE sql IMMUTABLE BEGIN ATOMIC SELECT similarity(a, b); END"},
		migrate.AddExclusion{Name: "stays_apart", Table: "stays", SQL: "EXCLUDE USING gist (room WITH =, during WITH &&)"},
		migrate.CreateView{Name: "emails", Query: "SELECT id, email FROM products"},
		migrate.CreateMaterializedView{Name: "tagged", Query: "SELECT id, tags -> 'a' AS a FROM stays"},`

	fewExtensions = `		migrate.CreateExtension{Name: "fuzzystrmatch"},
		migrate.DropIndex{Table: "products", Index: schema.Index{Name: "products_name_trgm", Parts: []schema.IndexPart{{Column: "name", OpClass: "gin_trgm_ops"}}, Using: "gin"}},
		migrate.DropMaterializedView{Name: "tagged", Query: "SELECT id, tags -> 'a' AS a FROM stays"},
		migrate.DropColumn{Table: "stays", Column: schema.Text("tags").DefaultExpr("''::hstore").TypeFor("postgres", "hstore")},
		migrate.DropView{Name: "emails", Query: "SELECT id, email FROM products"},
		migrate.AlterColumn{Table: "products", From: schema.Text("email").Null().TypeFor("postgres", "citext"), To: schema.Text("email").Null()},
		migrate.CreateView{Name: "emails", Query: "SELECT id, email FROM products"},
		migrate.DropExclusion{Name: "stays_apart", Table: "stays", SQL: "EXCLUDE USING gist (room WITH =, during WITH &&)"},
		migrate.DropFunction{Name: "score(text, text)", SQL: "CREATE FUNCTION score(a text, b text) RETURNS real LANGUAGE sql IMMUTABLE BEGIN ATOMIC SELECT similarity(a, b); END"},
		migrate.DropDomain{Name: "mail", SQL: "CREATE DOMAIN mail AS citext CHECK (VALUE ~ '@')"},
		migrate.DropExtension{Name: "btree_gist"},
		migrate.DropExtension{Name: "citext"},
		migrate.DropExtension{Name: "hstore"},
		migrate.DropExtension{Name: "pg_trgm"},`
)

// TestSQLExtensions: scripts make and drop extensions around all that stands on them, there and back, also when they stop at every statement, and lead where the migrator does.
func TestSQLExtensions(t *testing.T) {
	t.Parallel()
	p := newSQLProject(t)
	p.migration("0001_initial", createProducts)
	p.migration("0002_many", manyExtensions, "0001_initial")
	p.migration("0003_few", fewExtensions, "0002_many")
	const extensions = "SELECT extname FROM pg_extension ORDER BY 1"
	t.Run("plain", func(t *testing.T) {
		p := p.of(t)
		url := pgtest.Database(t)
		db := openDB(t, "postgres", url)
		at := []string{rowsOf(t, db, extensions)}
		names := []string{"0001", "0002", "0003"}
		for _, name := range names {
			out, _ := p.modelgen(0, "sql", "-dialect", "postgres@15", name)
			p.runs(url, "\\set ON_ERROR_STOP on\n"+out)
			at = append(at, rowsOf(t, db, extensions))
		}
		if !strings.Contains(at[2], "pg_trgm") || strings.Contains(at[3], "pg_trgm") || !strings.Contains(at[3], "fuzzystrmatch") {
			t.Errorf("extensions: %q", at)
		}
		for i, name := range slices.Backward(names) {
			out, _ := p.modelgen(0, "sql", "-back", "-dialect", "postgres@15", name)
			if n := strings.Count(out, "-- leave this out where it was there before the migration\nDROP EXTENSION"); n != []int{0, 4, 1}[i] {
				t.Errorf("%s says so of %d extensions:\n%s", name, n, out)
			}
			p.runs(url, "\\set ON_ERROR_STOP on\n"+out)
			if got := rowsOf(t, db, extensions); got != at[i] {
				t.Errorf("behind %s: %s, not %s", name, got, at[i])
			}
		}
	})
	t.Run("migrator", func(t *testing.T) {
		p := p.of(t)
		db := openDB(t, "postgres", pgtest.Database(t))
		m := p.migrator(db, postgres.Dialect{})
		before := rowsOf(t, db, extensions)
		for range 2 {
			if _, err := m.Up(t.Context()); err != nil {
				t.Fatal(err)
			}
			p.settled(db, postgres.Dialect{})
			if _, err := m.Back(t.Context(), 3); err != nil {
				t.Fatal(err)
			}
			if got := rowsOf(t, db, extensions); got != before {
				t.Errorf("extensions: %s, not %s", got, before)
			}
		}
	})
	t.Run("cut", func(t *testing.T) {
		p := p.of(t)
		url := pgtest.Database(t)
		db := openDB(t, "postgres", url)
		script := p.script()
		var ends []int // of statements that change something
		for i := range script {
			if line := script[i:]; (i == 0 || script[i-1] == '\n') && slices.ContainsFunc([]string{"CREATE ", "DROP ", "ALTER ", "COMMIT", "UPDATE "}, func(w string) bool { return strings.HasPrefix(line, w) }) {
				ends = append(ends, i)
			}
		}
		for _, at := range ends { // each run goes on where the last one stopped
			p.psql(url, script[:at]+"\nDO 'BEGIN RAISE EXCEPTION ''stopped''; END';\n"+script[at:])
		}
		p.runs(url, script)
		p.settled(db, postgres.Dialect{})
		m := p.migrator(db, postgres.Dialect{})
		if _, err := m.Back(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		if got := rowsOf(t, db, extensions); !strings.Contains(got, "fuzzystrmatch") || !strings.Contains(got, "hstore") {
			t.Errorf("of an extension that a script has made nobody knows who did, so it stays, and those that went are back: %s", got)
		}
		if _, err := m.Up(t.Context()); err != nil {
			t.Fatal(err)
		}
		p.settled(db, postgres.Dialect{})
	})
}
