package lint_test

import (
	"slices"
	"testing"

	"github.com/modelgen/modelgen/gen/lint"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestRows shows that a Backfill changes rows of its table and nothing else.
func TestRows(t *testing.T) {
	known := func(op migrate.Op) lint.Op { return lint.Op{Value: op} }
	rows := func(r lint.Rows) lint.Op { return lint.Op{Rows: &r} }
	notNull := known(alter(column("label"), nullable(column("label"), false)))
	positive := known(migrate.AddCheck{Table: "items", Check: schema.Check{Name: "c", Expr: "price > 0"}})
	dropped := known(migrate.DropColumn{Table: "items", Column: column("label")})
	for _, c := range []struct {
		name  string
		code  string
		ops   []lint.Op
		found bool
	}{
		{"of that column", "MG402", []lint.Op{rows(lint.Rows{Table: "items", Columns: []string{"id", "label"}}), notNull}, false},
		{"of another column", "MG402", []lint.Op{rows(lint.Rows{Table: "items", Columns: []string{"id", "name"}}), notNull}, true},
		{"of columns not known", "MG402", []lint.Op{rows(lint.Rows{Table: "items"}), notNull}, false},
		{"of another table", "MG402", []lint.Op{rows(lint.Rows{Table: "shops"}), notNull}, true},
		{"of nothing known", "MG402", []lint.Op{{}, notNull}, false},
		{"of the column of a check", "MG408", []lint.Op{rows(lint.Rows{Table: "items", Columns: []string{"price"}}), positive}, false},
		{"of another column than a check", "MG408", []lint.Op{rows(lint.Rows{Table: "items", Columns: []string{"name"}}), positive}, true},
		{"of another table than a unique index", "MG404", []lint.Op{rows(lint.Rows{Table: "shops"}), known(add(schema.Integer("rank").Default(1))),
			known(migrate.CreateIndex{Table: "items", Index: index("u", true, "rank")})}, true},
		{"at once, but in a transaction of its own", "MG214", []lint.Op{dropped, rows(lint.Rows{Table: "items", Columns: []string{"name"}, Plain: "it is small"})}, false},
		{"in batches", "MG214", []lint.Op{dropped, rows(lint.Rows{Table: "items", Columns: []string{"name"}})}, false},
		{"between two tables", "MG213", []lint.Op{dropped, rows(lint.Rows{Table: "items"}), known(migrate.DropColumn{Table: "shops", Column: schema.Text("city")})}, false},
		{"without the table", "MG407", []lint.Op{rows(lint.Rows{Table: "elsewhere"})}, true},
	} {
		list := lint.Lint(lint.Input{Before: before(), Exact: true, Targets: targets(), Ops: c.ops})
		if slices.Contains(codes(list), c.code) != c.found {
			t.Errorf("%s: %s: %v", c.name, c.code, list)
		}
	}
	if got := (lint.Op{Rows: &lint.Rows{Table: "items"}}).Describe(); got != "Backfill items" {
		t.Errorf("it describes itself as %s", got)
	}
}
