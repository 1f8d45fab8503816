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
	candidates, _ := l.candidates()
	for _, c := range candidates {
		if c.name == nil {
			continue
		}
		st, ok := c.name.Type().Underlying().(*types.Struct)
		if ok && l.unknownParts(st) {
			continue
		}
		if !c.listed && (!ok || c.decl.spec.Assign.IsValid() || !bunschema.HasBase(st) && l.tableField(c.decl.spec.Type.(*ast.StructType)) == nil) {
			continue
		}
		m := l.newModel(c.src, c.decl)
		if m == nil {
			continue
		}
		if m.bun = l.bun.Table(c.name.Type()); m.bun.Extends && !c.listed {
			continue
		}
		if directive := l.tableDirective(c.name); directive != "" {
			m.bun.Name = directive
		}
		l.byType[c.name] = m
		if m.nameTable(c.decl, m.bun.Name) {
			m.mapped = m.readBun
			l.models = append(l.models, m)
			all = append(all, m.bun)
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
