package postgres

import (
	"context"
	"fmt"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Indexes and keys of a partitioned table that others are using. PostgreSQL builds none of them concurrently on the parent (manual, 5.12.2 Declarative Partitioning): it gets
// an index that is not valid yet, each partition gets its own concurrently, and is attached; with the last one the index of the parent turns valid. Which
// partitions there are is asked when it runs: jobs make and drop some.

// isPartitioned reports whether the table has partitions, as its model says.
func (p *planner) isPartitioned(table string) bool {
	t := p.before.Table(table)
	return t != nil && t.Options.Partition != ""
}

// onParent writes CREATE INDEX for the partitioned table alone.
func (r renderer) onParent(table string, x schema.Index) (string, error) {
	sql, err := r.createIndex(table, x, false)
	return strings.Replace(sql, " ON "+r.name(table), " ON ONLY "+r.name(table), 1), err
}

// partitionedIndex builds an index of a partitioned table beside reads and writes. key is "UNIQUE" or "PRIMARY KEY" for a constraint, else "".
func (p *planner) partitionedIndex(op migrate.Op, table string, x schema.Index, key string, part migrate.Op) error {
	first, err := p.onParent(table, x)
	if err != nil {
		return err
	}
	if key != "" {
		first = "ALTER TABLE ONLY " + p.name(table) + " ADD " + keyOf(x, key)
	}
	lock := share
	if key != "" {
		lock = accessExclusive
	}
	p.stage(op, migrate.Stage{
		Commit: true, Facts: p.locks(lock, table), Check: p.checkDuplicates(table, x), Parts: []migrate.Op{part},
		Statements: []migrate.Statement{{SQL: first, Comment: "of the parent alone, so the lock is short; it is valid once each partition has its own"}},
	})
	r := p.renderer
	run := func(ctx context.Context, tx migrate.Tx) error { return r.buildPartitions(ctx, tx, table, x, key) }
	p.stage(op, migrate.Stage{
		NoTx: true, Run: run, Facts: p.scanned(p.locks(shareUpdateExclusive, table), table, true, false), Parts: nothing,
		Statements: p.shownPartitions(table, x, key), Script: []migrate.Statement{statement(doBlock(r.scriptPartitions(table, x, key)))},
		Ready: func(ctx context.Context, tx migrate.Tx) (done bool, err error) {
			err = tx.QueryRowContext(ctx, "SELECT COALESCE((SELECT indisvalid FROM pg_catalog.pg_index WHERE indexrelid = pg_catalog.to_regclass("+text(r.index(table, x.Name))+")), false)").Scan(&done)
			return done, err
		},
	})
	return nil
}

func keyOf(x schema.Index, key string) string {
	nulls := ""
	if x.NullsNotDistinct {
		nulls = " NULLS NOT DISTINCT"
	}
	return named(x.Name) + key + nulls + " (" + idents(x.Columns()) + ")"
}

// partitionIndex returns the name of the index of a partition, of which the server makes no use.
func partitionIndex(partition, index string) string {
	_, base := schema.SplitName(partition)
	return schema.DeriveName(base, nil, index, nil)
}

// shownPartitions are the statements for the partitions that are declared, for people to read.
func (p *planner) shownPartitions(table string, x schema.Index, key string) (all []migrate.Statement) {
	for _, o := range p.before.SQLObjects {
		if o.Kind != schema.PartitionKind || o.Table != table {
			continue
		}
		for _, sql := range p.partitionSteps(o.Name, x, key, p.index(table, x.Name)) {
			all = append(all, migrate.Statement{SQL: sql, Shown: true})
		}
	}
	if len(all) == 0 {
		all = []migrate.Statement{{SQL: "SELECT pg_catalog.pg_partition_tree(" + text(p.name(table)) + ")", Shown: true, Comment: "each partition gets the index concurrently, and is attached"}}
	}
	return all
}

// partitionSteps returns the statements that give one partition its index.
func (r renderer) partitionSteps(partition string, x schema.Index, key, parent string) []string {
	x.Name = partitionIndex(partition, x.Name)
	sql, _ := r.createIndex(partition, x, true)
	steps := []string{sql}
	if key != "" {
		steps = append(steps, "ALTER TABLE "+r.name(partition)+" ADD "+named(x.Name)+key+" USING INDEX "+ident(x.Name))
	}
	return append(steps, "ALTER INDEX "+parent+" ATTACH PARTITION "+r.index(partition, x.Name))
}

// partition is one in the tree below a table.
type partition struct {
	name, parent string // schema.table
	leaf         bool
}

// tree reads the partitions of a table, parents first.
func (r renderer) tree(ctx context.Context, tx migrate.Tx, table string) (all []partition, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT n.nspname || '.' || c.relname, pn.nspname || '.' || pc.relname, t.isleaf
 FROM pg_catalog.pg_partition_tree(`+text(r.name(table))+`) t JOIN pg_catalog.pg_class c ON c.oid = t.relid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 JOIN pg_catalog.pg_class pc ON pc.oid = t.parentrelid JOIN pg_catalog.pg_namespace pn ON pn.oid = pc.relnamespace WHERE t.level > 0 ORDER BY t.level, 1`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var p partition
		if err := rows.Scan(&p.name, &p.parent, &p.leaf); err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, rows.Err()
}

// attachedTo returns the index of a partition that is attached to an index of its parent, "" for none.
func (r renderer) attachedTo(ctx context.Context, tx migrate.Tx, partition, parent string) (name string, err error) {
	err = tx.QueryRowContext(ctx, `SELECT COALESCE((SELECT n.nspname || '.' || c.relname FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_index x ON x.indexrelid = i.inhrelid
 JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE i.inhparent = pg_catalog.to_regclass(`+text(parent)+`) AND x.indrelid = pg_catalog.to_regclass(`+text(r.name(partition))+`)), '')`).Scan(&name)
	return name, err
}

// buildPartitions gives each partition its index and attaches it. What an earlier try has done stays.
func (r renderer) buildPartitions(ctx context.Context, tx migrate.Tx, table string, x schema.Index, key string) error {
	_, base := schema.SplitName(table)
	index := map[string]string{r.namespace(table) + "." + base: r.index(table, x.Name)}
	all, err := r.tree(ctx, tx, table)
	if err != nil {
		return err
	}
	for _, q := range all {
		parent := index[q.parent]
		name, err := r.attachedTo(ctx, tx, q.name, parent)
		if err != nil {
			return err
		}
		if name != "" {
			index[q.name] = r.name(name)
			continue
		}
		own := x
		own.Name = partitionIndex(q.name, x.Name)
		index[q.name] = r.index(q.name, own.Name)
		steps := r.partitionSteps(q.name, x, key, parent)
		if !q.leaf {
			sql, err := r.onParent(q.name, own)
			if err != nil {
				return err
			}
			if key != "" {
				sql = "ALTER TABLE ONLY " + r.name(q.name) + " ADD " + keyOf(own, key)
			}
			steps = []string{sql, steps[len(steps)-1]}
		}
		there, err := r.lookIndex(ctx, tx, q.name, own.Name)
		switch {
		case err != nil:
			return err
		case there == nil:
		case there.valid && q.leaf:
			steps = steps[1:]
			if key != "" && r.isKey(ctx, tx, q.name, own.Name) {
				steps = steps[1:]
			}
		case !q.leaf:
			steps = steps[1:]
		default:
			if _, err := tx.ExecContext(ctx, "DROP INDEX CONCURRENTLY IF EXISTS "+r.index(q.name, own.Name)); err != nil {
				return err
			}
		}
		if err := runSteps(ctx, tx, steps); err != nil {
			return err
		}
	}
	return nil
}

// runSteps runs statements outside of a transaction. What is not done concurrently may not wait for its lock for long, as others would behind it; the stage is then tried again.
func runSteps(ctx context.Context, tx migrate.Tx, steps []string) error {
	for _, sql := range steps {
		timeout := "2s"
		if concurrently.MatchString(sql) {
			timeout = "0"
		}
		if _, err := tx.ExecContext(ctx, "SET lock_timeout = '"+timeout+"'"); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, sql); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	return nil
}

// isKey reports whether the partition has a constraint of that name.
func (r renderer) isKey(ctx context.Context, tx migrate.Tx, partition, name string) (has bool) {
	_ = tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = pg_catalog.to_regclass("+text(r.name(partition))+") AND conname = "+text(name)+")").Scan(&has)
	return has
}

// scriptPartitions is what a script does in the place of buildPartitions: it cannot build concurrently what it does not know, and so locks one partition after the other.
func (r renderer) scriptPartitions(table string, x schema.Index, key string) string {
	sql, _ := r.createIndex(table, x, false)
	_, form, _ := strings.Cut(sql, " ON "+r.name(table))
	if key != "" {
		return "BEGIN ALTER TABLE ONLY " + r.name(table) + " DROP CONSTRAINT " + ident(x.Name) + "; ALTER TABLE " + r.name(table) + " ADD " + keyOf(x, key) + "; END"
	}
	return "BEGIN DROP INDEX " + r.index(table, x.Name) + "; EXECUTE " + text("CREATE "+map[bool]string{true: "UNIQUE "}[x.Unique]+"INDEX "+ident(x.Name)+" ON "+r.name(table)+form) + "; END"
}

// partitionedKey adds a foreign key to a partitioned table: before version 18 it cannot be NOT VALID there. Each partition gets it so and has it validated, which stops
// nobody for long; then the parent takes over what is there and reads nothing (measured on 14 to 17).
func (p *planner) partitionedKey(o migrate.AddForeignKey) error {
	r, fk := p.renderer, o.ForeignKey
	run := func(ctx context.Context, tx migrate.Tx) error {
		all, err := r.tree(ctx, tx, o.Table)
		if err != nil {
			return err
		}
		for _, q := range all {
			if !q.leaf {
				continue
			}
			var has, valid bool
			err := tx.QueryRowContext(ctx, "SELECT count(*) > 0, COALESCE(bool_and(convalidated), false) FROM pg_catalog.pg_constraint WHERE contype = 'f' AND conrelid = pg_catalog.to_regclass("+
				text(r.name(q.name))+") AND conname = "+text(fk.Name)).Scan(&has, &valid)
			if err != nil {
				return err
			}
			steps := []string{"ALTER TABLE " + r.name(q.name) + " ADD " + r.foreignKey(fk) + " NOT VALID", "ALTER TABLE " + r.name(q.name) + " VALIDATE CONSTRAINT " + ident(fk.Name)}
			if has {
				steps = steps[1:]
			}
			if valid {
				steps = nil
			}
			if err := runSteps(ctx, tx, steps); err != nil {
				return err
			}
		}
		return nil
	}
	p.stage(o, migrate.Stage{
		NoTx: true, Run: run, Parts: nothing, Facts: p.locks(shareRowExclusive, o.Table, fk.RefTable), Script: []migrate.Statement{},
		Ready:      func(context.Context, migrate.Tx) (bool, error) { return false, nil },
		Check:      both(p.checkRows([]string{o.Table}, p.orphans(fk), "refer to rows of "+fk.RefTable+" that are not there; correct them"), p.filledOrphans(o)),
		Statements: []migrate.Statement{{SQL: "ALTER TABLE ... ADD " + p.foreignKey(fk) + " NOT VALID", Shown: true, Comment: "each partition, which is validated then, while others read and write"}},
	})
	p.stage(o, migrate.Stage{Facts: p.locks(shareRowExclusive, o.Table, fk.RefTable), Parts: []migrate.Op{o},
		Statements: []migrate.Statement{{SQL: "ALTER TABLE " + p.name(o.Table) + " ADD " + p.foreignKey(fk), Comment: "the partitions have it already, so nothing is read"}}})
	return nil
}
