package migrate

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/modelgen/modelgen/runtime/internal/rowkeys"
	"github.com/modelgen/modelgen/runtime/internal/samedriver"
)

// RehearseOptions say what [Migrator.Rehearse] copies, and where to.
type RehearseOptions struct {
	// Percent is how many of the rows the copy gets, from 0 (none) to 100 (all). Between them rows are chosen by their keys, the same ones every time, and
	// the rows that these refer to come with them. It is for PostgreSQL: a copy of a SQLite database has all.
	Percent float64

	// URL is the connection string of the database, as postgres://shop@db/shop, for pg_dump and for opening the copy beside it, since a *sql.DB does not
	// tell its own. "" leaves it to the environment that PostgreSQL's programs and drivers read (PGHOST and so on). SQLite needs none.
	URL string

	// On is where the copy is made. On PostgreSQL: the connection string of another database, on any server, which is empty, or was used by a rehearsal
	// before; "" makes a new database beside the one that is copied. On SQLite: a directory, or the path of a new file; "" is a temporary directory.
	On string

	Keep bool // leave the copy where it is
	Keys bool // tell keys of rows that are in the way, not only how many there are

	// PgDump is the path of pg_dump; pg_restore is beside it. "" looks for both on the PATH. They must not be older than the server.
	PgDump string

	// Timeout is the longest run of one statement that looks at rows of the database itself; 0 is one minute, below 0 is without limit.
	Timeout time.Duration

	// Open opens the copy: a connection string, or the path of a file. nil uses the driver of the database. It is needed where connections are made
	// ready for use in a way that the driver does not know of.
	Open func(ctx context.Context, name string) (*sql.DB, error)
}

// Rehearse carries out what is pending on a copy of the database, and reports what happened: up, down as far as it can be undone, up again, with a
// comparison behind each (see [Migrator.Verify]). The database itself is read as a backup reads it, and not changed. Go steps run on the copy: what they do outside of
// the database, they do for real. Hooks, backups and throttles of the [Options] are not used.
//
// Whether something failed is in the report, see [Rehearsal.Failed]. It returns a [*RehearsalError] when there was no rehearsal. What it has made is taken away on every
// path; what a process that was killed has left, the next rehearsal takes away.
func (m *Migrator) Rehearse(ctx context.Context, opt RehearseOptions) (_ *Rehearsal, err error) {
	defer m.explain(ctx, &err)
	if opt.Percent < 0 || opt.Percent > 100 {
		return nil, &RehearsalError{fmt.Errorf("%v%% of the rows: it is from 0 to 100", opt.Percent)}
	}
	if opt.Open == nil {
		opt.Open = func(_ context.Context, name string) (*sql.DB, error) { return samedriver.Open(m.db, name) }
	}
	if !opt.Keys {
		ctx = rowkeys.Hide(ctx)
	}
	r := &rehearsal{m: m, opt: opt, out: &Rehearsal{Set: m.set.name}}
	if err := r.foresee(ctx); err != nil {
		return nil, err
	}
	if len(r.plan.Steps) == 0 {
		return r.out, nil
	}
	s, done, err := m.session(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	source, ok := s.(Rehearser)
	if !ok {
		return nil, &RehearsalError{fmt.Errorf("the dialect %s makes no copies of databases", m.dialect.Name())}
	}
	if v, ok := s.(Versioned); ok {
		if r.out.Server, err = v.Version(ctx); err != nil {
			return nil, redacted{err}
		}
	}
	begin := time.Now()
	c, err := source.CopyDatabase(ctx, CopyConfig{Percent: opt.Percent, URL: opt.URL, On: opt.On, PgDump: opt.PgDump, Open: opt.Open,
		Notify: r.tell})
	if err != nil {
		return nil, &RehearsalError{err}
	}
	r.out.Copy, r.out.Bytes, r.out.Took, r.out.Removed, r.out.Percent = c.Name, c.Bytes, time.Since(begin), c.Removed, opt.Percent
	if m.dialect.Capabilities().LocksDatabase {
		r.out.Percent = 100
	}
	defer func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		how, closing := c.Close(end, opt.Keep)
		if r.out.Kept = how; closing != nil {
			err = errors.Join(err, fmt.Errorf("the copy %s could not be taken away, which the next rehearsal does: %w", c.Name, redacted{closing}))
		}
	}()
	r.out.NotTested = append(r.out.NotTested, c.NotTested...)
	if err := r.perform(ctx, c.DB); err != nil {
		return nil, err
	}
	return r.out, nil
}

