package sqlite

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/internal/lazyregexp"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/internal/rowkeys"
)

// Batch implements [migrate.Session]. In its transaction it alone may write, and it goes on from where the history says that the stage is: that may be
// further than mark says, when another runner is at the same migration.
func (s *session) Batch(ctx context.Context, stage migrate.Stage, mark migrate.Mark, size int) (migrate.BatchResult, error) {
	for {
		piece, err := s.piece(ctx, stage, mark, size)
		if err == nil || size == 1 || stage.Batch.Rows != nil || ctx.Err() != nil || !rowFault(err) {
			return piece, err
		}
		size /= 2 // until it is known which row it is, and all before it are done
	}
}

// rowFault reports whether one row is to blame for an error: it breaks a constraint, or has a value that does not fit (SQLITE_CONSTRAINT, SQLITE_MISMATCH).
func rowFault(err error) bool {
	return isResult(err, "constraint failed", codeConstr) || isResult(err, "datatype mismatch", codeMismatch)
}

func (s *session) piece(ctx context.Context, stage migrate.Stage, mark migrate.Mark, size int) (piece migrate.BatchResult, err error) {
	if err := s.begin(ctx); err != nil {
		return piece, err
	}
	defer func() {
		if err != nil {
			_, _ = s.conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
			if !errors.Is(err, migrate.ErrClaimed) && !errors.As(err, new(*migrate.LockedError)) {
				err = stageError(0, stage, err)
			}
		}
	}()
	c, err := s.cursor(ctx, mark)
	if err != nil {
		return piece, err
	}
	b := stage.Batch
	if c == nil || c.To == nil {
		was := c
		if c, err = bound(ctx, s.conn, b); err != nil {
			return piece, err
		}
		if c != nil && was != nil {
			c.Plan, c.Half, c.Made = was.Plan, was.Half, was.Made
		}
	}
	if c == nil || slices.Equal(c.At, c.To) {
		return migrate.BatchResult{Cursor: c, Size: size, Done: true}, s.commit(ctx)
	}
	next, err := next(ctx, s.conn, b, c, size)
	if err != nil {
		return piece, err
	}
	if b.Rows == nil {
		err = fillRange(ctx, s.conn, b, within(b, c.At, next.At))
		if st := new(migrate.StatementError); size == 1 && errors.As(err, &st) {
			st.Err = fmt.Errorf("%s: %w", rowkeys.Row(ctx, rowOf(b, next.At)), st.Err)
		}
	} else {
		err = rows(ctx, s.conn, b, c.At, next.At)
	}
	if err != nil {
		return piece, err
	}
	const q = ` SET cursor = ?, error = '' WHERE "set" = ? AND name = ?`
	if _, err := s.conn.ExecContext(ctx, "UPDATE "+quote(s.cfg.History)+q, next.String(), mark.Record.Set, mark.Record.Name); err != nil {
		return piece, err
	}
	return migrate.BatchResult{Cursor: next, Size: size, Done: slices.Equal(next.At, next.To)}, s.commit(ctx)
}

// rowOf names a row by its key, as SQL writes it.
func rowOf(b *migrate.Batch, key []string) string {
	all := make([]string, len(key))
	for i, k := range key {
		all[i] = b.Key[i].Name + " = " + k
	}
	return strings.Join(all, ", ")
}

// cursor reads how far the stage is. A row that is at another stage has been taken on by another runner.
func (s *session) cursor(ctx context.Context, mark migrate.Mark) (*migrate.Cursor, error) {
	var text string
	r := mark.Record
	is, err := s.progress(ctx, rowKey{r.Set, r.Name})
	if err != nil {
		return nil, err
	}
	if is.gone || is.state != string(r.State) || is.stage != r.Stage {
		return nil, migrate.ErrClaimed
	}
	if err := s.conn.QueryRowContext(ctx, "SELECT cursor FROM "+quote(s.cfg.History)+` WHERE "set" = ? AND name = ?`, r.Set, r.Name).Scan(&text); err != nil {
		return nil, err
	}
	c, err := migrate.ParseCursor(text)
	if c != nil {
		for _, k := range append(c.At[:len(c.At):len(c.At)], c.To...) {
			if !keyText.MatchString(k) {
				return nil, fmt.Errorf("invalid cursor of %s in the history", r.Name)
			}
		}
	}
	return c, err
}

