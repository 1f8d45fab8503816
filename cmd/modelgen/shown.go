package main

import (
	"flag"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/modelgen/modelgen/gen"
	"github.com/modelgen/modelgen/gen/lint"
	"github.com/modelgen/modelgen/runtime/cli/terminal"
)

// colorFlag gives a verb the flag that says when there are colours. What is printed before it is read goes by the environment.
func (e env) colorFlag(f *flag.FlagSet) {
	f.Func("color", "`when` there are colours: auto, always or never (default auto)", func(name string) error {
		mode, err := terminal.ParseMode(name)
		if err == nil && e.color != nil {
			*e.color = mode
		}
		return err
	})
}

// colours reports whether what is written to w has colours.
func (e env) colours(w io.Writer) bool {
	mode := terminal.Auto
	if e.color != nil {
		mode = *e.color
	}
	return terminal.ColoursIn(mode, w)
}

// say prints a message to stderr as a terminal shows it best: wrapped at words to its width, its place and its severity in colours. Elsewhere it
// is one line, for tools that read it.
func (e env) say(text string) { e.sayAs(terminal.Bold, text) }

// sayAs is say with the style of the place of a message that has no word for its severity.
func (e env) sayAs(style terminal.Style, text string) {
	text = terminal.Wrap(e.asCalled(text), terminal.Width(e.stderr), 4)
	if e.colours(e.stderr) {
		text = coloured(style, text)
	}
	fmt.Fprintln(e.stderr, text)
}

// question prints a question with its answers, which are there to be pasted: they are not wrapped.
func (e env) question(q gen.Question) {
	text, answers, several := strings.Cut(q.String(), "\n")
	e.sayAs(terminal.Yellow, text)
	if !several {
		return
	}
	for line := range strings.SplitSeq(answers, "\n") {
		if before, after, ok := strings.Cut(line, "  # "); ok && e.colours(e.stderr) {
			line = terminal.Paint(true, terminal.Green, before) + terminal.Paint(true, terminal.Faint, "  # "+after)
		}
		fmt.Fprintln(e.stderr, line)
	}
}

var (
	placeOf    = regexp.MustCompile(`^([^\s:]+:\d+(?::\d+)?|modelgen):`)
	severityOf = regexp.MustCompile(`\b(error|warning|note)\s+(MG\d+):`)
)

// severityStyles are those of what a message says of itself, and of what is no check of lint.
var severityStyles = map[lint.Severity]terminal.Style{lint.Error: terminal.Red, lint.Warning: terminal.Yellow, lint.Note: terminal.Cyan}

// coloured returns a message with its colours.
func coloured(style terminal.Style, text string) string {
	if severityOf.MatchString(text) {
		style = terminal.Bold
	}
	text = severityOf.ReplaceAllStringFunc(text, func(s string) string {
		severity, _ := lint.ParseSeverity(strings.Fields(s)[0])
		return terminal.Paint(true, severityStyles[severity], s)
	})
	return placeOf.ReplaceAllStringFunc(text, func(s string) string { return terminal.Paint(true, style, s) })
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
