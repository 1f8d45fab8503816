package cli

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/cli/terminal"
)

func status(ctx context.Context, c *call) error {
	st, err := c.m.Status(ctx)
	if err != nil {
		return err
	}
	if c.json {
		return c.encode(statusJSON(st))
	}
	c.protectedLine(st.Protection)
	applied, waits, waiting, several := 0, 0, "", false
	for _, e := range st.Entries {
		if e.Applied && e.Replaced == "" {
			applied++
		}
		if e.Waits {
			waits++
			waiting = fmt.Sprintf(", %d waiting", waits)
		}
		several = several || e.Set != st.Entries[0].Set
	}
	c.print("%s: %d applied, %d pending%s\n", st.Set, applied, len(st.Pending()), waiting)
	var table bytes.Buffer
	w := tabwriter.NewWriter(&table, 0, 8, 2, ' ', 0)
	entries := st.Entries
	if several && !c.order { // each set for itself
		entries = slices.Clone(entries)
		slices.SortStableFunc(entries, func(a, b migrate.MigrationStatus) int { return strings.Compare(a.Set, b.Set) })
	}
	for i, e := range entries {
		name, after := e.Migration, when(e)
		if len(e.Replaces) > 0 {
			name += fmt.Sprintf(" (replaces %d)", len(e.Replaces))
		}
		if e.Replaced != "" {
			after = "\tby " + e.Replaced
		}
		if c.order {
			after = ""
			if len(e.Parents) > 0 {
				after = "\tafter " + strings.Join(e.Parents, ", ")
			}
			fmt.Fprintf(w, "  %d\t%s\t%s%s\n", i+1, word(e), name, after)
			continue
		}
		fmt.Fprintf(w, "  %s\t%s%s\n", word(e), name, after)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for line := range strings.Lines(table.String()) {
		c.print("%s", c.paintState(line))
	}
	return nil
}

// states are the words of a state that a person looks for. What is not among them is printed plainly.
var states = map[string]terminal.Style{
	"applied": terminal.Green, "faked": terminal.Green, "pending": terminal.Yellow, "waits": terminal.Yellow, "replaced": terminal.Faint,
	"unknown": terminal.Red, "edited": terminal.Red, "running": terminal.Red, "undoing": terminal.Red, "interrupted": terminal.Red,
}

// paintState colours the word of the state in a line of the table, whose columns are aligned already.
func (c *call) paintState(line string) string {
	for _, word := range strings.Fields(line)[:min(2, len(strings.Fields(line)))] { // with -plan, its number stands before it
		if style, ok := states[word]; ok {
			return strings.Replace(line, word, c.paint(style, word), 1)
		}
	}
	return line
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

func when(e migrate.MigrationStatus) string {
	r := e.Record
	if r == nil {
		return ""
	}
	if !e.Applied {
		return "\tsince " + r.Started.UTC().Format(time.DateTime) + "\t" + progressOf(e)
	}
	text := "\t" + r.Finished.UTC().Format(time.DateTime)
	if r.State == migrate.StateDone {
		text += "\t" + short(r.Finished.Sub(r.Started))
	}
	return text
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
				j.Finished, j.DurationMS = &finished, r.Finished.Sub(r.Started).Milliseconds()
			}
		}
		out.Migrations = append(out.Migrations, j)
	}
	return out
}
