package postgres

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
)

// key is the advisory lock of all who write this history. Advisory locks are per database.
func (s *session) key() int64 { return lockKey(s.table()) }

func lockKey(table string) int64 {
	sum := sha256.Sum256([]byte("modelgen\n" + table))
	return int64(binary.BigEndian.Uint64(sum[:8]))
}

// Lock takes the lock of this history in the way that was chosen.
func (s *session) Lock(ctx context.Context, wait time.Duration) error {
	if err := s.lookPooler(ctx, false); err != nil { // tryLock looks whether the connection is still the one that it was
		return err
	}
	if s.pooled {
		return errPooler
	}
	if !s.leased() {
		err := s.poll(ctx, wait, s.tryLock, s.holder)
		if !errors.Is(err, errNoLock) && !s.leased() {
			return err
		}
	}
	if err := s.makeLease(ctx); err != nil {
		return err
	}
	return s.poll(ctx, wait, s.takeLease, s.leaseHolder)
}

// leased reports whether the lock is the lease: behind a pooler, and on a server whose advisory locks lock nothing.
func (s *session) leased() bool { return s.cfg.Lease || s.known && !s.engine.traits().session }

// poll asks again and again: a session that waits inside pg_advisory_lock holds a snapshot, for which a concurrent index build of
// the one that has the lock would wait for ever.
func (s *session) poll(ctx context.Context, wait time.Duration, try func(context.Context) (bool, error), holder func(context.Context) string) error {
	const report = 5 * time.Second
	start := time.Now()
	delay, told := 50*time.Millisecond, start.Add(-report)
	for {
		got, err := try(ctx)
		if err != nil {
			return fmt.Errorf("taking the lock of migrations: %w", err)
		}
		if got {
			if err := s.ready(ctx); err != nil {
				return errors.Join(err, s.Unlock(context.WithoutCancel(ctx)))
			}
			return nil
		}
		if !s.set && !s.cfg.Lease { // a short idle_session_timeout of the role would end who waits
			if err := s.apply(ctx); err != nil {
				return err
			}
		}
		waited := time.Since(start)
		if wait > 0 && time.Since(told) >= report {
			told = time.Now()
			msg := "another session is migrating this database"
			if who := holder(ctx); who != "" {
				msg += ": " + who
			}
			s.cfg.Notify(migrate.Event{Kind: migrate.EventWait, Message: msg, Duration: waited})
		}
		if waited >= wait {
			return &migrate.LockedError{Waited: waited, Holder: holder(ctx)}
		}
		if err := sleep(ctx, min(delay/2+rand.N(delay), wait-waited)); err != nil {
			return fmt.Errorf("waiting for the lock of migrations: %w", err)
		}
		delay = min(delay*2, time.Second)
	}
}

// tryLock asks once, and looks at the server on the way, unless that was done a moment ago. A lock that this connection of the server has already is that
// of another client of a pooler, and asking for it would be granted.
func (s *session) tryLock(ctx context.Context) (bool, error) {
	if s.locked {
		return true, nil
	}
	key := uint64(s.key())
	ask := fmt.Sprintf("pg_catalog.pg_try_advisory_lock(%d)", s.key())
	first := !s.known && !s.lookedPooler && s.process != 0
	switch {
	case first: // nothing is locked on a connection that a pooler may have chosen
		ask = fmt.Sprintf("CASE WHEN pg_catalog.pg_backend_pid() <> %d THEN false ELSE %s END", s.process, ask)
	case !s.direct:
		ask = fmt.Sprintf(`CASE WHEN EXISTS (SELECT 1 FROM pg_catalog.pg_locks l WHERE l.locktype = 'advisory'
 AND l.pid = pg_catalog.pg_backend_pid() AND l.classid = %d::oid AND l.objid = %d::oid AND l.objsubid = 1) THEN false
 ELSE %s END`, key>>32, key&0xffffffff, ask)
	}
	if s.known {
		var got bool
		var pid int
		err := s.conn.QueryRowContext(ctx, fmt.Sprintf("SELECT CASE WHEN pg_catalog.pg_backend_pid() <> %d THEN false ELSE %s END, pg_catalog.pg_backend_pid()", s.pid, ask)).Scan(&got, &pid)
		switch {
		case err != nil:
			return false, s.fail(ctx, err)
		case pid != s.pid: // nothing was locked there
			s.pooled = true
			return false, errPooler
		}
		s.locked, s.counted = got, false
		s.known = got // who had it may have changed what there is
		return got, nil
	}
	v, got, set, err := s.askLock(ctx, ask, first && !s.set && !s.cfg.Lease && s.engine.traits().plain)
	if err != nil {
		if err = s.lookPlain(ctx, err); err == nil {
			err = errNoLock
		}
		return false, err
	}
	s.locked, s.counted = got, got && v.beside >= 0
	err = s.accept(v)
	if s.set = s.set || set; set && !s.engine.traits().plain { // it is changed again, as far as that server goes
		err = errors.Join(err, s.reset(ctx, s.backOf(ownSettings)))
	}
	if err == nil {
		err = s.lookCluster(ctx)
	}
	if err == nil && !s.engine.traits().session { // what it granted locks nothing
		err = errNoLock
	}
	if err != nil {
		return false, errors.Join(err, s.Unlock(context.WithoutCancel(ctx)))
	}
	if first {
		if s.direct = s.process == s.pid; !s.direct {
			return s.tryPooled(ctx)
		}
		s.lookedPooler = true
	}
	s.known = got
	return got, nil
}

