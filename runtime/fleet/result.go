package fleet

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
)

// State is how a target stands when its turn is over.
type State string

// The states. A run has nothing left to do when all targets are Current, Changed or Newer.
const (
	Current State = "current" // nothing was to be done
	Changed State = "changed" // brought to where it was to be
	Behind  State = "behind"  // migrations are pending, and nothing was to be changed
	Drifted State = "drifted" // Verify has found differences
	Newer   State = "newer"   // a newer program has been here: nothing is pending, and there is what this one does not know
	Absent  State = "absent"  // the schema is not there
	Busy    State = "busy"    // another run is at it
	Failed  State = "failed"  // see Err
	Untried State = "untried" // the run ended before its turn
)

// Result is what became of one target.
type Result struct {
	Target      string
	State       State
	Version     string               // the newest migration that is applied, as far as it was read; "" is none
	Applied     []string             // what this run has applied or undone, in order
	Pending     []string             // of Status, Plan and Check
	Unfinished  string               // of Status: a migration that stopped half way, and the error that stopped it
	Plan        *migrate.Plan        // of Plan; targets of which the same is to be done share one, which is that of the first
	Differences []migrate.Difference // of Verify
	Duration    time.Duration
	Err         error // why it failed; [migrate.ErrorText] has its text without secrets
}

// Left reports whether something is left to do at the target.
func (r Result) Left() bool { return r.State != Current && r.State != Changed && r.State != Newer }

// Reason returns why nothing was done, or not all, in words that targets which failed for the same reason share: the SQLSTATE or the kind of error, the
// migration and what it did. "" is no failure.
func (r Result) Reason() string {
	if r.Err == nil {
		return ""
	}
	text := migrate.ErrorText(r.Err)
	if m := new(migrate.MigrationError); errors.As(r.Err, &m) {
		text = m.Migration
		if m.Op != "" {
			text += ": " + m.Op
		}
		text += ": " + firstLine(migrate.ErrorText(cause(m.Err)))
	} else if busy := new(migrate.LockedError); errors.As(r.Err, &busy) {
		text = "another run is at it"
	} else if needed := new(migrate.ConsentError); errors.As(r.Err, &needed) {
		text = firstLine(text)
	} else if errors.Is(r.Err, errTwice) {
		text = errTwice.Error()
	}
	text = strings.ReplaceAll(text, `"`+r.Target+`"`, "TARGET")
	if code := r.Code(); code != "" && !strings.Contains(text, code) {
		text = code + " " + text
	}
	return text
}

// Code returns the code of the error, such as a SQLSTATE; "" is none.
func (r Result) Code() string {
	if st := new(migrate.StatementError); errors.As(r.Err, &st) && st.Code != "" {
		return st.Code
	}
	return migrate.ErrorCode(r.Err)
}

// cause returns what the database said.
func cause(err error) error {
	if st := new(migrate.StatementError); errors.As(err, &st) && st.Err != nil {
		return st.Err
	}
	return err
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}

// Report is what a run has come to. Results are in the order of the list; those that came later are at the end.
type Report struct {
	Set     string
	Results []Result
	Stopped string // why the run ended before all had their turn; "" when it did not
	Elapsed time.Duration
}

// Count returns how many targets are in one of the states.
func (r *Report) Count(states ...State) int {
	n := 0
	for i := range r.Results {
		if slices.Contains(states, r.Results[i].State) {
			n++
		}
	}
	return n
}

// Left returns the results of targets at which something is left to do.
func (r *Report) Left() (left []Result) {
	for _, res := range r.Results {
		if res.Left() {
			left = append(left, res)
		}
	}
	return left
}

// Group is targets with something in common.
type Group struct {
	What    string
	Targets []string
}

// Names returns the names of the group: the first ones, and how many more there are.
func (g Group) Names(most int) string {
	names := g.Targets[:min(most, len(g.Targets))]
	text := strings.Join(names, ", ")
	if more := len(g.Targets) - len(names); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// Reasons returns why targets failed, the most frequent reason first.
func (r *Report) Reasons() []Group { return r.groups(Result.Reason) }

// Versions returns how many targets are at which migration, the newest first as far as names sort so. "" is none.
func (r *Report) Versions() []Group {
	groups := r.groups(func(res Result) string { return "at " + res.Version })
	for i := range groups {
		groups[i].What = strings.TrimPrefix(groups[i].What, "at ")
	}
	slices.SortStableFunc(groups, func(a, b Group) int { return cmp.Compare(b.What, a.What) })
	return groups
}

func (r *Report) groups(of func(Result) string) []Group {
	var all []Group
	at := map[string]int{}
	for _, res := range r.Results {
		what := of(res)
		if what == "" {
			continue
		}
		i, ok := at[what]
		if !ok {
			i = len(all)
			at[what] = i
			all = append(all, Group{What: what})
		}
		all[i].Targets = append(all[i].Targets, res.Target)
	}
	slices.SortStableFunc(all, func(a, b Group) int { return cmp.Compare(len(b.Targets), len(a.Targets)) })
	return all
}

// ErrNoTargets is a list without a single target, see [Options.AllowNone].
var ErrNoTargets = errors.New("the list of targets is empty: nothing was looked at; if that is right, say so with -allow-none (Options.AllowNone)")

// LeftError says what is left to do at the end of a run. Unwrap returns the errors of the targets.
type LeftError struct{ Report *Report }

// Error implements the error interface. It names three targets of each reason.
func (e *LeftError) Error() string {
	r := e.Report
	left := r.Left()
	text := fmt.Sprintf("%d of %d targets are left", len(left), len(r.Results))
	if len(left) == 1 {
		text = fmt.Sprintf("1 of %d targets is left", len(r.Results))
	}
	for _, s := range []State{Failed, Busy, Absent, Behind, Drifted, Untried} {
		if n := r.Count(s); n > 0 {
			text += fmt.Sprintf(", %d %s", n, s)
		}
	}
	if r.Stopped != "" {
		text += "; the run stopped: " + r.Stopped
	}
	for _, g := range r.Reasons() {
		text += fmt.Sprintf("\n%d: %s: %s", len(g.Targets), g.Names(3), g.What)
	}
	return text
}

// Unwrap returns the errors of the targets.
func (e *LeftError) Unwrap() (all []error) {
	for _, r := range e.Report.Results {
		if r.Err != nil {
			all = append(all, r.Err)
		}
	}
	return all
}

// stateOf returns the state of a target whose turn ended with an error.
func stateOf(err error) State {
	if busy := new(migrate.LockedError); errors.As(err, &busy) {
		return Busy
	}
	if errors.Is(err, errAbsent) {
		return Absent
	}
	return Failed
}
