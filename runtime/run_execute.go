package migrate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/modelgen/modelgen/runtime/schema"
)

// executor goes from migration to migration.
type executor struct {
	m       *Migrator
	s       Session
	h       *history
	r       *run   // nil where nothing is changed
	now     *Event // which migration it is at, for the events of the session
	res     *Result
	schema  *schema.Schema // as the database is, by the history
	base    *schema.Schema // the same before the migrations that wait to share a transaction; nil when none can
	copied  bool           // base shares no table with schema, and follows it
	digests map[string]digest
	turned  map[key]turn   // what the digests have been made of since the history was read, where that is not in it
	undo    map[int][]Op   // what undoes a migration, found before anything is touched
	passed  int64          // rows of a batched stage that did not reach its end
	shared  bool           // nobody else is here: migrations may share transactions
	holds   map[int]string // what the history is to keep of migrations that are done, see [history.holds]

	made       map[int][]string // the extensions that migrations make, see claims
	extensions map[string]bool  // whether one is there after the moves that are planned
}

// leg is one move, planned.
type leg struct {
	mv     move
	ops    []Op // what it does to the schema
	stages []Stage
	groups [][]Stage // that share a transaction
	held   bool      // the history keeps more of it than that it is done
	half   *Half     // it was not applied to its end, and is given up
}

// prepare replays what is applied, and finds out whether every step back can be made.
func (w *executor) prepare(ctx context.Context, moves []move) error {
	set := w.m.set
	w.undo = map[int][]Op{}
	for _, mv := range moves {
		if !mv.back || mv.fake || w.givenUp(mv) != nil {
			continue
		}
		back, err := Invert(set.all[mv.at].Ops)
		if err != nil {
			return fmt.Errorf("%s %w; nothing was changed", set.label(mv.at), err)
		}
		w.undo[mv.at] = back
	}
	w.digests, w.turned = map[string]digest{}, map[key]turn{}
	for _, name := range set.sets() {
		w.digests[name] = w.h.digest(name)
	}
	// A migration on its way is planned from before its first stage; those stages that are done are then left out.
	var err error
	w.schema, err = set.schemaBehind(func(i int) bool { return w.h.counts(i) && (w.h.row[i] == nil || w.h.row[i].half() == nil) })
	if err != nil && !slices.ContainsFunc(moves, func(mv move) bool { return !mv.fake }) {
		w.schema, err = &schema.Schema{}, nil // a record fixes the history, and needs none
	}
	if err != nil {
		return err
	}
	for _, mv := range moves {
		if half := w.givenUp(mv); half != nil {
			if w.undo[mv.at], _, err = w.undoHalf(ctx, mv, half); err != nil {
				return err
			}
		}
	}
	return nil
}

// turn is what a move has made of a migration in the digest of its set.
type turn struct {
	hash  string
	there bool
}

// counted returns the hash with which a migration is in the digest of its set.
func (w *executor) counted(k key) (hash string, there bool) {
	if t, turned := w.turned[k]; turned {
		return t.hash, t.there
	}
	if i, known := w.m.set.index[k]; known && w.h.row[i] != nil && !w.h.retired(i) {
		return w.h.row[i].Hash, true
	}
	return "", false
}

// counts reports whether the ops of migration i are in the database, as itself and not as a part of another one.
func (h *history) counts(i int) bool {
	for _, squash := range h.set.all[i].by {
		if h.whole[squash] {
			return false // that one says the same
		}
	}
	return h.whole[i] || h.row[i] != nil && !h.out[i] && !h.adopt[i]
}

// plan returns the stages of a move and brings the schema behind it.
func (w *executor) plan(ctx context.Context, mv move) (leg, error) {
	l := leg{mv: mv}
	n := w.m.set.all[mv.at]
	ops := n.Ops
	if mv.back {
		ops = w.undo[mv.at]
	}
	switch {
	case mv.adopt:
		return l, nil // the schema is there already
	case mv.fake:
		if mv.back {
			var err error // what cannot be undone leaves the schema in doubt, which for records does not matter
			if ops, err = Invert(n.Ops); err != nil {
				return l, nil
			}
		}
		l.ops = ops
		_ = apply(w.schema, ops) // nothing is planned with it where it does not fit
		return l, nil
	}
	var err error
	from := w.schema
	if l.half = w.givenUp(mv); l.half != nil { // the schema is already the one that this leads to
		if ops, from, err = w.undoHalf(ctx, mv, l.half); err != nil {
			return l, err
		}
	}
	l.ops = ops
	if err := w.claims(ctx, mv, ops); err != nil {
		return l, err
	}
	planner := w.planner(ops)
	w.keeps(planner, mv, ops)
	l.stages, err = PlanOps(planner, from, ops)
	l.groups = Transactions(l.stages)
	l.held = w.holds[mv.at] != "" || len(w.made[mv.at]) > 0
	w.shared = w.shared && !slices.ContainsFunc(ops, declares)
	return l, err
}

