package load

import (
	"go/token"
	"maps"
	"slices"
	"strings"
)

// The tags of blank fields that can stand for one dialect: index.postgres:"...".
var narrowTags = map[string]bool{"index": true, "unique": true, "check": true}

// tagDialect reads the dialect behind the dot of a blank field's key; ok is false when there is a problem, which is noted.
func (m *model) tagDialect(key, suffix string, pos token.Pos) (dialect string, ok bool) {
	known := slices.Sorted(maps.Keys(m.l.dialectNames))
	switch {
	case !narrowTags[key]:
		m.l.failf(pos, "%s cannot be narrowed to a dialect; what can is %s", key, strings.Join(slices.Sorted(maps.Keys(narrowTags)), ", "))
		return "", false
	case m.l.dialectNames[suffix] == "":
		m.l.failf(pos, "unknown dialect %q in %s.%s%s", suffix, key, suffix, didYouMean(suffix, known))
		return "", false
	}
	return m.l.dialectNames[suffix], true
}

// variant is a tag of a blank field as one dialect has it.
type variant struct {
	opts options
	only string // "" is every dialect
}

// variants returns the tag for each dialect of the project where one of its options stands for one dialect: the option for the dialect replaces
// the plain one. Without such an option that is the tag itself.
func (m *model) variants(t tableTag) []variant {
	narrowed := false
	for _, o := range t.opts {
		if o.dialect == "" {
			continue
		}
		narrowed = true
		if t.only != "" && o.dialect != t.only {
			m.l.failf(o.at.pos, "%s is for %s in a tag that is for %s alone", o.name(), o.dialect, t.only)
			return nil
		}
	}
	if !narrowed {
		return []variant{{t.opts, t.only}}
	}
	each := []string{t.only}
	if t.only == "" {
		each = m.l.dialects()
	}
	var all []variant
	for _, d := range each {
		var own options
		for _, o := range t.opts {
			_, replaced := t.opts.same(option{word: o.word, dialect: d})
			if o.dialect == "" && !replaced || o.dialect == d {
				o.dialect = ""
				own = append(own, o)
			}
		}
		all = append(all, variant{own, d})
	}
	return all
}
