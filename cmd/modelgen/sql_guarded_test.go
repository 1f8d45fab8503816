package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	_ "github.com/lib/pq"

	"github.com/modelgen/modelgen/internal/pgtest"
	"github.com/modelgen/modelgen/runtime/postgres"
)

const (
	createProducts = `		migrate.CreateTable{Table: "products", Columns: []schema.ColumnDef{schema.BigInt("id").Identity(), schema.Text("name").Null()}, PrimaryKey: &schema.PrimaryKey{Name: "products_pkey", Columns: []string{"id"}}},`

	// uniqueNames takes several transactions: a batch, a check that is validated, an index, a constraint.
	uniqueNames = `		migrate.AddColumn{Table: "products", Column: schema.Integer("stock").Default(0)},
		migrate.Fill{Table: "products", Column: "name", Expr: "'none'"},
		migrate.AlterColumn{Table: "products", From: schema.Text("name").Null(), To: schema.Text("name")},
		migrate.AddUnique{Table: "products", Unique: schema.Unique{Name: "products_name_key", Columns: []string{"name"}}},
		migrate.CreateIndex{Table: "products", Index: schema.Index{Name: "products_stock_idx", Parts: []schema.IndexPart{{Column: "stock"}}}},`

	dropUnique = `		migrate.DropUnique{Table: "products", Unique: schema.Unique{Name: "products_name_key", Columns: []string{"name"}}},`

	historyState = `SELECT name, state, stage FROM modelgen_history ORDER BY id`
)

// stageOf returns the number of a stage of uniqueNames, one lower from PostgreSQL 18 on: NOT NULL is validated without a check.
func stageOf(t *testing.T, n int) string {
	if serverVersion(t) >= 18 {
		n--
	}
	return strconv.Itoa(n)
}

func guardedProject(t *testing.T) sqlProject {
	p := newSQLProject(t)
	p.migration("0001_initial", createProducts)
	p.migration("0002_names", uniqueNames, "0001_initial")
	p.migration("0003_free", dropUnique, "0002_names")
	return p
}

// serverVersion returns the major version of the server of the tests.
func serverVersion(t *testing.T) int {
	t.Helper()
	n, err := strconv.Atoi(rowsOf(t, openDB(t, "postgres", pgtest.URL(t)), "SHOW server_version_num"))
	if err != nil {
		t.Fatal(err)
	}
	return n / 10000
}

// script prints it for the server of the tests.
func (p sqlProject) script(which ...string) string {
	p.t.Helper()
	out, _ := p.modelgen(0, append([]string{"sql", "-idempotent", "-dialect", fmt.Sprintf("postgres@%d", serverVersion(p.t))}, which...)...)
	return out
}

// runs wants the script to reach its end.
func (p sqlProject) runs(url, script string) {
	p.t.Helper()
	if out, ok := p.psql(url, script); !ok || out != "" {
		p.t.Fatalf("psql: %s", out)
	}
}

// stops wants the script to stop with the words.
func (p sqlProject) stops(url, script string, words ...string) {
	p.t.Helper()
	out, ok := p.psql(url, script)
	if ok {
		p.t.Fatalf("psql came to the end, without %s", words)
	}
	for _, w := range words {
		if !strings.Contains(out, w) {
			p.t.Errorf("psql says\n%s\nwithout %q", out, w)
		}
	}
}

func TestGuardedScript(t *testing.T) {
	p := guardedProject(t)
	url := pgtest.Database(t)
	db := openDB(t, "postgres", url)

	p.runs(url, p.script())
	const rows = `SELECT id, name, state, started, finished, hash, digest FROM modelgen_history ORDER BY id`
	first := rowsOf(t, db, rows)
	p.runs(url, p.script())
	if again := rowsOf(t, db, rows); again != first || strings.Count(first, "done") != 3 {
		t.Errorf("the second run changed the history:\n%s\n%s", first, again)
	}
	p.settled(db, postgres.Dialect{})
	digest := `SELECT digest FROM modelgen_history ORDER BY id DESC LIMIT 1`
	if rowsOf(t, db, digest) == "" {
		t.Error("up has not sealed the history")
	}
	p.runs(url, p.script())
	p.settled(db, postgres.Dialect{})
}

