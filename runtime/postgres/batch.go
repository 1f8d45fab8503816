package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/internal/rowkeys"
	"github.com/modelgen/modelgen/runtime/schema"
)

// batchLock is how long a batch waits for a row that somebody else has locked, in milliseconds: all the while it keeps those locked that it has
// changed already.
const batchLock = 50

var _ migrate.Replicated = (*session)(nil)

// Batch does the next piece in one transaction. The end of the range is found before it, so that the transaction is short; the history comes
// first in it, as a claim: only who knows the cursor moves it.
func (s *session) Batch(ctx context.Context, stage migrate.Stage, mark migrate.Mark, size int) (migrate.BatchResult, error) {
	none := migrate.BatchResult{}
	if err := s.ready(ctx); err != nil {
		return none, err
	}
	s.made = false
	if err := s.lookCluster(ctx); err != nil {
		return none, err
	}
	defer s.watch(ctx, []migrate.Stage{stage})()
	c, err := migrate.ParseCursor(mark.Record.Cursor)
	if err == nil && stage.Batch.Partitioned {
		var done bool
		if stage, c, done, err = s.inPartition(ctx, stage, c); done {
			return migrate.BatchResult{Cursor: c, Size: size, Done: true}, nil
		}
	} else if err == nil && (c == nil || c.To == nil) {
		was := c
		var g guard
		if c, g, err = s.bound(ctx, s.tx(), stage.Batch); c != nil && was != nil {
			c.Plan, c.Half, c.Made = was.Plan, was.Half, was.Made
		}
		s.guards = map[string]guard{stage.Batch.Table: g}
	}
	if _, known := s.guards[stage.Batch.Table]; !known && err == nil { // an earlier run began the stage
		var g guard
		if g, err = s.lookGuard(ctx, s.tx(), stage.Batch); err == nil {
			s.guards = map[string]guard{stage.Batch.Table: g}
		}
	}
	if err != nil {
		return none, s.statementError(ctx, 0, stage, "", s.fail(ctx, err))
	}
	if c == nil { // no row, nothing to do
		return migrate.BatchResult{Size: size, Done: true}, nil
	}
	work := migrate.Work{Stages: []migrate.Stage{stage}}
	var end time.Time
	for try := 0; ; try++ {
		piece, err := s.piece(ctx, stage, mark, c, size, try)
		switch {
		case err == nil:
			return piece, nil
		case !s.broken && ctx.Err() == nil && rowFault(err) && size > 1:
			size /= 2 // until it is known which row it is, and all before it are done
			continue
		case s.broken || ctx.Err() != nil || !again(err):
			return none, err
		case end.IsZero():
			end = time.Now().Add(s.cfg.Retry)
		}
		if !time.Now().Before(end) {
			return none, s.statementError(ctx, 0, stage, "", err)
		}
		var changed errChanged
		if errors.As(err, &changed) && try < 2 {
			s.rest = aheadRest
			continue // the next try reads it again, the one after that locks what it reads
		}
		size = max(size/2, min(size, 100)) // the fewer rows, the fewer wait for us while we wait
		if err := s.pause(ctx, work, try, end, err); err != nil {
			return none, err
		}
	}
}

// rowFault tells an error that one row is to blame for: a value that cannot be computed or stored, or breaks a constraint (manual, Appendix A).
func rowFault(err error) bool {
	code := migrate.ErrorCode(err)
	return strings.HasPrefix(code, "22") || strings.HasPrefix(code, "23") || code == "P0001"
}

// errChanged is a row that somebody changed between reading and writing it. It is tried again like what the server finds to be so.
type errChanged struct{}

func (errChanged) Error() string {
	return "another session changed a row between reading and writing it"
}
func (errChanged) SQLState() string { return serializationFailure }