// rehearsal is one that goes on.
type rehearsal struct {
	m    *Migrator
	opt  RehearseOptions
	out  *Rehearsal
	plan *Plan

	on       *Migrator        // of the copy
	full     map[string]int64 // rows of tables in the database, as far as it is known
	baseline []Difference     // on the copy, before anything was done
}

// tell says what is being done, to people alone.
func (r *rehearsal) tell(what string) {
	r.m.telling.Lock()
	defer r.m.telling.Unlock()
	if r.m.opt.Progress != nil {
		r.m.opt.Progress(Event{Kind: EventNote, Message: what})
	}
}

// foresee asks the database itself what is pending, and whether its rows are in the way.
func (r *rehearsal) foresee(ctx context.Context) error {
	look := &Migrator{db: r.m.db, dialect: r.m.dialect, set: r.m.set, opt: r.m.opt}
	look.opt.StatementTimeout = span(r.opt.Timeout, time.Minute)
	plan, err := look.Plan(ctx, "")
	if err != nil {
		return err
	}
	r.plan, r.full = plan, map[string]int64{}
	if plan.Refused != nil {
		r.out.Failures = append(r.out.Failures, "it would be refused: "+ErrorText(plan.Refused))
	}
	if plan.Waits != nil {
		r.out.NotTested = append(r.out.NotTested, plan.Waits.Error())
	}
	for _, step := range plan.Steps {
		r.out.Pending = append(r.out.Pending, step.Migration)
		for _, why := range step.Stops {
			r.out.Blocked = append(r.out.Blocked, step.Migration+": "+why)
		}
		for _, what := range step.unasked {
			r.out.NotTested = append(r.out.NotTested, step.Migration+": "+what)
		}
		for _, t := range step.Tables {
			if t.Rows >= 0 {
				r.full[t.Table] = t.Rows
			}
		}
	}
	return nil
}

// perform goes up, down and up again on the copy.
func (r *rehearsal) perform(ctx context.Context, db *sql.DB) error {
	meter := &meter{strict: !r.m.dialect.Capabilities().LocksDatabase}
	opt := r.m.opt
	opt.Backup, opt.BeforeRun, opt.AfterRun, opt.Throttle, opt.ReplicaLag, opt.Expected, opt.Lock = nil, nil, nil, nil, 0, nil, LockSession
	opt.Expect, opt.Approve, opt.Confirm = "", "", nil
	opt.Logger = slog.New(slog.DiscardHandler)
	opt.Progress = func(e Event) {
		switch e.Kind {
		case EventBegin, EventEnd: // of the copy: nobody shall take it for the database
		default:
			r.m.notify(e)
		}
	}
	r.on = &Migrator{db: db, dialect: r.m.dialect, set: r.m.set, opt: opt, meter: meter}
	mark, err := r.on.Protection(ctx)
	if err == nil && mark != nil { // a copy is not what it is a copy of
		_, err = r.on.Unprotect(ctx, mark.Name)
	}
	if err != nil {
		return err
	}
	if r.baseline, err = r.on.Verify(ctx); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		r.out.NotTested = append(r.out.NotTested, "drift before the migrations: "+ErrorText(err))
	}
	r.out.Differences = r.baseline
	before, err := r.on.tally(ctx)
	if err != nil {
		return err
	}
	for _, t := range before {
		r.out.Rows += t.rows
	}
	r.out.Runs = make([]RehearsedRun, 0, 3)
	var again *RehearsedRun
	defer func() {
		r.out.Faults = meter.faults
		r.estimate(before, again)
	}()
	up, ok, err := r.run(ctx, "up", r.on.Up)
	if !ok && err == nil {
		r.out.NotTested = append(r.out.NotTested, "the way down: the way up failed")
	}
	if !ok || err != nil {
		return err
	}
	undone := 0
	down, ok, err := r.run(ctx, "down", func(ctx context.Context) (*Result, error) {
		res, lost, err := r.undo(ctx, len(up.Migrations))
		undone = len(res.Done)
		r.out.Runs[len(r.out.Runs)-1].Lost = lost
		return res, err
	})
	if err != nil {
		return err
	}
	if undone == len(up.Migrations) && ok {
		after, err := r.on.tally(ctx)
		if err != nil {
			return err
		}
		down.Lost = append(down.Lost, missing(before, after)...)
	}
	if ok && undone > 0 {
		if again, _, err = r.run(ctx, "up again", r.on.Up); err != nil {
			return err
		}
	}
	return nil
}