// TestGuardedScriptGoesOn stops scripts and programs half way, and lets the other one go on.
func TestGuardedScriptGoesOn(t *testing.T) {
	p := guardedProject(t)
	half := func(t *testing.T) (string, func()) {
		p := p.of(t)
		url := pgtest.Database(t)
		db := openDB(t, "postgres", url)
		p.runs(url, p.script("0001"))
		execSQL(t, db, "INSERT INTO products (name) VALUES ('a'), ('a'), (NULL)")
		p.stops(url, p.script(), "could not create unique index")
		if got := rowsOf(t, db, historyState); got != "0001_initial|done|0\n0002_names|running|"+stageOf(t, 6) {
			t.Fatalf("the history says\n%s", got)
		}
		if rowsOf(t, db, "SELECT count(*) FROM pg_index WHERE NOT indisvalid") != "1" {
			t.Fatal("the index is not half built")
		}
		p.stops(url, p.script(), "could not create unique index") // the earlier index is not in the way
		execSQL(t, db, "DELETE FROM products WHERE id = 2")
		return url, func() {
			p.settled(db, postgres.Dialect{})
			if got := rowsOf(t, db, "SELECT name FROM products ORDER BY id"); got != "a\nnone" {
				t.Errorf("products are\n%s", got)
			}
		}
	}
	t.Run("the script", func(t *testing.T) {
		p := p.of(t)
		url, check := half(t)
		p.runs(url, p.script())
		check()
	})
	t.Run("the program", func(t *testing.T) {
		p := p.of(t)
		url, check := half(t)
		if _, err := p.migrator(openDB(t, "postgres", url), postgres.Dialect{}).Up(t.Context()); err != nil {
			t.Fatal(err)
		}
		check()
		p.runs(url, p.script())
	})
	t.Run("behind the program", func(t *testing.T) {
		p := p.of(t)
		url := pgtest.Database(t)
		db := openDB(t, "postgres", url)
		p.runs(url, p.script("0001"))
		execSQL(t, db, "INSERT INTO products (name) VALUES ('a')", "CREATE INDEX products_stock_idx ON products (name)")
		if _, err := p.migrator(db, postgres.Dialect{}).Up(t.Context()); err == nil || !strings.Contains(err.Error(), "in another form") {
			t.Fatalf("up: %v", err)
		}
		if got := rowsOf(t, db, historyState); got != "0001_initial|done|0\n0002_names|running|"+stageOf(t, 8) {
			t.Fatalf("the history says\n%s", got)
		}
		p.stops(url, p.script(), `"products_stock_idx" already exists`)
		execSQL(t, db, "DROP INDEX products_stock_idx")
		p.runs(url, p.script())
		p.settled(db, postgres.Dialect{})
	})
	t.Run("between two programs", func(t *testing.T) {
		p := p.of(t)
		url := pgtest.Database(t)
		db := openDB(t, "postgres", url)
		p.runs(url, p.script("0001"))
		execSQL(t, db, "INSERT INTO products (name) VALUES ('a')", "CREATE INDEX products_name_key ON products (name)", "CREATE INDEX products_stock_idx ON products (name)")
		if _, err := p.migrator(db, postgres.Dialect{}).Up(t.Context()); err == nil || !strings.Contains(err.Error(), "in another form") {
			t.Fatalf("up: %v", err)
		}
		if rowsOf(t, db, "SELECT cursor LIKE '%\"plan\":%' FROM modelgen_history WHERE name = '0002_names'") != "true" {
			t.Fatal("the program has not recorded which stages are done")
		}
		execSQL(t, db, "DROP INDEX products_name_key")
		p.stops(url, p.script(), `"products_stock_idx" already exists`)
		execSQL(t, db, "DROP INDEX products_stock_idx")
		if _, err := p.migrator(db, postgres.Dialect{}).Up(t.Context()); err != nil {
			t.Fatal(err)
		}
		p.settled(db, postgres.Dialect{})
	})
}