// piece does one batch once.
func (s *session) piece(ctx context.Context, stage migrate.Stage, mark migrate.Mark, c *migrate.Cursor, size, try int) (migrate.BatchResult, error) {
	b, g := stage.Batch, s.guards[stage.Batch.Table]
	s.turn++
	var ready *page
	ahead := try == 0 && s.aheads(b, g)
	if ahead {
		ready = s.taken(ctx, b, c, size)
	}
	var next *migrate.Cursor
	if ready != nil {
		next = ready.next
	} else {
		var err error
		if next, err = s.page(ctx, b, c, size); err != nil {
			return migrate.BatchResult{}, s.statementError(ctx, 0, stage, "", err)
		}
	}
	was := mark.Record.Cursor
	mark.Record.Cursor = next.String()
	units := append(s.begin(), unit{sql: s.advance(mark, was), mark: true, stage: -1})
	if s.engine == Citus {
		units = append(units, unit{sql: propagate, stage: -1})
	}
	if s.cfg.LockTimeout <= 0 || millis(s.cfg.LockTimeout) > batchLock {
		units = append(units, unit{sql: "SET LOCAL lock_timeout = " + strconv.Itoa(batchLock), stage: -1})
	}
	if !slices.Equal(next.At, next.To) && s.engine != Citus { // there a crash of one node alone would take back what the cursor says is done
		// A crash of the server may take the last pieces back, always with the cursor that says that they are done (manual, Asynchronous Commit).
		units = append(units, unit{sql: "SET LOCAL synchronous_commit = off", stage: -1})
	}
	if b.Rows == nil && g.any() {
		within := s.within(b, s.name(b.Table)+".", c.At, next.At)
		units = append(units, unit{run: func(ctx context.Context, tx migrate.Tx) error { return s.guardedFill(ctx, tx, b, g, within) }, sql: b.SQL, stage: 0})
	} else if b.Rows == nil {
		units = append(units, unit{sql: b.SQL + " AND " + s.within(b, "", c.At, next.At) + b.Tail, stage: 0})
	} else if ready != nil {
		units = append(units, unit{run: func(ctx context.Context, tx migrate.Tx) error {
			return s.writeRows(ctx, tx, b, g, ready.groups, c.At, next.At, false)
		}, stage: 0})
	} else {
		units = append(units, unit{run: func(ctx context.Context, tx migrate.Tx) error { return s.rows(ctx, tx, b, g, c.At, next.At, try > 1) }, stage: 0})
	}
	units = append(units, unit{sql: commit, stage: -1})
	write := func() error { return s.once(ctx, migrate.Work{Stages: []migrate.Stage{stage}}, units) }
	var err error
	if ready != nil {
		err = s.writing(ctx, b, next, size, write)
		size = ready.size
	} else {
		err = write()
	}
	if err != nil {
		if st := new(migrate.StatementError); size == 1 && rowFault(err) && errors.As(err, &st) {
			st.Err = fmt.Errorf("%s: %w", rowkeys.Row(ctx, rowName(b, next.At)), st.Err)
		}
		return migrate.BatchResult{}, err
	}
	return migrate.BatchResult{Cursor: next, Size: size, Done: slices.Equal(next.At, next.To) && next.In == ""}, nil
}

// once runs a transaction one time. An error after which it may be tried again comes as it is.
func (s *session) once(ctx context.Context, work migrate.Work, units []unit) error {
	at, err := s.attempt(ctx, units, false)
	if err != nil && !s.broken && ctx.Err() == nil && !again(err) && !at.known() {
		at, err = s.attempt(ctx, units, true) // the server does not say which statement of a string it was
	}
	switch {
	case err == nil:
		return nil
	case s.broken || ctx.Err() != nil:
		return s.stopped(ctx, work, at, err)
	case again(err):
		return err
	case at.mark && migrate.ErrorCode(err) == divisionByZero:
		return migrate.ErrClaimed
	case at.lease && migrate.ErrorCode(err) == divisionByZero && !s.leased():
		return errMoved
	case at.lease && migrate.ErrorCode(err) == divisionByZero:
		return errLeaseLost
	}
	return s.unitError(ctx, work, at, err)
}

// advance moves the cursor, and fails, by a division by zero, when it is not where it was.
func (s *session) advance(m migrate.Mark, was string) string {
	r := m.Record
	return "WITH changed AS (UPDATE " + s.table() + " SET cursor = " + safe(r.Cursor) + `, error = NULL WHERE "set" = ` + safe(r.Set) + " AND name = " + safe(r.Name) +
		" AND state = " + safe(string(r.State)) + " AND stage = " + strconv.Itoa(r.Stage) + " AND cursor IS NOT DISTINCT FROM " + safeOrNull(was) +
		" RETURNING 1) SELECT 1 / count(*) FROM changed"
}

