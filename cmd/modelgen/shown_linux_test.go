package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/internal/ptytest"
	"github.com/modelgen/modelgen/runtime/cli/terminal"
)

// escapes are what colours are made of.
var escapes = regexp.MustCompile(`\x1b\[[0-9]*m`)

// TestSayOnTerminal: a terminal gets lines of its width and colours, anything else one line as it is.
func TestSayOnTerminal(t *testing.T) {
	const finding = "migrations/0002_drop_product_note.go:13: warning MG301: products.note and its data are gone: the previous release still reads it; " +
		"drop it in the release after the one that stops using it; modelgen lint -h says more"
	t.Setenv("TERM", "xterm")
	for _, noColour := range []string{"", "1"} {
		t.Setenv("NO_COLOR", noColour)
		slave, written := ptytest.Open(t, 72)
		e := env{stderr: slave, called: "go tool modelgen"}
		e.say(finding)
		text := strings.ReplaceAll(written(), "\r\n", "\n")
		plain := escapes.ReplaceAllString(text, "")
		if (plain == text) != (noColour != "") {
			t.Errorf("NO_COLOR=%q: %q", noColour, text)
		}
		for line := range strings.Lines(plain) {
			if n := terminal.Columns(strings.TrimSuffix(line, "\n")); n > 72 {
				t.Errorf("%d columns: %s", n, line)
			}
		}
		if got, want := strings.Join(strings.Fields(plain), " "), strings.ReplaceAll(finding, "; modelgen lint", "; go tool modelgen lint"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if noColour == "" && !strings.Contains(text, "\x1b[33mwarning MG301:\x1b[0m") {
			t.Errorf("the severity has no colour: %q", text)
		}
	}
	var out strings.Builder
	env{stderr: &out}.say(finding)
	if out.String() != finding+"\n" {
		t.Errorf("%q", out.String())
	}
	if got := colouredDiff("diff a b\n--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n z\n"); escapes.ReplaceAllString(got, "") != "diff a b\n--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n z\n" || strings.Count(got, "\x1b[0m") != 6 {
		t.Errorf("%q", got)
	}
}
