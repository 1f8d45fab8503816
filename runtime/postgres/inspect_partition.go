package postgres

import (
	"slices"

	"github.com/modelgen/modelgen/runtime/schema"
)

// ofPartition is why what a partition alone has is not in the model.
const ofPartition = "it is of the partition alone, and the model is the table: it is left as it is"

// partition notes a partition, and what it has that its table has not.
func (i *inspector) partition(t *inspected, r tableRow) {
	ns, parent := schema.NameParts(r.Parents)
	t.part = schema.JoinName(ns, parent)
	name := schema.QuoteName(t.Name)
	create := "CREATE TABLE " + name + " PARTITION OF " + r.Parents + " " + r.Bound
	if r.Partkey != "" {
		create += " PARTITION BY " + r.Partkey
	}
	i.say(t, "partition "+t.Name, "it is a part of "+r.Parents+", which is the model; partitions are made by a step by hand", create)
	if r.Comment != "" {
		i.say(t, "comment on table "+name, leftAsItIs, "COMMENT ON TABLE "+name+" IS "+text(r.Comment))
	}
	say := func(what, sql string) {
		i.say(t, "partition "+t.Name+": "+what, ofPartition, "ALTER TABLE "+name+" "+sql)
	}
	if r.Persistence == "u" {
		say("unlogged", "SET UNLOGGED")
	}
	if r.Options != "" {
		say("storage parameters", "SET ("+r.Options+")")
	}
	if r.Tablespace != "" {
		say("tablespace", "SET TABLESPACE "+ident(r.Tablespace))
	}
	if r.Method != "" {
		say("access method", "SET ACCESS METHOD "+ident(r.Method))
	}
	if r.RLS {
		say("row level security", "ENABLE ROW LEVEL SECURITY")
	}
	if r.Forced {
		say("forced row level security", "FORCE ROW LEVEL SECURITY")
	}
	switch r.Replica {
	case "f":
		say("replica identity", "REPLICA IDENTITY FULL")
	case "n":
		say("replica identity", "REPLICA IDENTITY NOTHING")
	}
}

// partColumns notes what the columns of partitions have that those of their tables have not.
func (i *inspector) partColumns() {
	for _, t := range i.tables {
		if t.part == "" {
			continue
		}
		var of []columnRow
		for _, parent := range i.tables {
			if parent.Name == t.part {
				of = parent.rows
			}
		}
		for _, c := range t.rows {
			column := "column " + t.Name + "." + c.Name
			if c.Comment != "" {
				name := schema.QuoteName(t.Name) + "." + ident(c.Name)
				i.say(t, "comment on column "+name, leftAsItIs, "COMMENT ON COLUMN "+name+" IS "+text(c.Comment))
			}
			n := slices.IndexFunc(of, func(p columnRow) bool { return p.Name == c.Name })
			if n < 0 || c.Generated != "" {
				continue
			}
			alter := "ALTER TABLE " + schema.QuoteName(t.Name) + " ALTER COLUMN " + ident(c.Name) + " "
			switch was := of[n].Default; {
			case c.Default == nil && was != nil:
				i.say(t, column+": default", ofPartition, alter+"DROP DEFAULT")
			case c.Default != nil && (was == nil || *was != *c.Default):
				i.say(t, column+": default", ofPartition, alter+"SET DEFAULT "+*c.Default)
			}
			if c.NotNull && !of[n].NotNull {
				i.say(t, column+": NOT NULL", ofPartition, alter+"SET NOT NULL")
			}
		}
	}
}

// partConstraint notes a constraint of a partition that its table has not.
func (i *inspector) partConstraint(t *inspected, c constraintRow) {
	if c.Own {
		i.say(t, "constraint "+c.Name+" on "+t.Name, ofPartition, "ALTER TABLE "+schema.QuoteName(t.Name)+" ADD CONSTRAINT "+ident(c.Name)+" "+c.Def)
	}
}

// partIndex notes an index of a partition that is not attached to one of its table.
func (i *inspector) partIndex(t *inspected, r indexRow) {
	if !r.Attached {
		i.say(t, "index "+r.Name+" on "+t.Name, ofPartition, r.Def)
	}
}
