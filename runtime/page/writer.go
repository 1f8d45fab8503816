package page

import (
	"fmt"
	"strconv"
	"strings"
)

// markup is text with tags, which is written as it is. Only constants of this package become markup: what comes from outside is text.
type markup string

// writer writes markup and escapes everything else. It stands in the place of html/template, which would add a megabyte to every program that has migrations.
type writer struct {
	strings.Builder
	inTag bool // what is written next is a part of a tag, as the value of an attribute is
}

// p writes markup in which each % stands for one argument: a number, markup, or a text, which is escaped for its place: between tags, or in an
// attribute with double quotes.
func (w *writer) p(format markup, args ...any) {
	rest := string(format)
	for _, a := range args {
		before, after, ok := strings.Cut(rest, "%")
		if !ok {
			panic("page: more arguments than places in " + string(format))
		}
		w.markup(before)
		rest = after
		switch a := a.(type) {
		case markup:
			w.WriteString(string(a))
		case string:
			w.text(a)
		case int:
			w.WriteString(strconv.Itoa(a))
		default:
			panic(fmt.Sprintf("page: an argument of type %T", a))
		}
	}
	if strings.Contains(rest, "%") {
		panic("page: too few arguments for " + string(format))
	}
	w.markup(rest)
}

// cells writes cells of a table, but none behind the last that holds something.
func (w *writer) cells(all ...func(*writer)) {
	empty := 0
	for _, write := range all {
		cell := new(writer)
		if write(cell); cell.Len() == 0 {
			empty++
			continue
		}
		for range empty {
			w.p("<td>")
		}
		w.p("<td>%", markup(cell.String()))
		empty = 0
	}
}

func (w *writer) markup(s string) {
	if i := strings.LastIndexAny(s, "<>"); i >= 0 {
		w.inTag = s[i] == '<'
	}
	w.WriteString(s)
}

func (w *writer) text(s string) {
	s = visible(s)
	from := 0
	for i := range len(s) {
		if as := escaped(s[i], w.inTag); as != "" {
			w.WriteString(s[from:i])
			w.WriteString(as)
			from = i + 1
		}
	}
	w.WriteString(s[from:])
}

// escaped returns what stands for a character in a text, or in the value of an attribute; "" is the character itself.
func escaped(c byte, attribute bool) string {
	switch {
	case c == '&':
		return "&amp;"
	case c == '<':
		return "&lt;"
	case c == '>':
		return "&gt;"
	case attribute && c == '"':
		return "&#34;"
	case attribute && c == '\'':
		return "&#39;"
	}
	return ""
}

// visible returns a text in which nothing is hidden: control characters and those that turn the direction of writing are shown as escapes, so that a name
// cannot look like another one.
func visible(s string) string {
	plain := func(r rune) bool {
		switch {
		case r == '\n', r == '\t':
			return true
		case r < 0x20, r >= 0x7f && r < 0xa0, r == 0x061c, r >= 0x200b && r <= 0x200f, r >= 0x2028 && r <= 0x202e, r >= 0x2060 && r <= 0x206f, r == 0xfeff, r == 0xfffd:
			return false
		}
		return true
	}
	if strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if plain(r) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// anchor returns a name as a part of the address of a place in the page: letters, digits, dots, dashes and underscores stay, every other byte is written
// as ~ and its number in hexadecimal digits.
func anchor(name string) string {
	var b strings.Builder
	for i := range len(name) {
		switch c := name[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '.', c == '-', c == '_':
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "~%02x", c)
		}
	}
	return b.String()
}

// count returns a number with its word.
func count(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}
