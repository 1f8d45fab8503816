package optimize_test

import (
	"testing"

	"github.com/modelgen/modelgen/gen/optimize"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestKeeps has the changes of a type that another one may follow in one op: a text that is cut or refused on its way is none of them.
func TestKeeps(t *testing.T) {
	for _, c := range []struct {
		from, to string
		want     bool
	}{
		{"integer", "bigint", true}, {"bigint", "integer", false}, {"varchar(5)", "varchar(9)", true}, {"varchar(9)", "text", true}, {"text", "varchar", true},
		{"varchar", "varchar(9)", false}, {"text", "varchar(9)", false}, {"real", "double precision", false}, {"char(5)", "text", false}, {"integer", "text", false},
		{"integer[]", "bigint[]", false},
	} {
		from, err := schema.ParseType(c.from)
		if err != nil {
			t.Fatal(err)
		}
		to, err := schema.ParseType(c.to)
		if err != nil {
			t.Fatal(err)
		}
		if got := optimize.Keeps(from, to); got != c.want {
			t.Errorf("%s to %s: %v", c.from, c.to, got)
		}
	}
}
