package terminal

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Columns returns how many columns a text without control characters takes.
func Columns(text string) int {
	n := 0
	for _, r := range text {
		n += columns(r)
	}
	return n
}

// emoji are the characters below U+2E80 that are drawn as pictures, two columns wide (Unicode, emoji-data, Emoji_Presentation).
var emoji = &unicode.RangeTable{R16: []unicode.Range16{
	{0x231a, 0x231b, 1}, {0x23e9, 0x23ec, 1}, {0x23f0, 0x23f3, 3}, {0x25fd, 0x25fe, 1}, {0x2614, 0x2615, 1}, {0x2648, 0x2653, 1}, {0x267f, 0x2693, 0x14},
	{0x26a1, 0x26aa, 9}, {0x26ab, 0x26bd, 0x12}, {0x26be, 0x26c4, 6}, {0x26c5, 0x26ce, 9}, {0x26d4, 0x26ea, 0x16}, {0x26f2, 0x26f3, 1}, {0x26f5, 0x26fa, 5},
	{0x26fd, 0x2705, 8}, {0x270a, 0x270b, 1}, {0x2728, 0x274c, 0x24}, {0x274e, 0x2753, 5}, {0x2754, 0x2755, 1}, {0x2757, 0x2795, 0x3e}, {0x2796, 0x2797, 1},
	{0x27b0, 0x27bf, 0xf}, {0x2b1b, 0x2b1c, 1}, {0x2b50, 0x2b55, 5},
}}

// columns is 2 for characters that East Asian fonts draw in two columns (Unicode, UAX #11), 0 for marks on the one before.
func columns(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case r < 0x1100:
		return 1
	case unicode.Is(emoji, r), r >= 0x1100 && r <= 0x115f, r >= 0x2e80 && r <= 0xa4cf, r >= 0xac00 && r <= 0xd7a3, r >= 0xf900 && r <= 0xfaff,
		r >= 0xfe30 && r <= 0xfe6f, r >= 0xff00 && r <= 0xff60, r >= 0xffe0 && r <= 0xffe6, r >= 0x1f300 && r <= 0x1faff, r >= 0x20000 && r <= 0x3fffd:
		return 2
	}
	return 1
}

// OneLine returns the text without what would move the cursor: each control character, such as the end of a line, is a space, and several are one.
func OneLine(text string) string {
	if !strings.ContainsFunc(text, unicode.IsControl) {
		return text
	}
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsControl(r) || r == ' ' }), " ")
}

// Cut returns the text in at most so many columns; what is cut off ends in "...". A width of 0 is no limit.
func Cut(text string, width int) string {
	if width <= 0 || Columns(text) <= width {
		return text
	}
	const dots = "..."
	room := width - len(dots)
	if room <= 0 {
		return dots[:width]
	}
	n := 0
	for i, r := range text {
		if n += columns(r); n > room {
			return text[:i] + dots
		}
	}
	return text
}

// Wrap breaks the lines of a text at spaces, so that they fit into so many columns; what is continued is indented by so many spaces. A word
// that is too long stays whole, as it may be there to be copied. A width of 0 is no limit.
func Wrap(text string, width, indent int) string {
	if width <= 0 {
		return text
	}
	indent = min(indent, width/2)
	var out strings.Builder
	for line := range strings.Lines(text) {
		line, end, _ := cutEnd(line)
		at := 0
		lead := len(line) - len(strings.TrimLeft(line, " "))
		for i, word := range strings.Split(line[lead:], " ") {
			n := Columns(word)
			switch {
			case i == 0:
				out.WriteString(line[:lead])
				at = lead
			case at+1+n > width:
				out.WriteString("\n" + strings.Repeat(" ", indent))
				at = indent
			default:
				out.WriteByte(' ')
				at++
			}
			out.WriteString(word)
			at += n
		}
		out.WriteString(end)
	}
	return out.String()
}

func cutEnd(line string) (text, end string, ended bool) {
	if r, n := utf8.DecodeLastRuneInString(line); r == '\n' {
		return line[:len(line)-n], "\n", true
	}
	return line, "", false
}
