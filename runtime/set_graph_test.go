package migrate

import (
	"fmt"
	"slices"
	"testing"

	"github.com/modelgen/modelgen/runtime/schema"
)

// The schema that is kept on the way is the one that a replay of the same migrations makes, and nobody else has it.
func TestSchemaBehind(t *testing.T) {
	steps := func() *Set {
		var all []*Migration
		for i, name := range []string{"0001_a", "0002_b", "0003_c", "0004_d"} {
			m := &Migration{Name: name, Ops: []Op{CreateTable{Table: fmt.Sprint("t", i), Columns: []schema.ColumnDef{schema.Text("x").Null()}}}}
			if i > 0 {
				m.Parents = all[i-1:]
				m.Ops = append(m.Ops, AddColumn{Table: "t0", Column: schema.Text(name).Null()})
			}
			all = append(all, m)
		}
		squash := &Migration{Name: "0005_e", Replaces: []string{"0001_a", "0002_b"}, Ops: slices.Concat(all[0].Ops, all[1].Ops)}
		all[2].Parents = []*Migration{squash}
		return NewSet("app", append(all, squash)...)
	}
	for behind := -1; behind < 5; behind++ {
		for name, counts := range map[string]func(s *Set, i int) bool{
			"the same":         func(s *Set, i int) bool { return i <= behind && s.counts(i) },
			"one less":         func(s *Set, i int) bool { return i < behind && s.counts(i) },
			"one more":         func(s *Set, i int) bool { return i <= behind+1 && s.counts(i) },
			"what is replaced": func(s *Set, i int) bool { return i <= behind && len(s.all[i].members) == 0 },
		} {
			s := steps()
			if err := s.errBehind(behind); err != nil {
				t.Fatal(err)
			}
			want, wantErr := s.schemaOf(func(i int) bool { return counts(s, i) })
			whole := schema.Facts(s.schema)
			for range 2 { // the second time nothing is kept
				got, err := s.schemaBehind(func(i int) bool { return counts(s, i) })
				if (err == nil) != (wantErr == nil) {
					t.Fatalf("%s as %d: %v, not %v", name, behind, err, wantErr)
				}
				if err != nil {
					continue
				}
				if !slices.Equal(schema.Facts(got), schema.Facts(want)) {
					t.Errorf("%s as %d: %v, not %v", name, behind, schema.Facts(got), schema.Facts(want))
				}
				got.PutTable(&schema.Table{Name: "other"})
				for _, table := range got.Tables {
					table.Columns = append(table.Columns, schema.Column{Name: "other"})
				}
			}
			if !slices.Equal(schema.Facts(s.schema), whole) {
				t.Errorf("%s as %d: the schema after all migrations has changed", name, behind)
			}
		}
	}
}
