package diff

import (
	"fmt"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// partition makes a table that is there partitioned, after a check that lets the server know which partition its rows are in. It returns false when it cannot: with an
// error that says what to do, or a question.
func (d *differ) partition(cur, t *schema.Table) bool {
	kind, _, _ := strings.Cut(t.Options.Partition, "(")
	parts := d.partitionsOf(t.Name)
	switch {
	case cur.Options.Partition != "" && t.Options.Partition != "":
		d.fail(t.Name, "%s is partitioned by %s and cannot be partitioned by %s in its place: make a new model with that key, let the program write both, copy the rows in a Backfill, and drop the old one later; see docs/guide/objects.md",
			t.Name, cur.Options.Partition, t.Options.Partition)
		return false
	case t.Options.Partition == "":
		d.fail(t.Name, "%s is partitioned by %s, and does not become a plain table in its place: make a new model and copy the rows in a step by hand; a migration that has made it partitioned is undone with down, which puts the rows of all partitions together",
			t.Name, cur.Options.Partition)
		return false
	case strings.TrimSpace(kind) == "hash":
		d.fail(t.Name, "%s has rows, and no partition by hash can take all of them as they are: partition it by range or list; or make a new model with this key, let the program write both, copy the rows in a Backfill, and drop the old one later",
			t.Name)
		return false
	case len(parts) == 0:
		d.fail(t.Name, "%s becomes partitioned, and its rows have to be in one of the partitions, of which none is declared: write them into the SQL files (-sql), %s", t.Name, partitionExample(t, strings.TrimSpace(kind)))
		return false
	}
	for _, x := range parts {
		if d.old.SQLObject(*x) != nil {
			d.failAt(x, 0, "%s was declared before the table was partitioned: take it out in a change of its own", x)
			return false
		}
	}
	rows, ok := d.rowsIn(t.Name, parts)
	if !ok {
		return false
	}
	if len(parts) > 1 && schema.SameSQL(string(rows.SQL), "DEFAULT") {
		d.failAt(rows, 0, "the rows of %s would be in the default partition, all of which is read whenever another partition comes: declare one with bounds for them", t.Name)
		return false
	}
	for _, fk := range t.ForeignKeys {
		if fk.RefTable == t.Name {
			d.fail(t.Name, "%s refers to %s itself, and would have all rows read under a lock when that becomes partitioned: take it out of the model in a change before this one, and put it back in one after it", fk.Name, t.Name)
			return false
		}
	}
	if plain := t.Options; cur.Options != plain {
		plain.Partition = ""
		if cur.Options != plain {
			d.emit(migrate.SetTableOptions{Table: t.Name, From: cur.Options, To: plain})
		}
	}
	op := migrate.PartitionTable{Table: t.Name, By: t.Options.Partition, Rows: rows.Name, Only: rows.Only}
	for _, x := range parts {
		op.Partitions = append(op.Partitions, migrate.TablePartition{Name: x.Name, Bound: string(x.SQL)})
	}
	if expr, ok := schema.BoundCheck(t.Options.Partition, string(rows.SQL), t); ok && expr != "" {
		if expr, err := schema.NormalizeExpr(expr); err == nil {
			op.Check = schema.Check{Expr: expr, Only: rows.Only, Name: schema.DeriveName(rows.Name, nil, "bound", func(name string) bool {
				return slices.ContainsFunc(cur.Checks, func(c schema.Check) bool { return c.Name == name }) || slices.ContainsFunc(t.Checks, func(c schema.Check) bool { return c.Name == name })
			})}
			d.emit(migrate.AddCheck{Table: t.Name, Check: op.Check})
		}
	}
	d.emit(op)
	return true
}

// partitionsOf returns the partitions that are declared of a table, the default one last.
func (d *differ) partitionsOf(table string) (all []*schema.SQLObject) {
	var rest []*schema.SQLObject
	for i := range d.new.SQLObjects {
		x := &d.new.SQLObjects[i]
		switch {
		case x.Kind != schema.PartitionKind || x.Table != table:
		case schema.SameSQL(string(x.SQL), "DEFAULT"):
			rest = append(rest, x)
		default:
			all = append(all, x)
		}
	}
	return append(all, rest...)
}

// rowsIn returns the partition that the rows of the table are in: the one that was called like it, or the only one.
func (d *differ) rowsIn(table string, parts []*schema.SQLObject) (*schema.SQLObject, bool) {
	old := d.pair2old[table]
	var choice []Choice
	for _, x := range parts {
		answer := "partition:" + table + "=" + x.Name
		if slices.Contains(d.in.Answers.Renames, answer) {
			d.use("-rename " + Quote(answer))
			return x, true
		}
		if x.Was != "" && (x.Was == table || x.Was == old) || len(parts) == 1 {
			return x, true
		}
		choice = append(choice, Choice{"they are within " + strings.TrimPrefix(string(x.SQL), "FOR VALUES "), "-rename " + Quote(answer)})
	}
	d.ask(table, fmt.Sprintf("%s becomes partitioned: which partition are the rows in that it has, all of them?", table), choice...)
	return nil, false
}

// partitioned returns the op of the migration that makes a table partitioned, nil for none.
func (d *differ) partitioned(table string) *migrate.PartitionTable {
	for _, op := range d.ops {
		if o, ok := op.(migrate.PartitionTable); ok && o.Table == table {
			return &o
		}
	}
	return nil
}

// partitionExample is a statement that declares a partition for the rows that are there.
func partitionExample(t *schema.Table, kind string) string {
	ns, base := schema.SplitName(t.Name)
	bound := "FOR VALUES FROM (MINVALUE) TO ('2100-01-01')"
	if kind == "list" {
		bound = "DEFAULT"
	}
	if columns := t.Options.PartitionColumns(t); kind == "range" && len(columns) > 0 && slices.Contains([]schema.Kind{schema.KindSmallInt, schema.KindInteger, schema.KindBigInt}, t.Column(columns[0]).Type.Kind) {
		bound = "FOR VALUES FROM (MINVALUE) TO (1000000)"
	}
	return "such as CREATE TABLE " + schema.QuoteName(schema.JoinName(ns, base+"_before")) + " PARTITION OF " + schema.QuoteName(t.Name) + " " + bound
}
