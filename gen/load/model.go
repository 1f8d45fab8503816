package load

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/gen/load/internal/bunschema"
	"github.com/modelgen/modelgen/gen/load/internal/gormschema"
	"github.com/modelgen/modelgen/runtime/schema"
)

// model is a model under construction.
type model struct {
	l     *loader
	src   *source
	obj   *types.TypeName
	pos   token.Pos
	table *schema.Table

	columns []*column
	names   []string           // of the columns, when all are known
	byName  map[string]*column // by exact name
	byLower map[string]*column // by name in small letters

	mapped  func()   // reads the columns of a struct with tags of another library; nil with tags of ours
	later   []func() // constraints and indexes in the order of the source; they run when all columns are known
	fks     []foreignKey
	seq     int
	key     keyParts
	groups  map[string]*group // index:name and unique:name on several fields
	structs []flattened
	enums   []*types.TypeName // types whose constants matter, in order of their use

	schema  *gormschema.Schema       // of a struct of gorm
	tags    map[*types.Var]fieldTags // of the fields, where another library names the columns
	bun     *bunschema.Table         // of a struct of bun
	noID    bool                     // a field called ID is no key by itself
	soleKey *gormschema.Field        // that is the whole key, whatever else is said

	directives []keyValue // of the table, above the struct

	constraint string // what its file is built with, "" when that is always

	view     bool // its fields are the columns of a view: there is no table
	viewName string
	partial  bool // the view may have more columns
}

// flattened is a struct whose fields are columns of a model.
type flattened struct {
	typ types.Type // named, or the struct itself
	str *types.Struct
}

// scope is one struct on the way into a model: how names in its tags are to be read.
type scope struct {
	outer  *scope
	prefix string            // what embed: puts before the names of its columns
	local  map[string]string // names in its tags -> names of columns
	pkg    *types.Package    // where Go names in its tags are looked up
	pos    token.Pos         // stands for fields without source
	obj    *types.TypeName   // nil of a struct without name
}

// region is a part of the source in which errors of the type checker matter.
type region struct{ from, to token.Pos }

// findModels finds the models of a package: structs with a table tag, or with another mark, see unmarked.
func (l *loader) findModels(s *source) {
	for _, d := range s.structs {
		if l.viewDecls[d] {
			continue
		}
		st := d.spec.Type.(*ast.StructType)
		blank, named := l.tableField(st), ""
		if blank == nil {
			if named = l.unmarked(s, d); named == "" {
				l.strayTableDirectives(d)
				continue
			}
		}
		m := l.newModel(s, d)
		if m == nil {
			continue
		}
		if blank != nil && m.readTable(d, blank) || blank == nil && m.nameTable(d, named) {
			l.models = append(l.models, m)
			l.byType[m.obj] = m
		}
	}
}

// newModel makes a model of a struct, nil when there is a problem, which is noted.
func (l *loader) newModel(s *source, d *decl) *model {
	l.regions = append(l.regions, region{d.spec.Pos(), d.spec.End()})
	name := d.spec.Name
	obj, _ := s.pkg.Types.Scope().Lookup(name.Name).(*types.TypeName)
	switch {
	case d.spec.TypeParams != nil:
		l.failf(name.Pos(), "%s has type parameters: a table has columns of one type only; embed the generic struct in a model instead", name.Name)
		return nil
	case d.spec.Assign.IsValid():
		l.failf(name.Pos(), "%s is an alias: a model is declared as type %s struct", name.Name, name.Name)
		return nil
	case obj == nil || obj.Pos() != name.Pos():
		return nil // declared twice, which the type checker says
	}
	constraint, ok := l.constraint(d.file)
	if !ok {
		l.failf(name.Pos(), "%s is in a file with the build constraint %s: wherever that does not hold, its table would be taken for gone; move the model into a file without one", name.Name, constraint)
		return nil
	}
	fields := d.spec.Type.(*ast.StructType).Fields.NumFields()
	return &model{
		l: l, src: s, obj: obj, pos: name.Pos(), table: &schema.Table{}, constraint: constraint,
		byName: make(map[string]*column, fields), byLower: make(map[string]*column, fields), groups: map[string]*group{}, directives: tableDirectives(d),
	}
}

