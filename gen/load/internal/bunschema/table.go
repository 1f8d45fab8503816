package bunschema

import (
	"cmp"
	"go/types"
	"reflect"
	"slices"
	"strings"
)

// Problem is something in a struct that bun refuses.
type Problem struct {
	Path []*types.Var // the fields on the way to it, the innermost last
	At   int          // in bytes of the bun tag of the innermost field; -1 is the field
	Msg  string
}

// Parser reads structs.
type Parser struct {
	Singular bool // table names are not made plural
	Problems []Problem

	tables map[string]*Table
	byName map[string]*Table
}

// Table is a struct as bun knows it (schema/table.go).
type Table struct {
	Named     *types.Named
	Name      string // of the table, with its schema
	TypeName  string
	ModelName string
	Base      *types.Var // the field bun.BaseModel, nil without one
	BaseTag   Tag
	Extends   bool // it has the table of a struct that it embeds

	All     []*Field // of the struct, also those that are no columns
	Columns []*Field
	Keys    []*Field
	Uniques []Unique
	Structs []*types.Struct // itself, and those that are embedded
	Types   []types.Type    // of Structs

	byName map[string]*Field
	m2m    bool
}

// Unique is a unique constraint; without a name it is over one column.
type Unique struct {
	Name   string
	Fields []*Field
}

// Field is a field as bun knows it (schema/field.go).
type Field struct {
	GoName, Name string
	Path         []*types.Var
	Tag          Tag
	Type         types.Type // without a pointer
	PK, NotNull  bool
	Auto         bool
	Identity     bool
	Default      string
	UserType     string
	index        []int
}

// Relation reports whether the field leads to another struct.
func (f *Field) Relation() bool { return f.Tag.Has("rel") || f.Tag.Has("m2m") }

func (p *Parser) problem(path []*types.Var, at int, msg string) {
	p.Problems = append(p.Problems, Problem{path, at, msg})
}

func (f *Field) at(word string) int {
	if o, ok := f.Tag.Get(word); ok {
		return o.At
	}
	return -1
}

// At returns where an option of the field stands.
func (f *Field) At(word string) ([]*types.Var, int) { return f.Path, f.at(word) }

func indirect(t types.Type) types.Type {
	t = types.Unalias(t)
	if ptr, ok := t.(*types.Pointer); ok {
		return types.Unalias(ptr.Elem())
	}
	return t
}

func isBaseModel(f *types.Var) bool {
	n, ok := types.Unalias(f.Type()).(*types.Named)
	return ok && f.Embedded() && n.Obj().Name() == "BaseModel" && n.Obj().Pkg() != nil && strings.HasPrefix(n.Obj().Pkg().Path(), "github.com/uptrace/bun")
}

// HasBase reports whether a struct embeds bun.BaseModel itself.
func HasBase(st *types.Struct) bool {
	for f := range st.Fields() {
		if isBaseModel(f) {
			return true
		}
	}
	return false
}

// Table reads a struct.
func (p *Parser) Table(t types.Type) *Table {
	key := types.TypeString(t, nil)
	if tab := p.tables[key]; tab != nil {
		return tab
	}
	if p.tables == nil {
		p.tables, p.byName = map[string]*Table{}, map[string]*Table{}
	}
	tab := &Table{byName: map[string]*Field{}}
	p.tables[key] = tab
	name := ""
	if tab.Named, _ = t.(*types.Named); tab.Named != nil {
		name = tab.Named.Obj().Name()
	}
	if name != "" {
		tab.TypeName = strings.ToUpper(name[:1]) + name[1:]
	}
	tab.ModelName = Underscore(name)
	if tab.Name = tab.ModelName; !p.Singular {
		tab.Name = plural(tab.ModelName)
	}
	if st, ok := t.Underlying().(*types.Struct); ok {
		p.fields(tab, t, st)
	}
	p.byName[tab.Name] = tab
	return tab
}

// inner is a field of an embedded struct, on its way into a table.
type inner struct {
	prefix string
	via    *types.Var
	at     int
	field  *Field
}

