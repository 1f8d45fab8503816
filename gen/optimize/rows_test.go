package optimize_test

import (
	"testing"

	"github.com/modelgen/modelgen/gen/optimize"
	migrate "github.com/modelgen/modelgen/runtime"
)

// TestRows: two steps over rows of one table become one where an order of deletes, updates and inserts does what both do.
func TestRows(t *testing.T) {
	type v = migrate.Values
	rows := func(r migrate.Rows) migrate.Rows {
		r.Table, r.Key = "currencies", []string{"code"}
		return r
	}
	insert := func(all ...v) migrate.Rows { return rows(migrate.Rows{Insert: all}) }
	remove := func(all ...v) migrate.Rows { return rows(migrate.Rows{Delete: all}) }
	update := func(code, from, to string) migrate.Rows {
		return rows(migrate.Rows{Update: []migrate.RowUpdate{{Key: v{"code": code}, From: v{"name": from}, To: v{"name": to}}}})
	}
	row := func(code, name string) v { return v{"code": code, "name": name} }
	list := func(ops ...migrate.Op) []migrate.Op { return ops }
	other := insert(row("x", "y"))
	other.Table = "roles"
	declared := insert(row("b", "B"))
	declared.Declared = true
	for _, c := range []struct {
		name      string
		ops, want []migrate.Op
	}{
		{"insert and insert", list(insert(row("a", "A")), insert(row("b", "B"))), list(insert(row("a", "A"), row("b", "B")))},
		{"insert and update", list(insert(row("a", "A")), update("a", "A", "Aa")), list(insert(row("a", "Aa")))},
		{"insert and delete", list(insert(row("a", "A")), remove(row("a", "A"))), []migrate.Op{}},
		{"three", list(insert(row("a", "A"), row("b", "B")), update("b", "B", "Bb"), remove(row("a", "A"))), list(insert(row("b", "Bb")))},
		{"update and update", list(update("a", "A", "Aa"), update("a", "Aa", "Aaa")), list(update("a", "A", "Aaa"))},
		{"update and back", list(update("a", "A", "Aa"), update("a", "Aa", "A")), []migrate.Op{}},
		{"update and delete", list(update("a", "A", "Aa"), remove(row("a", "Aa"))), list(remove(row("a", "A")))},
		{"delete and insert", list(remove(row("a", "A")), insert(row("a", "Aa"))), list(rows(migrate.Rows{Delete: []v{row("a", "A")}, Insert: []v{row("a", "Aa")}}))},
		{"of another row", list(update("a", "A", "Aa"), update("b", "B", "Bb")), list(rows(migrate.Rows{Update: []migrate.RowUpdate{
			{Key: v{"code": "a"}, From: v{"name": "A"}, To: v{"name": "Aa"}}, {Key: v{"code": "b"}, From: v{"name": "B"}, To: v{"name": "Bb"}}}}))},
		{"a row may refer to one that is inserted before", list(insert(row("a", "A")), update("b", "B", "a")), nil},
		{"a row may have referred to one that is deleted", list(update("b", "a", "B"), remove(row("a", "A"))), nil},
		{"another row has got what the first one had", list(rows(migrate.Rows{Update: []migrate.RowUpdate{
			{Key: v{"code": "a"}, From: v{"name": "1"}, To: v{"name": "2"}}, {Key: v{"code": "b"}, From: v{"name": "3"}, To: v{"name": "1"}}}}), update("a", "2", "3")), nil},
		{"of another table", list(insert(row("a", "A")), other), nil},
		{"that the models do not declare", list(insert(row("a", "A")), declared), nil},
		{"something in between", list(insert(row("a", "A")), migrate.SQL{Up: []string{"SELECT 1"}, Down: []string{"SELECT 1"}}, insert(row("b", "B"))), nil},
	} {
		if c.want == nil {
			c.want = c.ops
		}
		if got := optimize.Rules(c.ops); migrate.HashOps(got) != migrate.HashOps(c.want) {
			t.Errorf("%s: got %+v, want %+v", c.name, got, c.want)
		}
	}
}