// unused reports whether nobody can be using the tables of the set: nothing of it was ever applied, and nothing of it is to be recorded as being
// there.
func (h *history) unused(moves []move) bool {
	return h.empty() && !slices.ContainsFunc(moves, func(mv move) bool { return mv.fake })
}

// declares reports whether a step written by hand says that it makes something: that may have been there, in use, for long.
func declares(op Op) bool {
	o, ok := op.(SQL)
	return ok && len(o.Schema) > 0
}

func apply(s *schema.Schema, ops []Op) error {
	for _, op := range ops {
		if err := op.Apply(s); err != nil {
			return err
		}
	}
	return nil
}

// planner returns one for ops of a migration.
func (w *executor) planner(ops []Op) Planner {
	planner := w.s.Planner()
	if q, ok := planner.(QuietPlanner); ok && w.shared && quiet(ops) {
		q.Quiet()
	}
	return planner
}

// quiet reports whether ops are one transaction, or to pieces that resume by themselves, when nobody else uses the database. A migration of
// several is resumed by the number of stages that are done, and by then somebody may be there: it keeps to the forms for that. Such are steps
// written by hand, and changes of the values of an enum; that no other op of a dialect is one is tested with all of dialecttest.
func quiet(ops []Op) bool {
	return !slices.ContainsFunc(ops, func(op Op) bool {
		e := op.Effects()
		_, refuses := op.(Unwritten) // it is an error when it runs
		return e.Unknown && !refuses || slices.ContainsFunc(e.Writes, func(o Object) bool { return o.Kind == EnumObject })
	})
}

// walk makes all moves, in as few transactions as they allow.
func (w *executor) walk(ctx context.Context, moves []move) error {
	if w.copied = w.shared; w.copied {
		w.base = w.schema.Clone()
	}
	sees := !w.copied && w.makeTables(moves)
	var waiting []leg
	apart := unseen{w: w}
	for i, mv := range moves {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("stopped before %s; run the same command again to go on: %w", w.m.set.label(moves[i-len(waiting)].at), err)
		}
		var before *schema.Schema
		if sees {
			before = withTablesOf(w.schema)
		}
		l, err := w.plan(ctx, mv)
		if err != nil {
			if err := w.together(ctx, waiting); err != nil {
				return err
			}
			n := w.m.set.all[mv.at]
			return &MigrationError{Set: n.set, Migration: n.Name, Back: mv.back, Done: w.names(), Err: err}
		}
		alone := apart.takes(l)
		if len(waiting) > 0 && !((w.shared || l.recorded() || alone) && l.joins(waiting)) {
			if err := w.together(ctx, waiting); err != nil {
				return err
			}
			waiting, apart = nil, unseen{w: w}
			apart.takes(l)
		}
		if sees && len(waiting) == 0 {
			w.base = before
		}
		waiting = append(waiting, l)
	}
	return w.together(ctx, waiting)
}

// alone makes one move.
func (w *executor) alone(ctx context.Context, l leg) error {
	begin := time.Now()
	w.begin(l.mv)
	if err := w.work(ctx, l); err != nil {
		return err
	}
	w.end(ctx, l.mv, time.Since(begin))
	return nil
}

func (w *executor) begin(mv move) {
	w.now.Migration, w.now.Back = w.m.set.label(mv.at), mv.back
	w.m.notify(Event{Kind: EventBegin, Migration: w.now.Migration, Back: mv.back})
}

func (w *executor) end(ctx context.Context, mv move, took time.Duration) {
	label := w.m.set.label(mv.at)
	w.res.Done = append(w.res.Done, AppliedMigration{Migration: label, Back: mv.back, Faked: mv.fake, Duration: took})
	w.m.notify(Event{Kind: EventEnd, Migration: label, Back: mv.back, Faked: mv.fake, Duration: took})
	w.m.opt.Logger.InfoContext(ctx, "migration done", "set", w.m.set.all[mv.at].set, "migration", w.m.set.all[mv.at].Name, "back", mv.back, "faked", mv.fake, "duration", took)
}

