package postgres

import (
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// RenameObject implements [migrate.ObjectPlanner].
func (p *planner) RenameObject(op migrate.Op, from, to schema.SQLObject) error {
	if err := p.has(from); err != nil {
		return err
	}
	if from.Kind == schema.RangeTypeKind { // its constructors and its multirange type would keep their names
		p.add(op, migrate.Facts{}, p.recreates(from, to)...)
		return nil
	}
	p.named[to.Key()] = p.nameBefore(from)
	switch from.Kind {
	case schema.ExclusionKind:
		_, base := schema.SplitName(to.Name)
		p.add(op, p.objectLocks(from, true), statement("ALTER TABLE "+schema.QuoteName(from.Table)+" RENAME CONSTRAINT "+from.Quoted()+" TO "+ident(base)))
	case schema.PartitionKind: // the table that it is of is not locked
		p.was.renameTable(from.Name, to.Name)
		p.stage(op, migrate.Stage{Facts: p.locks(accessExclusive, from.Name), Statements: p.moveObject(from, to), Parts: []migrate.Op{op}})
	default:
		p.add(op, p.objectLocks(from, true), append(p.moveObject(from, to), ownNames(from, to)...)...)
	}
	return nil
}

// moveObject renames an object and takes it to another schema, as [planner.move] does with tables.
func (p *planner) moveObject(from, to schema.SQLObject) []migrate.Statement {
	bare, _, _ := strings.Cut(to.Name, "(")
	toNS, base := schema.SplitName(bare)
	rename := func(o schema.SQLObject) migrate.Statement {
		return statement("ALTER " + dropped(o) + " RENAME TO " + ident(base))
	}
	bare, args, routine := strings.Cut(from.Name, "(")
	fromNS, fromBase := schema.SplitName(bare)
	if from.Table != "" && from.Kind != schema.PartitionKind || p.namespace(bare) == p.namespace(to.Name) {
		return []migrate.Statement{rename(from)}
	}
	called := func(ns, base string) schema.SQLObject {
		o := from
		if o.Name = schema.JoinName(ns, base); routine {
			o.Name += "(" + args
		}
		return o
	}
	move := func(o schema.SQLObject) migrate.Statement {
		return statement("ALTER " + dropped(o) + " SET SCHEMA " + ident(p.namespace(to.Name)))
	}
	there := called(toNS, fromBase)
	switch taken := slices.ContainsFunc(p.before.SQLObjects, func(x schema.SQLObject) bool {
		return x.Name == there.Name && (x.Kind == there.Kind || x.Kind.Relation() && there.Kind.Relation())
	}); {
	case fromBase == base:
		return []migrate.Statement{move(from)}
	case taken, there.Kind.Relation() && p.before.Table(there.Name) != nil:
		return []migrate.Statement{rename(from), move(called(fromNS, base))}
	}
	return []migrate.Statement{move(from), rename(there)}
}
