package load

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// column is a column under construction.
type column struct {
	schema.Column
	pos      token.Pos // of the field
	field    *types.Var
	scope    *scope
	opts     options
	basic    types.BasicKind // of the Go value; Invalid when it is no plain number, text or truth value
	enum     *types.TypeName // whose constants are the values
	elements *types.TypeName // whose constants are the elements of an array that is not one of an enum
	bad      bool            // there is a problem with its type: nothing more is said of it
}

// put adds the column under its name; local is the name in the tags of its own struct.
func (m *model) put(c *column, local string) bool {
	low := strings.ToLower(c.Name)
	if other := m.byLower[low]; other != nil {
		how := c.Name
		if other.Name != c.Name {
			how += " (as " + other.Name + ")"
		}
		m.l.failf(c.pos, "column %s is there twice, also at %s", how, m.l.shortPos(other.pos))
		return false
	}
	m.byLower[low], m.byName[c.Name] = c, c
	m.columns = append(m.columns, c)
	c.scope.local[local] = c.Name
	m.l.places[place{object: m.table.Name, name: c.Name}] = c.pos
	return true
}

// addColumn makes a column of a field.
func (m *model) addColumn(f *types.Var, decl *ast.Field, name text, opts options, pos token.Pos, sc *scope) {
	l := m.l
	c := &column{Column: schema.Column{Name: sc.prefix + name.s}, pos: pos, field: f, scope: sc, opts: opts}
	if c.Name == "-" {
		l.failf(name.pos, "%s:\"-\" skips the field and takes no options; a column of that name cannot be", l.cfg.Tag)
	} else {
		l.checkName("column", text{s: c.Name, pos: name.pos}, schema.CheckName)
	}
	l.contradicting(opts)
	if invalid(f.Type()) && !opts.has("type") {
		l.invalidType(f, decl)
		m.addBad(f, name.s, pos, sc)
		return
	}
	elsewhere := l.elsewhere(f.Type())
	if problem := c.setType(m); elsewhere {
		c.bad = true
	} else if problem != nil {
		l.fail(pos, problem)
		c.bad = true
	}
	c.setNull()
	if !m.put(c, name.s) || m.view {
		return
	}
	c.Comment = opts.value("comment")
	for _, o := range opts {
		if o.word != "collate" {
			continue
		}
		if c.Type.Literal() != schema.QuotedLiteral && !c.bad {
			l.failf(o.at.pos, "collate is for text, not for %s", c.Type)
		}
		c.setCollate(o.dialect, strings.Trim(o.value.s, `"`))
	}
	if c.Comment == "" && l.cfg.Comments && decl != nil {
		c.Comment = firstParagraph(decl.Doc)
	}
	if was := opts.value("was"); was != "" {
		l.hintAt(m.table.Name+"."+c.Name, opts)
		if c.Was = sc.prefix + was; c.Was == c.Name {
			l.failf(opts.pos("was", pos), "was:%s is the name it has", was)
		}
	}
	if opts.has("pk") {
		m.key.columns = append(m.key.columns, c)
	}
	if c.Identity = opts.has("identity"); c.Identity && !c.bad {
		switch {
		case !isInteger(c.Type):
			l.failf(opts.pos("identity", pos), "identity is for integers, not for %s", c.Type)
		case c.Nullable:
			l.failf(opts.pos("identity", pos), "identity needs a column that is not NULL: %s is %s", f.Name(), m.typeString(f.Type()))
		}
	}
	if _, typ, ok := l.serialOn(c.Column); ok && !c.bad {
		l.checkSerial(c, typ)
	}
	if c.enum != nil && l.schemaValues(c) {
		m.enums = append(m.enums, c.enum)
	}
	m.columnObjects(c)
}

// checkSerial refuses what contradicts a serial, which has a default and is NOT NULL.
func (l *loader) checkSerial(c *column, typ schema.Type) {
	for _, o := range c.opts {
		if o.word == "default" && (o.dialect == "" || l.capabilities(o.dialect).Serials) || o.word == "generated" {
			l.failf(o.at.pos, "%s contradicts %s, which has a default of its own", o.word, typ)
		}
	}
	switch {
	case c.opts.has("identity"):
		l.failf(c.opts.pos("identity", c.pos), "identity contradicts %s: write identity alone", typ)
	case c.Nullable:
		l.failf(c.pos, "%s is NOT NULL, but %s is %s", typ, c.field.Name(), c.field.Type())
	}
}

