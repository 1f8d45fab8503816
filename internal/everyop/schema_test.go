package everyop

import (
	"reflect"
	"slices"
	"testing"

	"github.com/modelgen/modelgen/runtime/schema"
)

// TestSchema: the schema has something in every field, and each lesser one is another one.
func TestSchema(t *testing.T) {
	if n := len(Fields()); n < 60 {
		t.Errorf("only %d fields were found", n)
	}
	whole := Schema()
	if got := Unnoticed("reflection", func(l Lesser) bool { return !reflect.DeepEqual(l.Schema, whole) }, nil); got != nil {
		t.Errorf("%q", got)
	}
	facts := schema.Facts(whole)
	got := Unnoticed("here", func(l Lesser) bool { return !slices.Equal(schema.Facts(l.Schema), facts) && l.Field != "Index.Where" },
		map[string]string{"Check.Expr": "a reason", "Table.Was": "a reason", "Column.Was": "a reason", "Column.ValueWas": "a reason", "Enum.Was": "a reason",
			"Enum.Owner": "a reason", "Enum.ValueWas": "a reason", "Enum.Parts": "a reason", "SQLObject.Was": "a reason"})
	if want := []string{"here notices Check.Expr: it is excused in vain", "here does not notice Index.Where"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
