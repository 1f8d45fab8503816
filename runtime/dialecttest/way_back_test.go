package dialecttest_test

import (
	"context"
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestFillBack gives rows their value when the drop of a NOT NULL column without a default is undone, also where the drop was applied before
// anybody wrote the value down.
func TestFillBack(t *testing.T) {
	runners(t, func(r *runner) {
		set := func(fill string) *migrate.Set {
			return migrate.NewSet("audit", chain(
				makes("audit_log", schema.Text("note"), schema.Text("action")),
				migrate.DropColumn{Table: "audit_log", Column: schema.Text("action"), FillBack: fill})...)
		}
		r.up(set(""), "0001_a, 0002_b")
		r.exec("INSERT INTO audit_log (id, note) VALUES (1, 'x'), (2, 'y')")

		after := set("'was ' || note")
		r.settled(after) // the value for the way back is no edit
		r.to(after, "0001", "undone 0002_b")
		r.agrees(after)
		if n := r.count("SELECT count(*) FROM audit_log WHERE action = 'was ' || note"); n != 2 {
			r.t.Errorf("%d rows have their value, want 2", n)
		}
		r.up(after, "0002_b")
		r.settled(after)
	})
}

// agrees checks that the database is as the history says.
func (r *runner) agrees(set *migrate.Set) {
	r.t.Helper()
	if diff, err := r.migrator(set).Verify(context.Background()); err != nil || len(diff) > 0 {
		r.t.Errorf("the database is not what the history says: %v %v", diff, err)
	}
}

// TestWayBackThatRowsBar: what rows bar on the way back is found before its first stage, with their number, by down and by plan -down.
func TestWayBackThatRowsBar(t *testing.T) {
	t.Parallel()
	owner := schema.ForeignKey{Name: "items_group_fkey", Columns: []string{"group_id"}, RefTable: "groups", RefColumns: []string{"id"}}
	groups := makes("groups", schema.Text("name").Null()).(migrate.CreateTable)
	for _, c := range []struct {
		name, rows, says string
		ops              []migrate.Op
	}{
		{"a table that comes back without its rows", "INSERT INTO items VALUES (1, 1, 'c', 7, 'one'), (2, 1, 'c', 7, 'two')", "refer to rows of groups, which comes back without any", []migrate.Op{
			migrate.DropForeignKey{Table: "items", ForeignKey: owner}, migrate.DropTable(groups),
		}},
		{"a column without a value", "INSERT INTO items (id, n, label) VALUES (1, 7, 'one'), (2, 7, 'two')", "would have no value in column code, which is NOT NULL and has no default", []migrate.Op{
			migrate.DropColumn{Table: "items", Column: schema.Text("code")},
			migrate.CreateIndex{Table: "items", Index: schema.Index{Name: "items_n_idx", Parts: []schema.IndexPart{{Column: "n"}}}},
		}},
		{"NULLs", "INSERT INTO items VALUES (1, 1, 'c', NULL, 'one'), (2, 1, 'c', NULL, 'two')", "hold NULL in n", []migrate.Op{
			migrate.AlterColumn{Table: "items", From: schema.Integer("n"), To: schema.Integer("n").Null()},
		}},
		{"duplicates", "INSERT INTO items VALUES (1, 1, 'c', 7, 'same'), (2, 1, 'c', 7, 'same')", "share their (label) with another one", []migrate.Op{
			migrate.DropUnique{Table: "items", Unique: schema.Unique{Name: "items_label_key", Columns: []string{"label"}}},
		}},
		{"a column without a value, in a table that has been renamed", "INSERT INTO things (id, n, label) VALUES (1, 7, 'one'), (2, 7, 'two')", "would have no value in column code", []migrate.Op{
			migrate.DropColumn{Table: "items", Column: schema.Text("code")},
			migrate.RenameTable{From: "items", To: "things"},
			migrate.AddColumn{Table: "things", Column: schema.Text("slug").Null()},
			migrate.CreateIndex{Table: "things", Index: schema.Index{Name: "things_n_idx", Parts: []schema.IndexPart{{Column: "n"}}}},
		}},
		{"duplicates beside a column that goes", "INSERT INTO items (id, group_id, code, n, label) VALUES (1, 1, 'c', 7, 'same'), (2, 1, 'c', 7, 'same')", "share their (label) with another one", []migrate.Op{
			migrate.DropUnique{Table: "items", Unique: schema.Unique{Name: "items_label_key", Columns: []string{"label"}}},
			migrate.AddColumn{Table: "items", Column: schema.Text("more").Null()},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			runners(t, func(r *runner) {
				items := makes("items", schema.BigInt("group_id").Null(), schema.Text("code"), schema.Integer("n"), schema.Text("label")).(migrate.CreateTable)
				items.ForeignKeys, items.Uniques = []schema.ForeignKey{owner}, []schema.Unique{{Name: "items_label_key", Columns: []string{"label"}}}
				first := &migrate.Migration{Name: "0001_a", Ops: []migrate.Op{groups, items}}
				set := migrate.NewSet("bars", first, &migrate.Migration{Name: "0002_b", Parents: []*migrate.Migration{first}, Ops: c.ops})
				r.to(set, "0001", "0001_a")
				r.exec("INSERT INTO groups VALUES (1, 'g')")
				r.up(set, "0002_b")
				r.exec(c.rows)
				plan, err := r.migrator(set).PlanBack(context.Background(), 1)
				if err != nil {
					r.t.Fatal(err)
				}
				if stops := strings.Join(plan.Steps[0].Stops, "\n"); !strings.Contains(stops, c.says) || !strings.Contains(stops, "2 rows (id 1, 2)") {
					r.t.Errorf("plan -down says: %s", stops)
				}
				_, err = r.migrator(set).Down(context.Background())
				r.fails(err, c.says, "2 rows (id 1, 2)", "nothing of it was changed")
				r.history("bars/0001_a done", "bars/0002_b done")
				r.settled(set)
			})
		})
	}
}
