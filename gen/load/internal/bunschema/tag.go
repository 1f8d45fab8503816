// Package bunschema reads Go structs as bun does (github.com/uptrace/bun/schema, version 1.3): names, columns, keys and relations. It works on types
// as the type checker knows them and holds no dialect.
package bunschema

import (
	"strings"

	"github.com/jinzhu/inflection"

	"github.com/modelgen/modelgen/internal/sqllex"
)

// Tag is a bun tag (internal/tagparser).
type Tag struct {
	Name    string
	Options []Option
}

// Option is one option of a tag. Value is "" for a flag.
type Option struct {
	Word, Value string
	At          int // in bytes of the tag
}

func (t Tag) zero() bool { return t.Name == "" && t.Options == nil }

// Has reports whether the tag has the option.
func (t Tag) Has(word string) bool { _, ok := t.Get(word); return ok }

// Get returns the last option of the word, which is the one that bun takes.
func (t Tag) Get(word string) (Option, bool) {
	for i := len(t.Options) - 1; i >= 0; i-- {
		if t.Options[i].Word == word {
			return t.Options[i], true
		}
	}
	return Option{}, false
}

// values returns the values of all options of the word.
func (t Tag) values(word string) []string {
	var all []string
	for _, o := range t.Options {
		if o.Word == word {
			all = append(all, o.Value)
		}
	}
	return all
}

// parser is that of package tagparser.
type parser struct {
	s    string
	i    int
	tag  Tag
	seen bool
}

// ParseTag reads a tag: the first part without a colon is the name, commas in brackets and double quotes do not count.
func ParseTag(s string) Tag {
	p := parser{s: s}
	for p.i < len(p.s) {
		p.keyValue()
		if p.i < len(p.s) && p.s[p.i] == ',' {
			p.i++
		}
	}
	return p.tag
}

func (p *parser) set(name string, at int) {
	if p.seen {
		p.add(name, "", at)
		return
	}
	p.seen, p.tag.Name = true, name
}

func (p *parser) add(key, value string, at int) {
	p.seen = true
	if key != "" {
		p.tag.Options = append(p.tag.Options, Option{key, value, at})
	}
}

func (p *parser) read() byte {
	if p.i >= len(p.s) {
		return 0
	}
	p.i++
	return p.s[p.i-1]
}

func (p *parser) keyValue() {
	start := p.i
	for p.i < len(p.s) {
		switch p.read() {
		case ',':
			p.set(p.s[start:p.i-1], start)
			return
		case ':':
			key := p.s[start : p.i-1]
			p.add(key, p.value(), start)
			return
		case '"':
			p.set(p.quoted(), start)
			return
		}
	}
	p.set(p.s[start:p.i], start)
}

func (p *parser) value() string {
	start := p.i
	for p.i < len(p.s) {
		switch p.read() {
		case '"':
			return p.quoted()
		case ',':
			return p.s[start : p.i-1]
		case '(':
			p.pairs()
		}
	}
	return p.s[start:p.i]
}

func (p *parser) quoted() string {
	var b strings.Builder
	for p.i < len(p.s) {
		switch c := p.read(); c {
		case '\\':
			b.WriteByte(p.read())
		case '"':
			return b.String()
		default:
			b.WriteByte(c)
		}
	}
	return ""
}

func (p *parser) pairs() {
	level := 0
	for p.i < len(p.s) {
		switch p.read() {
		case '"':
			p.quoted()
		case '(':
			level++
		case ')':
			if level == 0 {
				return
			}
			level--
		}
	}
}

// Known are the options that bun reads, on a field and on bun.BaseModel; inherit and extend stand on an embedded struct.
var (
	Known = sqllex.Set("column alt type array hstore composite multirange json_use_number msgpack notnull nullzero default unique soft_delete scanonly skipupdate " +
		"pk autoincrement rel join join_on on_update on_delete m2m polymorphic identity embed inherit extend allowzero")
	KnownOfTable = sqllex.Set("table alias select")
)

// Underscore returns the name of a column for a Go name (internal/underscore.go).
func Underscore(s string) string {
	upper := func(c byte) bool { return c >= 'A' && c <= 'Z' }
	lower := func(c byte) bool { return c >= 'a' && c <= 'z' }
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !upper(c) {
			b.WriteByte(c)
			continue
		}
		if i > 0 && i+1 < len(s) && (lower(s[i-1]) || lower(s[i+1])) {
			b.WriteByte('_')
		}
		b.WriteByte(c + 32)
	}
	return b.String()
}

// plural is the inflector of bun's tables.
func plural(s string) string { return inflection.Plural(s) }
