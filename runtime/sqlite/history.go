package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
)

// historyFormat is the form of the history table. It stands in the table itself, as the row of the set "" called format.
const historyFormat = 1

const now = `strftime('%Y-%m-%dT%H:%M:%fZ', 'now')`

// rowKey is one row of the history.
type rowKey struct{ set, name string }

// progress is how far a row was when this session last saw it; gone is that there was none.
type progress struct {
	state string
	stage int
	gone  bool
}

const recordColumns = `id, "set", name, hash, digest, state, stage, cursor, started, finished, "by", tool, error, `

// Newest implements [migrate.Session].
func (s *session) Newest(ctx context.Context, set string) (*migrate.Record, error) {
	var newest *migrate.Record
	err := s.read(ctx, func() error {
		r := migrate.Record{Set: set}
		row := s.conn.QueryRowContext(ctx, "SELECT name, hash, digest, state FROM "+quote(s.cfg.History)+` WHERE +"set" = ? ORDER BY id DESC LIMIT 1`, set) // walks the table from its end
		switch err := row.Scan(&r.Name, &r.Hash, &r.Digest, (*string)(&r.State)); {
		case errors.Is(err, sql.ErrNoRows):
		case err != nil:
			return err
		default:
			newest = &r
		}
		return nil
	})
	return newest, err
}

// History implements [migrate.Session].
func (s *session) History(ctx context.Context, set string) ([]migrate.Record, error) {
	if s.last == nil { // before the rows are read: what comes in between is then noticed
		there, err := s.exists(ctx)
		if err == nil && there {
			s.last, err = s.stand(ctx)
		}
		if err != nil {
			return nil, err
		}
	}
	module, err := s.module(ctx)
	if err != nil {
		return nil, err
	}
	var all []migrate.Record
	if err := s.read(ctx, func() error {
		all, err = s.records(ctx, set, map[bool]string{true: "module", false: "''"}[module])
		return err
	}); err != nil {
		return nil, err
	}
	for k := range s.seen {
		if k.set == set {
			delete(s.seen, k)
		}
	}
	for _, r := range all {
		s.seen[rowKey{r.Set, r.Name}] = progress{state: string(r.State), stage: r.Stage}
	}
	return all, nil
}

// read runs a query of the history, which finds nothing where there is no history.
func (s *session) read(ctx context.Context, query func() error) error {
	err := s.patient(ctx, query)
	if err == nil || isBusy(err) || ctx.Err() != nil {
		return err
	}
	there, lookErr := s.exists(ctx)
	switch {
	case lookErr != nil:
		return err
	case !there:
		return nil
	}
	return s.patient(ctx, query) // another runner may have made it since
}

func (s *session) records(ctx context.Context, set, module string) ([]migrate.Record, error) {
	rows, err := s.conn.QueryContext(ctx, "SELECT "+recordColumns+module+" FROM "+quote(s.cfg.History)+` WHERE +"set" = ? ORDER BY id`, set) // the plus keeps the index out, which would sort all rows
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []migrate.Record
	var started string // once, not for each row
	var finished sql.NullString
	for rows.Next() {
		out = append(out, migrate.Record{})
		r := &out[len(out)-1]
		if err := rows.Scan(&r.ID, &r.Set, &r.Name, &r.Hash, &r.Digest, &r.State, &r.Stage, &r.Cursor, &started, &finished, &r.By, &r.Tool, &r.Error, &r.Module); err != nil {
			return nil, err
		}
		if r.Started, err = time.Parse(time.RFC3339, started); err == nil && finished.Valid {
			r.Finished, err = time.Parse(time.RFC3339, finished.String)
		}
		if err != nil {
			return nil, fmt.Errorf("history row of %s: %w", r.Name, err)
		}
	}
	return out, rows.Err()
}

// exists looks the history table up; a driver's error text is not enough to know that it is missing.
func (s *session) exists(ctx context.Context) (bool, error) {
	var n int
	err := s.patient(ctx, func() error {
		return s.conn.QueryRowContext(ctx, "SELECT count(*) FROM main.sqlite_master WHERE type IN ('table', 'view') AND name = ? COLLATE NOCASE", s.cfg.History).Scan(&n)
	})
	return n > 0, err
}

