package sqlite

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
)

// oldest is the oldest SQLite with ALTER TABLE DROP COLUMN.
var oldest = [3]int{3, 35, 0}

// nap is the longest time in which SQLite itself waits for a lock: it does so deaf to the context.
const nap = 250 * time.Millisecond

// Lock implements [migrate.Session]. Transactions lock the whole database with BEGIN IMMEDIATE; here it is only said how long they wait.
func (s *session) Lock(ctx context.Context, wait time.Duration) error {
	s.wait = wait
	var version string
	if err := s.conn.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version); err != nil {
		return ofFile(err)
	}
	var v [3]int
	_, _ = fmt.Sscanf(version, "%d.%d.%d", &v[0], &v[1], &v[2]) // what cannot be read stays 0 and is too old
	for i := range v {
		if v[i] != oldest[i] {
			if v[i] < oldest[i] {
				return fmt.Errorf("SQLite %s is too old: migrations need %d.%d", version, oldest[0], oldest[1])
			}
			break
		}
	}
	if s.busy == nil {
		was, err := s.pragma(ctx, "busy_timeout")
		if err != nil {
			return err
		}
		s.busy = &was
	}
	return s.setPragma(ctx, "busy_timeout", min(wait, nap).Milliseconds())
}

// Unlock implements [migrate.Session].
func (s *session) Unlock(context.Context) error { return nil }

// begin takes the right to write, and waits for it as long as Lock was told.
func (s *session) begin(ctx context.Context) error { return s.bracket(ctx, "BEGIN IMMEDIATE") }

// commit waits for readers too, which a database without WAL must not have at that moment.
func (s *session) commit(ctx context.Context) error { return s.bracket(ctx, "COMMIT") }

func (s *session) bracket(ctx context.Context, q string) error {
	err := s.patient(ctx, func() error {
		run := ctx
		if q == "COMMIT" && ctx.Err() == nil { // a driver may say that it was cancelled when it went through
			run = context.WithoutCancel(ctx)
		}
		_, err := s.conn.ExecContext(run, q)
		return err
	})
	if err == nil || errors.As(err, new(*migrate.LockedError)) || ctx.Err() != nil {
		return err
	}
	return statementError(q, err)
}

// patient does something again while the database is busy.
func (s *session) patient(ctx context.Context, do func() error) error {
	begun := time.Now()
	for told := false; ; {
		err := do()
		if err == nil {
			return nil
		}
		if !isBusy(err) {
			return ofFile(err)
		}
		waited := time.Since(begun)
		if waited >= s.wait {
			return &migrate.LockedError{Waited: waited}
		}
		if !told {
			told = true
			s.cfg.Notify(migrate.Event{Kind: migrate.EventWait, Message: "another connection is writing to the database"})
		}
		pause := time.NewTimer(min(s.wait-waited, 10*time.Millisecond+rand.N(20*time.Millisecond)))
		select {
		case <-ctx.Done():
			pause.Stop()
			return ctx.Err()
		case <-pause.C:
		}
	}
}

// Busy implements [migrate.BusyDialect]. A connection that asks for WAL has to switch to it, or find out that it is switched, before it knows how
// long it may wait.
func (Dialect) Busy(err error) bool { return isBusy(err) }

// isBusy reports whether the error is SQLITE_BUSY or SQLITE_LOCKED.
func isBusy(err error) bool {
	return isResult(err, "database is locked", codeBusy) || isResult(err, "table is locked", codeLocked)
}

func (s *session) pragma(ctx context.Context, name string) (int64, error) {
	var v int64
	err := s.patient(ctx, func() error { return s.conn.QueryRowContext(ctx, "PRAGMA "+name).Scan(&v) })
	return v, err
}

func (s *session) setPragma(ctx context.Context, name string, v int64) error {
	if _, err := s.conn.ExecContext(ctx, fmt.Sprintf("PRAGMA %s = %d", name, v)); err != nil {
		return ofFile(err)
	}
	return nil
}

// settings makes the connection ready for a transaction, and returns what undoes that. Renaming must take references along, so
// legacy_alter_table is off; foreign keys can only be switched outside a transaction.
func (s *session) settings(ctx context.Context, keysOff bool) (back func() error, err error) {
	type setting struct {
		name string
		was  int64
	}
	var changed []setting
	back = func() error {
		var errs []error
		for _, c := range changed {
			err := s.setPragma(context.WithoutCancel(ctx), c.name, c.was)
			if err == nil {
				var is int64
				if is, err = s.pragma(context.WithoutCancel(ctx), c.name); err == nil && is != c.was {
					err = fmt.Errorf("it is still %d", is)
				}
			}
			if err != nil {
				errs = append(errs, fmt.Errorf("PRAGMA %s could not be set back to %d on this connection, close it: %w", c.name, c.was, err))
			}
		}
		return errors.Join(errs...)
	}
	legacy, err := s.pragma(ctx, "legacy_alter_table")
	if err != nil {
		return back, err
	}
	changed = append(changed, setting{"legacy_alter_table", legacy})
	if err := s.setPragma(ctx, "legacy_alter_table", 0); err != nil {
		return back, err
	}
	if !keysOff {
		return back, nil
	}
	keys, err := s.pragma(ctx, "foreign_keys")
	if err != nil || keys == 0 {
		return back, err
	}
	changed = append(changed, setting{"foreign_keys", keys})
	if err := s.setPragma(ctx, "foreign_keys", 0); err != nil {
		return back, err
	}
	if keys, err = s.pragma(ctx, "foreign_keys"); err == nil && keys != 0 {
		err = errors.New("foreign keys cannot be switched off on this connection, and without that a rebuild would delete rows of other tables; " +
			"nothing was done; is the connection inside a transaction, or does the driver forbid it?")
	}
	return back, err
}
