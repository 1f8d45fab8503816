package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/cli/terminal"
	"github.com/modelgen/modelgen/runtime/fleet"
	"github.com/modelgen/modelgen/runtime/internal/shell"
)

// some is how many targets are named of each kind.
const some = 3

// watch has the progress shown: in the line of a terminal, else every now and then. Failures are told as they come.
func (c *fleetCall) watch() {
	each, progress := c.opt.Each, c.opt.Progress
	c.said = time.Now()
	c.opt.Each = func(r fleet.Result) {
		if needed := new(migrate.ConsentError); errors.As(r.Err, &needed) {
			c.alone(needed, r.Target)
		}
		if r.Plan != nil && r.Plan.Consent != nil {
			c.alone(r.Plan.Consent, r.Target)
		}
		if r.Err != nil && !c.json {
			c.clear()
			fmt.Fprintf(c.Stderr, "%s: %s %s: %s\n", c.Name, terminal.Paint(c.colours[1], terminal.Red, string(r.State)), r.Target, migrate.ErrorText(r.Err))
		}
		if each != nil {
			each(r)
		}
	}
	c.opt.Progress = func(p fleet.Progress) {
		now := time.Now()
		switch {
		case c.watched() && now.Sub(c.last) >= 100*time.Millisecond:
			c.last = now
			c.clear()
			c.line("%s", fleetProgress(p))
		case !c.watched() && now.Sub(c.said) >= batchEvery:
			c.said = now
			fmt.Fprintf(c.Stderr, "%s: %s\n", c.Name, fleetProgress(p))
		}
		if progress != nil {
			progress(p)
		}
	}
}

// alone makes the words of a refusal those for one target of the fleet.
func (c *fleetCall) alone(needed *migrate.ConsentError, target string) {
	needed.Program = c.Name
	for _, words := range []*string{&needed.Plan, &needed.Command} {
		if verb, rest, _ := strings.Cut(*words, " -"); *words != "" && !strings.Contains(*words, onlyFlag) {
			*words = verb + onlyFlag + shell.Word(pattern(target))
			if rest != "" {
				*words += " -" + rest
			}
		}
	}
}

const onlyFlag = " -only "

// pattern returns what -only takes for a name: a comma separates names there.
func pattern(name string) string {
	if !strings.Contains(name, ",") {
		return name
	}
	return strings.ReplaceAll(strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(name), ",", "?")
}

// clear takes the line of the terminal away.
func (c *fleetCall) clear() {
	if c.busy {
		fmt.Fprint(c.Stderr, "\r\x1b[K")
		c.busy = false
	}
}

func counted(targets int) string {
	if targets == 1 {
		return "1 target"
	}
	return fmt.Sprintf("%d targets", targets)
}

func fleetProgress(p fleet.Progress) string {
	text := fmt.Sprintf("%d of %d targets", p.Done, p.Total)
	if p.Changed > 0 {
		text += fmt.Sprintf(", %d changed", p.Changed)
	}
	if p.Failed > 0 {
		text += fmt.Sprintf(", %d failed", p.Failed)
	}
	text += fmt.Sprintf(", %.3g/s", p.Rate)
	if p.Left > 0 {
		text += ", " + max(p.Left, time.Second).Round(time.Second).String() + " left"
	}
	return text
}

// status prints how many are at which migration, and what is with the others.
func (c *fleetCall) status(r *fleet.Report) {
	head := ""
	if h := r.Versions(); len(h) > 0 && c.f.Set.Head() != nil {
		head = c.f.Set.Head().Name
	}
	c.print("%s: %s, %d behind, %d failed\n", r.Set, counted(len(r.Results)), r.Count(fleet.Behind), r.Count(fleet.Failed, fleet.Busy, fleet.Absent))
	var rows [][]terminal.Cell
	ok := *r
	ok.Results = nil
	for _, res := range r.Results {
		if res.Err == nil && res.State != fleet.Absent && res.State != fleet.Untried {
			ok.Results = append(ok.Results, res)
		}
	}
	for _, g := range ok.Versions() {
		name, note, style := g.What, "", terminal.Yellow
		switch {
		case name == "":
			name, note = "nothing applied", g.Names(some)
		case name == head:
			note, style = "newest", terminal.Green
		default:
			note = g.Names(some)
		}
		rows = append(rows, []terminal.Cell{{Text: strconv.Itoa(len(g.Targets))}, {Style: style, Text: name}, {Style: terminal.Faint, Text: note}})
	}
	for _, line := range terminal.Table(rows, 2, terminal.Width(c.Stdout), c.colours[0]) {
		c.print("%s\n", line)
	}
	var half fleet.Report
	for _, res := range r.Results {
		if res.Unfinished != "" {
			half.Results = append(half.Results, res)
		}
	}
	for _, res := range half.Results[:min(some, len(half.Results))] {
		c.print("%s %s: %s\n", c.paint(terminal.Red, "unfinished"), res.Target, res.Unfinished)
	}
	if n := len(half.Results) - some; n > 0 {
		c.print("unfinished in %d more\n", n)
	}
	c.others(r)
}

