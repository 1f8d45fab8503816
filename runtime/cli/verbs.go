package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
)

func (c *call) print(format string, args ...any) { fmt.Fprintf(c.Stdout, format, args...) }

func (c *call) encode(v any) error {
	e := json.NewEncoder(c.Stdout)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// progress prints what keeps a run waiting. What is done is printed at its end.
func (c *call) progress(e migrate.Event) {
	switch e.Kind {
	case migrate.EventEnd:
		word := "applied"
		if e.Back {
			word = "undone"
		}
		if e.Faked {
			word = "faked"
		}
		c.print("%-8s %s  %s\n", word, e.Migration, short(e.Duration))
	case migrate.EventWait, migrate.EventRetry:
		fmt.Fprintf(c.Stderr, "%s: %s\n", c.Name, e.Message)
	}
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

// done prints the result of a run; what was applied has been printed on the way.
func (c *call) done(res *migrate.Result, err error, nothing string) error {
	if c.json {
		out := resultJSON{Set: c.Set.Name(), Done: []doneJSON{}}
		if res != nil {
			for _, d := range res.Done {
				out.Done = append(out.Done, doneJSON{d.Migration, d.Back, d.Faked, d.Duration.Milliseconds()})
			}
		}
		if err != nil {
			out.Error = migrate.ErrorText(err)
		}
		if e := c.encode(out); e != nil {
			return e
		}
		return err
	}
	if err == nil && len(res.Done) == 0 {
		c.print("%s\n", nothing)
	}
	return err
}

type resultJSON struct {
	Set   string     `json:"set"`
	Done  []doneJSON `json:"done"`
	Error string     `json:"error,omitempty"`
}

type doneJSON struct {
	Migration  string `json:"migration"`
	Back       bool   `json:"back,omitempty"`
	Faked      bool   `json:"faked,omitempty"`
	DurationMS int64  `json:"duration_ms"`
}

func up(ctx context.Context, c *call) error {
	if c.to != "" {
		p, err := c.m.Plan(ctx, c.to)
		if err != nil {
			return err
		}
		for _, s := range p.Steps {
			if s.Back {
				return usageError{fmt.Errorf("%s is behind what is applied: up only goes forward, to %s goes back", c.to, c.to)}
			}
		}
		res, err := c.m.To(ctx, c.to)
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
	res, err := c.m.Down(ctx)
	return c.done(res, err, "nothing is applied")
}

func fake(ctx context.Context, c *call) error {
	res, err := c.m.Fake(ctx, c.args[0])
	return c.done(res, err, "nothing to do")
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
		type fact struct {
			Missing bool   `json:"missing"`
			Fact    string `json:"fact"`
		}
		out := []fact{}
		for _, d := range diff {
			out = append(out, fact(d))
		}
		if err := c.encode(out); err != nil {
			return err
		}
	} else {
		for _, d := range diff {
			if d.Missing {
				c.print("missing     %s\n", d.Fact)
			} else {
				c.print("unexpected  %s\n", d.Fact)
			}
		}
	}
	if len(diff) == 0 {
		return nil
	}
	if !c.json {
		fmt.Fprintf(c.Stderr, "%s: the database is not what its migrations say, in %s: somebody changed it by hand, or edited a migration; "+
			"change it back by hand, or write a migration that says what the database is and record it with fake\n", c.Name, facts(len(diff)))
	}
	return errNo
}

func facts(n int) string {
	if n == 1 {
		return "one fact"
	}
	return fmt.Sprintf("%d facts", n)
}

func status(ctx context.Context, c *call) error {
	st, err := c.m.Status(ctx)
	if err != nil {
		return err
	}
	if c.json {
		return c.encode(statusJSON(st))
	}
	applied := 0
	for _, e := range st.Entries {
		if e.Applied {
			applied++
		}
	}
	c.print("%s: %d applied, %d pending\n", st.Set, applied, len(st.Pending()))
	w := tabwriter.NewWriter(c.Stdout, 0, 8, 2, ' ', 0)
	for _, e := range st.Entries {
		fmt.Fprintf(w, "  %s\t%s%s\n", word(e), e.Migration, when(e))
	}
	return w.Flush()
}

func word(e migrate.Entry) string {
	switch {
	case e.Record == nil:
		return "pending"
	case !e.Known:
		return "unknown"
	case e.Record.State == migrate.StateDone && e.Edited:
		return "edited"
	case e.Record.State == migrate.StateDone:
		return "applied"
	}
	return string(e.Record.State)
}

func when(e migrate.Entry) string {
	r := e.Record
	if r == nil {
		return ""
	}
	if !e.Applied {
		return fmt.Sprintf("\tsince %s\t%d stages done", r.Started.UTC().Format(time.DateTime), r.Stage)
	}
	text := "\t" + r.Finished.UTC().Format(time.DateTime)
	if r.State == migrate.StateDone {
		text += "\t" + short(r.Finished.Sub(r.Started))
	}
	return text
}

func statusJSON(st *migrate.Status) any {
	type entry struct {
		Migration  string     `json:"migration"`
		State      string     `json:"state"`
		Stage      int        `json:"stage,omitempty"`
		Started    *time.Time `json:"started,omitempty"`
		Finished   *time.Time `json:"finished,omitempty"`
		DurationMS int64      `json:"duration_ms,omitempty"`
		By         string     `json:"by,omitempty"`
	}
	out := struct {
		Set        string  `json:"set"`
		Migrations []entry `json:"migrations"`
	}{st.Set, []entry{}}
	for _, e := range st.Entries {
		j := entry{Migration: e.Migration, State: word(e)}
		if r := e.Record; r != nil {
			started := r.Started.UTC()
			j.Started, j.Stage, j.By = &started, r.Stage, r.By
			if !r.Finished.IsZero() {
				finished := r.Finished.UTC()
				j.Finished, j.DurationMS = &finished, r.Finished.Sub(r.Started).Milliseconds()
			}
		}
		out.Migrations = append(out.Migrations, j)
	}
	return out
}

func plan(ctx context.Context, c *call) error {
	p, err := c.m.Plan(ctx, c.to)
	if err != nil {
		return err
	}
	if c.json {
		return c.encode(planJSON(p))
	}
	if len(p.Steps) == 0 {
		c.print("nothing to do\n")
	}
	for _, s := range p.Steps {
		back := ""
		if s.Back {
			back = "  (undo)"
		}
		c.print("%s%s\n", s.Migration, back)
		for _, d := range s.Destroys {
			c.print("  destroys %s and its data\n", d)
		}
		for i, st := range s.Stages {
			c.stage(st, i < s.Done)
		}
	}
	return nil
}

func (c *call) stage(st migrate.Stage, done bool) {
	c.print("  %s%s\n", st.Cause, map[bool]string{true: "  (done already)"}[done])
	var facts []string
	if st.Lock != "" && len(st.Tables) > 0 {
		facts = append(facts, "locks "+strings.Join(st.Tables, ", ")+": "+st.Lock)
	}
	if st.Rewrites {
		facts = append(facts, "writes the table anew")
	} else if st.Scans {
		facts = append(facts, "reads the whole table")
	}
	if st.NoTx {
		facts = append(facts, "outside a transaction")
	}
	if len(facts) > 0 {
		c.print("    -- %s\n", strings.Join(facts, "; "))
	}
	c.statements(st, "    ")
}

func (c *call) statements(st migrate.Stage, indent string) {
	for _, s := range st.Statements {
		if s.Comment != "" {
			c.print("%s-- %s\n", indent, s.Comment)
		}
		c.print("%s%s;\n", indent, strings.ReplaceAll(s.SQL, "\n", "\n"+indent))
	}
	if st.Run != nil && len(st.Statements) == 0 {
		c.print("%s-- Go code, which cannot be printed\n", indent)
	}
}

func planJSON(p *migrate.Plan) any {
	type step struct {
		Migration string      `json:"migration"`
		Back      bool        `json:"back,omitempty"`
		Done      int         `json:"stages_done,omitempty"`
		Destroys  []string    `json:"destroys,omitempty"`
		Stages    []stageJSON `json:"stages"`
	}
	out := struct {
		Set   string `json:"set"`
		Steps []step `json:"steps"`
	}{p.Set, []step{}}
	for _, s := range p.Steps {
		out.Steps = append(out.Steps, step{s.Migration, s.Back, s.Done, s.Destroys, stagesJSON(s.Stages)})
	}
	return out
}

type stageJSON struct {
	Does       string   `json:"does"`
	Statements []string `json:"statements"`
	NoTx       bool     `json:"outside_transaction,omitempty"`
	Lock       string   `json:"lock,omitempty"`
	Tables     []string `json:"tables,omitempty"`
	Scans      bool     `json:"scans,omitempty"`
	Rewrites   bool     `json:"rewrites,omitempty"`
	Destroys   []string `json:"destroys,omitempty"`
}

func stagesJSON(stages []migrate.Stage) []stageJSON {
	out := []stageJSON{}
	for _, st := range stages {
		j := stageJSON{st.Cause, []string{}, st.NoTx, st.Lock, st.Tables, st.Scans, st.Rewrites, st.Destroys}
		for _, s := range st.Statements {
			j.Statements = append(j.Statements, s.SQL)
		}
		out = append(out, j)
	}
	return out
}

func printSQL(_ context.Context, c *call) error {
	stages, err := c.m.SQL(c.args[0], c.server, c.back)
	if err != nil {
		return err
	}
	if c.json {
		return c.encode(stagesJSON(stages))
	}
	for _, tx := range migrate.Transactions(stages) {
		if !tx[0].NoTx {
			c.print("%s", map[bool]string{true: "PRAGMA foreign_keys = OFF; -- else rows of other tables go with the old one\nBEGIN IMMEDIATE;\n", false: "BEGIN;\n"}[tx[0].KeysOff])
		}
		for _, st := range tx {
			c.print("-- %s\n", st.Cause)
			c.statements(st, "")
		}
		if !tx[0].NoTx {
			c.print("%s", map[bool]string{true: "PRAGMA foreign_key_check; -- a row here: ROLLBACK\nCOMMIT;\nPRAGMA foreign_keys = ON;\n", false: "COMMIT;\n"}[tx[0].KeysOff])
		}
	}
	return nil
}
