package optimize

import (
	"maps"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// mergeColumn merges two ops on one column of a table that may have rows.
func mergeColumn(a, b migrate.Op) (migrate.Op, bool) {
	switch x := a.(type) {
	case migrate.AddColumn:
		c := x.Column.Def()
		switch y := b.(type) {
		case migrate.DropColumn:
			return nil, x.Table == y.Table && c.Name == y.Column.Def().Name
		case migrate.RenameColumn:
			same := x.Table == y.Table && c.Name == y.From
			c.Name = y.To
			return migrate.AddColumn{Table: x.Table, Column: c}, same
		case migrate.AlterColumn:
			to := y.To.Def()
			return migrate.AddColumn{Table: x.Table, Column: to}, x.Table == y.Table && c.Equal(y.From.Def()) && sameValues(c, to, y.Using)
		}
	case migrate.AlterColumn:
		from, mid := x.From.Def(), x.To.Def()
		switch y := b.(type) {
		case migrate.DropColumn:
			back := y.FillBack
			if !sameType(from, mid) {
				back = "" // it is a value of the other type
			}
			return migrate.DropColumn{Table: x.Table, Column: from, FillBack: back}, x.Table == y.Table && mid.Name == y.Column.Def().Name
		case migrate.AlterColumn:
			if x.Table != y.Table || !mid.Equal(y.From.Def()) {
				return nil, false
			}
			return alterTwice(x, y)
		}
	case migrate.RenameColumn:
		switch y := b.(type) {
		case migrate.DropColumn:
			c := y.Column.Def()
			same := x.Table == y.Table && c.Name == x.To
			c.Name = x.From
			return migrate.DropColumn{Table: x.Table, Column: c, FillBack: y.FillBack}, same
		case migrate.RenameColumn:
			return unless(x.From == y.To, migrate.RenameColumn{Table: x.Table, From: x.From, To: y.To}), x.Table == y.Table && x.To == y.From
		}
	}
	return nil, false
}

// sameValues reports whether rows that are there get the same from a column that is added as c and altered to to, and from one added as to: what a
// column is added with is what existing rows have in it.
func sameValues(c, to schema.Column, using string) bool {
	if using != "" || c.Identity || to.Identity || c.Generated != to.Generated || !maps.Equal(c.DefaultFor, to.DefaultFor) || c.DefaultExpr != to.DefaultExpr {
		return false
	}
	if (c.Default == nil) != (to.Default == nil) || c.Default != nil && *c.Default != *to.Default {
		return false
	}
	if sameType(c, to) {
		return true
	}
	null := c.Default == nil && c.DefaultExpr == "" && len(c.DefaultFor) == 0 && c.Generated == ""
	return null || c.Default != nil && len(c.TypeFor)+len(to.TypeFor) == 0 && integer(c.Type) && integer(to.Type)
}

func sameType(a, b schema.Column) bool {
	return a.Type == b.Type && maps.Equal(a.TypeFor, b.TypeFor) && a.Collate == b.Collate && maps.Equal(a.CollateFor, b.CollateFor)
}

// keeps reports whether a change of type lets every value be what it was, in whatever it is turned into next.
func keeps(a, b schema.Column) bool {
	if len(a.TypeFor)+len(b.TypeFor)+len(a.CollateFor)+len(b.CollateFor) > 0 || a.Collate != b.Collate || a.Type.Array || b.Type.Array {
		return false
	}
	text := func(t schema.Type) bool { return t.Kind == schema.KindText || t.Kind == schema.KindVarchar }
	return (text(a.Type) && text(b.Type) || integer(a.Type) && integer(b.Type)) && schema.ChangeType(a.Type, b.Type).Safe
}

func integer(t schema.Type) bool { return !t.Array && t.Kind.Integer() }

// alterTwice merges two changes of a column, when its values are changed by one of them at most.
func alterTwice(x, y migrate.AlterColumn) (migrate.Op, bool) {
	from, mid, to := x.From.Def(), x.To.Def(), y.To.Def()
	first, second := sameType(from, mid) && x.Using+x.UsingBack == "", sameType(mid, to) && y.Using+y.UsingBack == ""
	if !first && !second && (x.Using+x.UsingBack != "" || y.Using+y.UsingBack != "" || !keeps(from, mid)) {
		return nil, false
	}
	if from.Identity != mid.Identity && mid.Identity != to.Identity {
		return nil, false // the numbers begin again
	}
	out := migrate.AlterColumn{Table: x.Table, From: from, To: to, Using: x.Using + y.Using, UsingBack: x.UsingBack + y.UsingBack}
	if x.Plain != "" && y.Plain != "" {
		out.Plain = x.Plain
	}
	return unless(from.Equal(to) && out.Using+out.UsingBack == "", out), true
}
