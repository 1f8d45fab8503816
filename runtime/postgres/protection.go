package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

var (
	_ migrate.ProtectionStore = (*session)(nil)
	_ migrate.ValueCounter    = (*session)(nil)
)

// The mark and the log are two tables beside the history, which the first protect makes. They belong to the role that the history belongs to, so that who may
// write one may write all.

// beside returns the name of a table that is called after the history.
func beside(history, suffix string) string {
	ns, base := schema.SplitName(history)
	if ns != "" {
		ns += "."
	}
	return ns + base + suffix
}

const (
	protectionSuffix = "_protection"
	logSuffix        = "_log"
	longestName      = 63 // bytes of a name (manual 4.1.1)
)

func (s *session) protectionTable() string { return s.name(beside(s.cfg.History, protectionSuffix)) }
func (s *session) logTable() string        { return s.name(beside(s.cfg.History, logSuffix)) }

// kept says which of the two tables are there.
type kept struct{ known, mark, log bool }

// lookBeside finds out which of the two tables are there. A table of another owner than the history is no word of ours.
func (s *session) lookBeside(ctx context.Context) error {
	if s.kept.known || s.known && s.beside == 0 {
		s.kept.known = true
		return nil
	}
	_, base := schema.SplitName(s.cfg.History)
	var foreign string
	err := s.conn.QueryRowContext(ctx, `SELECT COALESCE(bool_or(c.relname = `+safe(base+protectionSuffix)+`), false), COALESCE(bool_or(c.relname = `+safe(base+logSuffix)+`), false),
 COALESCE(pg_catalog.string_agg(c.relname || ' belongs to ' || pg_catalog.pg_get_userbyid(c.relowner), ', ') FILTER (WHERE c.relkind <> 'r' OR c.relowner <> h.relowner), '')
 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_catalog.pg_class h ON h.relnamespace = n.oid AND h.relname = `+safe(base)+`
 WHERE n.nspname = `+safe(s.namespace(s.cfg.History))+" AND c.relname IN ("+safe(base+protectionSuffix)+", "+safe(base+logSuffix)+")").Scan(&s.kept.mark, &s.kept.log, &foreign)
	if err != nil {
		return fmt.Errorf("looking for the mark of %s: %w", s.table(), s.fail(ctx, err))
	}
	if foreign != "" {
		return fmt.Errorf("what the database is cannot be believed: %s, and the history %s to another role; give all three to one role with ALTER TABLE ... OWNER TO", foreign, s.table())
	}
	s.kept.known = true
	return nil
}

// Protection implements [migrate.ProtectionStore].
func (s *session) Protection(ctx context.Context) (*migrate.ProtectionState, error) {
	state := new(migrate.ProtectionState)
	if err := s.lookBeside(ctx); err != nil {
		return nil, err
	}
	state.Logged = s.kept.log
	if !s.kept.mark {
		return state, nil
	}
	var name, system, database, by, host sql.NullString
	var since sql.NullTime
	var asks bool
	err := s.conn.QueryRowContext(ctx, `SELECT p.name, p.system, p.database, p.since, p."by", p.host, now.database, now.clock, now.asks FROM (SELECT pg_catalog.current_database()::text AS database,
 pg_catalog.clock_timestamp() AS clock, COALESCE((SELECT bool_or(pg_catalog.has_function_privilege(f.oid, 'EXECUTE')) FROM pg_catalog.pg_proc f
 WHERE f.proname = 'pg_control_system' AND f.pronamespace = 'pg_catalog'::regnamespace), false) AS asks) AS now LEFT JOIN `+s.protectionTable()+` AS p ON true`).
		Scan(&name, &system, &database, &since, &by, &host, &state.Now.Database, &state.Clock, &asks)
	if err != nil {
		return nil, s.cannotReadBeside(ctx, s.protectionTable(), err)
	}
	state.Clock, state.Place = state.Clock.UTC(), s.namespace(s.cfg.History)
	if asks {
		if err := s.conn.QueryRowContext(ctx, "SELECT system_identifier::text FROM pg_catalog.pg_control_system()").Scan(&state.Now.System); err != nil {
			return nil, fmt.Errorf("asking for the identity of the server: %w", s.fail(ctx, err))
		}
	}
	if name.Valid {
		state.Mark = &migrate.Protection{Name: name.String, Since: since.Time.UTC(), By: by.String, Host: host.String,
			Identity: migrate.Identity{System: system.String, Database: database.String}, Now: state.Now}
	}
	return state, nil
}

// cannotReadBeside says what the role needs to read the mark and the log.
func (s *session) cannotReadBeside(ctx context.Context, table string, err error) error {
	err = s.fail(ctx, err)
	if migrate.ErrorCode(err) != insufficientRights {
		return fmt.Errorf("reading %s: %w", table, err)
	}
	return fmt.Errorf("reading %s: %w; to look is enough: GRANT SELECT ON %s, %s TO %s", table, err, s.protectionTable(), s.logTable(), s.role(ctx))
}

