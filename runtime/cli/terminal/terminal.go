// Package terminal knows what the terminal at the other end of a writer shows: how wide it is, and whether it has colours. Both command lines,
// that of the program and modelgen, write through it. It reads nothing and moves no cursor.
package terminal

import (
	"cmp"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Is reports whether w writes to a terminal: not to a file, a pipe or the null device.
func Is(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok || f == nil {
		return false
	}
	_, ok = size(f)
	return ok
}

// Width returns the number of columns of the terminal that w writes to, 0 when it is none. The environment variable COLUMNS wins when it is a
// positive number; a terminal that does not know its width has 80.
func Width(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok || f == nil {
		return 0
	}
	columns, ok := size(f)
	if !ok {
		return 0
	}
	asked, _ := strconv.Atoi(os.Getenv("COLUMNS"))
	return cmp.Or(max(asked, 0), columns, 80)
}

// Mode says when there are colours.
type Mode string

// The modes. The zero Mode is Auto.
const (
	Auto   Mode = "auto"
	Always Mode = "always"
	Never  Mode = "never"
)

// ParseMode returns the mode of that name, or an error that lists them.
func ParseMode(name string) (Mode, error) {
	switch m := Mode(name); m {
	case Auto, Always, Never:
		return m, nil
	}
	return "", errors.New("it is auto, always or never")
}

// Colours reports whether w shows colours when nothing was asked for: [Auto] of [ColoursIn].
func Colours(w io.Writer) bool { return ColoursIn(Auto, w) }

// ColoursIn reports whether what is written to w has colours. Always and Never decide; in Auto the first of these does, as no-color.org and
// bixense.com/clicolors have it: NO_COLOR that is not empty says no, CLICOLOR_FORCE or FORCE_COLOR that is neither empty nor 0 says yes, TERM=dumb
// says no, and then a terminal has colours and nothing else has.
func ColoursIn(mode Mode, w io.Writer) bool {
	forced := mode == Always
	switch {
	case forced:
	case mode == Never, os.Getenv("NO_COLOR") != "":
		return false
	case isOn("CLICOLOR_FORCE"), isOn("FORCE_COLOR"):
		forced = true
	case os.Getenv("TERM") == "dumb":
		return false
	}
	shows := Is(w) && enable(w.(*os.File)) // a console is told even when colours are forced
	return forced || shows
}

func isOn(name string) bool {
	value := os.Getenv(name)
	return value != "" && value != "0"
}

// Style is how a text looks, as an escape sequence (ECMA-48, SGR).
type Style string

// The styles. They are the eight colours that a theme of the terminal sets, so that they are readable on each background.
const (
	Bold   Style = "1"
	Faint  Style = "2"
	Red    Style = "31"
	Green  Style = "32"
	Yellow Style = "33"
	Cyan   Style = "36"
)

// Paint returns the text in a style when on is set, else as it is.
func Paint(on bool, style Style, text string) string {
	if !on || text == "" {
		return text
	}
	return "\x1b[" + string(style) + "m" + text + "\x1b[0m"
}

// Columns returns how many columns a text without control characters takes.
func Columns(text string) int {
	n := 0
	for _, r := range text {
		n += columns(r)
	}
	return n
}

// columns is 2 for characters that East Asian fonts draw in two columns (Unicode, UAX #11), 0 for marks on the one before.
func columns(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case r >= 0x1100 && r <= 0x115f, r >= 0x2e80 && r <= 0xa4cf, r >= 0xac00 && r <= 0xd7a3, r >= 0xf900 && r <= 0xfaff,
		r >= 0xfe30 && r <= 0xfe6f, r >= 0xff00 && r <= 0xff60, r >= 0xffe0 && r <= 0xffe6, r >= 0x1f300 && r <= 0x1faff, r >= 0x20000 && r <= 0x3fffd:
		return 2
	}
	return 1
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
