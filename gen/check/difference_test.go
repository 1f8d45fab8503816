package check

import (
	"reflect"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/internal/everyop"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestEveryKindIsTold: each kind of object that Facts knows has its place in the output of check, and each attribute its words.
func TestEveryKindIsTold(t *testing.T) {
	value := "v"
	column := schema.Column{Name: "c", Type: schema.Type{Kind: schema.KindText}, TypeFor: map[string]string{"sqlite": "t"}, Nullable: true, Default: &value, DefaultExpr: "now()",
		DefaultFor: map[string]string{"sqlite": "d"}, Identity: true, Generated: "g", Collate: "C", CollateFor: map[string]string{"sqlite": "NOCASE"}, Comment: "text"}
	s := &schema.Schema{Namespaces: []string{"n"}, Enums: []*schema.Enum{{Name: "e", Values: []string{"it's"}}}, Tables: []*schema.Table{{
		Name: "t", Comment: "text", Columns: []schema.Column{column}, PrimaryKey: &schema.PrimaryKey{Name: "p", Columns: []string{"c", "d"}},
		Uniques: []schema.Unique{{Name: "u", Columns: []string{"c"}, NullsNotDistinct: true, Deferrable: schema.InitiallyDeferred, Only: "sqlite"}},
		Checks:  []schema.Check{{Name: "k", Expr: "c > 0", Only: "sqlite"}},
		ForeignKeys: []schema.ForeignKey{{Name: "f", Columns: []string{"c"}, RefTable: "o", RefColumns: []string{"id"}, OnDelete: schema.Cascade, OnUpdate: schema.SetNull,
			Deferrable: schema.InitiallyDeferred}},
		Indexes: []schema.Index{{Name: "i", Unique: true, Parts: []schema.IndexPart{{Column: "c", Desc: true}, {Expr: "lower(c)", Collate: "C", OpClass: "x", Nulls: schema.NullsFirst}},
			Where: "c > 1", Using: "gin", Include: []string{"d"}, NullsNotDistinct: true, Only: "sqlite"}},
		Rows:       schema.TableRows{Key: []string{"c"}, Rows: []schema.Row{{"c": &value, "d": nil}}},
		DualWrites: []schema.DualWrite{{Name: "w", From: "a", To: "b", Up: "upper(a)", Down: "lower(b)", Column: column}},
	}}}
	of := "text, type on sqlite t, NULL, default 'v', default (now()), default on sqlite d, identity, generated g, collation C, collation on sqlite NOCASE, comment text"
	want := map[object]string{
		{"", 0, "schema", "n"}:                       "",
		{"", 1, "enum", "e"}:                         "('it''s')",
		{"t", 0, "table", ""}:                        "comment text, rows known by (c)",
		{"t", 1, "column", "c"}:                      of,
		{"t", 2, "primary key", "p"}:                 "over (c, d)",
		{"t", 3, "unique constraint", "u on sqlite"}: "over (c), NULLS NOT DISTINCT, DEFERRABLE INITIALLY DEFERRED",
		{"t", 4, "check", "k on sqlite"}:             "c > 0",
		{"t", 5, "foreign key", "f"}:                 "from (c), to o (id), ON DELETE CASCADE, ON UPDATE SET NULL, DEFERRABLE INITIALLY DEFERRED",
		{"t", 6, "index", "i on sqlite"}:             "over (c DESC, (lower(c)) COLLATE C x NULLS FIRST), unique, WHERE c > 1, USING gin, INCLUDE (d), NULLS NOT DISTINCT",
		{"t", 8, "row", "v"}:                         `c "v", d null`,
		{"t", 7, "dual write", "w"}:                  "from a, to b, up upper(a), down lower(b), " + of,
	}
	got := map[object]string{}
	for o, facts := range objects(s) {
		got[o] = spoken(facts)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	for _, f := range schema.Facts(everyop.Schema()) {
		if f.Kind == "object" {
			continue // a step written by hand declares it, and no snapshot has it
		}
		if _, known := ranks[f.Kind]; !known {
			t.Errorf("check has no place for a %s", f.Kind)
		}
		if f.Attr != "" && f.Attr != "columns" && f.Attr != "refColumns" && f.Attr != "column.name" && f.Kind != "row" && !hasWords(f) {
			t.Errorf("check has no words for %s of a %s", f.Attr, f.Kind)
		}
	}
}

func hasWords(f schema.Fact) bool {
	for _, p := range phrases[f.Kind] {
		if p.attr == f.Attr || strings.HasSuffix(p.attr, ".") && strings.HasPrefix(f.Attr, p.attr) {
			return true
		}
	}
	return false
}
