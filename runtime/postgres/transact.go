package postgres

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/modelgen/modelgen/internal/lazyregexp"
	migrate "github.com/modelgen/modelgen/runtime"
)

// unit is one step of a transaction: a statement, or a Go function.
type unit struct {
	sql   string // with run, what it does, for people
	run   func(context.Context, migrate.Tx) error
	mark  bool // changes the history
	lease bool // makes sure of the lease, or of the lock

	settings bool // puts back what a step written by hand has set
	stage    int  // index into the stages; -1 is none of them
}

// Transact sends everything in one string, and then COMMIT. Only when that fails does it look closer.
func (s *session) Transact(ctx context.Context, all ...migrate.Work) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	var work migrate.Work // all of it, for what errors have to say
	for _, w := range all {
		work.Stages = append(work.Stages, w.Stages...)
	}
	if err := s.beforeHand(ctx, work.Stages); err != nil {
		return err
	}
	s.turn++
	s.made = false
	units, careful := s.units(all, brief(all)), s.units(all, false)
	defer s.watch(ctx, work.Stages)()
	err := s.transact(ctx, units, careful, work)
	s.lookClusterAfter(ctx, work.Stages)
	if left := s.tidyUp(ctx, work); left != nil && err == nil { // it is committed: go on with another connection
		s.hangUp(ctx)
		return fmt.Errorf("%w: %w", migrate.ErrCommitLost, left)
	}
	return err
}

// tidyUp is tidy behind a transaction with steps written by hand. A rollback leaves some of it, as prepared statements, which would be in the way of
// the next try.
func (s *session) tidyUp(ctx context.Context, work migrate.Work) error {
	if !slices.ContainsFunc(work.Stages, func(st migrate.Stage) bool { return st.ByHand }) {
		return nil
	}
	return s.tidy(ctx)
}

// transact runs the units, and if one of them fails those of another form, one by one.
func (s *session) transact(ctx context.Context, units, careful []unit, work migrate.Work) error {
	var end time.Time
	for try := 0; ; try++ {
		at, err := s.attempt(ctx, units, false)
		if end.IsZero() {
			end = time.Now().Add(s.cfg.Retry) // from the first failure on
		}
		switch {
		case err == nil:
			return nil
		case s.broken || ctx.Err() != nil:
			return s.stopped(ctx, work, at, err)
		case again(err) && time.Now().Before(end):
			if err := s.pause(ctx, work, try, end, err); err != nil {
				return err
			}
			if err := s.tidyUp(ctx, work); err != nil {
				return err
			}
			continue
		case at.known():
			return s.unitError(ctx, work, at, err)
		}
		if err := s.tidyUp(ctx, work); err != nil {
			return err
		}
		// The server does not say which statement of a string it was. This try may well succeed: then it counts.
		at, err = s.attempt(ctx, careful, true)
		switch {
		case err == nil:
			return nil
		case s.broken || ctx.Err() != nil:
			return s.stopped(ctx, work, at, err)
		case at.mark && (migrate.ErrorCode(err) == uniqueViolation || migrate.ErrorCode(err) == divisionByZero):
			return migrate.ErrClaimed
		case at.lease && migrate.ErrorCode(err) == divisionByZero && !s.leased():
			return errMoved
		case at.lease && migrate.ErrorCode(err) == divisionByZero:
			return errLeaseLost
		case at.settings:
			return s.cannotRestore(err)
		}
		return s.unitError(ctx, work, at, err)
	}
}

// known reports whether the unit is one, not a string of several.
func (u unit) known() bool { return u.run != nil || u.sql == commit }

// unitError names the unit that failed. Those of the session's own frame have no statement to show.
func (s *session) unitError(ctx context.Context, work migrate.Work, at unit, err error) error {
	if at.run != nil && migrate.ErrorCode(err) == "" { // what it found, not what the server said
		at.sql = ""
	}
	if at.stage >= 0 {
		return s.statementError(ctx, at.stage, work.Stages[at.stage], at.sql, err)
	}
	if at.mark {
		return s.statementError(ctx, 0, migrate.Stage{Cause: migrate.RecordCause}, "", err)
	}
	return s.statementError(ctx, max(0, len(work.Stages)-1), migrate.Stage{}, "", err)
}