// bound finds the highest key, about how many rows there are, and what may keep an UPDATE from them. Without rows it returns nil.
func (r renderer) bound(ctx context.Context, q migrate.Tx, b *migrate.Batch) (*migrate.Cursor, guard, error) {
	table := r.name(b.Table)
	guarded := ""
	const small = 64 << 20 // to count that many bytes takes a moment
	size := r.sizeOf(b.Table, "pg_relation_size")
	found, err := keys(ctx, q, `SELECT `+r.guardQuery(b)+`, (SELECT CASE WHEN c.reltuples > 0 AND c.relpages > 0
 THEN (c.reltuples / c.relpages * (`+size+` / pg_catalog.current_setting('block_size')::bigint))::bigint
 WHEN `+size+` < `+strconv.Itoa(small)+" THEN (SELECT count(*) FROM "+table+`) ELSE 0 END
 FROM pg_catalog.pg_class c WHERE c.oid = `+text(table)+"::regclass), "+keyTexts(b)+" FROM "+table+" ORDER BY "+keyNames(b, table+".", " DESC")+" LIMIT 1", len(b.Key), &guarded)
	if err != nil || found == nil {
		return nil, guard{}, err
	}
	g := readGuard(guarded)
	if len(g.rules) > 0 {
		g, err = r.lookGuard(ctx, q, b)
	}
	return &migrate.Cursor{To: found.At, Of: found.Rows}, g, err
}

// inOrder makes the planner walk the primary key instead of sorting all rows that are left, for the transaction it is sent in. The planner takes
// the sort when it expects fewer rows than a batch has: without statistics it expects half a percent of the table in any range, and with those
// of a table that has grown since, one row (manual, 14.2 and 20.7.1). Each batch would then cost as much as all that are left.
const inOrder = "SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_seqscan = off"

// page returns the cursor behind the next rows.
func (s *session) page(ctx context.Context, b *migrate.Batch, c *migrate.Cursor, size int) (next *migrate.Cursor, err error) {
	err = s.readOnly(ctx, func() (err error) {
		next, err = s.next(ctx, s.tx(), b, c, size)
		return err
	})
	return next, err
}

// readOnly lets rows be read in the order of their keys, in a transaction of its own that keeps the settings of the planner to itself.
func (s *session) readOnly(ctx context.Context, read func() error) error {
	order := inOrder
	if s.engine == Citus {
		order = propagate + "; " + inOrder
	}
	done := false
	defer func() {
		if !done { // an error, or a function that panics
			s.rollback(ctx)
		}
	}()
	err := s.exec(ctx, "BEGIN READ ONLY; "+order)
	if err == nil {
		err = s.fail(ctx, read())
	}
	if err == nil {
		err = s.exec(ctx, "ROLLBACK") // there is nothing to commit
		done = err == nil
	}
	return err
}

// pageWithin returns the same inside a transaction that goes on, whose settings come back with the savepoint.
func (r renderer) pageWithin(ctx context.Context, tx migrate.Tx, b *migrate.Batch, c *migrate.Cursor, size int) (*migrate.Cursor, error) {
	if _, err := tx.ExecContext(ctx, "SAVEPOINT modelgen_page; "+inOrder); err != nil {
		return nil, err
	}
	next, err := r.next(ctx, tx, b, c, size)
	if err != nil {
		return nil, err // which ends the transaction
	}
	_, err = tx.ExecContext(ctx, "ROLLBACK TO SAVEPOINT modelgen_page; RELEASE SAVEPOINT modelgen_page")
	return next, err
}

// apart writes a condition that no index serves: an index on the column that is filled would be read from end to end for each batch, for the
// few rows of it that are in the range of keys.
func apart(condition string) string { return "CASE WHEN " + condition + " THEN true END" }

// next returns the cursor behind the next rows, so many at most. To step over entries of the index costs less than to collect them.
func (r renderer) next(ctx context.Context, q migrate.Tx, b *migrate.Batch, c *migrate.Cursor, size int) (*migrate.Cursor, error) {
	table := r.name(b.Table)
	from := " FROM " + table + " WHERE " + r.within(b, "", c.At, c.To)
	last := " ORDER BY " + keyNames(b, table+".", "") + " LIMIT 1 OFFSET " + strconv.Itoa(size-1)
	found, err := keys(ctx, q, "SELECT "+strconv.Itoa(size)+"::bigint, "+keyTexts(b)+from+last, len(b.Key))
	if err != nil {
		return nil, err
	}
	if found == nil { // the last ones
		if found, err = keys(ctx, q, "SELECT count(*)"+from, 0); err != nil {
			return nil, err
		}
		found.At = c.To
	}
	return &migrate.Cursor{At: found.At, To: c.To, Rows: c.Rows + found.Rows, Of: c.Of, Plan: c.Plan, In: c.In, Half: c.Half, Made: c.Made}, nil
}

