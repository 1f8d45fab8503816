package postgres

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
)

// tx is what Go steps get: the connection without the methods that would close it.
type tx struct {
	s    *session
	told *time.Time
}

func (s *session) tx() tx { return tx{s, new(time.Time)} }

// waits says what is waited for, every so often.
func (t tx) waits(what string) {
	if now := time.Now(); now.Sub(*t.told) >= watchEvery {
		*t.told = now
		t.s.cfg.Notify(migrate.Event{Kind: migrate.EventWait, Message: what})
	}
}

// text makes a query another one after tables may have changed. A driver that keeps prepared statements by their texts, as pgx does, would ask with
// one that was prepared before the change, and the server refuses it: "cached plan must not change result type".
func (t tx) text(query string) string {
	if t.s.tag == "" {
		t.s.tag = rand.Text()[:8]
	}
	return fmt.Sprintf("%s\n/* modelgen %s %d */", query, t.s.tag, t.s.turn)
}

func (t tx) ExecContext(ctx context.Context, query string, args ...any) (res sql.Result, err error) {
	text := query
	if len(args) > 0 { // without, nothing is prepared
		text = t.text(query)
	}
	res, err = t.exec(ctx, text, args...)
	if tableLocks.MatchString(query) {
		t.s.turn++
	}
	return res, err
}

func (t tx) exec(ctx context.Context, text string, args ...any) (res sql.Result, err error) {
	err = t.s.answered(ctx, func(ctx context.Context) error {
		res, err = t.s.conn.ExecContext(ctx, text, args...)
		return err
	})
	return res, err
}

// write runs a statement of this package that changes rows and no table. Its values may be megabytes, and to look for other statements among them takes
// longer than to send them.
func write(ctx context.Context, to migrate.Tx, query string) (sql.Result, error) {
	if t, ok := to.(tx); ok {
		return t.exec(ctx, query)
	}
	return to.ExecContext(ctx, query)
}

func (t tx) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	return t.s.conn.PrepareContext(ctx, t.text(query))
}

func (t tx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return t.s.conn.QueryContext(ctx, t.text(query), args...)
}

func (t tx) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return t.s.conn.QueryRowContext(ctx, t.text(query), args...)
}
