package gen

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync"

	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/lint"
	"github.com/modelgen/modelgen/gen/load"
)

// Check compares models, snapshot, list, guard and the parents of the migrations, and writes nothing. What does not agree comes as
// findings; an error means that it could not be found out.
func Check(ctx context.Context, cfg Config) ([]finding.Finding, error) {
	// What only looks at the migrations goes beside the go command, which takes most of the time.
	var found []Hazard
	var more []finding.Finding
	var lintErr, agreeErr error
	var beside sync.WaitGroup
	beside.Go(func() {
		found, lintErr = Lint(cfg, "")
		more, agreeErr = agree(ctx, cfg)
	})
	r, err := Generate(ctx, cfg)
	if err == nil && len(r.Ops) == 0 && len(r.Questions) == 0 {
		err = r.compiles(cfg)
	}
	beside.Wait()
	if out, wrong := finding.Of(err); wrong {
		if lintErr == nil {
			out = append(out, lintFindings(found)...)
		}
		// What agree could not do is a consequence of what was found already, such as migrations that do not compile.
		said := len(out)
		for _, f := range more {
			if !f.Edit || !slices.ContainsFunc(out[:said], func(o finding.Finding) bool { return o.File() == f.File() }) {
				out = append(out, f)
			}
		}
		return finding.Distinct(out), nil
	}
	if err != nil {
		return nil, err
	}
	var out []finding.Finding
	if r.Folder.Snapshot == nil {
		return append(out, finding.Finding{Place: cfg.Out, Reason: "there are no migrations yet", Fix: "run go generate"}), nil
	}
	for _, q := range r.Questions {
		f := finding.Finding{Reason: q.Text, Fix: "run modelgen generate and answer"}
		if q.Pos.IsValid() {
			f.Place = q.Pos.String()
		}
		out = append(out, f)
	}
	for _, op := range r.Ops {
		f := finding.Finding{Reason: "the models ask for what no migration does: " + op.Describe(), Fix: "run go generate"}
		if p := r.opPos(op); p.IsValid() {
			f.Place = p.String()
		}
		out = append(out, f)
	}
	if r.Migration == "" {
		for _, f := range r.Files {
			if r.CatchesUp(f) {
				continue // agree says what is missing
			}
			reason := "it is not what modelgen writes"
			if load.IsGuard(filepath.Base(f.Path)) {
				if f.OldForm {
					continue // it guards as well as the one that the next generate writes
				}
				reason = aboutGuard(f)
			}
			out = append(out, finding.Finding{Place: f.Shown(), Reason: reason, Fix: "run go generate"})
		}
	}
	if lintErr != nil && len(r.Folder.Migrations) > 0 {
		return nil, lintErr
	}
	out = append(out, lintFindings(found)...)
	wrong, known := finding.Of(agreeErr)
	if agreeErr != nil && !known {
		return nil, agreeErr
	}
	out = append(append(out, wrong...), more...)
	for _, n := range append(r.Stale, r.InFlight...) {
		f := finding.Finding{Reason: n.Msg, Note: true}
		if n.Pos.IsValid() {
			f.Place = n.Pos.String()
		}
		out = append(out, f)
	}
	return finding.Distinct(out), nil
}

// lintFindings returns the hazards that are errors.
func lintFindings(found []Hazard) (out []finding.Finding) {
	for _, h := range found {
		if h.Severity == lint.Error {
			out = append(out, finding.Finding{Place: h.place(), Reason: h.Code + ": " + h.Message, Fix: h.Safe})
		}
	}
	return out
}

// String returns the question with its answers, ready to paste.
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