// work runs the stages that are left, in as few transactions as they allow, with the history in step.
func (w *executor) work(ctx context.Context, l leg) error {
	groups := l.groups
	if len(groups) == 0 {
		groups = [][]Stage{nil} // the history is written all the same
	}
	skip, err := w.resume(l)
	if err != nil {
		return err
	}
	if skip == 0 {
		if err := w.visible(ctx, l); err != nil {
			return err
		}
	}
	if skip == 0 {
		if err := w.check(ctx, l); err != nil {
			return err
		}
	}
	marks, settle := w.marks(l.mv)
	marks.stages, marks.half = l.stages, l.half
	done := 0
	for i, g := range groups {
		end := done + len(g)
		if skip > 0 && end <= skip {
			done = end
			continue
		}
		apart := len(g) == 1 && (g[0].NoTx || g[0].Batch != nil)
		before, after := marks.around(end, i == len(groups)-1, apart)
		var err error
		if at := slices.IndexFunc(g, Stage.heavy); at >= 0 {
			err = w.replicas(ctx, g[at])
		}
		if err != nil {
			return w.failed(ctx, l, g, done, err)
		}
		if apart {
			if len(before) > 0 {
				err = w.s.Transact(ctx, Work{Before: before})
			}
			switch {
			case err != nil:
			case g[0].NoTx:
				err = w.apart(ctx, g[0], func() error { return w.s.Step(ctx, g[0], after) })
			default:
				at := marks.at(done, w.h.row[l.mv.at])
				if err = w.apart(ctx, g[0], func() error { return w.batches(ctx, g[0], at) }); err == nil {
					err = w.s.Transact(ctx, Work{After: after})
				}
			}
		} else {
			var stages []Stage
			if stages, err = w.measured(ctx, l.mv, g, len(before)); err == nil {
				err = w.s.Transact(ctx, Work{Before: before, Stages: stages, After: after})
			}
			w.m.meter.ended(err)
		}
		if err != nil {
			return w.failed(ctx, l, g, done, err)
		}
		done = end
	}
	settle()
	return nil
}

// failed wraps an error with where it happened.
func (w *executor) failed(ctx context.Context, l leg, g []Stage, committed int, err error) error {
	if errors.Is(err, ErrClaimed) {
		return err
	}
	n := w.m.set.all[l.mv.at]
	left := w.settle(ctx, l, g, committed, err)
	e := &MigrationError{Set: n.set, Migration: n.Name, Back: l.mv.back, Committed: committed, Stages: len(l.stages), Done: w.names(), Rows: w.passed, Left: left, Err: err}
	var st *StatementError
	if errors.As(err, &st) {
		e.Op = st.Cause
		if st.Absent && st.Cause != RecordCause {
			if why := w.blame(l, st); why != "" {
				st.Hint = why
			}
		}
		if e.Op == "" && st.Stage >= 0 && st.Stage < len(g) {
			e.Op = g[st.Stage].Cause
		}
	}
	w.m.opt.Logger.ErrorContext(ctx, "migration failed", "set", e.Set, "migration", e.Migration, "op", e.Op, "code", ErrorCode(err))
	return e
}

func (w *executor) names() []string {
	var names []string
	for _, d := range w.res.Done {
		names = append(names, d.Migration)
	}
	return names
}

// marks returns what the history is to say about a move, and what makes the executor know that it does.
func (w *executor) marks(mv move) (m *marker, settle func()) {
	n := w.m.set.all[mv.at]
	rec := Record{Set: n.set, Name: n.Name, Hash: w.m.set.hash(mv.at), Tool: tool(), Module: w.m.set.module(n.set), State: StateDone}
	if mv.fake && !mv.adopt {
		rec.State = StateFaked
	}
	m = &marker{back: mv.back, begun: w.h.row[mv.at] != nil, holds: w.holds[mv.at], made: w.made[mv.at], ended: mv.ended()}
	m.entry = func(result string) (Mark, bool) { return w.r.logged(w.m, n.set, result, w.m.set.label(mv.at)) }
	m.undoing = m.begun && w.h.row[mv.at].State == StateUndoing
	d := w.digests[n.set]
	var turned []func() // what changes in the count
	count := func(k key, hash string) {
		if _, there := w.counted(k); !there {
			d = d.with(k.name, hash)
			turned = append(turned, func() { w.turned[k] = turn{hash, true} })
		}
	}
	drop := func(k key) {
		if hash, there := w.counted(k); there {
			d = d.with(k.name, hash)
			turned = append(turned, func() { w.turned[k] = turn{} })
		}
	}
	if mv.back {
		drop(key{n.set, n.Name})
	} else {
		count(key{n.set, n.Name}, rec.Hash)
	}
	for _, i := range n.members {
		member := w.m.set.all[i]
		k := key{member.set, member.Name}
		row := w.h.row[i]
		switch {
		case mv.back && mv.adopt && row != nil:
			count(k, row.Hash)
		case mv.back:
			if row != nil {
				m.also = append(m.also, Record{Set: member.set, Name: member.Name})
			}
		default:
			if _, there := w.counted(k); !there && row == nil && !mv.adopt {
				m.also = append(m.also, Record{Set: member.set, Name: member.Name, Hash: w.m.set.hash(i), Tool: rec.Tool, Module: rec.Module, State: StateFaked})
			}
			drop(k)
		}
	}
	for _, u := range w.h.unknown {
		if mv.back && !mv.adopt && u.replaced && w.h.replacedBy(u, mv.at) {
			m.also = append(m.also, Record{Set: u.set, Name: u.Name})
		}
	}
	rec.Digest = d.String()
	for i := range m.also {
		m.also[i].Digest = rec.Digest
	}
	m.rec = rec
	return m, func() {
		w.digests[n.set] = d
		for _, turn := range turned {
			turn()
		}
	}
}

