package load

import (
	"go/ast"
	"go/types"
	"strings"
)

// A struct that can have no blank field, because it is compared with ==, built without keys or shared with other tools, is a model by a directive or
// a method. What the tags of blank fields say of the table stands above it then: //modelgen:index a,b desc.

// unmarked returns the table of a struct without a table tag: that of //modelgen:table, or the constant of a method TableName when a field has a tag of ours.
// It returns "" for a struct that is no model.
func (l *loader) unmarked(s *source, d *decl) string {
	obj, _ := s.pkg.Types.Scope().Lookup(d.spec.Name.Name).(*types.TypeName)
	if obj == nil || d.spec.TypeParams != nil || d.spec.Assign.IsValid() {
		return ""
	}
	if name := l.tableDirective(obj); name != "" {
		return name
	}
	named, ok := obj.Type().(*types.Named)
	if !ok || s.methods[obj.Name()+".TableName"] == nil || !l.hasColumnTag(d) && len(d.beside) == 0 {
		return ""
	}
	value, known := l.method(named, "TableName")
	if !known {
		l.failf(d.spec.Name.Pos(), "the method TableName of %s returns no constant, so its table cannot be known here: write //modelgen:table NAME above the struct", obj.Name())
		return ""
	}
	return value("")
}

// hasColumnTag reports whether a field of the struct has a tag of ours.
func (l *loader) hasColumnTag(d *decl) bool {
	for _, f := range d.spec.Type.(*ast.StructType).Fields.List {
		if f.Tag == nil {
			continue
		}
		for _, kv := range l.tagOf(f) {
			if kv.key == l.cfg.Tag || kv.key == tool {
				return true
			}
		}
	}
	return false
}

// tableDirectives returns the directives above a struct that say what tags of blank fields say.
func tableDirectives(d *decl) []keyValue {
	var all []keyValue
	for _, at := range append([]*decl{d}, d.beside...) {
		for _, x := range ours(at.doc) {
			word, _, _ := strings.Cut(x.Name, ".")
			if word != tableWord && word != viewWord && tableWords[word] != nil {
				args := strings.TrimRight(x.Args, " \t\r")
				all = append(all, keyValue{x.Name, text{s: args, pos: x.ArgsPos, exact: true}})
			}
		}
	}
	return all
}

// strayTableDirectives refuses directives of a table above a struct that is none.
func (l *loader) strayTableDirectives(d *decl) {
	for _, kv := range tableDirectives(d) {
		l.failf(kv.value.pos, "//modelgen:%s stands above %s, which is no model: write //modelgen:table NAME above it too", kv.key, d.spec.Name.Name)
	}
}

// readTableDirectives reads what stands above the struct.
func (m *model) readTableDirectives(sc *scope) {
	for _, kv := range m.directives {
		key, suffix, narrow := strings.Cut(kv.key, ".")
		dialect := ""
		if narrow {
			var ok bool
			if dialect, ok = m.tagDialect(key, suffix, kv.value.pos); !ok {
				continue
			}
		}
		m.readTableTag(key, dialect, kv.value, tableWords[key], sc)
	}
}
