package migrate

import (
	"reflect"
	"slices"
	"testing"

	"github.com/modelgen/modelgen/runtime/schema"
)

// TestOpForNarrowsEveryDefinition: no op reaches a dialect with what is for one dialect in its definitions, nor with those of another one.
func TestOpForNarrowsEveryDefinition(t *testing.T) {
	n := 0
	for m := range reflect.TypeFor[Planner]().Methods() {
		if m.Type.NumIn() != 1 || !m.Type.In(0).Implements(reflect.TypeFor[Op]()) || m.Type.In(0).Kind() != reflect.Struct {
			continue
		}
		v := reflect.New(m.Type.In(0)).Elem()
		(&filler{word: map[string]string{}}).fill(v, v.Type().Name())
		onlyOn(v, "postgres")
		op := v.Interface().(Op)
		for _, dialect := range []string{"postgres", "sqlite"} {
			on := opFor(op, &schema.Schema{}, dialect)
			if on == nil {
				on = SQL{}
			}
			before, after := definitionsOf(op), definitionsOf(on)
			for _, d := range before {
				n++
				kept := slices.ContainsFunc(after, func(x Definition) bool { return x.Object() == d.Object() })
				if want := !schema.Elsewhere(d.Only(), dialect); kept != want {
					t.Errorf("%T on %s: it has %v: %v, want %v", op, dialect, d.Object(), kept, want)
				}
			}
			for _, d := range after {
				if d.Only() != "" || d.Column != nil && d.Column.CollateFor != nil {
					t.Errorf("%T on %s: %v still says what is for one dialect", op, dialect, d.Object())
				}
			}
		}
	}
	if n < 40 {
		t.Errorf("only %d definitions were looked at", n)
	}
}

func definitionsOf(op Op) []Definition {
	e := op.Effects()
	return slices.Concat(e.Old, e.New)
}

// onlyOn makes all in a value that can be of one dialect one of that.
func onlyOn(v reflect.Value, dialect string) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			switch f := v.Type().Field(i); {
			case !f.IsExported():
			case f.Name == "Only":
				v.Field(i).SetString(dialect)
			case f.Name == "CollateFor":
				v.Field(i).Set(reflect.ValueOf(map[string]string{dialect: "C"}))
			default:
				onlyOn(v.Field(i), dialect)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			onlyOn(v.Index(i), dialect)
		}
	case reflect.Interface:
		if c, ok := v.Interface().(schema.Column); ok {
			c.CollateFor = map[string]string{dialect: "C"}
			v.Set(reflect.ValueOf(c))
		}
	}
}

// TestOpForKeepsDetached: what is for one dialect alone says for it all that it said.
func TestOpForKeepsDetached(t *testing.T) {
	o := CreatePartition{Table: "t", Name: "p", Bound: "DEFAULT", Only: "postgres", Detached: true}
	want := o
	want.Only = ""
	if got := opFor(o, &schema.Schema{}, "postgres"); !reflect.DeepEqual(got, want) {
		t.Errorf("%#v", got)
	}
	if got := opFor(DropPartition(o), &schema.Schema{}, "postgres"); !reflect.DeepEqual(got, DropPartition(want)) {
		t.Errorf("%#v", got)
	}
	if got := opFor(o, &schema.Schema{}, "sqlite"); got != nil {
		t.Errorf("%#v", got)
	}
}
