package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/modelgen/modelgen/internal/ptytest"
	migrate "github.com/modelgen/modelgen/runtime"
)

// numbered is a status of n migrations of which some are applied.
func numbered(n, applied int) *migrate.Status {
	st := &migrate.Status{Set: "shop"}
	for i := range n {
		e := migrate.MigrationStatus{Set: "shop", Migration: fmt.Sprintf("%04d_step", i+1), Known: true, Applied: i < applied}
		if e.Applied {
			at := time.Date(2026, 11, 28, 9, 8, 7, 0, time.UTC)
			e.Record = &migrate.Record{State: migrate.StateDone, Started: at, Finished: at}
		}
		st.Entries = append(st.Entries, e)
	}
	return st
}

// TestWatchDraws: each look is written over the one before, in as many lines as the terminal has, and the migration that is next is among them.
func TestWatchDraws(t *testing.T) {
	t.Setenv("COLUMNS", "")
	t.Setenv("TERM", "xterm")
	at := time.Date(2026, 11, 28, 10, 0, 0, 0, time.UTC)
	for _, columns := range []uint16{200, 60, 20, 7} {
		slave, written := ptytest.Open(t, columns)
		w := &watcher{c: &call{Command: Command{Stdout: slave, Name: "app"}, colours: [2]bool{true, true}}, every: 2 * time.Second, redraws: true, at: at}
		for _, look := range []struct {
			st   *migrate.Status
			lost error
		}{{numbered(3, 1), nil}, {numbered(3, 1), errors.New("connection refused\nby the server")}, {numbered(500, 250), nil}, {numbered(500, 251), nil}, {numbered(4, 4), nil}} {
			w.last = look.st
			if err := w.show(look.lost); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.end(); err != nil {
			t.Error(err)
		}
		text := written()
		screen, err := ptytest.Screen(text, int(columns))
		if err != nil {
			t.Fatalf("%d columns: %v", columns, err)
		}
		if columns == 200 {
			want := []string{"shop: 4 applied, 0 pending"}
			for i := range 4 {
				want = append(want, fmt.Sprintf("  applied  %04d_step  2026-11-28 09:08:07  <1ms", i+1))
			}
			want = append(want, "as of 10:00:00 UTC, every 2s; Ctrl-C ends it", "")
			if !slices.Equal(screen, want) {
				t.Errorf("it ends as\n%s", strings.Join(screen, "\n"))
			}
			for _, part := range []string{"\x1b[31mno answer since 10:00:00 UTC: \x1b[0mconnection refused by the server; it is asked again every 2s", "... 247 more before", "... 234 more behind", "pending\x1b[0m  0252_step"} {
				if !strings.Contains(text, part) {
					t.Errorf("%q was never on it", part)
				}
			}
		}
		if len(screen) > 24 {
			t.Errorf("%d columns: %d lines are left:\n%s", columns, len(screen), strings.Join(screen, "\n"))
		}
	}
}

// TestWatchWindow: what is left out is counted, and the row that matters is never among that.
func TestWatchWindow(t *testing.T) {
	var rows [][]string
	for i := range 30 {
		rows = append(rows, slices.Repeat([]string{fmt.Sprint(i)}, 1+i%3))
	}
	for at := range rows {
		for room := 8; room < 70; room++ {
			got := window(rows, at, room, 60)
			if len(got) > room || !slices.Contains(got, rows[at][0]) {
				t.Fatalf("row %d in %d lines: %q", at, room, got)
			}
		}
	}
}

// TestProgressStaysOneLine: whatever names hold, and however narrow the terminal is, what is going on is one line, which is gone at the end.
func TestProgressStaysOneLine(t *testing.T) {
	t.Setenv("COLUMNS", "")
	t.Setenv("TERM", "xterm")
	for columns := uint16(1); columns < 90; columns += 1 + columns/8 {
		slave, written := ptytest.Open(t, columns)
		c := &call{Command: Command{Stdout: new(strings.Builder), Stderr: slave, Name: "app"}}
		for _, name := range []string{"0001_initial", "0002_\u8868\u306e\u540d\u524d\u3092\u5909\u66f4\u3059\u308b\u8868\u306e\u540d\u524d\u3092\u5909\u66f4\u3059\u308b", "0003_e\u0301e\u0301"} {
			c.progress(migrate.Event{Kind: migrate.EventBegin, Migration: name})
			for i := range int64(5) {
				c.progress(migrate.Event{Kind: migrate.EventProgress, Migration: name, Stage: "Fill a.b with CASE\n  WHEN c THEN '\u2705'\n\tELSE d END", Rows: i * 1000, Total: 1 << 30, Rate: 5000, Left: time.Hour})
			}
			c.progress(migrate.Event{Kind: migrate.EventEnd, Migration: name})
		}
		screen, err := ptytest.Screen(written(), int(columns))
		if err != nil || len(screen) != 1 || screen[0] != "" {
			t.Errorf("%d columns: %v %q", columns, err, screen)
		}
	}
}
