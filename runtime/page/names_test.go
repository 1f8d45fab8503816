package page

import (
	"slices"
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestNames: what is dropped is not taken for what has its name afterwards, and what a branch adds to a table belongs to it under the name that another
// branch has for it.
func TestNames(t *testing.T) {
	two := func() []Op {
		return ops(table("a", []schema.ColumnDef{schema.Text("x")}), table("b", []schema.ColumnDef{schema.Text("x"), schema.Text("y")}))
	}
	drop := func(name string, columns ...schema.ColumnDef) migrate.Op {
		return migrate.DropTable(table(name, columns))
	}
	first := Migration{Name: "0001_a", Ops: two()}
	second := func(all ...migrate.Op) []Migration {
		return []Migration{first, {Name: "0002_b", Parents: []string{"0001_a"}, Ops: ops(all...)}}
	}
	for _, tt := range []struct {
		what   string
		all    []Migration
		differ string              // from 0001 to the newest: sign, kind and name of what differs
		blame  map[string][]string // table.column -> migrations
	}{
		{"a column takes the place of another", second(migrate.AddColumn{Table: "b", Column: schema.Integer("z").Null()}, migrate.DropColumn{Table: "b", Column: schema.Text("x")}, migrate.RenameColumn{Table: "b", From: "z", To: "x"}),
			"-column x, +column x", map[string][]string{"b.x": {"0002_b"}}},
		{"a column that was there takes the place of another", second(migrate.DropColumn{Table: "b", Column: schema.Text("x")}, migrate.RenameColumn{Table: "b", From: "y", To: "x"}),
			"-column x, ~column x (was y)", map[string][]string{"b.x": {"0001_a", "0002_b"}}},
		{"columns change their names", second(migrate.RenameColumn{Table: "b", From: "x", To: "z"}, migrate.RenameColumn{Table: "b", From: "y", To: "x"}, migrate.RenameColumn{Table: "b", From: "z", To: "y"}),
			"~column y (was x), ~column x (was y)", map[string][]string{"b.x": {"0001_a", "0002_b"}}},
		{"a column is made again", second(migrate.DropColumn{Table: "b", Column: schema.Text("x")}, migrate.AddColumn{Table: "b", Column: schema.Integer("x").Null()}),
			"-column x, +column x", map[string][]string{"b.x": {"0002_b"}}},
		{"a table takes the place of another", second(drop("b", schema.Text("x"), schema.Text("y")), migrate.RenameTable{From: "a", To: "b"}),
			"~table b (was a), -table b, -column id, -column x, -column y, -primary key b_pkey", map[string][]string{"b.x": nil}},
		{"a table is made again", second(drop("b", schema.Text("x"), schema.Text("y")), table("b", []schema.ColumnDef{schema.Text("x")})),
			"-table b, -column id, -column x, -column y, -primary key b_pkey, +table b, +column id, +column x, +primary key b_pkey", map[string][]string{"b.x": nil}},
		{"a branch renames what another one adds to", append(second(migrate.RenameTable{From: "b", To: "c"}), Migration{Name: "0002_add", Parents: []string{"0001_a"}, Ops: ops(migrate.AddColumn{Table: "b", Column: schema.Integer("z").Null()})},
			Migration{Name: "0003_m", Parents: []string{"0002_add", "0002_b"}}), "~table c (was b), +column z", map[string][]string{"c.z": {"0002_add"}, "c.x": nil}},
		{"the same without a merge", append(second(migrate.RenameTable{From: "b", To: "c"}), Migration{Name: "0002_add", Parents: []string{"0001_a"}, Ops: ops(migrate.AddColumn{Table: "b", Column: schema.Integer("z").Null()})}),
			"~table c (was b)", nil},
	} {
		p := New(Input{Set: "names", Migrations: tt.all})
		c, err := p.history.between("0001_a", "")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, d := range c.tables {
			for _, r := range d.rows {
				row := string(r.glyph) + r.kind + " " + r.name
				if r.was != "" {
					row += " (was " + r.was + ")"
				}
				got = append(got, row)
			}
		}
		want := strings.Split(tt.differ, ", ")
		if tt.blame != nil && !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))) {
			t.Errorf("%s: %s\nwant %s", tt.what, strings.Join(got, ", "), tt.differ)
		}
		for column, want := range tt.blame {
			table, name, _ := strings.Cut(column, ".")
			var by []string
			for _, i := range p.blamed(table, key{kindColumn, name, ""}) {
				by = append(by, p.history.all[i].Name)
			}
			if !slices.Equal(by, want) {
				t.Errorf("%s: %s is of %q, want %q", tt.what, column, by, want)
			}
		}
		if _, err := p.history.between("zero", "0001_a"); err != nil {
			t.Error(err)
		}
	}
}
