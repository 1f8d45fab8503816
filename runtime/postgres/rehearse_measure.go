package postgres

import (
	"context"
	"fmt"
	"strings"
	"time"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// sampleEvery is how often the locks of a statement that is in no transaction of ours are looked at.
const sampleEvery = 10 * time.Millisecond

// Measure implements [migrate.Rehearser]. pg_locks has the locks of this transaction exactly (manual, 54.12), pg_stat_xact_all_tables its rows.
func (s *session) Measure(ctx context.Context) (*migrate.Measurement, error) {
	m := &migrate.Measurement{Tables: map[string]migrate.TableStorage{}}
	ours := ` FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname` + made + s.withoutHistory()
	rows, err := s.tx().QueryContext(ctx, `SELECT c.oid::text, n.nspname::text, c.relname::text, COALESCE(pg_catalog.pg_relation_filenode(c.oid)::text, ''),
 COALESCE((SELECT rn.nspname || pg_catalog.chr(1) || r.relname FROM pg_catalog.pg_class r JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace WHERE c.relispartition AND r.oid = pg_catalog.pg_partition_root(c.oid)), '')`+
		ours+" AND c.relkind IN ('r', 'p', 'v', 'm')")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id, namespace, name, file, root string
		if err := rows.Scan(&id, &namespace, &name, &file, &root); err != nil {
			return nil, err
		}
		t := migrate.TableStorage{Name: s.told(namespace, name), File: file}
		if namespace, name, ok := strings.Cut(root, "\x01"); ok {
			t.Root = s.told(namespace, name)
		}
		m.Tables[id] = t
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if err := rows.Close(); err != nil {
		return nil, err
	}
	err = s.tx().QueryRowContext(ctx, `SELECT pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0')::bigint, COALESCE(sum(x.seq_tup_read), 0)::bigint, COALESCE(sum(x.n_tup_ins + x.n_tup_upd + x.n_tup_del), 0)::bigint
 FROM pg_catalog.pg_stat_xact_all_tables x WHERE x.relid IN (SELECT c.oid`+ours+")").Scan(&m.Bytes, &m.Read, &m.Written)
	if err != nil {
		return nil, err
	}
	locks, err := s.tx().QueryContext(ctx, "SELECT l.relation::text, l.mode"+heldLocks+" AND l.pid = pg_catalog.pg_backend_pid()")
	if err != nil {
		return nil, err
	}
	defer locks.Close()
	for locks.Next() {
		var l migrate.TableLock
		if err := locks.Scan(&l.ID, &l.Mode); err != nil {
			return nil, err
		}
		l.Mode = lockMode(l.Mode)
		m.Locks = append(m.Locks, l)
	}
	return m, locks.Err()
}

const heldLocks = ` FROM pg_catalog.pg_locks l WHERE l.locktype = 'relation' AND l.granted
 AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())`

// withoutHistory is a condition that leaves out the history and what is called after it.
func (s *session) withoutHistory() string {
	_, base := schema.SplitName(s.cfg.History)
	return " AND NOT (n.nspname = " + safe(s.namespace(s.cfg.History)) + " AND (c.relname = " + safe(base) + " OR pg_catalog.starts_with(c.relname::text, " + safe(base+"_") + ")))"
}

// told returns a table as stages name it: without the schema of the dialect.
func (s *session) told(namespace, name string) string {
	if namespace == s.namespace("") {
		return name
	}
	return namespace + "." + name
}

// lockMode returns a mode as the manual writes it: "ACCESS EXCLUSIVE" for AccessExclusiveLock.
func lockMode(mode string) string {
	var b strings.Builder
	for i, c := range strings.TrimSuffix(mode, "Lock") {
		if i > 0 && c >= 'A' && c <= 'Z' {
			b.WriteByte(' ')
		}
		b.WriteRune(c)
	}
	return strings.ToUpper(b.String())
}

// SampleLocks implements [migrate.Rehearser] on another connection.
func (s *session) SampleLocks(ctx context.Context) (stop func() []migrate.RehearsedLock) {
	if s.cfg.Beside == nil || s.pid == 0 {
		return func() []migrate.RehearsedLock { return nil }
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan []migrate.RehearsedLock, 1)
	go func() {
		var all []migrate.RehearsedLock
		conn, err := s.cfg.Beside.Conn(ctx)
		if err != nil {
			done <- nil
			return
		}
		defer conn.Close()
		tick := time.NewTicker(sampleEvery)
		defer tick.Stop()
		for last := time.Now(); ; {
			seen, err := s.sample(ctx, conn)
			since := time.Since(last)
			last = time.Now()
			if err != nil {
				break
			}
			for _, l := range seen {
				all = addSample(all, l, since)
			}
			select {
			case <-ctx.Done():
			case <-tick.C:
				continue
			}
			break
		}
		done <- all
	}()
	return func() []migrate.RehearsedLock {
		cancel()
		all := <-done
		return all
	}
}

// addSample adds a lock that was seen to those of before.
func addSample(all []migrate.RehearsedLock, l migrate.RehearsedLock, since time.Duration) []migrate.RehearsedLock {
	for i := range all {
		if all[i].Table == l.Table && all[i].Mode == l.Mode {
			all[i].Held += since
			return all
		}
	}
	l.Held = since
	return append(all, l)
}

func (s *session) sample(ctx context.Context, q querier) (all []migrate.RehearsedLock, err error) {
	rows, err := q.QueryContext(ctx, `SELECT n.nspname::text, c.relname::text, l.mode FROM (SELECT l.relation, l.mode`+heldLocks+fmt.Sprintf(" AND l.pid = %d", s.pid)+`) AS l
 JOIN pg_catalog.pg_class c ON c.oid = l.relation JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm') AND n.nspname`+made+s.withoutHistory())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var namespace, name, mode string
		if err := rows.Scan(&namespace, &name, &mode); err != nil {
			return nil, err
		}
		all = append(all, migrate.RehearsedLock{Table: s.told(namespace, name), Mode: lockMode(mode)})
	}
	return all, rows.Err()
}

// Checksum implements [migrate.Rehearser].
func (s *session) Checksum(column string) string {
	return "pg_catalog.sum(pg_catalog.hashtextextended(" + column + "::text, 0)::numeric)::text"
}
