package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The settings of the connection: what a session changes for as long as it lives, and puts back.

// ownSettings are all settings that a session changes.
var ownSettings = []string{
	"standard_conforming_strings", "idle_in_transaction_session_timeout", "client_min_messages", "default_transaction_isolation", "idle_session_timeout",
	"lock_timeout", "statement_timeout", "timezone", "search_path", "tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count", "transaction_timeout",
	"row_security", "client_encoding", "client_connection_check_interval",
}

// serverColumns returns what accept wants to know of the server; it costs nothing beside another question.
func (s *session) serverColumns() string {
	var b strings.Builder
	b.WriteString("pg_catalog.current_setting('server_version_num')::int, pg_catalog.current_schema()::text, pg_catalog.pg_is_in_recovery(), pg_catalog.pg_backend_pid(), " +
		"pg_catalog.version(), CASE WHEN pg_catalog.to_regclass('pg_catalog.pg_dist_partition') IS NULL THEN '' ELSE 'citus' END, " + s.historyHidden() + ", " + s.countBeside() + ", pg_catalog.concat_ws(pg_catalog.chr(31)")
	for _, name := range ownSettings { // those that the server does not know are empty
		b.WriteString(", COALESCE(pg_catalog.current_setting('" + name + "', true), '')")
	}
	return b.String() + ")"
}

// historyHidden reports whether a policy may hide rows of the history from the role. It, and what else is asked here, asks functions and no catalog: to plan a
// query of a catalog takes a new connection longer than all the rest. Names are looked up where the role may look only, as else that is an error.
func (s *session) historyHidden() string {
	if s.missing { // what another one has made meanwhile is looked at again, see Bootstrap
		return "false"
	}
	return s.ifUsable("COALESCE(pg_catalog.row_security_active(pg_catalog.to_regclass("+safe(s.table())+")::oid), false)", "false")
}

// countBeside counts the tables beside the history; -1 is not known.
func (s *session) countBeside() string {
	there := func(table string) string { return "(pg_catalog.to_regclass(" + safe(table) + ") IS NOT NULL)::int" }
	both := there(s.protectionTable()) + " + " + there(s.logTable())
	if s.missing { // to find that out, the role may use the schema
		return both
	}
	return s.ifUsable(both, "-1")
}

// ifUsable is an expression where the role may use the schema of the history, else another one.
func (s *session) ifUsable(then, otherwise string) string {
	return "CASE WHEN pg_catalog.has_schema_privilege(pg_catalog.to_regnamespace(" + safe(ident(s.namespace(s.cfg.History))) + ")::oid, 'USAGE') THEN " + then + " ELSE " + otherwise + " END"
}

// server is what a session must know of the server.
type server struct {
	version  int
	schema   sql.NullString
	recovery bool
	pid      int
	text     string // of version()
	citus    string // "" without the extension; it makes the catalog that is looked for
	hidden   bool
	beside   int // tables beside the history; -1 is not known
	settings string
}

func (v *server) into() []any {
	return []any{&v.version, &v.schema, &v.recovery, &v.pid, &v.text, &v.citus, &v.hidden, &v.beside, &v.settings}
}

// accept refuses a server that cannot be used, or is used in a way that was hardly meant.
func (s *session) accept(v server) error {
	s.number(v.version)
	s.linux = strings.Contains(v.text, "linux")
	if !s.set {
		s.were = strings.Split(v.settings, "\x1f")
	}
	if err := s.settle(v); err != nil {
		return err
	}
	switch {
	case v.version < oldest*10000:
		return fmt.Errorf("the server is PostgreSQL %d; %d is the oldest that is supported", v.version/10000, oldest)
	case s.dialect.Schema == "" && v.schema.Valid && v.schema.String != "public":
		return fmt.Errorf("the connection's search_path begins with schema %q, but tables without a schema would go into public; "+
			"say which is meant: postgres.Dialect{Schema: %q} or postgres.Dialect{Schema: \"public\"}", v.schema.String, v.schema.String)
	}
	s.known, s.standby, s.pid, s.hidden, s.beside = true, v.recovery, v.pid, v.hidden, v.beside
	return nil
}

// was returns what a setting was before the session changed it; "" is also one that the server does not know.
func (s *session) was(name string) string {
	if i := slices.Index(ownSettings, name); i < len(s.were) {
		return s.were[i]
	}
	return ""
}

