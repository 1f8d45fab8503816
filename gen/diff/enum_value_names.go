package diff

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/modelgen/modelgen/runtime/schema"
)

// A value of an enum, or a constant of a check, is any text, and stands in answers: mood.sad=gloomy. One that could be read in two ways there, or
// not be seen, is written in double quotes as in Go: look.""=none.

// valueText writes a value as answers have it.
func valueText(v string) string {
	if v == "" || v[0] == '"' || strings.ContainsAny(v, ".=\\") || strings.TrimSpace(v) != v || !utf8.ValidString(v) ||
		strings.ContainsFunc(v, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(v)
	}
	return v
}

// valueRename is the -rename flag of a value: owner is the enum, or the column with constants.
func valueRename(owner, from, to string) string {
	return "-rename " + Quote(owner+"."+valueText(from)+"="+valueText(to))
}

// unquoted reads a value as an answer has it: in quotes, or as it is.
func unquoted(text string) string {
	if strings.HasPrefix(text, `"`) {
		if v, err := strconv.Unquote(text); err == nil {
			return v
		}
	}
	return text
}

// valueRenames returns what a -rename of a value can mean, of which text is what stands behind the owner: from and to are among the old and the new
// values, and may have the sign that is between them in their own text. The owner may stand before the new one as well.
func valueRenames(text string, owners, old, new []string) [][2]string {
	var all [][2]string
	for i := range len(text) {
		if text[i] != '=' {
			continue
		}
		pairs := [][2]string{{unquoted(text[:i]), unquoted(text[i+1:])}, {text[:i], text[i+1:]}}
		for _, o := range owners {
			if to, ok := strings.CutPrefix(text[i+1:], o+"."); ok {
				pairs = append(pairs, [2]string{unquoted(text[:i]), unquoted(to)})
			}
		}
		for _, pair := range pairs {
			if slices.Contains(old, pair[0]) && slices.Contains(new, pair[1]) && !slices.Contains(all, pair) {
				all = append(all, pair)
			}
		}
	}
	return all
}

// valueAnswer reads a -rename as that of a value, as far as it can be read without the values.
func (d *differ) valueAnswer(flag string) (rename, bool) {
	for i, c := range flag {
		owner := flag[:i]
		if c != '.' || !d.hasValues(owner) {
			continue
		}
		rest := flag[i+1:]
		from, to, ok := strings.Cut(rest, "=")
		if q, err := strconv.QuotedPrefix(rest); err == nil && strings.HasPrefix(rest, `"`) {
			from, ok = unquoted(q), strings.HasPrefix(rest[len(q):], "=")
			to = strings.TrimPrefix(rest[len(q):], "=")
		}
		if ok {
			return rename{owner, from, unquoted(to), flag}, true
		}
	}
	return rename{}, false
}

// hasValues reports whether a name is that of an enum or of a column, and not of a table.
func (d *differ) hasValues(owner string) bool {
	if d.old.Table(owner) != nil || d.new.Table(owner) != nil {
		return false
	}
	return d.old.Enum(owner) != nil || d.new.Enum(owner) != nil || d.isColumn(owner)
}

// isColumn reports whether a name is that of a column, before or after.
func (d *differ) isColumn(name string) bool {
	i := strings.LastIndexByte(name, '.')
	return i > 0 && slices.ContainsFunc([]*schema.Table{d.old.Table(name[:i]), d.new.Table(name[:i])}, func(t *schema.Table) bool {
		return t != nil && t.Column(name[i+1:]) != nil
	})
}

// renamesOf returns the answers that rename values of an owner, which has one of two names.
func (d *differ) renamesOf(owner, was string, old, new []string) []rename {
	var out []rename
	for _, flag := range d.in.Answers.Renames {
		rest, ok := strings.CutPrefix(flag, owner+".")
		if !ok && was != "" {
			rest, ok = strings.CutPrefix(flag, was+".")
		}
		if !ok {
			continue
		}
		switch pairs := valueRenames(rest, []string{owner, was}, old, new); len(pairs) {
		case 0:
		case 1:
			out = append(out, rename{owner, pairs[0][0], pairs[0][1], flag})
		default:
			var ways []string
			for _, p := range pairs {
				ways = append(ways, valueRename(owner, p[0], p[1]))
			}
			d.fail(owner, "-rename %s can be read in several ways; write the values in quotes: %s", flag, strings.Join(ways, ", or "))
		}
	}
	return out
}

// valueDropped reports whether an answer says that no row holds a value. before is what stands before it: the enum and a dot, or the column
// and the sign of equality.
func (d *differ) valueDropped(before, v string) bool {
	for _, o := range d.in.Answers.Drops {
		if rest, ok := strings.CutPrefix(o, before); ok && (rest == v || unquoted(rest) == v && strings.HasPrefix(rest, `"`)) {
			return d.dropped(o)
		}
	}
	return false
}

func valueDrop(before, v string) string { return "-drop " + Quote(before+valueText(v)) }

// shownLiteral makes a literal fit for one line of a question.
func shownLiteral(literal string) string {
	if strings.ContainsFunc(literal, func(r rune) bool { return !unicode.IsPrint(r) }) {
		literal = strconv.Quote(unquote(literal))
	}
	const most = 80
	if r := []rune(literal); len(r) > most {
		return string(r[:most]) + "..."
	}
	return literal
}
