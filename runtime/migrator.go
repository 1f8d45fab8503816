package migrate

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"
)

// Migrator carries one database to one set.
type Migrator struct {
	db      *sql.DB
	dialect Dialect
	set     *Set
	opt     Options
	telling sync.Mutex // while Progress runs
	meter   *meter     // of a rehearsal; nil measures nothing
	worker  *Worker    // that it is a migrator of; nil is none
}

// Result is what a run did.
type Result struct {
	Set    string
	Done   []AppliedMigration // in the order in which it was done; empty when there was nothing to do
	Backup *Archive           // the copy that was made first; nil when none was asked for, or nothing was done

	// Beyond names what the database has of this set and the program does not know, as after going back to an older version of it.
	Beyond []string

	// Differences are those in which tables that something else has made are not as a migration makes them that counts as applied all the same
	// (Options.FakeInitial): constraints and indexes.
	Differences []Difference

	// Protection is what the database is when it is protected and there was something to do; else nil.
	Protection *Protection

	// Waits says what the run stopped in front of: a migration that ends a dual write waits until no program is running that knows only the old
	// column. nil when nothing waits.
	Waits *DualWriteError
}

// AppliedMigration is one migration that was applied, undone or recorded.
type AppliedMigration struct {
	Migration string
	Back      bool
	Faked     bool
	Duration  time.Duration
}

