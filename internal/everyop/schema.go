package everyop

import (
	"reflect"

	"github.com/modelgen/modelgen/runtime/schema"
)

// Schema returns a schema that has something in every exported field of every type, and which each dialect can make.
func Schema() *schema.Schema {
	text := func(s string) *string { return &s }
	typ := func(k schema.Kind) schema.Type { return schema.Type{Kind: k} }
	parents := &schema.Table{
		Name: "parents", Was: "elders", Comment: "what others refer to",
		Columns: []schema.Column{
			{Name: "id", Type: typ(schema.KindBigInt), Identity: true, Comment: "the number"},
			{Name: "code", Was: "word", Type: typ(schema.KindText)},
			{Name: "note", Type: typ(schema.KindText), Nullable: true, Collate: "C", CollateFor: map[string]string{"sqlite": "nocase"}},
			{Name: "title", Type: schema.Type{Kind: schema.KindVarchar, Size: 40}, Collate: "nocase", CollateFor: map[string]string{"postgres": "POSIX"}},
		},
		PrimaryKey: &schema.PrimaryKey{Name: "parents_key", Columns: []string{"id"}},
		Uniques: []schema.Unique{
			{Name: "parents_code_title_unique", Columns: []string{"code", "title"}, Only: "sqlite"},
			{Name: "parents_code_unique", Columns: []string{"code"}},
			{Name: "parents_note_key", Columns: []string{"note"}, NullsNotDistinct: true, Only: "postgres"},
			{Name: "parents_title_key", Columns: []string{"title"}, Deferrable: schema.InitiallyDeferred, Only: "postgres"},
		},
	}
	items := &schema.Table{
		Name: "items",
		Columns: []schema.Column{
			{Name: "id", Type: typ(schema.KindBigInt)},
			{Name: "amount", Type: typ(schema.KindInteger), Nullable: true},
			{Name: "mood", Type: schema.Type{Kind: schema.KindEnum, Name: "mood"}, Default: text("sad"), ValueWas: map[string]string{"sad": "low"}},
			{Name: "made", Type: typ(schema.KindTimestampTZ), DefaultExpr: "CURRENT_TIMESTAMP"},
			{Name: "name", Type: typ(schema.KindText), DefaultFor: map[string]string{"postgres": "md5('x')", "sqlite": "hex(randomblob(4))"}},
			{Name: "parent_code", Type: typ(schema.KindText), Nullable: true},
			{Name: "cost", Type: schema.Type{Kind: schema.KindNumeric, Precision: 8, Scale: 2}, Nullable: true},
			{Name: "price", Type: schema.Type{Kind: schema.KindNumeric, Precision: 8, Scale: 2}, TypeFor: map[string]string{"postgres": "numeric(9,3)", "sqlite": "REAL"}},
			{Name: "size", Type: typ(schema.KindInteger), Nullable: true},
			{Name: "size_next", Type: typ(schema.KindBigInt), Nullable: true},
			{Name: "tags", Type: schema.Type{Kind: schema.KindText, Array: true}, Nullable: true},
			{Name: "twice", Type: typ(schema.KindInteger), Nullable: true, Generated: "amount * 2"},
		},
		PrimaryKey: &schema.PrimaryKey{Name: "items_pkey", Columns: []string{"id"}},
		Checks: []schema.Check{
			{Name: "items_amount_low", Expr: "amount < 90", Only: "postgres"},
			{Name: "items_amount_positive", Expr: "amount > 0"},
			{Name: "items_name_check", Expr: "length(name) < 80", Only: "sqlite"},
		},
		ForeignKeys: []schema.ForeignKey{{Name: "items_parent", Columns: []string{"parent_code"}, RefTable: "parents", RefColumns: []string{"code"},
			OnDelete: schema.Cascade, OnUpdate: schema.Cascade, Deferrable: schema.InitiallyDeferred}},
		Indexes: []schema.Index{
			{Name: "items_lower_idx", Unique: true, Parts: []schema.IndexPart{{Expr: "lower(name)"}}},
			{Name: "items_made_idx", Parts: []schema.IndexPart{{Column: "made", Desc: true}}, Where: "amount > 10"},
			{Name: "items_mood_idx", Parts: []schema.IndexPart{{Column: "mood"}}, Only: "sqlite"},
			{Name: "items_name_idx", Unique: true, NullsNotDistinct: true, Include: []string{"size"}, Only: "postgres",
				Parts: []schema.IndexPart{{Column: "name", Collate: "C", OpClass: "text_pattern_ops", Nulls: schema.NullsFirst}}},
			{Name: "items_size_idx", Parts: []schema.IndexPart{{Column: "size"}}, Using: "hash", Only: "postgres"},
		},
		DualWrites: []schema.DualWrite{{Name: "items_size_both", From: "size", To: "size_next", Up: "size", Down: "size_next",
			Column: schema.Column{Name: "size", Type: typ(schema.KindBigInt), Nullable: true}}},
	}
	return &schema.Schema{
		Namespaces: []string{"billing"},
		Enums:      []*schema.Enum{{Name: "mood", Was: "humour", Values: []string{"sad", "glad"}, Owner: "shop.Mood", ValueWas: map[string]string{"glad": "happy"}, Parts: []int{0}}},
		Tables:     []*schema.Table{items, parents},
		Objects:    []schema.Object{{Kind: "trigger", Name: "stamp", Table: "items", Only: "postgres"}},
	}
}

