package optimize

import (
	"reflect"
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
)

// merge returns the one op that does what a and then b do; nil when that is nothing.
func merge(first, second *step) (migrate.Op, bool) {
	a, b := first.op, second.op
	if first.object != nil && second.object != nil {
		return mergeBeside(first.object, second.object)
	}
	if first.object != nil || second.object != nil {
		return nil, false
	}
	if c, is := a.(migrate.CreateTable); is {
		return fold(c, second)
	}
	if d, is := b.(migrate.DropTable); is {
		return undo(d, first)
	}
	switch x := a.(type) {
	case migrate.CreateSchema:
		y, is := b.(migrate.DropSchema)
		return nil, is && x.Name == y.Name
	case migrate.DropSchema:
		y, is := b.(migrate.CreateSchema)
		return nil, is && x.Name == y.Name
	case migrate.RenameTable:
		if y, is := b.(migrate.RenameTable); is && x.To == y.From {
			return unless(x.From == y.To, migrate.RenameTable{From: x.From, To: y.To}), true
		}
	case migrate.CommentTable:
		if y, is := b.(migrate.CommentTable); is && x.Table == y.Table {
			return unless(x.From == y.To, migrate.CommentTable{Table: x.Table, From: x.From, To: y.To}), true
		}
	case migrate.AddColumn, migrate.AlterColumn, migrate.RenameColumn:
		return mergeColumn(a, b)
	case migrate.CreateEnum, migrate.RenameEnum, migrate.RenameEnumValue, migrate.AlterEnum:
		return mergeEnum(a, b)
	}
	return mergeObject(first, second)
}

// unless returns op, or nothing when it would change nothing.
func unless(nothing bool, op migrate.Op) migrate.Op {
	if nothing {
		return nil
	}
	return op
}

// mergeObject merges two ops on one constraint or index, or on what a table says of itself.
func mergeObject(first, second *step) (migrate.Op, bool) {
	a, b := first.op, second.op
	back, err := a.Inverse()
	if err != nil || back == nil {
		return nil, false
	}
	if reflect.TypeOf(back) == reflect.TypeOf(b) && undone(&first.e) && sameOp(unforced(back), unforced(b)) {
		return nil, true
	}
	if op, ok := renamedTwice(a, b); ok {
		return op, true
	}
	if o, to, is := objectRename(&first.e); is {
		now := o
		now.Name = to
		return named(b, now, o.Name, false)
	}
	if o, to, is := objectRename(&second.e); is {
		return named(a, o, to, true)
	}
	return nil, false
}

// undone reports whether nothing is left of an op, in rows neither, when it is undone: constraints and indexes come or go by it, or a table says
// something else of itself.
func undone(e *migrate.Effects) bool {
	return !e.Rows && !e.Unknown && len(e.Renames) == 0 &&
		!slices.ContainsFunc(e.Writes, func(o migrate.Object) bool { return o.Kind != migrate.TableObject }) &&
		!slices.ContainsFunc(slices.Concat(e.Makes, e.Removes), func(o migrate.Object) bool {
			return o.Kind != migrate.ConstraintObject && o.Kind != migrate.IndexObject
		})
}

// renamedTwice merges two renames of a constraint, or of an index.
func renamedTwice(a, b migrate.Op) (migrate.Op, bool) {
	if x, is := a.(migrate.RenameConstraint); is {
		y, is := b.(migrate.RenameConstraint)
		return unless(x.From == y.To, migrate.RenameConstraint{Table: x.Table, From: x.From, To: y.To}), is && x.Table == y.Table && x.To == y.From
	}
	if x, is := a.(migrate.RenameIndex); is {
		y, is := b.(migrate.RenameIndex)
		return unless(x.From == y.To, migrate.RenameIndex{Table: x.Table, From: x.From, To: y.To}), is && x.Table == y.Table && x.To == y.From
	}
	return nil, false
}

// objectRename returns the constraint or the index that is renamed, and its new name.
func objectRename(e *migrate.Effects) (from migrate.Object, to string, ok bool) {
	if len(e.Renames) != 1 {
		return from, "", false
	}
	r := e.Renames[0]
	return r.From, r.To, r.From.Kind == migrate.ConstraintObject || r.From.Kind == migrate.IndexObject
}