// New returns a migrator for db, which it never closes. opt may be nil.
// It returns the error of the set, see [Set.Err], or an error when something is missing.
func New(db *sql.DB, dialect Dialect, set *Set, opt *Options) (*Migrator, error) {
	switch {
	case db == nil:
		return nil, errors.New("migrate.New: the *sql.DB is nil")
	case dialect == nil:
		return nil, errors.New("migrate.New: the dialect is nil")
	case set == nil:
		return nil, errors.New("migrate.New: the set is nil")
	case set.misuse != nil:
		return nil, set.misuse
	}
	m := &Migrator{db: db, dialect: dialect, set: set, opt: opt.withDefaults()}
	if m.opt.Rehash || !set.allStated() {
		if err := set.Err(); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// Up applies everything that is pending. With nothing pending it costs one small query and no lock. What ends a dual write that the same program
// has begun waits, see [Result.Waits]; a [*DualWriteError] is returned when what the program needs waits with it.
func (m *Migrator) Up(ctx context.Context) (*Result, error) {
	if m.set.none() {
		return &Result{Set: m.set.name}, nil
	}
	return m.change(ctx, run{verb: "up", quick: true, decide: (*history).up})
}

// To goes to a migration, forward or back: afterwards it is the newest one applied on its line. A beginning of its name is enough when
// no other begins so; "zero" undoes everything. In a set that was joined, or for a migration of another set that this one needs, the
// name of the set and a slash stand before it: "shop/0002", "shop/zero".
// It returns an [*UnknownTargetError], an [*IrreversibleError] before anything is touched when the way back is barred, and a [*DualWriteError] when
// a migration on the way waits that is not the target itself.
func (m *Migrator) To(ctx context.Context, target string) (*Result, error) {
	t, err := m.set.find(target)
	if err != nil {
		return nil, err
	}
	return m.change(ctx, run{verb: "to " + target, undoes: t.at < 0, decide: func(h *history) ([]move, error) { return h.to(t) }})
}

// UpTo applies everything up to a migration and undoes nothing, whatever other runners do meanwhile: when more than that is applied, it
// returns a [*PassedError].
func (m *Migrator) UpTo(ctx context.Context, target string) (*Result, error) {
	t, err := m.set.find(target)
	if err != nil {
		return nil, err
	}
	return m.change(ctx, run{verb: "up -to " + target, decide: func(h *history) ([]move, error) { return h.upTo(t, target) }})
}

// Down undoes the newest migration that is applied: one step. With nothing applied it does nothing.
func (m *Migrator) Down(ctx context.Context) (*Result, error) { return m.Back(ctx, 1) }

// Back undoes the newest n migrations that are applied, or all when there are fewer.
func (m *Migrator) Back(ctx context.Context, n int) (*Result, error) {
	if n < 1 {
		return nil, fmt.Errorf("%d steps back: it must be one or more", n)
	}
	res, err := m.change(ctx, run{verb: backVerb(n), steps: n})
	var failed *MigrationError
	if errors.As(err, &failed) && len(res.Done) > 0 {
		failed.Again = fmt.Sprintf("down -n %d", n-len(res.Done)) // the same one again would go too far
	}
	return res, err
}

// Fake makes the history say what it would after [Migrator.To], without running anything.
func (m *Migrator) Fake(ctx context.Context, target string) (*Result, error) {
	t, err := m.set.find(target)
	if err != nil {
		return nil, err
	}
	return m.change(ctx, run{verb: "fake " + target, record: true, undoes: t.at < 0, decide: func(h *history) ([]move, error) {
		moves, err := h.to(t)
		for i := range moves {
			moves[i].fake = true
		}
		return moves, err
	}})
}

// backVerb is how the command line says to go n steps back.
func backVerb(n int) string {
	if n == 1 {
		return "down"
	}
	return fmt.Sprintf("down -n %d", n)
}

// change is run with an explanation where it was bound to fail.
func (m *Migrator) change(ctx context.Context, r run) (res *Result, err error) {
	defer m.explain(ctx, &err)
	return m.run(ctx, r)
}

// connect returns a connection, and waits for a database that another process keeps busy at that moment, see [BusyDialect].
func (m *Migrator) connect(ctx context.Context, db *sql.DB) (*sql.Conn, error) {
	dialect, waits := m.dialect.(BusyDialect)
	for begin := time.Now(); ; {
		conn, err := db.Conn(ctx)
		if err == nil || !waits || time.Since(begin) >= m.opt.LockWait || !dialect.Busy(err) {
			return conn, err
		}
		pause := time.NewTimer(10*time.Millisecond + rand.N(40*time.Millisecond))
		select {
		case <-ctx.Done():
			pause.Stop()
			return nil, ctx.Err()
		case <-pause.C:
		}
	}
}

// session pins a connection and opens a session on it.
func (m *Migrator) session(ctx context.Context) (Session, func(), error) {
	s, done, _, err := m.named(ctx)
	return s, done, err
}

// named is session with a place to say which migration its events belong to.
func (m *Migrator) named(ctx context.Context) (Session, func(), *Event, error) {
	return m.open(ctx, m.db)
}

// open is named on a database.
func (m *Migrator) open(ctx context.Context, db *sql.DB) (Session, func(), *Event, error) {
	if m.worker != nil {
		if p, ok := m.worker.enter(ctx, m, db); ok {
			return p.s, func() {}, p.now, nil
		}
	}
	now := new(Event)
	var kept *pinned
	conn, err := m.connect(ctx, db)
	if err != nil {
		return nil, nil, nil, m.unreachable(err)
	}
	cfg := SessionConfig{
		History: m.opt.History, LockTimeout: m.opt.LockTimeout, StatementTimeout: m.opt.StatementTimeout, StrongLock: m.opt.StrongLock, Retry: m.opt.Retry,
		Lease: m.opt.Lock == LockLease, EndsAtUnlock: m.worker == nil,
		Notify: func(e Event) {
			e.Migration, e.Back = now.Migration, now.Back
			if kept != nil { // it has gone on to another schema since
				kept.m.notify(e)
				return
			}
			m.notify(e)
		},
	}
	if most := db.Stats().MaxOpenConnections; (most == 0 || most > 1) && (m.worker == nil || cfg.Lease) { // of a fleet each has one connection
		cfg.Beside = db
	}
	s, err := m.dialect.Open(ctx, conn, cfg)
	if err != nil {
		conn.Close()
		return nil, nil, nil, redacted{err}
	}
	if m.worker != nil {
		if kept = m.worker.pin(m, db, conn, s, now); kept != nil {
			return s, func() {}, now, nil
		}
	}
	return s, func() { closeSession(ctx, s, conn) }, now, nil
}

func (m *Migrator) notify(e Event) {
	m.telling.Lock()
	defer m.telling.Unlock()
	if m.opt.Progress != nil {
		m.opt.Progress(e)
	}
	switch e.Kind {
	case EventWait, EventRetry:
		m.opt.Logger.Info("migration waits", "set", m.set.name, "migration", e.Migration, "why", e.Message)
	case EventNote:
		m.opt.Logger.Warn(e.Message, "set", m.set.name, "migration", e.Migration)
	}
}

// redacted keeps passwords out of the text of an error, and the error itself for errors.As.
type redacted struct{ error }

func (r redacted) Error() string { return ErrorText(r.error) }
func (r redacted) Unwrap() error { return r.error }

// tool returns the version of this package, as the build knows it.
func tool() string {
	info := buildInfo()
	if info == nil {
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

// build is read when it is first asked for, and once: it is a text that has to be taken apart.
var build struct {
	once sync.Once
	info *debug.BuildInfo // nil without one
}

func buildInfo() *debug.BuildInfo {
	build.once.Do(func() { build.info, _ = debug.ReadBuildInfo() })
	return build.info
}
