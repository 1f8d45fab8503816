package read

import (
	"context"
	"errors"
	"reflect"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

const (
	runtimePath = "github.com/modelgen/modelgen/runtime"
	schemaPath  = "github.com/modelgen/modelgen/runtime/schema"
)

// name is a name of one of the two packages that migrations import.
type name struct{ path, name string }

// types has the types by their names: all ops, as the planner has a method for each, and what their fields are made of. So a new op, and
// a new field of one, is known by itself.
func types() map[name]reflect.Type {
	all := map[name]reflect.Type{}
	var add func(t reflect.Type)
	add = func(t reflect.Type) {
		if t.PkgPath() == runtimePath || t.PkgPath() == schemaPath {
			n := name{t.PkgPath(), t.Name()}
			if _, known := all[n]; known {
				return
			}
			all[n] = t
		}
		switch t.Kind() {
		case reflect.Struct:
			for f := range t.Fields() {
				add(f.Type)
			}
		case reflect.Slice, reflect.Pointer, reflect.Map:
			add(t.Elem())
		}
	}
	for m := range reflect.TypeFor[migrate.Planner]().Methods() {
		if m.Type.NumIn() == 1 && m.Type.In(0).Implements(opType) {
			add(m.Type.In(0))
		}
	}
	for _, op := range migrate.ObjectOps() {
		add(reflect.TypeOf(op))
	}
	add(reflect.TypeFor[schema.Column]())
	add(reflect.TypeFor[schema.Decimal]())
	add(reflect.TypeFor[schema.Table]())
	return all
}

var (
	opType  = reflect.TypeFor[migrate.Op]()
	defType = reflect.TypeFor[schema.ColumnDef]()
)

// functions has the functions of the two packages. One that is generic stands here with each type that it can have.
func functions() map[name][]any {
	in := func(path string, fs map[string][]any) map[name][]any {
		m := map[name][]any{}
		for n, f := range fs {
			m[name{path, n}] = f
		}
		return m
	}
	all := in(schemaPath, map[string][]any{
		"Boolean": {schema.Boolean}, "SmallInt": {schema.SmallInt}, "Integer": {schema.Integer}, "BigInt": {schema.BigInt}, "Real": {schema.Real},
		"Double": {schema.Double}, "Numeric": {schema.Numeric}, "Text": {schema.Text}, "Varchar": {schema.Varchar}, "Char": {schema.Char},
		"Bytes": {schema.Bytes}, "Date": {schema.Date}, "Time": {schema.Time}, "Timestamp": {schema.Timestamp}, "TimestampTZ": {schema.TimestampTZ},
		"Interval": {schema.Interval}, "UUID": {schema.UUID}, "JSON": {schema.JSON}, "JSONB": {schema.JSONB}, "Inet": {schema.Inet},
		"CIDR": {schema.CIDR}, "EnumOf": {schema.EnumOf}, "Other": {schema.Other}, "Sized": {schema.Sized},
		"Array": {schema.Array[string], schema.Array[bool], schema.Array[int16], schema.Array[int32], schema.Array[int64], schema.Array[float32],
			schema.Array[float64], schema.Array[schema.Decimal], schema.Array[[]byte]},
	})
	all[name{runtimePath, "NewCreateTable"}] = []any{migrate.NewCreateTable}
	return all
}

// constants has the constants of the schema package.
func constants() map[name]any {
	all := map[name]any{}
	for n, v := range map[string]any{
		"NoAction": schema.NoAction, "Restrict": schema.Restrict, "Cascade": schema.Cascade, "SetNull": schema.SetNull, "SetDefault": schema.SetDefault,
		"NotDeferrable": schema.NotDeferrable, "InitiallyImmediate": schema.InitiallyImmediate, "InitiallyDeferred": schema.InitiallyDeferred,
		"NoDigits": schema.NoDigits, "NullsDefault": schema.NullsDefault, "NullsFirst": schema.NullsFirst, "NullsLast": schema.NullsLast,
	} {
		all[name{schemaPath, n}] = v
	}
	return all
}

// errUnknown is what functions return whose code was read and not compiled.
var errUnknown = errors.New("the function was read from source and not compiled; it cannot be run here")

func unknown(context.Context, migrate.Tx) error { return errUnknown }

// stub makes a function of any type that does nothing but return errUnknown where it can.
func stub(t reflect.Type) reflect.Value {
	return reflect.MakeFunc(t, func([]reflect.Value) []reflect.Value {
		out := make([]reflect.Value, t.NumOut())
		for i := range out {
			out[i] = reflect.Zero(t.Out(i))
			if t.Out(i) == reflect.TypeFor[error]() {
				out[i] = reflect.ValueOf(&errUnknown).Elem()
			}
		}
		return out
	})
}
