package cli

import (
	"fmt"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/cli/terminal"
)

// batchEvery is how often the progress of a batched stage is printed where no person is watching.
const batchEvery = 10 * time.Second

// retryEvery is how often it is said that a stage is tried again, which happens about once a second.
const retryEvery = 5 * time.Second

// retry knows when that was said last, and of which stage.
type retry struct {
	stage string
	said  time.Time
}

// due reports whether it is time to say it: at first, and then every now and then.
func (r *retry) due(e migrate.Event, now time.Time) bool {
	stage := e.Migration + "\n" + e.Stage
	if stage == r.stage && now.Sub(r.said) < retryEvery {
		return false
	}
	r.stage, r.said = stage, now
	return true
}

// batch shows how far a batched stage is: in the line of the terminal, or else every now and then.
func (c *call) batch(e migrate.Event) {
	if c.watched() {
		c.line("%s", fitted(e, terminal.Width(c.Stderr)-1))
		return
	}
	text := fmt.Sprintf("%s: %s: %s", e.Migration, e.Stage, progressText(e))
	if c.said.IsZero() {
		c.said = time.Now().Add(-e.Duration) // what is over sooner needs no word
	}
	if time.Since(c.said) >= batchEvery {
		c.said = time.Now()
		fmt.Fprintf(c.Stderr, "%s: %s\n", c.Name, text)
	}
}

// fitted is the progress in one line of so many columns: a line that the terminal wraps could not be written over. What is gone first is what
// does not change, then how fast it goes; how far it is stays as long as there is room for anything.
func fitted(e migrate.Event, width int) string {
	progress := progressText(e)
	for _, what := range []string{e.Migration + ": " + e.Stage + ": ", e.Stage + ": "} {
		if terminal.Columns(what+progress) <= width {
			return what + progress
		}
	}
	const least = 20 // columns that tell one stage from another
	if room := width - terminal.Columns(": "+progress); room >= least {
		return terminal.Cut(e.Stage, room) + ": " + progress
	}
	done := fmt.Sprintf("%d rows", e.Rows)
	if e.Total > e.Rows {
		done = fmt.Sprintf("%d%%", e.Rows*100/e.Total)
	}
	if room := width - terminal.Columns(": "+done); room >= least/2 {
		return terminal.Cut(e.Stage, room) + ": " + done
	}
	return terminal.Cut(done, max(width, 1))
}

// progressText says what is done, how fast it goes and when it will be over, as far as that is known.
func progressText(e migrate.Event) string {
	text := fmt.Sprintf("%d rows", e.Rows)
	if e.Total > e.Rows {
		text = fmt.Sprintf("%d of about %d rows (%d%%)", e.Rows, e.Total, e.Rows*100/e.Total)
	}
	if e.Rate > 0 {
		text += fmt.Sprintf(", %.0f a second", e.Rate)
	}
	if e.Left > 0 {
		text += ", " + e.Left.Round(time.Second).String() + " left"
	}
	return text
}

// watched reports whether a person sits in front of stderr, and a line there can be written over.
func (c *call) watched() bool { return !c.json && terminal.Redraws(c.Stderr) }
