package load

import (
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/load/internal/gormschema"
	"github.com/modelgen/modelgen/runtime/schema"
)

// readGorm takes the fields of a struct of gorm into the model.
func (m *model) readGorm() {
	sc, blank := m.mappedTags(m.schema.Structs, m.schema.StructsOf, func(f *types.Var, t fieldTags) { m.knownKeys(f, t) })
	numbered := m.numbered()
	for _, name := range m.schema.DBNames {
		f := m.schema.ByDBName[name]
		if !f.NoDDL && !m.tags[f.Pos].skip {
			m.gormColumn(f, sc, numbered)
		}
	}
	for _, b := range blank {
		b()
	}
	m.readTableDirectives(sc)
	m.gormObjects(sc)
}

// knownKeys refuses keys that gorm passes over without a word, unless it is a plugin that reads them.
func (m *model) knownKeys(f *types.Var, t fieldTags) {
	tag, ok := lookup(t.keys, "gorm")
	if !ok {
		return
	}
	for at, written := range gormschema.Keys(tag.s) {
		word := strings.ToUpper(written)
		if gormschema.Known[word] || slices.Contains(m.l.mapper.ignore, word) || m.l.gormOld(word) {
			continue
		}
		hint := ""
		if n := nearest(strings.ToLower(written), gormWords, reach(written)); n != "" {
			hint = ": did you mean " + n + "?"
		} else {
			hint = "; if a plugin does, say so with -tag gorm,ignore:" + strings.ToLower(written)
		}
		m.l.failf(m.tagPos(t, at), "%s: gorm does not read the key %q%s", f.Name(), written, hint)
	}
}

// gormOld reports whether a key was one of gorm 1 whose place the default of gorm 2 has taken: it says nothing more.
func (l *loader) gormOld(word string) bool {
	return slices.Contains([]string{"ASSOCIATION_FOREIGNKEY", "ASSOCIATION_AUTOUPDATE", "ASSOCIATION_AUTOCREATE", "ASSOCIATION_SAVE_REFERENCE", "PRELOAD", "SAVE_ASSOCIATIONS"}, word)
}

var gormWords = func() []string {
	var all []string
	for w := range gormschema.Known {
		all = append(all, strings.ToLower(w))
	}
	slices.Sort(all)
	return all
}()

// fieldPos returns the place of a byte of the gorm tag of a field, or of the field around it whose source is known.
func (m *model) fieldPos(path []*types.Var, at int) token.Pos {
	for i, f := range slices.Backward(path) {
		if t, ok := m.tags[f]; ok && t.decl != nil {
			if i < len(path)-1 {
				at = -1
			}
			return m.tagPos(t, at)
		}
		if m.l.field(f) != nil {
			return f.Pos()
		}
	}
	return m.pos
}

// keyPos returns the place of a key of the gorm tag of a field.
func (m *model) keyPos(f *gormschema.Field, key string) token.Pos { return m.fieldPos(f.At(key)) }

// gormColumn makes a column of a field.
func (m *model) gormColumn(f *gormschema.Field, sc *scope, numbered *gormschema.Field) {
	l, t := m.l, m.tags[f.Pos]
	pos := m.fieldPos(f.Path, -1)
	c := &column{Column: schema.Column{Name: f.DBName}, pos: pos, field: f.Pos, scope: sc, opts: t.more}
	if err := schema.CheckName(c.Name); err != nil {
		l.failf(m.keyPos(f, "COLUMN"), "column: %s", err)
	}
	if invalid(f.Pos.Type()) && !t.more.has("type") {
		l.invalidType(f.Pos, t.decl)
		c.bad = true
	}
	g, _ := l.resolve(f.Type)
	c.basic = g.basic
	if !c.bad {
		if elsewhere := l.elsewhere(f.Type); elsewhere && f.Unknown != "" {
			c.bad = true
		} else if err := m.gormType(c, f, numbered == f); err != nil {
			l.fail(pos, err)
			c.bad = true
		}
	}
	if c.opts.has("enum") || slices.ContainsFunc(c.opts, func(o option) bool { return o.is("check", "+") }) {
		c.enum = g.enum
	}
	if !m.put(c, f.DBName) {
		return
	}
	m.gormMore(c, f, pos)
	if f.HasDefault && !c.opts.has("default") {
		m.later = append(m.later, func() { m.gormDefault(c, f) })
	}
	m.columnObjects(c)
}

