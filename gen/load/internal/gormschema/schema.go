package gormschema

import (
	"go/types"
	"reflect"
	"slices"
	"strings"
)

func gormTag(tag string) string { return reflect.StructTag(tag).Get("gorm") }

// Schema reads a struct and those that its relations lead to (Parse of schema.go). It returns the same schema for the same type.
func (p *Parser) Schema(t types.Type) *Schema {
	key := types.TypeString(t, nil)
	if s := p.schemas[key]; s != nil {
		return s
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return nil
	}
	s := &Schema{relation: map[string]*Relation{}}
	s.Named, _ = t.(*types.Named)
	if s.Named != nil {
		s.Name = s.Named.Obj().Name()
	}
	s.Table = p.tableOf(s)
	s = p.parse(t, st, s)
	if p.schemas == nil {
		p.schemas = map[string]*Schema{}
	}
	p.schemas[key] = s
	for _, f := range s.Fields {
		if f.DataType == "" && f.GoType == "" && f.used && f.Unknown == "" {
			p.relation(s, f)
		}
	}
	return s
}

// tableOf returns the name of the table of a struct.
func (p *Parser) tableOf(s *Schema) string {
	if s.Named == nil {
		return p.Names.Table(s.Name)
	}
	if name := p.Table(s.Named); name != "" {
		return name
	}
	for _, params := range []int{0, 1} {
		if !hasMethod(s.Named, "TableName", params, 1) {
			continue
		}
		if name, known := p.Method(s.Named, "TableName"); known {
			return name("")
		}
		p.Problems = append(p.Problems, Problem{Pos: s.Named.Obj().Pos(), Msg: s.Name + ": its method TableName returns no constant, so its table is not known: write //modelgen:table name above the type"})
		break
	}
	return p.Names.Table(s.Name)
}

// parse reads the fields of a struct.
func (p *Parser) parse(t types.Type, st *types.Struct, s *Schema) *Schema {
	s.Structs, s.StructsOf = append(s.Structs, st), append(s.StructsOf, t)
	if n, ok := t.(*types.Named); ok && s.embedded {
		s.Name = n.Obj().Name()
	}
	flat := true
	fields, path := make([]Field, st.NumFields()), slices.Collect(st.Fields())
	s.Fields = make([]*Field, 0, len(fields))
	for i, v := range path {
		if !v.Exported() {
			continue
		}
		f := &fields[i]
		p.field(f, s, path[i:i+1:i+1], gormTag(st.Tag(i)))
		if f.Embedded != nil {
			s.Fields, flat = append(s.Fields, f.Embedded.Fields...), false
		} else {
			s.Fields = append(s.Fields, f)
		}
	}
	n := len(s.Fields)
	s.ByDBName, s.ByName = make(map[string]*Field, n), make(map[string]*Field, n)
	if s.ByPath = s.ByName; !flat { // else each path is a name
		s.ByPath = make(map[string]*Field, n)
	}
	for _, f := range s.Fields {
		s.index(p, f)
	}
	s.primary(p)
	return s
}

// index enters a field under its names: of two with one column the shallower one counts.
func (s *Schema) index(p *Parser, f *Field) {
	if f.DBName == "" && f.DataType != "" {
		f.DBName = p.Names.Column(f.Name)
	}
	path := f.pathName()
	if f.DBName != "" {
		before := s.ByDBName[f.DBName]
		if before == nil || f.used && len(f.Path) < len(before.Path) {
			if before == nil {
				s.DBNames = append(s.DBNames, f.DBName)
			}
			s.ByDBName[f.DBName], s.ByName[f.Name], s.ByPath[path] = f, f, f
			if before != nil && before.PrimaryKey {
				for i, k := range s.Primary {
					if k.DBName == before.DBName {
						s.Primary = append(s.Primary[:i:i], s.Primary[i+1:]...)
						break
					}
				}
			}
			if f.PrimaryKey {
				s.Primary = append(s.Primary, f)
			}
		}
	}
	if of := s.ByName[f.Name]; of == nil || of.set.value("-") == "-" {
		s.ByName[f.Name] = f
	}
	if of := s.ByPath[path]; of == nil || of.set.value("-") == "-" {
		s.ByPath[path] = f
	}
}

// lookUp is LookUpField.
func (s *Schema) lookUp(p *Parser, name string) *Field {
	if f := s.ByDBName[name]; f != nil {
		return f
	}
	if f := s.ByName[name]; f != nil {
		return f
	}
	return s.ByDBName[p.Names.Column(name)]
}

// near is LookUpFieldByBindName: the closest field of that name around another one.
func (s *Schema) near(f *Field, name string) *Field {
	for i := len(f.Path) - 1; i >= 0; i-- {
		var names []string
		for _, v := range f.Path[:i] {
			names = append(names, v.Name())
		}
		if g := s.ByPath[strings.Join(names, ".")+"."+name]; g != nil {
			return g
		}
	}
	return nil
}

// primary settles the key, and what is numbered.
func (s *Schema) primary(p *Parser) {
	id := s.lookUp(p, "id")
	if id == nil {
		id = s.lookUp(p, "ID")
	}
	if id != nil {
		if id.PrimaryKey {
			s.Prior = id
		} else if len(s.Primary) == 0 {
			id.PrimaryKey = true
			s.Prior, s.Primary = id, append(s.Primary, id)
		}
	}
	if s.Prior == nil {
		if len(s.Primary) == 1 {
			s.Prior = s.Primary[0]
		}
		for _, f := range s.Primary {
			if s.Prior == nil && f.Auto {
				s.Prior = f
			}
		}
	}
	if f := s.Prior; f != nil && (f.GoType == Int || f.GoType == Uint) && !f.set.has("AUTOINCREMENT") {
		f.HasDefault, f.Auto = true, true
	}
}

// HasKey reports whether gorm finds a primary key in a struct. What is wrong with it is not noted.
func (p *Parser) HasKey(t types.Type) bool {
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for i := range st.NumFields() { // what most have, without a look at the rest
		tag := strings.ToLower(gormTag(st.Tag(i)))
		if f := st.Field(i); f.Exported() && f.Name() == "ID" && !f.Embedded() && tag == "" || strings.HasPrefix(tag, "primarykey") && !strings.HasPrefix(tag, "primarykey:") {
			return true
		}
	}
	s := p.parse(t, st, &Schema{relation: map[string]*Relation{}})
	return len(s.Primary) > 0
}
