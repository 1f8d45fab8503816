package page

import (
	"maps"
	"testing"

	"github.com/modelgen/modelgen/internal/everyop"
	"github.com/modelgen/modelgen/runtime/postgres"
	"github.com/modelgen/modelgen/runtime/schema"
	"github.com/modelgen/modelgen/runtime/sqlite"
)

// TestPageShowsEveryField: the page of a schema that lacks what any field says is another page.
func TestPageShowsEveryField(t *testing.T) {
	databases := []Database{{Dialect: postgres.Dialect{}}, {Dialect: sqlite.Dialect{}}}
	show := func(s *schema.Schema) string {
		return New(Input{Set: "everyop", Schema: s, Databases: databases}).html()
	}
	all := show(everyop.Schema())
	notices := func(l everyop.Lesser) bool { return show(l.Schema) != all }
	excused := everyop.Hints()
	maps.Copy(excused, notShown)
	for _, p := range everyop.Unnoticed("the page", notices, excused) {
		t.Error(p)
	}
}

// notShown are the fields that the page does not show, with the reason.
var notShown = map[string]string{
	"Schema.Namespaces": "a schema is shown with what is in it",
	"DualWrite.Column":  "what the column is when the dual write ends",
}