// look asks the server what it is, once.
func (s *session) look(ctx context.Context) error {
	if s.known {
		return nil
	}
	var v server
	if err := s.conn.QueryRowContext(ctx, "SELECT "+s.serverColumns()).Scan(v.into()...); err != nil {
		return s.lookPlain(ctx, s.fail(ctx, err))
	}
	if err := s.accept(v); err != nil {
		return err
	}
	return s.lookCluster(ctx)
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
		{"timezone", "'UTC'"}, // a cast between a point in time and a day then returns the same day everywhere
		{"search_path", s.path(s.schema)},
		{"tcp_keepalives_idle", "15"}, // a runner whose machine is gone keeps its lock until the server knows
		{"tcp_keepalives_interval", "5"},
		{"tcp_keepalives_count", "3"},
		{"row_security", "off"}, // the server refuses instead of leaving out rows without a word (manual, 5.8)
	}
	if !s.engine.traits().plain {
		return slices.DeleteFunc(all, func(kv [2]string) bool { return !slices.Contains(anywhere, kv[0]) })
	}
	for _, x := range someSettings {
		if x.takes(s) {
			all = append(all, [2]string{x.name, x.value})
		}
	}
	return all
}

// anywhere are the settings that a server has which only speaks like PostgreSQL.
var anywhere = []string{"lock_timeout", "statement_timeout", "timezone", "search_path"}

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
		return errStandby
	}
	if err := s.lookCluster(ctx); err != nil {
		return err
	}
	if err := s.nodesAnswer(ctx); err != nil {
		return err
	}
	if err := s.readable(ctx); err != nil {
		return err
	}
	if s.pooled {
		return errPooler
	}
	return nil
}

var errStandby = errors.New("the server is a standby in recovery and takes no changes; connect to the primary")

// readable changes the settings, once, on any server.
func (s *session) readable(ctx context.Context) error {
	if err := s.look(ctx); err != nil {
		return err
	}
	if s.stale {
		if err := s.execHere(ctx, "SET search_path = "+s.path(s.schema)); err != nil {
			return err
		}
		s.stale = false
	}
	if err := s.lookPooler(ctx, true); err != nil {
		return err
	}
	if s.set || s.cfg.Lease || s.pooled { // the settings of a connection behind a pooler are other people's too: each transaction has its own
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
	var all []string
	plain := s.engine.traits().plain // a statement for each takes twice as long
	for _, kv := range s.settings() {
		if plain {
			all = append(all, setConfig(kv[0], settingText(kv[1])))
		} else {
			all = append(all, "SET "+kv[0]+" = "+kv[1])
		}
	}
	var err error
	switch here := s.here(); {
	case !plain:
		err = s.execHere(ctx, strings.Join(all, "; "))
	case here == "":
		err = s.exec(ctx, "SELECT "+strings.Join(all, ", "))
	default: // one statement is less than two
		err = moved(s.exec(ctx, here+", "+strings.Join(all, ", ")))
	}
	s.set = s.set || err == nil
	return err
}

// Close puts the settings back. A connection on which a step written by hand has run is closed: what such a step leaves behind cannot all be
// seen, as a setting with a name of its own, and the application that gets the connection next may be another user's.
func (s *session) Close(ctx context.Context) error {
	if s.hand && !s.broken {
		s.hangUp(ctx)
	}
	if !s.set || s.broken {
		return nil
	}
	return s.reset(ctx, s.back())
}

// reset puts settings back.
func (s *session) reset(ctx context.Context, back []string) error {
	if s.set = false; len(back) == 0 {
		s.hangUp(ctx) // what they were is not known
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := s.exec(ctx, "SELECT "+strings.Join(back, ", ")); err != nil && !s.broken {
		return fmt.Errorf("restoring the settings of the connection: %w", err)
	}
	return nil
}

// back lists what puts the settings back. RESET would forget what the application has set on its connection.
func (s *session) back() []string {
	var names []string
	for _, kv := range s.settings() {
		names = append(names, kv[0])
	}
	return s.backOf(names)
}

func (s *session) backOf(names []string) []string {
	var back []string
	for _, name := range names {
		if i := slices.Index(ownSettings, name); i < len(s.were) && (s.were[i] != "" || !onSome(name)) {
			back = append(back, setConfig(name, safe(s.were[i])))
		}
	}
	return back
}