func TestGuardedScriptRefuses(t *testing.T) {
	p := guardedProject(t)
	url := pgtest.Database(t)
	db := openDB(t, "postgres", url)
	p.stops(url, p.script("0002..0003"), "0002_names comes after 0001_initial, which is not applied", "modelgen sql -idempotent 0001_initial..0002_names")
	p.runs(url, p.script("..0002"))

	for _, x := range []struct{ change, words, hint string }{
		{"state = 'undoing', stage = 2", "0002_names was being undone and stopped after 2 stages", "app migrate down"},
		{`state = 'running', stage = 1, cursor = '{"at":["3"],"to":["5"],"rows":3}'`, "0002_names stopped in the middle of its rows", "app migrate up"},
		{"hash = 'other'", "0002_names was changed since it was applied", "print this script again"},
	} {
		execSQL(t, db, "CREATE TABLE kept AS SELECT * FROM modelgen_history", "UPDATE modelgen_history SET "+x.change+" WHERE name = '0002_names'")
		p.stops(url, p.script(), x.words, x.hint)
		execSQL(t, db, "UPDATE modelgen_history h SET state = k.state, stage = k.stage, cursor = k.cursor, hash = k.hash FROM kept k WHERE k.id = h.id", "DROP TABLE kept")
	}
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(t.Context(), "SELECT pg_advisory_lock($1)", (postgres.Dialect{}).LockKey("")); err != nil {
		t.Fatal(err)
	}
	p.stops(url, p.script(), "another session is migrating this database")
	if _, err := conn.ExecContext(t.Context(), "SELECT pg_advisory_unlock_all()"); err != nil {
		t.Fatal(err)
	}
	if out, _ := p.modelgen(0, "sql", "-idempotent", "-dialect", "postgres@99"); out == "" {
		t.Error("nothing is printed")
	} else {
		p.stops(url, out, "this script is for PostgreSQL 99 and newer")
	}
	p.runs(url, p.script())
	p.settled(db, postgres.Dialect{})
}

// TestGuardedScriptSquash: a squash is run, recorded, or refused, as much of what it stands for is there.
func TestGuardedScriptSquash(t *testing.T) {
	before := guardedProject(t)
	p := guardedProject(t)
	p.migration("0003_squashed", strings.ReplaceAll(createProducts, `schema.Text("name").Null()`, `schema.Text("name"), schema.Integer("stock").Default(0)`)+`
		migrate.CreateIndex{Table: "products", Index: schema.Index{Name: "products_stock_idx", Parts: []schema.IndexPart{{Column: "stock"}}}},`,
		"replaces", "0001_initial", "0002_names", "0003_free")
	p.migration("0004_comment", `		migrate.AddColumn{Table: "products", Column: schema.Text("comment").Null()},`, "0003_free")
	for _, x := range []struct{ name, applied, words, want string }{
		{"none", "", "", "0003_squashed|done|0\n0001_initial|faked|0\n0002_names|faked|0\n0003_free|faked|0\n0004_comment|done|0"},
		{"some", "..0002", "0003_squashed stands for migrations of which this database has some", ""},
		{"all", "0001..", "", "0001_initial|done|0\n0002_names|done|" + stageOf(t, 8) + "\n0003_free|done|0\n0003_squashed|done|0\n0004_comment|done|0"},
	} {
		t.Run(x.name, func(t *testing.T) {
			p, before := p.of(t), before.of(t)
			url := pgtest.Database(t)
			db := openDB(t, "postgres", url)
			if x.applied != "" {
				p.runs(url, before.script(x.applied))
			}
			if x.words != "" {
				p.stops(url, p.script(), x.words, "app migrate up")
				if _, err := p.migrator(db, postgres.Dialect{}).Up(t.Context()); err != nil {
					t.Fatal(err)
				}
				p.runs(url, p.script())
				p.settled(db, postgres.Dialect{})
				return
			}
			for range 2 {
				p.runs(url, p.script())
				if got := rowsOf(t, db, historyState); got != x.want {
					t.Errorf("the history says\n%s", got)
				}
			}
			p.settled(db, postgres.Dialect{})
		})
	}
}

