package migrate

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/modelgen/modelgen/runtime/schema"
)

func TestRowsApply(t *testing.T) {
	s := &schema.Schema{}
	s.PutTable(&schema.Table{Name: "currencies", Columns: []schema.Column{
		{Name: "number", Type: schema.Type{Kind: schema.KindBigInt}, Identity: true},
		{Name: "code", Type: schema.Type{Kind: schema.KindText}},
		{Name: "digits", Type: schema.Type{Kind: schema.KindInteger}},
		{Name: "old", Type: schema.Type{Kind: schema.KindBoolean}},
		{Name: "note", Type: schema.Type{Kind: schema.KindText}, Nullable: true},
		{Name: "made", Type: schema.Type{Kind: schema.KindTimestampTZ}, DefaultExpr: "CURRENT_TIMESTAMP"},
		{Name: "twice", Type: schema.Type{Kind: schema.KindInteger}, Generated: "digits * 2", Nullable: true},
	}, PrimaryKey: &schema.PrimaryKey{Name: "currencies_pkey", Columns: []string{"number"}},
		Uniques: []schema.Unique{{Name: "currencies_code_key", Columns: []string{"code"}}, {Name: "one", Columns: []string{"note"}, Only: "sqlite"}}})
	row := func(change ...any) Values {
		v := Values{"code": "EUR", "digits": 2, "old": false, "note": nil}
		for i := 0; i < len(change); i += 2 {
			if v[change[i].(string)] = change[i+1]; change[i+1] == "-" {
				delete(v, change[i].(string))
			}
		}
		return v
	}
	insert := func(rows ...Values) Rows { return Rows{Table: "currencies", Key: []string{"code"}, Insert: rows} }
	update := func(u RowUpdate) Rows {
		return Rows{Table: "currencies", Key: []string{"code"}, Update: []RowUpdate{u}}
	}
	many := make([]Values, MaxRows+1)
	for i := range many {
		many[i] = row("code", fmt.Sprint("c", i))
	}
	for _, c := range []struct {
		op   Rows
		want string // "" is no error
	}{
		{insert(row(), row("code", "YEN", "digits", "0", "made", "2026-01-02")), ""},
		{insert(many[:MaxRows]...), ""},
		{update(RowUpdate{Values{"code": "EUR"}, Values{"note": nil}, Values{"note": "x"}}), ""},
		{Rows{Table: "currencies", Key: []string{"code"}, Delete: []Values{row()}, Insert: []Values{row("digits", 3)}}, ""},
		{insert(many...), "at most 1000"},
		{insert(), "there are none"},
		{Rows{Table: "coins", Key: []string{"code"}, Insert: []Values{row()}}, "no such table"},
		{Rows{Table: "currencies", Insert: []Values{row()}}, "has no Key"},
		{Rows{Table: "currencies", Key: []string{"cod"}, Insert: []Values{row()}}, "no column cod"},
		{Rows{Table: "currencies", Key: []string{"digits"}, Insert: []Values{row()}}, "over its Key (digits)"},
		{Rows{Table: "currencies", Key: []string{"note"}, Insert: []Values{row("note", "x")}}, "on every database"},
		{insert(row(), row()), "row 2 of Insert is there twice, by (code)"},
		{insert(row("code", "-")), "no value for code"},
		{insert(row("code", nil)), "NOT NULL"},
		{insert(row("digits", "-")), "row 1 of Insert has no value for digits"},
		{insert(row("digit", 1)), "no such column"},
		{insert(row("number", 1)), "the database numbers"},
		{insert(row("twice", 4)), "the database computes"},
		{insert(row("old", "true")), "is a string, and the column is boolean"},
		{insert(row("old", 1)), "is a int, and the column is boolean"},
		{insert(row("digits", true)), "is a bool"},
		{insert(row("note", 5)), "write it as a string"},
		{insert(row("made", time.Time{})), "is a time.Time"},
		{insert(row("digits", math.NaN())), "finite"},
		{Rows{Table: "currencies", Key: []string{"code"}, Delete: []Values{{"code": "EUR"}}}, "row 1 of Delete has no value for digits"},
		{update(RowUpdate{Values{"code": "EUR"}, Values{"digits": 1}, Values{"note": "x"}}), "must have the same columns"},
		{update(RowUpdate{Values{"code": "EUR"}, nil, nil}), "must have the same columns"},
		{update(RowUpdate{Values{"code": "EUR"}, Values{"code": "EUR"}, Values{"code": "E"}}), "by which it is known"},
		{update(RowUpdate{Values{"code": "EUR", "digits": 1}, Values{"note": nil}, Values{"note": "x"}}), "the Key of row 1 of Update"},
		{update(RowUpdate{nil, Values{"note": nil}, Values{"note": "x"}}), "no value for code"},
	} {
		err := c.op.Apply(s.Clone())
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", c.op.Describe(), err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "EUR") {
			t.Errorf("a value is in: %v", err)
		}
	}
}

func TestRowsInverse(t *testing.T) {
	o := Rows{Table: "t", Key: []string{"k"}, Insert: []Values{{"k": 1}, {"k": 2}}, Delete: []Values{{"k": 3}, {"k": 4}},
		Update: []RowUpdate{{Values{"k": 5}, Values{"v": 1}, Values{"v": 2}}, {Values{"k": 6}, Values{"v": 3}, Values{"v": 4}}}}
	back, err := o.Inverse()
	if err != nil {
		t.Fatal(err)
	}
	want := Rows{Table: "t", Key: []string{"k"}, Insert: []Values{{"k": 4}, {"k": 3}}, Delete: []Values{{"k": 2}, {"k": 1}},
		Update: []RowUpdate{{Values{"k": 6}, Values{"v": 4}, Values{"v": 3}}, {Values{"k": 5}, Values{"v": 2}, Values{"v": 1}}}}
	if !reflect.DeepEqual(back, want) {
		t.Errorf("got %+v", back)
	}
	if again, _ := back.Inverse(); !reflect.DeepEqual(again, o) {
		t.Errorf("undone twice it is %+v", again)
	}
}

// TestRowsHash: what differs in a value differs in the hash.
func TestRowsHash(t *testing.T) {
	seen := map[string]any{}
	for _, v := range []any{1, "1", nil, true, "true", 1.5, "", -1} {
		h := HashOps([]Op{Rows{Table: "t", Insert: []Values{{"k": v}}}})
		if other, ok := seen[h]; ok {
			t.Errorf("%#v has the hash of %#v", v, other)
		}
		seen[h] = v
	}
	if HashOps([]Op{Rows{Insert: []Values{{"k": int64(1)}}}}) != HashOps([]Op{Rows{Insert: []Values{{"k": 1}}}}) {
		t.Error("the hash depends on the type of a number")
	}
}
