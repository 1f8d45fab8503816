package load

import (
	"fmt"
	"go/ast"
	"go/types"
	"reflect"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/load/internal/gormschema"
	"github.com/modelgen/modelgen/runtime/schema"
)

// findGorm finds the models of gorm, and those that their relations lead to.
func (l *loader) findGorm() {
	if l.gorm == nil {
		l.gorm = l.gormParser()
	}
	parts := map[*types.TypeName][]string{} // structs that others embed, and these
	var found []*model
	var keyless []*types.TypeName           // structs with gorm's tags that have no key
	var untagged []*types.TypeName          // those with a key and without tags
	aside := map[*types.TypeName][]string{} // what these embed
	candidates, declined := l.candidates()
	for _, c := range candidates {
		obj := c.name
		if !c.listed && (c.decl.spec.TypeParams != nil || c.decl.spec.Assign.IsValid() || obj == nil || !obj.Exported()) {
			continue
		}
		if !c.listed && !l.looksLikeGorm(c.src, c.decl, obj) {
			switch st, ok := obj.Type().Underlying().(*types.Struct); {
			case !ok:
			case l.gormTagged(st, 0):
				keyless = append(keyless, obj)
				l.embeddedBy(obj, parts)
			case hasID(st, 0):
				untagged = append(untagged, obj)
				l.embeddedBy(obj, aside)
			}
			continue
		}
		if m := l.newModel(c.src, c.decl); m != nil {
			found = append(found, m)
			l.embeddedBy(obj, parts)
		}
	}
	var queue []*model
	for _, m := range found {
		if by := parts[m.obj]; len(by) > 0 && !l.sayTable(m.src, m.obj) {
			l.parts = append(l.parts, part{m.obj, by})
			continue
		}
		queue = append(queue, m)
		l.byType[m.obj] = m
	}
	for i := 0; i < len(queue); i++ {
		m := queue[i]
		m.schema = l.gorm.Schema(m.obj.Type())
		for _, r := range m.schema.Relations {
			for _, to := range []*gormschema.Schema{r.To, r.Schema} {
				if r.Field.NoDDL || to.Named == nil || l.byType[to.Named.Obj()] != nil {
					continue
				}
				if other := l.reached(m, r, to.Named.Obj(), declined); other != nil {
					queue = append(queue, other)
					l.byType[other.obj] = other
				}
			}
		}
	}
	for _, m := range queue {
		if m.nameTable(m.src.decls[m.obj.Name()], m.schema.Table) {
			m.mapped = m.readGorm
			l.models = append(l.models, m)
		}
	}
	l.gormJoins()
	l.sayParts()
	l.sayKeyless(keyless, parts)
	l.sayUntagged(untagged, parts, aside)
	if l.given != nil && len(l.given.Others) > 0 {
		l.partial = true // relations of other packages may have something to say about these tables
	}
}

// gormParser returns the parser of gorm's structs.
func (l *loader) gormParser() *gormschema.Parser {
	names := l.namesOn(schema.MaxName)
	return &gormschema.Parser{
		Names:  names,
		Method: l.method,
		Typed: func(t types.Type) bool {
			n, ok := t.(*types.Named)
			if !ok {
				return false
			}
			_, says := l.typeDirective(n.Origin().Obj())
			return says
		},
		Table: func(n *types.Named) string { return l.tableDirective(n.Obj()) },
	}
}

// namesOn returns how gorm names things on a database that keeps so many bytes of a name, 0 for all: the drivers for such databases set the limit.
func (l *loader) namesOn(limit int) gormschema.Names {
	names := l.mapper.names
	if names.Cut = limit; names.Max == 0 {
		names.Max = limit
	}
	return names
}

// part is a struct that looks like a model and is embedded in others.
type part struct {
	obj *types.TypeName
	by  []string
}

// looksLikeGorm reports whether an exported struct is meant to be a table: it has a key by gorm's rules, and something of gorm's about it.
func (l *loader) looksLikeGorm(s *source, d *decl, obj *types.TypeName) bool {
	if l.tableField(d.spec.Type.(*ast.StructType)) != nil || l.sayTable(s, obj) {
		return true
	}
	st, ok := obj.Type().Underlying().(*types.Struct)
	return ok && (l.unknownParts(st) || l.gormTagged(st, 0) && l.gormKey(obj.Type()))
}

// sayTable reports whether a struct says its table itself.
func (l *loader) sayTable(s *source, obj *types.TypeName) bool {
	if l.tableDirective(obj) != "" || s.methods[obj.Name()+".TableName"] != nil {
		return true
	}
	list := l.modelsNamed(s)
	_, listed := list.names[obj.Name()]
	return listed
}

// gormTagged reports whether a struct has a gorm tag or embeds gorm.Model, also in a struct that it embeds.
func (l *loader) gormTagged(st *types.Struct, depth int) bool {
	for i := range st.NumFields() {
		if tag, ok := reflect.StructTag(st.Tag(i)).Lookup("gorm"); ok && tag != "-" {
			return true
		}
		f := st.Field(i)
		if !f.Embedded() || depth > 8 {
			continue
		}
		if inner, ok := deref(f.Type()).Underlying().(*types.Struct); ok && l.gormTagged(inner, depth+1) {
			return true
		}
	}
	return false
}