// tryPooled is tryLock where another process answers than the driver was told of, and nothing is locked yet.
func (s *session) tryPooled(ctx context.Context) (bool, error) {
	if err := s.lookPooler(ctx, false); err != nil {
		return false, err
	}
	if s.pooled {
		return false, errPooler
	}
	return s.tryLock(ctx)
}

// errNoLock says that the server has no lock of a session that locks.
var errNoLock = refused{errors.New("the server has no advisory locks")}

// Unlock checks the answer: behind a pooler in transaction mode the lock may be on another connection.
func (s *session) Unlock(ctx context.Context) error {
	if s.leased() && !s.locked {
		return s.dropLease(ctx)
	}
	if !s.locked || s.broken {
		return nil // a lock ends with its connection
	}
	s.locked = false
	for try := 0; ; try++ {
		held, err := s.unlock(ctx, s.cfg.EndsAtUnlock && try == 0)
		switch {
		case s.broken:
			return nil
		case err != nil:
			return fmt.Errorf("giving back the lock of migrations: %w", err)
		case held && try == 0:
			return nil
		case held || try == 20: // a lock that stays behind on a connection of the pooler would keep everybody out
			return errMoved
		}
	}
}

// unlock asks once for the lock to be given back, and the last time that something is asked of the session restores the settings with it.
func (s *session) unlock(ctx context.Context, last bool) (held bool, err error) {
	ask := fmt.Sprintf("SELECT pg_catalog.pg_advisory_unlock(%d)", s.key())
	back := s.back()
	if last = last && s.set && !s.hand && len(back) > 0; !last {
		err = s.fail(ctx, s.conn.QueryRowContext(ctx, ask).Scan(&held))
		return held, err
	}
	var rest string
	err = s.fail(ctx, s.conn.QueryRowContext(ctx, ask+", pg_catalog.concat("+strings.Join(back, ", ")+")").Scan(&held, &rest))
	if err != nil && !s.broken { // it is not known what of it was done
		s.hangUp(ctx)
	}
	s.set = s.set && !held
	return held, err
}

var errMoved = errors.New("the lock of migrations is not on this connection of the server any more: is there a pooler in transaction mode in between? " +
	"connect directly, or set Options.Lock to LockLease")

// here is a statement that fails, by a division by zero, on another connection of the server than the one that has the lock. It costs next
// to nothing, and without it two runners behind a pooler would both go on.
func (s *session) here() string {
	if !s.locked {
		return ""
	}
	return fmt.Sprintf("SELECT 1 / (pg_catalog.pg_backend_pid() = %d)::int", s.pid)
}

// execHere is exec on the connection that has the lock, and nowhere else.
func (s *session) execHere(ctx context.Context, sql string) error {
	here := s.here()
	if here == "" {
		return s.exec(ctx, sql)
	}
	return moved(s.exec(ctx, here+"; "+sql))
}

// moved is the error of a statement that began with here.
func moved(err error) error {
	if migrate.ErrorCode(err) == divisionByZero {
		return errMoved
	}
	return err
}

// age is how long a session has been in the state it is in.
const age = "COALESCE(EXTRACT(epoch FROM pg_catalog.clock_timestamp() - COALESCE(a.state_change, a.backend_start))::bigint, 0)"

