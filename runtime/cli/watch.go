package cli

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/cli/terminal"
)

const (
	watchEvery  = 2 * time.Second
	watchAnswer = 10 * time.Second // how long a look waits for the database at least
)

func watchFlags(c *call, f *flag.FlagSet) {
	f.BoolVar(&c.watch, "watch", false, "look again and again until a signal ends it: in place on a terminal, else a line for each change")
	f.DurationVar(&c.interval, "interval", 0, "with -watch: how long to wait between two looks, 0 is 2s")
}

// lostError is what a watch ends with whose last look had no answer. It was printed when it came.
type lostError struct{ error }

func (e lostError) Unwrap() error { return e.error }

// watcher looks at a database again and again.
type watcher struct {
	c       *call
	every   time.Duration
	redraws bool

	last  *migrate.Status // of the last look that had an answer
	at    time.Time       // when that was
	lost  error           // why the last look had none
	shown map[string]entryShown

	height, width int // of what stands on the terminal; the cursor is below it
}

// entryShown is what was printed of a migration, where each change is a line.
type entryShown struct {
	state, text string
	said        time.Time
}

// watchStatus shows status until ctx ends, which is no error. The first look must have an answer, as otherwise something is wrong with the command;
// after that a database that is away is waited for.
func (c *call) watchStatus(ctx context.Context) error {
	w := &watcher{c: c, every: cmp.Or(c.interval, watchEvery), redraws: !c.json && terminal.Redraws(c.Stdout)}
	if w.every < 0 {
		return usageError{fmt.Errorf("status -interval %s: it is longer than nothing", w.every)}
	}
	for {
		err := w.look(ctx)
		switch {
		case ctx.Err() != nil: // the look was broken off
			return w.end()
		case err != nil && w.last == nil:
			return err
		}
		if err := w.show(err); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return w.end()
		case <-time.After(w.every):
		}
	}
}

// look asks the database once.
func (w *watcher) look(ctx context.Context) error {
	limit := max(watchAnswer, w.every)
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	st, err := w.c.m.Status(ctx)
	if err != nil {
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			err = fmt.Errorf("no answer within %s: %w", limit, err)
		}
		return err
	}
	w.last, w.at = st, time.Now()
	return nil
}

// show prints what a look has found: the error is why it found nothing.
func (w *watcher) show(err error) error {
	was := w.lost
	w.lost = err
	switch {
	case w.redraws:
		w.draw()
		return nil
	case err != nil && was == nil:
		fmt.Fprintf(w.c.Stderr, "%s: %s; it is asked again every %s\n", w.c.Name, terminal.OneLine(migrate.ErrorText(err)), w.every)
	case err == nil && was != nil:
		fmt.Fprintf(w.c.Stderr, "%s: the database answers again\n", w.c.Name)
	}
	if err != nil {
		return nil
	}
	return w.changes()
}

// changes prints all at first, and then a line for each migration that is not as it was. How far a step is that takes long is told now and then.
func (w *watcher) changes() error {
	first := w.shown == nil
	if first {
		w.shown = map[string]entryShown{}
	}
	var lines []string
	have := map[string]bool{}
	for _, e := range w.last.Entries {
		name, cells := e.Set+"/"+e.Migration, entryCells(e)
		var texts []string
		for _, cell := range cells {
			texts = append(texts, terminal.Paint(w.c.colours[0] && cell.Style != "", cell.Style, cell.Text))
		}
		now := entryShown{word(e), strings.Join(texts, "  "), time.Now()}
		was, old := w.shown[name]
		have[name] = true
		if old && (was.text == now.text || was.state == now.state && now.said.Sub(was.said) < batchEvery) {
			continue
		}
		w.shown[name] = now
		lines = append(lines, now.text)
	}
	for _, name := range slices.Sorted(maps.Keys(w.shown)) {
		if !have[name] {
			delete(w.shown, name)
			lines = append(lines, "gone  "+name[strings.IndexByte(name, '/')+1:])
		}
	}
	switch {
	case len(lines) == 0 && !first:
	case w.c.json: // a document a line, so that a program can read one after the other
		w.c.encoded = true
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(statusJSON(w.last)); err != nil {
			return err
		}
		w.c.print("%s", b.String())
	case first:
		head, rows := w.c.statusLines(w.last, terminal.Width(w.c.Stdout))
		w.c.print("%s\n", strings.Join(slices.Concat(head, rows), "\n"))
	default:
		w.c.print("%s\n", strings.Join(lines, "\n"))
	}
	return nil
}

