package gormschema

import "go/types"

// embed flattens a struct into the schema, as the end of ParseField does.
func (p *Parser) embed(s *Schema, f *Field, value types.Type) {
	st, ok := value.Underlying().(*types.Struct)
	if !ok {
		if types.Unalias(value) != types.Typ[types.Invalid] {
			switch value.Underlying().(type) {
			case *types.Basic: // a number or a text is a column all the same
			default:
				path, at := f.at("EMBEDDED")
				p.problem(path, at, "gorm embeds structs alone, and "+f.Name+" is none")
			}
		}
		return
	}
	for o := s; o != nil; o = o.outer {
		if types.Identical(o.StructsOf[0], value) {
			p.problem(f.Path, -1, f.Name+" is embedded in itself")
			return
		}
	}
	f.used = false
	e := p.parse(value, st, &Schema{Table: s.Table, embedded: true, outer: s})
	f.Embedded = e
	s.Structs, s.StructsOf = append(s.Structs, e.Structs...), append(s.StructsOf, e.StructsOf...)
	prefix, prefixed := f.set.get("EMBEDDEDPREFIX")
	for _, in := range e.Fields {
		in.Owner, in.ownerSchema = s, e
		in.Path = append([]*types.Var{f.Path[0]}, in.Path...)
		if prefixed && in.DBName != "" {
			in.DBName = prefix.Value + in.DBName
		}
		if in.PrimaryKey && !in.set.truth("PRIMARYKEY", "PRIMARY_KEY") {
			in.PrimaryKey = false
			if !in.set.truth("AUTOINCREMENT") {
				in.Auto = false
			}
			if !in.Auto && in.Default == "" {
				in.HasDefault = false
			}
		}
		for _, k := range f.set {
			in.set.put(k.key, k.Setting)
		}
	}
}
