package dialecttest

import (
	"fmt"
	"slices"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// looking keeps what a planner is told of the schema before each op, and after the last one.
type looking struct {
	migrate.Planner
	seen [][]schema.Fact
}

func (l *looking) Before(s *schema.Schema) {
	l.seen = append(l.seen, schema.Facts(s))
	l.Planner.Before(s)
}

// TestPlannerSeesTheSchema: before each op, on the way there and back, a planner sees the schema as the dialect has it, whether other tables differ between the dialects or none does.
func TestPlannerSeesTheSchema(t *testing.T) {
	differing := []migrate.Op{
		migrate.AddColumn{Table: "books", Column: schema.Text("shelf").Null().CollateFor("postgres", "C").CollateFor("sqlite", "NOCASE")},
		table("apart", schema.Text("shelf").Null().CollateFor("postgres", "C")),
		migrate.AddUnique{Table: "authors", Unique: schema.Unique{Name: "authors_here", Columns: []string{"name"}, Only: "sqlite"}},
	}
	cases := append(opCases(), opCase{"the value of a default is renamed", []migrate.Op{
		migrate.CreateEnum{Name: "mood", Values: []string{"sad", "happy"}},
		migrate.AddColumn{Table: "books", Column: schema.EnumOf("mood", "mood").Default("sad")},
		migrate.RenameEnumValue{Enum: "mood", From: "sad", To: "blue"},
	}})
	looks := 0
	for _, d := range []migrate.Dialect{postgres.Dialect{}, sqlite.Dialect{}} {
		for _, c := range cases {
			if c.lacksObjects(d.Capabilities()) {
				continue
			}
			for _, first := range [][]migrate.Op{ground(), append(ground(), differing...)} {
				before := &schema.Schema{}
				if _, err := migrate.PlanOps(d.Planner(0), before, first); err != nil {
					t.Fatal(err)
				}
				ops := c.ops
				if back, err := migrate.Invert(ops); err == nil {
					ops = slices.Concat(ops, back)
				}
				p := &looking{Planner: d.Planner(0)}
				if _, err := migrate.PlanOps(p, before.Clone(), ops); err != nil {
					continue // what a dialect cannot do
				}
				for i, seen := range p.seen {
					looks++
					if want := schema.Facts(before.For(d.Name())); !slices.Equal(seen, want) {
						t.Errorf("%s on %s, after %d ops: the planner sees\n%v\nand the schema is\n%v", c.name, d.Name(), i, seen, want)
					}
					if i == len(ops) {
						break
					}
					if err := ops[i].Apply(before); err != nil {
						t.Fatal(c.name, err)
					}
				}
			}
		}
	}
	if looks < 1500 {
		t.Errorf("only %d looks", looks)
	}
}

// TestPlansOfManyTables: what it takes to plan tables that differ between the dialects grows with their number, not with its square.
func TestPlansOfManyTables(t *testing.T) {
	for _, d := range []migrate.Dialect{postgres.Dialect{}, sqlite.Dialect{}} {
		taken := func(n int) float64 {
			var ops []migrate.Op
			for i := range n {
				ops = append(ops, table(fmt.Sprintf("t%04d", i), schema.Text("name").CollateFor("postgres", "C").CollateFor("sqlite", "NOCASE")))
			}
			return testing.AllocsPerRun(1, func() {
				if _, err := migrate.PlanOps(d.Planner(0), &schema.Schema{}, ops); err != nil {
					t.Fatal(err)
				}
			})
		}
		if few, many := taken(50), taken(400); many > 16*few {
			t.Errorf("%s: %.0f allocations for 50 tables, %.0f for 400", d.Name(), few, many)
		}
	}
}
