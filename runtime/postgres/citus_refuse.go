package postgres

import (
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// What Citus refuses of a distributed or a reference table, as tried on Citus 13.2 (docs/guide/citus.md). It is refused of tables whose models say that
// they are distributed on every server, also where they are not: a migration that a laptop takes and the cluster does not is found before the cluster
// has done half of it.

// Refuse implements [migrate.RefusingPlanner].
func (p *planner) Refuse(op migrate.Op) error {
	if err := p.refuseForeign(op); err != nil {
		return err
	}
	if _, to, ok := migrate.ObjectChange(op); ok {
		if to != nil && to.Kind == schema.TriggerKind && p.keptTable(to.Table).Options.Spread() {
			return refuseEngine(Citus, to.Table, "", "a trigger on a distributed or a reference table ("+to.Name+")", "do in the application what it does, or in a view over the table")
		}
		return nil
	}
	switch o := op.(type) {
	case migrate.CreateTable:
		if !o.Options.Spread() { // then its columns do not count
			return p.refuseTable(&schema.Table{Name: o.Table, Options: o.Options, ForeignKeys: o.ForeignKeys})
		}
		return p.refuseTable(o.Definition())
	case migrate.DistributeTable:
		t := p.keptTable(o.Table).Clone()
		t.Options.Distribute, t.Options.Colocate = o.Column, o.ColocateWith
		return p.refuseTable(t)
	case migrate.ReferenceTable:
		t := p.keptTable(o.Table).Clone()
		t.Options.Reference = true
		return p.refuseTable(t)
	case migrate.AlterColumn:
		return p.refuseAlter(p.keptTable(o.Table), o.From.Def(), o.To.Def())
	case migrate.AddColumn:
		if c := o.Column.Def(); p.keptTable(o.Table).Options.Spread() && (c.Identity || serial(c)) {
			return refuseEngine(Citus, o.Table, c.Name, "an identity column that is added later to a distributed or a reference table",
				"give it a default such as gen_random_uuid(), or nextval of a sequence of its own; an identity comes with the table alone")
		}
		return nil
	case migrate.DropColumn:
		if t := p.keptTable(o.Table); t.Options.Distribute == o.Column.Def().Name {
			return refuseEngine(Citus, o.Table, t.Options.Distribute, "the column dropped by which the table is distributed", "make a new table, and move the rows")
		}
		return nil
	case migrate.RenameConstraint:
		if p.keptTable(o.Table).Options.Spread() {
			return refuseEngine(Citus, o.Table, o.From, "a constraint of a distributed or a reference table renamed", "keep the name, with name:"+o.From+" in the tag; or drop the constraint and add it under the new name")
		}
		return nil
	case migrate.Fill:
		if t := p.keptTable(o.Table); t.Options.Distribute == o.Column {
			return refuseEngine(Citus, o.Table, o.Column, "other values in the column by which the table is distributed", "fill it before the table is distributed, or insert the rows again")
		}
		return nil
	default:
		for _, d := range op.Effects().New {
			t := p.keptTable(d.Table)
			err := refuseUnique(t, d)
			if err == nil && d.ForeignKey != nil {
				err = p.refuseKey(t, *d.ForeignKey)
			}
			if err == nil && d.DualWrite != nil && t.Options.Spread() {
				err = refuseEngine(Citus, d.Table, d.DualWrite.To, "a dual write on a distributed or a reference table: it takes triggers", "add the new column, let the application write both, fill the old rows, and drop the old column later")
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// keptTable returns a table as it is before the op, with how the server keeps it, which nobody may have written into the models. It is never nil.
func (p *planner) keptTable(name string) *schema.Table {
	t := p.before.Table(name)
	if t == nil {
		return &schema.Table{Name: name}
	}
	if k, spread := p.spreadOf(name); spread && !t.Options.Spread() {
		t = t.Clone()
		t.Options.Distribute, t.Options.Reference = k.column, k.reference
	}
	return t
}

// refuseTable looks at all of a table, as when it is made or distributed.
func (p *planner) refuseTable(t *schema.Table) error {
	if o := t.Options; o.Distribute != "" {
		if t.PrimaryKey != nil {
			if err := refuseUnique(t, migrate.Definition{Table: t.Name, PrimaryKey: t.PrimaryKey}); err != nil {
				return err
			}
		}
		for i := range t.Uniques {
			if err := refuseUnique(t, migrate.Definition{Table: t.Name, Unique: &t.Uniques[i]}); err != nil {
				return err
			}
		}
		for i := range t.Indexes {
			if err := refuseUnique(t, migrate.Definition{Table: t.Name, Index: &t.Indexes[i]}); err != nil {
				return err
			}
		}
		if with := p.keptTable(o.Colocate); o.Colocate != "" && with.Options.Distribute != "" {
			own, other := t.Column(o.Distribute), with.Column(with.Options.Distribute)
			if own != nil && other != nil && typeOf(*own) != typeOf(*other) {
				return refuseEngine(Citus, t.Name, o.Distribute, "the rows of "+t.Name+" beside those of "+o.Colocate+": "+o.Distribute+" is "+typeOf(*own).String()+", and "+other.Name+" there is "+typeOf(*other).String(), "give both the same type")
			}
		}
	}
	for _, fk := range t.ForeignKeys {
		if err := p.refuseKey(t, fk); err != nil {
			return err
		}
	}
	if !t.Options.Spread() {
		return nil
	}
	for _, g := range p.before.SQLObjects {
		if g.Kind == schema.TriggerKind && g.Table == t.Name {
			return refuseEngine(Citus, t.Name, "", "a trigger on a distributed or a reference table ("+g.Name+")", "drop it first, and do in the application what it does")
		}
	}
	if len(t.DualWrites) > 0 {
		return refuseEngine(Citus, t.Name, t.DualWrites[0].To, "a dual write on a distributed or a reference table: it takes triggers", "end it first, with modelgen generate -contract")
	}
	return nil
}

// refuseUnique refuses a key that one shard alone cannot keep unique.
func refuseUnique(t *schema.Table, d migrate.Definition) error {
	by := t.Options.Distribute
	var name, what string
	var columns []string
	switch {
	case by == "":
		return nil
	case d.PrimaryKey != nil:
		name, what, columns = d.PrimaryKey.Name, "a primary key", d.PrimaryKey.Columns
	case d.Unique != nil:
		name, what, columns = d.Unique.Name, "a unique constraint", d.Unique.Columns
	case d.Index != nil && d.Index.Unique:
		name, what, columns = d.Index.Name, "a unique index", d.Index.Columns()
	default:
		return nil
	}
	if slices.Contains(columns, by) {
		return nil
	}
	return refuseEngine(Citus, t.Name, name, what+" without "+by+", by which the table is distributed", "put "+by+" into it: ("+strings.Join(append([]string{by}, columns...), ", ")+")")
}

// refuseKey refuses a foreign key whose two rows may be on two nodes.
func (p *planner) refuseKey(t *schema.Table, fk schema.ForeignKey) error {
	parent := p.keptTable(fk.RefTable)
	if fk.RefTable == t.Name {
		parent = t
	}
	child, of := t.Options, parent.Options
	refuse := func(reason, hint string) error { return refuseEngine(Citus, t.Name, fk.Name, reason, hint) }
	switch {
	case child.Distribute != "" && of.Reference, !child.Spread() && !of.Spread(), child.Reference && of.Distribute == "", !child.Spread() && of.Reference:
		return p.refuseAction(t, fk)
	case child.Reference:
		return refuse("a foreign key from a reference table to "+fk.RefTable+", which is distributed", "distribute "+t.Name+" too, or drop the key")
	case !child.Spread():
		return refuse("a foreign key from a table on one node to "+fk.RefTable+", which is distributed: deletes there would not look for rows here", "distribute "+t.Name+" by the column that refers to "+of.Distribute+", or drop the key")
	case !of.Spread():
		return refuse("a foreign key from a distributed table to "+fk.RefTable+", which is on one node", "make "+fk.RefTable+" a reference table, or distribute it, with its tag")
	}
	i := slices.Index(fk.Columns, child.Distribute)
	if i < 0 || i >= len(fk.RefColumns) || fk.RefColumns[i] != of.Distribute {
		return refuse("a foreign key between distributed tables without "+child.Distribute+" and "+of.Distribute+", by which they are, at the same place of it", "write fk:("+child.Distribute+", ...) to ("+of.Distribute+", ...)")
	}
	own, other := t.Column(child.Distribute), parent.Column(of.Distribute)
	if own != nil && other != nil && typeOf(*own) != typeOf(*other) {
		return refuse("a foreign key to a table that is distributed by a column of another type", "give "+child.Distribute+" and "+fk.RefTable+"."+of.Distribute+" the same type")
	}
	return p.refuseAction(t, fk)
}

// refuseAction refuses what would change the distribution column of a row.
func (p *planner) refuseAction(t *schema.Table, fk schema.ForeignKey) error {
	changes := func(a schema.Action) bool { return a == schema.SetNull || a == schema.SetDefault }
	if by := t.Options.Distribute; by != "" && slices.Contains(fk.Columns, by) && (changes(fk.OnDelete) || changes(fk.OnUpdate)) {
		return refuseEngine(Citus, t.Name, fk.Name, "a foreign key that sets "+by+", by which the table is distributed", "let it be on delete cascade, restrict or no action")
	}
	return nil
}

// refuseAlter refuses changes of a column of a spread table.
func (p *planner) refuseAlter(t *schema.Table, from, to schema.Column) error {
	o := t.Options
	switch {
	case o.Spread() && (from.Identity != to.Identity || serial(from) != serial(to)):
		return refuseEngine(Citus, t.Name, to.Name, "an identity that a column of a distributed or a reference table gets or loses later", "an identity comes with the table alone; give the column a default such as gen_random_uuid(), or nextval of a sequence of its own")
	case o.Distribute != from.Name || from.Name == "":
	case typeOf(from) != typeOf(to) || from.Collate != to.Collate:
		return refuseEngine(Citus, t.Name, to.Name, "another type of the column by which the table is distributed", "make a new table, and move the rows")
	case from.Nullable != to.Nullable:
		return refuseEngine(Citus, t.Name, to.Name, "NOT NULL changed of the column by which the table is distributed", "decide it before the table is distributed")
	}
	return nil
}