// unforced leaves out how an op may lock.
func unforced(op migrate.Op) migrate.Op {
	v := reflect.New(reflect.TypeOf(op)).Elem()
	v.Set(reflect.ValueOf(op))
	if v.Kind() != reflect.Struct || !v.FieldByName("Plain").IsValid() {
		return op
	}
	v.FieldByName("Plain").SetZero()
	return v.Interface().(migrate.Op)
}

// named returns an op that does nothing but add, or drop, a constraint or an index, with another name for it. One that some dialects do not have
// may be followed by another rename there.
func named(op migrate.Op, o migrate.Object, to string, adds bool) (migrate.Op, bool) {
	of := func(op migrate.Op) (migrate.Definition, bool) {
		e := op.Effects()
		objects, definitions := e.Makes, e.New
		if !adds {
			objects, definitions = e.Removes, e.Old
		}
		if len(objects) != 1 || len(definitions) != 1 || len(e.Makes)+len(e.Removes)+len(e.Writes)+len(e.Renames) > 1 {
			return migrate.Definition{}, false
		}
		return definitions[0], true
	}
	d, ok := of(op)
	if !ok || d.Object() != o || d.Only() != "" {
		return nil, false
	}
	v := reflect.New(reflect.TypeOf(op)).Elem()
	v.Set(reflect.ValueOf(op))
	for _, f := range v.Fields() {
		if f.Kind() == reflect.Struct && f.FieldByName("Name").IsValid() {
			f.FieldByName("Name").SetString(to)
		}
	}
	renamed := v.Interface().(migrate.Op)
	d, ok = of(renamed)
	o.Name = to
	return renamed, ok && d.Object() == o
}

// mergeEnum merges two ops on one enum.
func mergeEnum(a, b migrate.Op) (migrate.Op, bool) {
	switch x := a.(type) {
	case migrate.CreateEnum:
		switch y := b.(type) {
		case migrate.DropEnum:
			return nil, x.Name == y.Name
		case migrate.RenameEnum:
			return migrate.CreateEnum{Name: y.To, Values: x.Values}, x.Name == y.From
		case migrate.AlterEnum:
			return migrate.CreateEnum{Name: x.Name, Values: y.To}, x.Name == y.Name
		case migrate.RenameEnumValue:
			return migrate.CreateEnum{Name: x.Name, Values: respelled(x.Values, y.From, y.To)}, x.Name == y.Enum
		}
	case migrate.RenameEnum:
		switch y := b.(type) {
		case migrate.DropEnum:
			return migrate.DropEnum{Name: x.From, Values: y.Values}, x.To == y.Name
		case migrate.RenameEnum:
			return unless(x.From == y.To, migrate.RenameEnum{From: x.From, To: y.To}), x.To == y.From
		}
	case migrate.RenameEnumValue:
		switch y := b.(type) {
		case migrate.DropEnum:
			return migrate.DropEnum{Name: y.Name, Values: respelled(y.Values, x.To, x.From)}, x.Enum == y.Name
		case migrate.RenameEnumValue:
			return unless(x.From == y.To, migrate.RenameEnumValue{Enum: x.Enum, From: x.From, To: y.To}), x.Enum == y.Enum && x.To == y.From
		}
	case migrate.AlterEnum:
		switch y := b.(type) {
		case migrate.DropEnum:
			return migrate.DropEnum{Name: y.Name, Values: x.From}, x.Name == y.Name
		case migrate.AlterEnum:
			return unless(slices.Equal(x.From, y.To), migrate.AlterEnum{Name: x.Name, From: x.From, To: y.To}), x.Name == y.Name
		case migrate.RenameEnumValue: // of a value that no row can have yet
			fresh := x.Name == y.Enum && !slices.Contains(x.From, y.From) && !slices.Contains(x.From, y.To)
			return migrate.AlterEnum{Name: x.Name, From: x.From, To: respelled(x.To, y.From, y.To)}, fresh
		}
	}
	return nil, false
}

func respelled(values []string, from, to string) []string {
	out := slices.Clone(values)
	for i, v := range out {
		if v == from {
			out[i] = to
		}
	}
	return out
}