// summary prints what a run has come to.
func (c *fleetCall) summary(r *fleet.Report) {
	var parts []string
	for _, s := range []fleet.State{fleet.Changed, fleet.Current, fleet.Newer, fleet.Behind, fleet.Failed, fleet.Busy, fleet.Absent, fleet.Untried} {
		if n := r.Count(s); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	if len(parts) == 0 {
		parts = []string{"no targets"}
	}
	c.print("%s: %s in %s\n", r.Set, strings.Join(parts, ", "), short(r.Elapsed))
	c.others(r)
}

// others prints which are behind, absent or had no turn, and why targets failed: three names of each.
func (c *fleetCall) others(r *fleet.Report) {
	for _, s := range []fleet.State{fleet.Behind, fleet.Newer, fleet.Absent, fleet.Untried} {
		var g fleet.Group
		for _, res := range r.Results {
			if res.State == s && res.Err == nil {
				g.Targets = append(g.Targets, res.Target)
			}
		}
		if len(g.Targets) > 0 {
			c.print("%s: %s\n", c.paint(terminal.Yellow, string(s)), g.Names(some))
		}
	}
	states := map[string]fleet.State{}
	for _, res := range r.Results {
		states[res.Target] = res.State
	}
	for _, g := range r.Reasons() {
		c.print("%s %d: %s: %s\n", c.paint(terminal.Red, string(states[g.Targets[0]])), len(g.Targets), g.Names(some), g.What)
	}
}

// plans prints each plan once, with the targets that it is of.
func (c *fleetCall) plans(r *fleet.Report) {
	var order []*migrate.Plan
	of := map[*migrate.Plan]*fleet.Group{}
	for _, res := range r.Results {
		if res.Plan == nil || len(res.Plan.Steps) == 0 {
			continue
		}
		if of[res.Plan] == nil {
			of[res.Plan] = &fleet.Group{}
			order = append(order, res.Plan)
		}
		of[res.Plan].Targets = append(of[res.Plan].Targets, res.Target)
	}
	for _, p := range order {
		g := of[p]
		c.print("%s\n", c.paint(terminal.Bold, fmt.Sprintf("%s (%s), as in %s:", counted(len(g.Targets)), g.Names(some), g.Targets[0])))
		c.planned(p)
	}
	if len(order) == 0 {
		c.print("nothing to do\n")
	}
	c.others(r)
}

// drift prints differences, once for all targets that have the same.
func (c *fleetCall) drift(r *fleet.Report) {
	var order []string
	of := map[string]*fleet.Group{}
	first := map[string]fleet.Result{}
	for _, res := range r.Results {
		if len(res.Differences) == 0 {
			continue
		}
		var key strings.Builder
		for _, d := range res.Differences {
			fmt.Fprintf(&key, "%t %s\n", d.Missing, d.Fact)
		}
		k := key.String()
		if of[k] == nil {
			of[k], first[k] = &fleet.Group{}, res
			order = append(order, k)
		}
		of[k].Targets = append(of[k].Targets, res.Target)
	}
	failed := ""
	if n := r.Count(fleet.Failed); n > 0 {
		failed = fmt.Sprintf(", %d failed", n)
	}
	c.print("%s: %s, %d as their migrations say, %d drifted%s\n", r.Set, counted(len(r.Results)), r.Count(fleet.Current), r.Count(fleet.Drifted), failed)
	for _, k := range order {
		c.print("%s\n", c.paint(terminal.Bold, fmt.Sprintf("%s (%s), as in %s:", counted(len(of[k].Targets)), of[k].Names(some), of[k].Targets[0])))
		c.differences(first[k].Differences)
	}
	c.others(r)
}

type fleetTargetJSON struct {
	Target      string           `json:"target"`
	State       fleet.State      `json:"state"`
	Version     string           `json:"version,omitempty"`
	Applied     []string         `json:"applied,omitempty"`
	Pending     []string         `json:"pending,omitempty"`
	Unfinished  string           `json:"unfinished,omitempty"`
	Differences []differenceJSON `json:"differences,omitempty"`
	Plan        string           `json:"plan,omitempty"` // the target under which the plan stands
	Error       string           `json:"error,omitempty"`
	Code        string           `json:"code,omitempty"`
	DurationMS  int64            `json:"duration_ms"`
}

type fleetGroupJSON struct {
	Reason  string   `json:"reason"`
	Count   int      `json:"count"`
	Targets []string `json:"targets"` // the first ones
}

func fleetJSON(r *fleet.Report) any {
	out := struct {
		Set       string              `json:"set"`
		Counts    map[fleet.State]int `json:"counts"`
		Versions  map[string]int      `json:"versions,omitempty"`
		Failures  []fleetGroupJSON    `json:"failures,omitempty"`
		Stopped   string              `json:"stopped,omitempty"`
		ElapsedMS int64               `json:"elapsed_ms"`
		Plans     map[string]any      `json:"plans,omitempty"` // by the first target of each
		Targets   []fleetTargetJSON   `json:"targets"`
	}{Set: r.Set, Counts: map[fleet.State]int{}, Versions: map[string]int{}, Stopped: r.Stopped, ElapsedMS: r.Elapsed.Milliseconds(), Plans: map[string]any{}, Targets: []fleetTargetJSON{}}
	of := map[*migrate.Plan]string{}
	for _, res := range r.Results {
		out.Counts[res.State]++
		if res.Version != "" {
			out.Versions[res.Version]++
		}
		j := fleetTargetJSON{Target: res.Target, State: res.State, Version: res.Version, Applied: res.Applied, Pending: res.Pending, Unfinished: res.Unfinished, DurationMS: res.Duration.Milliseconds()}
		if len(res.Differences) > 0 {
			j.Differences = differencesJSON(res.Differences)
		}
		if res.Plan != nil && len(res.Plan.Steps) > 0 {
			if of[res.Plan] == "" {
				of[res.Plan] = res.Target
				out.Plans[res.Target] = planJSON(res.Plan)
			}
			j.Plan = of[res.Plan]
		}
		if res.Err != nil {
			j.Error, j.Code = migrate.ErrorText(res.Err), res.Code()
		}
		out.Targets = append(out.Targets, j)
	}
	for _, g := range r.Reasons() {
		out.Failures = append(out.Failures, fleetGroupJSON{g.What, len(g.Targets), g.Targets[:min(some, len(g.Targets))]})
	}
	return out
}
