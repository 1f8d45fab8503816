package diff

import (
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// followPartitions puts the new name of a renamed partition into its own partitions, as the op does.
func followPartitions(all []*change) {
	for _, c := range all {
		if c.old == nil || c.new == nil || c.old.Kind != schema.PartitionKind || c.at.Name == c.new.Name {
			continue
		}
		for _, under := range all {
			if under.old != nil && under.old.Kind == schema.PartitionKind && under.at.Table == c.at.Name {
				under.at.Table = c.new.Name
			}
		}
	}
}

// changeOfPartition says how a partition becomes another one.
func (d *differ) changeOfPartition(from, to schema.SQLObject) how {
	if from.Name == to.Name {
		return d.otherBounds(from, to)
	}
	if renamed := from.Renamed(to.Name); renamed.Equal(to) || d.otherBounds(renamed, to) == replaceObject {
		return renameObject // and then it gets other bounds
	}
	return keepObject
}

// otherBounds says how a partition gets other bounds, or why it does not.
func (d *differ) otherBounds(from, to schema.SQLObject) how {
	table, name := schema.QuoteName(to.Table), schema.QuoteName(to.Name)
	t, by := d.new.PartitionedTable(to)
	kind, _, _ := strings.Cut(by, "(")
	_, key := schema.SplitBound(string(from.SQL))
	_, newKey := schema.SplitBound(string(to.SQL))
	switch {
	case from.Table != to.Table:
		d.failAt(&to, 0, "%s was a partition of %s: write the step by hand (modelgen generate -empty): DETACH PARTITION and ATTACH PARTITION in a migrate.SQL whose Schema says DropPartition and CreatePartition", to, from.Table)
		return keepObject
	case !schema.SameSQL(key, newKey):
		d.failAt(&to, 0, "%s has other partitions below it, and PostgreSQL does not change how a table is partitioned: write the step by hand (modelgen generate -empty) that detaches it, makes and attaches another one and copies the rows, "+
			"in a migrate.SQL whose Schema says DropPartition and CreatePartition", to)
		return keepObject
	case strings.EqualFold(strings.TrimSpace(kind), "hash"):
		d.failAt(&to, 0, "%s gets another part of the keys, and its rows belong elsewhere then, which nobody can move while others read and write: "+
			"make a new model that is partitioned so, let the program write both, copy the rows in a Backfill, and drop the old one later", to)
		return keepObject
	}
	if t != nil {
		for _, bound := range []schema.SQLObject{from, to} { // the way back has a check as well
			if expr, ok := d.new.PartitionCheck(bound); ok && expr != "" {
				continue
			}
			d.failAt(&to, 0, "%s gets other bounds, and %s has no words as a check, so that all of its rows would be read while nobody reads or writes %s: where that may be, write the step by hand (modelgen generate -empty): "+
				"ALTER TABLE %s DETACH PARTITION %s and ALTER TABLE %[4]s ATTACH PARTITION %[5]s %[6]s in one migrate.SQL whose Schema says DropPartition and CreatePartition", to, bound.SQL, to.Table, table, name, to.SQL)
			return keepObject
		}
	}
	return replaceObject
}

// besidePartitions orders what happens to the partitions of a table: those that go make room for those that change, and these for new ones. One that takes over values of
// another one comes behind it.
func (d *differ) besidePartitions(all pieces, changes []*change, drops, makes map[*change]int) {
	altered := func(c *change) bool {
		return c.kind() == schema.PartitionKind && (c.how == replaceObject || c.how == renameObject && !schema.SameSQL(string(c.at.SQL), string(c.new.SQL)))
	}
	for _, c := range changes {
		if !altered(c) {
			continue
		}
		for _, other := range changes {
			if other == c || other.kind() != schema.PartitionKind {
				continue
			}
			switch {
			case other.how == dropObject && other.at.Table == c.new.Table:
				all.edge(drops[other], makes[c], false)
			case other.how == createObject && other.new.Table == c.new.Table:
				all.edge(makes[c], makes[other], false)
			case altered(other) && other.new.Table == c.new.Table && !schema.BoundsApart(string(c.new.SQL), string(other.at.SQL)):
				if !schema.BoundsApart(string(other.new.SQL), string(c.at.SQL)) {
					if c.new.Name < other.new.Name {
						d.failAt(c.new, 0, "%s and %s change places, or it cannot be seen from their bounds that they do not: give one of them its bounds in a migration before this one", c.new, other.new)
					}
					continue
				}
				all.edge(makes[other], makes[c], false)
			}
		}
	}
}

// partitionDrop returns the drop of a partition, as one that stays or not.
func partitionDrop(op migrate.Op, stays bool) migrate.Op {
	if o, ok := op.(migrate.DropPartition); ok {
		o.Detached = stays
		return o
	}
	return op
}