// setType sets the type of the column.
func (c *column) setType(m *model) error {
	l, opts := m.l, c.opts
	g, known := l.resolve(c.field.Type())
	c.TypeFor, c.basic, c.enum, c.Nullable = g.typeFor, g.basic, g.enum, g.null
	for _, o := range opts {
		if o.word == "type" && o.dialect != "" {
			g.setTypeFor(o.dialect, o.value.s)
			c.TypeFor = g.typeFor
		}
	}
	switch o, ok := opts.get("type"); {
	case ok:
		t, err := parseType(o.value.s)
		if err != nil {
			return o.value.errorf("%s", err)
		}
		if opts.has("array") && !t.Array {
			return o.at.errorf("array contradicts type:%s; write type:%s[], or leave it out", o.value.s, o.value.s)
		}
		if _, err := l.checkOther(t, c.TypeFor, "type.%s:TEXT"); err != nil {
			return o.at.errorf("%s", err)
		}
		g.typ = t
	case opts.has("json"):
		g.typ, c.basic, c.enum = schema.Type{Kind: schema.KindJSONB}, types.Invalid, nil
	case opts.has("array"):
		elem, err := m.arrayOf(c.field)
		if err != nil {
			return err
		}
		if !g.typ.Array || !known {
			g.typ, c.enum = elem.typ, elem.enum
			g.typ.Array = true
			if !opts.has("enum") {
				c.enum, c.elements = nil, elem.enum
			}
		}
		c.basic = types.Invalid
	case !known:
		return m.noType(c)
	}
	c.Type = g.typ
	if err := c.setSize(); err != nil {
		return err
	}
	if c.Type.Literal() == schema.QuotedLiteral && c.basic != types.String || c.Type.Literal() == schema.NumberLiteral && c.basic == types.String {
		if !opts.has("array") {
			c.enum = nil // type: makes something else of it
		}
	}
	if o, ok := opts.get("enum"); ok {
		if o.has { // the constants are of another type than the field
			of, _ := m.goName(c.scope, o.value)
			if of == nil {
				return o.value.errorf("enum: there is no type %s: it names the named string type whose constants are the values", o.value.s)
			}
			if c.basic != types.String && !c.Type.Array || len(l.constants(of)) == 0 {
				return o.value.errorf("enum:%s needs a field of text, and a named string type %[1]s with constants", o.value.s)
			}
			c.enum, c.elements = of, nil
		}
		if c.enum == nil {
			return o.at.errorf("enum needs a named string type with constants, which %s is not", m.typeString(c.field.Type()))
		}
		if b, ok := c.enum.Type().Underlying().(*types.Basic); !ok || b.Kind() != types.String {
			return o.at.errorf("a native enum has text values, but %s is a number; without enum it gets a CHECK", c.enum.Name())
		}
		c.Type.Kind, c.Type.Name = schema.KindEnum, snakeCase(c.enum.Name())
		l.enums = append(l.enums, enumUse{c.enum, m, c, o.at.pos})
	}
	return nil
}

// setSize makes text of size: a varchar.
func (c *column) setSize() error {
	o, ok := c.opts.get("size")
	if !ok || c.opts.has("type") { // a contradiction, which is noted
		return nil
	}
	if c.Type.Kind != schema.KindText || c.Type.Array {
		return o.at.errorf("size is for text, not for %s", c.Type)
	}
	n, err := strconv.Atoi(o.value.s)
	if err != nil || n < 1 || n > 10485760 {
		return o.value.errorf("size is a number of characters from 1 to 10485760, not %s", o.value.s)
	}
	c.Type = schema.Type{Kind: schema.KindVarchar, Size: n}
	return nil
}

// setCollate sets the collation of the column, on one dialect or on every one that has none of its own.
func (c *column) setCollate(dialect, collate string) {
	if dialect == "" {
		c.Collate = collate
		return
	}
	if c.CollateFor == nil {
		c.CollateFor = map[string]string{}
	}
	c.CollateFor[dialect] = collate
}

func (c *column) setNull() {
	switch {
	case c.opts.has("null"):
		c.Nullable = true
	case c.opts.has("notnull"), c.opts.has("pk"):
		c.Nullable = false
	}
}

// arrayOf returns the type of the elements of a slice.
func (m *model) arrayOf(f *types.Var) (goType, error) {
	t := types.Unalias(f.Type())
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	if g, ok := m.l.resolve(t); ok && g.typ.Array {
		return g, nil
	}
	s, ok := t.Underlying().(*types.Slice)
	if !ok || isByte(s.Elem()) {
		return goType{}, fmt.Errorf("array needs a slice, but %s is %s", f.Name(), m.typeString(f.Type()))
	}
	g, ok := m.l.resolve(s.Elem())
	if !ok || g.typ.Array {
		return goType{}, fmt.Errorf("%s has no type that an array can hold; json keeps it as JSON", m.typeString(s.Elem()))
	}
	return g, nil
}
