package gormschema

import (
	"go/types"
	"regexp"
	"strings"
)

// Relation is a field that leads to other structs (relationship.go).
type Relation struct {
	Name   string
	Kind   RelationKind
	Field  *Field
	Schema *Schema // that has the field
	To     *Schema
	Refs   []Ref
	Join   *Schema // the table of a many2many

	poly             bool
	foreign, primary []string // what foreignKey: and references: name
}

// RelationKind says on which side the key stands.
type RelationKind int

// The sides.
const (
	BelongsTo RelationKind = iota + 1
	Has
	Many2Many
)

// Ref is a column of a foreign key and what it refers to.
type Ref struct {
	Primary *Field // nil for the column that a polymorphic relation keeps a name in
	Foreign *Field
	own     bool // OwnPrimaryKey: Primary belongs to Relation.Schema
	text    string
}

type level int

const (
	guess level = iota
	guessBelongs
	guessEmbeddedBelongs
	guessHas
	guessEmbeddedHas
)

// relation is parseRelation.
func (p *Parser) relation(s *Schema, f *Field) {
	r := &Relation{Name: f.Name, Field: f, Schema: s, foreign: columns(f.set.value("FOREIGNKEY")), primary: columns(f.set.value("REFERENCES"))}
	elem := f.Type
	for {
		switch u := elem.(type) {
		case *types.Slice:
			elem = types.Unalias(u.Elem())
			continue
		case *types.Array:
			elem = types.Unalias(u.Elem())
			continue
		case *types.Pointer:
			elem = types.Unalias(u.Elem())
			continue
		case *types.Named:
			if sl, ok := u.Underlying().(*types.Slice); ok {
				elem = types.Unalias(sl.Elem())
				continue
			}
		}
		break
	}
	if _, ok := elem.Underlying().(*types.Struct); ok {
		r.To = p.Schema(elem)
	}
	if r.To == nil {
		p.problem(f.Path, -1, "gorm has no column for "+f.Name+" and it is no relation: give it a type that it knows, serializer:json or type: in its gorm tag, or take it out with gorm:\"-\"")
		return
	}
	_, isStruct := f.Type.Underlying().(*types.Struct)
	_, isSlice := f.Type.Underlying().(*types.Slice)
	switch {
	case f.set.has("POLYMORPHIC") || f.set.has("POLYMORPHICTYPE") && f.set.has("POLYMORPHICID"):
		p.polymorphic(r)
	case f.set.value("MANY2MANY") != "":
		p.many2many(r, f.set.value("MANY2MANY"))
	case f.set.value("BELONGSTO") != "":
		p.guess(r, guessBelongs)
	case isStruct:
		p.guess(r, guess)
	case isSlice:
		p.guess(r, guessHas)
	default:
		p.problem(f.Path, -1, "gorm has no column for "+f.Name+", and relations are structs and slices of them")
	}
	if r.Kind == 0 {
		return
	}
	if r.Kind == Has && r.To != r.Schema && !r.poly && f.ownerSchema == nil {
		r.To.put("_"+r.Schema.Name+"_"+r.Name, r)
	}
	if before := s.relation[r.Name]; before == nil {
		s.put(r.Name, r)
	} else if len(before.Field.Path) > 1 {
		s.put(r.Name, r)
	}
}

func (s *Schema) put(name string, r *Relation) {
	if s.relation[name] == nil {
		s.Relations = append(s.Relations, r)
	} else {
		for i, old := range s.Relations {
			if old == s.relation[name] {
				s.Relations[i] = r
			}
		}
	}
	s.relation[name] = r
}

func (p *Parser) polymorphic(r *Relation) {
	f := r.Field
	poly := f.set.value("POLYMORPHIC")
	text, typeName, idName := r.Schema.Table, poly+"Type", poly+"ID"
	if v, ok := f.set.get("POLYMORPHICTYPE"); ok {
		typeName = strings.TrimSpace(v.Value)
	}
	if v, ok := f.set.get("POLYMORPHICID"); ok {
		idName = strings.TrimSpace(v.Value)
	}
	if v, ok := f.set.get("POLYMORPHICVALUE"); ok {
		text = strings.TrimSpace(v.Value)
	}
	typ, id := r.To.ByName[typeName], r.To.ByName[idName]
	path, at := f.at("POLYMORPHIC")
	for _, missing := range []struct {
		f    *Field
		name string
	}{{typ, typeName}, {id, idName}} {
		if missing.f == nil {
			p.problem(path, at, r.To.Name+" has no field "+missing.name+", which the polymorphic relation "+f.Name+" needs")
			return
		}
	}
	key := r.Schema.Prior
	if len(r.foreign) > 0 {
		if key = r.Schema.lookUp(p, r.foreign[0]); len(r.foreign) > 1 {
			key = nil
		}
	}
	if key == nil {
		p.problem(path, at, "the polymorphic relation "+f.Name+" has no key to refer to in "+r.Schema.Name)
		return
	}
	id.likeKey(key)
	r.poly, r.Kind = true, Has
	r.Refs = []Ref{{Foreign: typ, text: text}, {Primary: key, Foreign: id, own: true}}
}

// likeKey gives a column of a foreign key the type of what it refers to.
func (f *Field) likeKey(key *Field) {
	if low := strings.ToLower(key.DataType); !strings.Contains(low, "auto_increment") && !strings.Contains(low, "primary key") {
		f.DataType = key.DataType
	}
	f.GoType = key.GoType
	if f.Size == 0 {
		f.Size = key.Size
	}
}

// Constraint is a foreign key.
type Constraint struct {
	Name               string
	Relation           *Relation
	Table              *Schema // that has it
	Columns            []*Field
	RefTable           *Schema
	Refs               []*Field
	OnDelete, OnUpdate string // as they are written, "" for none
}

var letters = regexp.MustCompile(`^[\w-]+$`)

// Constraints returns the foreign keys of the table of a schema, in the order of the relations.
func (p *Parser) Constraints(s *Schema) []*Constraint {
	var all []*Constraint
	for _, r := range s.Relations {
		if r.Field.NoDDL {
			continue
		}
		if c := p.constraint(r); c != nil && c.Table == s {
			all = append(all, c)
		}
	}
	return all
}

// constraint is ParseConstraint.
func (p *Parser) constraint(r *Relation) *Constraint {
	text := r.Field.set.value("CONSTRAINT")
	if text == "-" {
		return nil
	}
	if r.Kind == BelongsTo {
		for _, o := range r.To.Relations { // who has it owns the key
			if o != r && o.To == r.Schema && sameRefs(o.Refs, r.Refs) {
				return nil
			}
		}
	}
	set := parseTag(text, ",", nil)
	c := &Constraint{Relation: r, OnUpdate: set.value("ONUPDATE"), OnDelete: set.value("ONDELETE")}
	if name, _, ok := strings.Cut(text, ","); ok && letters.MatchString(name) {
		c.Name = name
	} else {
		c.Name = p.Names.foreignKey(r.Schema.Table, r.Name)
	}
	for _, ref := range r.Refs {
		if ref.Primary == nil || r.Join != nil && !ref.own {
			continue
		}
		c.Columns, c.Refs = append(c.Columns, ref.Foreign), append(c.Refs, ref.Primary)
		if ref.own {
			c.Table, c.RefTable = ref.Foreign.Owner, r.Schema
		} else {
			c.Table, c.RefTable = r.Schema, ref.Primary.Owner
		}
	}
	return c
}

func sameRefs(a, b []Ref) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Primary != b[i].Primary || a[i].Foreign != b[i].Foreign || a[i].text != b[i].text {
			return false
		}
	}
	return true
}
