package cli

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/cli/terminal"
	"github.com/modelgen/modelgen/runtime/internal/machine"
)

func rehearseFlags(c *call, f *flag.FlagSet) {
	f.Func("rows", "how many `rows` the copy gets, on PostgreSQL: 0, which is the default, a share such as 5%, or all", func(s string) (err error) {
		c.rehearse.Percent, err = percent(s)
		return err
	})
	f.StringVar(&c.rehearse.On, "on", "", "make the copy in the empty database `URL`, on any server; on SQLite in a directory or a new file")
	f.BoolVar(&c.rehearse.Keep, "keep", false, "leave the copy where it is")
	f.BoolVar(&c.rehearse.Keys, "keys", false, "tell the keys of some rows that are in the way, not only how many there are")
	f.StringVar(&c.rehearse.PgDump, "pg-dump", "", "`path` of pg_dump, with pg_restore beside it")
	contractFlag(c, f)
	policyFlags(c, f)
}

// percent reads how many rows are copied.
func percent(s string) (float64, error) {
	switch s {
	case "all":
		return 100, nil
	case "none":
		return 0, nil
	}
	number, share := strings.CutSuffix(s, "%")
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || !(n >= 0 && n <= 100) || !share && n != 0 {
		return 0, errors.New("it is 0, a share such as 5%, or all")
	}
	return n, nil
}

// rehearse carries out what is pending on a copy, and prints what happened.
func rehearse(ctx context.Context, c *call) error {
	c.rehearse.URL = cmp.Or(c.URL, os.Getenv("DATABASE_URL"))
	r, err := c.m.Rehearse(ctx, c.rehearse)
	if r == nil {
		return err
	}
	if c.json {
		if e := c.encode(rehearsalJSON(r, err)); e != nil {
			return e
		}
	} else {
		c.rehearsal(r)
	}
	if err != nil {
		return err
	}
	if r.Failed() {
		fmt.Fprintf(c.Stderr, "%s: the rehearsal found what is wrong, see failed, would fail now and fault above; the database itself was not changed\n", c.Name)
		return errNo
	}
	return nil
}

// rehearsal prints the report for people.
func (c *call) rehearsal(r *migrate.Rehearsal) {
	for _, name := range r.Removed {
		c.print("removed  %s, which an interrupted rehearsal had left\n", name)
	}
	if len(r.Pending) == 0 {
		c.print("nothing is pending, so nothing was rehearsed\n")
	} else if r.Copy != "" {
		on := ""
		if r.Server != "" {
			on = " on " + r.Server
		}
		c.print("rehearsed in %s%s\n  %s, %s, copied in %s\n", r.Copy, on, rowsCopied(r), machine.Text(r.Bytes), short(r.Took))
	}
	for _, run := range r.Runs {
		c.rehearsedRun(run)
	}
	c.list(terminal.Red, "failed", r.Failures)
	c.list(terminal.Red, "would fail now", r.Blocked)
	c.list(terminal.Red, "fault of modelgen, please report it", r.Faults)
	for _, d := range r.Differences {
		word := "unexpected"
		if d.Missing {
			word = "missing"
		}
		c.print("%s: %s %s\n", c.paint(terminal.Yellow, "drift that was there before"), word, d.Fact)
	}
	c.list(terminal.Faint, "not tested", r.NotTested)
	if r.Kept != "" {
		c.print("kept: %s; to be rid of it: %s\n", r.Copy, r.Kept)
	}
	if len(r.Pending) > 0 && !r.Failed() {
		c.print("%s\n", c.paint(terminal.Green, "nothing failed"))
	}
}

func rowsCopied(r *migrate.Rehearsal) string {
	noun := "rows"
	if r.Rows == 1 {
		noun = "row"
	}
	switch r.Percent {
	case 0:
		return "without rows"
	case 100:
		return fmt.Sprintf("all rows (%d %s)", r.Rows, noun)
	}
	return fmt.Sprintf("%v%% of the rows and those that they refer to (%d %s)", r.Percent, r.Rows, noun)
}

