package migrate

import (
	"fmt"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

//go:generate go run ../internal/objectops

// The ops of what stands beside the tables: views, functions, triggers and the like. Each kind has its own, written by internal/objectops into
// op_object_*.go; what they have in common is here. An op holds whole statements, so that it can be undone.

// ObjectPlanner turns the ops of objects into stages. They are few: what differs from kind to kind is the word of the statement.
type ObjectPlanner interface {
	CreateObject(op Op, o schema.SQLObject) error
	ReplaceObject(op Op, from, to schema.SQLObject) error
	DropObject(op Op, o schema.SQLObject) error
	RenameObject(op Op, from, to schema.SQLObject) error
}

// objectOp is an op of an object: what was there before it and what is there after it. One of them is nil when it makes or drops one. Ops are not converted
// to it but asked for it, in ObjectChange: for each type that is converted every program has an itab to register when it starts.
type objectOp interface {
	Op
	object() (from, to *schema.SQLObject)
}

// ObjectChange returns what an op makes of an [schema.SQLObject]: what is there before it and after it, nil for nothing. ok is false for all other ops.
func ObjectChange(op Op) (from, to *schema.SQLObject, ok bool) {
	x, ok := op.(objectOp)
	if !ok {
		return nil, nil, false
	}
	from, to = x.object()
	return from, to, true
}

func applyObject(op Op, s *schema.Schema) error {
	from, to, _ := ObjectChange(op)
	what := strings.ToLower(op.Describe()[:1]) + op.Describe()[1:]
	if from != nil {
		is := s.SQLObject(*from)
		switch {
		case is == nil:
			return fmt.Errorf("%s: there is no such %s", what, from.Kind)
		case !is.Equal(*from):
			return fmt.Errorf("%s: the op says that it was another one than it is", what)
		}
	}
	if to != nil && (from == nil || !from.Same(*to)) {
		if s.SQLObject(*to) != nil {
			return fmt.Errorf("%s: there is one already", what)
		}
		if name := takenRelation(s, *to, from); name != "" {
			return fmt.Errorf("%s: %s has that name", what, name)
		}
	}
	if to != nil {
		ns, _ := schema.SplitName(strings.Split(to.Name, "(")[0])
		if ns != "" && !s.HasNamespace(ns) && to.Kind != schema.CommentKind && to.Kind != schema.GrantKind && to.Kind != schema.RowSecurityKind && ns != "public" {
			return fmt.Errorf("%s: there is no schema %s", what, ns)
		}
	}
	if from != nil {
		s.RemoveSQLObject(*from)
	}
	if to != nil {
		s.PutSQLObject(*to)
	}
	return nil
}

// takenRelation returns the table or the object beside from that has the name of a new relation.
func takenRelation(s *schema.Schema, o schema.SQLObject, from *schema.SQLObject) string {
	if !o.Kind.Relation() {
		return ""
	}
	if s.Table(o.Name) != nil {
		return "table " + o.Name
	}
	for _, x := range s.SQLObjects {
		if x.Kind.Relation() && x.Name == o.Name && schema.Meet(x.Only, o.Only) && (from == nil || !x.Same(*from)) {
			return x.String()
		}
	}
	return ""
}

// objectEffects returns what an op of an object touches. What its text stands on is found with a schema at hand, see [Effects.In].
func objectEffects(op Op) Effects {
	from, to, _ := ObjectChange(op)
	var e Effects
	for _, o := range []*schema.SQLObject{from, to} {
		if o != nil {
			e.Objects = append(e.Objects, *o)
			if o.Table != "" {
				e.reads(tableObject(o.Table))
			}
		}
	}
	switch {
	case from == nil:
		e.Makes = append(e.Makes, sqlObject(*to))
	case to == nil:
		e.Removes = append(e.Removes, sqlObject(*from))
	case from.Same(*to):
		e.Writes = append(e.Writes, sqlObject(*to))
	default:
		e.Renames = append(e.Renames, Renamed{sqlObject(*from), sqlObject(*to).Name})
	}
	return e
}

// lostWith returns a virtual table that goes with rows that nothing else has.
func lostWith(o CreateVirtualTable) []string {
	_, x := o.object()
	if v, ok := x.VirtualTable(); ok && v.Derived() {
		return nil
	}
	return []string{o.Name}
}

func sqlObject(o schema.SQLObject) Object { return Object{Kind: SQLObjectObject, Name: o.String()} }

func planObject(op Op, p Planner) error {
	from, to, _ := ObjectChange(op)
	switch {
	case from == nil:
		return p.CreateObject(op, *to)
	case to == nil:
		return p.DropObject(op, *from)
	case from.Same(*to):
		return p.ReplaceObject(op, *from, *to)
	}
	return p.RenameObject(op, *from, *to)
}

// on says that an object is on a table, for descriptions.
func on(name, table string) string {
	if table == "" {
		return name
	}
	return name + " on " + table
}
