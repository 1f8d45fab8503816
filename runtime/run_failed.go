package migrate

import (
	"context"
	"errors"
	"time"
)

// What a stage that failed has left behind. Where that is nothing, and nothing else of the migration is in the database, its row of the history
// goes as well: it would bind the next run to a file that has to be changed.

// unknownLeft is said when nobody could look.
const unknownLeft = "perhaps something, which nobody could look at any more, as the connection is gone"

// settle makes the history say what is true after a stage has failed, and returns what the stage has left in the database, after it had the
// chance to take it away.
func (w *executor) settle(ctx context.Context, l leg, g []Stage, committed int, failure error) (left string) {
	apart := len(g) == 1 && (g[0].NoTx || g[0].Batch != nil)
	if committed == 0 && w.h.row[l.mv.at] == nil && !apart {
		return "" // there is no row that says anything
	}
	record := func(s Session, left string, sure bool) {
		if committed > 0 || !apart || !sure || left != "" || w.passed > 0 || !w.forget(ctx, s, l) {
			w.note(ctx, s, l, committed, left, failure)
		}
	}
	if !apart || g[0].Left == nil {
		if apart && g[0].NoTx && gone(failure) {
			return unknownLeft
		}
		record(w.s, "", !gone(failure))
		return ""
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if what, err := look(end, w.s, g[0], nil); err == nil {
		record(w.s, what, true)
		return what
	}
	// With that connection nothing can be asked any more. Another one needs the lock, which the old one has lost: another runner that has it sees
	// to what is left itself.
	s, done, err := w.m.session(end)
	if err != nil {
		return unknownLeft
	}
	defer done()
	if err := s.Lock(end, 5*time.Second); err != nil {
		return unknownLeft
	}
	defer w.m.unlock(end, s)
	what, err := look(end, s, g[0], failure)
	if err != nil {
		return unknownLeft
	}
	record(s, what, true)
	return what
}

// gone reports whether the failure took the connection with it.
func gone(failure error) bool {
	return errors.Is(failure, ErrLost) || errors.Is(failure, ErrCommitLost) || errors.Is(failure, context.Canceled) || errors.Is(failure, context.DeadlineExceeded)
}

// look asks a session what a stage has left. With a failure, the stage takes away first what it can.
func look(ctx context.Context, s Session, st Stage, failure error) (what string, err error) {
	err = s.Step(ctx, Stage{Cause: st.Cause, NoTx: true, Run: func(ctx context.Context, tx Tx) (err error) {
		if what, err = st.Left(ctx, tx); what == "" || err != nil || failure == nil || st.Failed == nil {
			return err
		}
		st.Failed(ctx, tx, failure)
		now, err := st.Left(ctx, tx)
		if err == nil {
			what = now
		}
		return err
	}}, nil)
	return what, err
}

// forget makes the history say what it said before a migration of which nothing is in the database, or nothing is undone. It reports whether it does.
func (w *executor) forget(ctx context.Context, s Session, l leg) bool {
	n, row := w.m.set.all[l.mv.at], w.h.row[l.mv.at]
	rec := Record{Set: n.set, Name: n.Name}
	var marks []Mark
	switch {
	case !l.mv.back && (row == nil || row.State == StateRunning):
		marks = []Mark{{Kind: MarkRemove, Record: rec}}
	case l.mv.back && row != nil && (row.half() == nil || row.State == StateRunning):
		marks = []Mark{{Kind: MarkStage, Record: *row}}
		if rows := w.h.rows[n.set]; len(rows) > 0 {
			marks = append(marks, Mark{Kind: MarkDigest, Record: Record{Set: n.set, Digest: rows[len(rows)-1].Digest}})
		}
	default:
		return false
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return s.Transact(ctx, Work{After: marks}) == nil
}

// void returns the migrations that an earlier run has begun without anything of them being in the database, as its error says.
func (h *history) void() (all []int) {
	for i, r := range h.row {
		if r == nil || r.State != StateRunning || r.Stage != 0 || r.Error == "" {
			continue
		}
		if c, err := ParseCursor(r.Cursor); err == nil && (c == nil || len(c.At) == 0 && c.Left == "") {
			all = append(all, i)
		}
	}
	return all
}

// clear takes the rows of such migrations out of the history.
func (h *history) clear(ctx context.Context, s Session) (bool, error) {
	var work Work
	for _, i := range h.void() {
		work.After = append(work.After, Mark{Kind: MarkRemove, Record: *h.row[i]})
	}
	if len(work.After) == 0 {
		return false, nil
	}
	return true, s.Transact(ctx, work)
}
