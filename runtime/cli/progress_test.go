package cli

import (
	"bytes"
	"testing"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
)

func TestProgressText(t *testing.T) {
	for want, e := range map[string]migrate.Event{
		"10 rows": {Rows: 10},
		"1000 of about 4000 rows (25%), 500 a second, 6s left": {Rows: 1000, Total: 4000, Rate: 500.3, Left: 6 * time.Second},
		"4000 rows, 500 a second":                              {Rows: 4000, Total: 4000, Rate: 500},
	} {
		if got := progressText(e); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestProgressFits: whatever the width, the line is not longer, and how far it is can be read as long as there is room for it.
func TestProgressFits(t *testing.T) {
	e := migrate.Event{Migration: "0004_issue_reporter_email", Stage: "Fill issues.reporter_email", Rows: 140_000, Total: 1_000_000, Rate: 5210, Left: 165 * time.Second}
	for width, want := range map[int]string{
		200: "0004_issue_reporter_email: Fill issues.reporter_email: 140000 of about 1000000 rows (14%), 5210 a second, 2m45s left",
		99:  "Fill issues.reporter_email: 140000 of about 1000000 rows (14%), 5210 a second, 2m45s left",
		83:  "Fill issues.repor...: 140000 of about 1000000 rows (14%), 5210 a second, 2m45s left",
		79:  "Fill issues.reporter_email: 14%",
		30:  "Fill issues.reporter_e...: 14%",
		10:  "14%",
		0:   ".",
	} {
		if got := fitted(e, width); got != want {
			t.Errorf("width %d: %q, want %q", width, got, want)
		}
	}
	for width := 1; width < 150; width++ {
		if got := fitted(e, width); len(got) > width {
			t.Errorf("width %d: %d columns: %q", width, len(got), got)
		}
	}
}

// TestProgressWithoutTerminal: what is over soon needs no line, and what takes long has one every now and then.
func TestProgressWithoutTerminal(t *testing.T) {
	var out bytes.Buffer
	c := &call{Command: Command{Stderr: &out, Name: "migrate"}}
	e := migrate.Event{Kind: migrate.EventProgress, Migration: "0002_slug", Stage: "Backfill products", Rows: 1000}
	c.progress(e)
	if out.Len() > 0 {
		t.Errorf("too early: %s", &out)
	}
	c.said = c.said.Add(-batchEvery)
	c.progress(e)
	c.progress(e)
	if want := "migrate: 0002_slug: Backfill products: 1000 rows\n"; out.String() != want {
		t.Errorf("%q, want %q", &out, want)
	}
}

// TestRetryIsSaidSometimes: at first, then every five seconds, for each stage again.
func TestRetryIsSaidSometimes(t *testing.T) {
	var r retry
	now := time.Now()
	for i, c := range []struct {
		stage string
		after time.Duration
		due   bool
	}{
		{"Add column", 0, true}, {"Add column", 0, false}, {"Add column", 4 * time.Second, false}, {"Add column", time.Second, true},
		{"Add column", time.Second, false}, {"Add index", 0, true}, {"Add index", time.Second, false}, {"Add index", 5 * time.Second, true},
	} {
		now = now.Add(c.after)
		if due := r.due(migrate.Event{Migration: "0002", Stage: c.stage}, now); due != c.due {
			t.Errorf("%d, %s: %t", i, c.stage, due)
		}
	}
	var out bytes.Buffer
	c := &call{Command: Command{Stderr: &out, Name: "migrate"}}
	for range 100 {
		c.progress(migrate.Event{Kind: migrate.EventRetry, Migration: "0002", Stage: "Add column", Message: "trying again"})
	}
	if want := "migrate: trying again\n"; out.String() != want {
		t.Errorf("%q, want %q", &out, want)
	}
}
