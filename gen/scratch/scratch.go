// Package scratch makes copies of a schema to try ops on, which cost what the ops touch and not what there is: of a thousand tables most
// are in no migration. It does not look at what an op does to a table; it relies on the tables that an op changes being named in it, or referring to
// one that is.
package scratch

import (
	"reflect"
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Copy returns a schema on which ops can be applied, in their order, while s stays as it is. All that they do not touch is shared with s, and
// must be changed in neither. Ops that are nil are passed over.
func Copy(s *schema.Schema, ops ...migrate.Op) *schema.Schema {
	var w words
	for _, op := range ops {
		if op == nil {
			continue
		}
		if len(s.Enums) > 0 && aboutEnum(op.Effects()) {
			return s.Clone() // the columns of an enum are anywhere
		}
		if len(s.Tables) > 0 {
			w.add(reflect.ValueOf(op))
		}
	}
	c := &schema.Schema{Namespaces: slices.Clone(s.Namespaces), Tables: slices.Clone(s.Tables), SQLObjects: s.SQLObjects}
	for _, e := range s.Enums {
		c.Enums = append(c.Enums, e.Clone())
	}
	for i, t := range c.Tables {
		if w.names[t.Name] || slices.ContainsFunc(t.ForeignKeys, func(f schema.ForeignKey) bool { return w.names[f.RefTable] }) {
			c.Tables[i] = t.Clone()
		}
	}
	return c
}

func aboutEnum(e migrate.Effects) bool {
	enum := func(o migrate.Object) bool { return o.Kind == migrate.EnumObject }
	return slices.ContainsFunc(slices.Concat(e.Writes, e.Makes, e.Removes), enum) ||
		slices.ContainsFunc(e.Renames, func(r migrate.Renamed) bool { return enum(r.From) })
}

// words are all texts that ops hold, among which are the tables that they name.
type words struct{ names map[string]bool }

func (w *words) add(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if w.names == nil {
			w.names = map[string]bool{}
		}
		w.names[v.String()] = true
	case reflect.Interface, reflect.Pointer:
		if !v.IsNil() {
			w.add(v.Elem())
		}
	case reflect.Struct:
		for _, field := range v.Fields() {
			w.add(field)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			w.add(v.Index(i))
		}
	}
}
