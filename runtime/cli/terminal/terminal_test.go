package terminal

import (
	"os"
	"strings"
	"testing"
)

func TestCut(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  string
	}{
		{"0002_slug: Fill products.slug", 0, "0002_slug: Fill products.slug"},
		{"0002_slug", 9, "0002_slug"},
		{"0002_slugs", 9, "0002_s..."},
		{"0002_slugs", 2, ".."},
		{"größe ändern", 8, "größe..."},
		{"\u8868\u306e\u540d\u524d", 8, "\u8868\u306e\u540d\u524d"},
		{"\u8868\u306e\u540d\u524d", 7, "\u8868\u306e..."},
		{"e\u0301e\u0301e\u0301", 3, "e\u0301e\u0301e\u0301"},
	} {
		if got := Cut(c.text, c.width); got != c.want {
			t.Errorf("Cut(%q, %d) is %q, not %q", c.text, c.width, got, c.want)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		text          string
		width, indent int
		want          string
	}{
		{"one two three", 0, 2, "one two three"},
		{"one two three", 8, 2, "one two\n  three"},
		{"one two\nthree four five", 10, 2, "one two\nthree four\n  five"},
		{"  indented line here", 12, 4, "  indented\n    line\n    here"},
		{"a word_that_is_longer_than_the_line b", 10, 2, "a\n  word_that_is_longer_than_the_line\n  b"},
		{"end\n", 10, 2, "end\n"},
		{"", 10, 2, ""},
	} {
		got := Wrap(c.text, c.width, c.indent)
		if got != c.want {
			t.Errorf("Wrap(%q, %d, %d) is %q, not %q", c.text, c.width, c.indent, got, c.want)
		}
		if strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(c.text), " ") {
			t.Errorf("Wrap(%q) lost a word: %q", c.text, got)
		}
	}
}

// TestNoTerminal: a file, the null device and a buffer have neither a width nor colours.
func TestNoTerminal(t *testing.T) {
	t.Setenv("CLICOLOR_FORCE", "")
	t.Setenv("FORCE_COLOR", "")
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	file, err := os.Create(t.TempDir() + "/out")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if Is(null) || Width(file) != 0 || Colours(null) || Is(new(strings.Builder)) || Width((*os.File)(nil)) != 0 {
		t.Error("something is taken for a terminal that is none")
	}
	if got := Paint(false, Red, "x") + Paint(true, Red, "") + Paint(true, Red, "y"); got != "x\x1b[31my\x1b[0m" {
		t.Errorf("%q", got)
	}
}

// TestColoursIn: what decides, in its order, for a writer that is no terminal.
func TestColoursIn(t *testing.T) {
	for _, c := range []struct {
		mode                               Mode
		noColor, clicolorForce, forceColor string
		term                               string
		want                               bool
	}{
		{"", "", "", "", "xterm", false},
		{Auto, "", "", "", "xterm", false},
		{Auto, "", "1", "", "xterm", true},
		{Auto, "", "", "1", "xterm", true},
		{Auto, "", "0", "", "xterm", false},
		{Auto, "", "0", "0", "xterm", false},
		{Auto, "", "0", "3", "xterm", true},
		{Auto, "", "", "1", "dumb", true},
		{Auto, "1", "1", "1", "xterm", false},
		{Always, "1", "", "", "dumb", true},
		{Never, "", "1", "1", "xterm", false},
	} {
		t.Setenv("NO_COLOR", c.noColor)
		t.Setenv("CLICOLOR_FORCE", c.clicolorForce)
		t.Setenv("FORCE_COLOR", c.forceColor)
		t.Setenv("TERM", c.term)
		if got := ColoursIn(c.mode, new(strings.Builder)); got != c.want {
			t.Errorf("%+v: %t", c, got)
		}
	}
	if _, err := ParseMode("yes"); err == nil {
		t.Error("yes is taken for a mode")
	}
}
