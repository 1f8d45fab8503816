package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
)

var (
	_ migrate.ProtectionStore = (*session)(nil)
	_ migrate.ValueCounter    = (*session)(nil)
)

// The mark and the log are two tables beside the history, which the first protect makes. A file does not know that it is a copy of another one.

func (s *session) protectionTable() string { return "main." + quote(s.cfg.History+"_protection") }
func (s *session) logTable() string        { return "main." + quote(s.cfg.History+"_log") }

// Protection implements [migrate.ProtectionStore].
func (s *session) Protection(ctx context.Context) (state *migrate.ProtectionState, err error) {
	err = s.patient(ctx, func() error {
		state = new(migrate.ProtectionState)
		var marked bool
		var clock string
		if err := s.conn.QueryRowContext(ctx, "SELECT count(name = ?1 COLLATE NOCASE OR NULL) > 0, count(name = ?2 COLLATE NOCASE OR NULL) > 0, "+now+
			" FROM main.sqlite_master WHERE type = 'table' AND name COLLATE NOCASE IN (?1, ?2)", s.cfg.History+"_protection", s.cfg.History+"_log").
			Scan(&marked, &state.Logged, &clock); err != nil || !marked {
			return err
		}
		if state.Clock, err = time.Parse(time.RFC3339, clock); err != nil {
			return err
		}
		p := new(migrate.Protection)
		var since string
		err := s.conn.QueryRowContext(ctx, "SELECT name, since, host FROM "+s.protectionTable()).Scan(&p.Name, &since, &p.Host)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err == nil {
			p.Since, err = time.Parse(time.RFC3339, since)
		}
		if err != nil {
			return fmt.Errorf("reading %s: %w", s.protectionTable(), err)
		}
		state.Mark = p
		if err := s.conn.QueryRowContext(ctx, "SELECT file FROM pragma_database_list WHERE name = 'main'").Scan(&state.Place); err != nil {
			return fmt.Errorf("asking for the file of the database: %w", err)
		}
		return nil
	})
	return state, err
}

// BootstrapProtection implements [migrate.ProtectionStore].
func (s *session) BootstrapProtection(ctx context.Context) error {
	return s.inTx(ctx, nil, func(func() error) error {
		for _, q := range []string{
			"CREATE TABLE IF NOT EXISTS " + s.protectionTable() + ` (
  one INTEGER PRIMARY KEY DEFAULT 1 CHECK (one = 1),
  name TEXT NOT NULL,
  since TEXT NOT NULL,
  host TEXT NOT NULL DEFAULT ''
)`,
			"CREATE TABLE IF NOT EXISTS " + s.logTable() + ` (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  verb TEXT NOT NULL,
  "set" TEXT NOT NULL DEFAULT '',
  migrations TEXT NOT NULL DEFAULT '',
  result TEXT NOT NULL,
  error TEXT NOT NULL DEFAULT '',
  name TEXT NOT NULL DEFAULT '',
  os_user TEXT NOT NULL DEFAULT '',
  host TEXT NOT NULL DEFAULT '',
  program TEXT NOT NULL DEFAULT '',
  tool TEXT NOT NULL DEFAULT '',
  approved TEXT NOT NULL DEFAULT '',
  reason TEXT NOT NULL DEFAULT '',
  backup TEXT NOT NULL DEFAULT '',
  bytes INTEGER NOT NULL DEFAULT 0
)`,
		} {
			if err := s.statement(ctx, q); err != nil {
				return err
			}
		}
		return nil
	})
}

// protectionMark writes a mark that is not of the history, and reports whether it was one.
func (s *session) protectionMark(ctx context.Context, m migrate.Mark) (bool, error) {
	run := func(q string, args ...any) error {
		if _, err := s.conn.ExecContext(ctx, q, args...); err != nil {
			return statementError(q, err)
		}
		return nil
	}
	switch m.Kind {
	case migrate.MarkLog:
		e := m.Log
		return true, run("INSERT INTO "+s.logTable()+` (at, verb, "set", migrations, result, error, name, os_user, host, program, tool, approved, reason, backup, bytes)
 VALUES (`+now+", ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			e.Verb, e.Set, strings.Join(e.Migrations, "\n"), e.Result, e.Error, e.Name, e.User, e.Host, e.Program, e.Tool, e.Approved, e.Reason, e.Backup, e.Bytes)
	case migrate.MarkProtect:
		return true, run("INSERT OR REPLACE INTO "+s.protectionTable()+" (one, name, since, host) VALUES (1, ?, "+now+", ?)", m.Protection.Name, m.Protection.Host)
	case migrate.MarkUnprotect:
		return true, run("DELETE FROM " + s.protectionTable())
	}
	return false, nil
}

// Log implements [migrate.ProtectionStore].
func (s *session) Log(ctx context.Context) (all []migrate.LogEntry, err error) {
	state, err := s.Protection(ctx)
	if err != nil || !state.Logged {
		return nil, err
	}
	err = s.patient(ctx, func() error {
		all = nil
		rows, err := s.conn.QueryContext(ctx, `SELECT id, at, verb, "set", migrations, result, error, name, os_user, host, program, tool, approved, reason, backup, bytes FROM `+s.logTable()+" ORDER BY id")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var e migrate.LogEntry
			var at, migrations string
			if err := rows.Scan(&e.ID, &at, &e.Verb, &e.Set, &migrations, &e.Result, &e.Error, &e.Name, &e.User, &e.Host, &e.Program, &e.Tool, &e.Approved, &e.Reason, &e.Backup, &e.Bytes); err != nil {
				return fmt.Errorf("reading %s: %w", s.logTable(), err)
			}
			if e.At, err = time.Parse(time.RFC3339, at); err != nil {
				return fmt.Errorf("reading %s: %w", s.logTable(), err)
			}
			if migrations != "" {
				e.Migrations = strings.Split(migrations, "\n")
			}
			all = append(all, e)
		}
		return rows.Err()
	})
	return all, err
}

// CountValues implements [migrate.ValueCounter].
func (s *session) CountValues(ctx context.Context, table, column string) (n int64, err error) {
	err = s.Look(ctx, func(ctx context.Context, tx migrate.Tx) error {
		return tx.QueryRowContext(ctx, "SELECT count("+quote(column)+") FROM main."+quote(table)).Scan(&n)
	})
	return n, err
}
