package migrate

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// A migration that ends a dual write breaks programs that know only the old column. Whether such programs are running nobody can see, but a
// release later they are gone. So the history keeps, in the row of the migration that begins the dual write, which program has applied it: that
// one stops in front of the end, however often it is run, and the program of a later release goes on.

// DualWriteError says that a run has stopped, or would stop, in front of a migration that ends a dual write, since it was this very program
// that has begun it. For [Migrator.Up] that is no error as long as nothing that the program needs waits with it: see [Result.Waits].
type DualWriteError struct {
	Set              string
	Expand, Contract string // the names of the migrations
	Table, From, To  string
	Needed           []string // what waits with it and has something that the program may need, Contract itself included
	Done             []string // applied by this run

	begun bool // Expand is applied already
}

// Error implements the error interface.
func (e *DualWriteError) Error() string {
	verb := "begins"
	if e.begun {
		verb = "has begun"
	}
	text := fmt.Sprintf("%s waits: this release %s the dual write of %s.%s and %s, with %s, and programs that know only %[4]s may still be running", e.Contract, verb, e.Table, e.From, e.To, e.Expand)
	if len(e.Needed) > 0 {
		text += fmt.Sprintf("; with it waits what this program may need, %s: run a release first whose newest migration is %s", some(e.Needed), e.Expand)
	}
	return text + fmt.Sprintf("; when none of those is running any more, up -contract (Options.Contract) or to %s goes on; the next release does so by itself", e.Contract)
}

// gate takes the moves out that end a dual write which programs of the previous release may still need, and what comes after them: all of the same set, and
// what needs it of other sets.
func (h *history) gate(moves []move) (ahead, rest []move, wait *DualWriteError) {
	alone := h.unused(moves)
	for _, mv := range moves {
		n := h.set.all[mv.at]
		behind := false
		if len(rest) > 0 {
			needs := h.set.ancestors(mv.at)
			behind = slices.ContainsFunc(rest, func(r move) bool { return h.set.all[r.at].set == n.set || needs[r.at] })
		}
		var found *DualWriteError
		if !alone && !behind {
			found = h.waits(ahead, mv)
		}
		alone = alone && !slices.ContainsFunc(n.Ops, declares)
		if !behind && found == nil {
			ahead = append(ahead, mv)
			continue
		}
		if wait == nil {
			wait = found
		}
		if rest = append(rest, mv); !h.ends(mv) {
			wait.Needed = append(wait.Needed, h.set.label(mv.at))
		}
	}
	return ahead, rest, wait
}

// waits reports whether a move must wait for programs of the previous release. before is what the same run does first.
func (h *history) waits(before []move, mv move) *DualWriteError {
	if h.opt.Contract || mv.back || mv.fake || mv.adopt || h.row[mv.at] != nil || slices.Contains(h.aim, mv.at) { // one that is on its way goes on
		return nil
	}
	n := h.set.all[mv.at]
	for _, op := range n.Ops {
		end, ok := op.(DropDualWrite)
		if !ok {
			continue
		}
		for i := mv.at - 1; i >= 0; i-- {
			if !begins(h.set.all[i].Ops, end.Name) {
				continue
			}
			at := slices.IndexFunc(before, func(b move) bool { return b.at == i })
			now := at >= 0 && !before[at].fake
			if now || at < 0 && h.row[i] != nil && h.row[i].heldBy(h.set.fingerprint(n.set)) {
				return &DualWriteError{Set: n.set, Expand: h.set.label(i), Contract: h.set.label(mv.at), Table: end.Table, From: end.From, To: end.To, begun: !now}
			}
			if at >= 0 || h.row[i] != nil { // else one that replaces it, or that it replaces, is there
				break
			}
		}
	}
	return nil
}

func endsDualWrite(op Op) bool {
	_, ok := op.(DropDualWrite)
	return ok
}

func begins(ops []Op, name string) bool {
	return slices.ContainsFunc(ops, func(op Op) bool {
		o, ok := op.(AddDualWrite)
		return ok && o.Name == name
	})
}

// heldBy reports whether a migration was applied by a program of that fingerprint, which had the end of its dual write with it.
func (r *Record) heldBy(fingerprint string) bool {
	c, err := ParseCursor(r.Cursor)
	return r.State == StateDone && err == nil && c != nil && c.Waits != "" && c.Waits == fingerprint
}

