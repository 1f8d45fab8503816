package optimize_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// replayed returns what ops make of a schema.
func replayed(t *testing.T, before *schema.Schema, ops []migrate.Op) *schema.Schema {
	t.Helper()
	s := before.Clone()
	for i, op := range ops {
		if err := op.Apply(s); err != nil {
			t.Fatalf("op %d does not fit: %v\n%s", i+1, err, listed(ops))
		}
	}
	return s
}

func facts(s *schema.Schema) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func listed(ops []migrate.Op) string {
	var b strings.Builder
	for _, op := range ops {
		fmt.Fprintf(&b, "\t%s\n\t\t%+v\n", op.Describe(), op)
	}
	return b.String()
}

func sortColumns(columns []schema.Column) {
	slices.SortFunc(columns, func(a, b schema.Column) int { return strings.Compare(a.Name, b.Name) })
}
