package lint_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/gen/lint"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

var update = flag.Bool("update", false, "write docs/lint.md again")

// targets are what the migrations of the tests are for.
func targets() []lint.Target {
	return []lint.Target{
		{Dialect: postgres.Dialect{}.Capabilities(), Version: 14, Planner: func() migrate.Planner { return postgres.Dialect{}.Planner(14) }},
		{Dialect: sqlite.Dialect{}.Capabilities(), Planner: func() migrate.Planner { return sqlite.Dialect{}.Planner(0) }},
	}
}

// items has a column of everything that a case needs.
func items() schema.Table {
	return schema.Table{
		Name: "items",
		Columns: []schema.Column{
			schema.BigInt("id").Identity().Def(), schema.BigInt("shop_id").Def(), schema.Varchar("name", 100).Def(), schema.Text("label").Null().Def(),
			schema.Integer("stock").Default(0).Def(), schema.Numeric("price", 8, 2).Def(), schema.TimestampTZ("seen").Null().Def(),
			schema.BigInt("cents").Null().Generated("price * 100").Def(), schema.EnumOf("mood", "mood").Def(),
		},
		PrimaryKey: &schema.PrimaryKey{Name: "items_pkey", Columns: []string{"id"}},
		Checks:     []schema.Check{{Name: "items_stock_check", Expr: "stock >= 0"}},
		Indexes:    []schema.Index{{Name: "items_lower_idx", Parts: []schema.IndexPart{{Expr: "lower(name)"}}}},
		ForeignKeys: []schema.ForeignKey{{Name: "items_shop_id_fkey", Columns: []string{"shop_id"}, RefTable: "shops", RefColumns: []string{"id"},
			OnDelete: schema.Cascade}},
	}
}

func shops() schema.Table {
	return schema.Table{Name: "shops", Columns: []schema.Column{schema.BigInt("id").Def(), schema.Text("city").Def(), schema.Text("code").Def()},
		PrimaryKey: &schema.PrimaryKey{Name: "shops_pkey", Columns: []string{"id"}},
		Uniques:    []schema.Unique{{Name: "shops_code_key", Columns: []string{"code"}}},
		Indexes:    []schema.Index{{Name: "shops_lower_idx", Unique: true, Parts: []schema.IndexPart{{Expr: "lower(code)"}}}}}
}

// before is the schema that the migrations of the tests find.
func before() *schema.Schema {
	s := &schema.Schema{Enums: []*schema.Enum{{Name: "mood", Values: []string{"good", "bad"}}}}
	i, h := items(), shops()
	s.PutTable(&i)
	s.PutTable(&h)
	beside(s)
	return s
}

func column(name string) schema.Column {
	t := items()
	return *t.Column(name)
}

// nullable returns a column with another nullability.
func nullable(c schema.Column, is bool) schema.Column { c.Nullable = is; return c }

func typed(c schema.Column, t string) schema.Column {
	c.Type, _ = schema.ParseType(t)
	return c
}

// fresh makes a table that nobody uses yet.
func fresh(columns ...schema.ColumnDef) migrate.CreateTable {
	return migrate.CreateTable{Table: "fresh", Columns: append([]schema.ColumnDef{schema.BigInt("id").Identity()}, columns...),
		PrimaryKey: schema.PrimaryKey{Name: "fresh_pkey", Columns: []string{"id"}}}
}

func sql(up ...string) migrate.SQL { return migrate.SQL{Up: up, NoDown: "no", Only: "postgres"} }

func lite(up ...string) migrate.SQL { return migrate.SQL{Up: up, NoDown: "no", Only: "sqlite"} }

func look(in lint.Input, ops ...migrate.Op) []lint.Finding {
	if in.Before == nil {
		in.Before, in.Exact = before(), true
	}
	if in.Targets == nil {
		in.Targets = targets()
	}
	for _, op := range ops {
		in.Ops = append(in.Ops, lint.Op{Value: op})
	}
	return lint.Lint(in)
}

func codes(list []lint.Finding) []string {
	var all []string
	for _, f := range list {
		all = append(all, f.Code)
	}
	return all
}

// TestChecks shows for each check what it finds and what it passes over.
func TestChecks(t *testing.T) {
	seen := map[string]int{}
	for _, c := range slices.Concat(dataCases, lockCases, deployCases, rightCases, nameCases, handCases, objectCases) {
		seen[c.code] |= 1
		if got := codes(look(lint.Input{}, c.hit...)); !slices.Contains(got, c.code) {
			t.Errorf("%s is not found in %s: %v", c.code, describe(c.hit), got)
		} else if slices.Contains(got, "MG407") && c.code != "MG407" {
			t.Errorf("%s: the case is wrong: %v", c.code, look(lint.Input{}, c.hit...))
		}
		if len(c.miss) > 0 {
			seen[c.code] |= 2
			list := look(lint.Input{}, c.miss...)
			if slices.Contains(codes(list), c.code) || slices.Contains(codes(list), "MG407") {
				t.Errorf("%s is found in %s: %v", c.code, describe(c.miss), list)
			}
		}
	}
	for _, c := range lint.All() {
		if seen[c.Code] != 3 && !strings.HasPrefix(c.Code, "MG9") && !slices.Contains(stubbed, c.Code) {
			t.Errorf("%s has no case that triggers it, or no near miss", c.Code)
		}
	}
}

type lintCase struct {
	code string
	hit  []migrate.Op
	miss []migrate.Op
}

func ops(list ...migrate.Op) []migrate.Op { return list }

func describe(list []migrate.Op) string {
	var words []string
	for _, op := range list {
		words = append(words, op.Describe())
	}
	return strings.Join(words, "; ")
}

// TestRegistry keeps codes stable and the documentation of a check complete.
func TestRegistry(t *testing.T) {
	last := ""
	for _, c := range lint.All() {
		if !regexp.MustCompile(`^MG[1-69][0-9][0-9]$`).MatchString(c.Code) || c.Code <= last {
			t.Errorf("the code %s is no code, or not in its place", c.Code)
		}
		last = c.Code
		for _, text := range []string{c.Title, c.Breaks, c.When, c.Safe} {
			if text == "" || strings.HasSuffix(text, ".") || strings.Contains(text, "\n") {
				t.Errorf("%s is not documented: %q", c.Code, text)
			}
		}
		if c.Severity < lint.Note || c.Severity > lint.Error {
			t.Errorf("%s has no severity", c.Code)
		}
	}
	files, err := filepath.Glob("mg*.go")
	if err != nil || len(files) != len(lint.All()) {
		t.Errorf("%d files are for %d checks: %v", len(files), len(lint.All()), err)
	}
}

// TestDocs holds docs/lint.md to the registry.
func TestDocs(t *testing.T) {
	const path, mark = "../../docs/lint.md", "The rest of this page is written by `go test ./gen/lint -update`.\n"
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(data), mark)
	if !ok {
		t.Fatal("the page has lost its mark")
	}
	if want := lint.Markdown(); rest != want && *update {
		if err := os.WriteFile(path, []byte(head+mark+want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if rest != want {
		t.Error("docs/lint.md is not current; run go test ./gen/lint -update")
	}
}
