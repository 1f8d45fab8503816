// Package terminal knows what the terminal at the other end of a writer shows: how wide it is, and whether it has colours; and how much room a text
// takes there. Both command lines, that of the program and modelgen, write through it. It reads nothing and moves no cursor.
package terminal

import (
	"cmp"
	"errors"
	"io"
	"os"
	"strconv"
)

// Is reports whether w writes to a terminal: not to a file, a pipe or the null device.
func Is(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok || f == nil {
		return false
	}
	_, _, ok = size(f)
	return ok
}

// Width returns the number of columns of the terminal that w writes to, 0 when it is none. The environment variable COLUMNS wins when it is a
// positive number; a terminal that does not know its width has 80.
func Width(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok || f == nil {
		return 0
	}
	columns, _, ok := size(f)
	if !ok {
		return 0
	}
	asked, _ := strconv.Atoi(os.Getenv("COLUMNS"))
	return cmp.Or(max(asked, 0), columns, 80)
}

// Rows returns the number of rows of the terminal that w writes to, 0 when it is none; one that does not know has 24.
func Rows(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok || f == nil {
		return 0
	}
	_, rows, ok := size(f)
	if !ok {
		return 0
	}
	return cmp.Or(rows, 24)
}

// Redraws reports whether w writes to a terminal on which a line can be written over: not where TERM is dumb, nor on a console that does not know
// escape sequences, as those of Windows before 10.
func Redraws(w io.Writer) bool {
	return Is(w) && os.Getenv("TERM") != "dumb" && enable(w.(*os.File))
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

const reset = "\x1b[0m"

// Paint returns the text in a style when on is set, else as it is.
func Paint(on bool, style Style, text string) string {
	if !on || text == "" {
		return text
	}
	return "\x1b[" + string(style) + "m" + text + reset
}
