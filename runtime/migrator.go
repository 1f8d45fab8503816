package migrate

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
	"time"
)

// Migrator carries one database to one set.
type Migrator struct {
	db      *sql.DB
	dialect Dialect
	set     *Set
	opt     Options
}

// Result is what a run did.
type Result struct {
	Set  string
	Done []Done // in the order in which it was done; empty when there was nothing to do
}

// Done is one migration that was applied, undone or recorded.
type Done struct {
	Migration string
	Back      bool
	Faked     bool
	Duration  time.Duration
}

// New gives a migrator for db, which it never closes. opt may be nil.
// It returns the error of the set, see [Set.Err], or an error when something is missing.
func New(db *sql.DB, dialect Dialect, set *Set, opt *Options) (*Migrator, error) {
	switch {
	case db == nil:
		return nil, errors.New("migrate.New: the *sql.DB is nil")
	case dialect == nil:
		return nil, errors.New("migrate.New: the dialect is nil")
	case set == nil:
		return nil, errors.New("migrate.New: the set is nil")
	case set.err != nil:
		return nil, set.err
	}
	return &Migrator{db, dialect, set, opt.withDefaults()}, nil
}

// Up applies everything that is pending. With nothing pending it costs one small query and no lock.
func (m *Migrator) Up(ctx context.Context) (*Result, error) {
	head := m.set.Head()
	if head == nil {
		return &Result{Set: m.set.name}, nil
	}
	return m.run(ctx, true, func(h *history) ([]move, error) { return h.forward(len(m.set.all) - 1) })
}

// To goes to a migration, forward or back: afterwards it is the newest one applied on its line. A beginning of its name is enough when
// no other begins so; "zero" undoes everything.
// It returns an [*UnknownTargetError], and an [*IrreversibleError] before anything is touched when the way back is barred.
func (m *Migrator) To(ctx context.Context, target string) (*Result, error) {
	at, err := m.set.find(target)
	if err != nil {
		return nil, err
	}
	return m.run(ctx, false, func(h *history) ([]move, error) { return h.to(at) })
}

// Down undoes the newest migration that is applied: one step. With nothing applied it does nothing.
func (m *Migrator) Down(ctx context.Context) (*Result, error) {
	return m.run(ctx, false, (*history).back)
}

// Fake makes the history say what it would after [Migrator.To], without running anything.
func (m *Migrator) Fake(ctx context.Context, target string) (*Result, error) {
	at, err := m.set.find(target)
	if err != nil {
		return nil, err
	}
	return m.run(ctx, false, func(h *history) ([]move, error) {
		moves, err := h.to(at)
		for i := range moves {
			moves[i].fake = true
		}
		return moves, err
	})
}

// session pins a connection and opens a session on it.
func (m *Migrator) session(ctx context.Context) (Session, func(), error) {
	s, done, _, err := m.named(ctx)
	return s, done, err
}

// named is session with a place to say which migration its events belong to.
func (m *Migrator) named(ctx context.Context) (Session, func(), *Event, error) {
	now := new(Event)
	conn, err := m.db.Conn(ctx)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("cannot reach the database: %w", redacted{err})
	}
	cfg := SessionConfig{History: m.opt.History, LockTimeout: m.opt.LockTimeout, StatementTimeout: m.opt.StatementTimeout, Retry: m.opt.Retry, Notify: func(e Event) {
		e.Migration, e.Back = now.Migration, now.Back
		m.notify(e)
	}}
	s, err := m.dialect.Open(ctx, conn, cfg)
	if err != nil {
		conn.Close()
		return nil, nil, nil, redacted{err}
	}
	return s, func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		_ = s.Close(end)
		_ = conn.Close()
	}, now, nil
}

func (m *Migrator) notify(e Event) {
	if m.opt.Progress != nil {
		m.opt.Progress(e)
	}
	if e.Kind == EventWait || e.Kind == EventRetry {
		m.opt.Logger.Info("migration waits", "set", m.set.name, "migration", e.Migration, "why", e.Message)
	}
}

// run decides on a way with the history in hand, and goes it. When the way is quick (true) nothing pending needs no lock.
func (m *Migrator) run(ctx context.Context, quick bool, decide func(*history) ([]move, error)) (*Result, error) {
	res := &Result{Set: m.set.name}
	s, done, now, err := m.named(ctx)
	if err != nil {
		return res, err
	}
	defer done()
	if quick {
		if newest, err := s.Newest(ctx, m.set.name); err != nil {
			return res, redacted{err}
		} else if newest != nil && newest.complete() && newest.Digest == m.set.fingerprint() {
			return res, nil
		}
	}
	if err := s.Lock(ctx, m.opt.LockWait); err != nil {
		return res, redacted{err}
	}
	defer func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		if err := s.Unlock(end); err != nil {
			m.opt.Logger.Warn("the lock of the migrations was not given back", "error", Redact(err.Error()))
		}
	}()
	if err := s.Bootstrap(ctx); err != nil {
		return res, redacted{err}
	}
	for tries := 0; ; tries++ {
		again, err := m.once(ctx, s, now, res, decide)
		if !again || err != nil || tries == 100 {
			if err == nil && again {
				err = ErrClaimed
			}
			return res, err
		}
	}
}

// once reads the history, decides, and goes the way until its end or until another runner was faster.
func (m *Migrator) once(ctx context.Context, s Session, now *Event, res *Result, decide func(*history) ([]move, error)) (again bool, err error) {
	h, err := m.history(ctx, s)
	if err != nil {
		return false, err
	}
	moves, err := decide(h)
	if err != nil || len(moves) == 0 {
		return false, err
	}
	if err := h.writable(moves); err != nil {
		return false, err
	}
	w := &walker{m: m, s: s, h: h, res: res}
	if err := w.prepare(moves); err != nil {
		return false, err
	}
	for _, mv := range moves {
		if err := ctx.Err(); err != nil {
			return false, fmt.Errorf("stopped before %s: %w", m.set.all[mv.at].Name, err)
		}
		now.Migration, now.Back = m.set.all[mv.at].Name, mv.back
		if err := w.walk(ctx, mv); errors.Is(err, ErrClaimed) {
			return true, nil
		} else if err != nil {
			return false, err
		}
	}
	return false, nil
}

// redacted keeps passwords out of the text of an error, and the error itself for errors.As.
type redacted struct{ error }

func (r redacted) Error() string { return ErrorText(r.error) }
func (r redacted) Unwrap() error { return r.error }

// tool is the version of this package, as the build knows it.
func tool() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	const path = "github.com/modelgen/modelgen"
	if info.Main.Path == path {
		return info.Main.Version
	}
	for _, d := range info.Deps {
		if d.Path == path {
			return d.Version
		}
	}
	return ""
}