// draw writes the status over the one that stands on the terminal. What does not fit below each other is left out around the first migration that is
// still to come, as the terminal cannot write over what has scrolled away.
func (w *watcher) draw() {
	width, room := terminal.Width(w.c.Stdout), terminal.Rows(w.c.Stdout)-1
	head, rows := w.c.statusLines(w.last, width)
	foot := w.c.paint(terminal.Faint, fmt.Sprintf("as of %s UTC, every %s; Ctrl-C ends it", w.at.UTC().Format(time.TimeOnly), w.every))
	if w.lost != nil {
		foot = w.c.paint(terminal.Red, "no answer since "+w.at.UTC().Format(time.TimeOnly)+" UTC: ") + terminal.OneLine(migrate.ErrorText(w.lost)) + "; it is asked again every " + w.every.String()
	}
	fold := func(texts ...string) (lines []string) {
		for _, t := range texts {
			lines = append(lines, terminal.Fold(t, width-1)...) // a full line makes some terminals begin the next one
		}
		return lines
	}
	above, below := fold(head...), fold(foot)
	var table [][]string
	for _, r := range rows {
		table = append(table, fold(r))
	}
	lines := slices.Concat(above, window(table, w.focus(), room-len(above)-len(below), width-1), below)
	lines = lines[:min(len(lines), max(room, 1))]
	var b strings.Builder
	if w.height > 0 && w.width == width { // else the terminal has broken the lines otherwise: below is a new beginning
		fmt.Fprintf(&b, "\x1b[%dA", w.height)
	}
	for _, l := range lines {
		b.WriteString("\r" + l + "\x1b[K\n")
	}
	b.WriteString("\x1b[J")
	w.c.print("%s", b.String())
	w.height, w.width = len(lines), width
}

// focus returns the row of the first migration that is not done.
func (w *watcher) focus() int {
	rows := w.c.entries(w.last)
	i := slices.IndexFunc(rows, func(e migrate.MigrationStatus) bool { return !e.Applied })
	if i < 0 {
		return len(rows) - 1
	}
	return i
}

// window returns as many of the rows as there is room for, some before the row at and those behind it, and says how many are left out.
func window(rows [][]string, at, room, width int) []string {
	const before = 3
	height := func(some [][]string) (n int) {
		for _, r := range some {
			n += len(r)
		}
		return n
	}
	if height(rows) <= room || len(rows) == 0 {
		return slices.Concat(rows...)
	}
	room -= 2 // for what says how many there are
	from, to := at, at+1
	grow := func(least int) {
		for from > least && height(rows[from-1:to]) <= room {
			from--
		}
	}
	grow(max(at-before, 0))
	for to < len(rows) && height(rows[from:to+1]) <= room {
		to++
	}
	grow(0)
	var lines []string
	if from > 0 {
		lines = append(lines, terminal.Cut(fmt.Sprintf("  ... %d more before", from), max(width, 1)))
	}
	lines = append(lines, slices.Concat(rows[from:to]...)...)
	if to < len(rows) {
		lines = append(lines, terminal.Cut(fmt.Sprintf("  ... %d more behind", len(rows)-to), max(width, 1)))
	}
	return lines
}

// end is the answer to a signal: what stands on the terminal stays there.
func (w *watcher) end() error {
	if w.lost == nil {
		return nil
	}
	return lostError{w.lost}
}