// holds returns the moves that begin a dual write whose end the program has, and does not reach in this run: they keep whose they were.
func (h *history) holds(moves []move) map[int]string {
	all := map[int]string{}
	for _, mv := range moves {
		if mv.back || mv.fake {
			continue
		}
		n := h.set.all[mv.at]
		for _, op := range n.Ops {
			begin, ok := op.(AddDualWrite)
			if !ok {
				continue
			}
			for j := mv.at + 1; j < len(h.set.all); j++ {
				if slices.ContainsFunc(h.set.all[j].Ops, func(op Op) bool { o, ok := op.(DropDualWrite); return ok && o.Name == begin.Name }) {
					if !slices.ContainsFunc(moves, func(m move) bool { return m.at == j }) {
						all[mv.at] = (&Cursor{Waits: h.set.fingerprint(n.set)}).String()
					}
					break
				}
			}
		}
	}
	return all
}

// ends reports whether a move ends dual writes and does no more: programs of its release can do without it.
func (h *history) ends(mv move) bool {
	if mv.back {
		return false
	}
	var all []DropDualWrite
	ops := h.set.all[mv.at].Ops
	for _, op := range ops {
		if o, ok := op.(DropDualWrite); ok {
			all = append(all, o)
		}
	}
	of := func(table string, columns ...string) bool {
		return slices.ContainsFunc(all, func(o DropDualWrite) bool {
			for _, c := range columns {
				if c != o.From && c != o.To && c != o.Column.Def().Name {
					return false
				}
			}
			return table == o.Table
		})
	}
	for _, op := range ops {
		if _, end := op.(DropDualWrite); !end && !tidies(op, of) && !putsBack(op, ops) {
			return false
		}
	}
	return len(all) > 0
}

// tidies reports whether an op only takes away, renames or changes what is of dual writes, as of says, but for keys: nothing new comes by it, and no
// row is filled.
func tidies(op Op, of func(table string, columns ...string) bool) bool {
	e := op.Effects()
	_, alters := op.(AlterColumn)
	if e.Unknown || e.Rows && !alters || len(e.Makes) > 0 || slices.ContainsFunc(e.Old, func(d Definition) bool { return d.PrimaryKey != nil || d.DualWrite != nil }) {
		return false
	}
	mine := func(o Object, columns ...string) bool {
		switch o.Kind {
		case ColumnObject:
			return of(o.Table, columns...)
		case ConstraintObject, IndexObject:
			return of(o.Table)
		}
		return false
	}
	for _, o := range slices.Concat(e.Removes, e.Writes) {
		if !mine(o, o.Name) {
			return false
		}
	}
	for _, r := range e.Renames {
		if !mine(r.From, r.From.Name, r.To) {
			return false
		}
	}
	return true
}

// putsBack reports whether an op changes an object, or is one of the two that take it out of the way and put it back.
func putsBack(op Op, ops []Op) bool {
	from, to, ok := ObjectChange(op)
	if !ok || from != nil && to != nil {
		return ok && from.Same(*to)
	}
	return slices.ContainsFunc(ops, func(other Op) bool {
		gone, made, ok := ObjectChange(other)
		return ok && (to == nil && gone == nil && made.Same(*from) || from == nil && made == nil && gone.Same(*to))
	})
}

// stopped ends a run in front of a migration that waits.
func (r *run) stopped(h *history) error {
	wait := r.res.Waits
	if wait == nil {
		return nil
	}
	wait.begun, wait.Done = true, nil
	for _, d := range r.res.Done {
		wait.Done = append(wait.Done, d.Migration)
	}
	if len(wait.Needed) > 0 || len(h.aim) > 0 { // what was asked for is not reached
		return wait
	}
	return nil
}

// waiting logs what waits. A run that has failed did not come so far.
func (m *Migrator) waiting(ctx context.Context, res *Result, err error) {
	switch wait := res.Waits; {
	case wait == nil:
	case err == nil:
		m.opt.Logger.InfoContext(ctx, "migration waits", "set", wait.Set, "migration", wait.Contract, "why", wait.Error())
	case !errors.As(err, &wait):
		res.Waits = nil
	}
}
