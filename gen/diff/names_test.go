package diff_test

import (
	"fmt"
	"testing"

	"github.com/modelgen/modelgen/gen/diff"
	"github.com/modelgen/modelgen/runtime/schema"
)

// moves returns every way in which three things called a, b and c can be called a to d afterwards: nothing, chains, swaps and rings.
func moves() (all [][3]string) {
	names := []string{"a", "b", "c", "d"}
	for _, x := range names {
		for _, y := range names {
			for _, z := range names {
				if x != y && y != z && x != z {
					all = append(all, [3]string{x, y, z})
				}
			}
		}
	}
	return all
}

// TestEveryMove renames columns, tables, enums, indexes and constraints in every way, each with something that shows which it was.
func TestEveryMove(t *testing.T) {
	before := [3]string{"a", "b", "c"}
	for kind, make := range map[string]func(names [3]string, hint func(i int) string) *schema.Schema{
		"columns": func(names [3]string, hint func(i int) string) *schema.Schema {
			tab := table("items", id())
			for i, n := range names {
				c := schema.Text(n).Comment("this was " + before[i]).Def()
				c.Was = hint(i)
				tab.Columns = append(tab.Columns, c)
				tab.Checks = append(tab.Checks, schema.Check{Name: "is_" + before[i], Expr: n + " <> '" + before[i] + "'"})
			}
			return of(tab)
		},
		"tables": func(names [3]string, hint func(i int) string) *schema.Schema {
			s := of()
			for i, n := range names {
				tab := table(n, id(), schema.BigInt("next"), pk("id"), fk("next", names[(i+1)%3]))
				tab.Comment, tab.Was = "this was "+before[i], hint(i)
				s.PutTable(tab)
			}
			return s
		},
		"enums": func(names [3]string, hint func(i int) string) *schema.Schema {
			s := of()
			tab := table("items", id())
			for i, n := range names {
				s.PutEnum(was(hint(i), enum(n, "this was "+before[i])))
				tab.Columns = append(tab.Columns, schema.EnumOf("of_"+before[i], n).Def())
			}
			s.PutTable(tab)
			return s
		},
		"indexes": func(names [3]string, _ func(i int) string) *schema.Schema {
			s := of()
			for i, n := range names {
				s.PutTable(table("of_"+before[i], id(), named(n, index("id"))))
			}
			return s
		},
		"constraints": func(names [3]string, _ func(i int) string) *schema.Schema {
			return of(table("items", id(), schema.Text("x"), named(names[0], unique("x")), named(names[1], check("x <> ''")),
				named(names[2], fk("id", "items")), pk("id")))
		},
	} {
		for _, names := range moves() {
			t.Run(fmt.Sprintf("%s/%s%s%s", kind, names[0], names[1], names[2]), func(t *testing.T) {
				old := settled(t, make(before, func(int) string { return "" }))
				in := diff.Input{Old: old, New: make(names, func(i int) string {
					if names[i] == before[i] {
						return ""
					}
					return before[i]
				})}
				res, err := diff.Diff(in)
				if err != nil || len(res.Questions) > 0 {
					t.Fatal(text(res, err))
				}
				moved := 0
				for i := range names {
					if names[i] != before[i] {
						moved++
					}
				}
				if len(res.Ops) < moved || len(res.Ops) > moved+1 {
					t.Errorf("%d names changed, by these ops:\n%s", moved, text(res, nil))
				}
				leads(t, in, res)
			})
		}
	}
}
