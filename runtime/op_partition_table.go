package migrate

import (
	"fmt"
	"slices"

	"github.com/modelgen/modelgen/runtime/schema"
)

// PartitionTable makes a table that is there, with its rows, a partitioned one. A new table takes its name, its keys, constraints, indexes, triggers, privileges and the
// numbers of its identity columns; the table as it is becomes the partition Rows of that, and no row is written again. Others read and write until then, and wait for
// as long as that takes, which does not depend on the number of rows.
//
// The keys of the table have the columns of the partition key in them, and nothing else of the table is in the way: see the guide, "A table becomes partitioned".
type PartitionTable struct {
	Table      string
	By         string           // the key of the partitions: range (created_at)
	Rows       string           // the partition that the table becomes, among Partitions
	Partitions []TablePartition // in the order in which they are made
	Check      schema.Check     // a check of the table that says what the bound of Rows says, so that its rows need not be read; it goes. None has them read under the lock
	Only       string           // the dialect that has partitions; "" is every dialect
}

// TablePartition is one partition in a [PartitionTable].
type TablePartition struct {
	Name  string
	Bound string // as in [CreatePartition]
}

// UnpartitionTable makes a partitioned table a plain one: Rows gets the rows of all other partitions, also of those that no migration made, and takes the place of the
// table. Nobody reads or writes the table meanwhile.
type UnpartitionTable PartitionTable

// objects returns the partitions as the schema has them.
func (o PartitionTable) objects() (all []schema.SQLObject) {
	for _, x := range o.Partitions {
		all = append(all, schema.SQLObject{Kind: schema.PartitionKind, Name: x.Name, Table: o.Table, SQL: schema.SQLText(x.Bound), Only: o.Only})
	}
	return all
}

// Apply implements [Op].
func (o PartitionTable) Apply(s *schema.Schema) error {
	t := s.Table(o.Table)
	fail := func(format string, args ...any) error {
		return fmt.Errorf("partition table %s: %w", o.Table, fmt.Errorf(format, args...))
	}
	switch {
	case t == nil:
		return noTable("partition table", s, o.Table)
	case t.Options.Partition != "":
		return fail("it is partitioned by %s already", t.Options.Partition)
	case o.By == "":
		return fail("By is empty; it takes range or list with the columns of the key: range (created_at)")
	case !slices.ContainsFunc(o.Partitions, func(x TablePartition) bool { return x.Name == o.Rows }):
		return fail("Rows is %q, which is none of its partitions", o.Rows)
	case len(t.DualWrites) > 0:
		return fail("%s is written twice; end that first, with modelgen generate -contract", t.DualWrites[0].From)
	case o.Check.Name != "" && !slices.Contains(t.Checks, o.Check):
		return fail("it has no check %s that says %s", o.Check.Name, o.Check.Expr)
	}
	if i := slices.IndexFunc(s.SQLObjects, func(x schema.SQLObject) bool { return x.Kind == schema.PartitionKind && x.Table == o.Table }); i >= 0 {
		return fail("it has %s already", s.SQLObjects[i])
	}
	for i, x := range o.objects() {
		if slices.ContainsFunc(o.Partitions[:i], func(y TablePartition) bool { return y.Name == x.Name }) {
			return fail("it has partition %s twice", x.Name)
		}
		if name := takenRelation(s, x, nil); name != "" {
			return fail("%s has the name of partition %s", name, x.Name)
		}
		if err := schema.CheckName(x.Name); err != nil {
			return fail("%w", err)
		}
	}
	t.Options.Partition = o.By
	t.Checks = slices.DeleteFunc(slices.Clone(t.Checks), func(c schema.Check) bool { return o.Check.Name != "" && c == o.Check })
	if len(t.Checks) == 0 {
		t.Checks = nil
	}
	for _, x := range o.objects() {
		s.PutSQLObject(x)
	}
	return nil
}

// Apply implements [Op].
func (o UnpartitionTable) Apply(s *schema.Schema) error {
	t := s.Table(o.Table)
	fail := func(format string, args ...any) error {
		return fmt.Errorf("make table %s a plain one: %w", o.Table, fmt.Errorf(format, args...))
	}
	switch {
	case t == nil:
		return noTable("make a plain table of", s, o.Table)
	case t.Options.Partition != o.By:
		return fail("the op says that it is partitioned by %s, but it is by %s", o.By, t.Options.Partition)
	case o.Check.Name != "" && len(constraintNames(t, o.Check.Name, o.Check.Only)) > 0:
		return fail("it has a constraint %s already", o.Check.Name)
	}
	own := PartitionTable(o).objects()
	for _, x := range own {
		if is := s.SQLObject(x); is == nil || !is.Equal(x) {
			return fail("there is no %s as the op says", x)
		}
	}
	for _, x := range s.SQLObjects {
		if x.Kind == schema.PartitionKind && x.Table == o.Table && !slices.ContainsFunc(own, x.Same) {
			return fail("it has %s as well; detach or drop that first", x)
		}
	}
	for _, x := range own {
		s.RemoveSQLObject(x)
	}
	t.Options.Partition = ""
	if o.Check.Name != "" {
		t.Checks = append(slices.Clone(t.Checks), o.Check)
		t.Sort()
	}
	return nil
}

// Inverse implements [Op].
func (o PartitionTable) Inverse() (Op, error) { return UnpartitionTable(o), nil }

// Inverse implements [Op].
func (o UnpartitionTable) Inverse() (Op, error) { return PartitionTable(o), nil }

// Effects implements [Op].
func (o PartitionTable) Effects() Effects {
	e := o.effects()
	for _, x := range e.Objects {
		e.Makes = append(e.Makes, sqlObject(x))
	}
	if o.Check.Name != "" {
		return e.removed(constraintObject(o.Table, o.Check.Name), Definition{Check: &o.Check})
	}
	return e
}

// Effects implements [Op].
func (o UnpartitionTable) Effects() Effects {
	e := PartitionTable(o).effects()
	for _, x := range e.Objects {
		e.Removes = append(e.Removes, sqlObject(x))
	}
	if o.Check.Name != "" {
		return e.made(constraintObject(o.Table, o.Check.Name), Definition{Check: &o.Check})
	}
	return e
}

func (o PartitionTable) effects() Effects {
	e := Effects{Writes: []Object{tableObject(o.Table)}, Objects: o.objects()}
	e.options(o.Table, schema.TableOptions{Partition: o.By})
	e.carries(o.Table, o.Check.Expr)
	return e
}

// Describe implements [Op].
func (o PartitionTable) Describe() string { return "Partition table " + o.Table + " by " + o.By }

// Describe implements [Op].
func (o UnpartitionTable) Describe() string {
	return "Make table " + o.Table + " a plain one, with the rows of all its partitions"
}

// Destroys implements [Op].
func (o PartitionTable) Destroys() []string { return nil }

// Destroys implements [Op].
func (o UnpartitionTable) Destroys() []string { return nil }

func (o PartitionTable) plan(p Planner) error   { return p.PartitionTable(o) }
func (o UnpartitionTable) plan(p Planner) error { return p.UnpartitionTable(o) }
