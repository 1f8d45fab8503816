package postgres

import (
	"context"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Fills of a partitioned table go through its partitions one by one. There is no index over all of them: each page of the whole table would read from the index of
// every partition, and each UPDATE of a range of keys go into all of them (manual, 5.12.4 Partition Pruning).

// byPartition reports whether a fill can go so: the table is partitioned, the column does not say which partition a row is in, and the SQL does not name the table,
// which the statement of a partition does not have.
func (p *planner) byPartition(table, column string, sql ...string) bool {
	t := p.before.Table(table)
	if !p.isPartitioned(table) || column != "" && slices.Contains(partitionWords(t.Options), column) {
		return false
	}
	_, base := schema.SplitName(table)
	for _, x := range sql {
		if slices.ContainsFunc(sqllex.Words(x), func(w sqllex.Token) bool { return strings.EqualFold(w.Value(), base) }) {
			return false
		}
	}
	return true
}

// partitionWords returns the words of the key of a partitioned table: its columns, and what its expressions name.
func partitionWords(o schema.TableOptions) (all []string) {
	_, key, _ := strings.Cut(o.Partition, "(")
	for _, w := range sqllex.Words(key) {
		all = append(all, w.Value())
	}
	return all
}

// inPartition returns the stage on the partition that the cursor is in, or on the next one with rows, in the order of their names. done says that there is none, with
// the cursor as the history has it. A partition that was dropped meanwhile needs nothing, and the rows of one that is added are those of the application.
func (s *session) inPartition(ctx context.Context, st migrate.Stage, c *migrate.Cursor) (_ migrate.Stage, _ *migrate.Cursor, done bool, err error) {
	tree, err := s.tree(ctx, s.tx(), st.Batch.Table)
	if err != nil {
		return st, c, false, err
	}
	var leaves []string
	for _, q := range tree {
		if q.leaf {
			leaves = append(leaves, q.name)
		}
	}
	slices.Sort(leaves)
	whole := st.Batch
	if c != nil && c.To != nil && !slices.Equal(c.At, c.To) && slices.Contains(leaves, c.In) {
		st.Batch = s.partitionBatch(whole, c.In)
		return st, c, false, nil
	}
	for _, name := range leaves {
		if c != nil && name <= c.In {
			continue
		}
		b := s.partitionBatch(whole, name)
		next, g, err := s.bound(ctx, s.tx(), b)
		if err != nil {
			return st, c, false, err
		}
		if next == nil {
			continue
		}
		next.In = name
		if c != nil {
			next.Plan, next.Half, next.Made, next.Rows = c.Plan, c.Half, c.Made, c.Rows
		}
		if c != nil && c.In != "" {
			next.Of = c.Of
		} else if of, err := s.rowsOf(ctx, whole.Table); err == nil {
			next.Of = max(next.Of, of)
		}
		s.guards = map[string]guard{b.Table: g}
		st.Batch = b
		return st, next, false, nil
	}
	return st, c, true, nil
}

// partitionBatch returns the batch over one partition.
func (r renderer) partitionBatch(b *migrate.Batch, partition string) *migrate.Batch {
	one := *b
	one.Table = partition
	if rest, ok := strings.CutPrefix(b.SQL, "UPDATE "+r.name(b.Table)+" "); ok {
		one.SQL = "UPDATE " + r.name(partition) + " " + rest
	}
	return &one
}

// rowsOf estimates the rows in all partitions of a table.
func (s *session) rowsOf(ctx context.Context, table string) (n int64, err error) {
	err = s.tx().QueryRowContext(ctx, "SELECT COALESCE(sum(GREATEST(c.reltuples, 0)), 0)::bigint FROM pg_catalog.pg_partition_tree("+text(s.name(table))+
		") t JOIN pg_catalog.pg_class c ON c.oid = t.relid WHERE t.isleaf").Scan(&n)
	return n, err
}
