package dialecttest_test

import (
	"slices"
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

		"table unlogged":  "SQLite has none",
		"table with":      "SQLite has none",
		"table partition": "SQLite has none",
	},
	"postgres": {
		"table strict":       "PostgreSQL has none",
		"table withoutRowid": "PostgreSQL has none",
	},
}

// TestInspectSeesEveryField: a database in which everything has been made that a field of a schema can say is described with each of these attributes, so
// that no model that adopt writes of it lacks one. The values are compared by the random tests; here it is that each kind of fact comes back at all.
func TestInspectSeesEveryField(t *testing.T) {
	runners(t, func(r *runner) {
		set, s := r.everyObject()
		s.Namespaces = nil
		m := r.migrator(set)
		if _, err := m.Up(r.t.Context()); err != nil {
			r.t.Fatal(err)
		}
		var opt migrate.InspectOptions
		if len(r.dialect.Capabilities().ReservedSchemas) > 0 {
			opt.Schemas = []string{"public", "billing"}
		}
		in, err := migrate.Inspect(r.t.Context(), r.db, r.dialect, opt)
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
		// What stands beside the tables, and how a table is kept, is listed with its SQL, which adopt writes into files.
		listed := func(f schema.Fact) bool {
			name := f.Name
			if i := strings.LastIndex(name, " to "); f.Kind == string(schema.GrantKind) && i > 0 {
				name = name[:i]
			}
			switch bare, _, _ := strings.Cut(name[strings.LastIndex(name, " ")+1:], "("); {
			case f.Kind == "table":
				name = "table " + f.Table + ": "
			case strings.Contains(bare, "."):
				_, name = schema.SplitName(bare)
			default:
				name = bare
			}
			return slices.ContainsFunc(in.Unexpressed, func(u migrate.Unexpressed) bool { return strings.Contains(u.Object, name) })
		}
		kinds := schema.ObjectKinds()
		n := 0
		for _, f := range schema.Facts(s.For(r.dialect.Name())) {
			n++
			if strings.HasPrefix(f.Attr, "typeFor.") || strings.HasPrefix(f.Attr, "defaultFor.") {
				continue // of the one database that there is, the type and the default are
			}
			if (slices.Contains(kinds, schema.ObjectKind(f.Kind)) && (f.Kind != "index" || s.Table(f.Table) == nil) || f.Kind == "table" && f.Attr != "" && f.Attr != "comment" && f.Attr != "columns") && listed(f) {
				continue
			}
			if f.Kind == "row" || f.Attr == "rowKey" {
				continue // rows in a database are the application's until a model declares them
			}
			if slices.Contains([]string{"distribute", "colocate", "reference"}, f.Attr) {
				continue // only Citus has it, see TestCitusInspect
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
