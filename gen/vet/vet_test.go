package vet_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"
	"golang.org/x/tools/txtar"

	"github.com/modelgen/modelgen/gen"
	"github.com/modelgen/modelgen/gen/vet"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

var analyzer = vet.New(postgres.Dialect{}, sqlite.Dialect{})

// TestAnalyzer goes through the archives in testdata. Each is a module, example.com/shop: what is in the folder before is written first, and
// the packages named in the comment get their migrations; then comes what is in the folder after, with the expectations.
func TestAnalyzer(t *testing.T) {
	t.Setenv("GOFLAGS", "-mod=mod")
	t.Setenv("GOWORK", "off")
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no testdata", err)
	}
	for _, path := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			dir := newModule(t)
			write(t, dir, a, "before/")
			var patterns []string
			for line := range strings.Lines(string(a.Comment)) {
				if rest, ok := strings.CutPrefix(line, "generate "); ok {
					patterns = strings.Fields(rest)
				}
			}
			if len(patterns) > 0 {
				cfg := gen.Config{Dir: dir, Patterns: patterns, Targets: map[string]migrate.Dialect{"postgres": postgres.Dialect{}, "sqlite": sqlite.Dialect{}}}
				r, err := gen.Generate(t.Context(), cfg)
				if err != nil {
					t.Fatal(err)
				}
				if err := r.Commit(); err != nil {
					t.Fatal(err)
				}
			}
			write(t, dir, a, "after/")
			if strings.Contains(string(a.Comment), "fixes") {
				analysistest.RunWithSuggestedFixes(t, dir, analyzer, "./...")
			} else {
				analysistest.Run(t, dir, analyzer, "./...")
			}
		})
	}
}

// newModule makes a module that can import what this one requires, without network.
func newModule(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	read := func(name string) []byte {
		data, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	const path = "github.com/modelgen/modelgen"
	_, rest, ok := bytes.Cut(read("go.mod"), []byte("module "+path+"\n"))
	if !ok {
		t.Fatalf("go.mod is not that of %s", path)
	}
	rest = bytes.Replace(rest, []byte("tool "+path+"/cmd/modelgen\n"), nil, 1)
	dir := t.TempDir()
	mod := fmt.Appendf(nil, "module example.com/shop\n%s\nrequire %s v0.0.0\n\nreplace %[2]s => %q\n", rest, path, root)
	for name, data := range map[string][]byte{"go.mod": mod, "go.sum": read("go.sum")} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func write(t *testing.T, dir string, a *txtar.Archive, folder string) {
	t.Helper()
	for _, f := range a.Files {
		name, ok := strings.CutPrefix(f.Name, folder)
		if !ok {
			continue
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
