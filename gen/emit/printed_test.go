package emit_test

import (
	"fmt"
	"testing"

	"github.com/modelgen/modelgen/gen/emit"
	"github.com/modelgen/modelgen/gen/optimize/optimizetest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestPrintedAsGofmt: random lists come out as gofmt has them, without it being asked.
func TestPrintedAsGofmt(t *testing.T) {
	for seed := range uint64(100) {
		o := optimizetest.Options{Data: seed%3 == 0}
		s, _ := optimizetest.Begin(seed, o)
		formatted(t, emit.Migration{Package: "migrations", Name: "0001_random", Var: "M0001Random", Doc: "M0001Random is made at random.", Ops: optimizetest.List(seed, s, 40, o)})
	}
}

// TestPrintedLines: texts of several lines, where gofmt breaks lines behind them and where it does not.
func TestPrintedLines(t *testing.T) {
	const two = "SELECT 1,\n\t2"
	for i, op := range []migrate.Op{
		migrate.SQL{Up: []string{two}, Down: []string{"a", two}},
		migrate.SQL{Up: []string{two, "a", two, two}, NoDown: two, Schema: []migrate.Op{
			migrate.CreateTable{Table: "a", Columns: []schema.ColumnDef{schema.Text("a").Default(two).Comment(two), schema.Text("b").DefaultFor("sqlite", two).Null()}, Comment: two},
			migrate.DropTable{Table: "a", Columns: []schema.ColumnDef{schema.Text("a")}},
		}},
		migrate.Fill{Table: "a", Column: "b", Expr: two},
		migrate.CommentTable{Table: "a", From: two, To: two},
		migrate.CommentTable{Table: "a", From: "a", To: two},
		migrate.Rows{Table: "a", Key: []string{"id"}, Insert: []migrate.Values{{"id": 1, "a": two, "b": two}, {"id": 1.5, "z": two}, {two: nil, "b": 1e30}}},
		migrate.AddCheck{Table: "a", Check: schema.Check{Name: "c", Expr: two, Only: "sqlite"}},
		migrate.CreateIndex{Table: "a", Index: schema.Index{Name: "i", Parts: []schema.IndexPart{{Expr: two, Desc: true}, {Column: "a"}}, Where: two}},
		migrate.AlterColumn{Table: "a", From: schema.Integer("n").Default(1), To: schema.Double("n").Default(-1e9), Using: two},
		migrate.AddColumn{Table: "a", Column: schema.Column{Name: "n", Type: schema.Type{Kind: schema.KindDouble}, Default: new("1E9")}},
	} {
		formatted(t, emit.Migration{Package: "migrations", Name: "0001_lines", Var: "M0001Lines", Doc: fmt.Sprintf("M0001Lines is case %d.", i), Ops: []migrate.Op{op, migrate.CreateSchema{Name: "x"}, op}})
	}
}
