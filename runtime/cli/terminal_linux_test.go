package cli

import (
	"strings"
	"testing"
	"time"

	"github.com/modelgen/modelgen/internal/ptytest"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/cli/terminal"
)

// TestProgressOnTerminal: each line of the progress fits into the terminal, so that the next one is written over it.
func TestProgressOnTerminal(t *testing.T) {
	const columns = 60
	t.Setenv("COLUMNS", "")
	slave, written := ptytest.Open(t, columns)
	if terminal.Width(slave) != columns {
		t.Fatalf("the width is %d", terminal.Width(slave))
	}
	var out strings.Builder
	c := &call{Command: Command{Stdout: &out, Stderr: slave, Name: "migrate"}}
	c.progress(migrate.Event{Kind: migrate.EventBegin, Migration: "0004_a_name_that_is_longer_than_most_because_somebody_liked_it_so"})
	for i := range int64(50) {
		c.progress(migrate.Event{Kind: migrate.EventProgress, Migration: "0004_issue_reporter_email", Stage: "Fill issues.reporter_email",
			Rows: i * 1000, Total: 1_000_000, Rate: 5000, Left: time.Minute})
	}
	c.progress(migrate.Event{Kind: migrate.EventEnd, Migration: "0004_issue_reporter_email"})
	text := written()
	if strings.Contains(text, "\n") || strings.Count(text, "\r\x1b[K") != 51 {
		t.Errorf("it is not one line written over and over: %q", text)
	}
	for line := range strings.SplitSeq(text, "\r\x1b[K") {
		if terminal.Columns(line) >= columns {
			t.Errorf("%d columns: %q", terminal.Columns(line), line)
		}
	}
	if !strings.Contains(text, "Fill issues.reporter_email: 4%") {
		t.Errorf("how far it is cannot be read: %q", text)
	}
}

// TestColoursOnTerminal: a terminal gets them unless NO_COLOR or TERM say otherwise, and what is aligned stays so.
func TestColoursOnTerminal(t *testing.T) {
	t.Setenv("CLICOLOR_FORCE", "")
	t.Setenv("FORCE_COLOR", "")
	for _, c := range []struct {
		noColor, term string
		want          bool
	}{{"", "xterm", true}, {"1", "xterm", false}, {"", "dumb", false}} {
		t.Setenv("NO_COLOR", c.noColor)
		t.Setenv("TERM", c.term)
		slave, written := ptytest.Open(t, 80)
		if got := terminal.Colours(slave); got != c.want {
			t.Errorf("NO_COLOR=%q TERM=%q: %t", c.noColor, c.term, got)
		}
		written()
	}
	st := &migrate.Status{Set: "shop", Entries: []migrate.MigrationStatus{
		{Migration: "0001_initial", Applied: true, Known: true, Record: &migrate.Record{State: migrate.StateDone, Finished: time.Date(2026, 11, 28, 9, 8, 7, 0, time.UTC), Started: time.Date(2026, 11, 28, 9, 8, 7, 0, time.UTC)}},
		{Migration: "0002_pending", Known: true, Parents: []string{"0001_initial"}},
	}}
	c := &call{colours: [2]bool{true, false}}
	_, rows := c.statusLines(st, 0)
	if got, want := strings.Join(rows, "\n"), "  \x1b[32mapplied\x1b[0m  0001_initial  \x1b[2m2026-11-28 09:08:07\x1b[0m  \x1b[2m<1ms\x1b[0m\n  \x1b[33mpending\x1b[0m  0002_pending"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	c.order = true
	_, rows = c.statusLines(st, 0)
	if got, want := strings.Join(rows, "\n"), "  1  \x1b[32mapplied\x1b[0m  0001_initial\n  2  \x1b[33mpending\x1b[0m  0002_pending  \x1b[2mafter 0001_initial\x1b[0m"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestMessagesOnTerminal: a message is wrapped at its words, a command in it stays whole, and in a pipe nothing is wrapped.
func TestMessagesOnTerminal(t *testing.T) {
	t.Setenv("COLUMNS", "")
	t.Setenv("NO_COLOR", "1")
	const text = "the plan needs consent, as it loses a column\n  statement: ALTER TABLE products DROP COLUMN note\n  when it is right: migrate up -approve f7d37f3708707189ccd9\n"
	const folded = "the plan needs consent, as it\n    loses a column\n  statement: ALTER TABLE products DROP COLUMN note\n  when it is right: migrate up -approve f7d37f3708707189ccd9\n"
	slave, written := ptytest.Open(t, 30)
	c := &call{Command: Command{Name: "migrate"}}
	if got := c.wrapped(slave, text); got != folded {
		t.Errorf("%q", got)
	}
	var out strings.Builder
	if got := c.wrapped(&out, text); got != text {
		t.Errorf("in a pipe: %q", got)
	}
	if code := (Command{Stdout: &out, Stderr: slave}).Run(t.Context(), []string{"statsu"}); code != 2 {
		t.Errorf("exit status %d", code)
	}
	if got, want := written(), "migrate: there is no verb\r\n    \"statsu\"; did you mean\r\n    status?\r\n"; got != want {
		t.Errorf("%q", got)
	}
}

// TestColumns: COLUMNS wins over what the terminal says when it is a positive number.
func TestColumns(t *testing.T) {
	for value, want := range map[string]int{"": 60, "44": 44, "0": 60, "-3": 60, "wide": 60} {
		t.Setenv("COLUMNS", value)
		slave, written := ptytest.Open(t, 60)
		if got := terminal.Width(slave); got != want {
			t.Errorf("COLUMNS=%q: %d, want %d", value, got, want)
		}
		written()
	}
}

// TestColorFlag: the flag decides for stdout and stderr, before NO_COLOR, and refuses another word.
func TestColorFlag(t *testing.T) {
	t.Setenv("NO_COLOR", "1")
	for word, want := range map[string]string{"always": "\x1b[31mmigrate\x1b[0m: ", "never": "migrate: ", "auto": "migrate: ", "yes": "migrate: status: invalid value \"yes\" for flag -color"} {
		var out, err strings.Builder
		code := Command{Stdout: &out, Stderr: &err}.Run(t.Context(), []string{"status", "-color", word, "surplus"})
		if code != 2 || !strings.HasPrefix(err.String(), want) {
			t.Errorf("-color %s: %d, %q", word, code, err.String())
		}
	}
}
