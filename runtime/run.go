package migrate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// run is one call that may change the database.
type run struct {
	quick  bool // with nothing pending it needs no lock
	record bool // it changes the history only
	undoes bool // all that is applied
	decide func(*history) ([]move, error)

	begun bool // hook and backup have had their turn
	res   *Result
	left  []move // after a lost connection: what has still to be done
	sure  bool   // left is known to be what is left

	told   bool // that migrations were edited
	looked bool // at the history, in this attempt
	steps  int  // back, instead of decide

	holds map[int]string // see [history.holds]

	verb      string           // what was asked for, as the command line has it
	state     *ProtectionState // of the database
	consented bool             // what is to be done needs no consent, or has it
	approved  string           // the consent, for the log
	named     bool             // a person typed the name of the database
	planned   bool             // nothing is done, and nobody asked
	shown     bool             // it was said that the database is protected
	earlier   *LogEntry        // the backup of a run before, which stands for a new one

	behind bool // the newest row proves that something is pending, and no row that it has to be changed

	lost *straightLeg // the reply to its COMMIT was lost
}

var errUnreachable = errors.New("cannot reach the database")

// unreachable is the error of a connection that could not be made, with what to do about it.
func (m *Migrator) unreachable(err error) error {
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("%w: %w", errUnreachable, redacted{err})
	}
	next := "look at its connection string, and whether it runs; nothing was changed"
	if d, ok := m.dialect.(ReachingDialect); ok {
		next = cmp.Or(d.Unreachable(err), next)
	}
	return fmt.Errorf("%w: %w; %s", errUnreachable, redacted{err}, next)
}

// run finds out what is to be done with the lock in hand, and does it. When the reply to a COMMIT is lost, it begins again on another connection.
func (m *Migrator) run(ctx context.Context, r run) (_ *Result, err error) {
	r.res = &Result{Set: m.set.name}
	defer func() { m.waiting(ctx, r.res, err) }()
	var first error
	for lost := 0; ; lost++ {
		r.looked = false
		err := m.attempt(ctx, &r)
		if err != nil && first != nil && !r.looked {
			err = fmt.Errorf("%w; looking for it on a new connection: %w", first, err)
			return r.res, err
		}
		if !errors.Is(err, ErrCommitLost) || lost == 3 || ctx.Err() != nil {
			return r.res, err
		}
		first = err
		m.notify(Event{Kind: EventNote, Message: "the connection was lost in COMMIT; looking on a new one whether it went through"})
	}
}

func (m *Migrator) attempt(ctx context.Context, r *run) error {
	s, done, now, err := m.named(ctx)
	if err != nil {
		return err
	}
	defer done()
	if err := m.expects(ctx, s); err != nil {
		return err
	}
	if r.quick && !r.sure && m.worker != nil {
		if done, err := m.straight(ctx, s, r); done || err != nil {
			return err
		}
	}
	if r.quick && !r.sure {
		if same, err := m.idle(ctx, s, r); same || err != nil {
			return err
		}
	}
	if err := m.set.Err(); err != nil {
		return err
	}
	if r.steps > 0 || r.undoes {
		if none, err := m.untouched(ctx, s, r); none || err != nil {
			return err
		}
	}
	if err := m.refuseUnwritten(ctx, s, r); err != nil {
		return err
	}
	if err := s.Lock(ctx, m.opt.LockWait); err != nil {
		return redacted{err}
	}
	defer m.unlock(ctx, s)
	if err := s.Bootstrap(ctx); err != nil {
		return redacted{err}
	}
	for tries := 0; ; tries++ {
		err := m.once(ctx, s, now, r)
		r.consented = r.consented && !errors.Is(err, ErrClaimed)          // else it is another plan now
		if !errors.Is(err, ErrClaimed) || tries > 100+10*len(m.set.all) { // each time another runner has got further
			return err
		}
	}
}

func (m *Migrator) unlock(ctx context.Context, s Session) {
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := s.Unlock(end); err != nil {
		m.opt.Logger.Warn("the lock of the migrations was not given back", "error", ErrorText(err))
	}
}

// moves returns what is left to do by the history as it is now.
func (r *run) moves(h *history) ([]move, error) {
	if r.steps == 0 {
		return r.decide(h)
	}
	if left := r.steps - len(r.res.Done); left > 0 {
		return h.back(left)
	}
	return nil, nil
}

// idle reports whether there is nothing to do, and nothing to fix in the history. Neither takes a lock: a program that is older than its database
// starts while a newer one migrates. The whole history is read only where the newest row leaves it open whether something is pending.
func (m *Migrator) idle(ctx context.Context, s Session, r *run) (bool, error) {
	stand, err := m.newest(ctx, s)
	r.behind = stand == standsBehind
	if err != nil || stand != standsElse {
		return stand == standsSame, err
	}
	h, err := m.history(ctx, s)
	if err != nil || h.empty() {
		return false, err
	}
	if err := m.stranger(ctx, s, h); err != nil {
		return false, err
	}
	r.res.Beyond = h.beyond()
	moves, err := r.moves(h)
	moves, _, r.res.Waits = h.gate(moves)
	if err == nil && len(moves) == 0 {
		if r.res.Waits != nil {
			err = r.stopped(h)
		}
		m.tellEdited(h, r)
	}
	return err == nil && len(moves) == 0 && len(h.stale()) == 0 && !(m.opt.Edited == PolicyAllow && len(h.edited) > 0), err
}

