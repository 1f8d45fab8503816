package postgres

import (
	"fmt"
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// refuseForeign refuses what the engine of the server cannot do, by its documentation; of one that is not known all but plain tables.
func (p *planner) refuseForeign(op migrate.Op) error {
	e := p.engine
	if e.traits().atomic {
		return nil
	}
	refuse := func(table, object, reason, hint string) error { return refuseEngine(e, table, object, reason, hint) }
	if e == Unknown {
		return p.refuseUnknown(op)
	}
	if _, to, ok := migrate.ObjectChange(op); ok {
		if to != nil && slices.Contains(lacks(e), to.Kind) {
			return refuse(to.String(), "", "this kind of object ("+string(to.Kind)+")", "leave it out on "+e.traits().product)
		}
		return nil
	}
	switch o := op.(type) {
	case migrate.DropPrimaryKey:
		return refuse(o.Table, o.PrimaryKey.Name, "a primary key dropped, or another one, while others write", "make a new table with the key, and move the rows")
	case migrate.AddPrimaryKey:
		return refuse(o.Table, o.PrimaryKey.Name, "a primary key of a table that is there, while others write", "make a new table with the key, and move the rows")
	case migrate.AddDualWrite:
		if e == Cockroach { // https://github.com/cockroachdb/cockroach/issues/135656
			return refuse(o.Table, o.To, "a dual write: its triggers have no UPDATE OF", "add the new column, let the application write both, fill the old rows, and drop the old column later")
		}
		return nil
	case migrate.AlterEnum:
		if len(o.To) < len(o.From) || !slices.Equal(o.To[:len(o.From)], o.From) {
			return refuse(o.Name, "", "values of an enum that go, or change their places", "add a new type and a new column")
		}
		return nil
	case migrate.AlterColumn:
		from, to := o.From.Def(), o.To.Def()
		if typeOf(from) != typeOf(to) || from.Collate != to.Collate || from.Identity != to.Identity || from.Generated != to.Generated {
			return refuse(o.Table, to.Name, "another type, collation, identity or formula of a column while others write", "add a new column, fill it, and drop this one later")
		}
		return nil
	case migrate.AddColumn:
		if c := o.Column.Def(); c.Identity || serial(c) {
			return refuse(o.Table, c.Name, "an identity column added to a table that may have rows", "give it a default such as gen_random_uuid()")
		}
		return nil
	case migrate.CreateTable:
		if o.Options.Partition != "" || o.Options.Unlogged || o.Options.With != "" && e == Cockroach {
			return refuse(o.Table, "", "a partitioned or unlogged table, or storage parameters", "leave them out of the tag")
		}
		for _, u := range o.Uniques {
			if u.Deferrable != schema.NotDeferrable {
				return refuse(o.Table, u.Name, "a deferrable unique constraint", "leave deferrable out")
			}
		}
		return nil
	default:
		effects := op.Effects()
		if effects.Rows && !effects.Unknown && isBackfill(op) {
			table := ""
			if len(effects.Writes) > 0 {
				table = effects.Writes[0].Name
			}
			return refuse(table, "", "a Backfill: its rows have no version (xmin) by which a change of somebody else is seen", "write a Fill, or an SQL op")
		}
		for _, d := range effects.New {
			if d.Unique != nil && d.Unique.Deferrable != schema.NotDeferrable || d.ForeignKey != nil && d.ForeignKey.Deferrable != schema.NotDeferrable && e == Cockroach {
				return refuse(d.Table, d.Object().Name, "a deferrable constraint", "leave deferrable out")
			}
		}
	}
	return nil
}

// isBackfill reports whether an op runs a Go function on each row.
func isBackfill(op migrate.Op) bool {
	_, fill := op.(migrate.Fill)
	_, dual := op.(migrate.DropDualWrite)
	return !fill && !dual
}

// lacks returns the kinds of objects that an engine does not have, by its documentation.
func lacks(e Engine) []schema.ObjectKind {
	switch e {
	case Cockroach:
		return []schema.ObjectKind{schema.ExtensionKind, schema.DomainKind, schema.RangeTypeKind, schema.AggregateKind, schema.PartitionKind, schema.RuleKind, schema.EventTriggerKind, schema.ExclusionKind, schema.PublicationKind}
	case Yugabyte:
		return []schema.ObjectKind{schema.ExclusionKind, schema.EventTriggerKind, schema.RuleKind}
	}
	return nil
}

// refuseUnknown refuses all but plain tables on a server that nobody said how to treat.
func (p *planner) refuseUnknown(op migrate.Op) error {
	switch o := op.(type) {
	case migrate.CreateTable:
		if o.Options.OneNode() == (schema.TableOptions{}) && len(o.Indexes) == 0 {
			return nil
		}
	case migrate.AddColumn:
		if c := o.Column.Def(); !c.Identity && c.Generated == "" && c.DefaultExpr == "" && len(c.DefaultFor) == 0 && (c.Nullable || c.Default != nil) {
			return nil
		}
	case migrate.DropTable, migrate.DropColumn, migrate.DistributeTable, migrate.ReferenceTable, migrate.UndistributeTable, migrate.SQL, migrate.Go:
		return nil
	}
	shown := p.shown
	if shown == "" {
		shown = "an engine that is not known"
	}
	return &migrate.UnsupportedError{Dialect: shown, Table: "this server", Reason: fmt.Sprintf("%q by guess: on a server that is not known only plain tables are made, changed and dropped", op.Describe()),
		Hint: "if it does what another one does, say so: -engine postgres (postgres.Dialect.Engine); the others are citus, cockroachdb and yugabytedb"}
}
