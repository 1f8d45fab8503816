package migrate

import (
	"testing"

	"github.com/modelgen/modelgen/runtime/schema"
)

// TestSameFor: after each op, and after it is undone, what is remembered is what the schema says.
func TestSameFor(t *testing.T) {
	text := schema.Text("name")
	only := []Op{
		CreateTable{Table: "other", Columns: []schema.ColumnDef{schema.BigInt("id"), schema.Text("name").CollateFor("postgres", "C")}},
		CreateTable{Table: "other", Columns: []schema.ColumnDef{schema.BigInt("id")}, Uniques: []schema.Unique{{Name: "u", Columns: []string{"id"}, Only: "postgres"}}},
		CreateTable{Table: "other", Columns: []schema.ColumnDef{schema.BigInt("id")}, Checks: []schema.Check{{Name: "c", Expr: "id > 0", Only: "sqlite"}}},
		CreateTable{Table: "other", Columns: []schema.ColumnDef{schema.BigInt("id")}},
		AddColumn{Table: "items", Column: schema.Text("code").Null().CollateFor("sqlite", "NOCASE")},
		AddColumn{Table: "items", Column: schema.Text("code").Null()},
		AlterColumn{Table: "items", From: text, To: schema.Text("name").CollateFor("postgres", "C")},
		AddUnique{Table: "items", Unique: schema.Unique{Name: "u", Columns: []string{"name"}, Only: "postgres"}},
		AddCheck{Table: "items", Check: schema.Check{Name: "c", Expr: "name <> ''", Only: "postgres"}},
		CreateIndex{Table: "items", Index: schema.Index{Name: "x", Parts: []schema.IndexPart{{Column: "name"}}, Only: "postgres"}},
		CreateIndex{Table: "items", Index: schema.Index{Name: "x", Parts: []schema.IndexPart{{Column: "name"}}}},
		RenameTable{From: "items", To: "goods"},
		SQL{Up: []string{"SELECT 1"}, Down: []string{"SELECT 1"}, Schema: []Op{CreateIndex{Table: "items", Index: schema.Index{Name: "x", Parts: []schema.IndexPart{{Column: "name"}}, Only: "sqlite"}}}},
		CreateView{Name: "v", Query: "SELECT id FROM items", Only: "postgres"},
		CreateView{Name: "v", Query: "SELECT id FROM items"},
	}
	differs := 0
	for i, op := range only {
		s := &schema.Schema{}
		if err := (CreateTable{Table: "items", Columns: []schema.ColumnDef{schema.BigInt("id"), text}}).Apply(s); err != nil {
			t.Fatal(err)
		}
		for _, dialect := range []string{"postgres", "sqlite"} {
			at := s.Clone()
			on := newSameFor(at, dialect)
			back, err := Invert([]Op{op})
			if err != nil {
				t.Fatal(i, err)
			}
			for _, op := range append([]Op{op}, back...) {
				if err := op.Apply(at); err != nil {
					t.Fatal(i, err)
				}
				on.applied(op.Effects())
				want := at.For(dialect)
				if want != at {
					differs++
				}
				if got := on.schema(); (got == at) != (want == at) {
					t.Errorf("%d on %s, %s: the schema is the same: %t, want %t", i, dialect, op.Describe(), got == at, want == at)
				}
			}
		}
	}
	if differs < 15 {
		t.Errorf("only %d schemas differ on a dialect", differs)
	}
}
