package optimize

import (
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
)

// merge returns the one op that does what a and then b do; nil when that is nothing.
func merge(a, b migrate.Op) (migrate.Op, bool) {
	if c, is := a.(migrate.CreateTable); is {
		return fold(c, b)
	}
	if d, is := b.(migrate.DropTable); is {
		return undo(d, a)
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
	return mergeObject(a, b)
}

// unless gives op, or nothing when it would change nothing.
func unless(nothing bool, op migrate.Op) migrate.Op {
	if nothing {
		return nil
	}
	return op
}

// mergeObject merges two ops on one constraint or index.
func mergeObject(a, b migrate.Op) (migrate.Op, bool) {
	back, err := a.Inverse()
	if err != nil || back == nil {
		return nil, false
	}
	switch x := a.(type) {
	case migrate.AddPrimaryKey, migrate.AddUnique, migrate.AddCheck, migrate.AddForeignKey, migrate.CreateIndex,
		migrate.DropPrimaryKey, migrate.DropUnique, migrate.DropCheck, migrate.DropForeignKey, migrate.DropIndex:
		if sameOp(unforced(back), unforced(b)) {
			return nil, true
		}
	case migrate.RenameConstraint:
		if y, is := b.(migrate.RenameConstraint); is && x.Table == y.Table && x.To == y.From {
			return unless(x.From == y.To, migrate.RenameConstraint{Table: x.Table, From: x.From, To: y.To}), true
		}
		return named(b, x.Table, x.To, x.From, false)
	case migrate.RenameIndex:
		if y, is := b.(migrate.RenameIndex); is && x.Table == y.Table && x.To == y.From {
			return unless(x.From == y.To, migrate.RenameIndex{Table: x.Table, From: x.From, To: y.To}), true
		}
		if y, is := b.(migrate.DropIndex); is && x.Table == y.Table && x.To == y.Index.Name && y.Index.Only == "" {
			y.Index.Name = x.From
			return y, true
		}
		return nil, false
	}
	switch y := b.(type) {
	case migrate.RenameConstraint:
		return named(a, y.Table, y.From, y.To, true)
	case migrate.RenameIndex:
		if x, is := a.(migrate.CreateIndex); is && x.Table == y.Table && x.Index.Name == y.From && x.Index.Only == "" {
			x.Index.Name = y.To
			return x, true
		}
	}
	return nil, false
}

// unforced leaves out how an op may lock.
func unforced(op migrate.Op) migrate.Op {
	switch o := op.(type) {
	case migrate.AddPrimaryKey:
		o.Plain = ""
		return o
	case migrate.DropPrimaryKey:
		o.Plain = ""
		return o
	case migrate.AddUnique:
		o.Plain = ""
		return o
	case migrate.DropUnique:
		o.Plain = ""
		return o
	case migrate.AddCheck:
		o.Plain = ""
		return o
	case migrate.DropCheck:
		o.Plain = ""
		return o
	case migrate.AddForeignKey:
		o.Plain = ""
		return o
	case migrate.DropForeignKey:
		o.Plain = ""
		return o
	case migrate.CreateIndex:
		o.Plain = ""
		return o
	case migrate.DropIndex:
		o.Plain = ""
		return o
	}
	return op
}

// named gives an op that adds or drops a constraint of a table under another name.
func named(op migrate.Op, table, from, to string, adds bool) (migrate.Op, bool) {
	switch o := op.(type) {
	case migrate.AddPrimaryKey:
		n := o.PrimaryKey.Name
		o.PrimaryKey.Name = to
		return o, adds && o.Table == table && n == from
	case migrate.DropPrimaryKey:
		n := o.PrimaryKey.Name
		o.PrimaryKey.Name = to
		return o, !adds && o.Table == table && n == from
	case migrate.AddUnique:
		n := o.Unique.Name
		o.Unique.Name = to
		return o, adds && o.Table == table && n == from && o.Unique.Only == ""
	case migrate.DropUnique:
		n := o.Unique.Name
		o.Unique.Name = to
		return o, !adds && o.Table == table && n == from && o.Unique.Only == ""
	case migrate.AddCheck:
		n := o.Check.Name
		o.Check.Name = to
		return o, adds && o.Table == table && n == from && o.Check.Only == ""
	case migrate.DropCheck:
		n := o.Check.Name
		o.Check.Name = to
		return o, !adds && o.Table == table && n == from && o.Check.Only == ""
	case migrate.AddForeignKey:
		n := o.ForeignKey.Name
		o.ForeignKey.Name = to
		return o, adds && o.Table == table && n == from
	case migrate.DropForeignKey:
		n := o.ForeignKey.Name
		o.ForeignKey.Name = to
		return o, !adds && o.Table == table && n == from
	}
	return nil, false
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
