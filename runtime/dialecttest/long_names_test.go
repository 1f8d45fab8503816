package dialecttest_test

import (
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// An index of 64 characters, as gorm names them on SQLite, is one there; PostgreSQL, which would cut the name, refuses it when it plans, and longer
// ones are refused everywhere.
func TestLongNames(t *testing.T) {
	ops := func(n int) []migrate.Op {
		return []migrate.Op{
			migrate.CreateTable{Table: "a", Columns: []schema.ColumnDef{schema.Text("b")}},
			migrate.CreateIndex{Table: "a", Index: schema.Index{Name: strings.Repeat("i", n), Parts: []schema.IndexPart{{Column: "b"}}}},
		}
	}
	for _, c := range []struct {
		n        int
		pg, lite bool
	}{{63, true, true}, {64, false, true}, {65, false, false}} {
		for _, d := range []struct {
			dialect migrate.Dialect
			want    bool
		}{{postgres.Dialect{}, c.pg}, {sqlite.Dialect{}, c.lite}} {
			_, err := migrate.PlanOps(d.dialect.Planner(0), &schema.Schema{}, ops(c.n))
			if (err == nil) != d.want {
				t.Errorf("%d characters on %s: %v", c.n, d.dialect.Name(), err)
			}
		}
	}
}
