package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/cli/terminal"
)

func status(ctx context.Context, c *call) error {
	switch {
	case c.watch:
		return c.watchStatus(ctx)
	case c.interval != 0:
		return usageError{errors.New("status: -interval goes with -watch")}
	}
	st, err := c.m.Status(ctx)
	if err != nil {
		return err
	}
	if c.json {
		return c.encode(statusJSON(st))
	}
	head, rows := c.statusLines(st, terminal.Width(c.Stdout))
	for _, line := range slices.Concat(head, rows) {
		c.print("%s\n", line)
	}
	return nil
}

// statusLines returns what status prints: what stands above the migrations, and a text for each of them.
func (c *call) statusLines(st *migrate.Status, width int) (head, rows []string) {
	if st.Protection != nil {
		head = append(head, c.paint(terminal.Bold, st.Protection.String()))
	}
	applied, waits, waiting := 0, 0, ""
	for _, e := range st.Entries {
		if e.Applied && e.Replaced == "" {
			applied++
		}
		if e.Waits {
			waits++
			waiting = fmt.Sprintf(", %d waiting", waits)
		}
	}
	head = append(head, fmt.Sprintf("%s: %d applied, %d pending%s", st.Set, applied, len(st.Pending()), waiting))
	var cells [][]terminal.Cell
	for i, e := range c.entries(st) {
		row := entryCells(e)
		if c.order {
			row = append(terminal.Cells(strconv.Itoa(i+1)), row[:2]...)
			if len(e.Parents) > 0 {
				row = append(row, terminal.Cell{Style: terminal.Faint, Text: "after " + strings.Join(e.Parents, ", ")})
			}
		}
		cells = append(cells, row)
	}
	return head, terminal.Table(cells, 2, width, c.colours[0])
}

// entries returns what status shows in its order: each set for itself, or as they are applied.
func (c *call) entries(st *migrate.Status) []migrate.MigrationStatus {
	if c.order {
		return st.Entries
	}
	entries := slices.Clone(st.Entries)
	slices.SortStableFunc(entries, func(a, b migrate.MigrationStatus) int { return strings.Compare(a.Set, b.Set) })
	return entries
}

// entryCells returns what status says of a migration: its state, its name, and the rest.
func entryCells(e migrate.MigrationStatus) []terminal.Cell {
	name := e.Migration
	if len(e.Replaces) > 0 {
		name += fmt.Sprintf(" (replaces %d)", len(e.Replaces))
	}
	row := []terminal.Cell{{Style: style(word(e)), Text: word(e)}, {Text: name}}
	if e.Replaced != "" {
		return append(row, terminal.Cell{Style: terminal.Faint, Text: "by " + e.Replaced})
	}
	return append(row, when(e)...)
}

// style is that of a state that a person looks for. What is not among them is printed plainly.
func style(state string) terminal.Style {
	switch state {
	case "applied", "faked":
		return terminal.Green
	case "pending", "waits":
		return terminal.Yellow
	case "replaced":
		return terminal.Faint
	case "unknown", "edited", "running", "undoing", "unfinished":
		return terminal.Red
	}
	return ""
}

func word(e migrate.MigrationStatus) string {
	switch {
	case e.Replaced != "":
		return "replaced"
	case e.Waits:
		return "waits"
	case e.Record == nil:
		return "pending"
	case !e.Known:
		return "unknown"
	case e.Record.State == migrate.StateDone && e.Edited:
		return "edited"
	case e.Record.State == migrate.StateDone:
		return "applied"
	case e.Record.State == migrate.StateRunning && (e.Unfinished == nil || e.Unfinished.By == ""):
		return "unfinished"
	}
	return string(e.Record.State)
}

