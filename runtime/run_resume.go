package migrate

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// fingerprint tells stages from others. What a function does is not in it.
func fingerprint(stages []Stage) string {
	h := sha256.New()
	for _, st := range stages {
		fmt.Fprintf(h, "%q %t\n", st.Cause, st.NoTx)
		for _, x := range st.Statements {
			io.WriteString(h, x.SQL+"\n\n")
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// resume returns how many stages of a migration an earlier run has committed. A number alone says little: those that are done must be the first ones
// of what this program would do, which another version of it, or of the server, may do in other stages.
func (w *executor) resume(l leg) (int, error) {
	row := w.h.row[l.mv.at]
	if row == nil || row.complete() || l.mv.fake || row.Stage == 0 || l.half != nil && row.State == StateRunning {
		return 0, nil
	}
	c, err := ParseCursor(row.Cursor)
	if err != nil {
		return 0, err
	}
	if row.Stage < len(l.stages) && (c == nil || c.Plan == "" || c.Plan == fingerprint(l.stages[:row.Stage])) {
		return row.Stage, nil
	}
	return 0, w.otherPlan(row, w.m.set.label(l.mv.at), map[bool]string{false: "applied", true: "undone"}[l.mv.back], row.Stage)
}

// otherPlan says that the stages of a migration that are done are not those of this program.
func (w *executor) otherPlan(row *Record, label, word string, stages int) error {
	with := ""
	if row.Tool != "" {
		with = " (modelgen " + row.Tool + ")"
	}
	record := "fake " + label
	if word == "undone" {
		record = "fake and the one before it"
	}
	return &HistoryError{w.m.set.name,
		[]string{fmt.Sprintf("%s was being %s and stopped after %s, which are not the first ones of what this program would do: the one that began it%s, or its server, was of another version", label, word, counted(stages, "stage"), with)},
		"finish it, or undo it with down, with the program that began it; or do by hand what sql " + label + " shows and is missing, then record it with " + record}
}

// counted writes a number with its noun.
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// halfEdited returns those that were edited while they were on their way: what is done of them is not in the file any more.
func (h *history) halfEdited() (all []int) {
	for _, i := range h.edited {
		if r := h.row[i]; !r.complete() {
			all = append(all, i)
		}
	}
	return all
}

// note writes into the history of a migration of which something is committed the code of the error, and what the stage has left. It is for people:
// when it cannot be written, nothing else is lost.
func (w *executor) note(ctx context.Context, s Session, l leg, committed int, left string, err error) {
	var st *StatementError
	if !errors.As(err, &st) {
		return
	}
	if st.Code == "" && left == "" || errors.Is(err, ErrLost) || errors.Is(err, ErrCommitLost) {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	n := w.m.set.all[l.mv.at]
	mark := Mark{Kind: MarkError, Record: Record{Set: n.set, Name: n.Name, Error: st.Code}}
	if left != "" {
		mark.Kind, mark.Record.Stage, mark.Record.State = MarkStage, committed, map[bool]State{false: StateRunning, true: StateUndoing}[l.mv.back]
		c := &Cursor{Half: l.half, Left: left, Made: w.made[l.mv.at]}
		if committed > 0 {
			c.Plan = fingerprint(l.stages[:committed])
		}
		mark.Record.Cursor = c.String()
	}
	_ = s.Transact(ctx, Work{After: []Mark{mark}})
}

// accept records the edits of migrations that are applied, once they are allowed: else each run would have to allow them again.
func (h *history) accept(ctx context.Context, m *Migrator, s Session, r *run) (bool, error) {
	if !h.accepts(m) {
		return false, nil
	}
	var work Work
	digests := map[string]digest{}
	for _, i := range h.edited {
		n, row := m.set.all[i], h.row[i]
		if h.retired(i) {
			continue
		}
		if _, ok := digests[n.set]; !ok {
			digests[n.set] = h.digest(n.set)
		}
		digests[n.set] = digests[n.set].with(n.Name, row.Hash).with(n.Name, m.set.hash(i))
		work.After = append(work.After, Mark{Kind: MarkHash, Record: Record{Set: n.set, Name: n.Name, Hash: m.set.hash(i)}})
		m.notify(Event{Kind: EventNote, Migration: m.set.label(i), Message: m.set.label(i) + ": the edit is accepted; what it was before is forgotten"})
	}
	if len(work.After) == 0 {
		return false, nil
	}
	for _, set := range m.set.sets() {
		if d, ok := digests[set]; ok {
			work.After = append(work.After, Mark{Kind: MarkDigest, Record: Record{Set: set, Digest: d.String()}})
		}
	}
	if mark, ok := r.logged(m, m.set.name, LoggedAccepted, h.labels(slices.DeleteFunc(slices.Clone(h.edited), h.retired))...); ok {
		work.After = append(work.After, mark)
	}
	return true, s.Transact(ctx, work)
}

// accepts reports whether accept has something to do.
func (h *history) accepts(m *Migrator) bool {
	return m.opt.Edited == PolicyAllow && len(h.halfEdited()) == 0 && slices.ContainsFunc(h.edited, func(i int) bool { return !h.retired(i) })
}
