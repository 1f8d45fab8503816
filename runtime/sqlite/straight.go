package sqlite

import (
	"context"
	"fmt"
	"strconv"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
)

var _ migrate.StraightSession = (*session)(nil)

// Straight implements [migrate.StraightSession]. A database that somebody is writing to is not waited for, beyond the busy_timeout of the connection.
func (s *session) Straight(ctx context.Context, newest migrate.Record, stages []migrate.Stage, row migrate.Record) (err error) {
	begun := time.Now()
	if _, err := s.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_, _ = s.conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK") // SQLite may have rolled back by itself
		}
	}()
	table := quote(s.cfg.History)
	var fits int
	err = s.conn.QueryRowContext(ctx, "SELECT count(*) FROM "+table+" AS h, "+table+` AS f WHERE h.id = (SELECT id FROM `+table+` WHERE +"set" = ? ORDER BY id DESC LIMIT 1) AND h.name = ? AND h.digest = ?
 AND h.state IN ('done', 'faked') AND f."set" = '' AND f.name = 'format' AND f.hash = '`+strconv.Itoa(historyFormat)+`' AND (SELECT legacy_alter_table FROM pragma_legacy_alter_table) = 0
 AND NOT EXISTS (SELECT 1 FROM main.sqlite_master WHERE name = ? COLLATE NOCASE)`, // where there is a log, it is kept
		row.Set, newest.Name, newest.Digest, s.cfg.History+"_log").Scan(&fits)
	if err != nil {
		return err
	}
	if fits != 1 {
		return fmt.Errorf("%s is not the newest row of the history", newest.Name)
	}
	for _, st := range stages {
		for _, x := range st.Statements {
			if err = s.statement(ctx, x.SQL); err != nil {
				return err
			}
		}
	}
	if _, err = s.conn.ExecContext(ctx, "INSERT INTO "+table+` ("set", name, hash, digest, state, started, finished, duration_ms, tool, module) VALUES (?, ?, ?, ?, ?, ?, `+now+`, ?, ?, ?)`,
		row.Set, row.Name, row.Hash, row.Digest, string(migrate.StateDone), begun.UTC().Format("2006-01-02T15:04:05.000Z"), time.Since(begun).Milliseconds(), row.Tool, row.Module); err != nil {
		return err
	}
	if err = ctx.Err(); err != nil {
		return err
	}
	_, err = s.conn.ExecContext(context.WithoutCancel(ctx), "COMMIT") // a driver may say that it was cancelled when it went through
	return err
}
