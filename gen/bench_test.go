package gen_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
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

// BenchmarkObjects measures a generate with 300 views and 300 functions beside 1,000 models: without a change, which is compared with the models alone, and with one view
// changed.
func BenchmarkObjects(b *testing.B) {
	const tables, objects = 1000, 300
	dir := gentest.Module(b, tables)
	sql := filepath.Join(dir, "schema", "objects.sql")
	run := func(b *testing.B, dir, with string) *gen.Result {
		cfg := config(dir)
		cfg.SQL = with
		r, err := gen.Generate(context.Background(), cfg)
		if err != nil {
			b.Fatal(err)
		}
		return r
	}
	plain := gentest.Module(b, tables)
	if err := run(b, plain, "").Commit(); err != nil {
		b.Fatal(err)
	}
	b.Run("tables alone", func(b *testing.B) {
		for b.Loop() {
			run(b, plain, "")
		}
	})
	text := gentest.Objects(objects, tables)
	gentest.Write(b, sql, text)
	if err := run(b, dir, "../schema").Commit(); err != nil {
		b.Fatal(err)
	}
	b.Run("same", func(b *testing.B) {
		for b.Loop() {
			if r := run(b, dir, ""); len(r.Files) > 0 {
				b.Fatal("something changed: ", r.Files[0].Path)
			}
		}
	})
	gentest.Write(b, sql, strings.Replace(text, "WHERE m.active", "WHERE NOT m.active", 1))
	b.Run("view", func(b *testing.B) {
		for b.Loop() {
			if r := run(b, dir, ""); len(r.Ops) != 1 {
				b.Fatal("ops: ", len(r.Ops))
			}
		}
	})
	gentest.Write(b, sql, text)
	gentest.Write(b, filepath.Join(dir, "models", "models.go"), strings.Replace(gentest.Models(tables, 0), "Stock     int32", "Stock     int64", 1))
	b.Run("type under views", func(b *testing.B) {
		for b.Loop() {
			run(b, dir, "")
		}
	})
}