// hasID reports whether a struct without tags has the field that gorm takes for its key, also in a struct that it embeds.
func hasID(st *types.Struct, depth int) bool {
	for f := range st.Fields() {
		if f.Exported() && !f.Embedded() && strings.EqualFold(f.Name(), "id") {
			return true
		}
		if inner, ok := f.Type().Underlying().(*types.Struct); ok && f.Embedded() && depth < 4 && hasID(inner, depth+1) {
			return true
		}
	}
	return false
}

// gormKey reports whether gorm finds a primary key in a struct.
func (l *loader) gormKey(t types.Type) bool {
	probe := gormschema.Parser{Names: l.gorm.Names, Method: l.gorm.Method, Typed: l.gorm.Typed, Table: l.gorm.Table}
	return probe.HasKey(t)
}

// embeddedBy notes which structs obj embeds.
func (l *loader) embeddedBy(obj *types.TypeName, parts map[*types.TypeName][]string) {
	st, ok := obj.Type().Underlying().(*types.Struct)
	if !ok {
		return
	}
	for i := range st.NumFields() {
		f := st.Field(i)
		tag := strings.ToLower(reflect.StructTag(st.Tag(i)).Get("gorm"))
		embedded := f.Embedded()
		if !embedded && strings.Contains(tag, "embedded") {
			for _, word := range gormschema.Keys(tag) {
				embedded = embedded || word == "embedded"
			}
		}
		if !embedded {
			continue
		}
		if n, ok := types.Unalias(deref(f.Type())).(*types.Named); ok {
			parts[n.Obj()] = append(parts[n.Obj()], obj.Name())
		}
	}
}

// sayParts tells, once, of structs that were not taken for tables.
func (l *loader) sayParts() {
	for _, p := range l.parts {
		by := slices.IndexFunc(l.models, func(m *model) bool { return m.obj.Name() == p.by[0] })
		if l.byType[p.obj] != nil || by < 0 {
			continue
		}
		m := l.models[by]
		l.remarks = append(l.remarks, Remark{Table: m.table.Name, Column: m.schema.DBNames[0], Msg: p.obj.Name() + " is embedded in " + strings.Join(p.by, ", ") + " and taken for no table of its own; //modelgen:table name above it says that it is one"})
	}
}

// sayKeyless tells, when the first table is made, of structs with gorm's tags that were not taken for tables, as gorm makes tables without a key too.
func (l *loader) sayKeyless(structs []*types.TypeName, parts map[*types.TypeName][]string) {
	for _, obj := range structs {
		if len(parts[obj]) > 0 || l.byType[obj] != nil || len(l.models) == 0 || len(l.models[0].schema.DBNames) == 0 {
			continue
		}
		first := l.models[0]
		l.remarks = append(l.remarks, Remark{Table: first.table.Name, Column: first.schema.DBNames[0],
			Msg: obj.Name() + " has gorm tags and no primary key, and is taken for no table; //modelgen:table name above it says that it is one"})
	}
}

// sayUntagged tells, when the first table is made, of structs that have a key by gorm's rules and nothing of gorm's about them: gorm makes tables of such too, where it is told to.
func (l *loader) sayUntagged(structs []*types.TypeName, parts, aside map[*types.TypeName][]string) {
	const most = 8 // names in one line
	var names []string
	for _, obj := range structs {
		if len(parts[obj])+len(aside[obj]) == 0 && l.byType[obj] == nil {
			names = append(names, obj.Name())
		}
	}
	if len(names) == 0 || len(l.models) == 0 || len(l.models[0].schema.DBNames) == 0 {
		return
	}
	text := strings.Join(names, ", ")
	if more := len(names) - most; more > 0 {
		text = fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), more)
	}
	first := l.models[0]
	l.remarks = append(l.remarks, Remark{Table: first.table.Name, Column: first.schema.DBNames[0],
		Msg: "no gorm tag, gorm.Model or TableName says that these structs with a key are tables, and they are taken for none: " + text + "; //modelgen:table name above one says that it is one"})
}

// reached makes a model of a struct that a relation leads to; nil when there is none to be made, which is said.
func (l *loader) reached(m *model, r *gormschema.Relation, obj *types.TypeName, declined map[*types.TypeName]bool) *model {
	if declined[obj] {
		l.failf(m.fieldPos(r.Field.Path, -1), "%s leads to %s, which //modelgen:models leaves out: its table would be missing; gorm:\"-\" or modelgen:\"-\" takes the relation out", r.Name, obj.Name())
		return nil
	}
	s := l.sources[obj.Pkg()]
	if s == nil || !l.asked(obj.Pkg()) {
		if l.given != nil {
			l.partial = true
		} else if t, _ := m.fieldTag(r.Field.Pos); t != "-" {
			l.failf(m.fieldPos(r.Field.Path, -1), "%s leads to %s, a model of another package: give that one too, as in modelgen . %s", r.Name, obj.Name(), obj.Pkg().Path())
		}
		return nil
	}
	d := s.decls[obj.Name()]
	if d == nil || !isStruct(d) {
		return nil
	}
	return l.newModel(s, d)
}

// fieldTag returns the tag modelgen of a field.
func (m *model) fieldTag(f *types.Var) (string, bool) {
	for _, st := range m.schema.Structs {
		for i := range st.NumFields() {
			if st.Field(i) == f {
				return reflect.StructTag(st.Tag(i)).Lookup(tool)
			}
		}
	}
	return "", false
}