// brief reports whether migrations begin and end in the transaction, and all is SQL that is known. Then their rows can be added when all is done: with the
// lock in hand nobody is in the way, and a claim first, which is completed then, takes the server as long as many a migration does. When it fails, who
// is in the way is found out with the claim.
func brief(all []migrate.Work) bool {
	for _, work := range all {
		if len(work.Before) != 1 || len(work.After) == 0 || work.Before[0].Kind != migrate.MarkBegin || work.After[0].Kind != migrate.MarkFinish ||
			work.Before[0].Record.Set != work.After[0].Record.Set || work.Before[0].Record.Name != work.After[0].Record.Name ||
			slices.ContainsFunc(work.Stages, func(st migrate.Stage) bool { return st.Run != nil || st.ByHand }) ||
			len(all) > 1 && slices.ContainsFunc(work.After[1:], func(m migrate.Mark) bool { return m.Kind != migrate.MarkLog }) {
			return false
		}
	}
	return true
}

// units lists all steps of the transaction. What is in brief form must be [brief].
func (s *session) units(all []migrate.Work, brief bool) []unit {
	units := s.begin()
	limits := s.limits(all)
	units = append(units, limits...)
	shared := len(all) > 1
	if shared && !brief {
		units = append(units, unit{sql: s.beginAll(all), mark: true, stage: -1})
	}
	stages := 0
	for _, work := range all {
		begun := ""
		for _, m := range work.Before {
			if m.Kind == migrate.MarkBegin {
				begun = m.Record.Name
			}
			if !shared && !brief {
				units = append(units, unit{sql: s.mark(m, false), mark: true, stage: -1})
			}
		}
		for i, st := range work.Stages {
			if st.ByHand && s.cfg.Lease {
				units = append(units, unit{sql: keepSettings, stage: -1, settings: true})
			}
			for _, x := range st.Statements {
				if !x.Shown {
					units = append(units, unit{sql: x.SQL, stage: stages + i})
				}
			}
			if st.Run != nil {
				// The query after it fails when the function ignored an error: COMMIT would then roll back without a word.
				run := unit{run: st.Run, stage: stages + i}
				if len(st.Statements) == 1 && st.Statements[0].Shown {
					run.sql = st.Statements[0].SQL
				}
				units = append(units, run, unit{sql: "SELECT 1", stage: stages + i})
			}
			if st.ByHand {
				units = append(units, unit{sql: s.putBack(), stage: -1, settings: true})
				if s.cfg.Lease {
					units = append(units, unit{sql: s.local(), stage: -1})
				}
				units = append(units, limits...)
			}
		}
		stages += len(work.Stages)
		if brief && !shared {
			units = append(units, unit{sql: s.done(all), mark: true, stage: -1})
		}
		for i, m := range work.After {
			if brief && i == 0 {
				continue
			}
			if shared && m.Kind != migrate.MarkLog {
				continue
			}
			units = append(units, unit{sql: s.mark(m, m.Record.Name == begun), mark: true, stage: -1})
		}
	}
	switch {
	case shared && brief:
		units = append(units, unit{sql: s.done(all), mark: true, stage: -1})
	case shared:
		units = append(units, unit{sql: s.finishAll(all), mark: true, stage: -1})
	}
	if s.leased() {
		units = append(units, unit{sql: s.renew(), stage: -1, lease: true})
	}
	return append(units, unit{sql: commit, stage: -1})
}

