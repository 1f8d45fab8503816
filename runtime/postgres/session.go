package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
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
	set     bool     // settings of the connection were changed
	were    []string // what the settings were before, as ownSettings names them
	locked  bool     // by Lock
	owner   string   // of the lease; "" without one
	beat    func()   // ends the renewal of the lease
	broken  bool     // the connection is of no use any more; the server has rolled back what was open on it
}

var _ migrate.Session = (*session)(nil)

func (s *session) Planner() migrate.Planner { return newPlanner(s.renderer) }

// ownSettings are all settings that a session changes.
var ownSettings = []string{"standard_conforming_strings", "idle_in_transaction_session_timeout", "client_min_messages", "default_transaction_isolation", "idle_session_timeout",
	"lock_timeout", "statement_timeout", "timezone", "search_path", "tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count", "transaction_timeout"}

// serverColumns are what accept wants to know of the server; they cost nothing beside another question.
var serverColumns = func() string {
	var sql strings.Builder
	sql.WriteString("pg_catalog.current_setting('server_version_num')::int, pg_catalog.current_schema()::text, pg_catalog.pg_is_in_recovery(), pg_catalog.pg_backend_pid(), pg_catalog.concat_ws(pg_catalog.chr(31)")
	for _, name := range ownSettings { // those that the server does not know are empty
		sql.WriteString(", COALESCE(pg_catalog.current_setting('" + name + "', true), '')")
	}
	return sql.String() + ")"
}()

// server is what a session must know of the server.
type server struct {
	version  int
	schema   sql.NullString
	recovery bool
	pid      int
	settings string
}

// accept refuses a server that cannot be used, or is used in a way that was hardly meant.
func (s *session) accept(v server) error {
	switch {
	case v.version < oldest*10000:
		return fmt.Errorf("the server is PostgreSQL %d; %d is the oldest that is supported", v.version/10000, oldest)
	case s.dialect.Schema == "" && v.schema.Valid && v.schema.String != "public":
		return fmt.Errorf("the connection's search_path begins with schema %q, but tables without a schema would go into public; "+
			"say which is meant: postgres.Dialect{Schema: %q} or postgres.Dialect{Schema: \"public\"}", v.schema.String, v.schema.String)
	}
	s.number(v.version)
	s.known, s.standby, s.pid = true, v.recovery, v.pid
	if !s.set {
		s.were = strings.Split(v.settings, "\x1f")
	}
	return nil
}

// look asks the server what it is, once.
func (s *session) look(ctx context.Context) error {
	if s.known {
		return nil
	}
	var v server
	if err := s.conn.QueryRowContext(ctx, "SELECT "+serverColumns).Scan(&v.version, &v.schema, &v.recovery, &v.pid, &v.settings); err != nil {
		return s.fail(ctx, err)
	}
	return s.accept(v)
}

// settings that defaults of the role, the database or the connection string could spoil.
func (s *session) settings() [][2]string {
	all := [][2]string{
		{"standard_conforming_strings", "on"},
		{"idle_in_transaction_session_timeout", "0"},
		{"client_min_messages", "warning"},
		{"default_transaction_isolation", "'read committed'"},
		{"idle_session_timeout", "0"},
		{"lock_timeout", strconv.FormatInt(millis(s.cfg.LockTimeout), 10)},
		{"statement_timeout", strconv.FormatInt(millis(s.cfg.StatementTimeout), 10)},
		{"timezone", "'UTC'"}, // a cast between a point in time and a day then gives the same day everywhere
		{"search_path", s.path(s.schema)},
		{"tcp_keepalives_idle", "15"}, // a runner whose machine is gone keeps its lock until the server knows
		{"tcp_keepalives_interval", "5"},
		{"tcp_keepalives_count", "3"},
	}
	if s.version >= 17 {
		all = append(all, [2]string{"transaction_timeout", "0"})
	}
	return all
}

// own is local where a transaction needs settings of its own, else nothing.
func (s *session) own() string {
	if s.cfg.Lease {
		return s.local() + ";\n"
	}
	return ""
}

// ready makes sure that the server takes changes, and changes the settings, once.
func (s *session) ready(ctx context.Context) error {
	if err := s.look(ctx); err != nil {
		return err
	}
	if s.standby {
		return errors.New("the server is a standby in recovery and takes no changes; connect to the primary")
	}
	if s.set || s.cfg.Lease { // the settings of a connection behind a pooler are other people's too: each transaction has its own
		return nil
	}
	return s.apply(ctx)
}

// local changes the settings for one transaction.
func (s *session) local() string {
	var b strings.Builder
	for _, kv := range s.settings() {
		switch kv[0] {
		case "idle_session_timeout": // has no meaning in a transaction
		case "default_transaction_isolation":
			b.WriteString("SET TRANSACTION ISOLATION LEVEL READ COMMITTED; ")
		default:
			b.WriteString("SET LOCAL " + kv[0] + " = " + kv[1] + "; ")
		}
	}
	return strings.TrimSuffix(b.String(), "; ")
}

// apply changes the settings, in one round trip.
func (s *session) apply(ctx context.Context) error {
	var b strings.Builder
	for _, kv := range s.settings() {
		b.WriteString("SET " + kv[0] + " = " + kv[1] + "; ")
	}
	err := s.execHere(ctx, b.String())
	s.set = s.set || err == nil
	return err
}

// afterHand sets the settings again when a step written by hand may have changed them for the rest of the session.
func (s *session) afterHand(ctx context.Context, stages []migrate.Stage) error {
	if s.cfg.Lease || !slices.ContainsFunc(stages, func(st migrate.Stage) bool { return st.ByHand }) {
		return nil
	}
	return s.apply(ctx)
}

