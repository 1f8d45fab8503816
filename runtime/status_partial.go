package migrate

import "context"

// Watched is a [Session] whose dialect knows who is migrating the database.
type Watched interface {
	// Migrating returns who has the lock of the migrations, in words for people; "" is nobody.
	Migrating(ctx context.Context) string
}

// Unfinished is a migration of which a part is done, in a [Status].
type Unfinished struct {
	By     string // the session that is at it now, as far as the dialect knows; "" is nobody, or not known
	Stages int    // that it has, of which Record.Stage are done, or undone; 0 is not known
	Rows   int64  // of the next stage that are done
	Of     int64  // about how many these are; 0 is not known
	Left   string // what the stage that failed has left in the database; "" is nothing
}

// unfinished describes migrations of which a part is done.
func (m *Migrator) unfinished(ctx context.Context, s Session, h *history) map[int]*Unfinished {
	all := map[int]*Unfinished{}
	for i, r := range h.row {
		if r == nil || r.complete() {
			continue
		}
		u := new(Unfinished)
		if c, err := ParseCursor(r.Cursor); err == nil && c != nil {
			u.Rows, u.Of, u.Left = c.Rows, c.Of, c.Left
		}
		w := &executor{m: m, s: s, h: h, res: &Result{}}
		if plan, err := w.preview(ctx, []move{{at: i, back: r.State == StateUndoing}}); err == nil && plan.Refused == nil {
			u.Stages = len(plan.Steps[0].Stages)
		}
		if watched, ok := s.(Watched); ok {
			u.By = watched.Migrating(ctx)
		}
		all[i] = u
	}
	return all
}
