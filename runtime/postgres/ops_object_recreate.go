package postgres

import (
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// recreates returns the statements that drop an object and create it again, with all that stands on it: a view that returns fewer columns than before, as on the way
// back of one that got more, is no longer one that CREATE OR REPLACE takes.
func (p *planner) recreates(from, to schema.SQLObject) (all []migrate.Statement) {
	away, back := p.around(p.standing(from))
	p.dropsObject(from)
	all = append(away, statement(drop(from)))
	all = append(all, p.makes(to)...)
	return append(all, back...)
}

// around returns the statements that drop objects, which standing has put into their order, and those that create them again.
func (p *planner) around(stands []schema.SQLObject) (away, back []migrate.Statement) {
	for _, o := range slices.Backward(stands) {
		if o.Kind != schema.CommentKind && o.Kind != schema.GrantKind { // which go with what they are on
			away = append(away, statement(drop(o)))
		}
	}
	for _, o := range stands {
		p.dropsObject(o)
		back = append(back, p.makes(o)...)
	}
	return away, back
}

// readsEnum returns the objects that stand on an enum, or on columns of it, and on these, in an order in which they can be created. An enum that loses values is made
// again: its columns get another type, which indexes follow, and what compares them with a value of the old one does not. On the way forward they are out of the way; on the way back nobody has taken
// them, as values are added under whatever reads them.
func (p *planner) readsEnum(enum string, columns map[string][]string) []schema.SQLObject {
	return p.standingOn(func(o schema.SQLObject, n schema.Need) bool {
		switch o.Kind {
		case schema.ViewKind, schema.MaterializedViewKind, schema.RuleKind, schema.TriggerKind, schema.PolicyKind, schema.FunctionKind, schema.ProcedureKind, schema.AggregateKind, schema.PublicationKind, schema.ExclusionKind, schema.StatisticsKind:
			return n.Enum == enum || n.Column != "" && slices.Contains(columns[n.Table], n.Column)
		}
		return false
	})
}

// standing returns the objects that stand on another one, in an order in which they can be created.
func (p *planner) standing(on schema.SQLObject) []schema.SQLObject {
	return p.standingOn(func(_ schema.SQLObject, n schema.Need) bool { return n.Object != nil && n.Object.Same(on) }, on.Key())
}

// standingOn returns the objects that need something, and those that stand on these. Those of the keys are not among them.
func (p *planner) standingOn(is func(o schema.SQLObject, n schema.Need) bool, without ...string) (all []schema.SQLObject) {
	names := p.before.Names()
	needs := map[string][]schema.Need{}
	for _, o := range p.before.SQLObjects {
		needs[o.Key()] = names.Needs(o)
	}
	seen := map[string]bool{}
	for _, key := range without {
		seen[key] = true
	}
	var visit func(is func(o schema.SQLObject, n schema.Need) bool)
	visit = func(is func(o schema.SQLObject, n schema.Need) bool) {
		for _, o := range p.before.SQLObjects {
			if !seen[o.Key()] && o.Kind != schema.SequenceKind && o.Kind != schema.ExtensionKind && slices.ContainsFunc(needs[o.Key()], func(n schema.Need) bool { return !n.Soft && is(o, n) }) {
				seen[o.Key()] = true
				visit(func(_ schema.SQLObject, n schema.Need) bool { return n.Object != nil && n.Object.Same(o) })
				all = append(all, o)
			}
		}
	}
	visit(is)
	slices.Reverse(all) // what is visited last stands on nothing that comes later
	return all
}

// nameBefore returns the name that an object had before the migration.
func (p *planner) nameBefore(o schema.SQLObject) string {
	if was, ok := p.named[o.Key()]; ok {
		return was
	}
	return o.Name
}

// relationBefore is [planner.nameBefore] for what an object is on: a table, or a view.
func (p *planner) relationBefore(name string) string {
	for _, kind := range []schema.ObjectKind{schema.ViewKind, schema.MaterializedViewKind} {
		if was, ok := p.named[schema.SQLObject{Kind: kind, Name: name}.Key()]; ok {
			return was
		}
	}
	return p.was.table(name)
}