func (s *session) Close(ctx context.Context) error {
	if !s.set || s.broken {
		return nil
	}
	var back []string // RESET would forget what the application has set on its connection
	for _, kv := range s.settings() {
		if i := slices.Index(ownSettings, kv[0]); i < len(s.were) {
			back = append(back, "pg_catalog.set_config('"+kv[0]+"', "+safe(s.were[i])+", false)")
		}
	}
	s.set = false
	if err := s.exec(ctx, "SELECT "+strings.Join(back, ", ")); err != nil && !s.broken {
		return fmt.Errorf("restoring the settings of the connection: %w", err)
	}
	return nil
}

// exec sends statements in one round trip.
func (s *session) exec(ctx context.Context, sql string) error {
	if strings.ContainsRune(sql, 0) {
		return errors.New("a statement holds a zero byte, which would hide what follows it")
	}
	_, err := s.conn.ExecContext(ctx, sql)
	return s.fail(ctx, err)
}

// fail notes when an error took the connection with it, and says when it was asked for.
func (s *session) fail(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if lost(err) {
		s.broken = true
		_ = s.conn.Raw(func(any) error { return driver.ErrBadConn }) // ends it for sure, and with it the lock
	}
	if ctx.Err() != nil && !errors.Is(err, ctx.Err()) {
		return fmt.Errorf("%w (%w)", ctx.Err(), err)
	}
	return err
}

// rollback ends the transaction, also when ctx is cancelled, and leaves the connection in a known state: usable or closed.
func (s *session) rollback(ctx context.Context) {
	if s.broken {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	if _, err := s.conn.ExecContext(ctx, "ROLLBACK"); err != nil {
		s.broken = true
		_ = s.conn.Raw(func(any) error { return driver.ErrBadConn }) // makes database/sql close the connection
	}
}

// path is where names without a schema in expressions are looked up. pg_temp is named, and last: else temporary tables would be found
// first.
func (s *session) path(schemas ...string) string { return idents(schemas) + ", pg_temp" }

// Step runs one stage outside any transaction.
func (s *session) Step(ctx context.Context, stage migrate.Stage, after []migrate.Mark) error {
	if s.cfg.Lease {
		return errPooled
	}
	if err := s.ready(ctx); err != nil {
		return err
	}
	if s.waitsAside(stage) {
		if err := s.execHere(ctx, "SET lock_timeout = 0"); err != nil {
			return err
		}
	}
	stop := s.watch(ctx, []migrate.Stage{stage})
	err := s.step(ctx, stage)
	for try, end := 0, time.Now().Add(s.cfg.Retry); err != nil && again(err) && !s.broken && (stage.Ready != nil || !s.waitsAside(stage)) && time.Now().Before(end); try++ {
		if err = s.pause(ctx, migrate.Work{Stages: []migrate.Stage{stage}}, try, end, err); err == nil {
			err = s.step(ctx, stage)
		}
	}
	stop()
	if err == nil {
		err = s.afterHand(ctx, []migrate.Stage{stage})
	}
	if !s.broken {
		reset := s.exec(context.WithoutCancel(ctx), fmt.Sprintf("SET lock_timeout = %d", millis(s.cfg.LockTimeout)))
		err = errors.Join(err, reset)
	}
	if err != nil || len(after) == 0 {
		return err
	}
	return s.Transact(ctx, migrate.Work{After: after})
}

// waitsAside tells whether a stage may wait for its locks as long as it takes: nobody queues behind CONCURRENTLY. What a person wrote may be
// anything else.
func (s *session) waitsAside(stage migrate.Stage) bool {
	return !stage.ByHand || slices.ContainsFunc(stage.Statements, func(x migrate.Statement) bool { return concurrently.MatchString(x.SQL) })
}

var concurrently = regexp.MustCompile(`(?i)\bCONCURRENTLY\b`)

func (s *session) step(ctx context.Context, stage migrate.Stage) error {
	if stage.Ready != nil {
		if done, err := stage.Ready(ctx, s.tx()); done || err != nil {
			if err != nil {
				err = s.statementError(ctx, 0, stage, "", s.fail(ctx, err)) // what Ready refuses is [refused]
			}
			return err
		}
	}
	for _, st := range stage.Statements {
		if err := s.exec(ctx, st.SQL); err != nil {
			return s.statementError(ctx, 0, stage, st.SQL, err)
		}
	}
	if stage.Run != nil {
		if err := stage.Run(ctx, s.tx()); err != nil {
			return s.statementError(ctx, 0, stage, "", err)
		}
	}
	return nil
}

// tx is what Go steps get: the connection without the methods that would close it.
type tx struct {
	conn *sql.Conn
	tell func(migrate.Event)
	told *time.Time
}

func (s *session) tx() tx { return tx{s.conn, s.cfg.Notify, new(time.Time)} }

// waits says what is waited for, every so often.
func (t tx) waits(what string) {
	if now := time.Now(); now.Sub(*t.told) >= watchEvery {
		*t.told = now
		t.tell(migrate.Event{Kind: migrate.EventWait, Message: what})
	}
}

func (t tx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return t.conn.ExecContext(ctx, query, args...)
}

func (t tx) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	return t.conn.PrepareContext(ctx, query)
}

func (t tx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return t.conn.QueryContext(ctx, query, args...)
}

func (t tx) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return t.conn.QueryRowContext(ctx, query, args...)
}

// millis gives a setting in milliseconds; what is more than nothing does not become 0, which is no limit.
func millis(d time.Duration) int64 {
	if d <= 0 {
		return 0
	}
	return max(1, d.Milliseconds())
}