// connected is since when a session is there, "" where the role must not see it.
const connected = "COALESCE(pg_catalog.to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'), '')"

// Migrating implements [migrate.Watched].
func (s *session) Migrating(ctx context.Context) string {
	if s.leased() {
		return s.leaseHolder(ctx)
	}
	return s.holder(ctx)
}

// holder says who has the lock.
func (s *session) holder(ctx context.Context) string {
	key := uint64(s.key())
	return s.sessions(ctx, fmt.Sprintf(`SELECT l.pid, COALESCE(a.application_name, ''), COALESCE(a.state, ''), %s, `+connected+`
 FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
 WHERE l.locktype = 'advisory' AND l.granted AND l.classid = %d::oid AND l.objid = %d::oid AND l.objsubid = 1
 AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())`, age, key>>32, key&0xffffffff))
}

// blockers says who holds locks on the tables, the longest first: sessions, and prepared transactions, which have none.
func (s *session) blockers(ctx context.Context, tables []string) string {
	if len(tables) == 0 {
		return ""
	}
	quoted := make([]string, len(tables))
	for i, t := range tables {
		quoted[i] = "pg_catalog.to_regclass(" + text(s.name(t)) + ")::oid"
	}
	held := " AND l.relation IN (" + strings.Join(quoted, ", ") + ") AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())"
	who := s.sessions(ctx, `SELECT DISTINCT l.pid, COALESCE(a.application_name, ''), COALESCE(a.state, ''), `+age+` AS age, `+connected+`
 FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
 WHERE l.locktype = 'relation' AND l.granted AND l.pid <> pg_catalog.pg_backend_pid()`+held+` ORDER BY age DESC LIMIT 3`)
	prepared := prepared(ctx, s.conn, ofPrepared+"l.locktype = 'relation' AND l.granted"+held+")")
	if who != "" && prepared != "" {
		who += " and "
	}
	return who + prepared
}

// ofPrepared begins a condition on a lock l of the prepared transaction x. Its locks have no pid, and are found by the lock on its own number.
const ofPrepared = `EXISTS (SELECT FROM pg_catalog.pg_locks own JOIN pg_catalog.pg_locks l ON l.virtualtransaction = own.virtualtransaction AND l.pid IS NULL
 WHERE own.locktype = 'transactionid' AND own.pid IS NULL AND own.transactionid = x.transaction AND `

// prepared describes the prepared transactions of this database that a condition on x picks. They belong to no session, and keep their locks until
// somebody ends them (manual, PREPARE TRANSACTION).
func prepared(ctx context.Context, conn *sql.Conn, condition string) string {
	rows, err := conn.QueryContext(ctx, `SELECT x.gid, x.owner::text, EXTRACT(epoch FROM pg_catalog.clock_timestamp() - x.prepared)::bigint FROM pg_catalog.pg_prepared_xacts x
 WHERE x.database = pg_catalog.current_database() AND `+condition+` ORDER BY x.prepared LIMIT 3`)
	if err != nil {
		return ""
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var gid, owner string
		var seconds int64
		if rows.Scan(&gid, &owner, &seconds) != nil {
			break
		}
		all = append(all, fmt.Sprintf("the prepared transaction %s of %s, %s old, which COMMIT PREPARED or ROLLBACK PREPARED ends", text(gid), owner, time.Duration(seconds)*time.Second))
	}
	return strings.Join(all, " and ")
}

// sessions describes sessions for people. It is asked for beside the work: when it fails, nothing is said.
func (s *session) sessions(ctx context.Context, query string) string {
	return sessions(ctx, s.conn, query)
}

func sessions(ctx context.Context, conn *sql.Conn, query string) string {
	rows, err := conn.QueryContext(ctx, query)
	if err != nil {
		return ""
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var pid, seconds int64
		var app, state, since string
		if rows.Scan(&pid, &app, &state, &seconds, &since) != nil {
			break
		}
		who := fmt.Sprintf("session with PostgreSQL pid %d", pid)
		if app != "" {
			who += fmt.Sprintf(" (application_name %s)", app)
		}
		if state != "" {
			who += fmt.Sprintf(", %s for %s", state, time.Duration(seconds)*time.Second)
		}
		if since != "" {
			who += ", connected since " + since + " UTC"
		}
		all = append(all, who)
	}
	return strings.Join(all, " and ")
}