func (c *call) list(style terminal.Style, word string, lines []string) {
	for _, l := range lines {
		c.print("%s: %s\n", c.paint(style, word), l)
	}
}

func (c *call) rehearsedRun(run migrate.RehearsedRun) {
	noun := "migrations"
	if len(run.Migrations) == 1 {
		noun = "migration"
	}
	verified := ""
	if run.Verified {
		verified = ", then compared with what the migrations say"
	}
	c.print("%s: %d %s in %s%s\n", c.paint(terminal.Bold, run.Name), len(run.Migrations), noun, short(run.Duration), verified)
	last := ""
	for _, st := range run.Stages {
		if st.Migration != last {
			c.print("  %s\n", st.Migration)
			last = st.Migration
		}
		c.print("    %s\n      %s\n", st.Stage, strings.Join(stageFacts(st), "; "))
		if run.Name == "up" {
			c.print("      with all rows: %s\n", estimateText(st.Estimate))
		}
	}
	for _, l := range run.Lost {
		by := "undoing " + l.Migration
		if l.Migration == "" {
			by = "the way up and down"
		}
		c.print("  %s %s (%s)\n", c.paint(terminal.Yellow, "lost:"), l, by)
	}
}

// stageFacts says what was measured of a stage.
func stageFacts(st migrate.RehearsedStage) []string {
	facts := []string{"took " + short(st.Duration)}
	for _, l := range st.Locks {
		facts = append(facts, fmt.Sprintf("held %s of %s for %s", l.Mode, l.Table, short(l.Held)))
	}
	if len(st.Rewritten) > 0 {
		facts = append(facts, "wrote "+strings.Join(st.Rewritten, ", ")+" again as a whole")
	}
	if st.Read > 0 {
		facts = append(facts, fmt.Sprintf("read %d rows", st.Read))
	}
	if st.Written > 0 {
		facts = append(facts, fmt.Sprintf("wrote %d rows", st.Written))
	}
	if st.Bytes > 0 {
		facts = append(facts, machine.Text(st.Bytes)+" written")
	}
	return facts
}

func estimateText(e migrate.Estimate) string {
	if !e.Known() {
		return e.Basis
	}
	low, high := short(e.Low), short(e.High)
	if low == high {
		return fmt.Sprintf("%s (%s)", low, e.Basis)
	}
	return fmt.Sprintf("%s to %s (%s)", low, high, e.Basis)
}

type lockJSON struct {
	Table  string  `json:"table"`
	Mode   string  `json:"mode"`
	HeldMS float64 `json:"held_ms"`
}

type rehearsedStageJSON struct {
	Migration  string     `json:"migration"`
	Does       string     `json:"does"`
	DurationMS float64    `json:"duration_ms"`
	Locks      []lockJSON `json:"locks"`
	Sampled    bool       `json:"locks_sampled,omitempty"`
	Declared   struct {
		Lock     string   `json:"lock,omitempty"`
		Tables   []string `json:"tables,omitempty"`
		Scans    bool     `json:"scans,omitempty"`
		Rewrites bool     `json:"rewrites,omitempty"`
	} `json:"declared"`
	Read      *int64   `json:"rows_read,omitempty"` // none is not known
	Written   *int64   `json:"rows_written,omitempty"`
	Bytes     int64    `json:"bytes_written"`
	Rewritten []string `json:"rewritten,omitempty"`
	Estimate  struct {
		LowMS  *float64 `json:"low_ms,omitempty"`
		HighMS *float64 `json:"high_ms,omitempty"`
		Basis  string   `json:"basis"`
	} `json:"estimate"`
}

type rehearsedLossJSON struct {
	Migration string `json:"migration,omitempty"`
	Table     string `json:"table"`
	Column    string `json:"column,omitempty"`
	Count     *int64 `json:"count,omitempty"` // none is not known
	Changed   bool   `json:"changed,omitempty"`
}

