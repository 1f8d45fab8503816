package postgres

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/modelgen/modelgen/internal/lazyregexp"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// format is the version of the history table, kept in its comment.
const format = 1

// historyColumns are what a record is read from.
const historyColumns = `id, "set", name, hash, digest, state, stage, cursor, started, finished, "by", tool, error`

// historyHas are the columns that every history has. A later version has added another one, see addModule.
var historyHas = []string{"id", "set", "name", "hash", "digest", "state", "stage", "cursor", "started", "finished", "duration_ms", "by", "tool", "error"}

func (s *session) table() string { return s.name(s.cfg.History) }

// safe writes a string literal that means the same with standard_conforming_strings on and off: the history is read before any
// setting is changed.
func safe(v string) string {
	if !strings.Contains(v, `\`) {
		return text(v)
	}
	return " E" + strings.ReplaceAll(text(v), `\`, `\\`)
}

func safeOrNull(v string) string {
	if v == "" {
		return "NULL"
	}
	return safe(v)
}

func (s *session) Newest(ctx context.Context, set string) (*migrate.Record, error) {
	r := migrate.Record{Set: set}
	var hash, digest sql.NullString
	row := s.conn.QueryRowContext(ctx, "SELECT name, hash, digest, state FROM "+s.table()+` WHERE "set" = `+safe(set)+" ORDER BY id DESC LIMIT 1")
	err := row.Scan(&r.Name, &hash, &digest, (*string)(&r.State))
	found := err == nil
	switch {
	case errors.Is(err, sql.ErrNoRows):
		err = nil
	case err != nil:
		err = s.unread(ctx, err)
	}
	s.read = err == nil && !s.missing && s.engine.traits().plain
	if !found {
		return nil, err
	}
	r.Hash, r.Digest = hash.String, digest.String
	return &r, nil
}

// History is also what plans begin with, and these depend on the version of the server.
func (s *session) History(ctx context.Context, set string) ([]migrate.Record, error) {
	if err := s.look(ctx); err != nil {
		return nil, err
	}
	if s.made {
		return nil, nil
	}
	if s.hidden {
		return nil, s.cannotRead(ctx, refused{errors.New("row level security hides rows of the history from the role")})
	}
	// A history that an earlier version has made has no module, and gets it when something is written: then the name is that of the column outside.
	from := " FROM (SELECT NULL::pg_catalog.text AS module) AS earlier CROSS JOIN LATERAL (SELECT " + historyColumns + ", module FROM " + s.table() +
		` WHERE "set" = ` + safe(set) + ") AS h"
	if s.engine.traits().plain {
		if records, ok := s.packed(ctx, set, from); ok {
			return records, nil
		}
	}
	return s.records(ctx, "SELECT h.*"+from+" ORDER BY h.id")
}

func (s *session) records(ctx context.Context, query string) (records []migrate.Record, err error) {
	rows, err := s.conn.QueryContext(ctx, query)
	if err == nil {
		defer rows.Close()
		var hash, digest, cursor, by, tool, code, module sql.NullString // once, not for each row
		var started, finished sql.NullTime
		for rows.Next() {
			records = append(records, migrate.Record{})
			r := &records[len(records)-1]
			if err := rows.Scan(&r.ID, &r.Set, &r.Name, &hash, &digest, &r.State, &r.Stage, &cursor, &started, &finished, &by, &tool, &code, &module); err != nil {
				return nil, fmt.Errorf("reading %s: %w", s.table(), err)
			}
			r.Hash, r.Digest, r.Cursor, r.By, r.Tool, r.Error, r.Module = hash.String, digest.String, cursor.String, by.String, tool.String, code.String, module.String
			if started.Valid {
				r.Started = started.Time.UTC()
			}
			if finished.Valid {
				r.Finished = finished.Time.UTC()
			}
		}
		err = rows.Err()
	}
	if err != nil {
		return nil, s.unread(ctx, err)
	}
	return records, nil
}

// unread returns the error of a history that could not be read, nil when there is none, which it notes.
func (s *session) unread(ctx context.Context, err error) error {
	switch migrate.ErrorCode(err) {
	case undefinedTable, invalidSchemaName:
		s.missing = true
		return nil
	case undefinedColumn:
		return fmt.Errorf("%s is no history of this version of modelgen: %w", s.table(), err)
	}
	return s.cannotRead(ctx, s.fail(ctx, err))
}

// role returns who is asking, for a statement to paste.
func (s *session) role(ctx context.Context) string {
	role := ""
	if s.conn.QueryRowContext(ctx, "SELECT pg_catalog.quote_ident(current_user)").Scan(&role) != nil {
		return "ROLE"
	}
	return role
}

// cannotRead says what the role needs to read the history.
func (s *session) cannotRead(ctx context.Context, err error) error {
	hint := ""
	var role string
	if migrate.ErrorCode(err) == insufficientRights || errors.As(err, new(refused)) {
		role = s.role(ctx)
	}
	switch {
	case role == "":
	case migrate.ErrorCode(err) == insufficientRights && !strings.Contains(err.Error(), "row-level security"):
		hint = "; to look is enough: GRANT USAGE ON SCHEMA " + ident(s.namespace(s.cfg.History)) + " TO " + role + "; GRANT SELECT ON " + s.table() + " TO " + role +
			"; to apply migrations takes the owner of the tables, or a member of that role"
	default:
		hint = "; a history with rows left out cannot be told from another one: ALTER ROLE " + role + " BYPASSRLS, or ALTER TABLE " + s.table() + " DISABLE ROW LEVEL SECURITY"
	}
	return fmt.Errorf("reading %s: %w%s", s.table(), err, hint)
}

var formatComment = lazyregexp.New(`^modelgen history, format (\d+)$`)

// Bootstrap makes the history table. Two runners that do so at once get in each other's way in the catalog, and try again.
func (s *session) Bootstrap(ctx context.Context) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	for try, end := 0, time.Now().Add(s.cfg.Retry); ; try++ {
		if !s.missing || try > 0 { // else it was not there a moment ago
			if there, complete, err := s.checkHistory(ctx); err != nil {
				return err
			} else if there {
				if s.missing { // another one has made it meanwhile
					s.known, s.missing = false, false
					if err := s.look(ctx); err != nil {
						return err
					}
				}
				if !complete {
					return s.addModule(ctx)
				}
				return nil
			}
		}
		err := s.execHere(ctx, s.historySQL(s.cfg.History, ""))
		switch code := migrate.ErrorCode(err); {
		case err == nil:
			// Made by this session, and so its own; and who makes one of the tables beside it, makes the history before.
			s.missing, s.made = false, true
			s.kept.known = s.kept.known || s.beside == 0
			return nil
		case code == invalidSchemaName:
			return &migrate.NoSchemaError{Schema: s.namespace(s.cfg.History), Create: "CREATE SCHEMA " + ident(s.namespace(s.cfg.History))}
		case slices.Contains(raced, code) && try < 10:
			continue // look who owns it: another was first
		case again(err) && time.Now().Before(end): // many who make tables at once wait for each other in the catalog
			if err := s.pause(ctx, migrate.Work{Stages: []migrate.Stage{{Cause: "Make the history table"}}}, try, end, err); err != nil {
				return err
			}
		default:
			hint := s.hint(ctx, err, migrate.Stage{})
			if code == insufficientRights {
				schema := ident(s.namespace(s.cfg.History))
				hint = "nothing was changed; the role lacks the right: GRANT USAGE, CREATE ON SCHEMA " + schema + " TO " + s.role(ctx) + "; or run migrations as the owner of the schema"
			}
			return fmt.Errorf("making the history table %s: %w", s.table(), &migrate.StatementError{Code: code, Hint: hint, Err: err})
		}
	}
}

// raced has the errors of making the same table at the same time: on the table, its row type, the indexes of the catalog.
var raced = []string{duplicateTable, duplicateObject, uniqueViolation, internalError, deadlockDetected}

// HistorySQL returns the statements that make the history table where it is not there yet, with semicolons between them. "" is modelgen_history.
func (d Dialect) HistorySQL(name string) string {
	return d.renderer(0).historySQL(cmp.Or(name, migrate.DefaultHistory), "IF NOT EXISTS ")
}

// historyTable returns the name of the history as SQL has it; "" is modelgen_history.
func (d Dialect) historyTable(name string) string {
	return d.renderer(0).name(cmp.Or(name, migrate.DefaultHistory))
}

// historySQL makes the history. Without a word for a table that is there that is an error, and else the table is the session's own. Each index takes as long as a small
// migration: that of the key also finds the newest row of a set, for which earlier versions made one of its own beside a key of id alone.
func (r renderer) historySQL(name, there string) string {
	table := r.name(name)
	return "CREATE TABLE " + there + table + ` (
  id bigint GENERATED ALWAYS AS IDENTITY,
  "set" text NOT NULL,
  name text NOT NULL,
  hash text,
  digest text,
  state text NOT NULL,
  stage integer NOT NULL DEFAULT 0,
  cursor text,
  started timestamptz,
  finished timestamptz,
  duration_ms bigint,
  "by" text DEFAULT current_user,
  tool text,
  error text,
  module text,
  PRIMARY KEY ("set", id),
  UNIQUE ("set", name)
)
;
COMMENT ON TABLE ` + table + " IS " + text("modelgen history, format "+strconv.Itoa(format))
}

// checkHistory reports whether the table is there, and refuses one that is not ours. A superuser counts as a member of every role, but the triggers of
// the table would run as the superuser: its owner must be one too, or own the database.
func (s *session) checkHistory(ctx context.Context) (found, complete bool, err error) {
	_, base := schema.SplitName(s.cfg.History)
	var kind, owner, user string
	var comment, columns sql.NullString
	var number int64 // of the owner
	var beside int
	count := "0"
	if !s.counted {
		count = "(SELECT count(*)::int FROM pg_catalog.pg_class b WHERE b.relnamespace = c.relnamespace AND b.relname IN (" + text(base+protectionSuffix) + ", " + text(base+logSuffix) + "))"
	}
	// A join, more of these subqueries, and obj_description, which is a function in SQL, each take the server longer than all the rest.
	names := "(SELECT pg_catalog.string_agg(a.attname::text, ' ') FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)"
	where := "c.relname = " + text(base) + " AND c.relnamespace = (SELECT n.oid FROM pg_catalog.pg_namespace n WHERE n.nspname = " + text(s.namespace(s.cfg.History)) + ")"
	if s.read { // so that most columns are there; to ask for one that is not is an error
		names = "CASE WHEN pg_catalog.has_column_privilege(c.oid, 'duration_ms', 'SELECT') IS NULL OR pg_catalog.has_column_privilege(c.oid, 'module', 'SELECT') IS NULL THEN '' ELSE " +
			text(strings.Join(append(slices.Clip(historyHas), "module"), " ")) + " END"
		where = "c.oid = pg_catalog.to_regclass(" + text(s.table()) + ")"
	}
	err = s.conn.QueryRowContext(ctx, `SELECT c.relkind::text, (SELECT d.description FROM pg_catalog.pg_description d
 WHERE d.objoid = c.oid AND d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objsubid = 0), pg_catalog.pg_get_userbyid(c.relowner)::text,
 current_user::text, c.relowner::bigint, `+names+`, `+count+" FROM pg_catalog.pg_class c WHERE "+where).Scan(&kind, &comment, &owner, &user, &number, &columns, &beside)
	if s.read && migrate.ErrorCode(err) == undefinedColumn {
		s.read = false
		return s.checkHistory(ctx)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return false, false, nil
	}
	if err != nil {
		return false, false, fmt.Errorf("looking at %s: %w", s.table(), s.fail(ctx, err))
	}
	member := owner == user
	if !member { // which is rare, and to plan this takes the server as long as all the rest
		err := s.conn.QueryRowContext(ctx, `SELECT COALESCE((SELECT CASE WHEN me.rolsuper THEN owner.rolsuper OR owner.oid = (SELECT datdba FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
 ELSE pg_catalog.pg_has_role(owner.oid, 'MEMBER') END FROM pg_catalog.pg_roles me, pg_catalog.pg_roles owner WHERE me.rolname = current_user AND owner.oid = `+strconv.FormatInt(number, 10)+`), false)`).Scan(&member)
		if err != nil {
			return false, false, fmt.Errorf("looking at the owner of %s: %w", s.table(), s.fail(ctx, err))
		}
	}
	if m := formatComment.FindStringSubmatch(comment.String); m != nil {
		if n, _ := strconv.Atoi(m[1]); n > format {
			return false, false, fmt.Errorf("the history %s has format %d, which a newer version of modelgen wrote; this one knows format %d; use the newer one", s.table(), n, format)
		}
	}
	there := strings.Fields(columns.String)
	switch {
	case kind != "r" || slices.ContainsFunc(historyHas, func(c string) bool { return !slices.Contains(there, c) }):
		return false, false, fmt.Errorf("%s is there, but is not a history of modelgen; give another name for the history in the options, or move it away", s.table())
	case !member:
		return false, false, fmt.Errorf("the history %s belongs to role %s, of which %s is not a member, and another role's table says what its owner likes; "+
			"run migrations as a member of %s, or give the table to %s", s.table(), owner, user, owner, user)
	}
	if !s.counted {
		s.beside = beside
	}
	if s.beside == 0 {
		s.kept = kept{known: true}
	}
	return true, slices.Contains(there, "module"), nil
}

// addModule brings a history of an earlier version to the newest form: a column more, which that version reads past. So the format stays.
func (s *session) addModule(ctx context.Context) error {
	for try, end := 0, time.Now().Add(s.cfg.Retry); ; try++ {
		err := s.execHere(ctx, "ALTER TABLE "+s.table()+" ADD COLUMN IF NOT EXISTS module text")
		switch {
		case err == nil:
			return nil
		case !again(err) || !time.Now().Before(end):
			return fmt.Errorf("adding the column module to the history %s: %w", s.table(), &migrate.StatementError{Code: migrate.ErrorCode(err), Hint: s.hint(ctx, err, migrate.Stage{}), Err: err})
		}
		if err := s.pause(ctx, migrate.Work{Stages: []migrate.Stage{{Cause: "Add the column module to the history"}}}, try, end, err); err != nil {
			return err
		}
	}
}

// mark writes a change of the history. One that must find its row fails without it, by a division by zero: then somebody
// else has changed the history meanwhile. A row that was begun in the same transaction is there, and to count it would take a fifth of
// the time of a small migration.
func (s *session) mark(m migrate.Mark, begun bool) string {
	switch m.Kind {
	case migrate.MarkLog, migrate.MarkProtect, migrate.MarkUnprotect:
		return s.protectionMark(m)
	}
	sql := markSQL(s.table(), m)
	switch m.Kind {
	case migrate.MarkFinish, migrate.MarkStage, migrate.MarkHash, migrate.MarkRemove:
		if !begun {
			return "WITH changed AS (" + sql + " RETURNING 1) SELECT 1 / count(*) FROM changed"
		}
	}
	return sql
}

// MarkSQL returns the statement that writes a change of the history, for scripts, which know of no log. "" is modelgen_history.
func (d Dialect) MarkSQL(history string, m migrate.Mark) string {
	return markSQL(d.historyTable(history), m)
}

func markSQL(table string, m migrate.Mark) string {
	r := m.Record
	row := ` WHERE "set" = ` + safe(r.Set) + " AND name = " + safe(r.Name)
	switch m.Kind {
	case migrate.MarkBegin:
		return insert(table, r)
	case migrate.MarkFinish:
		return "UPDATE " + table + " SET state = " + safe(string(r.State)) + ", finished = pg_catalog.clock_timestamp(), " +
			"duration_ms = (EXTRACT(epoch FROM pg_catalog.clock_timestamp() - started) * 1000)::bigint, cursor = NULL, error = NULL" + row
	case migrate.MarkStage:
		return "UPDATE " + table + " SET state = " + safe(string(r.State)) + ", stage = " + strconv.Itoa(r.Stage) +
			", cursor = " + safeOrNull(r.Cursor) + ", error = " + safeOrNull(r.Error) + row
	case migrate.MarkError:
		return "UPDATE " + table + " SET error = " + safeOrNull(r.Error) + row
	case migrate.MarkHash:
		return "UPDATE " + table + " SET hash = " + safe(r.Hash) + row
	case migrate.MarkRemove:
		return "DELETE FROM " + table + row
	case migrate.MarkDigest:
		return "UPDATE " + table + " SET digest = " + safe(r.Digest) + ` WHERE "set" = ` + safe(r.Set) + " AND id = (SELECT max(id) FROM " + table + ` WHERE "set" = ` + safe(r.Set) + ")"
	}
	panic("modelgen: a mark of an unknown kind")
}
