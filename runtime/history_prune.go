package migrate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Prune takes rows out of the history whose migrations the program does not have any more, as after a squash whose old files were
// deleted, and returns their names. Without names it takes those that one in their place stands for, and those that are older than what the program
// knows; the rest may be of a newer program, and must be named. It changes nothing else in the database.
func (m *Migrator) Prune(ctx context.Context, names ...string) ([]string, error) {
	var pruned []string
	err := m.locked(ctx, func(s Session) error {
		if err := m.expects(ctx, s); err != nil {
			return err
		}
		h, err := m.history(ctx, s)
		if err != nil {
			return err
		}
		rows, err := h.prunable(names)
		if err != nil || len(rows) == 0 {
			return err
		}
		r := &run{verb: strings.TrimSpace("prune " + strings.Join(names, " ")), record: true, res: &Result{}}
		if r.state, err = m.protection(ctx, s); err != nil {
			return err
		}
		if err := m.consentPrune(ctx, s, h, r, rows); err != nil {
			return err
		}
		var work Work
		digests := map[string]digest{}
		for _, u := range rows {
			pruned = append(pruned, m.set.labelOf(u.set, u.Name))
			work.After = append(work.After, Mark{Kind: MarkRemove, Record: u.Record})
			if _, ok := digests[u.set]; !ok {
				digests[u.set] = h.digest(u.set)
			}
			if !u.replaced {
				digests[u.set] = digests[u.set].with(u.Name, u.Hash)
			}
		}
		for set, d := range digests {
			work.After = append(work.After, Mark{Kind: MarkDigest, Record: Record{Set: set, Digest: d.String()}})
		}
		if mark, ok := r.logged(m, m.set.name, LoggedPruned, pruned...); ok {
			work.After = append(work.After, mark)
		}
		return s.Transact(ctx, work)
	})
	if err != nil {
		return nil, err
	}
	return pruned, nil
}

// consentPrune refuses to take rows out of the history of a protected database without consent.
func (m *Migrator) consentPrune(ctx context.Context, s Session, h *history, r *run, rows []unknownRow) error {
	if r.state.Mark == nil && m.opt.Approve == "" {
		return nil
	}
	var a agreement
	var plan strings.Builder
	plan.WriteString("prune")
	for _, u := range rows {
		plan.WriteString(fmt.Sprintf("\n%q %q", u.set, u.Name))
		a.reasons = append(a.reasons, "forget the row of "+m.set.labelOf(u.set, u.Name)+" in the history")
	}
	a.hash = h.planHash(r.state, m.dialect.Name(), plan.String())
	e, err := m.decide(ctx, s, r, a, false, func() []Loss { return nil })
	if err != nil || e != nil {
		return cmpError(err, e)
	}
	if r.approved = a.hash; r.named {
		r.approved += ", name typed"
	}
	return nil
}

// prunable returns the rows that may go.
func (h *history) prunable(names []string) ([]unknownRow, error) {
	newest := map[string]int64{} // of those that are known, by set
	for _, r := range h.row {
		if r != nil {
			newest[r.Set] = max(newest[r.Set], r.ID)
		}
	}
	var rows []unknownRow
	var young []string
	for _, u := range h.unknown {
		label := h.set.labelOf(u.set, u.Name)
		named := slices.Contains(names, label)
		switch {
		case len(names) > 0 && !named:
			continue
		case h.awaited(u):
			return nil, &HistoryError{h.set.name, []string{"the row of " + label + " is needed: a migration that replaces it is not recorded yet"}, "finish with up, then prune"}
		case !named && !u.replaced && u.ID > newest[u.set]:
			young = append(young, label)
			continue
		case !u.complete():
			return nil, &HistoryError{h.set.name, []string{fmt.Sprintf("%s stopped after %d stages", label, u.Stage)}, "finish it with the program that has it"}
		}
		rows = append(rows, u)
	}
	if len(rows) == 0 && len(young) > 0 {
		return nil, &HistoryError{h.set.name, []string{"newer than all that this program knows, perhaps of a newer one: " + some(young)}, "name those that shall go: prune " + strings.Join(young, " ")}
	}
	for _, name := range names {
		if !slices.ContainsFunc(rows, func(u unknownRow) bool { return h.set.labelOf(u.set, u.Name) == name }) {
			if t, err := h.set.find(name); err == nil && t.at >= 0 {
				return nil, fmt.Errorf("%s is in the program; prune takes rows whose migrations are gone", name)
			}
			return nil, &UnknownTargetError{Target: name}
		}
	}
	return rows, nil
}

// awaited reports whether a squash that is not recorded yet needs the row to know where it stands.
func (h *history) awaited(u unknownRow) bool {
	for i, n := range h.set.all {
		if n.set == u.set && h.row[i] == nil && slices.Contains(n.gone, u.Name) {
			return true
		}
	}
	return false
}

// locked calls do with the lock in hand and the history table there.
func (m *Migrator) locked(ctx context.Context, do func(Session) error) (err error) {
	defer m.explain(ctx, &err)
	s, done, err := m.session(ctx)
	if err != nil {
		return err
	}
	defer done()
	if err := s.Lock(ctx, m.opt.LockWait); err != nil {
		return redacted{err}
	}
	defer m.unlock(ctx, s)
	if err := s.Bootstrap(ctx); err != nil {
		return redacted{err}
	}
	err = do(s)
	if errors.Is(err, ErrCommitLost) {
		return fmt.Errorf("%w; look with status", err)
	}
	return err
}
