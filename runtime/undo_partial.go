package migrate

import (
	"context"
	"fmt"
	"slices"

	"github.com/modelgen/modelgen/runtime/schema"
)

// Half is where a migration stood on its way up when it was given up: what is undone of it is that and no more.
type Half struct {
	Stages int    `json:"stages"`         // that were done
	Plan   string `json:"plan,omitempty"` // tells them from others
	Next   bool   `json:"next,omitempty"` // the one after them had left something
}

// givenUp returns where a migration stands on its way up that a move takes back; nil for a migration that was applied to its end.
func (w *executor) givenUp(mv move) *Half {
	row := w.h.row[mv.at]
	if !mv.back || mv.fake || row == nil {
		return nil
	}
	return row.half()
}

// half returns where a row stands that was not applied to its end, nil for one that was.
func (r *Record) half() *Half {
	c, err := ParseCursor(r.Cursor)
	switch {
	case r.State == StateRunning && (err != nil || c == nil):
		return &Half{Stages: r.Stage}
	case r.State == StateRunning:
		return &Half{Stages: r.Stage, Plan: c.Plan}
	case r.State == StateUndoing && err == nil && c != nil:
		return c.Half
	}
	return nil
}

// undoHalf returns the ops that undo what is done of a migration, and the schema that they find. It undoes ops whose stages are all done by their
// inverses, and stages of another one by those of what they amount to.
func (w *executor) undoHalf(ctx context.Context, mv move, half *Half) ([]Op, *schema.Schema, error) {
	n, label := w.m.set.all[mv.at], w.m.set.label(mv.at)
	stages, err := PlanOps(w.planner(n.Ops), w.schema.Clone(), n.Ops)
	if err != nil {
		return nil, nil, err
	}
	row := w.h.row[mv.at]
	if half.Stages > len(stages) || half.Plan != "" && half.Plan != fingerprint(stages[:half.Stages]) {
		return nil, nil, w.otherPlan(row, label, "applied", half.Stages)
	}
	done, count, err := w.whole(n.Ops, stages, half.Stages)
	if err != nil {
		return nil, nil, err
	}
	for _, st := range stages[count:half.Stages] {
		if st.Parts == nil {
			return nil, nil, &IrreversibleError{st.Cause, fmt.Sprintf("%s stopped in the middle of it, and nobody knows what undoes a part; finish with up, or undo it by hand and record that with fake %s",
				label, w.m.set.beneath(mv.at))}
		}
		done = append(done, st.Parts...)
	}
	if half.Stages < len(stages) {
		next := stages[half.Stages]
		if row.State == StateRunning {
			half.Next = w.leaves(ctx, next) || through(row, next)
		}
		if half.Next {
			done = append(done, next.Parts...)
		}
		if err := w.midway(row, next, done, label); err != nil {
			return nil, nil, err
		}
	}
	from := w.schema.Clone()
	if err := apply(from, done); err != nil {
		return nil, nil, fmt.Errorf("what is done of %s is not what its ops say: %w", label, err)
	}
	back, err := Invert(done)
	if err != nil {
		return nil, nil, fmt.Errorf("%s %w; nothing was changed; finish it with up -to %[1]s, or undo it by hand and record that with fake %[3]s", label, err, w.m.set.beneath(mv.at))
	}
	return back, from, nil
}

// whole returns the ops all of whose stages are among the first n, and how many stages these have: the most ops whose own plan is a beginning
// of the whole one.
func (w *executor) whole(ops []Op, stages []Stage, n int) ([]Op, int, error) {
	for k := len(ops); k > 0; k-- {
		own, err := PlanOps(w.planner(ops), w.schema.Clone(), ops[:k])
		if err != nil {
			return nil, 0, err
		}
		if len(own) <= n && fingerprint(own) == fingerprint(stages[:len(own)]) {
			return slices.Clone(ops[:k]), len(own), nil
		}
	}
	return nil, 0, nil
}

// leaves reports whether a stage outside any transaction that was not recorded has left something.
func (w *executor) leaves(ctx context.Context, st Stage) bool {
	if st.Left == nil || len(st.Parts) == 0 {
		return false
	}
	what := ""
	err := w.s.Transact(ctx, Work{Stages: []Stage{{Cause: st.Cause, Run: func(ctx context.Context, tx Tx) (err error) {
		what, err = st.Left(ctx, tx)
		return err
	}}}})
	return err == nil && what != ""
}

// through reports whether a stage in batches came to its end, and the history does not say so yet.
func through(row *Record, st Stage) bool {
	c, err := ParseCursor(row.Cursor)
	return st.Batch != nil && err == nil && c != nil && len(c.At) > 0 && slices.Equal(c.At, c.To)
}

// midway refuses to give up a migration in the middle of a step that goes over rows in batches and has a way back: that would be right for the
// rows that it has reached, and wrong for the others. A column that goes altogether does not mind.
func (w *executor) midway(row *Record, next Stage, done []Op, label string) error {
	c, err := ParseCursor(row.Cursor)
	if next.Batch == nil || err != nil || c == nil || len(c.At) == 0 || row.State != StateRunning || through(row, next) {
		return nil
	}
	for _, op := range next.Parts {
		back, err := op.Inverse()
		fill, ok := op.(Fill)
		if err == nil && back == nil || ok && slices.ContainsFunc(done, func(o Op) bool {
			add, is := o.(AddColumn)
			return is && add.Table == fill.Table && add.Column.Def().Name == fill.Column
		}) {
			continue
		}
		return &HistoryError{w.m.set.name, []string{fmt.Sprintf("%s stopped in the middle of: %s; its way back is for all rows, and %d are done", label, op.Describe(), c.Rows)},
			"finish it with up -to " + label + ", then go back; nothing was changed"}
	}
	return nil
}
