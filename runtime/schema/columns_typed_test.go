package schema_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/runtime/schema"
)

// TestTypedCopies: a method leaves alone what it is called on, so that a column can be the beginning of several.
func TestTypedCopies(t *testing.T) {
	base := schema.Text("name").Comment("a")
	null, collated := base.Null(), base.Collate("C").Comment("b")
	other := base.TypeFor("sqlite", "CLOB")
	plain := schema.Column{Name: "name", Type: schema.Type{Kind: schema.KindText}, Comment: "a"}
	withNull, withCollation, withType := plain, plain, plain
	withNull.Nullable = true
	withCollation.Collate, withCollation.Comment = "C", "b"
	withType.TypeFor = map[string]string{"sqlite": "CLOB"}
	for _, c := range []struct {
		got  schema.ColumnDef
		want schema.Column
	}{{base, plain}, {null, withNull}, {collated, withCollation}, {other, withType}, {schema.Typed[string]{}, schema.Column{}}} {
		if !c.got.Def().Equal(c.want) {
			t.Errorf("%+v\nwant %+v", c.got.Def(), c.want)
		}
	}
	other.Def().TypeFor["sqlite"] = "changed"
	if got := other.Def().TypeFor["sqlite"]; got != "CLOB" {
		t.Errorf("a column that was returned changes the next one: %s", got)
	}
}

// TestTypedDefaults: the text of a default is that of its Go value, and the last default is the one that counts.
func TestTypedDefaults(t *testing.T) {
	for want, c := range map[string]schema.ColumnDef{
		"true": schema.Boolean("a").Default(true), "-7": schema.SmallInt("a").Default(-7), "70000": schema.Integer("a").DefaultExpr("1").Default(70000),
		"9223372036854775807": schema.BigInt("a").Default(1<<63 - 1), "0.1": schema.Real("a").Default(0.1), "0.30000000000000004": schema.Double("a").Default(0.30000000000000004),
		"0.10": schema.Numeric("a", 8, 2).Default("0.10"), "x": schema.Varchar("a", 3).Default("x"), "00ff": schema.Bytes("a").Default([]byte{0, 255}), "{}": schema.Array(schema.Integer("a")).Default("{}"),
	} {
		if d := c.Def(); d.Default == nil || *d.Default != want || d.DefaultExpr != "" {
			t.Errorf("%+v has no default %s", d, want)
		}
	}
	if d := schema.Integer("a").Default(1).DefaultExpr("2").Def(); d.Default != nil || d.DefaultExpr != "2" {
		t.Errorf("two defaults: %+v", d)
	}
}

// TestTypedDefaultsOfEach: what a constructor has as the type of its default is among those whose text is known.
func TestTypedDefaultsOfEach(t *testing.T) {
	constructors, err := os.ReadFile("columns.go")
	if err != nil {
		t.Fatal(err)
	}
	steps, err := os.ReadFile("columns_step.go")
	if err != nil {
		t.Fatal(err)
	}
	all := regexp.MustCompile(`(?m)^func [A-Z]\w*(?:\[.*?\])?\(.*\) Typed\[(.+)\] \{`).FindAllStringSubmatch(string(constructors), -1)
	if len(all) < 25 {
		t.Errorf("only %d constructors were found", len(all))
	}
	for _, c := range all {
		if !strings.Contains(string(steps), "\tcase "+c[1]+":\n") {
			t.Errorf("literalOf has no text of %s", c[1])
		}
	}
}