// BootstrapProtection implements [migrate.ProtectionStore]. Who may read the history may read the two tables.
func (s *session) BootstrapProtection(ctx context.Context) error {
	if err := s.lookBeside(ctx); err != nil || s.kept.mark && s.kept.log {
		return err
	}
	_, base := schema.SplitName(s.cfg.History)
	if len(base+protectionSuffix) > longestName {
		return fmt.Errorf("the name of the history, %s, is too long for a table called %s: PostgreSQL has %d bytes for a name", base, base+protectionSuffix, longestName)
	}
	var owner string
	var readers sql.NullString
	if err := s.conn.QueryRowContext(ctx, `SELECT pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(c.relowner)), (SELECT pg_catalog.string_agg(DISTINCT CASE WHEN a.grantee = 0 THEN 'PUBLIC'
 ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) END, ', ') FROM pg_catalog.aclexplode(c.relacl) a WHERE a.privilege_type = 'SELECT' AND a.grantee <> c.relowner)
 FROM pg_catalog.pg_class c WHERE c.oid = `+safe(s.table())+"::pg_catalog.regclass").Scan(&owner, &readers); err != nil {
		return s.fail(ctx, err)
	}
	mark, log := s.protectionTable(), s.logTable()
	statements := []string{
		"CREATE TABLE IF NOT EXISTS " + mark + ` (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  name text NOT NULL,
  system text NOT NULL DEFAULT '',
  database text NOT NULL DEFAULT pg_catalog.current_database(),
  since timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  "by" text NOT NULL DEFAULT current_user,
  host text NOT NULL DEFAULT ''
)`,
		"CREATE TABLE IF NOT EXISTS " + log + ` (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  verb text NOT NULL,
  "set" text NOT NULL DEFAULT '',
  migrations text NOT NULL DEFAULT '',
  result text NOT NULL,
  error text NOT NULL DEFAULT '',
  name text NOT NULL DEFAULT '',
  "by" text NOT NULL DEFAULT current_user,
  os_user text NOT NULL DEFAULT '',
  host text NOT NULL DEFAULT '',
  program text NOT NULL DEFAULT '',
  tool text NOT NULL DEFAULT '',
  approved text NOT NULL DEFAULT '',
  reason text NOT NULL DEFAULT '',
  backup text NOT NULL DEFAULT '',
  bytes bigint NOT NULL DEFAULT 0
)`,
		"COMMENT ON TABLE " + mark + " IS 'modelgen: what this database is'",
		"COMMENT ON TABLE " + log + " IS 'modelgen: who did what to this database; rows are only added'",
	}
	for _, table := range []string{mark, log} {
		statements = append(statements, "ALTER TABLE "+table+" OWNER TO "+owner)
		if readers.Valid {
			statements = append(statements, "GRANT SELECT ON "+table+" TO "+readers.String)
		}
	}
	here := s.here()
	if here != "" {
		statements = append([]string{here}, statements...)
	}
	err := s.exec(ctx, "BEGIN;\n"+strings.Join(statements, ";\n")+";\nCOMMIT")
	if err != nil {
		s.rollback(ctx)
		if migrate.ErrorCode(err) == divisionByZero {
			return errMoved
		}
		return fmt.Errorf("making %s and %s: %w", mark, log, &migrate.StatementError{Code: migrate.ErrorCode(err), Hint: s.hint(ctx, err, migrate.Stage{}), Err: err})
	}
	s.kept, s.counted = kept{known: true, mark: true, log: true}, false
	return nil
}

// protectionMark writes a mark that is not of the history.
func (s *session) protectionMark(m migrate.Mark) string {
	switch m.Kind {
	case migrate.MarkLog:
		e := m.Log
		return "INSERT INTO " + s.logTable() + ` (verb, "set", migrations, result, error, name, os_user, host, program, tool, approved, reason, backup, bytes) VALUES (` +
			strings.Join([]string{safe(e.Verb), safe(e.Set), safe(strings.Join(e.Migrations, "\n")), safe(e.Result), safe(e.Error), safe(e.Name), safe(e.User), safe(e.Host),
				safe(e.Program), safe(e.Tool), safe(e.Approved), safe(e.Reason), safe(e.Backup), strconv.FormatInt(e.Bytes, 10)}, ", ") + ")"
	case migrate.MarkProtect:
		return "DELETE FROM " + s.protectionTable() + ";\nINSERT INTO " + s.protectionTable() + " (name, system, host) VALUES (" +
			safe(m.Protection.Name) + ", " + safe(m.Protection.Now.System) + ", " + safe(m.Protection.Host) + ")"
	}
	return "DELETE FROM " + s.protectionTable()
}

// Log implements [migrate.ProtectionStore].
func (s *session) Log(ctx context.Context) ([]migrate.LogEntry, error) {
	if err := s.lookBeside(ctx); err != nil || !s.kept.log {
		return nil, err
	}
	rows, err := s.conn.QueryContext(ctx, `SELECT id, at, verb, "set", migrations, result, error, name, "by", os_user, host, program, tool, approved, reason, backup, bytes FROM `+s.logTable()+" ORDER BY id")
	if err != nil {
		return nil, s.cannotReadBeside(ctx, s.logTable(), err)
	}
	defer rows.Close()
	var all []migrate.LogEntry
	for rows.Next() {
		var e migrate.LogEntry
		var at time.Time
		var migrations string
		if err := rows.Scan(&e.ID, &at, &e.Verb, &e.Set, &migrations, &e.Result, &e.Error, &e.Name, &e.By, &e.User, &e.Host, &e.Program, &e.Tool, &e.Approved, &e.Reason, &e.Backup, &e.Bytes); err != nil {
			return nil, fmt.Errorf("reading %s: %w", s.logTable(), err)
		}
		if e.At = at.UTC(); migrations != "" {
			e.Migrations = strings.Split(migrations, "\n")
		}
		all = append(all, e)
	}
	if err := rows.Err(); err != nil {
		return nil, s.cannotReadBeside(ctx, s.logTable(), err)
	}
	return all, nil
}

// CountValues implements [migrate.ValueCounter].
func (s *session) CountValues(ctx context.Context, table, column string) (n int64, err error) {
	err = s.Look(ctx, func(ctx context.Context, tx migrate.Tx) error {
		return tx.QueryRowContext(ctx, "SELECT pg_catalog.count("+ident(column)+") FROM "+s.name(table)).Scan(&n)
	})
	return n, err
}
