package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"strings"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
)

// session implements [migrate.Session].
type session struct {
	conn *sql.Conn
	cfg  migrate.SessionConfig
	wait time.Duration // how long a busy database is waited for
	busy *int64        // what busy_timeout was before, when it was changed
	seen map[rowKey]progress
	last *stand    // of the history, as this session saw it last
	open *standing // what there was before a step written by hand, of which more stages follow
}

// Planner implements [migrate.Session].
func (s *session) Planner() migrate.Planner { return &planner{} }

// Close implements [migrate.Session].
func (s *session) Close(ctx context.Context) error {
	if s.busy == nil {
		return nil
	}
	was := *s.busy
	s.busy = nil
	return s.setPragma(context.WithoutCancel(ctx), "busy_timeout", was)
}

// Transact implements [migrate.Session].
func (s *session) Transact(ctx context.Context, all ...migrate.Work) (err error) {
	keysOff, takes, byHand := false, false, false
	stages := 0
	for _, work := range all {
		for i, st := range work.Stages {
			if st.NoTx {
				return fmt.Errorf("stage %d, %s, must run outside any transaction", i, st.Cause)
			}
			keysOff = keysOff || st.KeysOff
			byHand = byHand || st.ByHand
			if !keysOff {
				if err := s.patient(ctx, func() (err error) { keysOff, err = takesTable(ctx, s.conn, st); return err }); err != nil {
					return err
				}
				takes = keysOff
			}
		}
		stages += len(work.Stages)
	}
	back, err := s.settings(ctx, keysOff && !(takes && byHand)) // foreign keys stay on for what a person wrote
	defer func() {
		if berr := back(); berr != nil {
			err = errors.Join(err, berr)
		}
	}()
	if err != nil {
		return err
	}
	return s.inTx(ctx, all, func(run func() error) error {
		if !keysOff {
			return run()
		}
		before, had, err := s.violations(ctx)
		if err != nil {
			return err
		}
		if err := run(); err != nil {
			return err
		}
		after, has, err := s.violations(ctx)
		if err != nil {
			return err
		}
		return worse(before, after, had, has, stages-1)
	})
}

// stages runs those of one piece of work; first is how many came before them.
func (s *session) stages(ctx context.Context, first int, stages []migrate.Stage) error {
	for i, st := range stages {
		if err := s.byHand(ctx, st, func() error { return s.stage(ctx, st) }); err != nil {
			return stageError(first+i, st, err)
		}
	}
	return nil
}

// byHand runs a stage in a transaction, and puts back what it leaves on the connection when a person wrote it. What can only be put back outside
// is what a transaction cannot change.
func (s *session) byHand(ctx context.Context, st migrate.Stage, run func() error) error {
	if !st.ByHand {
		return run()
	}
	was, err := s.standing(ctx)
	if err != nil {
		return err
	}
	err = run()
	if put := s.putBack(ctx, was, true, err != nil); err == nil { // temporary tables of a failure go with the rollback
		err = put
	}
	return err
}

// Step implements [migrate.Session]. SQLite makes no statement half, so there is nothing to find out about an earlier try but the marks.
func (s *session) Step(ctx context.Context, st migrate.Stage, after []migrate.Mark) (err error) {
	last := []migrate.Work{{After: after}}
	if err := s.unmoved(ctx, last); err != nil {
		return err
	}
	run := func() error { return s.stage(ctx, st) }
	var was *standing
	if st.ByHand {
		if was, err = s.standing(ctx); err != nil {
			return err
		}
		if s.open != nil {
			was.temp = s.open.temp
		}
		for _, x := range st.Session {
			if err = s.statement(ctx, x.SQL); err != nil {
				return errors.Join(stageError(0, st, err), s.putBack(ctx, was, false, false))
			}
		}
	}
	if st.Run == nil && len(st.Statements) == 1 { // then nothing has happened when the database was busy
		once := run
		run = func() error { return s.patient(ctx, once) }
	}
	err = run()
	if st.ByHand {
		if _, still := s.conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK"); still == nil && err == nil {
			err = problem("end it in the same statement", "the step left a transaction open, which was rolled back")
		}
		if put := s.putBack(ctx, was, false, st.Open && err == nil); err == nil {
			err = put
		}
		if s.open = nil; st.Open && err == nil {
			s.open = was
		}
	}
	if err != nil {
		if moved := s.unmoved(ctx, last); errors.Is(moved, migrate.ErrClaimed) {
			return moved // another runner went on meanwhile, and the statement fits no more
		}
		return stageError(0, st, err)
	}
	return s.inTx(ctx, last, func(run func() error) error { return run() })
}

