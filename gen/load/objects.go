package load

import (
	"go/token"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// columnObjects makes what the options of a column ask for beside the column: checks, uniques, indexes and references.
func (m *model) columnObjects(c *column) {
	l, opts := m.l, c.opts
	if slices.ContainsFunc(opts, func(o option) bool { return o.word == "default" || o.word == "generated" }) {
		m.later = append(m.later, func() { m.columnExprs(c) })
	}
	var plain []string // dialects on which check:- leaves the constants unchecked, "" for every one
	for _, o := range opts {
		switch {
		case o.is("check", "-"):
			plain = append(plain, o.dialect)
		case o.is("check", "+"):
		case o.word == "check":
			m.later = append(m.later, func() { m.addCheck(c.scope, o.value, "", o.dialect, o.at.pos) })
		case o.word == "unique" && !o.has:
			m.later = append(m.later, func() {
				m.addUnique(schema.Unique{Columns: []string{c.Name}, Deferrable: c.deferrable(l, false), Only: o.dialect}, o.at.pos)
			})
		case o.word == "index" && !o.has:
			m.later = append(m.later, func() {
				m.addIndex(schema.Index{Parts: []schema.IndexPart{{Column: c.Name}}, Only: o.dialect}, o.at.pos)
			})
		case o.word == "unique", o.word == "index":
			m.groupIndex(c, o)
		case o.word == "fk":
			m.columnKey(c, o)
		}
	}
	for _, o := range opts {
		switch {
		case c.bad:
		case o.is("check", "-") && c.enum == nil && c.elements == nil:
			l.failf(o.at.pos, "check:- leaves out the check over constants, but %s has none", m.typeString(c.field.Type()))
		case o.is("check", "+") && (c.enum == nil || c.Type.Kind == schema.KindEnum):
			l.failf(o.at.pos, "check:+ asks for a check over constants, but %s can have none", m.typeString(c.field.Type()))
		case o.is("check", "+") && o.dialect != "":
			l.failf(o.at.pos, "check:+ is for every database: take .%s away", o.dialect)
		}
	}
	switch {
	case c.elements == nil && (c.enum == nil || c.Type.Kind == schema.KindEnum) || c.bad || slices.Contains(plain, ""):
	case c.enum != nil && l.schemaValues(c):
		m.later = append(m.later, func() { m.constantsOf(c, plain) })
	default:
		m.askAboutConstants(c)
	}
	if !opts.has("fk") {
		for _, word := range []string{"ondelete", "onupdate"} {
			if o, ok := opts.get(word); ok {
				l.failf(o.at.pos, "%s without fk: it says what the reference does", word)
			}
		}
		if o, ok := opts.get("deferrable"); ok && !slices.ContainsFunc(opts, func(o option) bool { return o.word == "unique" }) {
			l.failf(o.at.pos, "deferrable without fk or unique")
		}
	}
}

// schemaValues reports whether the constants of the column's type are all that it may hold.
func (l *loader) schemaValues(c *column) bool {
	for _, o := range c.opts {
		switch {
		case o.is("check", "-") && o.dialect == "":
			return false
		case o.is("check", "+"):
			return true
		}
	}
	return flags(c.enum, l.constants(c.enum)) == ""
}

// deferrable reads the flag for one of the two constraints that a column can have: the reference, if there is one, else the unique.
func (c *column) deferrable(l *loader, fk bool) schema.Deferrable {
	if o, ok := c.opts.get("deferrable"); ok && fk == c.opts.has("fk") {
		return l.deferrable(*o)
	}
	return schema.NotDeferrable
}

func (l *loader) deferrable(o option) schema.Deferrable {
	switch v := strings.ToLower(o.value.s); {
	case !o.has, v == "immediate":
		return schema.InitiallyImmediate
	case v == "deferred":
		return schema.InitiallyDeferred
	}
	l.failf(o.value.pos, "deferrable is immediate (also without a value) or deferred, not %s", o.value.s)
	return schema.NotDeferrable
}

// constantsOf adds the check that the column holds one of its type's constants, but for some dialects.
func (m *model) constantsOf(c *column, but []string) {
	values := m.l.constants(c.enum)
	if !m.l.checkValues(values) {
		return
	}
	if c.Type.Kind == schema.KindVarchar || c.Type.Kind == schema.KindChar {
		for _, v := range values {
			if n := len([]rune(v.val)); n > c.Type.Size {
				m.l.failf(c.pos, "constant %s = %q has %d characters, which do not fit %s", v.name, v.val, n, c.Type)
			}
		}
	}
	for _, only := range m.l.besides(but) {
		m.place("check", len(m.table.Checks), c.pos)
		m.table.Checks = append(m.table.Checks, schema.Check{Expr: constantsCheck(c, values), Only: only})
	}
	c.ValueWas = valueHints(values)
	m.l.valueHintsAt(m.table.Name+"."+c.Name+"=", values)
}

// addCheck adds a check with the expression as its tag has it, for every dialect or only one.
func (m *model) addCheck(sc *scope, expr text, name, only string, pos token.Pos) {
	if sql, ok := m.condition(sc, expr); ok {
		m.place("check", len(m.table.Checks), pos)
		m.table.Checks = append(m.table.Checks, schema.Check{Name: name, Expr: sql, Only: only})
	}
}

func (m *model) addUnique(u schema.Unique, pos token.Pos) {
	for i, v := range m.table.Uniques {
		if u.Name == "" && v.Equal(u) {
			m.l.failf(pos, "unique over %s is there twice, also at %s", strings.Join(u.Columns, ", "), m.l.shortPos(m.l.places[place{"unique", m.table.Name, "", i}]))
			return
		}
	}
	m.place("unique", len(m.table.Uniques), pos)
	m.table.Uniques = append(m.table.Uniques, u)
}

func (m *model) addIndex(x schema.Index, pos token.Pos) {
	for i, y := range m.table.Indexes {
		if x.Name == "" && y.Equal(x) {
			m.l.failf(pos, "the same index is there twice, also at %s", m.l.shortPos(m.l.places[place{"index", m.table.Name, "", i}]))
			return
		}
	}
	m.place("index", len(m.table.Indexes), pos)
	m.table.Indexes = append(m.table.Indexes, x)
}

func (m *model) place(kind string, i int, pos token.Pos) {
	m.l.places[place{kind, m.table.Name, "", i}] = pos
}

// place is a key of the places of objects: tables, columns by name, and the others by kind and position in their table.
type place struct {
	kind   string
	object string
	name   string
	i      int
}
