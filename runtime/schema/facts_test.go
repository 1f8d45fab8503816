package schema

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// generatorOnly are the fields that no database has: they are no facts, and Equal leaves them out.
var generatorOnly = strings.Fields("Enum.Was Enum.Owner Enum.ValueWas Enum.Parts Table.Was Column.Was Column.ValueWas SQLObject.Was")

// notKept are the fields that no snapshot has.
var notKept = strings.Fields("Enum.Parts Object.Kind Object.Name Object.Table Object.Only")

// sample returns a schema that has something in every exported field of every type.
func sample() *Schema {
	s := &Schema{}
	n := 0
	var fill func(v reflect.Value)
	fill = func(v reflect.Value) {
		n++
		switch v.Kind() {
		case reflect.String:
			v.SetString(fmt.Sprintf("w%d", n))
		case reflect.Bool:
			v.SetBool(true)
		case reflect.Int:
			v.SetInt(int64(n))
		case reflect.Pointer:
			v.Set(reflect.New(v.Type().Elem()))
			fill(v.Elem())
		case reflect.Slice:
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			fill(v.Index(0))
		case reflect.Map:
			e := reflect.New(v.Type().Elem()).Elem()
			fill(e)
			v.Set(reflect.MakeMap(v.Type()))
			v.SetMapIndex(reflect.ValueOf("sqlite"), e)
		case reflect.Struct:
			if v.Type() == reflect.TypeFor[Type]() {
				v.Set(reflect.ValueOf(Type{Kind: KindOther, Name: "geometry"})) // its fields have a test of their own
				return
			}
			for f, x := range v.Fields() {
				if f.IsExported() {
					fill(x)
				}
			}
		default:
			panic("no sample of " + v.Type().String())
		}
	}
	fill(reflect.ValueOf(s).Elem())
	return s
}

// leaf is a place in a sample that holds one value.
type leaf struct {
	field string          // "Index.NullsNotDistinct"
	in    []reflect.Value // the structs that it is in, the outermost first
	set   func()          // gives it another value
}

// leaves walks all fields of a sample.
func leaves(s *Schema) []leaf {
	var all []leaf
	var walk func(field string, v reflect.Value, in []reflect.Value)
	walk = func(field string, v reflect.Value, in []reflect.Value) {
		put := func(set func()) { all = append(all, leaf{field, in, set}) }
		switch v.Kind() {
		case reflect.String:
			put(func() { v.SetString(v.String() + "x") })
		case reflect.Bool:
			put(func() { v.SetBool(!v.Bool()) })
		case reflect.Int:
			put(func() { v.SetInt(v.Int() + 1) })
		case reflect.Pointer:
			put(func() { v.SetZero() })
			walk(field, v.Elem(), in)
		case reflect.Slice:
			if v.Len() > 0 {
				put(func() { v.SetZero() })
				walk(field, reflect.Indirect(v.Index(0)), in)
			}
		case reflect.Map:
			put(func() {
				m := reflect.MakeMap(v.Type())
				other := reflect.ValueOf("other")
				if v.Type().Elem().Kind() == reflect.Pointer {
					other = reflect.ValueOf(new("other"))
				}
				m.SetMapIndex(reflect.ValueOf("sqlite"), other)
				v.Set(m)
			})
		case reflect.Struct:
			if v.Type() == reflect.TypeFor[Type]() {
				put(func() { v.Set(reflect.ValueOf(Type{Kind: KindOther, Name: "geography"})) })
				return
			}
			for f, x := range v.Fields() {
				if f.IsExported() {
					walk(v.Type().Name()+"."+f.Name, x, append(in[:len(in):len(in)], v))
				}
			}
		}
	}
	walk("", reflect.ValueOf(s).Elem(), nil)
	return all
}

// TestEveryField walks the exported fields of all types of a schema: a new one that Facts, Clone, Equal or the snapshot forgets is named.
func TestEveryField(t *testing.T) {
	whole := Facts(sample())
	lost := slices.DeleteFunc(slices.Clone(whole), func(f Fact) bool { return slices.Contains(Facts(kept(t, sample())), f) })
	if len(lost) > 0 {
		t.Errorf("a snapshot does not keep %v", lost)
	}
	seen := 0
	for i := range leaves(sample()) {
		s := sample()
		x := leaves(s)[i]
		k := len(x.in) - 1
		before := leaves(sample())[i].in[k].Interface()
		x.set()
		seen++
		hint := slices.Contains(generatorOnly, x.field)
		if same := slices.Equal(Facts(s), whole); same != hint {
			t.Errorf("%s: another value is another fact: %v, want %v; Facts leaves the field out, or generatorOnly lists it", x.field, !same, !hint)
		}
		if c := s.Clone(); !reflect.DeepEqual(c, s) {
			t.Errorf("%s: Clone does not keep it", x.field)
		}
		if equal, has := equalMethod(before, x.in[k].Interface()); has && equal != hint {
			t.Errorf("%s: with another value, Equal of %T returns %v", x.field, before, equal)
		}
		if len(lost) == 0 && !slices.Contains(notKept, x.field) && x.field != "Schema.Objects" && !reflect.DeepEqual(kept(t, s), s) {
			t.Errorf("%s: a snapshot does not keep it", x.field)
		}
	}
	if seen < 80 {
		t.Errorf("only %d fields were found", seen)
	}
}