// inTx runs work in one transaction that has the only right to write from its beginning on. around is called with what runs
// it, to look at the database before and after.
func (s *session) inTx(ctx context.Context, all []migrate.Work, around func(run func() error) error) (err error) {
	if err := s.begin(ctx); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			// SQLite has rolled back by itself after some errors; then there is no transaction, and ROLLBACK says so.
			_, _ = s.conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		}
	}()
	if err := s.unmoved(ctx, all); err != nil {
		return err
	}
	if err := s.same(ctx); err != nil {
		return err
	}
	now := map[rowKey]progress{}
	marks := func(list []migrate.Mark) error {
		for _, m := range list {
			if err := s.mark(ctx, m, now); err != nil {
				return err
			}
		}
		return nil
	}
	err = around(func() error {
		first := 0
		for _, work := range all {
			if err := marks(work.Before); err != nil {
				return err
			}
			if err := s.stages(ctx, first, work.Stages); err != nil {
				return err
			}
			first += len(work.Stages)
			if err := marks(work.After); err != nil {
				return err
			}
			if work.Ran != nil {
				work.Ran()
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	after := s.last
	if after != nil {
		if after, err = s.stand(ctx); err != nil {
			return err
		}
	}
	if err := s.commit(ctx); err != nil {
		return err
	}
	maps.Copy(s.seen, now)
	s.last = after
	return nil
}

// stage runs the statements of a stage and its function, which may panic without harm.
func (s *session) stage(ctx context.Context, st migrate.Stage) (err error) {
	for _, q := range st.Statements {
		if q.Shown {
			continue
		}
		if err := s.statement(ctx, q.SQL); err != nil {
			return err
		}
	}
	if st.Run == nil {
		return nil
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	return st.Run(ctx, stageTx{s.conn})
}

// stageTx keeps functions from reaching BeginTx and Raw of the connection.
type stageTx struct{ migrate.Tx }

func (s *session) statement(ctx context.Context, q string) error {
	if s.cfg.StatementTimeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.cfg.StatementTimeout)
		defer cancel()
	}
	if _, err := s.conn.ExecContext(ctx, q); err != nil {
		return statementError(q, err)
	}
	return nil
}

// stageError says which stage an error comes from.
func stageError(i int, st migrate.Stage, err error) error {
	var se *migrate.StatementError
	if !errors.As(err, &se) || se != err {
		se = &migrate.StatementError{Code: errorCode(err), Err: err}
	}
	se.Stage, se.Cause = i, st.Cause
	return se
}

func statementError(q string, err error) error {
	return &migrate.StatementError{Statement: q, Code: errorCode(err), Hint: hint(err), Absent: absent(err), Err: err}
}

// errorCode returns the extended result code of SQLite, as the driver tells it, or "".
func errorCode(err error) string {
	if n, ok := resultCode(err); ok {
		return fmt.Sprint(n)
	}
	return ""
}

// absent tells an error of naming what is not there, for which SQLite has no code.
func absent(err error) bool {
	return strings.Contains(err.Error(), "no such column") || strings.Contains(err.Error(), "no such table") || strings.Contains(err.Error(), "has no column named")
}
