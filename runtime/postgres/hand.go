package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
)

// What a step written by hand leaves behind on the session: settings, a role, temporary tables, locks, prepared statements. Nothing of it may
// reach the history, the next migration, or whoever gets the connection from the pool. Settings are put back in the string in which the step
// is sent, before the history is written; the rest behind the transaction, as not all of it can be taken back inside one. Whatever is left then
// ends with the connection, see [session.Close].

// state is what a session had before the first step written by hand.
type state struct {
	settings [][2]string // those that were set on the connection, by the application or by us
	user     string      // session_authorization
	role     string
	left     []string // see leftovers
}

// beforeHand remembers the state of the session, once, when one of the stages is written by hand.
func (s *session) beforeHand(ctx context.Context, stages []migrate.Stage) error {
	if !slices.ContainsFunc(stages, func(st migrate.Stage) bool { return st.ByHand }) {
		return nil
	}
	s.hand = true
	if s.base != nil || s.cfg.Lease { // behind a pooler the connection is everybody's, and nobody may leave settings on it
		return nil
	}
	base := new(state)
	rows, err := s.conn.QueryContext(ctx, `SELECT 1, name, setting FROM pg_catalog.pg_settings WHERE source = 'session' AND setting IS NOT NULL AND `+settable+`
UNION ALL SELECT 2, pg_catalog.current_setting('session_authorization'), pg_catalog.current_setting('role')
UNION ALL SELECT 3, q, '' FROM (`+s.leftovers()+`) AS l(q)`)
	if err != nil {
		return s.fail(ctx, err)
	}
	defer rows.Close()
	for rows.Next() {
		var kind int
		var name, value string
		if err := rows.Scan(&kind, &name, &value); err != nil {
			return err
		}
		switch kind {
		case 1:
			base.settings = append(base.settings, [2]string{name, value})
		case 2:
			base.user, base.role = name, value
		case 3:
			base.left = append(base.left, name)
		}
	}
	if err := rows.Err(); err != nil {
		return s.fail(ctx, err)
	}
	s.base = base
	return nil
}

// settable picks the settings that a session can change, without those of a transaction.
const settable = `context IN ('user', 'superuser') AND name NOT IN ('transaction_isolation', 'transaction_read_only', 'transaction_deferrable')`

// putBack returns statements that give every setting the value that it had before the steps written by hand. The role comes first: it decides who may
// change the others.
func (s *session) putBack() string {
	if s.base == nil { // behind a pooler, where what was there is in the transaction, see keepSettings
		var own []string
		for _, kv := range s.settings() {
			own = append(own, text(kv[0]))
		}
		return "RESET SESSION AUTHORIZATION;\nRESET ROLE;\n" + putBackSettings("(SELECT key, value FROM pg_catalog.json_each_text(COALESCE(NULLIF(pg_catalog.current_setting('modelgen.was', true), ''), '{}')::json))",
			"CASE WHEN pg_catalog.lower(s.name) IN ("+strings.Join(own, ", ")+") THEN s.reset_val ELSE COALESCE(v.was, s.reset_val) END") // ours are set again for the transaction
	}
	change := func(name, was string) string {
		return "SELECT pg_catalog.set_config('" + name + "', " + safe(was) + ", false) WHERE pg_catalog.current_setting('" + name + "') <> " + safe(was) + ";\n"
	}
	were := []string{"('', '')"}
	for _, kv := range s.base.settings {
		were = append(were, "("+safe(kv[0])+", "+safe(kv[1])+")")
	}
	return change("session_authorization", s.base.user) + change("role", s.base.role) + putBackSettings("(VALUES "+strings.Join(were, ", ")+")", "COALESCE(v.was, s.reset_val)")
}

// keepSettings remembers, in the transaction of a step, what is set on the connection: by a pooler for its clients, and by the transaction.
const keepSettings = "SELECT pg_catalog.set_config('modelgen.was', (SELECT pg_catalog.json_object_agg(name, setting)::text FROM pg_catalog.pg_settings WHERE source = 'session' AND setting IS NOT NULL AND " +
	settable + "), true)"

// putBackSettings gives a value to every setting that is not as it was, or, where that is not known, as a connection begins with it.
func putBackSettings(were, value string) string {
	return "SELECT pg_catalog.set_config(s.name, " + value + ", false) FROM pg_catalog.pg_settings s LEFT JOIN " + were + " AS v(name, was) ON v.name = s.name WHERE s." +
		strings.Replace(settable, " AND name", " AND s.name", 1) + " AND s.setting IS DISTINCT FROM COALESCE(v.was, s.reset_val)"
}

// restore puts the settings back outside a transaction.
func (s *session) restore(ctx context.Context) error {
	if err := s.exec(context.WithoutCancel(ctx), s.putBack()); err != nil {
		return s.cannotRestore(err)
	}
	return nil
}

