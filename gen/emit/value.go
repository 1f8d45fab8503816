package emit

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// printer writes values of the runtime's and the schema's types as Go expressions, as gofmt has them: of a thousand tables gofmt would take most of the time that
// it takes to write a migration.
type printer struct {
	schema bool // the package schema was named
	odd    bool // something has lines where gofmt may break others: it has to look
}

// op writes an op that stands so many tabs deep.
func (w *printer) op(v any, depth int) string { return w.expr(reflect.ValueOf(v), true, true, depth) }

// expr writes v. named says whether a composite literal needs its type, multiLine whether it gets a line a field. Fields that are zero are left out.
func (w *printer) expr(v reflect.Value, named, multiLine bool, depth int) string {
	if v.Kind() == reflect.Interface {
		if v.IsNil() {
			return "nil"
		}
		v = v.Elem()
	}
	if def, ok := v.Interface().(schema.ColumnDef); ok {
		return w.column(def.Def())
	}
	switch v.Kind() {
	case reflect.Struct:
		name := ""
		if named {
			name = w.typeName(v.Type())
		}
		var fields [][2]string
		below := depth
		if multiLine {
			below++
		}
		for i := range v.NumField() {
			f := v.Field(i)
			if f.IsZero() || (f.Kind() == reflect.Slice || f.Kind() == reflect.Map) && f.Len() == 0 || f.Kind() == reflect.Func {
				continue
			}
			if f.Kind() == reflect.Struct && f.NumField() > 1 && f.Field(1).Kind() == reflect.Slice && f.Field(1).Len() == 0 {
				continue // a primary key without columns
			}
			fields = append(fields, [2]string{v.Type().Field(i).Name, w.expr(f, true, false, below)})
		}
		if multiLine {
			return name + lines(fields, depth)
		}
		return name + w.inLine(fields)
	case reflect.Slice:
		below, deep := depth, deepElem(v.Type().Elem())
		if deep {
			below++
		}
		elems := make([][2]string, v.Len())
		for i := range elems {
			elems[i][1] = w.expr(v.Index(i), v.Type().Elem().Kind() == reflect.Interface, false, below)
		}
		name := "[]" + w.typeName(v.Type().Elem())
		if deep {
			return name + lines(elems, depth)
		}
		return name + w.inLine(elems)
	case reflect.Map:
		name := ""
		if named {
			name = w.typeName(v.Type())
		}
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		entries := make([][2]string, len(keys))
		for i, k := range keys {
			entries[i] = [2]string{w.oneLine(text(k.String())), w.expr(v.MapIndex(k), true, false, depth)}
		}
		return name + w.inLine(entries)
	case reflect.String:
		if name, ok := constants[v.Interface()]; ok {
			return w.of(Schema) + name
		}
		return text(v.String())
	case reflect.Bool:
		return strconv.FormatBool(v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.FormatInt(v.Int(), 10)
	case reflect.Float32, reflect.Float64:
		number := fmt.Sprintf("%#v", v.Float())
		if !strings.ContainsAny(number, ".e") {
			number += ".0" // else it is an int
		}
		return number
	}
	panic("emit: cannot write a " + v.Type().String())
}

// lines writes the inside of a composite literal with one element a line. Keys of values that are on one line stand below each other, and the values too.
func lines(elems [][2]string, depth int) string {
	if len(elems) == 0 {
		return "{}"
	}
	tabs := "\n" + strings.Repeat("\t", depth+1)
	var b strings.Builder
	b.WriteByte('{')
	for i := 0; i < len(elems); {
		n, width := i, 0 // to where values are on one line
		for ; n < len(elems) && !strings.Contains(elems[n][1], "\n"); n++ {
			width = max(width, len(elems[n][0]))
		}
		if n == i {
			n, width = i+1, 0
		}
		for ; i < n; i++ {
			b.WriteString(tabs)
			if key := elems[i][0]; key != "" {
				b.WriteString(key + ":" + strings.Repeat(" ", 1+max(width-len(key), 0)))
			}
			b.WriteString(elems[i][1] + ",")
		}
	}
	b.WriteString(tabs[:len(tabs)-1] + "}")
	return b.String()
}

// inLine writes the inside of a composite literal with its elements on one line.
func (w *printer) inLine(elems [][2]string) string {
	var b strings.Builder
	b.WriteByte('{')
	for i, e := range elems {
		if i > 0 {
			b.WriteString(", ")
		}
		if e[0] != "" {
			b.WriteString(e[0] + ": ")
		}
		if i < len(elems)-1 {
			w.oneLine(e[1])
		}
		b.WriteString(e[1])
	}
	b.WriteByte('}')
	return b.String()
}

// oneLine notes that a text has several lines where gofmt may break others.
func (w *printer) oneLine(text string) string {
	w.odd = w.odd || strings.Contains(text, "\n")
	return text
}

// of returns the name of a package in front of what is selected from it.
func (w *printer) of(path string) string {
	switch path {
	case Runtime:
		return "migrate."
	case Schema:
		w.schema = true
		return "schema."
	}
	panic("emit: " + path + " is not imported by migrations")
}

func (w *printer) typeName(t reflect.Type) string {
	if t.PkgPath() == "" {
		return t.Name()
	}
	return w.of(t.PkgPath()) + t.Name()
}

// deepElem reports whether the elements of a slice each get a line: structs and columns do, words and parts of an index do not.
func deepElem(t reflect.Type) bool {
	return t.Kind() == reflect.Interface || t.Kind() == reflect.Map || t.Kind() == reflect.Struct && t != reflect.TypeFor[schema.IndexPart]()
}

// constants of the schema package, by type and value.
var constants = map[any]string{
	schema.Restrict: "Restrict", schema.Cascade: "Cascade", schema.SetNull: "SetNull", schema.SetDefault: "SetDefault",
	schema.InitiallyImmediate: "InitiallyImmediate", schema.InitiallyDeferred: "InitiallyDeferred",
	schema.NullsFirst: "NullsFirst", schema.NullsLast: "NullsLast",
}
