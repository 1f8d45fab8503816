package diff_test

import (
	"strings"
	"testing"

	"github.com/modelgen/modelgen/gen/diff"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestOnlineCasts: the casts of a dual write fail where a value does not fit, and what they would round is asked about first.
func TestOnlineCasts(t *testing.T) {
	both, only := []string{"postgres", "sqlite"}, []string{"postgres"}
	column := func(name, text string) schema.Column {
		typ, err := schema.ParseType(text)
		if err != nil {
			t.Fatal(err)
		}
		c := schema.Text(name).Def()
		c.Type = typ
		return c
	}
	for _, c := range []struct {
		from, to string
		dialects []string
		convert  bool   // Up needs it already
		up, down string // down "" is refused without an answer
		why      string
	}{
		{"varchar(20)", "text", both, false, "a", "b", ""},
		{"varchar(20)", "varchar(30)", both, false, "a", "b", ""},
		{"text", "varchar(20)", both, true, "a", "b", ""},
		{"integer", "bigint", both, false, "CAST(a AS bigint)", "CAST(b AS integer)", ""},
		{"bigint", "integer", both, true, "CAST(a AS integer)", "CAST(b AS bigint)", ""},
		{"integer", "text", only, false, "CAST(a AS text)", "CAST(b AS integer)", ""},
		{"integer", "varchar(3)", only, true, "CAST(a AS text)", "CAST(b AS integer)", ""},
		{"integer", "text", both, false, "", "", "SQLite reads 0 from a text that is no number"},
		{"integer", "numeric(12,2)", both, false, "", "", "what stands behind the point is rounded away"},
		{"numeric(8,2)", "numeric(10,4)", both, false, "", "", "digits behind the point are rounded away"},
		{"numeric(8,2)", "numeric(12,2)", both, false, "CAST(a AS numeric(12,2))", "CAST(b AS numeric(8,2))", ""},
		{"real", "double precision", both, false, "", "", "large or long numbers lose their last digits"},
		{"double precision", "text", both, false, "", "", "large or long numbers lose their last digits"},
		{"date", "timestamp", only, false, "", "", "a part of the value is cut off"},
		{"text", "uuid", only, true, "CAST(a AS uuid)", "CAST(b AS text)", ""},
		{"uuid", "text", only, false, "CAST(a AS text)", "CAST(b AS uuid)", ""},
	} {
		t.Run(c.from+" "+c.to, func(t *testing.T) {
			old := settled(t, of(table("items", id(), column("a", c.from), pk("id"))))
			in := diff.Input{Old: old, New: of(table("items", id(), was("a", column("b", c.to)), pk("id"))), Dialects: c.dialects, Answers: diff.Answers{Online: true}}
			if c.convert {
				in.Answers.Converts = []string{"items.b"}
			}
			if c.down == "" {
				got := text(diff.Diff(in))
				if !strings.Contains(got, "programs of before see items.b as "+c.from+", and "+c.why) || !strings.Contains(got, "answer -convert items.b;") {
					t.Fatalf("without an answer: %s", got)
				}
				in.Answers.Converts = []string{"items.b"}
			}
			res, err := diff.Diff(in)
			if err != nil || len(res.Questions) > 0 {
				t.Fatal(text(res, err))
			}
			for _, op := range res.Ops {
				if o, ok := op.(migrate.AddDualWrite); ok {
					if c.down != "" && (o.Up != c.up || o.Down != c.down) {
						t.Errorf("up %s, down %s", o.Up, o.Down)
					}
					return
				}
			}
			t.Errorf("no dual write: %s", text(res, nil))
		})
	}
}
