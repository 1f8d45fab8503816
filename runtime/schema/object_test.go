package schema_test

import (
	"strings"
	"testing"

	"github.com/modelgen/modelgen/runtime/schema"
)

func TestParseObject(t *testing.T) {
	for text, want := range map[string]string{
		"trigger set_updated_at on issues":           "trigger set_updated_at on issues",
		"TRIGGER Set_Updated_At  ON  billing.Issues": "trigger set_updated_at on billing.issues",
		`trigger "Touch me" on "Issues"`:             `trigger "Touch me" on "Issues"`,
		"view open_issues":                           "view open_issues",
		"Materialized View stats.daily":              "materialized view stats.daily",
		"function touch":                             "function touch",
		"function touch()":                           "function touch()",
		"function total(integer, numeric(8,2))":      "function total(integer, numeric(8, 2))",
		"extension pg_trgm":                          "extension pg_trgm",
		`extension "uuid-ossp"`:                      `extension "uuid-ossp"`,
		"index issues_title_trgm":                    "index issues_title_trgm",
		"index issues_title_trgm on issues":          "index issues_title_trgm on issues",
		"constraint no_overlap on bookings":          "constraint no_overlap on bookings",
		"policy own_rows on issues":                  "policy own_rows on issues",
		"column issues.search":                       "column issues.search",
		"virtual table notes_fts":                    "virtual table notes_fts",
		"event trigger no_drops":                     "event trigger no_drops",
		"create trigger x on t":                      "! begins with its kind",
		"trigger x":                                  "! which table it is on",
		"view":                                       "! begins with its kind",
		"view x on t":                                "! nothing can follow at ON t",
		"view a; drop table b":                       "! ",
		"column x":                                   "! written with its table",
		"function f(":                                "! is not closed",
		"trigger x on":                               "! behind on is missing",
		"":                                           "! begins with its kind",
	} {
		o, err := schema.ParseObject(text)
		if why, bad := strings.CutPrefix(want, "! "); bad {
			if err == nil || !strings.Contains(err.Error(), why) {
				t.Errorf("%q: %v, %v; want an error with %q", text, o, err, why)
			}
			continue
		}
		if err != nil || o.String() != want {
			t.Errorf("%q is %q, %v; want %q", text, o, err, want)
			continue
		}
		if again, err := schema.ParseObject(o.String()); err != nil || again != o {
			t.Errorf("%q comes back as %v, %v", o, again, err)
		}
	}
}

func TestObjectSame(t *testing.T) {
	parse := func(s string) schema.Object {
		o, err := schema.ParseObject(s)
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	for _, tt := range []struct {
		a, b string
		same bool
	}{
		{"trigger a on t", `trigger "A" on t`, true},
		{"trigger a on t", "trigger a on u", false},
		{"index a", "index a on t", true},
		{"function f", "function f(integer)", true},
		{"function f()", "function f(integer)", false},
		{"view a", "materialized view a", false},
	} {
		if got := parse(tt.a).Same(parse(tt.b)); got != tt.same {
			t.Errorf("%s, %s: %v", tt.a, tt.b, got)
		}
	}
	if ns, name := schema.NameParts(parse(`function "My S"."F"(integer)`).Name); ns != "My S" || name != "F" {
		t.Error(ns, name)
	}
}
