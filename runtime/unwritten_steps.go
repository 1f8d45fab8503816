package migrate

import (
	"context"
	"fmt"
	"strings"
)

// UnwrittenError says that migrations are about to be applied of which a step is not written yet. Nothing was changed.
type UnwrittenError struct {
	Set     string
	Missing []UnwrittenStep
}

// UnwrittenStep is a step that a person has still to write.
type UnwrittenStep struct {
	Migration string
	File      string // in the folder of the migrations
	Column    string // "products.slug"
}

// Error implements the error interface.
func (e *UnwrittenError) Error() string {
	lines := make([]string, len(e.Missing))
	for i, m := range e.Missing {
		lines[i] = m.File + ": " + Unwritten(m.Column).remedy()
	}
	return fmt.Sprintf("set %s: %s; nothing was changed", e.Set, strings.Join(lines, "\n  "))
}

// unwritten returns the columns of a migration whose backfill is not written.
func (m *Migration) unwritten() []string {
	var columns []string
	for _, op := range m.Ops {
		if u, ok := op.(Unwritten); ok {
			columns = append(columns, string(u))
		}
	}
	return columns
}

// written refuses moves over what is not written yet.
func (h *history) written(moves []move) error {
	e := &UnwrittenError{Set: h.set.name}
	for _, mv := range moves {
		if mv.back || mv.fake {
			continue
		}
		n := h.set.all[mv.at]
		for _, c := range n.unwritten() {
			e.Missing = append(e.Missing, UnwrittenStep{h.set.label(mv.at), n.Name + ".go", c})
		}
	}
	if len(e.Missing) == 0 {
		return nil
	}
	return e
}

// refuseUnwritten looks, without a lock and before the history is made, whether a run would reach what is not written. Most sets have nothing of the
// kind, and then it costs nothing.
func (m *Migrator) refuseUnwritten(ctx context.Context, s Session, r *run) error {
	any := false
	for _, n := range m.set.all {
		any = any || len(n.unwritten()) > 0
	}
	if !any || r.record || r.sure {
		return nil
	}
	h, err := m.history(ctx, s)
	if err != nil {
		return err
	}
	moves, err := r.decide(h)
	if err != nil {
		return err
	}
	return h.written(moves)
}
