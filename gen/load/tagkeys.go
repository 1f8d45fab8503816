package load

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/modelgen/modelgen/runtime/schema"
)

// A key of a struct tag that nobody reads is no mistake to the compiler. What is like one of ours, and what stands on a blank field of a model, was
// meant for us.

// others are keys of tags that other packages read from blank fields.
var others = strings.Fields("json xml yaml toml bson cbor codec msgpack msg gob asn1 protobuf avro parquet arrow csv form query uri url header " +
	"gorm bun pg xorm orm reform sql db validate binding schema jsonschema swagger swaggertype openapi graphql dynamodbav firestore datastore spanner bigquery")

// checkKey notes what is wrong with a key that is none of ours, and reports whether something is.
func (l *loader) checkKey(kv keyValue, blank bool, pos token.Pos) bool {
	ours := append(slices.Sorted(maps.Keys(tableWords)), l.cfg.Tag, tool)
	key, suffix, narrow := strings.Cut(kv.key, ".")
	place := "on a blank field"
	if !blank {
		place = "on a field"
	}
	if r, _ := unseen(kv.key); r != 0 {
		l.failf(pos, "the tag key %q holds %s", kv.key, called(r))
		return true
	}
	n := alike(key, ours)
	if n == "" && blank {
		n = nearest(key, ours[:len(tableWords)], min(2, reach(key)))
	} else if n == "" {
		n = nearest(key, slices.DeleteFunc(ours, func(w string) bool { return len(w) < 5 }), 1)
	}
	_, onTable := tableWords[key]
	switch {
	case !blank && key == viewWord:
		return false // others call something so
	case !blank && onTable && key != "table":
		l.failf(pos, "the tag %s belongs on a blank field, as in _ struct{} `%s:\"...\"`, or, for this column alone, into its %s tag", kv.key, key, l.cfg.Tag)
	case !blank && key == "table":
		return false // what it may mean depends on the struct
	case n == key:
		l.failf(pos, "the tag %s cannot be narrowed to a dialect; its options can, as in type.%s:...", key, suffix)
	case slices.Contains(others, key) && n == "":
		return false
	case n != "":
		if narrow {
			n += "." + suffix
		}
		l.failf(pos, "unknown tag %s %s: did you mean %s?", kv.key, place, n)
		if kv.value.exact {
			l.fixable(kv.value.pos-token.Pos(len(kv.key+`:"`)), kv.key, n)
		}
	case blank && key == "exclude":
		l.failf(pos, "unknown tag %s on a blank field: an exclusion constraint is made with SQL, in a step by hand", kv.key)
	case blank:
		l.failf(pos, "unknown tag %s on a blank field: there is %s; %s:\"-\" beside it leaves the field to whoever reads that", kv.key, some(ours[:len(tableWords)]), tool)
	default:
		return false
	}
	return true
}

// alike returns the word that a key is but for the case of its letters, its punctuation, or two letters that have changed places.
func alike(key string, words []string) string {
	bare := strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(key))
	for _, w := range words {
		if bare == w || len(w) == 2 && bare == w[1:]+w[:1] {
			return w
		}
	}
	return ""
}

// mayBeTable reports whether the tag of a blank field was meant to make its struct a model, and notes what keeps it from that.
func (l *loader) mayBeTable(f *ast.Field) bool {
	tag := f.Tag.Value
	if strings.Contains(strings.ToLower(tag), "table") {
		raw, ok := unquoteTag(f)
		if _, err := splitStructTag(raw); ok && err != nil {
			l.fail(f.Tag.Pos(), err)
			return true
		}
	}
	for _, kv := range l.tagOf(f) {
		key, _, _ := strings.Cut(kv.key, ".")
		if n := nearest(key, []string{"table", viewWord}, 1); n != "" && kv.key != n || strings.Map(dropUnseen, kv.key) != kv.key {
			return l.checkKey(kv, true, f.Tag.Pos())
		}
	}
	return false
}

// checkText notes what no database or no reader can make sense of in the value of a tag of ours.
func (l *loader) checkText(key string, value text) bool {
	if !utf8.ValidString(value.s) || strings.ContainsRune(value.s, 0) {
		l.failf(value.pos, "the tag %s holds bytes that are not UTF-8 text", key)
		return false
	}
	return true
}

