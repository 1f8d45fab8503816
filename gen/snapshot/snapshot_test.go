package snapshot

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/modelgen/modelgen/runtime/schema"
)

func example() *Snapshot {
	s := &Snapshot{Set: "shop", Models: []string{"example.com/shop/models"}, Dialects: []string{"postgres@14", "sqlite"}}
	s.SetHead("0002_product_stock", "0123456789abcdef")
	s.Enums = []*schema.Enum{{Name: "mood", Values: []string{"sad", "it's <ok>"}}}
	s.Tables = []*schema.Table{{
		Name: "products", Was: "items", Comment: "what we sell & buy",
		Columns: []schema.Column{
			schema.BigInt("id").Identity().Def(),
			schema.Numeric("price", 8, 2).Default("0.50").TypeFor("sqlite", "TEXT").Def(),
			schema.Text("note").Null().DefaultExpr("now()").Collate("C").Def(),
			schema.EnumOf("mood", "mood").Default("sad").Def(),
			schema.Array(schema.Text("tags")).Default("{}").Def(),
			schema.BigInt("twice").Generated("id * 2").Def(),
		},
		PrimaryKey:  &schema.PrimaryKey{Name: "products_pkey", Columns: []string{"id"}},
		Uniques:     []schema.Unique{{Name: "products_note_key", Columns: []string{"note"}, NullsNotDistinct: true, Deferrable: schema.InitiallyDeferred}},
		Checks:      []schema.Check{{Name: "products_price_check", Expr: "price >= 0"}},
		ForeignKeys: []schema.ForeignKey{{Name: "f", Columns: []string{"id"}, RefTable: "products", RefColumns: []string{"id"}, OnDelete: schema.Cascade}},
		Indexes: []schema.Index{{Name: "x", Unique: true, Parts: []schema.IndexPart{{Column: "price", Desc: true, Nulls: schema.NullsLast}, {Expr: "lower(note)"}},
			Where: "price > 0", Using: "gin", Include: []string{"note"}}},
	}}
	return s
}

func TestRoundTrip(t *testing.T) {
	a, err := example().Encode()
	if err != nil {
		t.Fatal(err)
	}
	s, err := Decode(a)
	if err != nil {
		t.Fatal(err)
	}
	want := example()
	want.Format = Format
	if d := cmp.Diff(want, s); d != "" {
		t.Error(d)
	}
	b, err := s.Encode()
	if err != nil || !bytes.Equal(a, b) {
		t.Errorf("written again it differs: %v", err)
	}
	if !bytes.HasSuffix(a, []byte("}\n")) || bytes.Contains(a, []byte("\r")) || bytes.Contains(a, []byte(`\u0026`)) {
		t.Errorf("the form is off:\n%s", a)
	}
	want.Schema = schema.Schema{}
	if d := cmp.Diff(want, Settings(a)); d != "" {
		t.Error("the settings alone:", d)
	}
	if Settings(a[:20]) != nil || Settings([]byte("<<<<<<< HEAD\n")) != nil || Settings([]byte(`{"modelgen": 99}`)) != nil {
		t.Error("settings of what is no snapshot")
	}
	if s.HeadName() != "0002_product_stock" || s.HeadHash() != "0123456789abcdef" {
		t.Error(s.Head)
	}
}

func TestDecodeRefuses(t *testing.T) {
	good, err := example().Encode()
	if err != nil {
		t.Fatal(err)
	}
	text := string(good)
	for name, c := range map[string]struct{ in, want string }{
		"conflict":   {strings.Replace(text, "\t\"head\"", "<<<<<<< ours\n\t\"head\"", 1), "3:1: it holds conflict markers"},
		"syntax":     {strings.Replace(text, "\t\"head\":", "\t\"head\"", 1), "3:10: invalid character"},
		"newer":      {strings.Replace(text, `"modelgen": 1`, `"modelgen": 99`, 1), "2:1: it has format 99, this modelgen reads up to 1"},
		"foreign":    {`{"name": "package"}`, "it is no snapshot of modelgen"},
		"unknown":    {strings.Replace(text, "\t\"head\"", "\t\"haed\": 1,\n\t\"head\"", 1), `unknown field "haed"`},
		"type":       {strings.Replace(text, `"numeric(8,2)"`, `"numeric(1,2)"`, 1), "more digits after the point"},
		"duplicate":  {strings.Replace(text, `"name": "note"`, `"name": "price"`, 1), `column "price" of table products has no type or is there twice`},
		"more":       {text + "{}", "122:2: invalid character"},
		"empty":      {"", "1:1: "},
		"wrong type": {strings.Replace(text, `"set": "shop"`, `"set": 5`, 1), "cannot unmarshal number"},
	} {
		_, err := Decode([]byte(c.in))
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v; want %q on one line", name, err, c.want)
		}
	}
	if _, err := Decode([]byte("=======\n")); !errors.Is(err, ErrConflict) {
		t.Error(err)
	}
}

// FuzzDecode: any bytes give an error or a snapshot that is settled after writing it once.
func FuzzDecode(f *testing.F) {
	good, err := example().Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{"modelgen":1,"head":"","set":"","models":null,"dialects":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Decode(data)
		if err != nil {
			return
		}
		a, err := s.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Decode(a)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, a)
		}
		if b, err := again.Encode(); err != nil || !bytes.Equal(a, b) {
			t.Fatalf("writing is not settled: %v", err)
		}
	})
}
