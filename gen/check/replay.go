package check

import (
	"context"
	"fmt"
	"go/token"
	"path/filepath"
	"slices"

	"github.com/modelgen/modelgen/gen"
	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/migrations"
	"github.com/modelgen/modelgen/gen/read"
	"github.com/modelgen/modelgen/gen/snapshot"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// agree finds migrations whose replayed schema differs from the snapshot, as after an edit by hand, and backfills that are not implemented. The text of
// the migrations is enough for that, unless it has ops that a function makes, or parents of another set: then they are compiled and asked.
func agree(ctx context.Context, cfg gen.Config) ([]finding.Finding, error) {
	b, err := migrations.ReadBranches(cfg.OutDir(), cfg.ShownOut())
	if err != nil {
		return nil, err
	}
	c := &checker{b}
	out := unwritten(c.All)
	var changed []change
	if len(c.Sides) == 1 {
		var others []finding.Finding
		changed, others = c.editedSince()
		out = append(out, others...)
	}
	found, err := c.compared(ctx, cfg, changed, out)
	for _, e := range changed {
		out = append(out, e.finding)
	}
	return append(out, found...), err
}

// checker compares the migrations of a directory with its snapshot.
type checker struct{ *migrations.Branches }

// compared replays the migrations, and compares the result with the snapshot. What does not fit any more behind an edit is said of the edit. What
// was said already is left out.
func (c *checker) compared(ctx context.Context, cfg gen.Config, changed []change, said []finding.Finding) (out []finding.Finding, err error) {
	h := migrations.Heads(c.All)
	if len(h) != 1 || len(c.Sides) != 1 || c.Sides[0].HeadName() != h[0].Name {
		return out, nil // what is wrong is found elsewhere, and all that follows from it would be said of it again
	}
	all := migrations.WithoutReplaced(c.All)
	var r *replayed
	if slices.ContainsFunc(all, func(m read.Migration) bool { return !m.Exact }) {
		if r, err = c.compiled(ctx, cfg); err != nil {
			return out, err
		}
	} else {
		r = c.fromText(all)
	}
	for _, f := range misfitsOfEdits(c.All, changed, r.findings) {
		if !slices.Contains(said, f) && !slices.Contains(out, f) { // a list that is made elsewhere has one place for all its ops
			out = append(out, f)
		}
	}
	if r.schema == nil {
		return out, nil
	}
	found := differences(&c.Sides[0].Schema, r.schema)
	if len(found) == 0 {
		return out, nil
	}
	places, err := r.trace(found)
	if err != nil {
		return out, err
	}
	shown := filepath.ToSlash(filepath.Join(c.Shown, snapshot.Name))
	for _, d := range found {
		f := finding.Finding{Place: shown, Reason: d.String()}
		if pos, ok := places[d.object]; ok {
			f.Place = pos.String()
		} else if line := lineOf(c.SnapshotText, d.object); line > 0 {
			f.Place = fmt.Sprintf("%s:%d", shown, line)
		}
		f.Fix = d.fix()
		out = append(out, f)
	}
	return out, nil
}

// replayed is the result of all migrations.
type replayed struct {
	schema   *schema.Schema    // nil when they do not fit
	findings []finding.Finding // what is wrong with the migrations in themselves

	// trace returns the last op that changed each of those objects.
	trace func([]difference) (map[object]token.Position, error)
}

// unwritten finds the steps that a person has still to write.
func unwritten(all []read.Migration) (out []finding.Finding) {
	for _, m := range all {
		for _, op := range m.Ops {
			if u, ok := op.Value.(migrate.Unwritten); ok {
				out = append(out, notWritten(op.Pos, string(u)))
			}
		}
	}
	return out
}

func notWritten(pos token.Position, column string) finding.Finding {
	return finding.Finding{Place: pos.String(), Reason: "the backfill for " + column + " is not written", Fix: "write the step: Fill, Backfill, SQL or Go"}
}

const undoEdit = "undo the edit that it comes from"

// fromText replays migrations that can be read as they are.
func (c *checker) fromText(all []read.Migration) *replayed {
	s := &schema.Schema{}
	if misfits := migrations.Misfits(s, all); len(misfits) > 0 {
		for i := range misfits {
			misfits[i].Fix = undoEdit
		}
		return &replayed{findings: misfits}
	}
	return &replayed{schema: s, trace: func(found []difference) (map[object]token.Position, error) {
		t := newTracer(found)
		s := &schema.Schema{}
		for _, m := range all {
			for _, op := range m.Ops {
				if op.Value != nil && op.Value.Apply(s) == nil {
					t.step(op.Pos, s)
				}
			}
		}
		return t.last, nil
	}}
}

// fix says how the two come together again.
func (d difference) fix() string {
	switch {
	case d.missing:
		return "bring the op that makes it back, or the snapshot, from version control"
	case d.extra:
		return "take the op out again; what the database shall have belongs in the models, and go generate writes the migration"
	}
	return "undo the edit of the op, or of the snapshot; a change of the models needs a new migration, which go generate writes"
}
