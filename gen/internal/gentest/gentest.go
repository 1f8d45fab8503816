// Package gentest makes modules with models by the thousand, for the tests and benchmarks of the generator. It is imported by tests alone.
package gentest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/gen/internal/paths"
)

// Models returns n models of ten columns, with keys, indexes and checks, and of extra columns in the first one.
func Models(n, extra int) string {
	var b strings.Builder
	b.WriteString("package models\n\nimport \"time\"\n")
	for i := range n {
		fmt.Fprintf(&b, `
type Model%04[1]d struct {
	_ struct{} `+"`table:\"model_%04[1]d\"`"+`

	ID        int64     `+"`db:\"id,pk,identity\"`"+`
	ParentID  *int64    `+"`db:\"parent_id,fk:Model%04[2]d,ondelete:set null,index\"`"+`
	Name      string    `+"`db:\"name,size:100\"`"+`
	Email     string    `+"`db:\"email,unique\"`"+`
	Stock     int32     `+"`db:\"stock,default:0,check:stock >= 0\"`"+`
	Price     float64   `+"`db:\"price\"`"+`
	Active    bool      `+"`db:\"active,default:true\"`"+`
	Note      *string   `+"`db:\"note\"`"+`
	CreatedAt time.Time `+"`db:\"created_at,default:(CURRENT_TIMESTAMP)\"`"+`
	Data      []byte    `+"`db:\"data,null\"`"+`
`, i, max(i-1, 0))
		if i == 0 {
			for e := range extra {
				fmt.Fprintf(&b, "\tExtra%d int32 `db:\"extra%d,default:0\"`\n", e, e)
			}
		}
		b.WriteString("}\n")
	}
	return b.String()
}

// Module makes a module with n models in a temporary directory.
func Module(tb testing.TB, n int) (dir string) {
	tb.Helper()
	here, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	root := paths.ModuleRoot(here)
	dir = tb.TempDir()
	Write(tb, filepath.Join(dir, "go.mod"), "module example.com/shop\n\ngo 1.26\n\nrequire github.com/modelgen/modelgen v0.0.0\n\nreplace github.com/modelgen/modelgen => "+root+"\n")
	Write(tb, filepath.Join(dir, "models", "models.go"), Models(n, 0))
	return dir
}

// Write writes a file and the directories that it is in.
func Write(tb testing.TB, path, text string) {
	tb.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		tb.Fatal(err)
	}
}
