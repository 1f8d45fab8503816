package main

import (
	"bufio"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"github.com/modelgen/modelgen/internal/pgtest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// sqlRunner does what another runner does with its files.
type sqlRunner struct {
	db  *sql.DB
	dir string
}

// goose splits a file as goose does, line by line: a statement ends where a line ends in a semicolon, or at a mark.
func (r sqlRunner) goose(name string, down bool) error {
	file, err := os.Open(filepath.Join(r.dir, name))
	if err != nil {
		return err
	}
	defer file.Close()
	var all []string
	var b strings.Builder
	inTx, way, marked := true, "", false
	for lines := bufio.NewScanner(file); lines.Scan(); {
		line := lines.Text()
		command, isComment := strings.CutPrefix(line, "--")
		command = strings.TrimSpace(command)
		end := false
		switch {
		case isComment && command == "+goose NO TRANSACTION":
			inTx = false
			continue
		case isComment && (command == "+goose Up" || command == "+goose Down"):
			if b.Len() > 0 {
				return fmt.Errorf("%s: %q has no end", name, b.String())
			}
			way = command
			continue
		case isComment && command == "+goose StatementBegin":
			marked = true
			continue
		case isComment && command == "+goose StatementEnd":
			marked, end = false, true
		case b.Len() == 0 && (strings.HasPrefix(strings.TrimSpace(line), "--") || line == ""):
			continue
		default:
			b.WriteString(line + "\n")
			words := strings.Fields(line)
			if i := slices.IndexFunc(words, func(w string) bool { return strings.HasPrefix(w, "--") }); i >= 0 {
				words = words[:i]
			}
			end = !marked && len(words) > 0 && strings.HasSuffix(words[len(words)-1], ";")
		}
		if end {
			if (way == "+goose Down") == down {
				all = append(all, b.String())
			}
			b.Reset()
		}
	}
	if b.Len() > 0 {
		return fmt.Errorf("%s: %q has no end", name, b.String())
	}
	return r.run(all, inTx)
}

// run sends statements, each as one string.
func (r sqlRunner) run(all []string, inTx bool) error {
	if !inTx {
		for _, s := range all {
			if _, err := r.db.Exec(s); err != nil {
				return fmt.Errorf("%s: %w", s, err)
			}
		}
		return nil
	}
	tx, err := r.db.Begin()
	if err != nil {
		return err
	}
	for _, s := range all {
		if _, err := tx.Exec(s); err != nil {
			return errors.Join(fmt.Errorf("%s: %w", s, err), tx.Rollback())
		}
	}
	return tx.Commit()
}

// golangMigrate sends a file as one string, in a transaction when wrap says so.
func (r sqlRunner) golangMigrate(name string, wrap bool) error {
	data, err := os.ReadFile(filepath.Join(r.dir, name))
	if err != nil {
		return err
	}
	return r.run([]string{string(data)}, wrap)
}

// atlas splits at the delimiter of the file, or at the ends of lines, which is where all statements end here.
func (r sqlRunner) atlas(name string) error {
	data, err := os.ReadFile(filepath.Join(r.dir, name))
	if err != nil {
		return err
	}
	text, delimiter, inTx := string(data), ";\n", true
	if first, rest, _ := strings.Cut(text, "\n"); strings.HasPrefix(first, "-- atlas:delimiter ") {
		delimiter, text = strings.TrimPrefix(first, "-- atlas:delimiter "), rest
	}
	if directives, rest, ok := strings.Cut(text, "\n\n"); ok && directives == "-- atlas:txmode none" {
		inTx, text = false, rest
	}
	var all []string
	for s := range strings.SplitSeq(text, delimiter) {
		if strings.TrimSpace(s) != "" {
			all = append(all, s)
		}
	}
	return r.run(all, inTx)
}

// exported writes the files and returns their names in the order of the runner.
func (p sqlProject) exported(format, dialect string, which ...string) []string {
	p.t.Helper()
	out, _ := p.modelgen(0, append([]string{"sql", "-format", format, "-dialect", dialect, "-o", format + "-" + dialect}, which...)...)
	names := strings.Fields(out)
	slices.Sort(names)
	versions := map[string]bool{}
	for _, n := range names {
		version, _, _ := strings.Cut(n, "_")
		if strings.HasSuffix(n, ".down.sql") {
			continue
		}
		if versions[version] {
			p.t.Errorf("%s: another file has that version", n)
		}
		versions[version] = true
	}
	return names
}

// applied sends all files forward, or back.
func (p sqlProject) applied(db *sql.DB, format, dialect string, names []string, down bool) error {
	r := sqlRunner{db, filepath.Join(p.dir, format+"-"+dialect)}
	names = slices.Clone(names)
	if down {
		slices.Reverse(names)
	}
	for _, name := range names {
		var err error
		switch {
		case format == "goose":
			err = r.goose(name, down)
		case format == "golang-migrate" && strings.HasSuffix(name, map[bool]string{false: ".up.sql", true: ".down.sql"}[down]):
			err = r.golangMigrate(name, false)
		case format == "atlas" && name != "atlas.sum":
			err = r.atlas(name)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// taken wants that the program finds the database as its migrations say, once it is told that they are applied.
func (p sqlProject) taken(db *sql.DB, dialect migrate.Dialect) {
	p.t.Helper()
	if _, err := p.migrator(db, dialect).Fake(p.t.Context(), p.set().Head().Name); err != nil {
		p.t.Fatal(err)
	}
	p.settled(db, dialect)
}

const trigger = `		migrate.SQL{Only: "postgres", Up: []string{"CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n  NEW.name := upper(NEW.name);\n\n  -- a comment;\n  RETURN NEW;\nEND\n$$ -- not its end"}, Down: []string{"DROP FUNCTION shout()"}},
		migrate.SQL{Only: "sqlite", Up: []string{"CREATE TRIGGER shout AFTER INSERT ON products BEGIN\n  SELECT 1;\n\n  SELECT 2;\nEND"}, Down: []string{"DROP TRIGGER shout"}},`

// TestExportedFiles runs the files of each runner as it does: forward, back, and forward again, with rows.
func TestExportedFiles(t *testing.T) {
	for _, dialect := range []string{"postgres", "sqlite"} {
		for _, format := range []string{"goose", "golang-migrate", "atlas"} {
			t.Run(format+" "+dialect, func(t *testing.T) {
				p := guardedProject(t)
				p.migration("0004_trigger", trigger, "0003_free")
				var db *sql.DB
				var d migrate.Dialect
				if dialect == "postgres" {
					db, d = openDB(t, "postgres", pgtest.Database(t)), postgres.Dialect{}
				} else {
					db, d = liteDB(t, 1), sqlite.Dialect{}
					p.remove("0004_trigger") // whose rows no rebuild is behind
				}
				insert := "INSERT INTO products (name) VALUES ('a'), (NULL)"
				names := p.exported(format, dialect)
				if err := p.applied(db, format, dialect, names[:1], false); err != nil {
					t.Fatal(err)
				}
				first := 1
				if format == "golang-migrate" {
					first = 2 // up and down
					if err := p.applied(db, format, dialect, names[1:2], false); err != nil {
						t.Fatal(err)
					}
				}
				execSQL(t, db, insert)
				if err := p.applied(db, format, dialect, names[first:], false); err != nil {
					t.Fatal(err)
				}
				if got := rowsOf(t, db, "SELECT name, stock FROM products ORDER BY id"); got != "a|0\nnone|0" {
					t.Errorf("products are\n%s", got)
				}
				if format != "atlas" {
					if err := p.applied(db, format, dialect, names[first:], true); err != nil {
						t.Fatal(err)
					}
					if got := rowsOf(t, db, "SELECT * FROM products ORDER BY id"); got != "1|a\n2|none" {
						t.Errorf("products are\n%s", got)
					}
					if err := p.applied(db, format, dialect, names[first:], false); err != nil {
						t.Fatal(err)
					}
				}
				p.taken(db, d)
			})
		}
	}
}

// liteDB returns an empty database on SQLite, with foreign keys that act or not.
func liteDB(t *testing.T, keys int) *sql.DB {
	return openDB(t, "sqlite", fmt.Sprintf("file:%s?_pragma=foreign_keys(%d)&_pragma=busy_timeout(1000)", filepath.Join(t.TempDir(), "shop.db"), keys))
}

// notNull needs a new table on SQLite.
const notNull = `		migrate.AlterColumn{Table: "products", From: schema.Text("name").Null(), To: schema.Text("name")},`

func rebuildProject(t *testing.T) sqlProject {
	p := newSQLProject(t)
	p.migration("0001_initial", createProducts+`
		migrate.CreateTable{Table: "parts", Columns: []schema.ColumnDef{schema.BigInt("id").Identity(), schema.BigInt("product_id")}, PrimaryKey: &schema.PrimaryKey{Name: "parts_pkey", Columns: []string{"id"}},
			ForeignKeys: []schema.ForeignKey{{Name: "parts_product_id_fkey", Columns: []string{"product_id"}, RefTable: "products", RefColumns: []string{"id"}, OnDelete: schema.Cascade}}},`)
	p.migration("0002_name", notNull, "0001_initial")
	return p
}

// TestExportedRebuild: a new table in the place of an old one takes no rows of others with it, and nothing that was made by hand.
func TestExportedRebuild(t *testing.T) {
	for _, format := range []string{"goose", "golang-migrate", "atlas", "plain"} {
		t.Run(format, func(t *testing.T) {
			p := rebuildProject(t)
			run := func(db *sql.DB, which string) error {
				if format == "plain" {
					out, _ := p.modelgen(0, "sql", "-dialect", "sqlite", which)
					return sqlRunner{db: db}.run([]string{out}, false)
				}
				return p.applied(db, format, "sqlite", p.exported(format, "sqlite", which), false)
			}
			fresh := func(t *testing.T) *sql.DB {
				db := liteDB(t, 1)
				if err := run(db, "0001"); err != nil {
					t.Fatal(err)
				}
				execSQL(t, db, "INSERT INTO products (id, name) VALUES (1, 'a'), (7, 'b')", "INSERT INTO parts (product_id) VALUES (1), (7)")
				return db
			}
			db := fresh(t)
			if err := run(db, "0002"); err != nil {
				t.Fatal(err)
			}
			if got := rowsOf(t, db, "SELECT p.name FROM parts JOIN products p ON p.id = product_id ORDER BY 1"); got != "a\nb" {
				t.Errorf("parts are left of\n%s", got)
			}
			if _, err := db.ExecContext(t.Context(), "INSERT INTO parts (product_id) VALUES (3)"); err == nil {
				t.Error("foreign keys do not act any more")
			}
			execSQL(t, db, "INSERT INTO products (name) VALUES ('c')")
			if got := rowsOf(t, db, "SELECT max(id) FROM products"); got != "8" {
				t.Errorf("the next number is %s", got)
			}
			p.taken(db, sqlite.Dialect{})

			for _, x := range []struct{ change, words string }{
				{"CREATE TRIGGER t AFTER INSERT ON products BEGIN SELECT 1; END", "an index or a trigger that no migration made"},
				{"CREATE INDEX i ON products (name)", "an index or a trigger that no migration made"},
				{"ALTER TABLE products ADD COLUMN more TEXT", "other columns than those that migrations made"},
				{"INSERT INTO products (name) VALUES (NULL)", "products.name: rows hold NULL"},
			} {
				db := fresh(t)
				execSQL(t, db, x.change)
				before := rowsOf(t, db, "SELECT name, sql FROM sqlite_master ORDER BY name")
				if err := run(db, "0002"); err == nil || !strings.Contains(err.Error(), x.words) {
					t.Errorf("%s: %v", x.change, err)
				}
				_, _ = db.ExecContext(t.Context(), "ROLLBACK") // the runner closes its connection
				if after := rowsOf(t, db, "SELECT name, sql FROM sqlite_master ORDER BY name"); after != before {
					t.Errorf("%s: it was\n%s\nand is\n%s", x.change, before, after)
				}
			}
			db = fresh(t)
			execSQL(t, db, "PRAGMA foreign_keys = OFF", "INSERT INTO parts (product_id) VALUES (99)", "PRAGMA foreign_keys = ON")
			if err := run(db, "0002"); err == nil || !strings.Contains(err.Error(), "PRAGMA foreign_key_check lists them") {
				t.Errorf("a row without its parent: %v", err)
			}
		})
	}
}

// TestExportedRebuildNeedsNoWrap: where golang-migrate puts a transaction around it, the switch of the foreign keys would be without effect.
func TestExportedRebuildNeedsNoWrap(t *testing.T) {
	p := rebuildProject(t)
	db := liteDB(t, 1)
	names := p.exported("golang-migrate", "sqlite")
	r := sqlRunner{db, filepath.Join(p.dir, "golang-migrate-sqlite")}
	for _, name := range names {
		err := r.golangMigrate(name, true)
		if err == nil || !strings.Contains(err.Error(), "within a transaction") {
			t.Errorf("%s: %v", name, err)
		}
		text, err := os.ReadFile(filepath.Join(r.dir, name))
		if err != nil || !strings.Contains(string(text), "x-no-tx-wrap=true") {
			t.Errorf("%s does not say what is needed: %v", name, err)
		}
	}
	if got := rowsOf(t, db, "SELECT count(*) FROM sqlite_master"); got != "0" {
		t.Errorf("%s objects are there", got)
	}
}

// TestExportedDualWrite: a check of the migrator is one of the script, and triggers outlive a new table.
func TestExportedDualWrite(t *testing.T) {
	const dual = `Table: "products", Name: "products_name_label_both", From: "name", To: "label", Up: "name", Down: "label", Column: schema.Text("label").Null()`
	p := newSQLProject(t)
	p.migration("0001_initial", createProducts)
	p.migration("0002_expand", `		migrate.AddColumn{Table: "products", Column: schema.Text("label").Null()},
		migrate.AddDualWrite{`+dual+`},`, "0001_initial")
	p.migration("0003_weight", `		migrate.AddColumn{Table: "products", Column: schema.Integer("weight").Null()},
		migrate.AddCheck{Table: "products", Check: schema.Check{Name: "products_weight_check", Expr: "weight > 0"}},`, "0002_expand")
	p.migration("0004_contract", `		migrate.DropDualWrite{`+dual+`},
		migrate.DropColumn{Table: "products", Column: schema.Text("name").Null()},`, "0003_weight")
	for _, dialect := range []string{"postgres", "sqlite"} {
		for _, format := range []string{"goose", "golang-migrate", "atlas"} {
			t.Run(format+" "+dialect, func(t *testing.T) {
				p := p.of(t)
				var db *sql.DB
				var d migrate.Dialect
				off, on := "ALTER TABLE products DISABLE TRIGGER USER", "ALTER TABLE products ENABLE TRIGGER USER"
				if dialect == "postgres" {
					db, d = openDB(t, "postgres", pgtest.Database(t)), postgres.Dialect{}
				} else {
					db, d = liteDB(t, 1), sqlite.Dialect{}
				}
				if err := p.applied(db, format, dialect, p.exported(format, dialect, "..0003"), false); err != nil {
					t.Fatal(err)
				}
				execSQL(t, db, "INSERT INTO products (name) VALUES ('a'), ('b')")
				if got := rowsOf(t, db, "SELECT label FROM products ORDER BY id"); got != "a\nb" {
					t.Errorf("the triggers are gone: labels are\n%s", got)
				}
				differ := []string{off, "UPDATE products SET label = 'c' WHERE id = 2", on}
				if dialect == "sqlite" {
					trigger := rowsOf(t, db, "SELECT sql FROM sqlite_master WHERE name = 'products_name_label_both_update'")
					differ = []string{"DROP TRIGGER products_name_label_both_update", differ[1], trigger}
				}
				execSQL(t, db, differ...)
				contract := p.exported(format, dialect, "0004")
				if err := p.applied(db, format, dialect, contract, false); err == nil || !strings.Contains(err.Error(), "make them equal") {
					t.Errorf("the columns differ, and it says %v", err)
				}
				if dialect == "sqlite" {
					_, _ = db.ExecContext(t.Context(), "ROLLBACK")
				}
				execSQL(t, db, "UPDATE products SET name = 'c' WHERE id = 2")
				if err := p.applied(db, format, dialect, contract, false); err != nil {
					t.Fatal(err)
				}
				if got := rowsOf(t, db, "SELECT label FROM products ORDER BY id"); got != "a\nc" {
					t.Errorf("labels are\n%s", got)
				}
				p.taken(db, d)
			})
		}
	}
}

// TestExportedIrreversible: what cannot be undone is not noted as undone.
func TestExportedIrreversible(t *testing.T) {
	p := newSQLProject(t)
	p.migration("0001_initial", createProducts)
	p.migration("0002_by_hand", `		migrate.SQL{Up: []string{"UPDATE products SET name = 'it''s'"}},`, "0001_initial")
	for _, dialect := range []string{"postgres", "sqlite"} {
		for _, format := range []string{"goose", "golang-migrate"} {
			t.Run(format+" "+dialect, func(t *testing.T) {
				p := p.of(t)
				db := liteDB(t, 1)
				if dialect == "postgres" {
					db = openDB(t, "postgres", pgtest.Database(t))
				}
				names := p.exported(format, dialect)
				if err := p.applied(db, format, dialect, names, false); err != nil {
					t.Fatal(err)
				}
				err := p.applied(db, format, dialect, names, true)
				if err == nil || !strings.Contains(err.Error(), "it has no Down; write one, or say in NoDown why none is needed") {
					t.Errorf("it says %v", err)
				}
			})
		}
	}
}

// TestExportedParts: golang-migrate makes a transaction of a file, so what runs outside of any is alone in its own, on the way back too.
func TestExportedParts(t *testing.T) {
	p := guardedProject(t)
	names := p.exported("golang-migrate", "postgres")
	concurrently := 0
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join(p.dir, "golang-migrate-postgres", name))
		if err != nil {
			t.Fatal(err)
		}
		text := regexp.MustCompile(`(?m)^--.*\n`).ReplaceAllString(string(data), "")
		if strings.Contains(text, "CONCURRENTLY") {
			if concurrently++; strings.Count(text, ";") != 1 {
				t.Errorf("%s:\n%s", name, text)
			}
		}
		if strings.Contains(string(data), "x-multi-statement") {
			t.Errorf("%s advises what cuts functions into pieces", name)
		}
	}
	if concurrently < 3 {
		t.Errorf("%d files build or drop an index concurrently: %s", concurrently, names)
	}
}
