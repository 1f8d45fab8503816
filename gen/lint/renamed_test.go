package lint_test

import (
	"slices"
	"testing"

	"github.com/modelgen/modelgen/gen/lint"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestRenamedInTheSameMigration takes the cases of objects, and renames a table or a column that they are on before and behind: what is found of the previous release is the same.
func TestRenamedInTheSameMigration(t *testing.T) {
	renames := []migrate.Op{migrate.RenameTable{From: "notes", To: "memos"}, migrate.RenameColumn{Table: "notes", From: "size", To: "length"}}
	tried := 0
	for _, c := range objectCases {
		for _, rename := range renames {
			for _, list := range [][]migrate.Op{c.hit, c.miss} {
				want := has(look(lint.Input{}, list...), c.code)
				moved := renamedOps(t, rename, list)
				if moved == nil {
					continue
				}
				tried++
				for _, all := range [][]migrate.Op{append(ops(rename), moved...), append(slices.Clone(list), rename)} {
					if got := look(lint.Input{}, all...); has(got, c.code) != want || has(got, "MG407") {
						t.Errorf("%s is found: %t, of %s: %t; %v", c.code, want, describe(all), !want, codes(got))
					}
				}
			}
		}
	}
	if tried < 150 {
		t.Errorf("only %d lists were tried", tried)
	}
}

func has(found []lint.Finding, code string) bool { return slices.Contains(codes(found), code) }

// renamedOps returns ops of objects as they stand behind a rename; nil where there is another op, which a test has no general way to move.
func renamedOps(t *testing.T, rename migrate.Op, list []migrate.Op) (all []migrate.Op) {
	t.Helper()
	s := before()
	for _, op := range list {
		from, to, ok := migrate.ObjectChange(op)
		if !ok {
			return nil
		}
		moved := func(o *schema.SQLObject) *schema.SQLObject {
			if o == nil {
				return nil
			}
			now := s.Clone()
			mark := *o
			mark.Was = "mark"
			now.PutSQLObject(mark)
			if err := rename.Apply(now); err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(now.SQLObjects, func(x schema.SQLObject) bool { return x.Was == "mark" })
			now.SQLObjects[i].Was = ""
			return &now.SQLObjects[i]
		}
		all = append(all, migrate.ObjectOp(moved(from), moved(to)))
		if err := op.Apply(s); err != nil {
			t.Fatal(err)
		}
	}
	return all
}
