package load

import (
	"fmt"
	"go/token"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/load/internal/gormschema"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// gormDefault sets the default of a column: what gorm read as a value, or SQL as it stands.
func (m *model) gormDefault(c *column, f *gormschema.Field) {
	if c.bad || !f.HasDefault || f.Value == nil && f.Default == "" || f.Default == "(-)" || strings.EqualFold(f.Default, "null") {
		return
	}
	pos := m.keyPos(f, "DEFAULT")
	switch {
	case c.Identity || c.Serial():
		m.l.failf(pos, "default: the column is numbered; autoIncrement:false says that it is not")
		return
	case c.Generated != "":
		m.l.failf(pos, "default contradicts generated")
		return
	}
	o := option{word: "default", has: true, at: text{s: "default", pos: pos}, value: text{s: "(" + f.Default + ")", pos: pos}}
	if f.Value != nil {
		o.quoted, o.value.s = true, *f.Value
		if c.Type.Literal() == schema.BytesLiteral || c.Type.Kind == schema.KindTimestampTZ {
			o.quoted, o.value.s = false, "("+quoteSQL(*f.Value)+")"
		}
	}
	m.setDefault(c, o)
}

// gormObjects makes what belongs to the table beside the columns: unique constraints, checks and indexes.
func (m *model) gormObjects(sc *scope) {
	p := m.l.gorm
	for i, u := range p.Uniques(m.schema) {
		pos := m.keyPos(u.Field, "UNIQUE")
		m.later = append(m.later, func() {
			if m.byName[u.Field.DBName] == nil {
				return
			}
			for _, n := range m.l.gormNames(u.Name, func() string { return p.Uniques(m.schema)[i].Name }) {
				if m.gormNamed("unique", n, pos) {
					m.addUnique(schema.Unique{Name: n.name, Columns: []string{u.Field.DBName}, Only: n.only}, pos)
				}
			}
		})
	}
	for i, c := range p.Checks(m.schema) {
		pos := m.fieldPos(c.Path, c.At)
		m.later = append(m.later, func() {
			for _, n := range m.l.gormNames(c.Name, func() string { return p.Checks(m.schema)[i].Name }) {
				if m.gormNamed("check", n, pos) {
					m.addCheck(sc, text{s: c.Expr, pos: pos}, n.name, n.only, pos)
				}
			}
		})
	}
	for i, x := range p.Indexes(m.schema) {
		m.later = append(m.later, func() {
			for _, n := range m.l.gormNames(x.Name, func() string { return p.Indexes(m.schema)[i].Name }) {
				m.gormIndex(sc, x, n)
			}
		})
	}
}

// gormName is a name and the dialect that has it, "" for every one.
type gormName struct{ name, only string }

// gormNames returns the names of an object on each dialect, one where they are the same: each driver has a limit of its own, and cuts with a hash.
func (l *loader) gormNames(name string, again func() string) []gormName {
	if len(name) < schema.MaxName {
		return []gormName{{name, ""}}
	}
	before := l.gorm.Names
	defer func() { l.gorm.Names = before }()
	var each []gormName
	same := true
	for _, d := range l.cfg.Dialects {
		l.gorm.Names = l.namesOn(d.MaxIdentifier)
		each = append(each, gormName{again(), d.Name})
		same = same && each[0].name == each[len(each)-1].name && len(each[0].name) <= schema.MaxName
	}
	if same && len(each) > 0 {
		return []gormName{{each[0].name, ""}}
	}
	return each
}

// gormNamed notes a name that the database cannot have.
func (m *model) gormNamed(what string, n gormName, pos token.Pos) bool {
	name := n.name
	if n.only != "" && len(name) > schema.MaxName {
		name = strings.ToValidUTF8(name[:schema.MaxName], "") // that dialect keeps more of it
	}
	if err := schema.CheckName(name); err != nil {
		m.l.failf(pos, "%s: %s", what, err)
		return false
	}
	return true
}

// gormIndex makes an index, one for each dialect where gorm's drivers differ.
func (m *model) gormIndex(sc *scope, x *gormschema.Index, n gormName) {
	pos := m.fieldPos(x.Path, x.At)
	if !m.gormNamed("index", n, pos) {
		return
	}
	if x.Class != "" && !strings.EqualFold(x.Class, "UNIQUE") {
		m.l.failf(pos, "index %s: no database here has indexes of the class %s", x.Name, x.Class)
		return
	}
	var each []schema.Index
	for _, d := range m.l.cfg.Dialects {
		if schema.Elsewhere(n.only, d.Name) {
			continue
		}
		one, ok := m.gormIndexOn(sc, x, d, pos)
		if !ok {
			return
		}
		one.Name, one.Only = n.name, n.only
		each = append(each, one)
	}
	if len(each) == 0 {
		return
	}
	same := true
	for _, e := range each {
		same = same && reflect.DeepEqual(e, each[0])
	}
	if same {
		m.addIndex(each[0], pos)
		return
	}
	for i, e := range each {
		e.Only = m.l.cfg.Dialects[i].Name
		m.addIndex(e, pos)
	}
}

var (
	includeOption = regexp.MustCompile(`(?i)\bINCLUDE\s*\(([^()]*)\)`)
	nullsOption   = regexp.MustCompile(`(?i)\bNULLS\s+NOT\s+DISTINCT\b`)
)

// gormIndexOn makes an index as gorm's driver for a dialect does.
func (m *model) gormIndexOn(sc *scope, x *gormschema.Index, d migrate.Capabilities, pos token.Pos) (schema.Index, bool) {
	l := m.l
	out := schema.Index{Name: x.Name, Unique: x.Class != ""}
	switch {
	case x.Type == "":
	case !d.CanonicalTypes:
		l.failf(pos, "index %s: gorm's driver for %s makes invalid SQL of type:%s", x.Name, d.Product, x.Type)
		return out, false
	case !strings.EqualFold(x.Type, "btree"):
		out.Using = strings.ToLower(x.Type)
	}
	if rest := x.Option; rest != "" && d.CanonicalTypes {
		if inc := includeOption.FindStringSubmatch(rest); inc != nil {
			list, _ := splitTop(text{s: inc[1], pos: pos})
			names, ok := m.columnList(sc, list)
			if !ok {
				return out, false
			}
			out.Include = names
		}
		out.NullsNotDistinct = nullsOption.MatchString(rest)
		rest = nullsOption.ReplaceAllString(includeOption.ReplaceAllString(rest, ""), "")
		if rest = strings.TrimSpace(rest); rest != "" && !strings.EqualFold(rest, "CONCURRENTLY") {
			l.failf(pos, "index %s: option:%s is not one that can be said here; what can is INCLUDE and NULLS NOT DISTINCT", x.Name, rest)
			return out, false
		}
	}
	for _, p := range x.Parts {
		part, ok := m.gormPart(sc, p, d, m.fieldPos(p.Field.Path, x.At))
		if !ok {
			return out, false
		}
		out.Parts = append(out.Parts, part)
	}
	if x.Where != "" {
		var ok bool
		if out.Where, ok = m.condition(sc, text{s: x.Where, pos: pos}); !ok {
			return out, false
		}
	}
	return out, true
}

// gormPart makes a part of an index: gorm writes expression, collation and order one behind the other as they stand.
func (m *model) gormPart(sc *scope, p gormschema.IndexPart, d migrate.Capabilities, pos token.Pos) (schema.IndexPart, bool) {
	part := schema.IndexPart{Column: p.Field.DBName}
	rest := ""
	if p.Expression != "" {
		base, after := cutExpression(strings.TrimSpace(p.Expression))
		part.Column = ""
		if c := m.byName[base]; c != nil {
			part.Column = base
		} else {
			var ok bool
			if part.Expr, ok = m.expr(sc, text{s: base, pos: pos}); !ok {
				return part, false
			}
		}
		rest = after
	} else if m.byName[part.Column] == nil {
		m.l.failf(pos, "the index is over %s, which is no column of the database", p.Field.Name)
		return part, false
	}
	if p.Collate != "" {
		name := strings.Trim(p.Collate, "\"`")
		if name == p.Collate && d.EnforcesTypes {
			name = strings.ToLower(name) // an identifier without quotes
		}
		part.Collate = name
	}
	rest = strings.TrimSpace(rest + " " + p.Sort)
	if words := strings.Fields(rest); len(words) > 0 && strings.HasSuffix(words[0], "_ops") {
		part.OpClass, rest = words[0], strings.Join(words[1:], " ")
	}
	ok := m.modifiers(&part, text{s: rest, pos: pos}, fmt.Sprintf("the part %s of the index", p.Field.Name), d.Name)
	return part, ok
}

// cutExpression cuts a part of an index behind its expression: a name, a call of a function, or what is in brackets.
func cutExpression(s string) (expr, rest string) {
	i := 0
	for i < len(s) && (s[i] == '_' || s[i] == '"' || s[i] >= 'a' && s[i] <= 'z' || s[i] >= 'A' && s[i] <= 'Z' || s[i] >= '0' && s[i] <= '9' || s[i] >= 0x80) {
		i++
	}
	if i < len(s) && s[i] == '(' {
		if end := closing(s[i:]); end > 0 {
			base := s[:i+end]
			if inner, ok := inBrackets(text{s: base}); ok && i == 0 {
				base = inner.s
			}
			return base, s[i+end:]
		}
	}
	if i > 0 && (i == len(s) || s[i] == ' ') && !slices.Contains([]string{"CASE", "NOT"}, strings.ToUpper(s[:i])) {
		return strings.Trim(s[:i], `"`), s[i:]
	}
	return s, ""
}