// begin returns the beginning of each transaction: it makes sure of the lock.
func (s *session) begin() []unit {
	units := []unit{{sql: "BEGIN", stage: -1}}
	switch here := s.here(); {
	case s.cfg.Lease:
		units = append(units, unit{sql: s.local(), stage: -1}, unit{sql: s.renew(), stage: -1, lease: true})
		if s.engine.traits().session {
			units = append(units, unit{sql: s.alone(), stage: -1, lease: true})
		}
	case s.leased():
		units = append(units, unit{sql: s.renew(), stage: -1, lease: true})
	case here != "":
		units = append(units, unit{sql: here, stage: -1, lease: true})
	}
	return units
}

// rowPatience is how long a transaction waits for rows of others that keeps nobody waiting meanwhile.
const rowPatience = 2 * time.Second

// limits returns what a transaction sets for itself: how long it waits for locks, and how long it may keep those that stop others.
func (s *session) limits(all []migrate.Work) []unit {
	var units []unit
	wait := s.patience(all)
	if s.engine == Citus {
		for _, sql := range s.everywhere(wait, all) {
			units = append(units, unit{sql: sql, stage: -1})
		}
	} else if wait != s.cfg.LockTimeout {
		units = append(units, unit{sql: fmt.Sprintf("SET LOCAL lock_timeout = %d", millis(wait)), stage: -1})
	}
	if most := s.longest(all); most > 0 {
		units = append(units, unit{sql: fmt.Sprintf("SET LOCAL statement_timeout = %d", millis(most)), stage: -1})
	}
	return units
}

// longest returns how long a statement of a transaction may run under a lock that stops others; 0 leaves it at the statement timeout. A statement that
// neither reads nor writes whole tables takes no time but that for its lock: one that does is stuck, and must not keep the table when nobody
// is there any more to end it.
func (s *session) longest(all []migrate.Work) time.Duration {
	if s.cfg.StrongLock < 0 || s.cfg.LockTimeout <= 0 {
		return 0
	}
	strong := false
	for _, work := range all {
		for _, st := range work.Stages {
			if s.cfg.StrongLock == 0 && (st.ByHand || st.Run != nil || st.Scans || st.Rewrites) {
				return 0
			}
			strong = strong || strongLock(st)
		}
	}
	most := s.cfg.StrongLock
	if most == 0 {
		most = time.Minute
	}
	if most += s.cfg.LockTimeout; !strong || s.cfg.StatementTimeout > 0 && s.cfg.StatementTimeout < most {
		return 0
	}
	return most
}

// strongLock reports whether a stage takes a lock that stops who reads or writes the table, or may.
func strongLock(st migrate.Stage) bool {
	return st.Lock == accessExclusive || st.Lock == shareRowExclusive || st.Lock == share || st.Lock == "" && len(st.Tables) > 0 ||
		st.ByHand && slices.ContainsFunc(st.Statements, func(x migrate.Statement) bool { return tableLocks.MatchString(x.SQL) })
}

// patience returns the longest wait for a lock in a transaction. Who waits for a lock that stops others stops them already, be it that
// somebody else has to end first.
func (s *session) patience(all []migrate.Work) time.Duration {
	for _, work := range all {
		if slices.ContainsFunc(work.Stages, strongLock) {
			return s.cfg.LockTimeout
		}
	}
	if s.cfg.LockTimeout <= 0 {
		return s.cfg.LockTimeout // without limit
	}
	return max(s.cfg.LockTimeout, rowPatience)
}

// tableLocks finds statements written by hand that may lock a table.
var tableLocks = lazyregexp.New(`(?i)\b(ALTER|CREATE|DROP|LOCK|TRUNCATE|REINDEX|CLUSTER|REFRESH|VACUUM|DO|CALL)\b`)

