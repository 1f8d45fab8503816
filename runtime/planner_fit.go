package migrate

import (
	"slices"

	"github.com/modelgen/modelgen/runtime/schema"
)

// unfit returns the error of an op, which has the effects e, that does not fit s: planners take it for granted that what an op names is there. Apply knows, and is asked on a
// copy, which costs something, only where a table, or what the op names of one, is missing.
func unfit(s *schema.Schema, op Op, e Effects) error {
	named := slices.Concat(e.Reads, e.Writes, e.Removes)
	for _, r := range e.Renames {
		named = append(named, r.From)
	}
	for _, o := range e.Makes { // a part of a table
		if o.Table != "" {
			named = append(named, tableObject(o.Table))
		}
	}
	if !slices.ContainsFunc(named, func(o Object) bool {
		return lacks(s, o) && !slices.ContainsFunc(e.Makes, func(made Object) bool { return made.Covers(o) }) // as where a table refers to itself
	}) {
		return nil
	}
	return op.Apply(s.Clone())
}

// lacks reports whether s has no such table, or none with that column, constraint or index.
func lacks(s *schema.Schema, o Object) bool {
	name := o.Table
	if o.Kind == TableObject {
		name = o.Name
	}
	if name == "" {
		return false
	}
	t := s.Table(name)
	switch {
	case t == nil:
		return true
	case o.Kind == ColumnObject:
		return t.Column(o.Name) == nil
	case o.Kind == IndexObject:
		return !slices.ContainsFunc(t.Indexes, func(x schema.Index) bool { return x.Name == o.Name })
	case o.Kind == ConstraintObject:
		return !(t.PrimaryKey != nil && t.PrimaryKey.Name == o.Name ||
			slices.ContainsFunc(t.Uniques, func(x schema.Unique) bool { return x.Name == o.Name }) ||
			slices.ContainsFunc(t.Checks, func(x schema.Check) bool { return x.Name == o.Name }) ||
			slices.ContainsFunc(t.ForeignKeys, func(x schema.ForeignKey) bool { return x.Name == o.Name }))
	}
	return false
}
