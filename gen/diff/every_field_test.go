package diff_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/gen/diff"
	"github.com/modelgen/modelgen/internal/everyop"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestEveryFieldIsCompared: where the models say something that the snapshot does not, or no longer say what it does, in any field of any object, something
// comes of it: ops that make it so, a question, or an error that says what to do.
func TestEveryFieldIsCompared(t *testing.T) {
	models := func(s *schema.Schema) *schema.Schema { // which say nothing of dual writes, of what steps make, and of schemas but those that come with what is in them
		for _, table := range s.Tables {
			table.DualWrites = nil
		}
		s.Objects, s.Namespaces = nil, []string{"billing"}
		return s
	}
	impossible := []string{"Table.Name", "Table.Columns", "Column.Name", "Enum.Name", "SQLObject.Kind", "SQLObject.Name"} // no snapshot is without
	noModels := strings.Fields(`Schema.Enums PrimaryKey.Columns PrimaryKey.Name Unique.Columns Unique.Name Check.Expr Check.Name
		ForeignKey.Columns ForeignKey.RefTable ForeignKey.RefColumns ForeignKey.Name Index.Parts Index.Name IndexPart.Expr IndexPart.Column`) // are without, while what it belongs to is there
	notices := func(l everyop.Lesser, comes bool) bool {
		if slices.Contains(impossible, l.Field) || !comes && slices.Contains(noModels, l.Field) {
			return true
		}
		from, to := models(l.Schema), models(everyop.Schema())
		if !comes {
			from, to = to, from
		}
		res, err := diff.Diff(diff.Input{Old: from, New: to, Dialects: on(nil)})
		var errs diff.Errors
		switch {
		case errors.As(err, &errs):
			return true
		case err != nil:
			t.Errorf("between a schema without %s and one with it, gen/diff emits no op, or the wrong one: %v", l.Field, err)
			return true
		}
		return len(res.Ops)+len(res.Questions) > 0
	}
	excused := map[string]string{
		"Schema.Namespaces": "models do not list PostgreSQL schemas: they come with what is put in them",
		"Schema.Objects":    "steps written by hand declare them",
		"Object.Kind":       "steps written by hand declare it",
		"Object.Name":       "steps written by hand declare it",
		"Object.Table":      "steps written by hand declare it",
		"Object.Only":       "steps written by hand declare it",
		"Table.DualWrites":  "only -online makes one, for a rename or a change of type",
		"DualWrite.Name":    "only -online makes one",
		"DualWrite.From":    "only -online makes one",
		"DualWrite.To":      "only -online makes one",
		"DualWrite.Up":      "only -online makes one",
		"DualWrite.Down":    "only -online makes one",
		"DualWrite.Column":  "only -online makes one",
		"Table.Was":         "a hint that was used up",
		"Column.Was":        "a hint that was used up",
		"SQLObject.Was":     "a hint that was used up",
		"Column.ValueWas":   "a hint that was used up",
		"Enum.Was":          "a hint that was used up",
		"Enum.ValueWas":     "a hint that was used up",
		"Enum.Owner":        "the Go type says nothing of the database",
		"Enum.Parts":        "where the values were read says nothing of the database",
	}
	for word, comes := range map[string]bool{"comes": true, "goes": false} {
		for _, p := range everyop.Unnoticed("the comparison in gen/diff, where it "+word+",", func(l everyop.Lesser) bool { return notices(l, comes) }, excused) {
			t.Error(p)
		}
	}
}
