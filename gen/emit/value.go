package emit

import (
	"reflect"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/modelgen/modelgen/runtime/schema"
)

// value writes any value of the runtime's and the schema's types as a Go expression. Fields that are zero are left out.
func value(v any) *jen.Statement { return expr(reflect.ValueOf(v), true, true) }

// expr writes v; named says whether a composite literal needs its type, multiLine whether it gets a line a field.
func expr(v reflect.Value, named, multiLine bool) *jen.Statement {
	if v.Kind() == reflect.Interface {
		if v.IsNil() {
			return jen.Nil()
		}
		v = v.Elem()
	}
	if def, ok := v.Interface().(schema.ColumnDef); ok {
		return column(def.Def())
	}
	switch v.Kind() {
	case reflect.Struct:
		s := &jen.Statement{}
		if named {
			s = jen.Qual(v.Type().PkgPath(), v.Type().Name())
		}
		var fields []jen.Code
		for i := range v.NumField() {
			f := v.Field(i)
			if f.IsZero() || (f.Kind() == reflect.Slice || f.Kind() == reflect.Map) && f.Len() == 0 || f.Kind() == reflect.Func {
				continue
			}
			if f.Kind() == reflect.Struct && f.NumField() > 1 && f.Field(1).Kind() == reflect.Slice && f.Field(1).Len() == 0 {
				continue // a primary key without columns
			}
			fields = append(fields, jen.Id(v.Type().Field(i).Name).Op(":").Add(expr(f, true, false)))
		}
		if multiLine {
			return s.Custom(multi, fields...)
		}
		return s.Values(fields...)
	case reflect.Slice:
		elems := make([]jen.Code, v.Len())
		deep := deepElem(v.Type().Elem())
		for i := range elems {
			elems[i] = expr(v.Index(i), v.Type().Elem().Kind() == reflect.Interface, false)
		}
		s := jen.Index().Add(typeName(v.Type().Elem()))
		if deep {
			return s.Custom(multi, elems...)
		}
		return s.Values(elems...)
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		s := &jen.Statement{}
		if named {
			s = jen.Qual(v.Type().PkgPath(), v.Type().Name())
		}
		var entries []jen.Code
		for _, k := range keys {
			entries = append(entries, text(k.String()).Op(":").Add(expr(v.MapIndex(k), true, false)))
		}
		return s.Values(entries...)
	case reflect.String:
		return constant(v)
	case reflect.Bool:
		return jen.Lit(v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return jen.Lit(int(v.Int()))
	case reflect.Float32, reflect.Float64:
		return jen.Lit(v.Float())
	}
	panic("emit: cannot write a " + v.Type().String())
}

// deepElem reports whether the elements of a slice each get a line: structs and columns do, words and parts of an index do not.
func deepElem(t reflect.Type) bool {
	return t.Kind() == reflect.Interface || t.Kind() == reflect.Map || t.Kind() == reflect.Struct && t != reflect.TypeFor[schema.IndexPart]()
}

func typeName(t reflect.Type) jen.Code {
	if t.PkgPath() == "" {
		return jen.Id(t.Name())
	}
	return jen.Qual(t.PkgPath(), t.Name())
}

// constants of the schema package, by type and value.
var constants = map[any]string{
	schema.Restrict: "Restrict", schema.Cascade: "Cascade", schema.SetNull: "SetNull", schema.SetDefault: "SetDefault",
	schema.InitiallyImmediate: "InitiallyImmediate", schema.InitiallyDeferred: "InitiallyDeferred",
	schema.NullsFirst: "NullsFirst", schema.NullsLast: "NullsLast",
}

func constant(v reflect.Value) *jen.Statement {
	if name, ok := constants[v.Interface()]; ok {
		return jen.Qual(Schema, name)
	}
	return text(v.String())
}