// attempt runs the units once. When one fails all is rolled back; single says that it must be known which one it was.
func (s *session) attempt(ctx context.Context, units []unit, single bool) (at unit, err error) {
	done := false
	defer func() {
		if !done { // an error, or a function that panics
			s.rollback(ctx)
		}
	}()
	var batch []string
	send := func() error {
		if len(batch) == 0 {
			return nil
		}
		sql := strings.Join(batch, "\n;\n") // a comment at the end of a statement ends with its line
		batch = batch[:0]
		return s.exec(ctx, sql)
	}
	for _, u := range units {
		if u.known() {
			if err := send(); err != nil {
				return unit{stage: -1}, err
			}
		}
		if u.sql == commit {
			err = s.commit(ctx)
			done = err == nil
			return u, err
		}
		if u.run != nil {
			if err := u.run(ctx, s.tx()); err != nil {
				return u, err
			}
			continue
		}
		batch = append(batch, u.sql)
		if single {
			if err := send(); err != nil {
				return u, err
			}
		}
	}
	panic("modelgen: a transaction without an end")
}

const commit = "COMMIT"

// commit sends COMMIT in a round trip of its own. A server that is waiting for a lock does not notice that its client has gone; were COMMIT
// in the string, it would commit long after everybody was told that the run was cancelled. From here on the answer is waited for.
func (s *session) commit(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	patient, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(10*time.Second, cancel) })()
	return s.exec(patient, commit)
}

// again reports whether the same transaction may succeed when it is run once more.
func again(err error) bool {
	switch migrate.ErrorCode(err) {
	case lockNotAvailable, deadlockDetected, serializationFailure:
		return true
	}
	return false
}

// pause waits before the next try: longer each time, and never as long as another runner would.
func (s *session) pause(ctx context.Context, work migrate.Work, try int, end time.Time, cause error) error {
	most := min(100*time.Millisecond<<min(try, 6), time.Second, max(time.Until(end), time.Millisecond))
	wait := most/2 + rand.N(most/2+1)
	var tables []string
	var what []string
	for _, st := range work.Stages {
		tables = append(tables, st.Tables...)
		what = append(what, st.Cause)
	}
	msg := fmt.Sprintf("%s; trying again in %s", reason(cause), wait.Round(time.Millisecond))
	if who := s.blockers(ctx, tables); who != "" {
		msg += "; in the way: " + who
	}
	s.cfg.Notify(migrate.Event{Kind: migrate.EventRetry, Stage: strings.Join(what, "; "), Message: msg})
	return sleep(ctx, wait)
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// stopped is the error of a transaction that was interrupted: by its context, or because the connection went away.
func (s *session) stopped(ctx context.Context, work migrate.Work, at unit, err error) error {
	stage := migrate.Stage{}
	if at.stage >= 0 {
		stage = work.Stages[at.stage]
	} else if len(work.Stages) == 1 {
		stage = work.Stages[0]
	}
	switch {
	case s.broken && at.sql == commit:
		err = fmt.Errorf("%w: %w", migrate.ErrCommitLost, err)
	case ctx.Err() == nil:
		err = fmt.Errorf("%w: %w", migrate.ErrLost, err)
	case !errors.Is(err, ctx.Err()): // a statement in a Go function, which is not to blame
		if st := new(migrate.StatementError); errors.As(err, &st) {
			err = st.Err
		}
		err = fmt.Errorf("%w (%w)", ctx.Err(), err)
	}
	return &migrate.StatementError{Stage: max(0, at.stage), Cause: stage.Cause, Code: migrate.ErrorCode(err), Err: err}
}

// statementError names the statement that failed.
func (s *session) statementError(ctx context.Context, index int, stage migrate.Stage, sql string, err error) error {
	var known *migrate.StatementError
	if errors.As(err, &known) {
		return err
	}
	hint := ""
	if stage.Failed != nil && !s.broken {
		look, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		hint = stage.Failed(look, s.tx(), err)
	}
	if hint == "" {
		hint = s.hint(ctx, err, stage)
	}
	return &migrate.StatementError{Stage: index, Cause: stage.Cause, Statement: sql, Code: migrate.ErrorCode(err), Hint: hint, Absent: absent(err), Err: s.ofTables(ctx, err)}
}
