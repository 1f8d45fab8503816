package sqlfiles

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

var update = flag.Bool("update", false, "rewrite the files out of testdata")

// shop returns the tables of the models that the cases of this package have.
func shop() *schema.Schema {
	table := func(name string, columns ...schema.ColumnDef) *schema.Table {
		t := &schema.Table{Name: name, PrimaryKey: &schema.PrimaryKey{Name: name + "_pkey", Columns: []string{"id"}}}
		for _, c := range columns {
			t.Columns = append(t.Columns, c.Def())
		}
		return t
	}
	s := &schema.Schema{
		Tables: []*schema.Table{
			table("orders", schema.BigInt("id"), schema.BigInt("product_id"), schema.Integer("total"), schema.Boolean("open")),
			table("products", schema.BigInt("id"), schema.Text("name"), schema.Integer("price")),
		},
		Objects: []schema.Object{{Kind: "table", Name: "legacy"}, {Kind: "function", Name: "stamp()"}},
	}
	s.Tables[1].Comment = "what is sold"
	return s
}

// TestCases reads the SQL files of each archive in testdata with the tables of shop, for PostgreSQL and SQLite unless the file dialects says it. The file out has what they declare, one fact a line, or
// all that is wrong with them.
func TestCases(t *testing.T) {
	cases, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatal("there are no cases", err)
	}
	all := []migrate.Capabilities{postgres.Dialect{}.Capabilities(), sqlite.Dialect{}.Capabilities()}
	for _, path := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			dir, want, at := t.TempDir(), "", -1
			cfg := Config{Dir: dir, Shown: "schema", Dialects: all, Known: all}
			for i, f := range a.Files {
				switch f.Name {
				case "out":
					want, at = string(f.Data), i
					continue
				case "dialects":
					cfg.Dialects = nil
					for _, c := range all {
						if strings.Contains(string(f.Data), c.Name) {
							cfg.Dialects = append(cfg.Dialects, c)
						}
					}
					continue
				}
				write(t, dir, f.Name, f.Data)
			}
			got := outcome(t, cfg)
			if *update {
				f := txtar.File{Name: "out", Data: []byte(got)}
				if at >= 0 {
					a.Files[at] = f
				} else {
					a.Files = append(a.Files, f)
				}
				if err := os.WriteFile(path, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func write(t *testing.T, dir, name string, data []byte) {
	file := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// outcome is what the files come to, for people.
func outcome(t *testing.T, cfg Config) string {
	t.Helper()
	r, err := Read(cfg)
	var problems Problems
	switch {
	case errors.As(err, &problems):
		return problems.Error() + "\n"
	case err != nil:
		return strings.ReplaceAll(err.Error(), cfg.Dir, "DIR") + "\n"
	}
	s := shop()
	if problems := r.Into(s); len(problems) > 0 {
		return problems.Error() + "\n"
	}
	var b strings.Builder
	for _, m := range r.Remarks {
		fmt.Fprintf(&b, "remark %s\n", m.Error())
	}
	for _, ns := range s.Namespaces {
		fmt.Fprintf(&b, "schema %s\n", ns)
	}
	for _, e := range s.Enums {
		fmt.Fprintf(&b, "enum %s %q\n", e.Name, e.Values)
	}
	for _, o := range s.SQLObjects {
		fmt.Fprintf(&b, "%s", o)
		for _, x := range []struct{ word, text string }{{"only", o.Only}, {"head", o.Head}, {"was", o.Was}} {
			if x.text != "" {
				fmt.Fprintf(&b, " [%s %s]", x.word, x.text)
			}
		}
		if sql := strings.ReplaceAll(string(o.SQL), "\n", "\n  "); sql != "" {
			fmt.Fprintf(&b, "\n  %s", sql)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// TestBytes reads files that an archive of text cannot hold.
func TestBytes(t *testing.T) {
	view := "CREATE VIEW v AS\nSELECT id FROM orders;\n"
	big := "CREATE FUNCTION f() RETURNS integer LANGUAGE plpgsql AS $$ BEGIN\n" + strings.Repeat("  PERFORM 1; -- and so on\n", 40_000) + "  RETURN 1; END $$;\n"
	utf16 := []byte{0xff, 0xfe}
	for _, c := range view {
		utf16 = append(utf16, byte(c), 0)
	}
	for _, c := range []struct{ name, data, want string }{
		{"BOM", "\xef\xbb\xbf" + view, "view v\n  SELECT id FROM orders\n"},
		{"CRLF", strings.ReplaceAll(view, "\n", "\r\n"), "view v\n  SELECT id FROM orders\n"},
		{"CRLF in a body", "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS $$\r\nSELECT 1\r\n$$;", "function f() [only postgres]\n  CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS $$\n  SELECT 1\n  $$\n"},
		{"UTF-16", string(utf16), "schema/x.sql:1:1: the file is UTF-16; save it as UTF-8\n"},
		{"Latin-1", "CREATE VIEW v AS\nSELECT 'caf\xe9' AS c;", "schema/x.sql:2:12: the file is not UTF-8 text\n"},
		{"no text", "CREATE VIEW v AS \x00SELECT 1;", "schema/x.sql:1:1: the file is no text: it has a byte that is zero; save it as UTF-8\n"},
		{"empty", "", ""},
		{"comments alone", "-- nothing yet\n/* and\nhere neither */\n;;\n", ""},
		{"a body of 1 MB", big, "function f() [only postgres]\n  " + strings.ReplaceAll(strings.TrimSuffix(big, ";\n"), "\n", "\n  ") + "\n"},
		{"no semicolon at the end", strings.TrimSuffix(view, ";\n"), "view v\n  SELECT id FROM orders\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, "x.sql", []byte(c.data))
			all := []migrate.Capabilities{postgres.Dialect{}.Capabilities(), sqlite.Dialect{}.Capabilities()}
			if got := outcome(t, Config{Dir: dir, Shown: "schema", Dialects: all}); got != c.want {
				t.Errorf("got\n%.2000s\nwant\n%.2000s", got, c.want)
			}
		})
	}
}

// TestNoDirectory says what the flag named.
func TestNoDirectory(t *testing.T) {
	_, err := Read(Config{Dir: filepath.Join(t.TempDir(), "schema"), Shown: "../schema"})
	if err == nil || !strings.HasPrefix(err.Error(), "-sql ../schema: ") {
		t.Error(err)
	}
}