// keys runs a query that returns what is asked for first, a count, and a key, or nothing.
func keys(ctx context.Context, q migrate.Tx, query string, n int, first ...any) (c *migrate.Cursor, err error) {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if !rows.Next() {
		return nil, rows.Err()
	}
	c = &migrate.Cursor{At: make([]string, n)}
	into := append(first, &c.Rows)
	for i := range c.At {
		into = append(into, &c.At[i])
	}
	return c, rows.Scan(into...)
}

// within is the range of keys after the one and up to the other. The prefix is the table, when the statement has several.
func (r renderer) within(b *migrate.Batch, prefix string, after, to []string) string {
	columns := keyNames(b, prefix, "")
	if len(b.Key) > 1 {
		columns = "(" + columns + ")"
	}
	values := func(key []string) string {
		all := make([]string, len(key))
		for i, k := range key {
			all[i] = text(k) + "::" + r.castType(b.Key[i])
		}
		if len(key) > 1 {
			return "(" + strings.Join(all, ", ") + ")"
		}
		return all[0]
	}
	sql := columns + " <= " + values(to)
	if len(after) > 0 {
		sql = columns + " > " + values(after) + " AND " + sql
	}
	return sql
}

// keyTexts selects a key as text that means the same in every session. ORDER BY must not take the text for the column: it names the table.
func keyTexts(b *migrate.Batch) string {
	all := make([]string, len(b.Key))
	for i, c := range b.Key {
		switch t := typeOf(c); {
		case !t.Array && (t.Kind == schema.KindDate || t.Kind == schema.KindTimestamp || t.Kind == schema.KindTimestampTZ):
			all[i] = "pg_catalog.to_json(" + ident(c.Name) + ") #>> '{}'" // ISO, whatever DateStyle is
		default:
			all[i] = ident(c.Name) + "::text"
		}
	}
	return strings.Join(all, ", ")
}

func keyNames(b *migrate.Batch, prefix, suffix string) string {
	all := make([]string, len(b.Key))
	for i, c := range b.Key {
		all[i] = prefix + ident(c.Name) + suffix
	}
	return strings.Join(all, ", ")
}

// castType is the type of a column without its length: a cast to varchar(3) would cut what an assignment refuses.
func (r renderer) castType(c schema.Column) string {
	t := typeOf(c)
	if c.TypeFor[dialect] == "" && t.Kind == schema.KindEnum {
		return r.columnType(c)
	}
	kind, array := t, ""
	if t.Array {
		array, kind.Array = "[]", false
	}
	kind.Size, kind.Precision, kind.Scale = 0, 0, 0
	switch kind.Kind {
	case schema.KindChar:
		return "bpchar" + array
	case schema.KindOther:
		word, _, _ := strings.Cut(kind.Name, "(")
		return strings.TrimSpace(word) + array
	}
	return kind.String() + array
}

// Lag implements [migrate.Replicated].
func (s *session) Lag(ctx context.Context) (time.Duration, string, error) {
	var seconds float64
	var hidden int64
	var name string
	err := s.conn.QueryRowContext(ctx, `SELECT COALESCE(max(EXTRACT(epoch FROM replay_lag)), 0)::float8, count(*) FILTER (WHERE state IS NULL),
 COALESCE((array_agg(application_name ORDER BY replay_lag DESC NULLS LAST))[1], '') FROM pg_catalog.pg_stat_replication`).Scan(&seconds, &hidden, &name)
	switch {
	case err != nil:
		return 0, "", s.fail(ctx, err)
	case hidden > 0:
		return 0, "", errors.New("the role must not see how far the replicas are behind, which Options.ReplicaLag needs: GRANT pg_monitor to it")
	}
	return time.Duration(seconds * float64(time.Second)), name, nil
}
