package migrate

import (
	"bytes"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/modelgen/modelgen/internal/nearest"
	"github.com/modelgen/modelgen/runtime/schema"
)

// field is one field of the struct of a backfill.
type field struct {
	name   string // in Go
	column string
	at     []int // path to it
	typ    reflect.Type
	text   bool // its Go type is a string without Scan
}

func typeName[T any]() string {
	t := reflect.TypeFor[T]()
	if t.Name() == "" {
		return "the struct"
	}
	return t.Name()
}

// fieldsOf lists the fields of a struct that have a db tag, those of embedded structs without one included.
func fieldsOf[T any]() ([]field, error) {
	t := reflect.TypeFor[T]()
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("%s is no struct", t)
	}
	fields, err := structFields(t, nil)
	if err == nil && len(fields) == 0 {
		err = fmt.Errorf("%s has no field with a db tag", t.Name())
	}
	seen := map[string]bool{}
	for _, f := range fields {
		if seen[f.column] && err == nil {
			err = fmt.Errorf("two fields of %s are column %s", t.Name(), f.column)
		}
		seen[f.column] = true
	}
	return fields, err
}

func structFields(t reflect.Type, path []int) ([]field, error) {
	var all []field
	for i := range t.NumField() {
		f := t.Field(i)
		tag, tagged := f.Tag.Lookup("db")
		column, _, _ := strings.Cut(tag, ",")
		at := append(slices.Clone(path), i)
		switch {
		case tag == "-" || f.Name == "_":
		case f.Anonymous && !tagged && f.Type.Kind() == reflect.Struct:
			more, err := structFields(f.Type, at)
			if err != nil {
				return nil, err
			}
			all = append(all, more...)
		case column == "":
			return nil, fmt.Errorf(`field %s of %s names no column: give it a tag such as db:"name", or db:"-"`, f.Name, t.Name())
		case !f.IsExported():
			return nil, fmt.Errorf("field %s of %s is column %s, so it must begin with a capital letter", f.Name, t.Name(), column)
		default:
			base := f.Type
			if base.Kind() == reflect.Pointer {
				base = base.Elem()
			}
			all = append(all, field{f.Name, column, at, f.Type, base.Kind() == reflect.String && !scans(f.Type)})
		}
	}
	return all, nil
}

func scans(t reflect.Type) bool { return has[sql.Scanner](t) }

// has reports whether a type, or a pointer to it, implements an interface.
func has[I any](t reflect.Type) bool {
	i := reflect.TypeFor[I]()
	return t.Implements(i) || reflect.PointerTo(t).Implements(i)
}

// fits reports whether values of the column can be read into the field and written back.
func (f field) fits(t *schema.Table) error {
	c := t.Column(f.column)
	if c == nil {
		hint := ""
		if n := nearest.Word(f.column, t.ColumnNames(), min(2, nearest.Reach(f.column))); n != "" {
			hint = "; did you mean " + n + "?"
		}
		return fmt.Errorf("the table has no column %s%s", f.column, hint)
	}
	base := f.typ
	if scans(f.typ) {
		if !has[driver.Valuer](base) {
			return fmt.Errorf("%s has Scan but no Value, so it cannot be written to column %s", f.typ, f.column)
		}
		return nil
	}
	nullable := base.Kind() == reflect.Pointer || base.Kind() == reflect.Slice
	if base.Kind() == reflect.Pointer {
		base = base.Elem()
	}
	if want := wanted(c.Type); !accepts(c.Type, base) {
		return fmt.Errorf("%s cannot hold column %s, which is %s; use %s, or a type with Scan and Value", f.typ, f.column, c.Type, want)
	}
	if c.Nullable && !nullable {
		return fmt.Errorf("column %s can be NULL, which %s cannot hold; use *%[2]s", f.column, f.typ)
	}
	return nil
}

// accepts reports whether a Go type can hold every value of a column type, and give it back unchanged.
func accepts(t schema.Type, g reflect.Type) bool {
	k := g.Kind()
	switch {
	case t.Kind == schema.KindBytes && !t.Array:
		return k == reflect.Slice && g.Elem().Kind() == reflect.Uint8
	case k == reflect.String:
		return true // any value has a text
	case t.Array:
		return false
	}
	bits := 0
	switch k {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		bits = g.Bits()
	}
	switch t.Kind {
	case schema.KindBoolean:
		return k == reflect.Bool
	case schema.KindSmallInt:
		return bits >= 16
	case schema.KindInteger:
		return bits >= 32
	case schema.KindBigInt:
		return bits >= 64
	case schema.KindReal:
		return k == reflect.Float32 || k == reflect.Float64
	case schema.KindDouble:
		return k == reflect.Float64
	case schema.KindDate, schema.KindTimestamp, schema.KindTimestampTZ:
		return g == reflect.TypeFor[time.Time]()
	case schema.KindJSON, schema.KindJSONB:
		return k == reflect.Slice && g.Elem().Kind() == reflect.Uint8
	}
	return false
}

