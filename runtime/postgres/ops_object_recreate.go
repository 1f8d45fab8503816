package postgres

import (
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// recreates returns the statements that drop an object and create it again, with all that stands on it: a view that returns fewer columns than before, as on the way
// back of one that got more, is no longer one that CREATE OR REPLACE takes.
func (p *planner) recreates(from, to schema.SQLObject) (all []migrate.Statement) {
	stands := p.standing(from)
	for i := len(stands) - 1; i >= 0; i-- {
		if stands[i].Kind != schema.CommentKind && stands[i].Kind != schema.GrantKind { // which go with what they are on
			all = append(all, statement(drop(stands[i])))
		}
	}
	p.dropsObject(from)
	for _, o := range stands {
		p.dropsObject(o)
	}
	all = append(all, statement(drop(from)))
	all = append(all, p.makes(to)...)
	for _, o := range stands {
		all = append(all, p.makes(o)...)
	}
	return all
}

// standing returns the objects that stand on another one, in an order in which they can be created.
func (p *planner) standing(on schema.SQLObject) (all []schema.SQLObject) {
	names := p.before.Names()
	needs := map[string][]schema.Need{}
	for _, o := range p.before.SQLObjects {
		needs[o.Key()] = names.Needs(o)
	}
	holds := func(o schema.SQLObject, under schema.SQLObject) bool {
		return slices.ContainsFunc(needs[o.Key()], func(n schema.Need) bool { return !n.Soft && n.Object != nil && n.Object.Same(under) })
	}
	seen := map[string]bool{on.Key(): true}
	var visit func(under schema.SQLObject)
	visit = func(under schema.SQLObject) {
		for _, o := range p.before.SQLObjects {
			if !seen[o.Key()] && holds(o, under) && o.Kind != schema.SequenceKind && o.Kind != schema.ExtensionKind {
				seen[o.Key()] = true
				visit(o)
				all = append(all, o)
			}
		}
	}
	visit(on)
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
