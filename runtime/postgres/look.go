package postgres

import (
	"context"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/internal/lazyregexp"
	migrate "github.com/modelgen/modelgen/runtime"
)

var _ migrate.Looker = (*session)(nil)

// Look implements [migrate.Looker]. All of its queries see the same state of the rows. Its settings are for the transaction alone, so that it can be asked on a standby, too.
func (s *session) Look(ctx context.Context, f func(context.Context, migrate.Tx) error) error {
	if err := s.look(ctx); err != nil {
		return err
	}
	defer s.rollback(ctx)
	if err := s.exec(ctx, "BEGIN READ ONLY; "+s.local()+"; SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"); err != nil {
		return err
	}
	return f(ctx, s.tx())
}

const (
	// few is the size of a table, in bytes, up to which its rows are counted: that takes a moment.
	few = 8 << 20

	surveyed = ` JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(w.rel) AND c.relkind IN ('r', 'p')`
)

// planRows finds how many rows the planner expects.
var planRows = lazyregexp.New(`rows=(\d+)`)

// Survey implements [migrate.Looker]. The estimate is that of the planner, which knows how much larger the table is than when it was analysed.
func (s *session) Survey(ctx context.Context, tables []string) ([]migrate.TableSurvey, error) {
	if len(tables) == 0 {
		return nil, nil
	}
	var rows []string
	for _, t := range tables {
		rows = append(rows, "("+text(t)+", "+text(s.name(t))+")")
	}
	values := " FROM (VALUES " + strings.Join(rows, ", ") + ") AS w(label, rel)" + surveyed
	var all []migrate.TableSurvey
	partitioned := map[string]bool{}
	err := s.Look(ctx, func(ctx context.Context, tx migrate.Tx) error {
		found, err := tx.QueryContext(ctx, "SELECT w.label, pg_catalog.pg_relation_size(c.oid) <= "+strconv.Itoa(few)+
			" AND c.relkind = 'r', pg_catalog.pg_total_relation_size(c.oid), c.relkind = 'p'"+values+" ORDER BY w.label")
		if err != nil {
			return err
		}
		defer found.Close()
		for found.Next() {
			t := migrate.TableSurvey{Rows: -1}
			var parts bool
			if err := found.Scan(&t.Table, &t.Exact, &t.Bytes, &parts); err != nil {
				return err
			}
			all = append(all, t)
			partitioned[t.Table] = parts
		}
		return found.Err()
	})
	if err != nil {
		return nil, err
	}
	if s.engine == Citus {
		if err := s.shardSizes(ctx, all); err != nil {
			return nil, err
		}
	}
	for i := range all {
		t := &all[i]
		if partitioned[t.Table] && (s.engine == "" || s.engine == PostgreSQL) {
			// A partitioned table has no size of its own, and of partitions that were never analysed the planner expects rows that are not there.
			if err := s.Look(ctx, func(ctx context.Context, tx migrate.Tx) error { return s.partitionSizes(ctx, tx, t) }); err != nil {
				t.Exact = false
			}
		}
		if err := s.Look(ctx, func(ctx context.Context, tx migrate.Tx) error { return s.countRows(ctx, tx, t) }); err != nil {
			t.Rows, t.Exact = -1, false // the role may not read it
		}
	}
	return all, s.Look(ctx, func(ctx context.Context, tx migrate.Tx) error { return s.triggers(ctx, tx, values, all) })
}

// partitionSizes sums up the partitions of a table. Those that are foreign tables are not counted, as that would ask another server.
func (s *session) partitionSizes(ctx context.Context, tx migrate.Tx, t *migrate.TableSurvey) error {
	return tx.QueryRowContext(ctx, "SELECT COALESCE(sum(pg_catalog.pg_total_relation_size(c.oid)), 0)::bigint, COALESCE(sum(pg_catalog.pg_relation_size(c.oid)), 0) <= "+strconv.Itoa(few)+
		" AND COALESCE(bool_and(c.relkind = 'r'), true) FROM pg_catalog.pg_partition_tree("+text(s.name(t.Table))+"::pg_catalog.regclass) p JOIN pg_catalog.pg_class c ON c.oid = p.relid AND c.relkind <> 'p'").Scan(&t.Bytes, &t.Exact)
}

func (s *session) countRows(ctx context.Context, tx migrate.Tx, t *migrate.TableSurvey) error {
	if t.Exact {
		return tx.QueryRowContext(ctx, "SELECT pg_catalog.count(*) FROM "+s.name(t.Table)).Scan(&t.Rows)
	}
	if _, spread := s.spreadOf(t.Table); spread { // the planner of the coordinator does not know
		return nil
	}
	var line string
	if err := tx.QueryRowContext(ctx, "EXPLAIN SELECT FROM "+s.name(t.Table)).Scan(&line); err != nil {
		return err
	}
	if m := planRows.FindStringSubmatch(line); m != nil {
		t.Rows, _ = strconv.ParseInt(m[1], 10, 64)
	}
	return nil
}

// triggers reads those that UPDATE fires in a session like ours (manual, pg_trigger).
func (s *session) triggers(ctx context.Context, tx migrate.Tx, values string, all []migrate.TableSurvey) error {
	found, err := tx.QueryContext(ctx, `SELECT w.label, g.tgname::text, g.tgtype & 1 <> 0, CASE WHEN g.tgtype & 2 <> 0 THEN 'BEFORE' WHEN g.tgtype & 64 <> 0 THEN 'INSTEAD OF' ELSE 'AFTER' END
 || ' UPDATE: ' || g.tgfoid::pg_catalog.regproc::text, COALESCE((SELECT pg_catalog.string_agg(a.attname, pg_catalog.chr(1)) FROM pg_catalog.pg_attribute a
 WHERE a.attrelid = g.tgrelid AND a.attnum = ANY (g.tgattr)), '')`+values+` JOIN pg_catalog.pg_trigger g ON g.tgrelid = c.oid
 WHERE NOT g.tgisinternal AND g.tgtype & 16 <> 0 AND g.tgenabled IN ('O', 'A') ORDER BY w.label, g.tgname`)
	if err != nil {
		return err
	}
	defer found.Close()
	for found.Next() {
		var table, columns string
		var g migrate.Trigger
		if err := found.Scan(&table, &g.Name, &g.Each, &g.Does, &columns); err != nil {
			return err
		}
		if columns != "" {
			g.Columns = strings.Split(columns, "\x01")
		}
		for i := range all {
			if all[i].Table == table {
				all[i].Triggers = append(all[i].Triggers, g)
			}
		}
	}
	return found.Err()
}