// fields is processFields.
func (p *Parser) fields(tab *Table, t types.Type, st *types.Struct) {
	tab.Structs, tab.Types = append(tab.Structs, st), append(tab.Types, t)
	names := map[string]bool{}
	var embedded []inner
	embed := func(i int, v *types.Var, prefix string) *Table {
		sub := p.Table(indirect(v.Type()))
		for _, f := range sub.All {
			embedded = append(embedded, inner{prefix, v, i, f})
		}
		tab.Structs, tab.Types = append(tab.Structs, sub.Structs...), append(tab.Types, sub.Types...)
		return sub
	}
	for i := range st.NumFields() {
		v := st.Field(i)
		raw := reflect.StructTag(st.Tag(i)).Get("bun")
		if raw == "-" {
			names[v.Name()] = true
			continue
		}
		tag := ParseTag(raw)
		_, isStruct := indirect(v.Type()).Underlying().(*types.Struct)
		prefix, prefixed := tag.Get("embed")
		switch {
		case !v.Exported() && !v.Embedded():
		case isBaseModel(v):
			p.baseModel(tab, v, tag)
		case v.Embedded():
			if !isStruct {
				continue
			}
			if sub := embed(i, v, ""); tag.Has("inherit") || tag.Has("extend") {
				tab.Name, tab.TypeName, tab.ModelName, tab.Extends = sub.Name, sub.TypeName, sub.ModelName, true
			}
		case prefixed:
			if !isStruct {
				p.problem([]*types.Var{v}, prefix.At, "embed takes a struct, which "+v.Name()+" is not")
				continue
			}
			embed(i, v, prefix.Value)
		default:
			f := p.field(tab, v, tag, i)
			tab.add(f)
			names[f.Name] = true
		}
	}
	p.flatten(tab, names, embedded)
	for _, list := range []*[]*Field{&tab.All, &tab.Columns, &tab.Keys} {
		slices.SortStableFunc(*list, func(a, b *Field) int { return slices.CompareFunc(a.index, b.index, cmp.Compare[int]) })
	}
}

// flatten adds the fields of embedded structs whose names are not ambiguous, as package encoding/json does.
func (p *Parser) flatten(tab *Table, names map[string]bool, embedded []inner) {
	seen, tagged := map[string]int{}, map[string]int{}
	for n := range names {
		seen[n]++
		tagged[n]++
	}
	for _, e := range embedded {
		seen[e.prefix+e.field.Name]++
		if !e.field.Tag.zero() {
			tagged[e.prefix+e.field.Name]++
		}
	}
	for _, e := range embedded {
		name := e.prefix + e.field.Name
		if seen[name] > 1 && !(!e.field.Tag.zero() && tagged[name] == 1) {
			continue
		}
		f := *e.field
		f.Name, f.Path = name, append([]*types.Var{e.via}, f.Path...)
		f.index = append([]int{e.at}, f.index...)
		tab.add(&f)
		tab.unique(&f, e.prefix)
	}
}

func (p *Parser) baseModel(tab *Table, v *types.Var, tag Tag) {
	tab.Base, tab.BaseTag = v, tag
	if tag.Name != "" {
		tab.Name = tag.Name
	}
	if o, ok := tag.Get("table"); ok {
		tab.Name = o.Value
	}
}

// field is newField.
func (p *Parser) field(tab *Table, v *types.Var, tag Tag, i int) *Field {
	f := &Field{GoName: v.Name(), Name: Underscore(v.Name()), Path: []*types.Var{v}, Tag: tag, Type: indirect(v.Type()), index: []int{i}}
	if tag.Name != "" {
		f.Name = tag.Name
	}
	if o, ok := tag.Get("column"); ok {
		f.Name = o.Value
	}
	f.PK, f.Auto, f.Identity = tag.Has("pk"), tag.Has("autoincrement"), tag.Has("identity")
	f.NotNull = tag.Has("notnull") || f.PK || f.Auto
	if o, ok := tag.Get("default"); ok {
		f.Default = o.Value
	}
	if o, ok := tag.Get("type"); ok {
		f.UserType = o.Value
	}
	tab.unique(f, "")
	return f
}

func (t *Table) add(f *Field) {
	t.All = append(t.All, f)
	if f.Relation() {
		return
	}
	t.byName[f.Name] = f
	if o, ok := f.Tag.Get("alt"); ok {
		t.byName[o.Value] = f
	}
	if f.Tag.Has("scanonly") {
		return
	}
	t.Columns = append(t.Columns, f)
	if f.PK {
		t.Keys = append(t.Keys, f)
	}
}

// unique is addUnique.
func (t *Table) unique(f *Field, prefix string) {
	names := f.Tag.values("unique")
	if len(names) == 1 {
		names = strings.Split(names[0], ",")
	}
	for _, n := range names {
		if n == "" {
			t.Uniques = append(t.Uniques, Unique{"", []*Field{f}})
			continue
		}
		n = prefix + n
		i := slices.IndexFunc(t.Uniques, func(u Unique) bool { return u.Name == n })
		if i < 0 {
			t.Uniques = append(t.Uniques, Unique{n, []*Field{f}})
		} else {
			t.Uniques[i].Fields = append(t.Uniques[i].Fields, f)
		}
	}
}
