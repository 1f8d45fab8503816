// Package check finds out whether models, migrations, snapshot, list and guard agree: what generate would write, migrations that were edited since, and
// migrations whose ops lead to another schema than the snapshot has.
//
// Migrations are replayed from their text, or, where that does not say all, by a program that is compiled with them. No database is needed, and nothing
// is written.
package check

import (
	"context"
	"path/filepath"
	"slices"
	"sync"

	"github.com/modelgen/modelgen/gen"
	"github.com/modelgen/modelgen/gen/emit"
	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/lint"
	"github.com/modelgen/modelgen/gen/load"
)

// Run compares models, snapshot, list, guard and the parents of the migrations, and writes nothing. What does not agree comes as
// findings; an error means that it could not be found out.
func Run(ctx context.Context, cfg gen.Config) ([]finding.Finding, error) {
	cfg.Checked = true
	// What only looks at the migrations goes beside the go command, which takes most of the time.
	var found []gen.Hazard
	var more []finding.Finding
	var lintErr, agreeErr error
	var beside sync.WaitGroup
	beside.Go(func() {
		found, lintErr = gen.Lint(cfg, "")
		more, agreeErr = agree(ctx, cfg)
	})
	r, err := gen.Generate(ctx, cfg)
	if err == nil && len(r.Ops) == 0 && len(r.Questions) == 0 {
		err = r.TypeCheck(ctx, cfg)
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
		if p := r.OpPos(op); p.IsValid() {
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
	for _, n := range append(r.Stale, r.DualWritten...) {
		f := finding.Finding{Reason: n.Msg, Note: true}
		if n.Pos.IsValid() {
			f.Place = n.Pos.String()
		}
		out = append(out, f)
	}
	return finding.Distinct(out), nil
}

// lintFindings returns the hazards that are errors.
func lintFindings(found []gen.Hazard) (out []finding.Finding) {
	for _, h := range found {
		if h.Severity == lint.Error {
			out = append(out, finding.Finding{Place: h.Place(), Reason: h.Code + ": " + h.Message, Fix: h.Safe})
		}
	}
	return out
}

// aboutGuard says why the guard is to be written or removed.
func aboutGuard(f gen.File) string {
	switch {
	case f.Old == nil:
		return "the guard is missing"
	case f.Content == nil:
		return "there is a guard where the snapshot says that there is none"
	case emit.StateOfGuard(f.Old, "", "", nil) == emit.GuardEdited:
		return "the guard was changed since modelgen wrote it, by hand or in a merge"
	}
	return "the guard holds the models as they were"
}
