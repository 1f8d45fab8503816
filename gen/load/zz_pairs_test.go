package load

import (
	"context"
	"encoding/json"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPairsTmp(t *testing.T) {
	dir := module(t)
	root := os.Getenv("PAIRS")
	dirs, _ := filepath.Glob(root + "/*/*/*.go")
	for _, f := range dirs {
		rel, _ := filepath.Rel(root, f)
		data, _ := os.ReadFile(f)
		write(t, filepath.Join(dir, "p", rel), data)
	}
	fset := token.NewFileSet()
	all, _ := newLoader(Config{Dir: dir, Patterns: []string{"./..."}, Env: offline()}, fset)
	roots, err := all.list(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, f := range dirs {
		rel, _ := filepath.Rel(root, filepath.Dir(f))
		if seen[rel] {
			continue
		}
		seen[rel] = true
		var c struct {
			Dialects []string
			Expect   string
		}
		data, _ := os.ReadFile(filepath.Join(root, strings.Split(rel, "/")[0], "case.json"))
		json.Unmarshal(data, &c)
		got := runCase(t, filepath.Join(dir, "p", rel), "test/p/"+rel, Config{Dialects: c.Dialects}, fset, roots)
		t.Logf("=== %s (%s)\n%s", rel, c.Expect, got)
	}
}
