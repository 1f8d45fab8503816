package migrate

import (
	"context"
	"slices"

	"github.com/modelgen/modelgen/runtime/schema"
)

// An extension belongs to the whole database: an administrator may have installed it before the migration that declares it, and what calls its functions
// from bodies of functions and from programs is in no catalog. So the history keeps which extensions a migration has made, and undoing it leaves the others.

// KeepingPlanner is a [Planner] that can leave what an op drops.
type KeepingPlanner interface {
	// Keep says before the first op that an object stays where an op drops it, and why.
	Keep(o schema.SQLObject, why string)
}

// claims finds out which extensions a move makes, for the history, or has made, when it goes back.
func (w *executor) claims(ctx context.Context, mv move, ops []Op) error {
	if mv.fake || mv.adopt {
		return nil
	}
	row := w.h.row[mv.at]
	var made []string
	if mv.back || row != nil {
		if made = row.made(); mv.back {
			for _, i := range w.m.set.all[mv.at].members {
				made = append(made, w.h.row[i].made()...)
			}
		}
	}
	for _, op := range ops {
		switch o := op.(type) {
		case CreateExtension:
			there, err := w.installed(ctx, o.Name)
			if err != nil {
				return err
			}
			if !mv.back && row == nil && !there {
				made = append(made, o.Name)
			}
			w.extensions[o.Name] = true
		case DropExtension:
			w.installs(o.Name, mv.back && !slices.Contains(made, o.Name))
		}
	}
	if len(made) > 0 {
		if w.made == nil {
			w.made = map[int][]string{}
		}
		w.made[mv.at] = made
	}
	return nil
}

// made returns the extensions that a migration has made.
func (r *Record) made() []string {
	if r == nil {
		return nil
	}
	c, err := ParseCursor(r.Cursor)
	if err != nil || c == nil {
		return nil
	}
	return c.Made
}

// installed reports whether an extension is there when the moves that are planned so far are made.
func (w *executor) installed(ctx context.Context, name string) (bool, error) {
	if there, known := w.extensions[name]; known {
		return there, nil
	}
	there := false
	if s, ok := w.s.(ObjectSession); ok {
		all, err := s.Objects(ctx, []schema.Object{{Kind: string(schema.ExtensionKind), Name: schema.QuoteName(name)}})
		if err != nil {
			return false, err
		}
		there = all[0]
	}
	w.installs(name, there)
	return there, nil
}

func (w *executor) installs(name string, there bool) {
	if w.extensions == nil {
		w.extensions = map[string]bool{}
	}
	w.extensions[name] = there
}

// keeps tells a planner of a move back which extensions stay.
func (w *executor) keeps(p Planner, mv move, ops []Op) {
	k, ok := p.(KeepingPlanner)
	if !ok || !mv.back {
		return
	}
	for _, op := range ops {
		if o, ok := op.(DropExtension); ok && !slices.Contains(w.made[mv.at], o.Name) {
			from, _ := o.object()
			k.Keep(*from, "it is not known that this migration has made it, so it stays: drop it by hand when nothing in the database uses it")
		}
	}
}