// kept returns what a snapshot has of a schema, with what it need not have.
func kept(t *testing.T, s *Schema) *Schema {
	t.Helper()
	data, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	back := &Schema{}
	if err := json.Unmarshal(data, back); err != nil {
		t.Fatal(err)
	}
	back.Objects = s.Objects
	for k, e := range back.Enums {
		e.Parts = s.Enums[k].Parts
	}
	return back
}

// equalMethod compares two values as the package does: with Equal, or with == where the type is comparable. Types that are compared by their
// facts only have neither.
func equalMethod(a, b any) (equal, has bool) {
	v := reflect.ValueOf(a)
	for _, recv := range []reflect.Value{v, pointerTo(v)} {
		m := recv.MethodByName("Equal")
		if !m.IsValid() {
			continue
		}
		arg := reflect.ValueOf(b)
		if m.Type().In(0).Kind() == reflect.Pointer {
			arg = pointerTo(arg)
		}
		return m.Call([]reflect.Value{arg})[0].Bool(), true
	}
	if v.Comparable() && v.Type() != reflect.TypeFor[Schema]() {
		return a == b, true
	}
	return false, false
}

func pointerTo(v reflect.Value) reflect.Value {
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	return p
}

// TestCloneSharesNothing looks for slices, maps and structs that a copy has in common with what it was made of.
func TestCloneSharesNothing(t *testing.T) {
	s := sample()
	var walk func(path string, a, b reflect.Value)
	walk = func(path string, a, b reflect.Value) {
		switch a.Kind() {
		case reflect.Pointer:
			if a.Type().Elem().Kind() == reflect.Struct {
				if a.Pointer() == b.Pointer() {
					t.Errorf("%s is shared", path)
				}
				walk(path, a.Elem(), b.Elem())
			}
		case reflect.Slice:
			if a.Pointer() == b.Pointer() {
				t.Errorf("%s is shared", path)
			}
			for i := range a.Len() {
				walk(path, a.Index(i), b.Index(i))
			}
		case reflect.Map:
			if a.Pointer() == b.Pointer() {
				t.Errorf("%s is shared", path)
			}
		case reflect.Struct:
			for f, x := range a.Fields() {
				walk(path+"."+f.Name, x, b.FieldByIndex(f.Index))
			}
		}
	}
	walk("Schema", reflect.ValueOf(s), reflect.ValueOf(s.Clone()))
}

// TestEveryFieldOfAType: the text of a type, which is its fact, has all its fields.
func TestEveryFieldOfAType(t *testing.T) {
	for f := range reflect.TypeFor[Type]().Fields() {
		shown := false
		for k := KindBoolean; k <= KindOther; k++ {
			a := Type{Kind: k, Size: 4, Precision: 9, Scale: 2, Name: "n"}
			b := a
			switch v := reflect.ValueOf(&b).Elem().FieldByIndex(f.Index); v.Kind() {
			case reflect.Int:
				v.SetInt(v.Int() + 1)
			case reflect.Uint8:
				v.SetUint((v.Uint() + 1) % uint64(KindOther))
			case reflect.String:
				v.SetString("m")
			case reflect.Bool:
				v.SetBool(true)
			default:
				t.Fatalf("Type.%s: no other value is known", f.Name)
			}
			shown = shown || a.String() != b.String()
		}
		if !shown {
			t.Errorf("Type.%s: String does not say it", f.Name)
		}
	}
}

// TestFactsHaveNoOrder: only the order of columns counts.
func TestFactsHaveNoOrder(t *testing.T) {
	make := func() *Schema {
		return &Schema{Namespaces: []string{"a", "b"}, Tables: []*Table{{Name: "t", Columns: []Column{{Name: "x"}, {Name: "y"}},
			Checks: []Check{{Name: "c", Expr: "x > 0"}, {Name: "d", Expr: "y > 0"}}}}}
	}
	a, b := make(), make()
	slices.Reverse(b.Namespaces)
	slices.Reverse(b.Tables[0].Checks)
	if !slices.Equal(Facts(a), Facts(b)) {
		t.Error("the order of what is sorted by name is a fact")
	}
	slices.Reverse(b.Tables[0].Columns)
	if slices.Equal(Facts(a), Facts(b)) {
		t.Error("the order of columns is no fact")
	}
}
