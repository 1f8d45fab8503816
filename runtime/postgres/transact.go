package postgres

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
)

// unit is one step of a transaction: a statement, or a Go function.
type unit struct {
	sql   string
	run   func(context.Context, migrate.Tx) error
	mark  bool // changes the history
	stage int  // index into the stages; -1 is none of them
}

// Transact sends everything in one string. Only when that fails does it look closer.
func (s *session) Transact(ctx context.Context, work migrate.Work) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	units := s.units(work)
	end := time.Now().Add(s.cfg.Retry)
	for try := 0; ; try++ {
		at, err := s.attempt(ctx, units, false)
		switch {
		case err == nil:
			return nil
		case s.broken || ctx.Err() != nil:
			return s.stopped(ctx, work, err)
		case at.run != nil && !again(err):
			return s.statementError(ctx, at.stage, work.Stages[at.stage], "", err)
		case again(err) && time.Now().Before(end):
			if err := s.pause(ctx, work, try, end, err); err != nil {
				return err
			}
			continue
		}
		// The server does not say which statement of a string it was. This try may well succeed: then it counts.
		at, err = s.attempt(ctx, units, true)
		switch {
		case err == nil:
			return nil
		case s.broken || ctx.Err() != nil:
			return s.stopped(ctx, work, err)
		case at.mark && (migrate.ErrorCode(err) == uniqueViolation || migrate.ErrorCode(err) == divisionByZero):
			return migrate.ErrClaimed
		case at.stage < 0:
			return &migrate.StatementError{Stage: max(0, len(work.Stages)-1), Statement: shown(at), Code: migrate.ErrorCode(err), Hint: s.hint(ctx, err, migrate.Stage{}), Err: err}
		}
		return s.statementError(ctx, at.stage, work.Stages[at.stage], at.sql, err)
	}
}

// shown gives the statement for an error text; those of the session's own frame are not shown.
func shown(u unit) string {
	if u.mark {
		return u.sql
	}
	return ""
}

// units lists all steps of the transaction.
func (s *session) units(work migrate.Work) []unit {
	units := []unit{{sql: s.local(), stage: -1}}
	for _, m := range work.Before {
		units = append(units, unit{sql: s.mark(m), mark: true, stage: -1})
	}
	for i, st := range work.Stages {
		for _, x := range st.Statements {
			units = append(units, unit{sql: x.SQL, stage: i})
		}
		if st.Run != nil {
			// The query after it fails when the function ignored an error: COMMIT would then roll back without a word.
			units = append(units, unit{run: st.Run, stage: i}, unit{sql: "SELECT 1", stage: i})
		}
	}
	for _, m := range work.After {
		units = append(units, unit{sql: s.mark(m), mark: true, stage: -1})
	}
	return append(units, unit{sql: "COMMIT", stage: -1})
}

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
		if u.run != nil {
			if err := send(); err != nil {
				return unit{stage: -1}, err
			}
			if err := u.run(ctx, tx{s.conn}); err != nil {
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
	err = send()
	done = err == nil
	return unit{stage: -1}, err
}

// again tells whether the same transaction may succeed when it is run once more.
func again(err error) bool {
	switch migrate.ErrorCode(err) {
	case lockNotAvailable, deadlockDetected, serializationFailure:
		return true
	}
	return false
}

// pause waits before the next try: longer each time, and never as long as another runner would.
func (s *session) pause(ctx context.Context, work migrate.Work, try int, end time.Time, cause error) error {
	most := min(100*time.Millisecond<<min(try, 6), 5*time.Second, max(time.Until(end), time.Millisecond))
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
func (s *session) stopped(ctx context.Context, work migrate.Work, err error) error {
	stage := migrate.Stage{}
	if len(work.Stages) == 1 {
		stage = work.Stages[0]
	}
	if ctx.Err() == nil {
		err = fmt.Errorf("the connection was lost; whether the transaction was committed is in the history: %w", err)
	}
	return &migrate.StatementError{Cause: stage.Cause, Code: migrate.ErrorCode(err), Err: err}
}

// statementError names the statement that failed.
func (s *session) statementError(ctx context.Context, index int, stage migrate.Stage, sql string, err error) error {
	var known *migrate.StatementError
	if errors.As(err, &known) {
		return err
	}
	return &migrate.StatementError{Stage: index, Cause: stage.Cause, Statement: sql, Code: migrate.ErrorCode(err), Hint: s.hint(ctx, err, stage), Err: err}
}
