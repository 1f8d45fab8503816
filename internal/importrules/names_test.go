package main

import (
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const repository = "../.."

func TestFindDialects(t *testing.T) {
	for _, want := range []string{"runtime/postgres", "runtime/sqlite"} {
		if !slices.Contains(dialects, want) {
			t.Errorf("%s is not among the dialects, %q", want, dialects)
		}
	}
}

// No file of this repository names a dialect in a string where it may not.
func TestDialectNames(t *testing.T) {
	problems, err := namedDialects(repository, dialects)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Error(p)
	}
}

func TestNamedDialects(t *testing.T) {
	for _, c := range []struct {
		file, src string
		bad       bool
	}{
		{"gen/load/a.go", `var x = "sqlite"`, true},
		{"gen/load/a.go", `var x = "type.postgres"`, true},
		{"gen/load/a.go", "var x = `write postgres@14`", true},
		{"gen/load/a.go", `var x = map[string]string{"sqlite": "INTEGER"}`, true},
		{"gen/load/a.go", `func f(p string) bool { return p == "postgres" }`, true},
		{"runtime/a.go", `var x = "SELECT sqlite_version()"`, false},
		{"runtime/a.go", `var x = "postgres://host/db"`, true},
		{"runtime/a.go", "var x = `\\b(postgresql://)`", true},
		{"runtime/a.go", `var x = "PostgreSQL and SQLite"`, false},
		{"runtime/a.go", `import _ "example.com/sql/postgres"; var x = "example.com/sql/postgres.Decimal"`, false},
		{"runtime/a.go", `// "postgres"`, false},
		{"runtime/a_test.go", `var x = "postgres"`, false},
		{"runtime/postgres/a.go", `var x = "postgres"`, false},
		{"runtime/postgres/a.go", `var x = "sqlite"`, true},
		{"runtime/dialecttest/a.go", `var x = "sqlite"`, false},
		{"gen/lint/mg1_x.go", `var x = "sqlite"`, false},
		{"gen/lint/lint.go", `var x = "sqlite"`, true},
		{"cmd/modelgen/main.go", `var x = "sqlite"`, false},
	} {
		root := t.TempDir()
		p := filepath.Join(root, c.file)
		if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte("package a\n\n"+c.src+"\n"), 0o666); err != nil {
			t.Fatal(err)
		}
		got, err := namedDialects(root, []string{"runtime/postgres", "runtime/sqlite"})
		if err != nil {
			t.Fatal(err)
		}
		if bad := len(got) > 0; bad != c.bad || bad && !strings.HasPrefix(got[0], c.file+":3: ") {
			t.Errorf("%s: %s: got %q", c.file, c.src, got)
		}
	}
}

// Every dialect says its capabilities, and every field of them is read by somebody who is no dialect: what nobody asks for is not true for long.
func TestCapabilitiesAreRead(t *testing.T) {
	fields, read := map[string]bool{}, map[string]bool{}
	err := eachFile(repository, func(_ *token.FileSet, file string, f *ast.File) {
		for _, d := range dialects {
			if below(file, d) {
				return
			}
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				read[n.Sel.Name] = true
			case *ast.TypeSpec:
				if st, ok := n.Type.(*ast.StructType); ok && file == "runtime/capabilities.go" && n.Name.Name == "Capabilities" {
					for _, field := range st.Fields.List {
						for _, name := range field.Names {
							fields[name.Name] = true
						}
					}
				}
			}
			return true
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(fields) < 20 {
		t.Fatalf("found only %d fields", len(fields))
	}
	for name := range fields {
		if !read[name] {
			t.Errorf("nobody reads migrate.Capabilities.%s", name)
		}
	}
}
