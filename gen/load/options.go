package load

import (
	"go/token"
	"maps"
	"slices"
	"strings"
)

// What may stand behind a word of a column's tag.
const (
	asFlag     = 1 << iota // nothing
	asValue                // a value
	perDialect             // a dialect: type.sqlite
	repeated               // another one of the same word, with another value
)

// columnWords are the options of a column.
var columnWords = map[string]int{
	"pk": asFlag, "identity": asFlag, "null": asFlag, "notnull": asFlag, "json": asFlag, "array": asFlag, "enum": asFlag | asValue,
	"unique": asFlag | asValue | repeated | perDialect, "index": asFlag | asValue | repeated | perDialect, "deferrable": asFlag | asValue, "embed": asFlag | asValue,
	"type": asValue | perDialect, "default": asValue | perDialect, "size": asValue, "check": asValue | repeated | perDialect, "fk": asValue, "ondelete": asValue, "onupdate": asValue,
	"was": asValue, "generated": asValue, "collate": asValue | perDialect, "comment": asValue, "many2many": asValue,
}

// aliases are words of other tools that mean the same.
var aliases = map[string]string{"autoincrement": "identity", "autoincr": "identity"}

// borrowed are options of other libraries' tags that are too far from ours to be taken for a slip of the pen.
var borrowed = map[string]string{
	"primary": "pk", "primarykey": "pk", "primary_key": "pk", "key": "pk", "auto": "identity", "auto_increment": "identity", "serial": "identity",
	"required": "notnull", "not_null": "notnull", "not null": "notnull", "nullable": "null", "len": "size", "length": "size", "max": "size", "limit": "size",
	"ref": "fk", "references": "fk", "foreignkey": "fk", "foreign_key": "fk", "rel": "fk", "uniqueindex": "unique", "jsonb": "json",
}

// tableWords are the tag keys of blank fields, with their options.
var tableWords = map[string]map[string]int{
	"table": {"was": asValue, "comment": asValue, "unlogged": asFlag, "with": asValue, "partition": asValue, "rls": asFlag | asValue, "strict": asFlag, "withoutrowid": asFlag,
		"distribute": asValue, "reference": asFlag, "colocate": asValue},
	"pk": {"name": asValue},
	"index": {"name": asValue, "where": asValue | perDialect, "using": asValue | perDialect, "include": asValue | perDialect, "opclass": asValue | perDialect,
		"nullsnotdistinct": asFlag | perDialect, "was": asValue},
	"unique": {"name": asValue, "where": asValue | perDialect, "using": asValue | perDialect, "include": asValue | perDialect, "opclass": asValue | perDialect,
		"nullsnotdistinct": asFlag | perDialect, "deferrable": asFlag | asValue | perDialect, "was": asValue},
	"check":   {"name": asValue, "was": asValue},
	viewWord:  {partialWord: asFlag},
	"exclude": {"name": asValue, "was": asValue, "where": asValue, "using": asValue, "deferrable": asFlag | asValue},
	"fk":      {"name": asValue, "ondelete": asValue, "onupdate": asValue, "deferrable": asFlag | asValue, "was": asValue},
}

// contradictions are pairs of options that cannot both be true.
var contradictions = [][2]string{
	{"null", "notnull"}, {"pk", "null"}, {"identity", "null"}, {"identity", "default"}, {"identity", "generated"}, {"generated", "default"},
	{"json", "array"}, {"json", "enum"}, {"json", "size"}, {"array", "size"}, {"enum", "size"}, {"enum", "type"}, {"size", "type"},
	{"json", "identity"}, {"array", "identity"}, {"enum", "identity"}, {"pk", "generated"},
}

// options are the checked options of one tag.
type options []option