// wanted names the Go type for a column type.
func wanted(t schema.Type) string {
	if t.Array {
		return "string"
	}
	switch t.Kind {
	case schema.KindBoolean:
		return "bool"
	case schema.KindSmallInt:
		return "int16"
	case schema.KindInteger:
		return "int32"
	case schema.KindBigInt:
		return "int64"
	case schema.KindReal:
		return "float32"
	case schema.KindDouble:
		return "float64"
	case schema.KindBytes:
		return "[]byte"
	case schema.KindDate, schema.KindTimestamp, schema.KindTimestampTZ:
		return "time.Time"
	}
	return "string"
}

// Row holds one row after the other of a backfill on its way through the function.
type Row struct {
	Dest    []any // pointers to the fields, in the order of [RowStep.Fields], for Scan
	before  []driver.Value
	changed []int          // as Change returns it
	values  []driver.Value // the same
	clear   func()
	run     func() error
}

// Clear empties the fields for the next row, so that nothing of the last one is left in them or changed through them.
func (r *Row) Clear() { r.clear() }

func newRow(v any, fields []field, clear func(), run func() error) *Row {
	r := &Row{Dest: make([]any, len(fields)), before: make([]driver.Value, len(fields)), clear: clear, run: run}
	s := reflect.ValueOf(v).Elem()
	for i, f := range fields {
		r.Dest[i] = s.FieldByIndex(f.at).Addr().Interface()
	}
	return r
}

// Change runs the function on a row that was scanned. It returns the fields that it changed, as indexes into [RowStep.Fields], with their new
// values: int64, float64, bool, []byte, string, [time.Time] or nil. Both slices are used again for the next row.
func (r *Row) Change() (changed []int, values []driver.Value, err error) {
	changed, values = r.changed[:0], r.values[:0]
	for i, d := range r.Dest {
		if r.before[i], err = rowValue(d); err != nil {
			return nil, nil, err
		}
	}
	if err := r.recovered(); err != nil {
		return nil, nil, err
	}
	for i, d := range r.Dest {
		v, err := rowValue(d)
		if err != nil {
			return nil, nil, err
		}
		if !sameValue(r.before[i], v) {
			changed, values = append(changed, i), append(values, v)
		}
	}
	r.changed, r.values = changed, values
	return changed, values, nil
}

// recovered makes a panic of the function an error.
func (r *Row) recovered() (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return r.run()
}

// rowValue returns what a pointer to a field points to. Bytes are copied: the function may change them in place.
func rowValue(p any) (driver.Value, error) {
	switch p := p.(type) {
	case *string:
		return *p, nil
	case *int64:
		return *p, nil
	case *int32:
		return int64(*p), nil
	case *bool:
		return *p, nil
	case *float64:
		return *p, nil
	case *time.Time:
		return *p, nil
	case **string:
		if *p == nil {
			return nil, nil
		}
		return **p, nil
	case **int64:
		if *p == nil {
			return nil, nil
		}
		return **p, nil
	case driver.Valuer: // its method may have a pointer receiver
		v, err := driver.DefaultParameterConverter.ConvertValue(p)
		return copied(v), err
	}
	v, err := driver.DefaultParameterConverter.ConvertValue(reflect.ValueOf(p).Elem().Interface())
	return copied(v), err
}

func copied(v driver.Value) driver.Value {
	if b, ok := v.([]byte); ok {
		if b == nil {
			return nil
		}
		return bytes.Clone(b)
	}
	return v
}

func sameValue(a, b driver.Value) bool {
	switch a := a.(type) {
	case []byte:
		c, ok := b.([]byte)
		return ok && bytes.Equal(a, c)
	case time.Time:
		c, ok := b.(time.Time)
		return ok && a.Equal(c)
	case float64:
		c, ok := b.(float64)
		return ok && (a == c || a != a && c != c)
	}
	if _, ok := b.([]byte); ok {
		return false
	}
	return a == b
}
