package load

import (
	"go/ast"
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/load/internal/bunschema"
)

// findBun finds the models of bun: structs that embed bun.BaseModel, but for those that have the table of another one.
func (l *loader) findBun() {
	l.bun = &bunschema.Parser{Singular: l.mapper.singular}
	var all []*bunschema.Table
	declined := map[*types.TypeName]bool{}
	for _, s := range l.order {
		list := l.modelsNamed(s)
		for _, d := range s.structs {
			if l.viewDecls[d] {
				continue
			}
			name := d.spec.Name.Name
			obj, _ := s.pkg.Types.Scope().Lookup(name).(*types.TypeName)
			_, no := list.not[name]
			_, listed := list.names[name]
			if no || list.names != nil && !listed {
				declined[obj] = true
				continue
			}
			if obj == nil {
				continue
			}
			st, ok := obj.Type().Underlying().(*types.Struct)
			if ok && l.unknownParts(st) {
				continue
			}
			if !listed && (!ok || d.spec.Assign.IsValid() || !bunschema.HasBase(st) && l.tableField(d.spec.Type.(*ast.StructType)) == nil) {
				continue
			}
			m := l.newModel(s, d)
			if m == nil {
				continue
			}
			if m.bun = l.bun.Table(obj.Type()); m.bun.Extends && !listed {
				continue
			}
			if directive := l.tableDirective(obj); directive != "" {
				m.bun.Name = directive
			}
			l.byType[obj] = m
			if m.nameTable(d, m.bun.Name) {
				m.mapped = m.readBun
				l.models = append(l.models, m)
				all = append(all, m.bun)
			}
		}
	}
	l.bun.Link(all)
	for _, m := range l.models {
		targets := l.bun.Targets(m.bun)
		for _, f := range slices.SortedFunc(maps.Keys(targets), func(a, b *bunschema.Field) int { return strings.Compare(a.GoName, b.GoName) }) {
			if to := targets[f].Named; to != nil && l.byType[to.Obj()] == nil && l.mapper.keys {
				l.bunUnknown(m, f, to.Obj())
			}
		}
	}
}

// bunUnknown says that a relation leads to a struct that is no model, which matters where it makes a foreign key.
func (l *loader) bunUnknown(m *model, f *bunschema.Field, obj *types.TypeName) {
	if o, _ := f.Tag.Get("rel"); o.Value != "belongs-to" {
		return
	}
	switch {
	case l.asked(obj.Pkg()):
		l.failf(m.bunPos(f, "rel"), "%s leads to %s, which is no model: it does not embed bun.BaseModel; //modelgen:models says which structs are", f.GoName, obj.Name())
	case l.given != nil:
		l.partial = true
	default:
		l.failf(m.bunPos(f, "rel"), "%s leads to %s, a model of another package: give that one too, as in modelgen . %s", f.GoName, obj.Name(), obj.Pkg().Path())
	}
}
