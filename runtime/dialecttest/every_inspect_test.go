package dialecttest_test

import (
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// notInspected are the facts, by kind and attribute, that a database does not keep: Inspect cannot return them.
var notInspected = map[string]map[string]string{
	"sqlite": {
		"table comment":  "SQLite has no comments",
		"column comment": "SQLite has no comments",
		"enum ":          "SQLite has no enums, but checks over their values",
		"enum values":    "SQLite has no enums, but checks over their values",
	},
}

// TestInspectSeesEveryField: a database in which everything has been made that a field of a schema can say is described with each of these attributes, so
// that no model that adopt writes of it lacks one. The values are compared by the random tests; here it is that each kind of fact comes back at all.
func TestInspectSeesEveryField(t *testing.T) {
	runners(t, func(r *runner) {
		s := r.everySchema()
		s.Objects, s.Namespaces = nil, nil
		for _, table := range s.Tables {
			table.DualWrites = nil // the triggers of one are what steps make
		}
		m := r.migrator(migrate.NewSet("shop", &migrate.Migration{Name: "0001_first", Ops: makeAll(s)}))
		if _, err := m.Up(r.t.Context()); err != nil {
			r.t.Fatal(err)
		}
		in, err := migrate.Inspect(r.t.Context(), r.db, r.dialect, migrate.InspectOptions{})
		if err != nil {
			r.t.Fatal(err)
		}
		found := map[schema.Fact]bool{}
		about := func(f schema.Fact) schema.Fact {
			f.Only, f.Value = "", ""
			if f.Kind == "primary key" {
				f.Name = ""
			}
			return f
		}
		for _, f := range schema.Facts(in.Schema) {
			found[about(f)] = true
		}
		n := 0
		for _, f := range schema.Facts(s.For(r.dialect.Name())) {
			n++
			if strings.HasPrefix(f.Attr, "typeFor.") || strings.HasPrefix(f.Attr, "defaultFor.") {
				continue // of the one database that there is, the type and the default are
			}
			if _, skip := notInspected[r.dialect.Name()][f.Kind+" "+f.Attr]; !found[about(f)] && !skip {
				r.t.Errorf("Inspect lacks what the %s %s of %s has in %q: %s", f.Kind, f.Name, f.Table, f.Attr, f.Value)
			}
		}
		if n < 60 {
			r.t.Errorf("only %d facts were looked for", n)
		}
	})
}
