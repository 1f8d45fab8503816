package load

import (
	"go/token"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// indexTags makes the index or the unique constraint of a tag on a blank field, one for each dialect where they differ.
func (m *model) indexTags(t tableTag, unique bool) {
	for _, v := range m.variants(t) {
		m.indexTag(t, v.opts, v.only, unique)
	}
}

func (m *model) indexTag(t tableTag, opts options, only string, unique bool) {
	fixed := opts.has("nullsnotdistinct")
	if unique && !m.needsIndex(t, opts) {
		if names, ok := m.columnList(t.sc, t.list); ok {
			m.addUnique(schema.Unique{Name: t.name, Columns: names, NullsNotDistinct: fixed, Deferrable: m.deferrableTag(opts), Only: only}, t.pos)
		}
		return
	}
	if o, ok := opts.get("deferrable"); ok {
		m.l.failf(o.at.pos, "deferrable does not go with a condition, an expression or another property of an index")
	}
	if fixed && !unique {
		m.l.failf(opts.pos("nullsnotdistinct", t.pos), "nullsnotdistinct is for unique")
	}
	x := schema.Index{Name: t.name, Unique: unique, NullsNotDistinct: fixed, Using: strings.ToLower(opts.value("using")), Only: only}
	ok := true
	for _, p := range t.list {
		part, good := m.indexPart(t.sc, p, only)
		if part.OpClass == "" {
			part.OpClass = opts.value("opclass")
		}
		x.Parts, ok = append(x.Parts, part), ok && good && m.checkOpClass(part, p)
	}
	if x.Using == "btree" {
		x.Using = ""
	} else if n := nearest(x.Using, []string{"btree", "hash", "gin", "gist", "spgist", "brin"}, 1); n != "" && n != x.Using {
		m.l.failf(opts.pos("using", t.pos), "unknown kind of index %s: did you mean %s?", x.Using, n)
	}
	if o, has := opts.get("where"); has {
		var good bool
		x.Where, good = m.condition(t.sc, o.value)
		ok = ok && good
	}
	if o, has := opts.get("include"); has {
		inner, _ := inBrackets(o.value)
		list, err := splitTop(inner)
		if err != nil {
			m.l.fail(o.value.pos, err)
		}
		var good bool
		x.Include, good = m.columnList(t.sc, list)
		ok = ok && good
	}
	if ok {
		m.addIndex(x, t.pos)
	}
}

func (m *model) deferrableTag(opts options) schema.Deferrable {
	if o, ok := opts.get("deferrable"); ok {
		return m.l.deferrable(*o)
	}
	return schema.NotDeferrable
}

// opclassWord begins the word for the operator class of one part; that of all is an option.
const opclassWord = "opclass:"

// modified reports whether a part of an index has a word behind it that only an index can have.
func modified(part string) bool {
	words := strings.Fields(strings.ToLower(part))
	if len(words) < 2 {
		return false
	}
	last := words[len(words)-1]
	return slices.Contains([]string{"asc", "desc", "first", "last"}, last) || slices.Contains(words, "collate") || strings.HasPrefix(last, opclassWord)
}

// indexPart reads column or (expression), and the words behind it.
func (m *model) indexPart(sc *scope, p text, only string) (schema.IndexPart, bool) {
	var part schema.IndexPart
	if m.byName[p.s] != nil && (sc.prefix == "" || sc.local[p.s] == "") {
		return schema.IndexPart{Column: p.s}, true
	}
	if end := closing(p.s); end > 0 {
		base := p.sub(0, end)
		if !m.modifiers(&part, p.sub(end, len(p.s)), "the expression", only) {
			return part, false
		}
		inner, _ := inBrackets(base)
		sql, ok := m.expr(sc, inner)
		if c := m.byName[strings.Trim(sql, `"`)]; ok && c != nil && len(schema.ExprColumns(sql, []string{c.Name})) == 1 {
			part.Column = c.Name // (email) is the column itself
		} else {
			part.Expr = sql
		}
		return part, ok
	}
	// The name may hold spaces, so the words are taken from the end.
	var base text
	for cut := len(p.s); ; {
		i := strings.LastIndexByte(p.s[:cut], ' ')
		if i < 0 {
			base = p.sub(0, cut)
			break
		}
		if word := strings.ToLower(strings.TrimSpace(p.s[i:cut])); !slices.Contains([]string{"asc", "desc", "nulls", "first", "last", ""}, word) && !strings.HasPrefix(word, opclassWord) {
			if i := strings.LastIndex(strings.ToLower(p.s[:cut]), " collate "); i > 0 && m.knows(sc, strings.TrimSpace(p.s[:i])) && !m.knows(sc, strings.TrimSpace(p.s[:cut])) {
				base = p.sub(0, i)
			} else if first, _, _ := strings.Cut(p.s, " "); m.knows(sc, first) && !m.knows(sc, strings.TrimSpace(p.s[:cut])) {
				base = p.sub(0, len(first)) // words that modifiers refuses, or collate
			} else {
				base = p.sub(0, cut)
			}
			break
		}
		cut = i
	}
	ok := m.modifiers(&part, p.sub(len(base.s), len(p.s)), base.s, only)
	c := m.column(sc, base)
	if c != nil {
		part.Column = c.Name
	}
	return part, ok && c != nil
}

func (m *model) knows(sc *scope, name string) bool {
	return m.byName[name] != nil || sc.prefix != "" && sc.local[name] != ""
}

// modifiers reads [collate name] [opclass:name] [asc|desc] [nulls first|last], of an index that only the dialect has, "" for every one.
func (m *model) modifiers(part *schema.IndexPart, rest text, what, only string) bool {
	words := strings.Fields(rest.s)
	take := func(w ...string) bool {
		for i := range w {
			if i >= len(words) || !strings.EqualFold(words[i], w[i]) {
				return false
			}
		}
		words = words[len(w):]
		return true
	}
	if len(words) > 1 && take("collate") {
		part.Collate, words = strings.Trim(words[0], `"`), words[1:]
	}
	if len(words) > 0 && strings.HasPrefix(strings.ToLower(words[0]), opclassWord) && len(words[0]) > len(opclassWord) {
		part.OpClass, words = words[0][len(opclassWord):], words[1:]
	}
	if take("desc") {
		part.Desc = true
	} else {
		take("asc")
	}
	switch {
	case take("nulls", "first"):
		part.Nulls = schema.NullsFirst
	case take("nulls", "last"):
		part.Nulls = schema.NullsLast
	}
	if part.Desc && part.Nulls == schema.NullsFirst || !part.Desc && part.Nulls == schema.NullsLast {
		for _, d := range m.l.cfg.Dialects {
			if !d.IndexNulls && schema.Meet(only, d.Name) {
				m.l.failf(rest.pos, "%s cannot have an index with nulls %s%s: %s sorts NULL first, with desc last; leave it out to have each database's own order",
					d.Name, strings.ToLower(string(part.Nulls)), map[bool]string{true: " behind desc"}[part.Desc], d.Product)
			}
		}
		part.Nulls = schema.NullsDefault // where an index says it
	}
	if len(words) == 0 {
		return true
	}
	hint := ""
	if n := nearest(words[0], []string{"asc", "desc", "nulls", "collate"}, reach(words[0])); n != "" {
		hint = ": did you mean " + n + "?"
	} else if plainWord(strings.Trim(words[0], "_0123456789")) || strings.Contains(words[0], "_ops") {
		hint = "; asc, desc, nulls first and nulls last can be there, and a class of operators is written opclass:" + words[0]
	}
	m.l.failf(rest.pos, "unknown word %q behind %s%s", words[0], what, hint)
	return false
}

// group is an index or a unique constraint that several fields name.
type group struct {
	unique bool
	only   string // the dialect that has it, "" for every one
	parts  []schema.IndexPart
	pos    token.Pos
}

// groupIndex adds a column to the index or unique constraint of that name.
func (m *model) groupIndex(c *column, o option) {
	name, words, _ := strings.Cut(o.value.s, " ")
	part := schema.IndexPart{Column: c.Name}
	if !m.modifiers(&part, o.value.sub(len(o.value.s)-len(words), len(o.value.s)), name, o.dialect) {
		return
	}
	name = c.scope.prefix + name
	if err := schema.CheckName(name); err != nil {
		m.l.failf(o.at.pos, "%s: %s", o.word, err)
		return
	}
	key := name + "\x00" + o.dialect
	g := m.groups[key]
	if g == nil {
		g = &group{unique: o.word == "unique", only: o.dialect, pos: o.at.pos}
		m.groups[key] = g
		m.later = append(m.later, func() { m.addGroup(name, g) })
	}
	if g.unique != (o.word == "unique") {
		m.l.failf(o.at.pos, "%s is an index on one field and a unique constraint on another, at %s", name, m.l.shortPos(g.pos))
	}
	g.parts = append(g.parts, part)
}

func (m *model) addGroup(name string, g *group) {
	x := schema.Index{Name: name, Unique: g.unique, Parts: g.parts, Only: g.only}
	if !g.unique || slices.ContainsFunc(g.parts, func(p schema.IndexPart) bool { return p != schema.IndexPart{Column: p.Column} }) {
		m.addIndex(x, g.pos)
		return
	}
	u := schema.Unique{Name: name, Columns: x.Columns(), Only: g.only}
	for _, c := range u.Columns {
		if d := m.byName[c].deferrable(m.l, false); d != "" {
			u.Deferrable = d
		}
	}
	m.addUnique(u, g.pos)
}
