package revise

import (
	"reflect"
	"testing"

	"github.com/modelgen/modelgen/runtime/schema"
)

// TestMergeSeesEveryFact: two branches whose results differ in anything but the order of columns are not joined silently.
func TestMergeSeesEveryFact(t *testing.T) {
	a := &schema.Schema{Tables: []*schema.Table{{Name: "t", Columns: []schema.Column{{Name: "a"}, {Name: "b"}}}}}
	b := &schema.Schema{Tables: []*schema.Table{{Name: "t", Columns: []schema.Column{{Name: "b"}, {Name: "a"}}}}}
	if !reflect.DeepEqual(unordered(a), unordered(b)) {
		t.Error("the order of columns counts")
	}
	b.Tables[0].Comment = "other"
	if reflect.DeepEqual(unordered(a), unordered(b)) {
		t.Error("the comment of a table does not count")
	}
}
