package adopt

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/internal/bug"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Differences returns where the models that were written differ from the database: want is the schema that they were to say, ops is what
// makes the tables of the models that were read again, from those that the migrations before make, if there are some. There should be nothing, and what
// there is has to be looked at.
func Differences(want, from *schema.Schema, ops []migrate.Op) ([]migrate.Unexpressed, error) {
	got := &schema.Schema{}
	if from != nil {
		got = from.Clone()
	}
	for _, op := range ops {
		if err := op.Apply(got); err != nil {
			return nil, bug.Error("the operations do not apply", err)
		}
	}
	got.SQLObjects = slices.DeleteFunc(got.SQLObjects, func(o schema.SQLObject) bool { return o.Kind != schema.ExclusionKind }) // others are declared in SQL files
	a, b := facts(changed(want, got)), facts(changed(got, want))
	inA, inB := set(a), set(b)
	var all []migrate.Unexpressed
	note := func(f schema.Fact, format string) {
		object := f.Kind + " " + f.Name
		switch {
		case f.Kind == "table":
			object = "table " + f.Table
		case f.Table != "":
			object = "table " + f.Table + ": " + object
		}
		all = append(all, migrate.Unexpressed{Object: object, Why: fmt.Sprintf(format, strings.TrimSpace(f.Attr+" "+f.Value))})
	}
	for _, f := range a {
		if !inB[f] {
			note(f, "the database has %s, and the models cannot say it; it stays as it is")
		}
	}
	for _, f := range b {
		if !inA[f] && (from == nil || want.Table(f.Table) != nil) { // other tables are of other packages
			note(f, "the models say %s, which the database does not have")
		}
	}
	return all, nil
}

// changed returns a schema without the tables that the other one has too, as they are: the facts of a thousand take 20 MB.
func changed(s, other *schema.Schema) *schema.Schema {
	rest := *s
	rest.Tables = nil
	for _, t := range s.Tables {
		if o := other.Table(t.Name); o == nil || !reflect.DeepEqual(t, o) {
			rest.Tables = append(rest.Tables, t)
		}
	}
	return &rest
}

// facts returns the facts of a schema that are a matter of the database: an enum has its values, not where they come from, and the order of the columns
// is that of the fields.
func facts(s *schema.Schema) []schema.Fact {
	return slices.DeleteFunc(schema.Facts(s), func(f schema.Fact) bool {
		return f.Kind == "schema" || f.Kind == "row" || f.Kind == "table" && (f.Attr == "columns" || f.Attr == "rowKey")
	})
}

func set(all []schema.Fact) map[schema.Fact]bool {
	in := make(map[schema.Fact]bool, len(all))
	for _, f := range all {
		in[f] = true
	}
	return in
}