// run makes one way and compares the copy with its migrations behind it. ok is false when it failed, and the report says how.
func (r *rehearsal) run(ctx context.Context, name string, way func(context.Context) (*Result, error)) (run *RehearsedRun, ok bool, err error) {
	r.tell(name + " on the copy")
	r.out.Runs = append(r.out.Runs, RehearsedRun{Name: name})
	run = &r.out.Runs[len(r.out.Runs)-1]
	begin := time.Now()
	res, failed := way(ctx)
	run.Duration, run.Stages = time.Since(begin), r.on.meter.take()
	if res != nil {
		for _, d := range res.Done {
			run.Migrations = append(run.Migrations, d.Migration)
		}
	}
	if ctx.Err() != nil {
		return run, false, fmt.Errorf("stopped in %s on the copy: %w", name, ctx.Err())
	}
	if waits := new(DualWriteError); errors.As(failed, &waits) { // which is in the plan already
		failed = nil
	}
	if failed != nil {
		r.out.Failures = append(r.out.Failures, name+": "+onCopy(failed))
		return run, false, nil
	}
	diff, err := r.on.Verify(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return run, false, ctx.Err()
		}
		r.out.Failures = append(r.out.Failures, "verify after "+name+": "+ErrorText(err))
		return run, true, nil
	}
	run.Verified = true
	for _, d := range diff {
		word := "unexpected"
		if d.Missing {
			word = "missing"
		}
		if !slices.ContainsFunc(r.baseline, func(b Difference) bool { return b.Missing == d.Missing && b.Fact == d.Fact }) {
			r.out.Failures = append(r.out.Failures, "verify after "+name+": "+word+" "+d.Fact)
		}
	}
	return run, true, nil
}

// onCopy is the text of a failure without the advice for a database in use.
func onCopy(err error) string {
	failed := new(MigrationError)
	if !errors.As(err, &failed) {
		return ErrorText(err)
	}
	text := failed.Migration
	if failed.Op != "" {
		text += ": " + failed.Op
	}
	return text + ": " + ErrorText(failed.Err)
}

// undo goes back one migration at a time, as far as it can, and at most n.
func (r *rehearsal) undo(ctx context.Context, n int) (*Result, []RehearsedLoss, error) {
	all := &Result{}
	var lost []RehearsedLoss
	for range n {
		plan, err := r.on.PlanBack(ctx, 1)
		if err == nil && len(plan.Steps) > 0 && plan.Refused == nil {
			var gone []RehearsedLoss
			if gone, err = r.on.losses(ctx, plan.Steps[0]); err == nil {
				lost = append(lost, gone...)
			}
		}
		if irreversible := new(IrreversibleError); errors.As(err, &irreversible) {
			r.out.NotTested = append(r.out.NotTested, "down: "+ErrorText(err))
			return all, lost, nil
		}
		if err != nil {
			return all, lost, err
		}
		res, err := r.on.Down(ctx)
		if res != nil {
			all.Done = append(all.Done, res.Done...)
		}
		if err != nil {
			return all, lost, err
		}
	}
	return all, lost, nil
}
