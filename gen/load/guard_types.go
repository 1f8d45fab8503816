package load

import (
	"go/types"
	"slices"
	"strings"
)

// exportTypes returns the types whose own declarations a guard has to look at: a struct stays the same when the type of a field begins to
// stand for another one, and the column does not.
func (m *model) exportTypes(q *qualifier) []Type {
	e := &typeExport{q: q, seen: map[types.Type]bool{}}
	for _, s := range m.structs {
		for f := range s.str.Fields() {
			if f.Embedded() {
				e.aliases(f.Type())
			}
		}
	}
	for _, c := range m.columns {
		if c.field == nil {
			continue
		}
		if c.opts.has("type") || c.opts.has("json") {
			e.aliases(c.field.Type()) // the column is what the tag says, but for NULL
		} else {
			e.column(c.field.Type())
		}
	}
	return e.out
}

type typeExport struct {
	q    *qualifier
	seen map[types.Type]bool
	out  []Type
}

// add notes a type, unless the model's package cannot name it or what it stands for.
func (e *typeExport) add(t, is types.Type, alias bool) {
	name, text := e.q.text(t), e.q.text(is)
	hidden := e.q.hidden != ""
	e.q.hidden = ""
	if !hidden && !slices.ContainsFunc(e.out, func(o Type) bool { return o.Name == name }) {
		e.out = append(e.out, Type{name, text, alias})
	}
}

// own reports whether a declaration may change with the project: those of Go itself, and of types that are known by name, do not.
func (e *typeExport) own(obj *types.TypeName) bool {
	switch {
	case obj.Pkg() == nil:
		return false
	case obj.Pkg() == e.q.pkg:
		return true
	}
	_, known := lookupType(obj.Pkg().Path(), obj.Name())
	first, _, _ := strings.Cut(obj.Pkg().Path(), "/")
	ours, _, _ := strings.Cut(e.q.pkg.Path(), "/")
	return !known && (first == ours || strings.Contains(first, "."))
}

// aliases notes the aliases in front of a type.
func (e *typeExport) aliases(t types.Type) {
	switch t := t.(type) {
	case *types.Pointer:
		e.aliases(t.Elem())
	case *types.Slice:
		e.aliases(t.Elem())
	case *types.Alias:
		if e.own(t.Obj()) {
			e.add(t, t.Rhs(), true)
		}
		e.aliases(t.Rhs())
	}
}

// column notes what the column of a field is made of.
func (e *typeExport) column(t types.Type) {
	if e.seen[t] {
		return
	}
	e.seen[t] = true
	switch t := t.(type) {
	case *types.Pointer:
		e.column(t.Elem())
	case *types.Slice:
		e.column(t.Elem())
	case *types.Alias:
		if e.own(t.Obj()) {
			e.add(t, t.Rhs(), true)
		}
		e.column(t.Rhs())
	case *types.Named:
		for a := range t.TypeArgs().Types() {
			e.column(a)
		}
		if !e.own(t.Obj()) {
			return
		}
		switch u := t.Underlying().(type) {
		case *types.Basic:
			e.add(t, u, false)
		case *types.Slice:
			e.add(t, u, false)
			e.column(u.Elem())
		case *types.Struct:
			if strings.HasPrefix(t.Obj().Name(), "Null") {
				e.add(t, u, false)
				for f := range u.Fields() {
					e.column(f.Type())
				}
			}
		}
	}
}
