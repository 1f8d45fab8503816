package gen_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/modelgen/modelgen/gen"
	"github.com/modelgen/modelgen/gen/internal/gentest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
)

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
		dir := gentest.Module(b, n)
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
		gentest.Write(b, filepath.Join(dir, "models", "models.go"), gentest.Models(n, 1))
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
