package load

import (
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/load/internal/bunschema"
	"github.com/modelgen/modelgen/runtime/schema"
)

// readBun takes the fields of a struct of bun into the model.
func (m *model) readBun() {
	sc, blank := m.mappedTags(m.bun.Structs, m.bun.Types, func(f *types.Var, t fieldTags) {
		m.knownOptions(f, t, m.bun.Base == f || f.Embedded() && f.Name() == "BaseModel")
	})
	for _, f := range m.bun.Columns {
		if !m.tags[f.Path[len(f.Path)-1]].skip {
			m.bunColumn(f, sc)
		}
	}
	for _, b := range blank {
		b()
	}
	m.readTableDirectives(sc)
	m.later = append(m.later, m.bunUniques)
	m.noID = true
}

// knownOptions refuses options that bun warns of when the program runs, and does nothing about.
func (m *model) knownOptions(f *types.Var, t fieldTags, base bool) {
	tag, ok := lookup(t.keys, "bun")
	if !ok || tag.s == "-" {
		return
	}
	known := bunschema.Known
	if base {
		known = bunschema.KnownOfTable
	}
	words := known.Words()
	for _, o := range bunschema.ParseTag(tag.s).Options {
		if word := strings.TrimSpace(o.Word); !known.Has(word) && !slices.Contains(m.l.mapper.ignore, strings.ToUpper(word)) {
			m.l.failf(m.tagPos(t, o.At), "%s: bun does not know the option %q%s", f.Name(), word, didYouMean(word, words))
		}
	}
}

// bunPos returns the place of an option of a field.
func (m *model) bunPos(f *bunschema.Field, word string) token.Pos {
	path, at := f.At(word)
	return m.fieldPos(path, at)
}

// bunColumn makes a column of a field.
func (m *model) bunColumn(f *bunschema.Field, sc *scope) {
	l, v := m.l, f.Path[len(f.Path)-1]
	t := m.tags[v]
	pos := m.fieldPos(f.Path, -1)
	c := &column{Column: schema.Column{Name: f.Name}, pos: pos, field: v, scope: sc, opts: t.more}
	if err := schema.CheckName(c.Name); err != nil {
		l.failf(pos, "column: %s", err)
	}
	g, _ := l.resolve(f.Type)
	c.basic = g.basic
	if invalid(v.Type()) && !t.more.has("type") {
		l.invalidType(v, t.decl)
		c.bad = true
	} else if err := m.bunType(c, f); err != nil {
		l.fail(pos, err)
		c.bad = true
	}
	if c.opts.has("enum") || slices.ContainsFunc(c.opts, func(o option) bool { return o.is("check", "+") }) {
		c.enum = g.enum
	}
	if !m.put(c, f.Name) {
		return
	}
	c.Nullable = !f.NotNull && !c.Identity && !c.Serial()
	if f.PK {
		m.key.columns = append(m.key.columns, c)
	}
	c.setNull()
	m.mappedMore(c, pos, t)
	if f.Default != "" && !c.opts.has("default") {
		m.later = append(m.later, func() { m.bunDefault(c, f) })
	}
	m.columnObjects(c)
}

// bunType sets the type of a column, on each dialect as bun's dialect for it spells it.
func (m *model) bunType(c *column, f *bunschema.Field) error {
	l := m.l
	if done, err := m.typeByUs(c, f.Type); done || err != nil {
		return err
	}
	pos := m.bunPos(f, "type")
	base, plain := f.Canonical(), f.Plain()
	none := func(product string) error {
		return (&text{pos: pos}).errorf("%s: bun's dialect for %s has no type for %s: write type: in its bun tag, or modelgen:\"type:text\" beside it", f.GoName, product, m.typeString(f.Type))
	}
	t, err := parseType(base)
	if base == "" || err != nil {
		if base == "" {
			err = none("PostgreSQL")
		}
		return &posError{pos, err}
	}
	c.Type = t
	serial := f.Serial()
	for _, d := range l.cfg.Dialects {
		switch {
		case d.CanonicalTypes:
			if f.Identity {
				c.Identity = true
			}
			continue
		case f.Identity:
			for _, o := range l.cfg.Dialects {
				if o.CanonicalTypes {
					return (&text{pos: m.bunPos(f, "identity")}).errorf("%s: bun numbers an identity on %s and not on %s: write autoincrement, or one dialect (-dialects)", f.GoName, o.Product, d.Product)
				}
			}
		case m.bun.Numbered(f):
			c.Identity = true
			continue
		case plain == "":
			return none(d.Product)
		}
		sql := plain
		if !f.Literal() {
			sql = d.BunTypes[plain]
		}
		if sql != "" && !strings.EqualFold(sql, "text") {
			c.setTypeFor(d.Name, sql)
		}
	}
	c.setSerial(l, serial)
	return m.typeNarrowed(c)
}

// bunDefault sets the default of a column, which is SQL as it stands.
func (m *model) bunDefault(c *column, f *bunschema.Field) {
	pos := m.bunPos(f, "default")
	if c.bad || strings.EqualFold(f.Default, "null") {
		return
	}
	if c.Identity || c.Serial() {
		m.l.failf(pos, "default: the column is numbered by the database")
		return
	}
	m.setDefault(c, option{word: "default", has: true, at: text{s: "default", pos: pos}, value: text{s: "(" + f.Default + ")", pos: pos}})
}

// bunKeys makes the foreign keys of a model, and notes what is wrong with its relations.
func (m *model) bunKeys() {
	l := m.l
	for _, r := range l.bun.References(m.bun) {
		v := r.Field.Path[len(r.Field.Path)-1]
		if !l.mapper.keys || m.tags[v].skip || r.To.Named == nil {
			continue
		}
		pos := m.bunPos(r.Field, "rel")
		key := schema.ForeignKey{RefTable: strings.TrimPrefix(r.To.Name, "public.")}
		for i, f := range r.Columns {
			key.Columns, key.RefColumns = append(key.Columns, f.Name), append(key.RefColumns, r.Refs[i].Name)
		}
		var ok [2]bool
		key.OnDelete, ok[0] = l.gormAction(r.OnDelete, m.bunPos(r.Field, "on_delete"))
		key.OnUpdate, ok[1] = l.gormAction(r.OnUpdate, m.bunPos(r.Field, "on_update"))
		if !ok[0] || !ok[1] || !l.referable(key, pos, "take rel: out, or make it unique") || slices.ContainsFunc(m.table.ForeignKeys, key.Equal) {
			continue
		}
		m.place("fk", len(m.table.ForeignKeys), pos)
		m.table.ForeignKeys = append(m.table.ForeignKeys, key)
	}
}

// bunProblems notes what bun refuses.
func (l *loader) bunProblems() {
	for _, p := range l.bun.Problems {
		l.mappedProblem(p.Path, p.At, token.NoPos, p.Msg)
	}
}
