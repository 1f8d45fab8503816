package dialecttest_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"github.com/google/go-cmp/cmp"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/cli"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// terminal runs the command line of a user's program on one database.
type terminal struct {
	t   *testing.T
	db  *sql.DB
	set *migrate.Set
	opt *migrate.Options
}

func newTerminal(t *testing.T, set *migrate.Set) *terminal {
	t.Helper()
	if err := set.Err(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", sqliteURI(filepath.Join(t.TempDir(), "shop.db"))+litePragmas)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return &terminal{t: t, db: db, set: set}
}

func (c *terminal) run(args ...string) (status int, stdout, stderr string) {
	var out, problems strings.Builder
	status = cli.Command{DB: c.db, Dialect: sqlite.Dialect{}, Set: c.set, Options: c.opt, Stdout: &out, Stderr: &problems}.Run(context.Background(), args)
	return status, out.String(), problems.String()
}

// Times and durations are never the same twice.
var (
	clockTime  = regexp.MustCompile(`\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?Z?`)
	tookTime   = regexp.MustCompile(`<?\b\d+(\.\d+)?(µs|ms|s)\b`)
	tookMillis = regexp.MustCompile(`"duration_ms": \d+`)
)

func timeless(s string) string {
	s = clockTime.ReplaceAllString(s, "TIME")
	s = tookTime.ReplaceAllString(s, "TOOK")
	return tookMillis.ReplaceAllString(s, `"duration_ms": 0`)
}

// does runs a command and compares what it prints, with times taken out.
func (c *terminal) does(command string, status int, stdout, stderr string) {
	c.t.Helper()
	code, out, problems := c.run(strings.Fields(command)...)
	if code != status {
		c.t.Errorf("%s: exit status %d, want %d", command, code, status)
	}
	if d := cmp.Diff(strings.TrimPrefix(stdout, "\n"), timeless(out)); d != "" {
		c.t.Errorf("%s: stdout (-want +got):\n%s", command, d)
	}
	if d := cmp.Diff(strings.TrimPrefix(stderr, "\n"), timeless(problems)); d != "" {
		c.t.Errorf("%s: stderr (-want +got):\n%s", command, d)
	}
}

// has says whether the database has a table, or a column as table.column.
func (c *terminal) has(object string) bool {
	c.t.Helper()
	table, column, isColumn := strings.Cut(object, ".")
	query, args := "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?", []any{table}
	if isColumn {
		query, args = "SELECT count(*) FROM pragma_table_info(?) WHERE name = ?", []any{table, column}
	}
	var n int
	if err := c.db.QueryRow(query, args...).Scan(&n); err != nil {
		c.t.Fatal(err)
	}
	return n > 0
}

// holds makes sure that the database has some objects, and that it has not those behind a !.
func (c *terminal) holds(objects ...string) {
	c.t.Helper()
	for _, o := range objects {
		if o, not := strings.CutPrefix(o, "!"); c.has(o) == not {
			c.t.Errorf("the database has %s: %t", o, not)
		}
	}
}

func shopSet() *migrate.Set {
	initial := &migrate.Migration{Name: "0001_initial", Ops: []migrate.Op{
		migrate.CreateTable{
			Table:      "products",
			Columns:    []schema.ColumnDef{schema.BigInt("id").Identity(), schema.Text("name")},
			PrimaryKey: schema.PrimaryKey{Name: "products_pkey", Columns: []string{"id"}},
		},
	}}
	stock := &migrate.Migration{Name: "0002_product_stock", Parents: []*migrate.Migration{initial}, Ops: []migrate.Op{
		migrate.AddColumn{Table: "products", Column: schema.Integer("stock").Default(0)},
	}}
	label := &migrate.Migration{Name: "0002_product_label", Parents: []*migrate.Migration{stock}, Ops: []migrate.Op{
		migrate.AddColumn{Table: "products", Column: schema.Text("label").Null()},
		migrate.Go{Name: "Count the shelves", Up: func(context.Context, migrate.Tx) error { return nil }, NoDown: "nothing was changed"},
	}}
	return migrate.NewSet("shop", initial, stock, label)
}

func TestCLIUpAndDown(t *testing.T) {
	t.Parallel()
	c := newTerminal(t, shopSet())
	c.does("status", 0, `
shop: 0 applied, 3 pending
  pending  0001_initial
  pending  0002_product_stock
  pending  0002_product_label
`, "")
	c.does("check", 1, "", "migrate: set shop: 3 pending: 0001_initial, 0002_product_stock, 0002_product_label; apply with up\n")
	c.does("plan", 0, `
0001_initial
  BEGIN;
  Create table products
    CREATE TABLE "products" (
      "id" INTEGER NOT NULL CONSTRAINT "products_pkey" PRIMARY KEY AUTOINCREMENT,
      "name" TEXT NOT NULL
    );
  COMMIT;
0002_product_stock
  BEGIN;
  Add column products.stock
    ALTER TABLE "products" ADD COLUMN "stock" INTEGER NOT NULL DEFAULT 0;
  COMMIT;
0002_product_label
  BEGIN;
  Add column products.label
    ALTER TABLE "products" ADD COLUMN "label" TEXT;
  Count the shelves
    -- Go code, which cannot be printed
  COMMIT;
`, "")
	c.does("plan -to 0001", 0, `
0001_initial
  BEGIN;
  Create table products
    CREATE TABLE "products" (
      "id" INTEGER NOT NULL CONSTRAINT "products_pkey" PRIMARY KEY AUTOINCREMENT,
      "name" TEXT NOT NULL
    );
  COMMIT;
`, "")
	c.holds("!products", "!modelgen_history")

	c.does("up -to 0001_initial", 0, "applied  0001_initial  TOOK\n", "")
	c.holds("products", "!products.stock")
	c.does("up", 0, `
applied  0002_product_stock  TOOK
applied  0002_product_label  TOOK
`, "")
	c.holds("products.stock", "products.label")
	c.does("up", 0, "nothing to do\n", "")
	c.does("plan", 0, "nothing to do\n", "")
	c.does("check", 0, "", "")
	c.does("verify", 0, "", "")
	c.does("status", 0, `
shop: 3 applied, 0 pending
  applied  0001_initial        TIME  TOOK
  applied  0002_product_stock  TIME  TOOK
  applied  0002_product_label  TIME  TOOK
`, "")

	c.does("plan -to 0001", 0, `
0002_product_label  (undo)
  destroys products.label and its data
  -- products: 0 rows
  BEGIN;
  Drop column products.label
    -- rewrites the table
    ALTER TABLE "products" DROP COLUMN "label";
  COMMIT;
0002_product_stock  (undo)
  destroys products.stock and its data
  -- products: 0 rows
  BEGIN;
  Drop column products.stock
    -- rewrites the table
    ALTER TABLE "products" DROP COLUMN "stock";
  COMMIT;
`, "")
	c.does("up -to 0001", 2, "", "migrate: 0001 precedes what is applied: up only goes forward, to 0001 goes back\n")
	c.does("to 0001_", 0, `
undone   0002_product_label  TOOK
undone   0002_product_stock  TOOK
`, "")
	c.holds("products", "!products.stock", "!products.label")
	c.does("to 0001_", 0, "nothing to do\n", "")
	c.does("to 0002_product_s", 0, "applied  0002_product_stock  TOOK\n", "")
	c.does("down", 0, "undone   0002_product_stock  TOOK\n", "")
	c.does("down", 0, "undone   0001_initial  TOOK\n", "")
	c.holds("!products")
	c.does("down", 0, "nothing is applied\n", "")
	c.does("to zero", 0, "nothing to do\n", "")
	c.does("to 0002_product_label", 0, `
applied  0001_initial  TOOK
applied  0002_product_stock  TOOK
applied  0002_product_label  TOOK
`, "")
	c.does("to zero", 0, `
undone   0002_product_label  TOOK
undone   0002_product_stock  TOOK
undone   0001_initial  TOOK
`, "")
	c.does("status", 0, `
shop: 0 applied, 3 pending
  pending  0001_initial
  pending  0002_product_stock
  pending  0002_product_label
`, "")
}

func TestCLITargets(t *testing.T) {
	t.Parallel()
	c := newTerminal(t, shopSet())
	for _, command := range []string{"to 0002", "fake 0002", "up -to 0002", "plan -to 0002", "sql 0002"} {
		c.does(command, 2, "", "migrate: \"0002\" is the beginning of several migrations: 0002_product_stock, 0002_product_label; write more of the name\n")
	}
	for _, command := range []string{"to 0009", "fake 0009", "up -to 0009", "plan -to 0009", "sql 0009"} {
		c.does(command, 2, "", "migrate: there is no migration \"0009\"; did you mean 0002_product_label?\n")
	}
	c.does("to 0001_intial", 2, "", "migrate: there is no migration \"0001_intial\"; did you mean 0001_initial?\n")
	c.does("to stock", 2, "", "migrate: there is no migration \"stock\"; did you mean 0002_product_stock?\n")
	c.does("sql zero", 2, "", "migrate: zero is no migration; name one\n")
	c.does("down", 0, "nothing is applied\n", "")
	c.does("to zero", 0, "nothing to do\n", "")
	c.does("fake zero", 0, "nothing to do\n", "")
	c.holds("!products", "!modelgen_history")
}

func TestCLISQL(t *testing.T) {
	t.Parallel()
	c := newTerminal(t, shopSet())
	c.does("sql 0001", 0, `
BEGIN;
-- Create table products
CREATE TABLE "products" (
  "id" INTEGER NOT NULL CONSTRAINT "products_pkey" PRIMARY KEY AUTOINCREMENT,
  "name" TEXT NOT NULL
);
COMMIT;
`, "")
	c.does("sql 0002_product_label", 0, `
BEGIN;
-- Add column products.label
ALTER TABLE "products" ADD COLUMN "label" TEXT;
-- Count the shelves
-- Go code, which cannot be printed
COMMIT;
`, "")
	c.does("sql -back 0002_product_stock", 0, `
BEGIN;
-- Drop column products.stock
ALTER TABLE "products" DROP COLUMN "stock";
COMMIT;
`, "")
	c.does("sql 0002_product_stock -back", 0, `
BEGIN;
-- Drop column products.stock
ALTER TABLE "products" DROP COLUMN "stock";
COMMIT;
`, "")
	c.does("sql 0002_product_stock -json", 0, `
[
  {
    "does": "Add column products.stock",
    "statements": [
      "ALTER TABLE \"products\" ADD COLUMN \"stock\" INTEGER NOT NULL DEFAULT 0"
    ],
    "tables": [
      "products"
    ]
  }
]
`, "")
	c.holds("!products", "!modelgen_history")
}

func TestCLIFake(t *testing.T) {
	t.Parallel()
	c := newTerminal(t, shopSet())
	c.does("fake 0002_product_stock", 0, `
faked    0001_initial  TOOK
faked    0002_product_stock  TOOK
`, "")
	c.holds("!products")
	c.does("status", 0, `
shop: 2 applied, 1 pending
  faked    0001_initial        TIME
  faked    0002_product_stock  TIME
  pending  0002_product_label
`, "")
	c.does("check", 1, "", "migrate: set shop: 1 pending: 0002_product_label; apply with up\n")
	c.does("verify", 1, `
missing     column products.id INTEGER not null
            it comes back with table products
missing     column products.name TEXT not null
            it comes back with table products
missing     column products.stock INTEGER not null default 0
            it comes back with table products
missing     primary key products (id)
            it comes back with table products
missing     table products
            its rows are gone with it: restore it from a backup, or make it again by hand, empty, as sql 0001_initial prints it, and with what migrations after it changed
`, "migrate: the database is not what its migrations say, in 5 facts: somebody changed it by hand, a newer program did, or a migration was edited; "+
		"what to do stands below each\n")
	c.does("verify -json", 1, `
[
  {
    "missing": true,
    "fact": "column products.id INTEGER not null",
    "fix": "it comes back with table products"
  },
  {
    "missing": true,
    "fact": "column products.name TEXT not null",
    "fix": "it comes back with table products"
  },
  {
    "missing": true,
    "fact": "column products.stock INTEGER not null default 0",
    "fix": "it comes back with table products"
  },
  {
    "missing": true,
    "fact": "primary key products (id)",
    "fix": "it comes back with table products"
  },
  {
    "missing": true,
    "fact": "table products",
    "fix": "its rows are gone with it: restore it from a backup, or make it again by hand, empty, as sql 0001_initial prints it, and with what migrations after it changed"
  }
]
`, "")
	c.does("fake zero", 0, `
faked    0002_product_stock  TOOK
faked    0001_initial  TOOK
`, "")
	c.does("fake zero", 0, "nothing to do\n", "")
	c.does("up", 0, `
applied  0001_initial  TOOK
applied  0002_product_stock  TOOK
applied  0002_product_label  TOOK
`, "")
	c.holds("products.label")
}

func TestCLIVerify(t *testing.T) {
	t.Parallel()
	c := newTerminal(t, shopSet())
	c.does("up", 0, `
applied  0001_initial  TOOK
applied  0002_product_stock  TOOK
applied  0002_product_label  TOOK
`, "")
	if _, err := c.db.Exec("ALTER TABLE products ADD COLUMN by_hand TEXT"); err != nil {
		t.Fatal(err)
	}
	c.does("verify", 1, `
unexpected  column products.by_hand TEXT
            if it shall stay, add it to the model, generate, and record the migration with fake; else drop it by hand: ALTER TABLE "products" DROP COLUMN "by_hand"
`, "migrate: the database is not what its migrations say, in one fact: somebody changed it by hand, a newer program did, or a migration was edited; "+
		"what to do stands below each\n")
	if _, err := c.db.Exec("ALTER TABLE products DROP COLUMN by_hand"); err != nil {
		t.Fatal(err)
	}
	c.does("verify", 0, "", "")
	c.does("verify -json", 0, "[]\n", "")
}

func TestCLIUsage(t *testing.T) {
	t.Parallel()
	c := newTerminal(t, shopSet())
	status, out, help := c.run("help")
	if status != 0 || out != "" || !strings.HasPrefix(help, "usage: migrate VERB [flags] [operands]\n") {
		t.Errorf("help: exit status %d, stdout %q, stderr %q", status, out, help)
	}
	for l := range strings.Lines(help) {
		if len(l) > 81 {
			t.Errorf("wider than a terminal of 80 columns: %s", l)
		}
	}
	for _, verb := range []string{"status", "plan", "up", "to", "down", "fake", "sql", "check", "verify"} {
		if !strings.Contains(help, "\n  "+verb) {
			t.Errorf("help has no %s:\n%s", verb, help)
		}
		if status, out, text := c.run(verb, "-h"); status != 0 || out != "" || !strings.HasPrefix(text, "usage: migrate "+verb+" [flags]") || !strings.Contains(text, "-json") {
			t.Errorf("%s -h: exit status %d, stdout %q, stderr %q", verb, status, out, text)
		}
	}
	_, _, flags := c.run("up", "-h")
	if status, out, text := c.run("help", "up"); status != 0 || out != "" || text != flags {
		t.Errorf("help up: exit status %d, stdout %q, stderr %q", status, out, text)
	}
	c.does("help upp", 2, "", "migrate: there is no verb \"upp\"; did you mean up?\n")
	c.does("", 2, "", help+"migrate: missing verb\n")
	c.does("stat", 2, "", "migrate: there is no verb \"stat\"; did you mean status?\n")
	c.does("statsu", 2, "", "migrate: there is no verb \"statsu\"; did you mean status?\n")
	c.does("dwon", 2, "", "migrate: there is no verb \"dwon\"; did you mean down?\n")
	c.does("chekc", 2, "", "migrate: there is no verb \"chekc\"; did you mean check?\n")
	c.does("p", 2, "", "migrate: there is no verb \"p\"; did you mean plan?\n")
	c.does("upp", 2, "", "migrate: there is no verb \"upp\"; did you mean up?\n")
	c.does("migrate", 2, "", "migrate: there is no verb \"migrate\"; migrate help lists them\n")
	c.does("to", 2, "", "migrate: to takes NAME|zero; migrate status lists the names\n")
	c.does("to 0001 0002", 2, "", "migrate: to: unexpected argument \"0002\"; migrate to -h lists what it takes\n")
	c.does("up 0001", 2, "", "migrate: up: unexpected argument \"0001\"; did you mean migrate up -to 0001?\n")
	c.does("plan 0001", 2, "", "migrate: plan: unexpected argument \"0001\"; did you mean migrate plan -to 0001?\n")
	c.does("up -to 0001 0002", 2, "", "migrate: up: unexpected argument \"0002\"; migrate up -h lists what it takes\n")
	c.does("down 2", 2, "", "migrate: down: unexpected argument \"2\"; did you mean migrate down -n 2?\n")
	c.does("down 0002", 2, "", "migrate: down: unexpected argument \"0002\"; did you mean migrate to 0002?\n")
	c.does("status 0002", 2, "", "migrate: status: unexpected argument \"0002\"; migrate status -h lists what it takes\n")
	c.does("up -nope", 2, "", "migrate: up: flag provided but not defined: -nope; migrate up -h lists the flags\n")
	c.does("up -to", 2, "", "migrate: up: flag needs an argument: -to; migrate up -h lists the flags\n")
	c.holds("!products", "!modelgen_history")
}

func TestCLIJSON(t *testing.T) {
	t.Parallel()
	c := newTerminal(t, shopSet())
	c.does("status -json", 0, `
{
  "set": "shop",
  "migrations": [
    {
      "set": "shop",
      "migration": "0001_initial",
      "state": "pending"
    },
    {
      "set": "shop",
      "migration": "0002_product_stock",
      "state": "pending",
      "after": [
        "0001_initial"
      ]
    },
    {
      "set": "shop",
      "migration": "0002_product_label",
      "state": "pending",
      "after": [
        "0002_product_stock"
      ]
    }
  ]
}
`, "")
	c.does("check -json", 1, `
{
  "set": "shop",
  "pending": [
    "0001_initial",
    "0002_product_stock",
    "0002_product_label"
  ]
}
`, "")
	c.does("plan -json -to 0001", 0, `
{
  "set": "shop",
  "steps": [
    {
      "migration": "0001_initial",
      "stages": [
        {
          "does": "Create table products",
          "statements": [
            "CREATE TABLE \"products\" (\n  \"id\" INTEGER NOT NULL CONSTRAINT \"products_pkey\" PRIMARY KEY AUTOINCREMENT,\n  \"name\" TEXT NOT NULL\n)"
          ],
          "tables": [
            "products"
          ],
          "transaction": 1
        }
      ]
    }
  ]
}
`, "")
	c.does("to 0001 -json", 0, `
{
  "set": "shop",
  "done": [
    {
      "migration": "0001_initial",
      "duration_ms": 0
    }
  ]
}
`, "")
	c.does("up -json", 0, `
{
  "set": "shop",
  "done": [
    {
      "migration": "0002_product_stock",
      "duration_ms": 0
    },
    {
      "migration": "0002_product_label",
      "duration_ms": 0
    }
  ]
}
`, "")
	c.does("up -json", 0, `
{
  "set": "shop",
  "done": []
}
`, "")
	c.does("check -json", 0, `
{
  "set": "shop",
  "pending": []
}
`, "")
	c.does("plan -json", 0, `
{
  "set": "shop",
  "steps": []
}
`, "")
	c.does("down -json", 0, `
{
  "set": "shop",
  "done": [
    {
      "migration": "0002_product_label",
      "back": true,
      "duration_ms": 0
    }
  ]
}
`, "")
	_, out, _ := c.run("status", "-json")
	var st struct {
		Set        string
		Migrations []struct {
			Migration, State, By string
			Started, Finished    string
		}
	}
	if err := json.Unmarshal([]byte(out), &st); err != nil {
		t.Fatal(err)
	}
	if st.Set != "shop" || len(st.Migrations) != 3 {
		t.Fatalf("%+v", st)
	}
	for i, m := range st.Migrations {
		if applied := i < 2; (m.State == "applied") != applied || (m.Started != "") != applied || (m.Finished != "") != applied {
			t.Errorf("%+v", m)
		}
	}
	c.does("fake 0002_product_label -json", 0, `
{
  "set": "shop",
  "done": [
    {
      "migration": "0002_product_label",
      "faked": true,
      "duration_ms": 0
    }
  ]
}
`, "")
	c.does("to zero -json", 1, `
{
  "set": "shop",
  "done": [],
  "error": "undoing 0002_product_label failed at: Drop column products.label: SQL logic error: no such column: \"\"label\"\" (1)\n  statement: ALTER TABLE \"products\" DROP COLUMN \"label\"\n  nothing of it was changed; fix what failed, then run the same command again"
}
`, `
migrate: undoing 0002_product_label failed at: Drop column products.label: SQL logic error: no such column: ""label"" (1)
  statement: ALTER TABLE "products" DROP COLUMN "label"
  nothing of it was changed; fix what failed, then run the same command again
`) // the column is not there: that was faked
	c.does("fake 0002_product_stock -json", 0, `
{
  "set": "shop",
  "done": [
    {
      "migration": "0002_product_label",
      "back": true,
      "faked": true,
      "duration_ms": 0
    }
  ]
}
`, "")
	c.does("to zero -json", 0, `
{
  "set": "shop",
  "done": [
    {
      "migration": "0002_product_stock",
      "back": true,
      "duration_ms": 0
    },
    {
      "migration": "0001_initial",
      "back": true,
      "duration_ms": 0
    }
  ]
}
`, "")
}

// Two applications share a database; each knows its own migrations only.
func TestCLITwoSets(t *testing.T) {
	t.Parallel()
	shop := newTerminal(t, shopSet())
	bills := &migrate.Migration{Name: "0001_initial", Ops: []migrate.Op{
		migrate.CreateTable{
			Table:      "bills",
			Columns:    []schema.ColumnDef{schema.BigInt("id").Identity()},
			PrimaryKey: schema.PrimaryKey{Name: "bills_pkey", Columns: []string{"id"}},
		},
	}}
	billing := &terminal{t: t, db: shop.db, set: migrate.NewSet("billing", bills)}
	shop.does("up", 0, `
applied  0001_initial  TOOK
applied  0002_product_stock  TOOK
applied  0002_product_label  TOOK
`, "")
	billing.does("status", 0, `
billing: 0 applied, 1 pending
  pending  0001_initial
`, "")
	billing.does("check", 1, "", "migrate: set billing: 1 pending: 0001_initial; apply with up\n")
	billing.does("up", 0, "applied  0001_initial  TOOK\n", "")
	shop.holds("products", "bills")
	shop.does("verify", 0, "", "")
	billing.does("verify", 0, "", "")
	shop.does("to zero", 0, `
undone   0002_product_label  TOOK
undone   0002_product_stock  TOOK
undone   0001_initial  TOOK
`, "")
	shop.holds("!products", "bills")
	billing.does("check", 0, "", "")
	billing.does("verify", 0, "", "")
	billing.does("down", 0, "undone   0001_initial  TOOK\n", "")
	shop.holds("!bills")
}

// The way back is looked at before anything is touched.
func TestCLIIrreversible(t *testing.T) {
	t.Parallel()
	set := shopSet()
	all := set.Migrations()
	cleared := &migrate.Migration{Name: "0004_clear_labels", Parents: []*migrate.Migration{all[2]}, Ops: []migrate.Op{
		migrate.SQL{Up: []string{"UPDATE products SET label = NULL"}},
	}}
	note := &migrate.Migration{Name: "0005_product_note", Parents: []*migrate.Migration{cleared}, Ops: []migrate.Op{
		migrate.AddColumn{Table: "products", Column: schema.Text("note").Null()},
	}}
	c := newTerminal(t, migrate.NewSet("shop", append(all, cleared, note)...))
	if status, _, problems := c.run("up"); status != 0 {
		t.Fatal(problems)
	}
	c.does("to 0001", 1, "", "migrate: 0004_clear_labels cannot be undone: Run SQL: UPDATE products SET label = NULL: it has no Down; write one, or say in NoDown why none is needed; nothing was changed\n")
	c.does("plan -to zero", 1, "", "migrate: 0004_clear_labels cannot be undone: Run SQL: UPDATE products SET label = NULL: it has no Down; write one, or say in NoDown why none is needed; nothing was changed\n")
	c.does("to zero", 1, "", "migrate: 0004_clear_labels cannot be undone: Run SQL: UPDATE products SET label = NULL: it has no Down; write one, or say in NoDown why none is needed; nothing was changed\n")
	c.holds("products.note", "products.label", "products.stock")
	c.does("check", 0, "", "")
	c.does("down", 0, "undone   0005_product_note  TOOK\n", "")
	c.holds("!products.note")
	c.does("down", 1, "", "migrate: 0004_clear_labels cannot be undone: Run SQL: UPDATE products SET label = NULL: it has no Down; write one, or say in NoDown why none is needed; nothing was changed\n")
	c.does("sql -back 0004", 1, "", "migrate: 0004_clear_labels cannot be undone: Run SQL: UPDATE products SET label = NULL: it has no Down; write one, or say in NoDown why none is needed\n")
	c.does("down -json", 1, `
{
  "set": "shop",
  "done": [],
  "error": "0004_clear_labels cannot be undone: Run SQL: UPDATE products SET label = NULL: it has no Down; write one, or say in NoDown why none is needed; nothing was changed"
}
`, "migrate: 0004_clear_labels cannot be undone: Run SQL: UPDATE products SET label = NULL: it has no Down; write one, or say in NoDown why none is needed; nothing was changed\n")
	c.holds("products.label")
	c.does("fake 0001", 0, `
faked    0004_clear_labels  TOOK
faked    0002_product_label  TOOK
faked    0002_product_stock  TOOK
`, "")
}

// What does not fit together is refused, with the flag that allows it.
func TestCLIPolicies(t *testing.T) {
	t.Parallel()
	full := shopSet()
	all := full.Migrations()
	c := newTerminal(t, full)
	if status, _, problems := c.run("to", "0002_product_stock"); status != 0 {
		t.Fatal(problems)
	}

	// A newer program has been here.
	c.set = migrate.NewSet("shop", all[0])
	c.does("status", 0, `
shop: 2 applied, 0 pending
  applied  0001_initial        TIME  TOOK
  unknown  0002_product_stock  TIME  TOOK
`, "")
	c.does("check", 0, "", "")
	c.does("down", 1, "", "migrate: set shop: the database has migrations that this program does not know: 0002_product_stock\n  next: run the newer program, or allow it with -allow-unknown (Options.Unknown)\n  next: if they were deleted on purpose, forget their rows with prune\n")
	c.holds("products.stock")

	// Somebody edited what is applied.
	edited := *all[1]
	edited.Ops = []migrate.Op{migrate.AddColumn{Table: "products", Column: schema.Integer("stock").Default(1)}}
	label := *all[2]
	label.Parents = []*migrate.Migration{&edited}
	c.set = migrate.NewSet("shop", all[0], &edited, &label)
	c.does("status", 0, `
shop: 2 applied, 1 pending
  applied  0001_initial        TIME  TOOK
  edited   0002_product_stock  TIME  TOOK
  pending  0002_product_label
`, "")
	c.does("up", 1, "", "migrate: set shop: changed since they were applied: 0002_product_stock\n  next: undo the edit and write a new migration, or accept it with -allow-edited (Options.Edited)\n")
	c.holds("!products.label")
	c.does("up -allow-edited", 0, "applied  0002_product_label  TOOK\n", "migrate: 0002_product_stock: the edit is accepted; what it was before is forgotten\n")
	c.holds("products.label")
	c.does("check", 0, "", "") // once and for all

	// With nothing pending it is said, and nothing is refused.
	again := edited
	again.Ops = append([]migrate.Op{migrate.SQL{Up: []string{"SELECT 1"}, NoDown: "it is a test"}}, edited.Ops...)
	above := label
	above.Parents = []*migrate.Migration{&again}
	c.set = migrate.NewSet("shop", all[0], &again, &above)
	c.does("up", 0, "nothing to do\n", "migrate: changed since they were applied: 0002_product_stock; nothing is pending, so nothing is refused yet: undo the edit and write a new migration, "+
		"or accept it with -allow-edited (Options.Edited)\n")
	c.does("up -allow-edited", 0, "nothing to do\n", "migrate: 0002_product_stock: the edit is accepted; what it was before is forgotten\n")
	c.does("up", 0, "nothing to do\n", "")

	// A branch was merged: what is new on that of the other stands beside what is applied.
	c = newTerminal(t, full)
	if status, _, problems := c.run("up", "-to", "0001"); status != 0 {
		t.Fatal(problems)
	}
	other := &migrate.Migration{Name: "0002_other", Parents: []*migrate.Migration{all[0]}, Ops: []migrate.Op{
		migrate.AddColumn{Table: "products", Column: schema.Text("other").Null()},
	}}
	c.set = migrate.NewSet("shop", all[0], other)
	if status, _, problems := c.run("up"); status != 0 {
		t.Fatal(problems)
	}
	merge := &migrate.Migration{Name: "0003_merge", Parents: []*migrate.Migration{all[1], other}}
	c.set = migrate.NewSet("shop", all[0], all[1], other, merge)
	c.does("check", 1, "", "migrate: set shop: 2 pending: 0002_product_stock, 0003_merge; apply with up\n")
	c.does("status", 0, `
shop: 2 applied, 2 pending
  applied  0001_initial  TIME  TOOK
  pending  0002_product_stock
  applied  0002_other  TIME  TOOK
  pending  0003_merge
`, "")
	c.does("up", 0, `
applied  0002_product_stock  TOOK
applied  0003_merge  TOOK
`, "")
	c.holds("products.stock", "products.other")
	c.does("verify", 0, "", "")
}

// A migration that fails is named with what failed, and leaves nothing behind.
func TestCLIFailure(t *testing.T) {
	t.Parallel()
	all := shopSet().Migrations()
	broken := &migrate.Migration{Name: "0004_broken", Parents: []*migrate.Migration{all[2]}, Ops: []migrate.Op{
		migrate.AddColumn{Table: "products", Column: schema.Text("note").Null()},
		migrate.SQL{Up: []string{"UPDATE no_such_table SET x = 1"}, NoDown: "it changes nothing"},
	}}
	c := newTerminal(t, migrate.NewSet("shop", append(all, broken)...))
	c.does("up", 1, `
applied  0001_initial  TOOK
applied  0002_product_stock  TOOK
applied  0002_product_label  TOOK
`, `
migrate: applying 0004_broken failed at: Run SQL: UPDATE no_such_table SET x = 1: SQL logic error: no such table: no_such_table (1)
  statement: UPDATE no_such_table SET x = 1
  nothing of it was changed; fix what failed, then run the same command again; before it applied: 0001_initial, 0002_product_stock, 0002_product_label
`)
	c.holds("products.label", "!products.note")
	c.does("check", 1, "", "migrate: set shop: 1 pending: 0004_broken; apply with up\n")
	c.does("up -json", 1, `
{
  "set": "shop",
  "done": [],
  "error": "applying 0004_broken failed at: Run SQL: UPDATE no_such_table SET x = 1: SQL logic error: no such table: no_such_table (1)\n  statement: UPDATE no_such_table SET x = 1\n  nothing of it was changed; fix what failed, then run the same command again"
}
`, `
migrate: applying 0004_broken failed at: Run SQL: UPDATE no_such_table SET x = 1: SQL logic error: no such table: no_such_table (1)
  statement: UPDATE no_such_table SET x = 1
  nothing of it was changed; fix what failed, then run the same command again
`)
	c.does("status", 0, `
shop: 3 applied, 1 pending
  applied  0001_initial        TIME  TOOK
  applied  0002_product_stock  TIME  TOOK
  applied  0002_product_label  TIME  TOOK
  pending  0004_broken
`, "")
}

// A set that does not fit together cannot be run at all, and a program name can be given.
func TestCLIBadSet(t *testing.T) {
	t.Parallel()
	all := shopSet().Migrations()
	two := &migrate.Migration{Name: "0002_two", Parents: []*migrate.Migration{all[0]}}
	c := newTerminal(t, shopSet())
	c.set = migrate.NewSet("shop", append(all, two)...)
	c.does("up", 2, "", "migrate: set shop has 2 heads: 0002_product_label, 0002_two; two branches added a migration each; join them with modelgen merge, or put yours on top with modelgen rebase\n")
	c.does("status", 2, "", "migrate: set shop has 2 heads: 0002_product_label, 0002_two; two branches added a migration each; join them with modelgen merge, or put yours on top with modelgen rebase\n")

	var problems strings.Builder
	status := cli.Command{DB: c.db, Dialect: sqlite.Dialect{}, Set: shopSet(), Name: "shop migrate", Stderr: &problems}.Run(context.Background(), []string{"nope"})
	if want := "shop migrate: there is no verb \"nope\"; shop migrate help lists them\n"; status != 2 || problems.String() != want {
		t.Errorf("exit status %d, %q", status, problems.String())
	}
}

// Another history table, by the options of the program.
func TestCLIOptions(t *testing.T) {
	t.Parallel()
	c := newTerminal(t, shopSet())
	c.opt = &migrate.Options{History: "shop_versions"}
	if status, _, problems := c.run("up"); status != 0 {
		t.Fatal(problems)
	}
	c.holds("shop_versions", "!modelgen_history", "products")
	c.does("check", 0, "", "")
}
