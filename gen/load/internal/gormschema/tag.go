package gormschema

import (
	"go/types"
	"iter"
	"strings"
)

// Setting is one key of a gorm tag. Value is the key itself where it has none.
type Setting struct {
	Value string
	Path  []*types.Var // the field whose tag it is in, which may be outside of the struct that it works in
	At    int          // of the key, in bytes of the tag
}

// settings are the keys of a tag, which are few, in capitals.
type settings []keyed

type keyed struct {
	key string
	Setting
}

func (s settings) get(key string) (Setting, bool) {
	for i := range s {
		if s[i].key == key {
			return s[i].Setting, true
		}
	}
	return Setting{}, false
}

func (s settings) has(key string) bool     { _, ok := s.get(key); return ok }
func (s settings) value(key string) string { v, _ := s.get(key); return v.Value }

// put sets a key; the last one counts.
func (s *settings) put(key string, v Setting) {
	for i := range *s {
		if (*s)[i].key == key {
			(*s)[i].Setting = v
			return
		}
	}
	*s = append(*s, keyed{key, v})
}

// truth is utils.CheckTruth of gorm: the first value that is there and not false.
func (s settings) truth(keys ...string) bool {
	for _, k := range keys {
		if v := s.value(k); v != "" && !strings.EqualFold(v, "false") {
			return true
		}
	}
	return false
}

// splitTag cuts at a separator that has no backslash before it (ParseTagSetting of utils.go), and yields each part with its place.
func splitTag(tag, sep string) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		part, begin, at := "", 0, 0
		for piece := range strings.SplitSeq(tag, sep) {
			if before, goesOn := strings.CutSuffix(part, `\`); goesOn {
				part = before + sep + piece
			} else {
				if at > 0 && !yield(begin, part) {
					return
				}
				part, begin = piece, at
			}
			at += len(piece) + len(sep)
		}
		yield(begin, part)
	}
}

// parseTag is ParseTagSetting of gorm.
func parseTag(tag, sep string, path []*types.Var) settings {
	if tag == "" {
		return nil
	}
	all := make(settings, 0, 1+strings.Count(tag, sep))
	for at, text := range splitTag(tag, sep) {
		word, value, has := strings.Cut(text, ":")
		key := strings.TrimSpace(strings.ToUpper(word))
		at += len(word) - len(strings.TrimLeft(word, " \t\n"))
		switch {
		case has:
			all.put(key, Setting{strings.ReplaceAll(value, `\"`, `"`), path, at})
		case key != "":
			all.put(key, Setting{key, path, at})
		}
	}
	return all
}

// Keys yields the keys of a gorm tag as they are written, with their places in it.
func Keys(tag string) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		for at, text := range splitTag(tag, ";") {
			word, _, _ := strings.Cut(text, ":")
			if key := strings.TrimSpace(word); key != "" && !yield(at+strings.Index(word, key), key) {
				return
			}
		}
	}
}

// Known are the keys that gorm reads.
var Known = map[string]bool{
	"COLUMN": true, "TYPE": true, "SIZE": true, "PRECISION": true, "SCALE": true, "PRIMARYKEY": true, "PRIMARY_KEY": true, "AUTOINCREMENT": true,
	"AUTOINCREMENTINCREMENT": true, "NOT NULL": true, "NOTNULL": true, "NULL": true, "DEFAULT": true, "UNIQUE": true, "INDEX": true, "UNIQUEINDEX": true,
	"CHECK": true, "COMMENT": true, "GENERATED": true, "SERIALIZER": true, "JSON": true, "EMBEDDED": true, "EMBEDDEDPREFIX": true, "-": true,
	"->": true, "<-": true, "AUTOCREATETIME": true, "AUTOUPDATETIME": true, "FOREIGNKEY": true, "REFERENCES": true, "CONSTRAINT": true,
	"MANY2MANY": true, "JOINFOREIGNKEY": true, "JOINREFERENCES": true, "POLYMORPHIC": true, "POLYMORPHICTYPE": true, "POLYMORPHICID": true,
	"POLYMORPHICVALUE": true, "BELONGSTO": true, "SOFTDELETE": true, "DELETEDATFIELD": true,
}

// columns cuts a list of names at its commas (toColumns of utils.go).
func columns(list string) []string {
	if list == "" {
		return nil
	}
	var all []string
	for name := range strings.SplitSeq(list, ",") {
		all = append(all, strings.TrimSpace(name))
	}
	return all
}
