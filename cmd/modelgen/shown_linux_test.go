package main

import (
	"path/filepath"
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

// TestColorFlag: every verb takes -color, which decides before NO_COLOR, for messages, questions and diffs.
func TestColorFlag(t *testing.T) {
	t.Setenv("NO_COLOR", "1")
	t.Setenv("TERM", "xterm")
	for name := range verbs {
		if name == "version" {
			continue
		}
		for word, want := range map[string]string{"always": "\x1b[31mmodelgen:\x1b[0m ", "never": "modelgen: ", "auto": "modelgen: "} {
			var out, problems strings.Builder
			code := run(t.Context(), env{dir: t.TempDir(), stdout: &out, stderr: &problems}, []string{name, "-color", word, "-surplus"})
			if code != 2 || !strings.HasPrefix(problems.String(), want+name+": flag provided but not defined: -surplus") {
				t.Errorf("%s -color %s: %d, %q", name, word, code, problems.String())
			}
		}
	}
	s := &scenario{t: t, dir: t.TempDir()}
	s.write("go.mod", lightModule(t, newModule(t)))
	s.write("go.sum", newModule(t).sum)
	model := func(field string) {
		s.write("models/models.go", []byte("package models\n\ntype Product struct {\n\t_ struct{} `table:\"products\"`\n\n\tID int64 `db:\"id,pk,identity\"`\n\t"+field+"\n}\n"))
	}
	modelgen := func(want int, args ...string) string {
		t.Helper()
		var out strings.Builder
		if code := run(t.Context(), env{dir: filepath.Join(s.dir, "models"), stdout: &out, stderr: &out}, append(args, "-out", "../migrations")); code != want {
			t.Fatalf("%q: exit %d\n%s", args, code, &out)
		}
		return out.String()
	}
	model("Name string `db:\"name\"`")
	if got := modelgen(1, "-diff", "-color", "always"); !strings.Contains(got, "\x1b[32m+package migrations\x1b[0m\n") || !strings.Contains(got, "\x1b[1m+++ b/") {
		t.Errorf("a diff without colours: %q", got)
	}
	modelgen(0)
	model("Title string `db:\"title\"`")
	got := modelgen(1, "-color", "always")
	for _, want := range []string{"\x1b[33mmodels.go:7:", "\x1b[32m    -rename products.name=title", "\x1b[2m  # "} {
		if !strings.Contains(got, want) {
			t.Errorf("a question without %q: %q", want, got)
		}
	}
	plain := modelgen(1)
	if bare := strings.ReplaceAll(escapes.ReplaceAllString(got, ""), " -color always", ""); bare != plain {
		t.Errorf("in a pipe it is %q, not %q", plain, bare)
	}
}
