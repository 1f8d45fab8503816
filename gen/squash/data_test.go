package squash

import (
	"slices"
	"testing"

	"github.com/modelgen/modelgen/gen/read"
	"github.com/modelgen/modelgen/internal/everyop"
)

// TestDataKinds: a step over data is known by its kind, whether its value can be read or not.
func TestDataKinds(t *testing.T) {
	for _, op := range everyop.Samples() {
		name, data := everyop.Name(op), op.Effects().OverData()
		want := ""
		if data {
			want = name
		}
		if got := kindOf(read.Op{Value: op}); got != want {
			t.Errorf("%s is of kind %q, want %q", name, got, want)
		}
		// A step that is not written yet is a string, and always read.
		if unread := data && name != "Unwritten"; slices.Contains(dataKinds, name) != unread {
			t.Errorf("dataKinds: %s is in it: %v, want %v", name, !unread, unread)
		}
		if got := kindOf(read.Op{Source: "migrate." + name + "{Table: table()}"}); slices.Contains(dataKinds, name) && got != name {
			t.Errorf("%s that cannot be read is of kind %q", name, got)
		}
	}
	if got := kindOf(read.Op{Source: "migrate.Backfill[person]{Table: table()}"}); got != "Backfill" {
		t.Errorf("a backfill is of kind %q", got)
	}
}
