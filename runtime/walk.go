package migrate

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/modelgen/modelgen/runtime/schema"
)

// walker goes from migration to migration.
type walker struct {
	m      *Migrator
	s      Session
	h      *history
	res    *Result
	schema *schema.Schema // as the database is, by the history
	digest digest
	undo   map[int][]Op // what undoes a migration, found before anything is touched
}

// prepare replays what is applied, and finds out whether every step back can be made.
func (w *walker) prepare(moves []move) error {
	set := w.m.set
	w.undo = map[int][]Op{}
	for _, mv := range moves {
		if !mv.back {
			continue
		}
		back, err := Invert(set.all[mv.at].Ops)
		if err != nil && !mv.fake {
			return fmt.Errorf("%s %w; nothing was changed", set.all[mv.at].Name, err)
		}
		w.undo[mv.at] = back
	}
	// A migration on its way is planned from before its first stage; those stages that are done are then left out.
	var err error
	w.schema, err = set.schemaOf(func(i int) bool { return w.h.applied[i] && w.h.row[i].State != StateRunning })
	w.digest = w.h.digest()
	return err
}

func (w *walker) walk(ctx context.Context, mv move) error {
	mig := w.m.set.all[mv.at]
	begin := time.Now()
	w.m.notify(Event{Kind: EventBegin, Migration: mig.Name, Back: mv.back})
	stages, err := w.plan(mv)
	if err != nil {
		return &MigrationError{Set: w.m.set.name, Migration: mig.Name, Back: mv.back, Done: w.names(), Err: err}
	}
	if err := w.work(ctx, mv, stages); err != nil {
		return err
	}
	took := time.Since(begin)
	w.res.Done = append(w.res.Done, Done{Migration: mig.Name, Back: mv.back, Faked: mv.fake, Duration: took})
	w.m.notify(Event{Kind: EventEnd, Migration: mig.Name, Back: mv.back, Faked: mv.fake, Duration: took})
	w.m.opt.Logger.InfoContext(ctx, "migration done", "set", w.m.set.name, "migration", mig.Name, "back", mv.back, "faked", mv.fake, "duration", took)
	return nil
}

// plan gives the stages of a move and brings the schema behind it.
func (w *walker) plan(mv move) ([]Stage, error) {
	mig := w.m.set.all[mv.at]
	ops := mig.Ops
	if mv.back {
		ops = w.undo[mv.at]
	}
	if mv.fake {
		for _, op := range ops {
			if err := op.Apply(w.schema); err != nil {
				return nil, err
			}
		}
		return nil, nil
	}
	return PlanOps(w.s.Planner(), w.schema, ops)
}

// work runs the stages that are left, in as few transactions as they allow, with the history in step.
func (w *walker) work(ctx context.Context, mv move, stages []Stage) error {
	mig := w.m.set.all[mv.at]
	rec := Record{Set: w.m.set.name, Name: mig.Name, Hash: w.m.set.hash(mv.at), Tool: tool(), State: StateDone}
	if mv.fake {
		rec.State = StateFaked
	}
	groups := Transactions(stages)
	if len(groups) == 0 {
		groups = [][]Stage{nil} // the history is written all the same
	}
	skip := 0
	row := w.h.row[mv.at]
	if row != nil && !row.complete() {
		skip = row.Stage
	}
	next := w.digest.with(mig.Name, rec.Hash)
	if row != nil {
		next = w.digest // its row is counted already
		if mv.back {
			next = w.digest.with(row.Name, row.Hash)
		}
	}
	rec.Digest = next.String()
	marks := marker{rec: rec, back: mv.back, begun: row != nil}
	done := 0
	for i, g := range groups {
		end := done + len(g)
		if skip > 0 && end <= skip {
			done = end
			continue
		}
		before, after := marks.around(end, i == len(groups)-1)
		var err error
		if len(g) == 1 && g[0].NoTx {
			if len(before) > 0 {
				err = w.s.Transact(ctx, Work{Before: before})
			}
			if err == nil {
				err = w.s.Step(ctx, g[0], after)
			}
		} else {
			err = w.s.Transact(ctx, Work{Before: before, Stages: g, After: after})
		}
		if err != nil {
			return w.failed(ctx, mv, g, done, len(stages), err)
		}
		done = end
	}
	w.digest = next
	return nil
}

// failed wraps an error, unless the history says that the commit went through although its reply was lost.
func (w *walker) failed(ctx context.Context, mv move, g []Stage, committed, all int, err error) error {
	if errors.Is(err, ErrClaimed) {
		return err
	}
	e := &MigrationError{Set: w.m.set.name, Migration: w.m.set.all[mv.at].Name, Back: mv.back, Committed: committed, Stages: all, Done: w.names(), Err: err}
	var st *StatementError
	if errors.As(err, &st) {
		e.Op = st.Cause
		if e.Op == "" && st.Stage >= 0 && st.Stage < len(g) {
			e.Op = g[st.Stage].Cause
		}
	}
	w.m.opt.Logger.ErrorContext(ctx, "migration failed", "set", e.Set, "migration", e.Migration, "op", e.Op, "code", ErrorCode(err))
	return e
}

func (w *walker) names() []string {
	var names []string
	for _, d := range w.res.Done {
		names = append(names, d.Migration)
	}
	return names
}

// marker writes the marks around the transactions of one migration.
type marker struct {
	rec         Record
	back, begun bool
}

func (k *marker) around(end int, last bool) (before, after []Mark) {
	switch {
	case !k.back && !k.begun:
		first := k.rec
		if !last {
			first.State = StateRunning
		}
		before = []Mark{{MarkBegin, first}}
		k.begun = true
	}
	rec := k.rec
	switch {
	case k.back && last:
		after = []Mark{{MarkRemove, rec}, {MarkDigest, rec}}
	case last:
		after = []Mark{{MarkFinish, rec}}
	default:
		rec.State, rec.Stage = StateRunning, end
		if k.back {
			rec.State = StateUndoing
		}
		after = []Mark{{MarkStage, rec}}
	}
	return before, after
}

// Transactions puts stages that share a transaction together; a stage with NoTx is alone.
func Transactions(stages []Stage) [][]Stage {
	var groups [][]Stage
	open := false
	for _, s := range stages {
		if n := len(groups); open && !s.NoTx && groups[n-1][0].KeysOff == s.KeysOff {
			groups[n-1] = append(groups[n-1], s)
		} else {
			groups = append(groups, []Stage{s})
		}
		open = !s.NoTx && !s.Commit
	}
	return groups
}