// keyText is a value as quote() writes it.
var keyText = lazyregexp.New(`(?s)^(?:-?[0-9.]+(?:e[-+]?[0-9]+)?|'(?:[^']|'')*'|[xX]'[0-9A-Fa-f]*')$`)

// bound finds the highest key and counts the rows. Without rows it returns nil.
func bound(ctx context.Context, q migrate.Tx, b *migrate.Batch) (*migrate.Cursor, error) {
	table := quote(b.Table)
	found, err := keys(ctx, q, "SELECT (SELECT count(*) FROM "+table+"), "+keyTexts(b)+" FROM "+table+" ORDER BY "+keyNames(b, " DESC")+" LIMIT 1", len(b.Key))
	if err != nil || found == nil {
		return nil, err
	}
	return &migrate.Cursor{To: found.At, Of: found.Rows}, nil
}

// next returns the cursor behind the next rows, so many at most.
func next(ctx context.Context, q migrate.Tx, b *migrate.Batch, c *migrate.Cursor, size int) (*migrate.Cursor, error) {
	from := " FROM " + quote(b.Table) + " WHERE " + within(b, c.At, c.To) + " ORDER BY " + keyNames(b, "")
	found, err := keys(ctx, q, "SELECT "+strconv.Itoa(size)+", "+keyTexts(b)+from+" LIMIT 1 OFFSET "+strconv.Itoa(size-1), len(b.Key))
	if err != nil {
		return nil, err
	}
	next := &migrate.Cursor{At: c.To, To: c.To, Rows: c.Rows, Of: c.Of, Plan: c.Plan, Half: c.Half, Made: c.Made}
	if found != nil {
		next.At, next.Rows = found.At, c.Rows+int64(size)
		return next, nil
	}
	var left int64
	err = q.QueryRowContext(ctx, "SELECT count(*) FROM "+quote(b.Table)+" WHERE "+within(b, c.At, c.To)).Scan(&left)
	next.Rows += left
	return next, err
}

// keys runs a query that returns a count and a key, or nothing.
func keys(ctx context.Context, q migrate.Tx, query string, n int) (c *migrate.Cursor, err error) {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if !rows.Next() {
		return nil, rows.Err()
	}
	c = &migrate.Cursor{At: make([]string, n)}
	into := []any{&c.Rows}
	for i := range c.At {
		into = append(into, &c.At[i])
	}
	return c, rows.Scan(into...)
}

// within is the range of keys after the one and up to the other, which are SQL.
func within(b *migrate.Batch, after, to []string) string {
	columns := keyNames(b, "")
	values := func(key []string) string { return strings.Join(key, ", ") }
	if len(b.Key) > 1 {
		columns = "(" + columns + ")"
		values = func(key []string) string { return "(" + strings.Join(key, ", ") + ")" }
	}
	sql := columns + " <= " + values(to)
	if len(after) > 0 {
		sql = columns + " > " + values(after) + " AND " + sql
	}
	return sql
}

// keyTexts selects a key as SQL.
func keyTexts(b *migrate.Batch) string {
	all := make([]string, len(b.Key))
	for i, c := range b.Key {
		all[i] = "quote(" + quote(c.Name) + ")"
	}
	return strings.Join(all, ", ")
}

func keyNames(b *migrate.Batch, suffix string) string {
	all := make([]string, len(b.Key))
	for i, c := range b.Key {
		all[i] = quote(c.Name) + suffix
	}
	return strings.Join(all, ", ")
}
