package load

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// readStruct takes the fields of a struct into the model.
func (m *model) readStruct(typ types.Type, st *types.Struct, sc *scope) {
	m.structs = append(m.structs, flattened{typ, st})
	for i := range st.NumFields() {
		f := st.Field(i)
		decl := m.l.field(f)
		pos := sc.pos
		if decl != nil {
			pos = f.Pos()
		}
		tag := tagText(decl, st.Tag(i), pos)
		keys, err := splitStructTag(tag)
		if err != nil {
			m.l.fail(pos, err)
			continue
		}
		if f.Name() == "_" {
			m.readBlank(keys, pos, sc)
			continue
		}
		keys = m.l.withDirective(f, keys)
		for _, kv := range keys {
			if kv.key != m.l.cfg.Tag && kv.key != tool {
				m.l.checkKey(kv, false, pos)
			}
		}
		if at, ok := lookup(keys, "table"); ok && sc.outer == nil && decl == nil {
			m.l.failf(at.pos, "the table tag belongs on a blank field")
		}
		m.readField(f, decl, keys, pos, sc)
	}
}

// readField takes one field with a name into the model.
func (m *model) readField(f *types.Var, decl *ast.Field, keys []keyValue, pos token.Pos, sc *scope) {
	tag, tagged := lookup(keys, m.l.cfg.Tag)
	if more, _ := lookup(keys, tool); !m.l.checkText(m.l.cfg.Tag, tag) || !m.l.checkText(tool, more) {
		m.addBad(f, snakeCase(f.Name()), pos, sc)
		return
	}
	t, err := parseColumnTag(tag)
	if err != nil {
		m.l.fail(pos, err)
		m.addBad(f, firstOf(t.name.s, snakeCase(f.Name())), pos, sc)
		return
	}
	more, extra := lookup(keys, tool)
	if extra && strings.TrimSpace(more.s) == "-" {
		return
	}
	if extra {
		list, err := parseOptions(more.sub(0, len(more.s)))
		if err != nil {
			m.l.fail(pos, err)
		}
		t.options = append(t.options, list...)
	}
	if t.skip && !extra {
		return
	}
	if !f.Exported() && !(f.Embedded() && len(t.options) == 0) {
		if tagged && t.name.s != "-" || extra {
			m.l.failf(pos, "field %s has a tag but is not exported: nothing can scan into it; write %s, or %s:\"-\"", f.Name(), exported(f.Name()), m.l.cfg.Tag)
		}
		return
	}
	opts := m.l.checkOptions(t.options, columnWords)
	if m.view {
		opts = m.viewOptions(f.Name(), opts, sc)
	}
	if opts.has("many2many") {
		m.readMany(f, opts, pos, sc)
		return
	}
	name := t.name
	if t.skip {
		m.l.failf(name.pos, "%s:\"-\" skips the field, but %s:\"...\" gives it options", m.l.cfg.Tag, tool)
		return
	}
	if name.s == "" && len(t.options) > 0 && tagged && tag.s != "" {
		name.s = snakeCase(f.Name())
		m.l.failf(name.pos, "the name of the column is missing before the options: %s:\"%s%s\"", m.l.cfg.Tag, name.s, tag.s)
	}
	if m.flatten(f, name, opts, pos, sc) {
		return
	}
	if name.s == "" {
		name = text{s: snakeCase(f.Name()), pos: pos}
	}
	m.ignored(f, keys, name.s, pos)
	m.addColumn(f, decl, name, opts, pos, sc)
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func exported(name string) string {
	name = strings.TrimLeft(name, "_")
	if name == "" {
		return "a name with a capital"
	}
	return strings.ToUpper(name[:1]) + name[1:]
}

// flatten takes the fields of an embedded struct, or of one with embed:, into the model. It says no when the field is a column.
func (m *model) flatten(f *types.Var, name text, opts options, pos token.Pos, sc *scope) bool {
	wants := opts.has("embed")
	typ, pointer := types.Unalias(f.Type()), false
	if p, ok := typ.(*types.Pointer); ok {
		typ, pointer = types.Unalias(p.Elem()), true
	}
	st, ok := typ.Underlying().(*types.Struct)
	if !wants {
		if !f.Embedded() || !ok || name.s != "" || opts.has("json") || opts.has("type") {
			return false
		}
		if _, isColumn := m.l.resolve(f.Type()); isColumn {
			return false
		}
	}
	inner := &scope{outer: sc, prefix: sc.prefix + opts.value("embed"), local: map[string]string{}, pkg: sc.pkg, pos: pos}
	if n, ok := typ.(*types.Named); ok {
		inner.obj, inner.pkg = n.Obj(), n.Obj().Pkg()
		m.l.partial = m.l.partial || m.l.cfg.Comments && m.l.given != nil && n.Obj().Pkg() != m.obj.Pkg()
		if m.l.cfg.Comments || namesGo(st) {
			m.l.lookInto(n.Obj())
		}
	}
	switch {
	case wants && len(opts) > 1:
		m.l.failf(opts[1].at.pos, "a field with embed is no column and takes no other option")
		return true
	case !ok:
		if !invalid(f.Type()) {
			m.l.failf(opts.pos("embed", pos), "embed takes a struct, but %s is %s", f.Name(), m.typeString(f.Type()))
		}
		return true
	case inner.obj != nil && m.isModel(inner.obj, st):
		m.l.failf(pos, "%s is a model with a table of its own: embed a struct without a table tag", m.typeString(typ))
		return true
	case sc.holds(inner.obj):
		m.l.failf(pos, "%s is embedded in itself", inner.obj.Name())
		return true
	}
	if inner.obj != nil {
		if d := m.l.decl(inner.obj); d != nil {
			m.l.regions = append(m.l.regions, region{d.spec.Pos(), d.spec.End()})
			m.l.partial = m.l.partial || len(d.beside) > 0 && m.l.sources[inner.obj.Pkg()] == nil
		}
	}
	first := len(m.columns)
	m.readStruct(typ, st, inner)
	for local, full := range inner.local {
		if _, taken := sc.local[local]; !taken && inner.prefix == sc.prefix {
			sc.local[local] = full
		}
	}
	if pointer {
		for _, c := range m.columns[first:] {
			if !c.Nullable && !c.bad {
				m.l.failf(pos, "%s is a pointer, so its columns can be NULL, but column %s is not: embed the struct itself, or make all its columns nullable", f.Name(), c.Name)
				break
			}
		}
	}
	return true
}

// namesGo reports whether tags of a struct may name Go types, or something at places that matter.
func namesGo(st *types.Struct) bool {
	for i := range st.NumFields() {
		if st.Field(i).Name() == "_" || strings.Contains(st.Tag(i), "fk:") {
			return true
		}
	}
	return false
}

// holds reports whether the struct is being flattened already.
func (sc *scope) holds(obj *types.TypeName) bool {
	for s := sc; s != nil && obj != nil; s = s.outer {
		if s.obj == obj {
			return true
		}
	}
	return false
}

// isModel reports whether a struct has a table tag, also one of a package that was not asked for.
func (m *model) isModel(obj *types.TypeName, st *types.Struct) bool {
	if m.l.byType[obj] != nil || m.l.tableDirective(obj) != "" {
		return true
	}
	for i := range st.NumFields() {
		if st.Field(i).Name() == "_" && strings.Contains(st.Tag(i), `table:"`) {
			return true
		}
	}
	return false
}

// addBad adds a column that nothing is known of, so that what refers to it brings no second message.
func (m *model) addBad(f *types.Var, name string, pos token.Pos, sc *scope) {
	m.put(&column{Column: schema.Column{Name: sc.prefix + name, Nullable: true}, pos: pos, field: f, scope: sc, bad: true}, name)
}

// invalid reports whether the type checker could not make sense of a type.
func invalid(t types.Type) bool {
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		return t.Kind() == types.Invalid
	case *types.Pointer:
		return invalid(t.Elem())
	case *types.Slice:
		return invalid(t.Elem())
	case *types.Named:
		for a := range t.TypeArgs().Types() {
			if invalid(a) {
				return true
			}
		}
	}
	return false
}