type rehearsedRunJSON struct {
	Name       string               `json:"name"`
	Migrations []string             `json:"migrations"`
	DurationMS float64              `json:"duration_ms"`
	Verified   bool                 `json:"verified"`
	Stages     []rehearsedStageJSON `json:"stages"`
	Lost       []rehearsedLossJSON  `json:"lost"`
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func count(n int64) *int64 {
	if n < 0 {
		return nil
	}
	return &n
}

func rehearsalJSON(r *migrate.Rehearsal, err error) any {
	out := struct {
		Set         string             `json:"set"`
		Failed      bool               `json:"failed"`
		Error       string             `json:"error,omitempty"`
		Pending     []string           `json:"pending"`
		Server      string             `json:"server,omitempty"`
		Copy        string             `json:"copy,omitempty"`
		Kept        string             `json:"kept,omitempty"`
		Percent     float64            `json:"rows_percent"`
		Rows        int64              `json:"rows"`
		Bytes       int64              `json:"bytes"`
		CopyMS      float64            `json:"copy_ms"`
		Runs        []rehearsedRunJSON `json:"runs"`
		Failures    []string           `json:"failures"`
		Blocked     []string           `json:"would_fail_now"`
		Faults      []string           `json:"faults"`
		Differences []differenceJSON   `json:"drift_before"`
		NotTested   []string           `json:"not_tested"`
		Removed     []string           `json:"removed"`
	}{
		Set: r.Set, Failed: err != nil || r.Failed(), Pending: append([]string{}, r.Pending...), Server: r.Server, Copy: r.Copy, Kept: r.Kept, Percent: r.Percent, Rows: r.Rows, Bytes: r.Bytes,
		CopyMS: millis(r.Took), Runs: []rehearsedRunJSON{}, Failures: append([]string{}, r.Failures...), Blocked: append([]string{}, r.Blocked...), Faults: append([]string{}, r.Faults...),
		Differences: differencesJSON(r.Differences), NotTested: append([]string{}, r.NotTested...), Removed: append([]string{}, r.Removed...),
	}
	if err != nil {
		out.Error = migrate.ErrorText(err)
	}
	for _, run := range r.Runs {
		j := rehearsedRunJSON{run.Name, append([]string{}, run.Migrations...), millis(run.Duration), run.Verified, []rehearsedStageJSON{}, []rehearsedLossJSON{}}
		for _, st := range run.Stages {
			j.Stages = append(j.Stages, rehearsedStage(st))
		}
		for _, l := range run.Lost {
			j.Lost = append(j.Lost, rehearsedLossJSON{l.Migration, l.Table, l.Column, count(l.Count), l.Changed})
		}
		out.Runs = append(out.Runs, j)
	}
	return out
}

func rehearsedStage(st migrate.RehearsedStage) rehearsedStageJSON {
	j := rehearsedStageJSON{
		Migration: st.Migration, Does: st.Stage, DurationMS: millis(st.Duration), Locks: []lockJSON{}, Sampled: st.Sampled, Read: count(st.Read), Written: count(st.Written), Bytes: st.Bytes,
		Rewritten: st.Rewritten,
	}
	for _, l := range st.Locks {
		j.Locks = append(j.Locks, lockJSON{l.Table, l.Mode, millis(l.Held)})
	}
	j.Declared.Lock, j.Declared.Tables, j.Declared.Scans, j.Declared.Rewrites = st.Declared.Lock, st.Declared.Tables, st.Declared.Scans, st.Declared.Rewrites
	if st.Estimate.Known() {
		low, high := millis(st.Estimate.Low), millis(st.Estimate.High)
		j.Estimate.LowMS, j.Estimate.HighMS = &low, &high
	}
	j.Estimate.Basis = st.Estimate.Basis
	return j
}