// untouched reports whether nothing was ever applied and nothing is to be: then nothing is written either, not even a table for the history.
func (m *Migrator) untouched(ctx context.Context, s Session, r *run) (bool, error) {
	for _, member := range m.set.members { // most databases have a row, and then the history is read once, with the lock
		if newest, err := s.Newest(ctx, member); err != nil {
			return false, redacted{err}
		} else if newest != nil {
			return false, nil
		}
	}
	h, err := m.history(ctx, s)
	if err != nil || !h.empty() {
		return false, err
	}
	moves, err := r.moves(h)
	return err == nil && len(moves) == 0, err
}

// current reports whether nothing is pending: the newest row of each member says so.
func (m *Migrator) current(ctx context.Context, s Session) (bool, error) {
	stand, err := m.newest(ctx, s)
	return stand == standsSame, err
}

// standing is what the newest rows of the history say of it.
type standing int

const (
	standsElse   standing = iota // only all the rows can say
	standsSame                   // all that the set has is applied
	standsBehind                 // something is pending
)

// newest reads the newest row of each member.
func (m *Migrator) newest(ctx context.Context, s Session) (standing, error) {
	stand := standsSame
	for _, member := range m.set.members {
		newest, err := s.Newest(ctx, member)
		if err != nil {
			return standsElse, redacted{err}
		}
		switch {
		case newest == nil && m.set.arranged() == nil && m.set.size(member) == 0:
		case newest == nil && len(m.set.members) == 1:
			return standsBehind, nil
		case newest == nil || !newest.complete():
			return standsElse, nil
		case m.isCurrent(member, newest):
		case m.isBehind(newest):
			stand = standsBehind // and all others are known to be those of this program
		default:
			return standsElse, nil
		}
	}
	return stand, nil
}

// isBehind reports whether the newest row of a member shows that something is pending: the program has a migration of its own that comes after it, which
// would have a newer row. What ends a dual write may have to wait, which is seen in other rows. The hashes, which the rest of the run compares, are made meanwhile.
func (m *Migrator) isBehind(newest *Record) bool {
	if m.set.arranged() != nil || newest.Digest == "" {
		return false
	}
	at, known := m.set.index[key{newest.Set, newest.Name}]
	if !known {
		return false
	}
	m.set.hashAhead()
	if m.set.errBehind(at) != nil {
		return false
	}
	before := m.set.ancestors(at)
	after := make([]bool, len(m.set.all))
	more := false
	for i, n := range m.set.all {
		after[i] = i == at || slices.ContainsFunc(n.before, func(b int) bool { return after[b] })
		if n.set != newest.Set || len(n.by) > 0 || before[i] {
			continue
		}
		if slices.ContainsFunc(n.Ops, endsDualWrite) {
			return false
		}
		more = more || n.own && after[i]
	}
	return more
}

// isCurrent reports whether the newest row of a member says that all its migrations, as they are now, are applied.
func (m *Migrator) isCurrent(member string, newest *Record) bool {
	if stated := m.set.stated(member); stated != "" && !m.opt.Rehash {
		return newest.Digest == stated && m.set.isNewest(newest)
	}
	return m.set.Err() == nil && newest.Digest == m.set.fingerprint(member)
}

// size is how many migrations a member has.
func (s *Set) size(member string) int {
	n := 0
	for i := range s.all {
		if s.all[i].set == member {
			n++
		}
	}
	return n
}

