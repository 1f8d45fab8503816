package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
)

// session works on one pinned connection. All its statements are sent without arguments: the drivers then use the simple query
// protocol, in which several statements are one round trip and no idle portal holds a snapshot.
type session struct {
	renderer
	dialect Dialect
	conn    *sql.Conn
	cfg     migrate.SessionConfig
	pid     int      // of the server's process
	known   bool     // the server was looked at
	standby bool     // it is read-only
	missing bool     // there was no history when it was read
	read    bool     // the newest row was read, and with it most columns
	beside  int      // how many of the tables that are kept beside the history were there when the server was looked at
	counted bool     // that was in the statement that took the lock
	made    bool     // it has made the history, and written nothing to it
	set     bool     // settings of the connection were changed
	stale   bool     // all but the search path, which leads to the schema before this one
	were    []string // what the settings were before, as ownSettings names them
	locked  bool     // by Lock
	pooled  bool     // its connection is not its own, see lookPooler
	direct  bool     // nothing is in between, see lookPooler
	owner   string   // of the lease; "" without one
	beat    func()   // ends the renewal of the lease
	broken  bool     // the connection is of no use any more; the server has rolled back what was open on it
	linux   bool     // the server's system
	hidden  bool     // a policy may hide rows of the history from the role
	nodes   bool     // all workers of a Citus cluster have answered
	hand    bool     // a step written by hand has run
	base    *state   // of the session before the first of them
	turn    int      // counts what may have changed tables, see tx.text
	tag     string   // tells the queries of this session from those of others
	kept    kept     // what there is beside the history

	histories map[string]int64 // by schema, the numbers of histories that the role has made, see ownHistories; nil was not asked

	lookedPooler bool // for one in between
	process      int  // the number of the server's process that the driver was told of, see startPID

	guards map[string]guard // of the table of the batched stage that is under way
	ahead  *page            // of that stage, which was read while the one in front of it was written
	rest   int              // how many batches are to come before a page is read ahead again

	asked   bool     // whether the driver has these:
	cancels canceler // nil is unknown
	closes  closer
}

var _ migrate.Session = (*session)(nil)

func (s *session) Planner() migrate.Planner {
	r := s.renderer
	if r.cluster != nil { // which the planner changes with what it plans
		c := *r.cluster
		c.tables = maps.Clone(c.tables)
		r.cluster = &c
	}
	return newPlanner(r)
}

// Foresees implements [migrate.ForeseeingSession].
func (s *session) Foresees() bool { return s.engine != PostgreSQL && s.engine != "" }

// exec sends statements in one round trip.
func (s *session) exec(ctx context.Context, sql string) error {
	if strings.ContainsRune(sql, 0) {
		return errors.New("a statement holds a zero byte, which would hide what follows it")
	}
	err := s.answered(ctx, func(ctx context.Context) error {
		_, err := s.conn.ExecContext(ctx, sql)
		return err
	})
	return s.fail(ctx, err)
}

// fail notes when an error took the connection with it, and says when it was asked for.
func (s *session) fail(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if lost(err) && !(strings.HasPrefix(migrate.ErrorCode(err), "08") && s.alive(ctx)) {
		s.hangUp(ctx) // ends it for sure, and with it the lock
	}
	if ctx.Err() != nil && !errors.Is(err, ctx.Err()) {
		return fmt.Errorf("%w (%w)", ctx.Err(), err)
	}
	if prepares(err) && !s.locked && !s.hand {
		return s.explainPrepared(err)
	}
	return err
}

// rollback ends the transaction, also when ctx is cancelled, and leaves the connection in a known state: usable or closed.
func (s *session) rollback(ctx context.Context) {
	if s.broken {
		return
	}
	patient, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	if _, err := s.conn.ExecContext(patient, "ROLLBACK"); err != nil {
		s.hangUp(ctx)
	}
}

// path is where names without a schema in expressions are looked up. pg_temp is named, and last: else temporary tables would be found
// first.
func (s *session) path(schemas ...string) string { return idents(schemas) + ", pg_temp" }

// millis returns a setting in milliseconds; what is more than nothing does not become 0, which is no limit.
func millis(d time.Duration) int64 {
	if d <= 0 {
		return 0
	}
	return max(1, d.Milliseconds())
}
