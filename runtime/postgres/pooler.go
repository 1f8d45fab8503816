package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
)

// A pooler in transaction mode, as PgBouncer's, hands each transaction whichever connection of the server is free. A lock of the session, and
// settings, would stay there for whoever comes next, so that it must be known before the first of them.

// poolerWait is how long the look may take: in session mode, or with one connection to the server, the second client waits for the first.
const poolerWait = 2 * time.Second

var errPooler = refused{errors.New("the connection goes through a pooler in transaction mode, which gives each transaction another connection of the server: the lock of migrations and the " +
	"settings of the session would stay behind for other clients; nothing was changed; connect to the server at its direct address, or set Options.Lock to LockLease (-lease), " +
	"which goes through a pooler, but for what cannot run in a transaction, as an index that is built concurrently; pgx needs default_query_exec_mode=exec for it")}

// lookPooler finds out, once, whether two clients share a connection of the server, or one client changes it. A pooler gives the connection that was used last
// to who comes next, unless others are faster, and then the first client gets another one. own says to look for that, too.
//
// None of it is needed where the process that answers is the one that the connection was told of when it began, for requests to cancel: a pooler has other
// clients' requests to tell apart, and tells a number of its own.
func (s *session) lookPooler(ctx context.Context, own bool) error {
	if s.lookedPooler || s.cfg.Beside == nil || s.leased() || s.locked {
		return nil
	}
	if s.process = s.startPID(); s.process != 0 && !s.known && !own {
		return nil // tryLock asks for both at once
	}
	if err := s.look(ctx); err != nil {
		return err
	}
	s.lookedPooler = true
	if !s.engine.traits().session { // the number of a process means nothing there
		return nil
	}
	if s.direct = s.process == s.pid; s.direct {
		return nil
	}
	other, err := s.pidBeside(ctx)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case prepares(err):
		s.pooled = true
		return nil
	case err != nil: // there is no second connection: what runs later looks after itself, see here
		return nil
	}
	s.pooled = other == s.pid
	if s.pooled || !own {
		return nil
	}
	var now int
	err = s.fail(ctx, s.conn.QueryRowContext(ctx, pidQuery).Scan(&now))
	if err != nil && !prepares(err) {
		return err
	}
	s.pooled = err != nil || now != s.pid
	return nil
}

const pidQuery = "SELECT pg_catalog.pg_backend_pid()"

func (s *session) pidBeside(ctx context.Context) (pid int, err error) {
	ctx, cancel := context.WithTimeout(ctx, poolerWait)
	defer cancel()
	conn, err := s.cfg.Beside.Conn(ctx)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	err = conn.QueryRowContext(ctx, pidQuery).Scan(&pid)
	return pid, err
}

// prepares reports an error of a statement that the driver has prepared on one connection of the server and looks for on another.
func prepares(err error) bool {
	code := migrate.ErrorCode(err)
	return code == "26000" || code == "42P05"
}

// explainPrepared says where the statement is. Without the lock nothing was done yet; with the lease all that was committed stands in the history.
func (s *session) explainPrepared(err error) error {
	if s.leased() {
		return fmt.Errorf("the driver has prepared a statement on another connection of the server, behind a pooler in transaction mode: pgx needs default_query_exec_mode=exec in its URL: %w", err)
	}
	return fmt.Errorf("%w: %w", errPooler, err)
}
