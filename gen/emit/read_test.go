package emit_test

import (
	"testing"

	"github.com/modelgen/modelgen/gen/read"
	migrate "github.com/modelgen/modelgen/runtime"
)

// TestReadOpsHaveTheHash holds the reader to what was emitted: read and not compiled, the files give ops with the same hash.
func TestReadOpsHaveTheHash(t *testing.T) {
	all := emittedMigrations(t)
	var files []read.File
	for _, m := range all {
		files = append(files, read.File{Name: m.Name + ".go", Src: formatted(t, m)})
	}
	got, err := read.Files(files)
	if err != nil {
		t.Fatal(err)
	}
	byName := map[string]read.Migration{}
	for _, m := range got {
		byName[m.Name] = m
	}
	ops := 0
	for _, want := range all {
		m := byName[want.Name]
		if m.Var != want.Var || len(m.Ops) != len(want.Ops) || len(m.Parents) != len(want.Parents) || len(m.Answers) != len(want.Answers) {
			t.Fatalf("%s was read as %+v", want.Name, m)
		}
		for i, op := range m.Ops {
			ops++
			if op.Value == nil {
				t.Errorf("%s: op %d is opaque: %s\n%s", want.Name, i, op.Why, op.Source)
			} else if migrate.HashOps([]migrate.Op{op.Value}) != migrate.HashOps(want.Ops[i:i+1]) {
				t.Errorf("%s: op %d is another one: %#v, not %#v", want.Name, i, op.Value, want.Ops[i])
			}
		}
		if migrate.HashOps(m.Values()) != migrate.HashOps(want.Ops) {
			t.Errorf("%s: the hash of all ops is another one", want.Name)
		}
	}
	if ops < 500 {
		t.Errorf("only %d ops were compared", ops)
	}
}