// marker writes the marks around the transactions of one migration.
type marker struct {
	rec         Record
	also        []Record // rows of what it replaces, which come and go with it
	back, begun bool
	undoing     bool // the history says already that it is on its way back
	stages      []Stage
	holds       string   // what its row keeps when it is done
	made        []string // the extensions that it makes
	half        *Half    // it was not applied to its end
	ended       string   // what the log says of its end
	entry       func(result string) (Mark, bool)
}

// way is what the history says of the first n stages, for whoever goes on after them.
func (k *marker) way(n int) string {
	if n == 0 && k.half == nil && len(k.made) == 0 {
		return ""
	}
	c := &Cursor{Half: k.half, Made: k.made}
	if n > 0 {
		c.Plan = fingerprint(k.stages[:n])
	}
	return c.String()
}

// kept is what the row keeps when the migration is done.
func (k *marker) kept() string {
	if len(k.made) == 0 {
		return k.holds
	}
	c, err := ParseCursor(k.holds)
	if err != nil || c == nil {
		c = new(Cursor)
	}
	c.Made = k.made
	return c.String()
}

// at is what the history says while a stage goes on in batches. A cursor of that very stage is where it goes on.
func (k *marker) at(done int, row *Record) Mark {
	rec := k.rec
	rec.State, rec.Stage = StateRunning, done
	if k.back {
		rec.State = StateUndoing
	}
	rec.Cursor = k.way(done)
	if row != nil && row.State == rec.State && row.Stage == done {
		rec.Cursor = row.Cursor
	}
	return Mark{Kind: MarkStage, Record: rec}
}

func (k *marker) around(end int, last, apart bool) (before, after []Mark) {
	if !k.back && !k.begun {
		first := k.rec
		if !last || apart { // the beginning is committed before the end
			first.State = StateRunning
		}
		before = []Mark{{Kind: MarkBegin, Record: first}}
		if first.State == StateRunning {
			before = k.logs(before, LoggedBegun)
		}
		k.begun = true
	}
	if k.back && apart && !k.undoing { // else the history would call it applied while a part of it is gone
		first := k.rec
		first.State, first.Stage, first.Cursor = StateUndoing, end-1, k.way(end-1)
		before = k.logs([]Mark{{Kind: MarkStage, Record: first}, k.pendingMark()}, LoggedBegun)
	}
	begins := k.back && !k.undoing && !last && !apart
	k.undoing = k.back
	rec := k.rec
	switch {
	case k.back && last:
		after = []Mark{{Kind: MarkRemove, Record: rec}}
		for _, r := range k.also {
			after = append(after, Mark{Kind: MarkRemove, Record: r})
		}
		after = k.logs(append(after, Mark{Kind: MarkDigest, Record: rec}), k.ended)
	case last:
		after = []Mark{{Kind: MarkFinish, Record: rec}}
		if rec.Cursor = k.kept(); rec.Cursor != "" {
			after = append(after, Mark{Kind: MarkStage, Record: rec})
		}
		for _, r := range k.also {
			after = append(after, Mark{Kind: MarkBegin, Record: r}, Mark{Kind: MarkFinish, Record: r})
		}
		after = k.logs(after, k.ended)
	default:
		rec.State, rec.Stage, rec.Cursor = StateRunning, end, k.way(end)
		after = []Mark{{Kind: MarkStage, Record: rec}}
		if k.back {
			after[0].Record.State = StateUndoing
			after = append(after, k.pendingMark())
		}
		if begins {
			after = k.logs(after, LoggedBegun)
		}
	}
	return before, after
}

// pendingMark takes back what the newest row says of the whole history: the row that is on its way back may be an older one, and nobody shall
// take the database for complete.
func (k *marker) pendingMark() Mark { return Mark{Kind: MarkDigest, Record: Record{Set: k.rec.Set}} }

// Transactions puts stages that share a transaction together; a stage with NoTx or Batch is alone.
func Transactions(stages []Stage) [][]Stage {
	var groups [][]Stage
	open := false
	for _, s := range stages {
		if n := len(groups); open && !s.NoTx && s.Batch == nil && groups[n-1][0].KeysOff == s.KeysOff {
			groups[n-1] = append(groups[n-1], s)
		} else {
			groups = append(groups, []Stage{s})
		}
		open = !s.NoTx && s.Batch == nil && !s.Commit
	}
	return groups
}