// Lesser is [Schema] without one thing that a field says.
type Lesser struct {
	Field string // "Index.NullsNotDistinct"
	*schema.Schema
}

// Without returns one schema for every place in [Schema] where a field of its has something, without that.
func Without() (all []Lesser) {
	for i := range places(Schema()) {
		s := Schema()
		p := places(s)[i]
		p.v.SetZero()
		all = append(all, Lesser{p.field, s})
	}
	return all
}

// Fields returns all exported fields of the types that a schema consists of, as [Lesser] has them.
func Fields() (all []string) {
	seen := map[reflect.Type]bool{}
	var walk func(t reflect.Type)
	walk = func(t reflect.Type) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct || seen[t] {
			return
		}
		seen[t] = true
		for f := range t.Fields() {
			if f.IsExported() {
				all = append(all, t.Name()+"."+f.Name)
				walk(f.Type)
			}
		}
	}
	walk(reflect.TypeFor[schema.Schema]())
	return all
}

// Said returns the fields in which a schema has something.
func Said(s *schema.Schema) (all []string) {
	for _, p := range places(s) {
		all = append(all, p.field)
	}
	return all
}

type fieldAt struct {
	field string
	v     reflect.Value
}

func places(s *schema.Schema) (all []fieldAt) {
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer:
			if !v.IsNil() {
				walk(v.Elem())
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case reflect.Struct:
			for f, x := range v.Fields() {
				if f.IsExported() && !x.IsZero() {
					all = append(all, fieldAt{v.Type().Name() + "." + f.Name, x})
					walk(x)
				}
			}
		}
	}
	walk(reflect.ValueOf(s).Elem())
	return all
}

// Unnoticed returns the problems of a place that has to notice what any field of a schema says: those that it notices nowhere and that are not
// excused, which maps fields to reasons, and those that are excused in vain.
func Unnoticed(place string, notices func(Lesser) bool, excused map[string]string) (problems []string) {
	noticed := map[string]bool{}
	for _, l := range Without() {
		noticed[l.Field] = noticed[l.Field] || notices(l)
	}
	for _, f := range Fields() {
		_, skip := excused[f]
		switch at, ok := noticed[f]; {
		case !ok:
			problems = append(problems, "the schema in internal/everyop/schema.go has nothing in "+f)
		case !at && !skip:
			problems = append(problems, place+" does not notice "+f)
		case at && skip:
			problems = append(problems, place+" notices "+f+": it is excused in vain")
		}
	}
	return problems
}