// checkSeen notes a character that cannot be seen in a part of a tag, outside of '...'.
func (l *loader) checkSeen(t text) bool {
	for i := 0; i < len(t.s); i++ {
		if t.s[i] == '\'' {
			if end := skipQuoted(t.s, i); end > 0 {
				i = end - 1
				continue
			}
		}
		if r, at := unseen(t.s[i:]); at == 0 && r != 0 {
			l.failf(t.at(i), "%q holds %s", t.s, called(r))
			return false
		}
	}
	return true
}

// checkName notes what is wrong with a name in a tag: more than a database would refuse, as nobody could find out later why there are two of it.
func (l *loader) checkName(what string, name text, check func(string) error) bool {
	if why := notPlain(name.s); why != "" {
		l.failf(name.pos, "%s: the name %s", what, why)
		return false
	}
	return l.checkQuoted(what, name, check)
}

// notPlain says why a name cannot stand in a tag without quotes, "" when it can.
func notPlain(name string) string {
	if i := strings.IndexAny(name, ";|:="); i >= 0 {
		return fmt.Sprintf("%q holds %q: a comma stands between a name and its options", name, name[i:i+1])
	}
	if first, words := wordsBehind(name); len(words) > 0 {
		return fmt.Sprintf("is %q: did you mean %s,%s?", name, first, strings.Join(words, ","))
	}
	return ""
}

// wordsBehind cuts a name at its first blank when all behind it are words of tags.
func wordsBehind(name string) (first string, words []string) {
	first, rest, blank := strings.Cut(name, " ")
	words = strings.Fields(rest)
	if !blank || slices.ContainsFunc(words, func(w string) bool { w, _, _ = strings.Cut(w, ":"); return columnWords[w] == 0 && aliases[w] == "" }) {
		return first, nil
	}
	return first, words
}

// CheckName returns why a tag cannot hold the name of a column, or of a table without its schema; nil when it can.
func CheckName(name string) error {
	if err := schema.CheckName(name); err != nil {
		return err
	}
	if i := strings.IndexAny(name, ";|:=,\"'()"); i >= 0 {
		return fmt.Errorf("the name %q holds %q, which means something else there", name, name[i:i+1])
	}
	if r, _ := unseen(name); r != 0 {
		return fmt.Errorf("the name %q holds %s", name, called(r))
	}
	if _, words := wordsBehind(name); len(words) > 0 {
		return fmt.Errorf("%s behind a blank is taken for an option", strings.Join(words, ", "))
	}
	if name == "-" {
		return errors.New("a single - leaves a field out")
	}
	return nil
}

// checkQuoted notes what is wrong with a name that stands in quotes, so that no option can be meant by a part of it.
func (l *loader) checkQuoted(what string, name text, check func(string) error) bool {
	if r, _ := unseen(name.s); r != 0 {
		l.failf(name.pos, "%s: the name %q holds %s", what, name.s, called(r))
		return false
	}
	if err := check(name.s); err != nil {
		l.failf(name.pos, "%s: %s", what, err)
		return false
	}
	return true
}

// unseen returns the first character that cannot be seen or looks like a plain blank, and where it is; 0 when there is none. A newline and a tab
// are white space that everybody expects.
func unseen(s string) (rune, int) {
	for i, r := range s {
		if dropUnseen(r) < 0 {
			return r, i
		}
	}
	return 0, -1
}

// fillers are letters and marks without a form of their own.
const fillers = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"

func dropUnseen(r rune) rune {
	if r > unicode.MaxLatin1 && (unicode.In(r, unicode.Cf, unicode.Zs, unicode.Zl, unicode.Zp, unicode.Variation_Selector) || strings.ContainsRune(fillers, r)) || r == '\u00a0' || r == '\u00ad' {
		return -1
	}
	return r
}

// called names a character that cannot be printed.
func called(r rune) string { return fmt.Sprintf("U+%04X, which cannot be seen", r) }

// checkValues notes constants that no database can hold.
func (l *loader) checkValues(values []constantValue) bool {
	good := true
	for _, v := range values {
		if !utf8.ValidString(v.val) || strings.ContainsRune(v.val, 0) {
			l.failf(v.pos, "constant %s = %q is no text that a database can hold", v.name, v.val)
			good = false
		}
	}
	return good
}
