package scratch_test

import (
	"encoding/json"
	"testing"

	"github.com/modelgen/modelgen/gen/optimize/optimizetest"
	"github.com/modelgen/modelgen/gen/scratch"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

func facts(t *testing.T, s *schema.Schema) string {
	t.Helper()
	data, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestCopy applies random lists, op by op and several at once: a copy ends as a full copy does, and what it was made of stays.
func TestCopy(t *testing.T) {
	shared := 0
	for seed := range uint64(400) {
		s, _ := optimizetest.Begin(seed, optimizetest.Options{Data: seed%3 == 0})
		list := optimizetest.List(seed, s, 30, optimizetest.Options{Data: seed%3 == 0})
		size := 1 + int(seed%4)
		for i := 0; i < len(list); i += size {
			ops := list[i:min(i+size, len(list))]
			before, full, copied := facts(t, s), s.Clone(), scratch.Copy(s, ops...)
			for _, op := range ops {
				if err := op.Apply(full); err != nil {
					t.Fatal(err)
				}
				if err := op.Apply(copied); err != nil {
					t.Fatal(err)
				}
			}
			if got := facts(t, s); got != before {
				t.Fatalf("seed %d: %q changed what was copied:\n%s\nwas\n%s", seed, described(ops), got, before)
			}
			if got, want := facts(t, copied), facts(t, full); got != want {
				t.Fatalf("seed %d: %q results in\n%s\nnot\n%s", seed, described(ops), got, want)
			}
			for _, table := range copied.Tables {
				if s.Table(table.Name) == table {
					shared++
				}
			}
			s = copied
		}
	}
	if shared < 1000 {
		t.Errorf("only %d tables were shared: it saves nothing", shared)
	}
}

func described(ops []migrate.Op) (all []string) {
	for _, op := range ops {
		all = append(all, op.Describe())
	}
	return all
}
