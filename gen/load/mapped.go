package load

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
)

// The directives of structs whose tags belong to another library.
const (
	modelsWord = "models"
	tableWord  = "table"
	tagWord    = "tag"

	commentWord = "comment"
)

// findMapped finds the structs that are models of the library whose tags are read.
func (l *loader) findMapped() {
	switch l.mapper.key {
	case "gorm":
		l.findGorm()
	case "bun":
		l.findBun()
	}
	for _, s := range l.order {
		for _, d := range s.structs {
			if obj, _ := s.pkg.Types.Scope().Lookup(d.spec.Name.Name).(*types.TypeName); l.byType[obj] == nil && !l.viewDecls[d] {
				l.strayTableDirectives(d)
			}
		}
	}
}

// whatModelsAre says what was looked for.
func (l *loader) whatModelsAre() string {
	switch {
	case l.mapper == nil:
		return "a model is a struct with a field like _ struct{} `table:\"products\"`"
	case l.mapper.key == "bun":
		return "a model is a struct that embeds bun.BaseModel, or that //modelgen:models names"
	}
	return "a model is an exported struct with a primary key and a gorm tag, gorm.Model or a method TableName, or one that //modelgen:models names"
}

// modelList is what //modelgen:models says in a package.
type modelList struct {
	names map[string]token.Pos // exactly these; nil when nothing is said
	not   map[string]token.Pos // all but these
}

// modelsNamed reads the directives models of a package.
func (l *loader) modelsNamed(s *source) modelList {
	if list, ok := l.listed[s]; ok {
		return list
	}
	var list modelList
	defer func() { l.listed[s] = list }()
	for _, file := range s.pkg.Syntax {
		for _, group := range file.Comments {
			for _, c := range group.List {
				d, ok := ast.ParseDirective(c.Slash, c.Text)
				if !ok || d.Tool != tool || d.Name != modelsWord {
					continue
				}
				for name := range strings.FieldsSeq(d.Args) {
					base, not := strings.CutPrefix(name, "-")
					to := &list.names
					if not {
						to = &list.not
					}
					if *to == nil {
						*to = map[string]token.Pos{}
					}
					(*to)[base] = d.ArgsPos
					if decl := s.decls[base]; decl == nil || !isStruct(decl) {
						l.failf(d.ArgsPos, "//modelgen:models: the package has no struct %s%s", base, didYouMean(base, structNames(s)))
					}
				}
			}
		}
	}
	return list
}

// candidate is a struct that may be a model of a mapper.
type candidate struct {
	src    *source
	decl   *decl
	name   *types.TypeName // nil where the type checker has none
	listed bool            // by //modelgen:models
}

// candidates returns the structs that may be models, and those of which //modelgen:models says that they are none. Views are neither.
func (l *loader) candidates() (all []candidate, declined map[*types.TypeName]bool) {
	declined = map[*types.TypeName]bool{}
	for _, s := range l.order {
		list := l.modelsNamed(s)
		for _, d := range s.structs {
			if l.viewDecls[d] {
				continue
			}
			name := d.spec.Name.Name
			obj, _ := s.pkg.Types.Scope().Lookup(name).(*types.TypeName)
			_, not := list.not[name]
			_, listed := list.names[name]
			if not || list.names != nil && !listed {
				declined[obj] = true
				continue
			}
			all = append(all, candidate{s, d, obj, listed})
		}
	}
	return all, declined
}

func isStruct(d *decl) bool {
	_, ok := d.spec.Type.(*ast.StructType)
	return ok
}

func structNames(s *source) []string {
	var names []string
	for _, d := range s.structs {
		names = append(names, d.spec.Name.Name)
	}
	slices.Sort(names)
	return names
}

// nameTable gives a model its table, with what a table tag on a blank field and the directives above the struct say beside the name.
func (m *model) nameTable(d *decl, name string) bool {
	name = strings.TrimPrefix(name, "public.")
	l, at := m.l, text{s: name, pos: m.pos}
	if blank := l.tableField(d.spec.Type.(*ast.StructType)); blank != nil {
		if tag, _ := lookup(l.tagOf(blank), "table"); tag.s != name && !strings.HasPrefix(tag.s, name+",") {
			l.failf(tag.pos, "%s knows the table of %s as %s: write that name here, or none of it", l.mapper.key, m.obj.Name(), name)
			return false
		}
		return m.readTable(d, blank)
	}
	if err := checkTableName(name); err != nil {
		l.failf(at.pos, "table: %s", err)
		return false
	}
	m.table.Name = name
	if was, ok := d.directives()["was"]; ok {
		m.table.Was, l.hintsAt[name] = was.Args, directiveSpan(was)
		if err := checkTableName(was.Args); err != nil {
			l.failf(was.ArgsPos, "was: %s", err)
		}
	}
	m.tableComment(d)
	return m.claimTable(name, m.pos)
}

// tableComment takes the comment of a table without one from a directive, which may be a Go string, or from the doc comment.
func (m *model) tableComment(d *decl) {
	c, ok := d.directives()[commentWord]
	switch {
	case m.table.Comment != "":
	case ok:
		m.table.Comment = c.Args
		if text, err := strconv.Unquote(c.Args); err == nil && strings.HasPrefix(c.Args, `"`) {
			m.table.Comment = text
		}
	case m.l.cfg.Comments:
		m.table.Comment = firstParagraph(d.doc)
	}
}