func (s *session) cannotRestore(err error) error {
	return &migrate.StatementError{
		Cause: "Put back the settings that a step written by hand left behind", Code: migrate.ErrorCode(err), Err: err,
		Hint: "a step written by hand left a setting or a role on the session that the role may not put back; use SET LOCAL, or put it back in the step itself",
	}
}

// leftovers is a query for what stays on a session beside settings: each row is the statement that takes it away. What the session itself needs is
// not in it.
func (s *session) leftovers() string {
	key := uint64(s.key())
	return fmt.Sprintf(`SELECT 'UNLISTEN ' || pg_catalog.quote_ident(c) FROM pg_catalog.pg_listening_channels() AS c
UNION ALL SELECT 'DEALLOCATE ' || pg_catalog.quote_ident(name) FROM pg_catalog.pg_prepared_statements WHERE from_sql
UNION ALL SELECT 'CLOSE ' || pg_catalog.quote_ident(name) FROM pg_catalog.pg_cursors WHERE is_holdable
UNION ALL SELECT 'DROP ' || CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'S' THEN 'SEQUENCE' WHEN 'c' THEN 'TYPE' ELSE 'TABLE' END || ' IF EXISTS pg_temp.' || pg_catalog.quote_ident(relname) || ' CASCADE'
 FROM pg_catalog.pg_class WHERE relnamespace = pg_catalog.pg_my_temp_schema() AND relkind IN ('r', 'p', 'v', 'S', 'c')
UNION ALL SELECT 'DROP ROUTINE ' || oid::pg_catalog.regprocedure || ' CASCADE' FROM pg_catalog.pg_proc WHERE pronamespace = pg_catalog.pg_my_temp_schema()
UNION ALL SELECT 'DROP TYPE IF EXISTS pg_temp.' || pg_catalog.quote_ident(typname) || ' CASCADE' FROM pg_catalog.pg_type
 WHERE typnamespace = pg_catalog.pg_my_temp_schema() AND typtype IN ('d', 'e', 'r')
UNION ALL SELECT 'SELECT pg_catalog.pg_advisory_unlock' || CASE mode WHEN 'ShareLock' THEN '_shared' ELSE '' END || '(' || CASE objsubid
  WHEN 1 THEN ((classid::bigint << 32) | objid::bigint)::text ELSE classid::bigint::bit(32)::int || ', ' || objid::bigint::bit(32)::int END || ')'
 FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND pid = pg_catalog.pg_backend_pid() AND NOT (classid = %d::oid AND objid = %d::oid AND objsubid = 1)`,
		key>>32, key&0xffffffff)
}

// tidy takes away what steps written by hand left on the session. Locks that were taken several times need as many rounds.
func (s *session) tidy(ctx context.Context) error {
	if s.base == nil || s.broken {
		return nil
	}
	ctx = context.WithoutCancel(ctx)
	query := s.leftovers()
	if s.locked { // DISCARD ALL and pg_advisory_unlock_all give the lock of migrations back
		key := uint64(s.key())
		query += fmt.Sprintf("\nUNION ALL SELECT '' WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND pid = pg_catalog.pg_backend_pid() AND classid = %d::oid AND objid = %d::oid AND objsubid = 1)",
			key>>32, key&0xffffffff)
	}
	var left []string
	for range 100 {
		all, err := s.texts(ctx, query)
		if err != nil {
			return err
		}
		if slices.Contains(all, "") {
			if err := s.lockAgain(ctx); err != nil {
				return err
			}
		}
		left = slices.DeleteFunc(all, func(q string) bool { return q == "" || slices.Contains(s.base.left, q) })
		if len(left) == 0 {
			return nil
		}
		if err := s.exec(ctx, strings.Join(left, ";\n")); err != nil {
			return s.cannotRestore(err)
		}
	}
	return errors.New("a step written by hand left something on the session that cannot be taken away: " + left[0])
}

// lockAgain takes the lock of migrations that a step written by hand has given back, on the connection that had it. Behind a pooler in transaction
// mode it may be on another one, or another client may have given it back there.
func (s *session) lockAgain(ctx context.Context) error {
	s.locked = false
	var same bool
	err := s.conn.QueryRowContext(ctx, fmt.Sprintf(`SELECT same, CASE WHEN same THEN pg_catalog.pg_try_advisory_lock(%d) ELSE false END
 FROM (SELECT pg_catalog.pg_backend_pid() = %d AS same) p`, s.key(), s.pid)).Scan(&same, &s.locked)
	switch {
	case err != nil:
		return s.fail(ctx, err)
	case !same:
		return errMoved
	case !s.locked:
		return errors.New("a step written by hand gave back the lock of migrations, and another session has it now; run the command again when that one is finished, " +
			"and take DISCARD ALL and pg_advisory_unlock_all out of the step; if there is a pooler in transaction mode in between, connect directly, or set Options.Lock to LockLease")
	}
	return nil
}
