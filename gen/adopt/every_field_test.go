package adopt_test

import (
	"testing"

	"github.com/modelgen/modelgen/gen/adopt"
	"github.com/modelgen/modelgen/internal/everyop"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestEveryFieldIsSaid: what any field of a schema says is in the models that are written of it, or is listed as what they do not say.
func TestEveryFieldIsSaid(t *testing.T) {
	for _, dialect := range []string{"postgres", "sqlite"} {
		t.Run(dialect, func(t *testing.T) {
			s := everyop.Schema().For(dialect)
			s.Objects, s.Namespaces = nil, nil // a step declares those; these come with what is put in them
			s.SQLObjects = nil                 // which an inspection lists with their SQL
			for _, table := range s.Tables {
				table.DualWrites = nil                // only -online makes one
				table.Options = schema.TableOptions{} // listed, too
			}
			left, _ := read(t, s, dialect, adopt.Config{})
			for _, u := range left {
				t.Errorf("the models do not say %s: %s", u.Object, u.Why)
			}
		})
	}
}
