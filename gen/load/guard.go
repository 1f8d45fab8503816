package load

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// Model is one model, with what a generated guard needs to hold it to its shape.
type Model struct {
	Package   *Package
	Name      string // of the struct
	Table     string
	Pos       token.Position
	Structs   []Struct    // the struct itself, then those whose fields are flattened into it, each once
	Types     []Type      // of columns that come from what the type stands for, and the aliases on the way
	Constants []Constants // of the named types whose constants are values of a column
	Imports   []Import    // what the types in Structs, Types and Constants of this model and those before it need, by path
}

// Type is a named type that is not what a column is made of: what it stands for is.
type Type struct {
	Name  string
	Is    string // what is underlying; of an alias, the type itself
	Alias bool
}

// Struct is a struct whose fields become columns. Types are written as in a file of the model's package with Model.Imports.
type Struct struct {
	Type   string // the name, "Product" or "base.Timestamps"; or the struct type itself of one without a name
	Fields []Field
	// Unguarded says why no guard can be written for it: it belongs to another package and has fields that are not exported.
	Unguarded string
}

// Field is one field of a struct, blank and unexported ones included.
type Field struct {
	Name     string
	Type     string
	Tag      string // without its quotes
	Embedded bool
}

// Import is an import that types need. Name is what the types call it, also where that is not the package's own name.
type Import struct{ Path, Name string }

// Constants are the constants of a named type in the order of their declaration, each value once.
type Constants struct {
	Type    string
	Foreign bool // the type belongs to another package
	Values  []Constant
}

// Constant is a constant: its name, qualified when it is of another package, and its value as Go source.
type Constant struct{ Name, Value string }

// export returns the model in its public form.
func (m *model) export(pkg *Package, q *qualifier) *Model {
	out := &Model{Package: pkg, Name: m.obj.Name(), Table: m.table.Name, Pos: m.l.position(m.pos)}
	seen := map[string]bool{}
	for _, s := range m.structs {
		g := Struct{Type: q.text(s.typ)}
		if seen[g.Type] {
			continue
		}
		seen[g.Type] = true
		g.Fields = make([]Field, 0, s.str.NumFields())
		for i := range s.str.NumFields() {
			f := s.str.Field(i)
			if f.Pkg() != m.obj.Pkg() && !f.Exported() {
				g.Unguarded = fmt.Sprintf("%s has the field %s, which is not exported", g.Type, f.Name())
			}
			g.Fields = append(g.Fields, Field{f.Name(), q.text(f.Type()), s.str.Tag(i), f.Embedded()})
		}
		if q.hidden != "" && g.Unguarded == "" {
			g.Unguarded = fmt.Sprintf("%s has a field of type %s, which cannot be named here", g.Type, q.hidden)
		}
		q.hidden = ""
		if m.constraint != "" {
			g.Unguarded = fmt.Sprintf("%s is in a file with the build constraint %s", m.obj.Name(), m.constraint)
		}
		out.Structs = append(out.Structs, g)
	}
	if m.constraint == "" {
		out.Types = m.exportTypes(q)
	}
	var done []*types.TypeName
	for _, obj := range m.enums {
		if slices.Contains(done, obj) {
			continue
		}
		done = append(done, obj)
		foreign := obj.Pkg() != m.obj.Pkg()
		c := Constants{Type: q.text(obj.Type()), Foreign: foreign}
		for _, v := range m.l.constants(obj) {
			name, value := v.name, v.val
			if foreign {
				name = q.qualify(obj.Pkg()) + "." + name
			}
			if b, ok := obj.Type().Underlying().(*types.Basic); ok && b.Kind() == types.String {
				value = fmt.Sprintf("%q", value)
			}
			if m.constraint == "" && (!foreign || token.IsExported(v.name)) {
				c.Values = append(c.Values, Constant{name, value})
			}
		}
		out.Constants = append(out.Constants, c)
	}
	for path, name := range q.names {
		out.Imports = append(out.Imports, Import{path, name})
	}
	slices.SortFunc(out.Imports, func(a, b Import) int { return strings.Compare(a.Path, b.Path) })
	return out
}

// qualifier names packages in the text of types, alike for all models of a package: they stand in one file.
type qualifier struct {
	pkg    *types.Package
	names  map[string]string // import path -> name
	used   map[string]bool
	hidden string // a type that cannot be named from pkg
}

func (q *qualifier) text(t types.Type) string {
	switch u := t.(type) { // most fields, and cheap
	case *types.Basic:
		return u.Name()
	case *types.Pointer:
		if b, ok := u.Elem().(*types.Basic); ok {
			return "*" + b.Name()
		}
	}
	q.visible(t)
	return types.TypeString(t, q.qualify)
}

func (q *qualifier) qualify(p *types.Package) string {
	if p == q.pkg {
		return ""
	}
	name, ok := q.names[p.Path()]
	if !ok {
		name = p.Name()
		for n := 2; q.used[name] || q.pkg.Scope().Lookup(name) != nil; n++ {
			name = fmt.Sprint(p.Name(), n)
		}
		q.names[p.Path()], q.used[name] = name, true
	}
	return name
}

// visible notes a type in t that the package cannot name: one that is not exported, or of an internal package of others.
func (q *qualifier) visible(t types.Type) {
	switch t := t.(type) {
	case *types.Alias:
		q.visibleName(t.Obj(), t.TypeArgs())
	case *types.Named:
		q.visibleName(t.Obj(), t.TypeArgs())
	case *types.Pointer:
		q.visible(t.Elem())
	case *types.Slice:
		q.visible(t.Elem())
	case *types.Array:
		q.visible(t.Elem())
	case *types.Chan:
		q.visible(t.Elem())
	case *types.Map:
		q.visible(t.Key())
		q.visible(t.Elem())
	case *types.Struct:
		for f := range t.Fields() {
			q.visible(f.Type())
			if !f.Exported() && f.Pkg() != q.pkg {
				q.hidden = "struct with the field " + f.Name()
			}
		}
	case *types.Signature:
		for v := range t.Params().Variables() {
			q.visible(v.Type())
		}
		for v := range t.Results().Variables() {
			q.visible(v.Type())
		}
	}
}

func (q *qualifier) visibleName(obj *types.TypeName, args *types.TypeList) {
	if p := obj.Pkg(); p != nil && p != q.pkg && (!obj.Exported() || !importable(p.Path(), q.pkg.Path())) {
		q.hidden = p.Name() + "." + obj.Name()
	}
	for a := range args.Types() {
		q.visible(a)
	}
}

// importable applies the rule of internal packages.
func importable(path, from string) bool {
	i := strings.LastIndex("/"+path+"/", "/internal/")
	if i < 0 {
		return true
	}
	parent := strings.TrimSuffix(path[:max(0, i-1)], "/")
	return from == parent || strings.HasPrefix(from, parent+"/")
}