// checkOptions refuses words that are not in words, values where none belong, and what is there twice.
func (l *loader) checkOptions(list []option, words map[string]int) options {
	var good options
	for _, o := range list {
		if a := aliases[o.word]; a != "" && words[a] != 0 {
			o.word = a
		}
		kind, ok := words[o.word]
		switch {
		case o.word != "comment" && !l.checkSeen(o.at):
			continue
		case !ok:
			l.failf(o.at.pos, "unknown option %q%s", o.word, l.wordHint(o.word, words))
			if o.at.exact {
				l.fixable(o.at.pos, o.word, nearWord(o.word, words))
			}
			continue
		case o.dialect != "" && kind&perDialect == 0:
			l.failf(o.at.pos, "%s cannot be narrowed to a dialect%s", o.word, narrowable(words))
			continue
		case o.dialect != "" && l.dialectNames[o.dialect] == "":
			l.failf(o.at.pos, "unknown dialect %q in %s.%s%s", o.dialect, o.word, o.dialect, didYouMean(o.dialect, slices.Sorted(maps.Keys(l.dialectNames))))
			if o.at.exact && strings.HasPrefix(o.at.s, o.word+"."+o.dialect) {
				l.fixable(o.at.pos+token.Pos(len(o.word)+1), o.dialect, nearest(o.dialect, slices.Sorted(maps.Keys(l.dialectNames)), reach(o.dialect)))
			}
			continue
		case o.has && kind&asValue == 0:
			l.failf(o.at.pos, "%s takes no value", o.word)
			continue
		case !o.has && kind&asFlag == 0:
			l.failf(o.at.pos, "%s needs a value: %s:...", o.word, o.word)
			continue
		case o.has && o.value.s == "" && !(o.quoted && (o.word == "default" || o.word == "comment")):
			l.failf(o.at.pos, "the value of %s is empty%s", o.word, map[bool]string{true: "; the empty text is written default:''"}[o.word == "default"])
			continue
		}
		o.dialect = l.dialectNames[o.dialect]
		if before, ok := good.same(o); ok && (kind&repeated == 0 || before.value.s == o.value.s) {
			l.failf(o.at.pos, "%s is given twice", o.name())
			continue
		}
		good = append(good, o)
	}
	return good
}

// narrowable says which words can stand for one dialect.
func narrowable(words map[string]int) string {
	var can []string
	for _, w := range slices.Sorted(maps.Keys(words)) {
		if words[w]&perDialect != 0 {
			can = append(can, w)
		}
	}
	if len(can) == 0 {
		return ""
	}
	return "; what can is " + strings.Join(can, ", ")
}

func (l *loader) wordHint(word string, words map[string]int) string {
	known := slices.Sorted(maps.Keys(words))
	if name, value, ok := strings.Cut(word, "="); ok && words[name]&asValue != 0 {
		return ": write " + name + ":" + value
	}
	if n := nearWord(word, words); n != "" {
		return ": did you mean " + n + "?"
	}
	if _, inIndex := tableWords["unique"][word]; inIndex && words["pk"] != 0 {
		return ": it belongs in an index or unique tag on a blank field: _ struct{} `index:\"...\"`"
	}
	if ours := borrowed[strings.ToLower(word)]; words[ours] != 0 {
		return ": it is " + ours + " here"
	}
	return didYouMean(word, known)
}

// nearWord returns the option that somebody who wrote word may have meant, or "".
func nearWord(word string, words map[string]int) string {
	if strings.Contains(word, "=") { // the value would be lost
		return ""
	}
	return nearest(word, append(slices.Sorted(maps.Keys(words)), slices.Sorted(maps.Keys(aliases))...), reach(word))
}

// contradicting notes pairs of options that exclude each other.
func (l *loader) contradicting(opts options) {
	if len(opts) < 2 {
		return
	}
	for _, c := range contradictions {
		if o, ok := opts.get(c[1]); ok && opts.has(c[0]) {
			l.failf(o.at.pos, "%s contradicts %s", c[1], c[0])
		}
	}
}

// is reports whether the option has this word with this value, which is not in quotes.
func (o option) is(word, value string) bool { return o.word == word && o.value.s == value && !o.quoted }

func (o option) name() string {
	if o.dialect != "" {
		return o.word + "." + o.dialect
	}
	return o.word
}

func (opts options) same(o option) (*option, bool) {
	for i := range opts {
		if p := &opts[i]; p.word == o.word && p.dialect == o.dialect {
			return p, true
		}
	}
	return nil, false
}

// get returns the first option of the word for all dialects.
func (opts options) get(word string) (*option, bool) {
	for i := range opts {
		if p := &opts[i]; p.word == word && p.dialect == "" {
			return p, true
		}
	}
	return nil, false
}

func (opts options) has(word string) bool {
	_, ok := opts.get(word)
	return ok
}

// value returns the text behind the word, or "".
func (opts options) value(word string) string {
	if o, ok := opts.get(word); ok {
		return o.value.s
	}
	return ""
}

// pos returns the place of the word, or else the other place.
func (opts options) pos(word string, other token.Pos) token.Pos {
	if o, ok := opts.get(word); ok {
		return o.at.pos
	}
	return other
}
