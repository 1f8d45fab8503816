package migrate_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestInvertRows: what declared rows had comes back in an order that no constraint refuses.
func TestInvertRows(t *testing.T) {
	keeps := func(column string, v any) migrate.Op {
		return migrate.Rows{Table: "t", Key: []string{"code"}, Declared: true, Update: []migrate.RowUpdate{{Key: migrate.Values{"code": "a"}, From: migrate.Values{column: v}}}}
	}
	writes := func(column string, from, to any) migrate.Op {
		u := migrate.RowUpdate{Key: migrate.Values{"code": "a"}}
		if from != "" {
			u.From = migrate.Values{column: from}
		}
		if to != "" {
			u.To = migrate.Values{column: to}
		}
		return migrate.Rows{Table: "t", Key: []string{"code"}, Declared: true, Update: []migrate.RowUpdate{u}}
	}
	deletes := func(n any) migrate.Op {
		row := migrate.Values{"code": "a"}
		if n != nil {
			row["n"] = n
		}
		return migrate.Rows{Table: "t", Key: []string{"code"}, Declared: true, Delete: []migrate.Values{row}}
	}
	inserts := func(n any) migrate.Op {
		return migrate.Rows{Table: "t", Key: []string{"code"}, Declared: true, Insert: []migrate.Values{{"code": "a", "n": n}}}
	}
	alter := func(from, to schema.ColumnDef) migrate.Op {
		return migrate.AlterColumn{Table: "t", From: from, To: to}
	}
	for name, c := range map[string]struct{ ops, want []migrate.Op }{
		"a column that no row can be without": {
			[]migrate.Op{keeps("n", 2), migrate.DropColumn{Table: "t", Column: schema.Integer("n")}},
			[]migrate.Op{migrate.AddColumn{Table: "t", Column: schema.Integer("n").Null()}, writes("n", "", 2), alter(schema.Integer("n").Null(), schema.Integer("n"))},
		},
		"one with a default": {
			[]migrate.Op{keeps("n", 2), migrate.DropColumn{Table: "t", Column: schema.Integer("n").Default(7)}},
			[]migrate.Op{migrate.AddColumn{Table: "t", Column: schema.Integer("n").Default(7)}, writes("n", "", 2)},
		},
		"nobody knows what it had": {
			[]migrate.Op{migrate.DropColumn{Table: "t", Column: schema.Integer("n")}},
			[]migrate.Op{migrate.AddColumn{Table: "t", Column: schema.Integer("n")}},
		},
		"a text that is no number": {
			[]migrate.Op{keeps("n", 2), alter(schema.Integer("n"), schema.Text("n")), writes("n", "", "two")},
			[]migrate.Op{writes("n", "two", "2"), alter(schema.Text("n"), schema.Integer("n")), writes("n", "", 2)},
		},
		"a number that is too large": {
			[]migrate.Op{keeps("n", 2), alter(schema.Integer("n"), schema.BigInt("n")), writes("n", "", 1<<40)},
			[]migrate.Op{writes("n", 1<<40, 2), alter(schema.BigInt("n"), schema.Integer("n")), writes("n", "", 2)},
		},
		"a row that was deleted behind a larger type": {
			[]migrate.Op{keeps("n", 2), alter(schema.Integer("n"), schema.BigInt("n")), deletes(nil)},
			[]migrate.Op{inserts(2), alter(schema.BigInt("n"), schema.Integer("n")), writes("n", "", 2)},
		},
		"one behind a smaller type": {
			[]migrate.Op{keeps("n", 2), alter(schema.BigInt("n"), schema.Integer("n")), deletes(nil)},
			[]migrate.Op{inserts(2), alter(schema.Integer("n"), schema.BigInt("n")), writes("n", "", 2)},
		},
		"one behind a text": {
			[]migrate.Op{keeps("n", 2), alter(schema.Integer("n"), schema.Text("n")), deletes(nil)},
			[]migrate.Op{inserts("2"), alter(schema.Text("n"), schema.Integer("n")), writes("n", "", 2)},
		},
		"one that has a value": {
			[]migrate.Op{keeps("n", 2), alter(schema.Integer("n"), schema.BigInt("n")), deletes(3)},
			[]migrate.Op{inserts(3), alter(schema.BigInt("n"), schema.Integer("n")), writes("n", "", 2)},
		},
		"a fill": {
			[]migrate.Op{keeps("n", nil), migrate.Fill{Table: "t", Column: "n", Expr: "0"}, writes("n", "", 5)},
			[]migrate.Op{writes("n", 5, nil), writes("n", "", nil)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := migrate.Invert(c.ops)
			if err != nil {
				t.Fatal(err)
			}
			if migrate.HashOps(got) != migrate.HashOps(c.want) {
				t.Errorf("undone by other ops:\n%s", cmp.Diff(fmt.Sprintf("%+v", c.want), fmt.Sprintf("%+v", got)))
			}
		})
	}
}
