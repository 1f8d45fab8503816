package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/cli/terminal"
)

func (c *call) print(format string, args ...any) { fmt.Fprintf(c.Stdout, format, args...) }

// paint puts a text of stdout into a style, where it shows colours.
func (c *call) paint(style terminal.Style, text string) string {
	return terminal.Paint(c.colours[0], style, text)
}

func (c *call) encode(v any) error {
	c.encoded = true
	e := json.NewEncoder(c.Stdout)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// progress prints what is done as it is done, and what keeps a run waiting. On a terminal a line says what is going on.
func (c *call) progress(e migrate.Event) {
	if e.Kind == migrate.EventRetry && !c.retry.due(e, time.Now()) {
		return
	}
	if c.busy {
		fmt.Fprint(c.Stderr, "\r\x1b[K")
		c.busy = false
	}
	word, doing := "applied", "applying"
	if e.Back {
		word, doing = "undone", "undoing"
	}
	if e.Faked {
		word = "faked"
	}
	switch e.Kind {
	case migrate.EventBegin:
		c.line("%s %s ...", doing, e.Migration)
	case migrate.EventEnd:
		if !c.json {
			c.print("%s %s  %s\n", c.paint(terminal.Green, fmt.Sprintf("%-8s", word)), e.Migration, c.paint(terminal.Faint, short(e.Duration)))
		}
	case migrate.EventProgress:
		c.batch(e)
	case migrate.EventWait:
		if e.Migration != "" {
			fmt.Fprintf(c.Stderr, "%s: %s: %s\n", c.Name, e.Migration, e.Message)
			c.line("%s %s ...", doing, e.Migration)
			return
		}
		fmt.Fprintf(c.Stderr, "%s: %s\n", c.Name, e.Message)
	case migrate.EventProtected:
		if !c.json {
			c.print("%s\n", c.paint(terminal.Bold, e.Message))
		}
	case migrate.EventRetry, migrate.EventNote:
		fmt.Fprintf(c.Stderr, "%s: %s\n", c.Name, e.Message)
	}
}

// line shows something for as long as nothing else is printed, if a person is watching.
func (c *call) line(format string, args ...any) {
	if !c.watched() {
		return
	}
	// A line that is wrapped, or one of several, could not be written over.
	fmt.Fprint(c.Stderr, terminal.Cut(terminal.OneLine(fmt.Sprintf(format, args...)), max(terminal.Width(c.Stderr)-1, 1)))
	c.busy = true
}

func short(d time.Duration) string {
	switch {
	case d < 10*time.Millisecond:
		return d.Round(100 * time.Microsecond).String()
	case d < 10*time.Second:
		return d.Round(time.Millisecond).String()
	}
	return d.Round(100 * time.Millisecond).String()
}

// brief returns an error without the differences that are printed beside it, in the form of verify.
func brief(err error) error {
	if initial := new(migrate.InitialError); errors.As(err, &initial) {
		return initial.Unwrap()
	}
	return err
}

// done prints the result of a run; what was applied has been printed on the way.
func (c *call) done(res *migrate.Result, err error, nothing string) error {
	if err != nil && res != nil && len(res.Done) > 0 {
		err = halfway{err}
	}
	if c.json {
		out := resultJSON{Set: c.Set.Name(), Done: []doneJSON{}}
		if res != nil {
			for _, d := range res.Done {
				out.Done = append(out.Done, doneJSON{d.Migration, d.Back, d.Faked, d.Duration.Milliseconds()})
			}
			if res.Backup != nil {
				out.Backup = res.Backup.File
			}
			out.Protection = protectionOf(res.Protection)
			out.Waits, out.Beyond = waitsJSON(res.Waits), res.Beyond
			if len(res.Differences) > 0 {
				out.Differences = differencesJSON(res.Differences)
			}
		}
		if err != nil {
			out.Error = migrate.ErrorText(brief(err))
		}
		if needed := new(migrate.ConsentError); errors.As(err, &needed) {
			needed.Program = c.Name
			out.Consent, out.Error = consentOf(needed), migrate.ErrorText(err)
		}
		if initial := new(migrate.InitialError); errors.As(err, &initial) {
			out.Differences = differencesJSON(initial.Differences)
		}
		if e := c.encode(out); e != nil {
			return e
		}
		return err
	}
	switch {
	case err != nil:
	case res.Waits != nil:
		c.print("%s\n", res.Waits)
	case len(res.Done) == 0 && len(res.Beyond) > 0:
		c.print("%s; the database has what this program does not know, of a newer version of it: %s\n", nothing, strings.Join(res.Beyond, ", "))
	case len(res.Done) == 0:
		c.print("%s\n", nothing)
	}
	return err
}

type resultJSON struct {
	Set    string     `json:"set"`
	Done   []doneJSON `json:"done"`
	Backup string     `json:"backup,omitempty"`
	Waits  *waitJSON  `json:"waits,omitempty"`
	Beyond []string   `json:"beyond,omitempty"`
	Error  string     `json:"error,omitempty"`

	Differences []differenceJSON `json:"differences,omitempty"` // of -fake-initial

	Protection *protectionJSON `json:"protection,omitempty"`
	Consent    *consentJSON    `json:"consent,omitempty"` // what a protected database needs for it
}

type doneJSON struct {
	Migration  string `json:"migration"`
	Back       bool   `json:"back,omitempty"`
	Faked      bool   `json:"faked,omitempty"`
	DurationMS int64  `json:"duration_ms"`
}

func up(ctx context.Context, c *call) error {
	if c.to != "" {
		res, err := c.m.UpTo(ctx, c.to)
		return c.done(res, err, "nothing to do")
	}
	res, err := c.m.Up(ctx)
	return c.done(res, err, "nothing to do")
}

func to(ctx context.Context, c *call) error {
	res, err := c.m.To(ctx, c.args[0])
	return c.done(res, err, "nothing to do")
}

func down(ctx context.Context, c *call) error {
	if c.steps < 1 {
		return usageError{fmt.Errorf("down -n %d: it is one or more", c.steps)}
	}
	res, err := c.m.Back(ctx, c.steps)
	return c.done(res, err, "nothing is applied")
}

func fake(ctx context.Context, c *call) error {
	res, err := c.m.Fake(ctx, c.args[0])
	return c.done(res, err, "nothing to do")
}

func prune(ctx context.Context, c *call) error {
	names, err := c.m.Prune(ctx, c.args...)
	if err != nil {
		return err
	}
	if c.json {
		return c.encode(struct {
			Set    string   `json:"set"`
			Pruned []string `json:"pruned"`
		}{c.Set.Name(), append([]string{}, names...)})
	}
	for _, n := range names {
		c.print("pruned   %s\n", n)
	}
	if len(names) == 0 {
		c.print("nothing to prune\n")
	}
	return nil
}

func check(ctx context.Context, c *call) error {
	err := c.m.Check(ctx)
	var pending *migrate.PendingError
	if c.json && (err == nil || errors.As(err, &pending)) {
		out := struct {
			Set     string   `json:"set"`
			Pending []string `json:"pending"`
		}{c.Set.Name(), []string{}}
		if pending != nil {
			out.Pending = pending.Pending
		}
		if e := c.encode(out); e != nil {
			return e
		}
		if err != nil {
			return errNo
		}
	}
	return err
}

func verify(ctx context.Context, c *call) error {
	diff, err := c.m.Verify(ctx)
	if err != nil {
		return err
	}
	if c.json {
		if err := c.encode(differencesJSON(diff)); err != nil {
			return err
		}
	} else {
		c.differences(diff)
	}
	if len(diff) == 0 {
		return nil
	}
	if !c.json {
		fmt.Fprintf(c.Stderr, "%s: the database is not what its migrations say, in %s: somebody changed it by hand, a newer program did, or a migration was edited; "+
			"what to do stands below each\n", c.Name, facts(len(diff)))
	}
	return errNo
}

// differences prints them, each with what to do about it below.
func (c *call) differences(diff []migrate.Difference) {
	for _, d := range diff {
		word := "unexpected"
		if d.Missing {
			word = "missing"
		}
		const indent = "\n            "
		c.print("%s  %s%s%s\n", c.paint(terminal.Yellow, fmt.Sprintf("%-10s", word)), strings.ReplaceAll(d.Fact, "\n", indent), indent, d.Fix)
	}
}

type differenceJSON struct {
	Missing bool   `json:"missing"`
	Fact    string `json:"fact"`
	Fix     string `json:"fix"`
}

func differencesJSON(diff []migrate.Difference) []differenceJSON {
	out := []differenceJSON{}
	for _, d := range diff {
		out = append(out, differenceJSON(d))
	}
	return out
}

func facts(n int) string {
	if n == 1 {
		return "one fact"
	}
	return fmt.Sprintf("%d facts", n)
}
