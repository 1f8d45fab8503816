package bunschema

import (
	"go/types"
	"strings"
)

// Reference is a foreign key that WithForeignKeys makes.
type Reference struct {
	Field              *Field // of the relation
	Columns, Refs      []*Field
	To                 *Table
	OnUpdate, OnDelete string
}

// Targets returns the structs that relations of a table lead to.
func (p *Parser) Targets(t *Table) map[*Field]*Table {
	all := map[*Field]*Table{}
	for _, f := range t.All {
		if f.Relation() {
			if to := p.target(f); to != nil {
				all[f] = to
			}
		}
	}
	return all
}

func (p *Parser) target(f *Field) *Table {
	elem := f.Type
	if s, ok := elem.Underlying().(*types.Slice); ok {
		elem = indirect(s.Elem())
	}
	if _, ok := elem.Underlying().(*types.Struct); !ok {
		return nil
	}
	return p.Table(elem)
}

// Link finds the join tables of m2m relations, which must be known before the references are: tables are those of all models.
func (p *Parser) Link(tables []*Table) {
	for _, t := range tables {
		for _, f := range t.All {
			o, ok := f.Tag.Get("m2m")
			if !ok {
				continue
			}
			found := false
			for _, other := range tables {
				if other.Name == o.Value {
					other.m2m, found = true, true
					p.sides(t, f, other)
				}
			}
			if !found {
				p.problem(f.Path, o.At, "there is no model of the join table "+o.Value+", which bun wants registered with RegisterModel")
			}
		}
	}
}

// sides looks for the two fields of the join table that a relation goes through.
func (p *Parser) sides(t *Table, f *Field, join *Table) {
	to := p.target(f)
	if to == nil {
		return
	}
	names := []string{t.TypeName, to.TypeName}
	if left, right, ok := p.join(f); ok && len(left) > 0 {
		names = []string{left[0], right[0]}
	}
	for _, n := range names {
		found := false
		for _, g := range join.All {
			found = found || g.GoName == n
		}
		if !found {
			p.problem(f.Path, f.at("m2m"), join.TypeName+" has no field "+n+", which the relation "+f.GoName+" goes through: join:Left=Right names others")
		}
	}
}

// join reads join: ok is false when there is none.
func (p *Parser) join(f *Field) (left, right []string, ok bool) {
	list := f.Tag.values("join")
	if len(list) == 0 {
		return nil, nil, false
	}
	if len(list) == 1 {
		list = strings.Split(list[0], ",")
	}
	for _, s := range list {
		a, b, has := strings.Cut(strings.TrimSpace(s), "=")
		if !has {
			p.problem(f.Path, f.at("join"), "join is written join:column=column of the other")
			return nil, nil, false
		}
		left, right = append(left, a), append(right, b)
	}
	return left, right, true
}

// References returns the foreign keys of a table, in the order of the fields, and notes what is wrong with its relations.
func (p *Parser) References(t *Table) []Reference {
	var all []Reference
	for _, f := range t.All {
		o, ok := f.Tag.Get("rel")
		if !ok {
			continue
		}
		switch o.Value {
		case "belongs-to":
			if r, ok := p.belongsTo(t, f); ok && t.references(r) {
				all = append(all, r)
			}
		case "has-one", "has-many":
			p.has(t, f, o.Value)
		default:
			p.problem(f.Path, o.At, "bun knows the relations belongs-to, has-one and has-many, not "+o.Value)
		}
	}
	return all
}

// references is Relation.References: keys alone are one in a join table.
func (t *Table) references(r Reference) bool {
	all, none := true, true
	for _, f := range r.Columns {
		all, none = all && f.PK, none && !f.PK
	}
	return t.m2m && all || none
}

func (p *Parser) belongsTo(t *Table, f *Field) (Reference, bool) {
	to := p.target(f)
	if to == nil || len(to.Keys) == 0 {
		p.problem(f.Path, f.at("rel"), "the relation "+f.GoName+" needs a struct with a primary key (pk)")
		return Reference{}, false
	}
	r := Reference{Field: f, To: to}
	if o, ok := f.Tag.Get("on_update"); ok {
		r.OnUpdate = o.Value
	}
	if o, ok := f.Tag.Get("on_delete"); ok {
		r.OnDelete = o.Value
	}
	left, right, ok := p.join(f)
	if !ok {
		for _, k := range to.Keys {
			name := Underscore(f.GoName) + "_" + k.Name
			if t.byName[name] == nil && t.byName[k.Name] != nil {
				name = k.Name
			}
			left, right = append(left, name), append(right, k.Name)
		}
	}
	var good bool
	r.Columns, r.Refs, good = p.pair(f, t, to, left, right)
	return r, good
}

// has looks whether the columns of the other side are there.
func (p *Parser) has(t *Table, f *Field, kind string) {
	_, slice := f.Type.Underlying().(*types.Slice)
	to := p.target(f)
	switch {
	case len(t.Keys) == 0:
		p.problem(f.Path, f.at("rel"), kind+" needs a primary key (pk) of "+t.TypeName)
		return
	case to == nil || kind == "has-many" && !slice:
		p.problem(f.Path, f.at("rel"), kind+" needs "+map[bool]string{true: "a slice of structs", false: "a struct"}[kind == "has-many"])
		return
	}
	left, right, ok := p.join(f)
	if !ok {
		for _, k := range t.Keys {
			name := Underscore(t.ModelName) + "_" + k.Name
			if to.byName[name] == nil && to.byName[k.Name] != nil {
				name = k.Name
			}
			left, right = append(left, k.Name), append(right, name)
		}
	}
	if f.Tag.Has("polymorphic") {
		for i, l := range left {
			if l == "type" {
				left, right = append(left[:i:i], left[i+1:]...), append(right[:i:i], right[i+1:]...)
				break
			}
		}
	}
	p.pair(f, t, to, left, right)
}

func (p *Parser) pair(f *Field, t, to *Table, left, right []string) (a, b []*Field, ok bool) {
	word := "rel"
	if f.Tag.Has("join") {
		word = "join"
	}
	for i := range left {
		x, y := t.byName[left[i]], to.byName[right[i]]
		if x == nil || y == nil {
			in, name := t.TypeName, left[i]
			if x != nil {
				in, name = to.TypeName, right[i]
			}
			p.problem(f.Path, f.at(word), "the relation "+f.GoName+" needs a column "+name+" of "+in+"; join:column=column of the other names another one")
			return nil, nil, false
		}
		a, b = append(a, x), append(b, y)
	}
	return a, b, true
}