// tableDirective returns the table that //modelgen:table above a type says, "" without one.
func (l *loader) tableDirective(obj *types.TypeName) string {
	s := l.sources[obj.Pkg()]
	if s == nil || s.decls[obj.Name()] == nil {
		return ""
	}
	return s.decls[obj.Name()].directives()[tableWord].Args
}

// fieldTags are the tags of a field.
type fieldTags struct {
	keys []keyValue
	decl *ast.Field
	pos  token.Pos
	more options // of the tag modelgen
	skip bool    // modelgen:"-"
}

// mappedTags reads the tags of all fields of a model whose columns another library names, its embedded structs included, and lets known look at what
// the library's own tag says. It returns the scope of the model, and what reads its blank fields once the columns are there.
func (m *model) mappedTags(structs []*types.Struct, typs []types.Type, known func(*types.Var, fieldTags)) (sc *scope, blank []func()) {
	fields := 0
	for _, st := range structs {
		fields += st.NumFields()
	}
	sc = &scope{local: make(map[string]string, fields), pkg: m.obj.Pkg(), pos: m.pos, obj: m.obj}
	m.tags = make(map[*types.Var]fieldTags, fields)
	for i, st := range structs {
		typ := typs[i]
		m.structs = append(m.structs, flattened{typ, st})
		if n, ok := typ.(*types.Named); ok && i > 0 {
			if d := m.l.decl(n.Obj()); d != nil {
				m.l.regions = append(m.l.regions, region{d.spec.Pos(), d.spec.End()})
			}
		}
		for k := range st.NumFields() {
			f := st.Field(k)
			t, ok := m.tagsOf(f, st.Tag(k), m.pos)
			if !ok {
				continue
			}
			m.tags[f] = t
			if f.Name() == "_" {
				blank = append(blank, func() { m.readBlank(t.keys, t.pos, sc) })
				continue
			}
			known(f, t)
		}
	}
	return sc, blank
}

// tagsOf reads the tags of a field of a struct whose columns another library names: what is wrong in them, and what the tag modelgen adds.
func (m *model) tagsOf(f *types.Var, raw string, other token.Pos) (fieldTags, bool) {
	l := m.l
	t := fieldTags{decl: l.field(f), pos: other}
	if t.decl != nil {
		t.pos = f.Pos()
	}
	var err error
	if t.keys, err = splitStructTag(tagText(t.decl, raw, t.pos)); err != nil {
		l.fail(t.pos, err)
		return t, false
	}
	t.keys = l.withDirective(f, t.keys)
	for _, kv := range t.keys {
		if kv.key != l.cfg.Tag && kv.key != tool && f.Name() != "_" {
			l.checkKey(kv, false, t.pos)
		}
	}
	more, ok := lookup(t.keys, tool)
	if !ok || f.Name() == "_" {
		return t, true
	}
	if t.skip = strings.TrimSpace(more.s) == "-"; t.skip || !l.checkText(tool, more) {
		return t, true
	}
	list, err := parseOptions(more.sub(0, len(more.s)))
	if err != nil {
		l.fail(t.pos, err)
	}
	t.more = l.checkOptions(list, besideMapper)
	l.contradicting(t.more)
	return t, true
}

// besideMapper are the options that the tag modelgen can have beside the tag of another library: those that this says in its own words are not
// among them.
var besideMapper = func() map[string]int {
	words := map[string]int{}
	for w, kind := range columnWords {
		if !slices.Contains([]string{"pk", "identity", "embed", "many2many", "size", "json", "array"}, w) {
			words[w] = kind
		}
	}
	return words
}()

// tagPos returns the place of byte at of the library's tag; -1 is the field.
func (m *model) tagPos(t fieldTags, at int) token.Pos {
	if tag, ok := lookup(t.keys, m.l.cfg.Tag); ok && at >= 0 && t.decl != nil {
		return tag.at(at)
	}
	return t.pos
}

// unknownParts notes embedded structs whose types are not known, as their import cannot be read: it is not known either whether what embeds them is
// a model.
func (l *loader) unknownParts(st *types.Struct) bool {
	found := false
	for f := range st.Fields() {
		if f.Embedded() && invalid(f.Type()) {
			if decl := l.field(f); decl != nil {
				l.regions = append(l.regions, region{decl.Pos(), decl.End()})
				l.invalidType(f, decl)
			}
			found = true
		}
	}
	return found
}

// mayBeModel reports whether a struct of which the text alone is known looks like a model.
func (m *mapper) mayBeModel(name string, st *ast.StructType) bool {
	tagged, key := false, false
	for _, f := range st.Fields.List {
		if sel, ok := f.Type.(*ast.SelectorExpr); ok && len(f.Names) == 0 && (sel.Sel.Name == "BaseModel" && m.key == "bun" || sel.Sel.Name == "Model" && m.key == "gorm") {
			return true
		}
		if f.Tag != nil {
			tagged = tagged || strings.Contains(f.Tag.Value, m.key+`:"`)
			key = key || strings.Contains(strings.ToLower(f.Tag.Value), "primary")
		}
		key = key || len(f.Names) == 1 && f.Names[0].Name == "ID"
	}
	return m.key == "gorm" && ast.IsExported(name) && tagged && key
}