// gormMore sets what a column says beside its type: NULL, the key, comment, collation, a former name.
func (m *model) gormMore(c *column, f *gormschema.Field, pos token.Pos) {
	inKey := slices.Contains(m.keyFields(), f)
	c.Nullable = !f.NotNull && !inKey && !c.Identity && !c.Serial()
	if inKey {
		m.key.columns = append(m.key.columns, c)
	}
	c.setNull()
	if c.Comment = f.Comment; c.opts.has("comment") {
		c.Comment = c.opts.value("comment")
	}
	m.mappedMore(c, pos, m.tags[f.Pos])
	if o, ok := f.Setting("GENERATED"); ok && strings.TrimSpace(o.Value) != "" && o.Value != "GENERATED" {
		m.gormGenerated(c, f, strings.TrimSpace(o.Value))
	}
}

// mappedMore sets what the tag modelgen says of a column beside its type and NULL, and what its doc comment says.
func (m *model) mappedMore(c *column, pos token.Pos, t fieldTags) {
	l := m.l
	if c.Comment == "" {
		c.Comment = c.opts.value("comment")
	}
	if c.Comment == "" && l.cfg.Comments && t.decl != nil {
		c.Comment = firstParagraph(t.decl.Doc)
	}
	for _, o := range c.opts {
		if o.word == "collate" {
			c.setCollate(o.dialect, strings.Trim(o.value.s, `"`))
		}
	}
	if was := c.opts.value("was"); was != "" {
		l.hintAt(m.table.Name+"."+c.Name, c.opts)
		if c.Was = was; c.Was == c.Name {
			l.failf(c.opts.pos("was", pos), "was:%s is the name it has", was)
		}
	}
}

// gormGenerated reads generated:, which gorm's driver for PostgreSQL knows alone.
func (m *model) gormGenerated(c *column, f *gormschema.Field, value string) {
	l, pos := m.l, m.keyPos(f, "GENERATED")
	for _, d := range l.cfg.Dialects {
		if !d.CanonicalTypes {
			l.failf(pos, "generated: gorm's driver for %s makes a plain column of it", d.Product)
			return
		}
	}
	words := strings.Fields(strings.ToLower(value))
	identity := slices.Contains(words, "identity") && !slices.ContainsFunc(words, func(w string) bool { return !slices.Contains([]string{"identity", "always", "by", "default"}, w) })
	switch {
	case identity && slices.Contains(words, "always"):
		l.failf(pos, "generated: an identity is one BY DEFAULT here; ALWAYS has no word")
	case identity:
		c.Identity, c.Nullable = true, false
		c.Type = c.Type.Plain()
	default:
		m.later = append(m.later, func() { c.Generated, _ = m.computed(c.scope, text{s: value, pos: pos}) })
	}
}

// keyFields returns the fields of the primary key that the database has.
func (m *model) keyFields() []*gormschema.Field {
	if f := m.soleKey; f != nil {
		return []*gormschema.Field{f}
	}
	return m.schema.Primary
}

// numbered returns the field whose column is numbered as the whole key where a database numbers no other, and settles the key: gorm's driver for
// such a database makes that field the key, whatever the others are.
func (m *model) numbered() *gormschema.Field {
	var auto *gormschema.Field
	for _, name := range m.schema.DBNames {
		f := m.schema.ByDBName[name]
		if f.Auto && !f.NoDDL && (f.DataType == gormschema.Int || f.DataType == gormschema.Uint) {
			auto = f
		}
	}
	if auto == nil {
		return nil
	}
	for _, d := range m.l.cfg.Dialects {
		if d.CanonicalTypes || len(m.schema.Primary) == 1 && m.schema.Primary[0] == auto {
			continue
		}
		if len(m.l.dialects()) > 1 {
			m.l.failf(m.fieldPos(auto.Path, -1), "%s: gorm makes two tables of %s: on %s the key is %s alone, as a numbered column is the whole key there, and elsewhere it is %s; autoIncrement:false in its gorm tag, or one dialect (-dialects), makes it one",
				auto.Name, m.obj.Name(), d.Product, auto.DBName, strings.Join(fieldColumns(m.schema.Primary), ", "))
			return nil
		}
		m.soleKey = auto
	}
	return auto
}

func fieldColumns(fields []*gormschema.Field) []string {
	var all []string
	for _, f := range fields {
		all = append(all, f.DBName)
	}
	return all
}
