package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/gen"
)

// TestTypesInDocs makes a model with a field of each type in the table of docs/models.md, and compares the SQL of both dialects with
// what the table says.
func TestTypesInDocs(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := os.ReadFile(filepath.Join(root, "docs", "models.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, table, ok := strings.Cut(string(doc), "| Go | PostgreSQL | SQLite |\n|---|---|---|\n")
	if !ok {
		t.Fatal("docs/models.md has no table of types")
	}
	table, _, _ = strings.Cut(table, "\n\n")
	rows := regexp.MustCompile(`(?m)^\| (.+?) \| (.+?) \| (.+?) \|$`).FindAllStringSubmatch(table, -1)
	if len(rows) < 30 {
		t.Fatalf("only %d rows", len(rows))
	}
	dir := t.TempDir()
	files := map[string]string{
		"go.mod": "module example.com/types\n\ngo 1.26\n\nrequire (\n\tgithub.com/google/uuid v1.6.0\n\tgithub.com/modelgen/modelgen v0.0.0\n\tgithub.com/shopspring/decimal v1.4.0\n)\n\n" +
			"replace (\n\tgithub.com/modelgen/modelgen => " + root + "\n\tgithub.com/google/uuid => ./uuid\n\tgithub.com/shopspring/decimal => ./decimal\n)\n",
		"uuid/go.mod":        "module github.com/google/uuid\n",
		"uuid/uuid.go":       "package uuid\n\ntype UUID [16]byte\n\ntype NullUUID struct {\n\tUUID UUID\n\tValid bool\n}\n",
		"decimal/go.mod":     "module github.com/shopspring/decimal\n",
		"decimal/decimal.go": "package decimal\n\ntype Decimal struct{ exp int32 }\n\ntype NullDecimal struct {\n\tDecimal Decimal\n\tValid bool\n}\n",
	}
	var b strings.Builder
	b.WriteString("package models\n\nimport (\n\t\"database/sql\"\n\t\"encoding/json\"\n\t\"net\"\n\t\"net/netip\"\n\t\"time\"\n\n\t\"github.com/google/uuid\"\n\t\"github.com/shopspring/decimal\"\n)\n\n" +
		"type T struct {\n\t_ struct{} `table:\"ts\"`\n\n\tID int64 `db:\"id,pk\"`\n")
	for i, r := range rows {
		fmt.Fprintf(&b, "\tF%d %s `db:\"f%d\"`\n", i, r[1], i)
	}
	b.WriteString("}\n")
	files["models/models.go"] = b.String()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	r, err := gen.Generate(t.Context(), gen.Config{Dir: filepath.Join(dir, "models"), Out: "../migrations", Targets: targets})
	if err != nil {
		t.Fatal(err)
	}
	plans, err := r.Plans()
	if err != nil || len(plans) != 2 {
		t.Fatal(plans, err)
	}
	for n, p := range plans {
		sql := p.Stages[0].Statements[0].SQL
		for i, row := range rows {
			want := fmt.Sprintf(`"f%d" %s`, i, row[2+n])
			if !strings.Contains(row[1], "Null") {
				want += " NOT NULL"
			}
			if !strings.Contains(sql, want+",") {
				t.Errorf("%s on %s: want %s in\n%s", row[1], p.Dialect, want, sql)
			}
		}
	}
}
