package emit_test

import (
	"slices"
	"testing"

	"github.com/modelgen/modelgen/gen/emit"
	"github.com/modelgen/modelgen/gen/read"
	"github.com/modelgen/modelgen/internal/everyop"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestEveryFieldIsWritten: what any field of a schema says is in the Go code of the ops that make it.
func TestEveryFieldIsWritten(t *testing.T) {
	s := everyop.Schema()
	var ops []migrate.Op
	for _, ns := range s.Namespaces {
		ops = append(ops, migrate.CreateSchema{Name: ns})
	}
	for _, e := range s.Enums {
		ops = append(ops, migrate.CreateEnum{Name: e.Name, Values: e.Values})
	}
	slices.Reverse(s.Tables) // those that others refer to come first
	for _, table := range s.Tables {
		ops = append(ops, migrate.NewCreateTable(table))
		for _, row := range table.Rows.Rows {
			ops = append(ops, migrate.Rows{Table: table.Name, Key: table.Rows.Key, Declared: true, Insert: []migrate.Values{migrate.RowValues(table, row)}})
		}
		for _, d := range table.DualWrites {
			ops = append(ops, migrate.NewAddDualWrite(table.Name, d))
		}
	}
	for _, o := range s.SQLObjects {
		o.Was = ""
		ops = append(ops, migrate.ObjectOp(nil, &o))
	}
	got, err := read.Files([]read.File{{Name: "0001_all.go", Src: formatted(t, emit.Migration{Package: "migrations", Name: "0001_all", Var: "M0001All", Ops: ops})}})
	if err != nil || len(got) != 1 || len(got[0].Ops) != len(ops) {
		t.Fatalf("%v, %+v", err, got)
	}
	facts := func(ops []migrate.Op) []schema.Fact {
		s := &schema.Schema{}
		for _, op := range ops {
			if err := op.Apply(s); err != nil {
				t.Fatal(err)
			}
		}
		return schema.Facts(s)
	}
	want, written := facts(ops), facts(got[0].Values())
	for _, f := range want {
		if !slices.Contains(written, f) {
			t.Errorf("what was emitted does not say %+v", f)
		}
	}
	if len(written) != len(want) || len(want) < 100 {
		t.Errorf("%d facts of %d were written", len(written), len(want))
	}
	whole := schema.Facts(everyop.Schema())
	for _, f := range whole {
		if !slices.Contains(want, f) && f.Kind != "object" && f.Kind != "schema" {
			t.Errorf("the ops do not say %+v", f)
		}
	}
}