func when(e migrate.MigrationStatus) []terminal.Cell {
	r := e.Record
	if r == nil {
		return nil
	}
	if !e.Applied {
		return []terminal.Cell{{Text: "since " + r.Started.UTC().Format(time.DateTime)}, {Text: progressOf(e)}}
	}
	if r.Finished.IsZero() { // its row was not written by a run
		return []terminal.Cell{{Style: terminal.Faint, Text: "when is not known"}}
	}
	cells := []terminal.Cell{{Style: terminal.Faint, Text: r.Finished.UTC().Format(time.DateTime)}}
	if took, known := took(r); known && r.State == migrate.StateDone {
		text := "<1ms" // not every clock has more
		if took >= time.Millisecond {
			text = short(took)
		}
		cells = append(cells, terminal.Cell{Style: terminal.Faint, Text: text})
	}
	return cells
}

// took returns how long a migration took; known is false where the row has no end, or the clock was set back meanwhile.
func took(r *migrate.Record) (d time.Duration, known bool) {
	d = r.Finished.Sub(r.Started)
	return d, !r.Finished.IsZero() && d >= 0
}

// progressOf says how far a migration is of which a part is done.
func progressOf(e migrate.MigrationStatus) string {
	r, u := e.Record, e.Unfinished
	verb, next := "done", "up goes on, down undoes it"
	if r.State == migrate.StateUndoing {
		verb, next = "undone", "down goes on"
	}
	if u == nil {
		return fmt.Sprintf("%d stages %s", r.Stage, verb)
	}
	text := fmt.Sprintf("%d of %d stages %s", r.Stage, u.Stages, verb)
	if u.Stages == 0 {
		text = fmt.Sprintf("%d stages %s", r.Stage, verb)
	}
	switch {
	case u.Of > 0 && u.Rows > 0:
		text += fmt.Sprintf(", and %d%% of the rows of the next", min(100*u.Rows/u.Of, 100))
	case u.Rows > 0:
		text += fmt.Sprintf(", and %d rows of the next", u.Rows)
	}
	if r.Error != "" {
		text += ", stopped by error " + r.Error
	}
	if u.Left != "" {
		text += ", which has left " + u.Left
	}
	if u.By != "" {
		return text + "; at it is " + u.By
	}
	return text + "; " + next
}

func statusJSON(st *migrate.Status) any {
	type entry struct {
		Set        string     `json:"set"`
		Migration  string     `json:"migration"`
		State      string     `json:"state"`
		After      []string   `json:"after,omitempty"`
		Replaces   []string   `json:"replaces,omitempty"`
		Replaced   string     `json:"replaced_by,omitempty"`
		Stage      int        `json:"stage,omitempty"`
		Stages     int        `json:"stages,omitempty"`
		Rows       int64      `json:"rows,omitempty"`
		RowsOf     int64      `json:"rows_of,omitempty"`
		Running    string     `json:"running,omitempty"`
		Error      string     `json:"error,omitempty"`
		Started    *time.Time `json:"started,omitempty"`
		Finished   *time.Time `json:"finished,omitempty"`
		DurationMS int64      `json:"duration_ms,omitempty"`
		By         string     `json:"by,omitempty"`
	}
	out := struct {
		Set        string  `json:"set"`
		Migrations []entry `json:"migrations"`

		Protection *protectionJSON `json:"protection,omitempty"`
	}{st.Set, []entry{}, protectionOf(st.Protection)}
	for _, e := range st.Entries {
		j := entry{Set: e.Set, Migration: e.Migration, State: word(e), After: e.Parents, Replaces: e.Replaces, Replaced: e.Replaced}
		if r := e.Record; r != nil {
			started := r.Started.UTC()
			j.Started, j.Stage, j.By, j.Error = &started, r.Stage, r.By, r.Error
			if u := e.Unfinished; u != nil {
				j.Stages, j.Rows, j.RowsOf, j.Running = u.Stages, u.Rows, u.Of, u.By
			}
			if !r.Finished.IsZero() {
				finished := r.Finished.UTC()
				j.Finished = &finished
			}
			if d, known := took(r); known {
				j.DurationMS = d.Milliseconds()
			}
		}
		out.Migrations = append(out.Migrations, j)
	}
	return out
}
