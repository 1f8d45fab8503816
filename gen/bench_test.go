package gen_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/gen"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
)

// models gives n models of ten columns, with keys, indexes and checks, and of extra columns in the first one.
func models(n, extra int) string {
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

// module makes a module with n models in a temporary directory.
func module(tb testing.TB, n int) (dir string) {
	tb.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		tb.Fatal(err)
	}
	dir = tb.TempDir()
	write(tb, filepath.Join(dir, "go.mod"), "module example.com/shop\n\ngo 1.26\n\nrequire github.com/modelgen/modelgen v0.0.0\n\nreplace github.com/modelgen/modelgen => "+root+"\n")
	write(tb, filepath.Join(dir, "models", "models.go"), models(n, 0))
	return dir
}

func write(tb testing.TB, path, text string) {
	tb.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		tb.Fatal(err)
	}
}

func config(dir string) gen.Config {
	return gen.Config{
		Dir: filepath.Join(dir, "models"), Out: "../migrations", Dialects: []string{"postgres@14"},
		Targets: map[string]migrate.Dialect{"postgres": postgres.Dialect{}},
	}
}

// BenchmarkGenerate measures the whole generate, the run of the go command included: the first migration, one without change, and one
// with a column more.
func BenchmarkGenerate(b *testing.B) {
	for _, n := range []int{10, 100, 1000} {
		dir := module(b, n)
		first := func() *gen.Result {
			r, err := gen.Generate(context.Background(), config(dir))
			if err != nil {
				b.Fatal(err)
			}
			return r
		}
		b.Run(fmt.Sprintf("first/%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				first()
			}
		})
		if err := first().Commit(); err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("same/%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if r := first(); len(r.Files) > 0 {
					b.Fatal("something changed: ", r.Files[0].Path)
				}
			}
		})
		write(b, filepath.Join(dir, "models", "models.go"), models(n, 1))
		b.Run(fmt.Sprintf("column/%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if r := first(); r.Migration != "0002_model_0000_extra0" {
					b.Fatal("wrong migration: ", r.Migration)
				}
			}
		})
	}
}
