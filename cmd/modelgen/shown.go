package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/modelgen/modelgen/gen/lint"
	"github.com/modelgen/modelgen/runtime/cli/terminal"
)

// say prints a message to stderr as a terminal shows it best: wrapped at words to its width, its place and its severity in colours. Elsewhere it
// is one line, for tools that read it.
func (e env) say(text string) {
	text = terminal.Wrap(e.asCalled(text), terminal.Width(e.stderr), 4)
	if terminal.Colours(e.stderr) {
		text = coloured(text)
	}
	fmt.Fprintln(e.stderr, text)
}

var (
	placeOf    = regexp.MustCompile(`^[^\s:]+:\d+(?::\d+)?:`)
	severityOf = regexp.MustCompile(`\b(error|warning|note) (MG\d+):`)
)

// coloured returns a message with its colours.
func coloured(text string) string {
	text = severityOf.ReplaceAllStringFunc(text, func(s string) string {
		style := terminal.Cyan
		switch {
		case strings.HasPrefix(s, lint.Error.String()):
			style = terminal.Red
		case strings.HasPrefix(s, lint.Warning.String()):
			style = terminal.Yellow
		}
		return terminal.Paint(true, style, s)
	})
	return placeOf.ReplaceAllStringFunc(text, func(s string) string { return terminal.Paint(true, terminal.Bold, s) })
}

// colouredDiff returns the lines of a unified diff their colours.
func colouredDiff(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		style := terminal.Style("")
		switch {
		case strings.HasPrefix(line, "+++"), strings.HasPrefix(line, "---"), strings.HasPrefix(line, "diff "):
			style = terminal.Bold
		case strings.HasPrefix(line, "@@"):
			style = terminal.Cyan
		case strings.HasPrefix(line, "+"):
			style = terminal.Green
		case strings.HasPrefix(line, "-"):
			style = terminal.Red
		}
		body := strings.TrimSuffix(line, "\n")
		b.WriteString(terminal.Paint(style != "", style, body) + line[len(body):])
	}
	return b.String()
}