// Bootstrap implements [migrate.Session].
func (s *session) Bootstrap(ctx context.Context) error {
	if done, err := s.format(ctx); err != nil {
		return err
	} else if done {
		return s.addModule(ctx)
	}
	return s.inTx(ctx, nil, func(func() error) error {
		if done, err := s.format(ctx); done || err != nil { // another one was faster
			return err
		}
		table := quote(s.cfg.History)
		for _, q := range []string{
			"CREATE TABLE IF NOT EXISTS " + table + ` (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  "set" TEXT NOT NULL,
  name TEXT NOT NULL,
  hash TEXT NOT NULL,
  digest TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL,
  stage INTEGER NOT NULL DEFAULT 0,
  cursor TEXT NOT NULL DEFAULT '',
  started TEXT NOT NULL,
  finished TEXT,
  duration_ms INTEGER,
  "by" TEXT NOT NULL DEFAULT '',
  tool TEXT NOT NULL DEFAULT '',
  error TEXT NOT NULL DEFAULT '',
  module TEXT NOT NULL DEFAULT '',
  UNIQUE ("set", name)
)`,
			"INSERT INTO " + table + ` ("set", name, hash, state, started) VALUES ('', 'format', ` + text(strconv.Itoa(historyFormat)) + `, 'done', ` + now + `)`,
		} {
			if err := s.statement(ctx, q); err != nil {
				return err
			}
		}
		return nil
	})
}

// format reports whether the history table has the newest form.
func (s *session) format(ctx context.Context) (bool, error) {
	there, err := s.exists(ctx)
	if err != nil || !there {
		return false, err
	}
	var is string
	err = s.patient(ctx, func() error {
		return s.conn.QueryRowContext(ctx, "SELECT hash FROM "+quote(s.cfg.History)+` WHERE "set" = '' AND name = 'format'`).Scan(&is)
	})
	switch n, bad := strconv.Atoi(is); {
	case errors.Is(err, sql.ErrNoRows):
		return false, fmt.Errorf("table %s does not say its format; is it another program's? choose another name for the history table", s.cfg.History)
	case err != nil:
		return false, fmt.Errorf("table %s is no history table of modelgen: %w", s.cfg.History, err)
	case bad != nil || n > historyFormat:
		return false, fmt.Errorf("the history table %s has format %q, which a newer version of modelgen wrote; this one knows %d; use the newer one", s.cfg.History, is, historyFormat)
	}
	return true, nil
}

// module reports whether the history has the column module, which earlier versions did not make.
func (s *session) module(ctx context.Context) (bool, error) {
	var n int
	err := s.patient(ctx, func() error {
		return s.conn.QueryRowContext(ctx, "SELECT count(*) FROM pragma_table_info("+text(s.cfg.History)+") WHERE name = 'module'").Scan(&n)
	})
	return n > 0, err
}

// addModule brings a history of an earlier version to the newest form: a column more, which that version reads past. So the format stays.
func (s *session) addModule(ctx context.Context) error {
	if there, err := s.module(ctx); there || err != nil {
		return err
	}
	return s.inTx(ctx, nil, func(func() error) error {
		if there, err := s.module(ctx); there || err != nil { // another one was faster
			return err
		}
		return s.statement(ctx, "ALTER TABLE "+quote(s.cfg.History)+" ADD COLUMN module TEXT NOT NULL DEFAULT ''")
	})
}

