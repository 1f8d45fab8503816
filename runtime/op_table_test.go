package migrate

import (
	"reflect"
	"slices"
	"testing"

	"github.com/modelgen/modelgen/runtime/schema"
)

// TestTableOpsKeepEveryField: what a table says is in the op that creates it, and comes back when the op that drops it is undone.
func TestTableOpsKeepEveryField(t *testing.T) {
	facts := func(t *schema.Table) []schema.Fact { return schema.Facts(&schema.Schema{Tables: []*schema.Table{t}}) }
	for f := range reflect.TypeFor[schema.Table]().Fields() {
		switch f.Name {
		case "Name", "Was", "DualWrites", "Rows": // the ops call it Table; a hint of the generator; DropTable refuses a table that has one, or rows
			continue
		}
		table := &schema.Table{Name: "t", Columns: []schema.Column{{Name: "id"}}}
		setSample(t, reflect.ValueOf(table).Elem().FieldByIndex(f.Index))
		want := facts(table)
		if slices.Equal(want, facts(&schema.Table{Name: "t", Columns: []schema.Column{{Name: "id"}}})) {
			t.Errorf("schema.Table.%s is in no fact", f.Name)
		}
		op := NewCreateTable(table)
		if !slices.Equal(facts(op.Definition()), want) {
			t.Errorf("schema.Table.%s: NewCreateTable, or CreateTable.Definition, loses it", f.Name)
		}
		drop, err := op.Inverse()
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(facts(drop.(DropTable).Definition()), want) {
			t.Errorf("schema.Table.%s: CreateTable.Inverse, or DropTable.Definition, loses it", f.Name)
		}
		back, err := drop.Inverse()
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(facts(back.(CreateTable).Definition()), want) {
			t.Errorf("schema.Table.%s: DropTable.Inverse loses it", f.Name)
		}
	}
}

// setSample sets every exported field in v to something.
func setSample(t *testing.T, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("w")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int:
		v.SetInt(3)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		setSample(t, v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		setSample(t, v.Index(0))
	case reflect.Map:
		e := reflect.New(v.Type().Elem()).Elem()
		setSample(t, e)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf("sqlite"), e)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[schema.Type]() {
			v.Set(reflect.ValueOf(schema.Type{Kind: schema.KindText}))
			return
		}
		for f, x := range v.Fields() {
			if f.IsExported() {
				setSample(t, x)
			}
		}
	default:
		t.Fatalf("no sample of %s", v.Type())
	}
}