// tableField returns the blank field with a table tag. A table tag elsewhere is a problem where it cannot mean something else.
func (l *loader) tableField(st *ast.StructType) *ast.Field {
	var found, misplaced *ast.Field
	var without []*ast.Field // blank, with a tag of another kind
	for _, f := range st.Fields.List {
		if f.Tag == nil {
			continue
		}
		blank := len(f.Names) == 1 && f.Names[0].Name == "_"
		if _, ok := lookup(l.tagOf(f), "table"); !ok {
			if blank {
				without = append(without, f)
			}
			continue
		}
		switch {
		case !blank:
			if e, ok := f.Type.(*ast.StructType); ok && len(e.Fields.List) == 0 || misplaced == nil && found != nil {
				misplaced = f
			}
		case found != nil:
			l.failf(f.Tag.Pos(), "a second table tag; the first is at %s", l.shortPos(found.Tag.Pos()))
		default:
			found = f
		}
	}
	if found == nil && misplaced == nil {
		if slices.ContainsFunc(without, l.mayBeTable) { // said once

		}
	}
	if misplaced != nil {
		l.failf(misplaced.Tag.Pos(), "the table tag belongs on a blank field: _ struct{} %s", misplaced.Tag.Value)
	}
	return found
}

// tagOf returns the parts of a tag that can be read; what is wrong with it is noted when the struct is read.
func (l *loader) tagOf(f *ast.Field) []keyValue {
	tag, ok := unquoteTag(f)
	if !ok {
		return nil
	}
	all, _ := splitStructTag(tag)
	return all
}

// unquoteTag returns the text of a field's tag.
func unquoteTag(f *ast.Field) (text, bool) {
	tag, err := strconv.Unquote(f.Tag.Value)
	return text{tag, f.Tag.Pos() + 1, strings.HasPrefix(f.Tag.Value, "`")}, err == nil
}

// readTable reads table:"name,...".
func (m *model) readTable(d *decl, f *ast.Field) bool {
	tag, _ := lookup(m.l.tagOf(f), "table")
	t, err := parseColumnTag(tag)
	if err != nil {
		m.l.fail(tag.pos, err)
		return false
	}
	name := t.name.s
	if name == "" {
		m.l.failf(tag.pos, "the name of the table is missing: `table:\"%s\"`", snakeCase(m.obj.Name())+"s")
		return false
	}
	if !m.l.checkText("table", tag) || !m.l.checkName("table", text{s: name, pos: tag.pos}, checkTableName) {
		return false
	}
	opts := m.l.checkOptions(t.options, tableWords["table"])
	m.table.Name, m.table.Was, m.table.Comment = name, opts.value("was"), opts.value("comment")
	m.tableOptions(opts)
	if m.table.Was != "" {
		m.l.hintAt(name, opts)
		if err := checkTableName(m.table.Was); err != nil {
			m.l.failf(opts.pos("was", tag.pos), "was: %s", err)
		}
	}
	m.tableComment(d)
	return m.claimTable(name, tag.pos)
}

// claimTable makes the model the one of its table.
func (m *model) claimTable(name string, pos token.Pos) bool {
	low := strings.ToLower(name)
	if other := m.l.tables[low]; other != nil {
		m.l.failf(pos, "table %s is there twice: of %s and of %s at %s%s", name, m.obj.Name(), other.obj.Name(), m.l.shortPos(other.pos), m.l.notAModel(m.obj))
		return false
	}
	m.l.tables[low] = m
	m.l.places[place{object: name}] = m.pos
	return true
}

// notAModel says how a struct is left out that only looks like a model, where something does.
func (l *loader) notAModel(obj *types.TypeName) string {
	if l.mapper == nil {
		return ""
	}
	return "; //modelgen:" + modelsWord + " -" + obj.Name() + " in a file of the package says that it is none"
}

// firstParagraph returns the first paragraph of a doc comment in one line, without directives.
func firstParagraph(doc *ast.CommentGroup) string {
	first, _, _ := strings.Cut(strings.TrimSpace(doc.Text()), "\n\n")
	return strings.Join(strings.Fields(first), " ")
}

// read collects the columns.
func (m *model) read() {
	st, ok := m.obj.Type().Underlying().(*types.Struct)
	if !ok {
		return
	}
	if m.mapped != nil {
		m.mapped()
		m.columnNames()
		return
	}
	sc := &scope{local: make(map[string]string, st.NumFields()), pkg: m.obj.Pkg(), pos: m.pos, obj: m.obj}
	m.readStruct(m.obj.Type(), st, sc)
	m.readTableDirectives(sc)
	m.columnNames()
}

// columnNames collects the names when all columns are known.
func (m *model) columnNames() {
	for _, c := range m.columns {
		m.names = append(m.names, c.Name)
	}
	if len(m.columns) == 0 {
		m.l.failf(m.pos, "%s has no columns: give it an exported field", m.obj.Name())
	}
}

// finish makes the key, the constraints and the indexes, and puts the table into the schema.
func (m *model) finish() {
	m.primaryKey()
	for _, f := range m.later {
		f()
	}
	m.later = nil // of many models it is much
	m.table.Columns = make([]schema.Column, 0, len(m.columns))
	for _, c := range m.columns {
		m.table.Columns = append(m.table.Columns, c.Column)
	}
	m.l.schema.PutTable(m.table)
}
