package postgres

import (
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// A table that is there becomes partitioned, and plain again. PostgreSQL cannot alter one into the other (manual, ALTER TABLE, ATTACH PARTITION): the table becomes a partition of
// a new one that takes its place, in one transaction whose length does not depend on the rows. A validated check lets the server know that they are within the bounds. What
// the tables of the schema do not say (triggers, privileges, the owner, the numbers of identity columns) is taken from the catalog when it runs.

// PartitionTable implements [migrate.Planner].
func (p *planner) PartitionTable(o migrate.PartitionTable) error {
	t := p.before.Table(o.Table)
	if t == nil {
		return nil // which Apply says
	}
	after := t.Clone()
	after.Options.Partition = o.By
	after.Checks = slices.DeleteFunc(after.Checks, func(c schema.Check) bool { return o.Check.Name != "" && c.Name == o.Check.Name })
	if err := p.canPartition(o, after); err != nil {
		return err
	}
	_, by, _ := p.tableOptions(after)
	old, table := o.Rows, p.name(o.Table)
	var all []migrate.Statement
	add := func(sql, comment string) { all = append(all, migrate.Statement{SQL: sql, Comment: comment}) }
	others := p.referring(o.Table)
	add("LOCK TABLE "+p.allNames(o.Table, others)+" IN ACCESS EXCLUSIVE MODE", "reads and writes wait from here on, for as long as a few changes of the catalog take")
	add(takeTriggers(table), "its triggers, to be made again on the new table")
	add(takeOtherIndexes(table, old, indexNames(t)), "indexes that nobody declared, to be made on the new table too")
	for _, name := range indexNames(after) {
		add("ALTER INDEX "+p.index(o.Table, name)+" RENAME TO "+ident(partitionIndex(old, name)), "")
	}
	for _, fk := range others {
		all = append(all, p.dropConstraint(fk.table, fk.key.Name))
	}
	_, base := schema.SplitName(old)
	add("ALTER TABLE "+table+" RENAME TO "+ident(base), "")
	add("CREATE TABLE "+table+" (LIKE "+p.name(old)+" INCLUDING DEFAULTS INCLUDING GENERATED INCLUDING CONSTRAINTS INCLUDING COMMENTS INCLUDING STORAGE INCLUDING COMPRESSION)"+by, "")
	if o.Check.Name != "" {
		all = append(all, p.dropConstraint(o.Table, o.Check.Name))
	}
	if t.Comment != "" {
		add(p.commentTable(o.Table, t.Comment), "")
		add(p.commentTable(old, ""), "")
	}
	keys, err := p.keysAndIndexes(after)
	if err != nil {
		return err
	}
	all = append(all, keys...)
	add(putOtherIndexes(), "")
	if slices.ContainsFunc(t.Columns, func(c schema.Column) bool { return c.Identity }) {
		add(moveIdentity(p.name(old), table), "the numbers go on where they are")
	}
	scans := true
	for _, x := range o.Partitions {
		if x.Name == old {
			scans = o.Check.Name == "" && !schema.SameSQL(x.Bound, "DEFAULT")
			comment := "the check says that its rows are within the bounds, so that none is read"
			if o.Check.Name == "" {
				comment = ""
			}
			add("ALTER TABLE "+table+" ATTACH PARTITION "+p.name(old)+" "+x.Bound, comment)
		}
	}
	if o.Check.Name != "" {
		all = append(all, p.dropConstraint(old, o.Check.Name))
	}
	for _, x := range o.Partitions {
		if x.Name != old {
			add("CREATE TABLE "+p.name(x.Name)+" PARTITION OF "+table+" "+x.Bound, "")
		}
	}
	add(moveRights(p.name(old), table), "the owner, the privileges and the sequences of its columns")
	add(copyTableFacts(p.name(old), table), "the replica identity, comments of indexes and constraints, and statistics targets")
	for _, fk := range others {
		add("ALTER TABLE "+p.name(fk.table)+" ADD "+p.foreignKey(fk.key)+" NOT VALID", "")
	}
	add(putTriggers(table), "")
	p.leaves(o.Table, "")
	facts := p.scanned(p.swapLocks(o.Table, t, others), o.Table, scans, false)
	p.add(o, facts, all...)
	st := &p.stages[len(p.stages)-1]
	st.Parts = []migrate.Op{o}
	if was := p.was.table(o.Table); was != "" && !p.fresh[o.Table] && !p.quiet && !p.afterHand() {
		st.Check, st.CheckAlways = p.checkPartitionable(o.Table, was), true
	}
	p.validateLater(o, others)
	if p.online(o.Table, "") {
		p.later = append(p.later, migrate.Stage{Cause: o.Describe(), Facts: p.locks(shareUpdateExclusive, o.Table), Parts: nothing, Commit: true,
			Statements: []migrate.Statement{{SQL: "ANALYZE " + table, Comment: "for the planner; the server does not by itself for a partitioned table (manual, Routine Vacuuming)"}}})
	}
	return nil
}

// UnpartitionTable implements [migrate.Planner].
func (p *planner) UnpartitionTable(o migrate.UnpartitionTable) error {
	t := p.before.Table(o.Table)
	if t == nil {
		return nil // which Apply says
	}
	old, table := p.name(o.Rows), p.name(o.Table)
	_, base := schema.SplitName(o.Table)
	others := p.referring(o.Table)
	var columns []string
	for _, c := range t.Columns {
		if c.Generated == "" {
			columns = append(columns, c.Name)
		}
	}
	var all []migrate.Statement
	add := func(sql, comment string) { all = append(all, migrate.Statement{SQL: sql, Comment: comment}) }
	add("LOCK TABLE "+p.allNames(o.Table, others)+" IN ACCESS EXCLUSIVE MODE", "nobody reads or writes until the rows of the other partitions are moved")
	add(takeTriggers(table), "its triggers, to be made again on the plain table")
	add(takeIndexes(table, old), "the names of its indexes")
	for _, fk := range others {
		all = append(all, p.dropConstraint(fk.table, fk.key.Name))
	}
	add("ALTER TABLE "+table+" DETACH PARTITION "+old, "")
	add("INSERT INTO "+old+" ("+idents(columns)+") OVERRIDING SYSTEM VALUE SELECT "+idents(columns)+" FROM "+table, "what went into other partitions")
	add("SET CONSTRAINTS ALL IMMEDIATE", "a table cannot be altered while deferred constraints have still to look at rows")
	if slices.ContainsFunc(t.Columns, func(c schema.Column) bool { return c.Identity }) {
		add(moveIdentity(table, old), "the numbers go on where they are")
	}
	add(moveRights(table, old), "the owner, the privileges and the sequences of its columns")
	add("DROP TABLE "+table, "with the other partitions, which are empty copies now")
	add("ALTER TABLE "+old+" RENAME TO "+ident(base), "")
	if t.Comment != "" {
		add(p.commentTable(o.Table, t.Comment), "")
	}
	add(putIndexes(), "")
	if o.Check.Name != "" {
		add("ALTER TABLE "+table+" ADD "+check(o.Check)+" NOT VALID", "rows of the other partitions may not fit it")
	}
	for _, fk := range others {
		add("ALTER TABLE "+p.name(fk.table)+" ADD "+p.foreignKey(fk.key)+" NOT VALID", "")
	}
	add(putTriggers(table), "")
	p.leaves(o.Table, "")
	p.add(o, p.scanned(p.swapLocks(o.Table, t, others), o.Table, true, true), all...)
	p.stages[len(p.stages)-1].Parts = []migrate.Op{o}
	p.validateLater(migrate.UnpartitionTable(o), others)
	return nil
}

// canPartition refuses what a partitioned table cannot have, with what to do about it.
func (p *planner) canPartition(o migrate.PartitionTable, t *schema.Table) error {
	no := func(object, reason, hint string) error {
		return &migrate.UnsupportedError{Dialect: dialect, Table: t.Name, Object: object, Reason: reason, Hint: hint}
	}
	if kind, _, _ := strings.Cut(o.By, "("); strings.EqualFold(strings.TrimSpace(kind), "hash") {
		return no("", "a table with rows as one partition by hash: each has a part of all keys",
			"partition it by range or list; or make a new model with the key, write both, copy the rows in a Backfill, and drop the old one later")
	}
	if _, _, err := p.tableOptions(t); err != nil {
		return err
	}
	if here, there := p.namespace(o.Table), p.namespace(o.Rows); here != there {
		return no(o.Rows, "a partition in another schema for the rows that are there", "give it a name in the schema of the table: ALTER TABLE ... SET SCHEMA by hand can move it later")
	}
	if err := p.canLeaveKeys(t); err != nil {
		return err
	}
	for _, x := range p.referring(t.Name) {
		if !slices.ContainsFunc(uniqueColumns(t), func(c []string) bool { return sameSet(c, x.key.RefColumns) }) {
			return no(x.key.Name, "a foreign key to "+strings.Join(x.key.RefColumns, ", ")+", which no key of it has once it is partitioned", "let it refer to the columns of the primary key, or drop it")
		}
	}
	return nil
}

// canLeaveKeys refuses foreign keys that cannot go out of the way for a moment without a look at all rows under the lock.
func (p *planner) canLeaveKeys(t *schema.Table) error {
	no := func(object, reason string) error {
		return &migrate.UnsupportedError{Dialect: dialect, Table: t.Name, Object: object, Reason: reason, Hint: "drop it in a migration before this one, and add it again in one after it"}
	}
	for _, fk := range t.ForeignKeys {
		if fk.RefTable == t.Name {
			return no(fk.Name, "a foreign key of the table to itself, which would read all rows under the lock")
		}
	}
	for _, x := range p.referring(t.Name) {
		if p.isPartitioned(x.table) && p.version < 18 {
			return no(x.key.Name, "a foreign key of the partitioned table "+x.table+" to it, which would read all its rows under the lock before PostgreSQL 18")
		}
	}
	return nil
}

// reference is a foreign key of another table.
type reference struct {
	table string
	key   schema.ForeignKey
}

// referring returns the foreign keys of other tables to a table.
func (p *planner) referring(table string) (all []reference) {
	for _, t := range p.before.Tables {
		for _, fk := range t.ForeignKeys {
			if fk.RefTable == table && t.Name != table {
				all = append(all, reference{t.Name, fk})
			}
		}
	}
	return all
}

// isReferred reports whether a foreign key refers to a table.
func (p *planner) isReferred(table string) bool {
	return slices.ContainsFunc(p.before.Tables, func(t *schema.Table) bool {
		return slices.ContainsFunc(t.ForeignKeys, func(fk schema.ForeignKey) bool { return fk.RefTable == table })
	})
}

func (p *planner) allNames(table string, others []reference) string {
	all := []string{p.name(table)}
	for _, x := range others {
		if name := p.name(x.table); !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return strings.Join(all, ", ")
}

func (p *planner) swapLocks(table string, t *schema.Table, others []reference) migrate.Facts {
	tables := []string{table}
	for _, x := range others {
		tables = append(tables, x.table)
	}
	return p.locks(accessExclusive, append(tables, parents(t.ForeignKeys)...)...)
}

// validateLater lets the rows behind foreign keys be looked at when all else is done.
func (p *planner) validateLater(op migrate.Op, others []reference) {
	for _, x := range others {
		wrong := p.orphans(x.key)
		p.later = append(p.later, migrate.Stage{
			Cause: op.Describe(), Commit: true, Facts: p.scanned(p.locks(shareUpdateExclusive, x.table), x.table, true, false), Parts: nothing,
			Failed:     p.offenders(x.table, wrong, "refer to rows of "+x.key.RefTable+" that are not there", x.key.Name),
			Statements: []migrate.Statement{{SQL: "ALTER TABLE " + p.name(x.table) + " VALIDATE CONSTRAINT " + ident(x.key.Name), Comment: "its rows, while others read and write"}},
		})
	}
}

// finishLater appends what is done when all else is.
func (p *planner) finishLater() {
	if len(p.later) == 0 {
		return
	}
	if n := len(p.stages); n > 0 && !p.quiet {
		p.stages[n-1].Commit = true
	}
	p.stages = append(p.stages, p.later...)
}

// indexNames returns the names of all indexes of a table, those of its keys among them.
func indexNames(t *schema.Table) (all []string) {
	if t.PrimaryKey != nil {
		all = append(all, t.PrimaryKey.Name)
	}
	for _, u := range t.Uniques {
		all = append(all, u.Name)
	}
	for _, x := range t.Indexes {
		all = append(all, x.Name)
	}
	return all
}

func uniqueColumns(t *schema.Table) (all [][]string) {
	if t.PrimaryKey != nil {
		all = append(all, t.PrimaryKey.Columns)
	}
	for _, u := range t.Uniques {
		all = append(all, u.Columns)
	}
	for _, x := range t.Indexes {
		if x.Unique && x.Where == "" {
			all = append(all, x.Columns())
		}
	}
	return all
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// keysAndIndexes returns the statements that make the keys, foreign keys and indexes of an empty table.
func (p *planner) keysAndIndexes(t *schema.Table) (all []migrate.Statement, err error) {
	if t.PrimaryKey != nil {
		all = append(all, p.addConstraint(t.Name, primaryKey(*t.PrimaryKey)))
	}
	for _, u := range t.Uniques {
		sql, err := p.unique(t.Name, u)
		if err != nil {
			return nil, err
		}
		all = append(all, p.addConstraint(t.Name, sql))
	}
	for _, fk := range t.ForeignKeys {
		all = append(all, p.addConstraint(t.Name, p.foreignKey(fk)))
	}
	for _, x := range t.Indexes {
		sql, err := p.createIndex(t.Name, x, false)
		if err != nil {
			return nil, err
		}
		all = append(all, statement(sql))
	}
	return all, nil
}