// TestGuardedScriptSquashOfSquash: what a squash stands for may itself stand for others, of which a database has the rows.
func TestGuardedScriptSquashOfSquash(t *testing.T) {
	before := guardedProject(t)
	p := guardedProject(t)
	p.migration("0003_squashed", strings.ReplaceAll(createProducts, `schema.Text("name").Null()`, `schema.Text("name"), schema.Integer("stock").Default(0)`)+`
		migrate.CreateIndex{Table: "products", Index: schema.Index{Name: "products_stock_idx", Parts: []schema.IndexPart{{Column: "stock"}}}},`,
		"replaces", "0001_initial", "0002_names", "0003_free")
	once := sqlProject{t, t.TempDir()}
	if err := os.CopyFS(once.dir, os.DirFS(p.dir)); err != nil {
		t.Fatal(err)
	}
	p.migration("0004_comment", addColumn("comment"), "0003_free")
	once.migration("0004_comment", addColumn("comment"), "0003_free")
	p.migration("0004_squashed", strings.ReplaceAll(createProducts, `schema.Text("name").Null()`, `schema.Text("name"), schema.Integer("stock").Default(0), schema.Text("comment").Null()`)+`
		migrate.CreateIndex{Table: "products", Index: schema.Index{Name: "products_stock_idx", Parts: []schema.IndexPart{{Column: "stock"}}}},`,
		"replaces", "0003_squashed", "0004_comment")
	p.migration("0005_weight", addColumn("weight"), "0004_squashed")
	for name, applied := range map[string][]string{
		"none": {}, "the first": {before.script(), once.script()}, "as one": {once.script()},
	} {
		t.Run(name, func(t *testing.T) {
			url := pgtest.Database(t)
			for _, script := range append(applied, p.script(), p.script()) {
				p.of(t).runs(url, script)
			}
			p.of(t).settled(openDB(t, "postgres", url), postgres.Dialect{})
		})
	}
	t.Run("a part", func(t *testing.T) {
		url := pgtest.Database(t)
		p.of(t).runs(url, before.script())
		p.of(t).stops(url, p.script(), "0004_squashed stands for migrations of which this database has some")
	})
}

// TestGuardedScriptDualWrite: a script does not end what it has just begun, and not while columns differ.
func TestGuardedScriptDualWrite(t *testing.T) {
	p := newSQLProject(t)
	p.migration("0001_initial", createProducts)
	const dual = `Table: "products", Name: "products_name_label_both", From: "name", To: "label", Up: "name", Down: "label", Column: schema.Text("label").Null()`
	p.migration("0002_expand", `		migrate.AddColumn{Table: "products", Column: schema.Text("label").Null()},
		migrate.AddDualWrite{`+dual+`},`, "0001_initial")
	p.migration("0003_contract", `		migrate.DropDualWrite{`+dual+`},
		migrate.DropColumn{Table: "products", Column: schema.Text("name").Null()},`, "0002_expand")

	empty := pgtest.Database(t)
	p.runs(empty, p.script())
	p.settled(openDB(t, "postgres", empty), postgres.Dialect{})

	url := pgtest.Database(t)
	db := openDB(t, "postgres", url)
	p.runs(url, p.script("0001"))
	execSQL(t, db, "INSERT INTO products (name) VALUES ('a'), ('b')")
	p.stops(url, p.script(), "0003_contract waits: 0002_expand has just begun")
	if got := rowsOf(t, db, historyState); got != "0001_initial|done|0\n0002_expand|done|2" {
		t.Errorf("the history says\n%s", got)
	}
	execSQL(t, db, "ALTER TABLE products DISABLE TRIGGER USER", "UPDATE products SET label = 'c' WHERE id = 2", "ALTER TABLE products ENABLE TRIGGER USER")
	p.stops(url, p.script(), "products: rows hold in name another value than in label; make them equal")
	if got := rowsOf(t, db, "SELECT name, label FROM products ORDER BY id"); got != "a|a\nb|c" {
		t.Errorf("products are\n%s", got)
	}
	execSQL(t, db, "UPDATE products SET label = 'b' WHERE id = 2")
	p.runs(url, p.script())
	p.settled(db, postgres.Dialect{})
}
