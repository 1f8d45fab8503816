package load

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// A struct in a generated file can have neither tags nor directives of a hand. A file beside it in the package says them: above type _ = NAME stand
// the directives of the table, and //modelgen:tag FIELD db:"..." is the tag that the field would have. The compiler sees to it that there is such a struct.

// fieldTag is what a directive says of a field.
type fieldTag struct {
	field string
	tag   text
}

// ours returns the directives of ours in a doc comment, in their order.
func ours(doc *ast.CommentGroup) []ast.Directive {
	if doc == nil {
		return nil
	}
	var all []ast.Directive
	for _, c := range doc.List {
		if !strings.HasPrefix(c.Text, "//"+tool+":") {
			continue
		}
		if x, ok := ast.ParseDirective(c.Slash, c.Text); ok {
			all = append(all, x)
		}
	}
	return all
}

// tagDirectives returns what is said of fields above a declaration.
func tagDirectives(d *decl) []fieldTag {
	var all []fieldTag
	for _, x := range ours(d.doc) {
		if x.Name != tagWord {
			continue
		}
		whole := text{s: x.Args, pos: x.ArgsPos, exact: true}
		end := strings.IndexAny(x.Args, " \t")
		if end < 0 {
			end = len(x.Args)
		}
		all = append(all, fieldTag{whole.s[:end], whole.sub(end, len(whole.s))})
	}
	return all
}

// standsFor returns the name of the struct that type _ = NAME is about, "" for another declaration.
func (d *decl) standsFor() string {
	if id, ok := d.spec.Type.(*ast.Ident); ok && d.spec.Name.Name == "_" && d.spec.Assign.IsValid() {
		return id.Name
	}
	return ""
}

// readBeside finds what is said of structs elsewhere in the package, and the tags that directives give to fields.
func (s *source) readBeside() {
	for _, d := range s.above {
		of := d
		if name := d.standsFor(); name != "" && len(ours(d.doc)) > 0 {
			if of = s.decls[name]; of == nil || !isStruct(of) {
				continue // which checkBeside says
			}
			of.beside = append(of.beside, d)
		}
		st, ok := of.spec.Type.(*ast.StructType)
		if !ok {
			continue
		}
		for _, t := range tagDirectives(d) {
			if name := fieldName(st, t.field); name != nil {
				if s.tags == nil {
					s.tags = map[token.Pos]*fieldTag{}
				}
				s.tags[name.Pos()] = &t
			}
		}
	}
}

// fieldName returns the name of a field of a struct, nil when there is none.
func fieldName(st *ast.StructType, name string) *ast.Ident {
	for _, id := range fieldNames(st) {
		if id.Name == name {
			return id
		}
	}
	return nil
}

// fieldNames returns the names of the fields of a struct, of an embedded one that of its type.
func fieldNames(st *ast.StructType) []*ast.Ident {
	var all []*ast.Ident
	for _, f := range st.Fields.List {
		all = append(all, f.Names...)
		if len(f.Names) > 0 {
			continue
		}
		at := embeddedName(f.Type)
		ast.Inspect(f.Type, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && id.Pos() == at {
				all = append(all, id)
			}
			return true
		})
	}
	return all
}

// checkBeside refuses directives about structs and fields that are not there, and what is said twice.
func (l *loader) checkBeside(s *source) {
	said := map[string]ast.Directive{} // by struct and word or field
	for _, d := range s.above {
		var about []ast.Directive
		for _, x := range ours(d.doc) {
			word, _, _ := strings.Cut(x.Name, ".")
			if word == tagWord || word == commentWord || tableWords[word] != nil {
				about = append(about, x)
			}
		}
		if len(about) == 0 {
			continue
		}
		of, name := d, d.spec.Name.Name
		if alias := d.standsFor(); alias != "" {
			of, name = s.decls[alias], alias
			if constraint, ok := l.constraint(d.file); !ok {
				l.failf(about[0].Slash, "the directives about %s are in a file with the build constraint %s: wherever that does not hold, they would be missing; move them into a file without one", name, constraint)
			}
		}
		if of == nil || !isStruct(of) {
			hint := ""
			if d.spec.Assign.IsValid() && name != "_" && d.standsFor() == "" {
				hint = "; what is said of a struct that is declared elsewhere in the package stands above type _ = NAME"
			} else if of == nil {
				hint = didYouMean(name, structNames(s))
			}
			l.failf(about[0].Slash, "//modelgen:%s is about a struct, and %s is none of this package%s", about[0].Name, name, hint)
			continue
		}
		fields := fieldNames(of.spec.Type.(*ast.StructType))
		for _, x := range about {
			key := name + " " + x.Name
			if x.Name == tagWord {
				field, tag, _ := strings.Cut(strings.TrimSpace(x.Args), " ")
				key += " " + field
				if field != "" && !slices.ContainsFunc(fields, func(id *ast.Ident) bool { return id.Name == field }) {
					var names []string
					for _, id := range fields {
						names = append(names, id.Name)
					}
					l.failf(x.ArgsPos, "%s has no field %s%s", name, field, didYouMean(field, names))
				} else if field != "" && strings.TrimSpace(tag) == "" {
					l.failf(x.ArgsPos, "//modelgen:tag %s is followed by the tag that the field would have, as in //modelgen:tag %[1]s %s:\"%s\"", field, l.cfg.Tag, snakeCase(field))
				}
			} else if x.Name != tableWord && x.Name != commentWord {
				continue // there may be several
			}
			if first, twice := said[key]; twice {
				l.failf(x.Slash, "//modelgen:%s is said of %s a second time; the first is at %s", strings.TrimPrefix(key, name+" "), name, l.shortPos(first.Slash))
				continue
			}
			said[key] = x
		}
	}
}

// withDirective returns the parts of a field's tag with what a directive says of the field.
func (l *loader) withDirective(f *types.Var, keys []keyValue) []keyValue {
	s := l.sources[f.Pkg()]
	if s == nil || s.tags[f.Pos()] == nil {
		return keys
	}
	t := s.tags[f.Pos()]
	more, err := splitStructTag(t.tag)
	if err != nil {
		l.fail(t.tag.pos, err)
		return keys
	}
	keys = slices.Clone(keys)
	for _, kv := range more {
		i := slices.IndexFunc(keys, func(k keyValue) bool { return k.key == kv.key })
		switch {
		case kv.key != tool && (l.mapper != nil || kv.key != l.cfg.Tag):
			l.failf(kv.value.pos, "a directive can give a field the tag %s, and no tag %s, which is read by others", l.directiveKeys(), kv.key)
		case i < 0:
			keys = append(keys, kv)
		case kv.key == l.cfg.Tag && sameColumn(keys[i].value.s, kv.value.s):
			keys[i] = kv
		default:
			l.failf(kv.value.pos, "%s has the tag %s:%q in the struct, which says otherwise: change it there, or leave it out here", f.Name(), kv.key, keys[i].value.s)
		}
	}
	return keys
}

func (l *loader) directiveKeys() string {
	if l.mapper != nil {
		return tool
	}
	return l.cfg.Tag + " or " + tool
}

// sameColumn reports whether two tags of a column have the same name, or one of them has none.
func sameColumn(a, b string) bool {
	a, _, _ = strings.Cut(a, ",")
	b, _, _ = strings.Cut(b, ",")
	return a == b || a == "" || b == ""
}