// once reads the history, decides, and goes the way until its end or until another runner was faster.
func (m *Migrator) once(ctx context.Context, s Session, now *Event, r *run) error {
	h, err := m.historyFor(ctx, s, r)
	if err != nil {
		return err
	}
	r.looked = true
	if err := m.stranger(ctx, s, h); err != nil {
		return err
	}
	r.res.Beyond = h.beyond()
	if cleared, err := h.clear(ctx, s); err != nil {
		return err
	} else if cleared {
		return m.once(ctx, s, now, r)
	}
	if r.state, err = m.protection(ctx, s); err != nil {
		return err
	}
	w := &executor{m: m, s: s, h: h, r: r, res: r.res, now: now}
	moves := r.left
	if r.sure {
		moves = w.found(ctx, moves)
	} else if moves, err = r.moves(h); err != nil {
		return err
	}
	if !r.sure {
		if ahead, _, _ := h.gate(moves); len(ahead) > 0 {
			if err := h.writable(ahead); err != nil {
				return err
			}
		}
	}
	if h.accepts(m) {
		if err := m.consent(ctx, w, r, moves); err != nil {
			return err
		}
	}
	if accepted, err := h.accept(ctx, m, s, r); err != nil {
		return err
	} else if accepted {
		return m.once(ctx, s, now, r)
	}
	if len(moves) == 0 {
		m.tellEdited(h, r)
		return m.repairDigest(ctx, s, h, r)
	}
	decided := slices.Clone(moves) // consent is given to what was asked for, before it is known what is there
	if m.opt.FakeInitial && !r.record {
		if err := w.initial(ctx, moves); err != nil {
			return err
		}
	}
	if !r.sure {
		moves, _, r.res.Waits = h.gate(moves) // after it is known what is only recorded
		r.holds = h.holds(moves)
	}
	if w.holds = r.holds; len(moves) == 0 {
		return m.repairDigest(ctx, s, h, r)
	}
	w.shared = h.unused(moves)
	if err := w.prepare(ctx, moves); err != nil {
		return err
	}
	if err := m.consent(ctx, w, r, decided); err != nil {
		return err
	}
	if m.worker != nil && r.quick && !r.sure {
		m.worker.learn(ctx, w, moves)
	}
	if !r.begun && !r.record {
		if err := m.before(ctx, w, moves); err != nil {
			m.logFailure(ctx, s, r, moves, err)
			return err
		}
		r.begun = true
	}
	behind := len(r.res.Done)
	err = w.walk(ctx, moves)
	r.left, r.sure = moves[len(r.res.Done)-behind:], r.sure || errors.Is(err, ErrCommitLost)
	if err != nil {
		m.logFailure(ctx, s, r, moves, err)
		return err
	}
	if err := m.after(ctx, r); err != nil {
		return err
	}
	return r.stopped(h)
}

// historyFor reads what a run must know of the history: of a plain way forward that is little, unless consent is given to a history with all that it says.
func (m *Migrator) historyFor(ctx context.Context, s Session, r *run) (*history, error) {
	if r.quick && r.behind && !r.sure && m.worker == nil {
		state, err := m.protection(ctx, s)
		if err != nil {
			return nil, err
		}
		if state.Mark == nil {
			if h, err := m.plainHistory(ctx, s); h != nil || err != nil {
				return h, err
			}
		}
	}
	return m.history(ctx, s)
}

// repairDigest ends a run that has nothing to do, any more.
func (m *Migrator) repairDigest(ctx context.Context, s Session, h *history, r *run) error {
	if err := h.repairDigest(ctx, s); err != nil {
		return err
	}
	if err := m.after(ctx, r); err != nil {
		return err
	}
	return r.stopped(h)
}

// found takes those moves off that the history has: the reply to their COMMIT was lost, not they.
func (w *executor) found(ctx context.Context, moves []move) []move {
	for len(moves) > 0 {
		mv := moves[0]
		row := w.h.row[mv.at]
		if mv.back && row != nil || !mv.back && (row == nil || !row.complete()) {
			break
		}
		w.end(ctx, mv, 0)
		moves = moves[1:]
	}
	return moves
}

// before gives hook and backup their turn. Neither is needed for what is only recorded.
func (m *Migrator) before(ctx context.Context, w *executor, moves []move) error {
	real := false
	for _, mv := range moves {
		real = real || !mv.fake
	}
	if !real {
		return nil
	}
	f, foresees := w.s.(ForeseeingSession)
	if m.opt.BeforeRun != nil || m.opt.Lock == LockLease || foresees && f.Foresees() {
		plan, err := w.preview(ctx, moves)
		if err != nil {
			return err
		}
		plan.Waits = w.res.Waits
		if err := m.pooled(plan); err != nil {
			return err
		}
		if m.opt.BeforeRun != nil {
			if err := m.opt.BeforeRun(ctx, plan); err != nil {
				return fmt.Errorf("nothing was changed: BeforeRun: %w", err)
			}
		}
	}
	if m.opt.Backup != nil {
		return m.backup(ctx, w, moves)
	}
	return nil
}

// pooled refuses what cannot go through a pooler in transaction mode, before anything is done.
func (m *Migrator) pooled(plan *Plan) error {
	if m.opt.Lock != LockLease || m.dialect.Capabilities().LocksDatabase {
		return nil
	}
	for _, step := range plan.Steps {
		for _, st := range step.Stages {
			if st.NoTx {
				return &HistoryError{m.set.name, []string{fmt.Sprintf("%s cannot run in a transaction (%s), which the lock mode lease needs", step.Migration, st.Cause)},
					"run it over a direct connection, without -lease (Options.Lock left at its default); nothing was changed"}
			}
		}
	}
	return nil
}

func (m *Migrator) after(ctx context.Context, r *run) error {
	if m.opt.AfterRun == nil || r.record || len(r.res.Done) == 0 {
		return nil
	}
	if err := m.opt.AfterRun(ctx, r.res); err != nil {
		return fmt.Errorf("everything was applied, then AfterRun failed: %w", err)
	}
	return nil
}