// mark writes one mark. now collects what the session will have seen once the transaction is committed.
func (s *session) mark(ctx context.Context, m migrate.Mark, seen map[rowKey]progress) error {
	r, table := m.Record, quote(s.cfg.History)
	key := rowKey{r.Set, r.Name}
	const row = ` WHERE "set" = ? AND name = ?`
	run := func(q string, args ...any) error {
		if _, err := s.conn.ExecContext(ctx, q, args...); err != nil {
			return &migrate.StatementError{Cause: migrate.RecordCause, Code: errorCode(err), Hint: hint(err), Err: err}
		}
		return nil
	}
	if ours, err := s.protectionMark(ctx, m); ours {
		return err
	}
	if m.Kind == migrate.MarkDigest {
		return run("UPDATE "+table+` SET digest = ? WHERE id = (SELECT max(id) FROM `+table+` WHERE "set" = ?)`, r.Digest, r.Set)
	}
	if m.Kind == migrate.MarkError {
		return run("UPDATE "+table+" SET error = ?"+row, r.Error, r.Set, r.Name)
	}
	was, fresh := seen[key] // by this transaction, which has the only right to write
	if !fresh {
		var err error
		if was, err = s.progress(ctx, key); err != nil {
			return err
		}
	}
	if m.Kind == migrate.MarkBegin {
		if !was.gone {
			return migrate.ErrClaimed
		}
		seen[key] = progress{state: string(r.State), stage: r.Stage}
		return run("INSERT INTO "+table+` ("set", name, hash, digest, state, stage, cursor, started, tool, module) VALUES (?, ?, ?, ?, ?, ?, ?, `+now+`, ?, ?)`,
			r.Set, r.Name, r.Hash, r.Digest, string(r.State), r.Stage, r.Cursor, r.Tool, r.Module)
	}
	known, ok := seen[key]
	if !ok {
		known, ok = s.seen[key]
	}
	if was.gone || ok && was != known {
		return migrate.ErrClaimed // the row has moved on since this session read it
	}
	switch m.Kind {
	case migrate.MarkFinish:
		seen[key] = progress{state: string(r.State), stage: was.stage}
		return run("UPDATE "+table+" SET state = ?, finished = "+now+", duration_ms = CAST(round((julianday('now') - julianday(started)) * 86400000) AS INTEGER), cursor = '', error = ''"+row,
			string(r.State), r.Set, r.Name)
	case migrate.MarkStage:
		seen[key] = progress{state: string(r.State), stage: r.Stage}
		return run("UPDATE "+table+" SET state = ?, stage = ?, cursor = ?, error = ?"+row, string(r.State), r.Stage, r.Cursor, r.Error, r.Set, r.Name)
	case migrate.MarkHash:
		return run("UPDATE "+table+" SET hash = ?"+row, r.Hash, r.Set, r.Name)
	case migrate.MarkRemove:
		seen[key] = progress{gone: true}
		return run("DELETE FROM "+table+row, r.Set, r.Name)
	}
	return fmt.Errorf("there is no mark of kind %d", m.Kind)
}

// stand is which rows the history has. Nobody keeps others out between two transactions of a run, so each makes sure that none has come or gone
// since the run was decided on.
type stand struct{ rows, newest int64 }

func (s *session) stand(ctx context.Context) (*stand, error) {
	var now stand
	err := s.patient(ctx, func() error {
		return s.conn.QueryRowContext(ctx, "SELECT count(*), COALESCE(max(id), 0) FROM "+quote(s.cfg.History)).Scan(&now.rows, &now.newest)
	})
	return &now, err
}

// same returns ErrClaimed when another runner has changed which migrations are applied: what is to be done must be decided again.
func (s *session) same(ctx context.Context) error {
	if s.last == nil {
		return nil
	}
	now, err := s.stand(ctx)
	if err == nil && *now != *s.last {
		s.last = nil
		return migrate.ErrClaimed
	}
	return err
}

// unmoved makes sure, before anything is done, that the rows to be marked in the end are as this session saw them last. Between two
// transactions of a migration another runner can go on with it.
func (s *session) unmoved(ctx context.Context, all []migrate.Work) error {
	begun := map[rowKey]bool{}
	for _, work := range all {
		for _, m := range append(work.Before[:len(work.Before):len(work.Before)], work.After...) {
			key := rowKey{m.Record.Set, m.Record.Name}
			known, ok := s.seen[key]
			if m.Kind == migrate.MarkBegin {
				begun[key] = true
			}
			if !ok || begun[key] || m.Kind == migrate.MarkDigest {
				continue
			}
			if is, err := s.progress(ctx, key); err != nil {
				return err
			} else if is != known {
				return migrate.ErrClaimed
			}
		}
	}
	return nil
}

// progress reads a row as it is now.
func (s *session) progress(ctx context.Context, k rowKey) (p progress, err error) {
	err = s.patient(ctx, func() error {
		return s.conn.QueryRowContext(ctx, "SELECT state, stage FROM "+quote(s.cfg.History)+` WHERE "set" = ? AND name = ?`, k.set, k.name).Scan(&p.state, &p.stage)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return progress{gone: true}, nil
	}
	return p, err
}
