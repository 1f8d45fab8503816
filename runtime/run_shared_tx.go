package migrate

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"
)

// together makes moves in one transaction, or each in its own when that fails: what comes before the one that failed is then applied, and
// the error says which it was. It is for databases where nobody else is, and for tables that nobody else sees yet: there it saves most of the commits, and
// nobody waits for a lock. What is recorded alone is so everywhere.
func (w *executor) together(ctx context.Context, legs []leg) error {
	if len(legs) > 1 {
		err := w.share(ctx, legs)
		for _, l := range legs {
			if w.copied {
				_ = apply(w.base, l.ops) // which w.schema has taken already
			}
		}
		if err == nil || ctx.Err() != nil || errors.Is(err, ErrClaimed) || errors.Is(err, ErrLost) || errors.Is(err, ErrCommitLost) {
			return err
		}
	}
	if len(legs) == 1 && w.copied {
		_ = apply(w.base, legs[0].ops)
	}
	for i, l := range legs {
		if err := ctx.Err(); err != nil && i > 0 {
			return err
		}
		if err := w.alone(ctx, l); err != nil {
			return err
		}
	}
	return nil
}

// mostShared is how many migrations share a transaction at most: every table holds locks until its end, of which PostgreSQL has room for
// some thousands (manual 20.12, max_locks_per_transaction).
const mostShared = 100

// joins reports whether a migration can share the transaction of those before it. What a person wrote has its own.
func (l leg) joins(others []leg) bool {
	first := others[0]
	if l.recorded() || first.recorded() {
		return len(others) < mostShared && l.recorded() && first.recorded()
	}
	return len(others) < mostShared && l.shareable() && first.shareable() && l.groups[0][0].KeysOff == first.groups[0][0].KeysOff
}

func (l leg) shareable() bool {
	return !l.mv.back && !l.mv.fake && !l.held && len(l.groups) == 1 && len(l.stages) > 0 && shareable(l.stages)
}

// makeTables reports whether a migration makes a table and others come after it.
func (w *executor) makeTables(moves []move) bool {
	return len(moves) > 1 && slices.ContainsFunc(moves, func(mv move) bool {
		return !mv.back && !mv.fake && slices.ContainsFunc(w.m.set.all[mv.at].Ops, func(op Op) bool { _, ok := op.(CreateTable); return ok })
	})
}

// unseen follows migrations that do nothing but make tables and change those that they have made: nobody else sees these before the commit, so that
// locks of theirs stop nobody, however many migrations keep them.
type unseen struct {
	w    *executor
	made map[string]bool
	no   bool // another one has been among them
}

// takes reports whether one more and all before it are such.
func (u *unseen) takes(l leg) bool {
	if u.no = u.no || !l.shareable() || u.w.h.row[l.mv.at] != nil; u.no {
		return false
	}
	if u.made == nil {
		u.made = map[string]bool{}
	}
	u.no = slices.ContainsFunc(l.ops, func(op Op) bool { return !unseenOp(op, u.made) }) || slices.ContainsFunc(l.stages, func(st Stage) bool {
		return st.Run != nil || st.CheckAlways || slices.ContainsFunc(st.Tables, func(t string) bool { return !u.made[t] })
	})
	return !u.no
}

func unseenOp(op Op, made map[string]bool) bool {
	if o, ok := op.(CreateTable); ok {
		made[o.Table] = true
	}
	e := op.Effects()
	seen := func(o Object) bool {
		if o.Kind == TableObject {
			return !made[o.Name]
		}
		return !made[o.Table]
	}
	reads := func(o Object) bool { return o.Kind != SchemaObject && o.Kind != EnumObject && seen(o) }
	return !e.Unknown && !e.Rows && len(e.Objects)+len(e.Renames) == 0 && !slices.ContainsFunc(e.Makes, seen) && !slices.ContainsFunc(e.Writes, seen) &&
		!slices.ContainsFunc(e.Removes, seen) && !slices.ContainsFunc(e.Reads, reads)
}

// recorded reports whether a migration is recorded as applied, and no more.
func (l leg) recorded() bool { return l.mv.fake && !l.mv.adopt && !l.mv.back && l.half == nil }

func shareable(stages []Stage) bool {
	return !slices.ContainsFunc(stages, func(st Stage) bool { return st.NoTx || st.Batch != nil || st.Commit || st.ByHand })
}

// share makes moves in one transaction. On an error nothing has happened, and the executor stands where it stood.
func (w *executor) share(ctx context.Context, legs []leg) error {
	digests, turned := maps.Clone(w.digests), maps.Clone(w.turned)
	took := make([]time.Duration, len(legs))
	work := make([]Work, len(legs))
	stages := make([][]Stage, len(legs))
	if !legs[0].recorded() {
		stages = w.folded(legs)
	}
	begin, ran := time.Now(), 0
	for i, l := range legs {
		marks, settle := w.marks(l.mv)
		settle()
		before, after := marks.around(len(l.stages), true, false)
		ended := 0
		if i > 0 {
			ended = len(work[i-1].After)
		}
		var err error
		if stages[i], err = w.measured(ctx, l.mv, stages[i], ended+len(before)); err != nil {
			return err
		}
		work[i] = Work{Before: before, Stages: stages[i], After: after, Ran: func() { took[i], begin, ran = time.Since(begin), time.Now(), min(i+1, len(legs)-1) }}
	}
	w.now.Migration, w.now.Back = w.m.set.label(legs[0].mv.at), false
	err := w.s.Transact(ctx, work...)
	if w.m.meter.ended(err); err != nil {
		w.digests, w.turned = digests, turned
		return w.failed(ctx, legs[ran], nil, 0, err)
	}
	if took[0] == 0 { // nobody told: each has its part
		for i := range took {
			took[i] = time.Since(begin) / time.Duration(len(legs))
		}
	}
	for i, l := range legs {
		w.begin(l.mv)
		w.end(ctx, l.mv, took[i])
	}
	return nil
}
