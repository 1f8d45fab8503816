package gen

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"

	"github.com/modelgen/modelgen/gen/lint"
	"github.com/modelgen/modelgen/gen/load"
)

// Finding is one disagreement that [Check] found.
type Finding struct {
	Place  string `json:"place,omitempty"` // file:line:col or file, "" when there is none
	Reason string `json:"reason"`
	Mend   string `json:"mend,omitempty"` // the command or the change that mends it; "" when Reason says it
	Note   bool   `json:"note,omitempty"` // a remark that makes no check fail
}

// String gives the finding on one line.
func (f Finding) String() string {
	s := f.Reason
	if f.Place != "" {
		s = f.Place + ": " + s
	}
	if f.Mend != "" {
		s += ": " + f.Mend
	}
	return s
}

// Check compares models, snapshot, list, guard and the parents of the migrations, and writes nothing. What does not agree comes as
// findings; an error means that it could not be found out.
func Check(ctx context.Context, cfg Config) ([]Finding, error) {
	// What only looks at the migrations goes beside the go command, which takes most of the time.
	var found []Hazard
	var more []Finding
	var lintErr, agreeErr error
	var beside sync.WaitGroup
	beside.Go(func() {
		found, lintErr = Lint(cfg, "")
		more, agreeErr = agree(cfg)
	})
	r, err := Generate(ctx, cfg)
	if err == nil && len(r.Ops) == 0 && len(r.Questions) == 0 {
		err = r.folder.compiles(r.models, cfg.BuildTags)
	}
	beside.Wait()
	var problems Problems
	if errors.As(err, &problems) {
		var out []Finding
		for _, p := range problems {
			out = append(out, Finding{Reason: p})
		}
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	var out []Finding
	if r.folder.snap == nil {
		return append(out, Finding{Place: cfg.Out, Reason: "there are no migrations yet", Mend: "run go generate"}), nil
	}
	for _, q := range r.Questions {
		f := Finding{Reason: q.Text, Mend: "run modelgen generate and answer"}
		if q.Pos.IsValid() {
			f.Place = q.Pos.String()
		}
		out = append(out, f)
	}
	for _, op := range r.Ops {
		f := Finding{Reason: "the models ask for what no migration does: " + op.Describe(), Mend: "run go generate"}
		if p := r.opPos(op); p.IsValid() {
			f.Place = p.String()
		}
		out = append(out, f)
	}
	if r.Migration == "" {
		for _, f := range r.Files {
			reason := "it is not what modelgen writes"
			if load.IsGuard(filepath.Base(f.Path)) {
				reason = aboutGuard(f)
			}
			out = append(out, Finding{Place: f.Shown(), Reason: reason, Mend: "run go generate"})
		}
	}
	if lintErr != nil && len(r.folder.migrations) > 0 {
		return nil, lintErr
	}
	for _, h := range found {
		if h.Severity == lint.Error {
			out = append(out, Finding{Place: h.place(), Reason: h.Code + ": " + h.Message, Mend: h.Safe})
		}
	}
	if agreeErr != nil {
		return nil, agreeErr
	}
	out = append(out, more...)
	for _, n := range append(r.Stale, r.InFlight...) {
		f := Finding{Reason: n.Msg, Note: true}
		if n.Pos.IsValid() {
			f.Place = n.Pos.String()
		}
		out = append(out, f)
	}
	return out, nil
}

// String gives the question with its answers, ready to paste.
func (q Question) String() string {
	s := q.Text
	if q.Pos.IsValid() {
		s = q.Pos.String() + ": " + s
	}
	width := 0
	for _, c := range q.Choice {
		if c.Flag != "" {
			width = max(width, len(c.Flag))
		}
	}
	for _, c := range q.Choice {
		if c.Flag == "" {
			s += "\n    or " + c.Means
		} else {
			s += fmt.Sprintf("\n    %-*s  # %s", width, c.Flag, c.Means)
		}
	}
	return s
}
