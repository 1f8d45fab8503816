package migrate

import (
	"cmp"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// Effects says what an op touches, under the names that hold when it runs: the one place where that is written down. The order in which
// generate puts ops, lint and the advice under an error are decided by it.
//
// The ops themselves only know names. What the SQL that they carry reads depends on the schema: see [Effects.In].
type Effects struct {
	Reads   []Object  // must be there as it is: what is referred to, and the columns whose values are read
	Writes  []Object  // stays under its name, and is changed: its definition, or the values in rows
	Makes   []Object  // is not there before the op
	Removes []Object  // is not there after it
	Renames []Renamed // is there before and after it, under two names

	// Old and New are the definitions of columns, constraints and indexes that hold before the op and no longer after it, and the other way
	// round. A change of a column has one of each.
	Old, New []Definition

	// Objects are what it makes, changes or drops beside the tables; what they stand on is found by [Effects.In].
	Objects []schema.SQLObject

	SQL  []CarriedSQL // expressions and statements that it carries, none of them empty
	Rows bool         // it writes values into rows that are there, or may do so
	// Unknown is set when the op may read and write anything, as a person wrote what it does. [Effects.In] also sets it for SQL that cannot
	// be understood.
	Unknown bool
}

// Object names a thing in a schema that an op touches.
type Object struct {
	Kind  ObjectKind
	Table string // that it belongs to, for columns, constraints and indexes; else ""
	Name  string
}

// ObjectKind is what an [Object] is.
type ObjectKind int

// The kinds of objects. A primary key, a unique constraint, a check, a foreign key and a dual write are constraints.
const (
	SchemaObject ObjectKind = iota + 1
	TableObject
	ColumnObject
	ConstraintObject
	IndexObject
	EnumObject
	HandObject      // what a step written by hand declares, by its text: "view open_issues"
	SQLObjectObject // an [schema.SQLObject], by its text: "view open_orders", "trigger touch on orders"
)

// Renamed is an object with the name that it gets. A table or an enum may move to another schema so.
type Renamed struct {
	From Object
	To   string
}

// CarriedSQL is SQL in an op.
type CarriedSQL struct {
	Table string // over whose columns it is an expression; "" for a statement
	Text  string
}

// Definition is a column, a constraint or an index of a table, as the op has it: one of the pointers is set.
type Definition struct {
	Table      string
	Column     *schema.Column
	PrimaryKey *schema.PrimaryKey
	Unique     *schema.Unique
	Check      *schema.Check
	ForeignKey *schema.ForeignKey
	Index      *schema.Index
	DualWrite  *schema.DualWrite
}

// Object returns the object that it is the definition of.
func (d Definition) Object() Object {
	switch {
	case d.Column != nil:
		return columnObject(d.Table, d.Column.Name)
	case d.PrimaryKey != nil:
		return constraintObject(d.Table, d.PrimaryKey.Name)
	case d.Unique != nil:
		return constraintObject(d.Table, d.Unique.Name)
	case d.Check != nil:
		return constraintObject(d.Table, d.Check.Name)
	case d.ForeignKey != nil:
		return constraintObject(d.Table, d.ForeignKey.Name)
	case d.Index != nil:
		return indexObject(d.Table, d.Index.Name)
	case d.DualWrite != nil:
		return constraintObject(d.Table, d.DualWrite.Name)
	}
	return Object{}
}

// Only returns the dialects that have the object, "" for all.
func (d Definition) Only() string {
	switch {
	case d.Unique != nil:
		return d.Unique.Only
	case d.Check != nil:
		return d.Check.Only
	case d.Index != nil:
		return d.Index.Only
	}
	return ""
}

// UniqueOver returns the columns whose values are unique by it together, nil when it makes none so. Of an index over expressions they are
// the columns beside those.
func (d Definition) UniqueOver() []string {
	switch {
	case d.PrimaryKey != nil:
		return d.PrimaryKey.Columns
	case d.Unique != nil:
		return d.Unique.Columns
	case d.Index != nil && d.Index.Unique:
		return d.Index.Columns()
	}
	return nil
}

// String returns the object as messages name it: "products.caption" for a column.
func (o Object) String() string {
	if o.Table != "" {
		return o.Table + "." + o.Name
	}
	return o.Name
}

// Covers reports whether the object is the other one, or the table that the other one belongs to.
func (o Object) Covers(other Object) bool {
	return o == other || o.Kind == TableObject && o.Name == other.Table
}

func compareObjects(a, b Object) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), strings.Compare(a.Table, b.Table), strings.Compare(a.Name, b.Name))
}

// In returns e with what its SQL reads of s, the schema that the op finds, among Reads. Unknown is set when some of it cannot be understood.
func (e Effects) In(s *schema.Schema) Effects {
	e.Reads = slices.Clone(e.Reads)
	for _, x := range e.SQL {
		r := s.References(x.Table, x.Text)
		e.Unknown = e.Unknown || r.Unknown
		for _, t := range r.Tables {
			e.Reads = append(e.Reads, tableObject(t))
		}
		for _, c := range r.Columns {
			e.Reads = append(e.Reads, columnObject(c.Table, c.Column))
		}
	}
	for _, o := range e.Objects {
		for _, n := range s.Needs(o) {
			switch {
			case n.Object != nil:
				e.Reads = append(e.Reads, sqlObject(*n.Object))
			case n.Enum != "":
				e.Reads = append(e.Reads, enumObject(n.Enum))
			case n.Column != "":
				e.Reads = append(e.Reads, columnObject(n.Table, n.Column))
			default:
				e.Reads = append(e.Reads, tableObject(n.Table))
			}
		}
	}
	slices.SortFunc(e.Reads, compareObjects)
	e.Reads = slices.Compact(e.Reads)
	return e
}

// MayRead reports whether the op reads the object, or a part of it, or may do so as it is not known what it does. It is asked of what
// [Effects.In] returns.
func (e Effects) MayRead(o Object) bool {
	return e.Unknown || slices.ContainsFunc(e.Reads, o.Covers)
}

// OverData reports whether the op is a step over data, which is not what changes the schema: it gives values to rows and does no more, or a
// person wrote what it does, and at most says beside it what that makes of the schema.
func (e Effects) OverData() bool {
	return e.Unknown || e.Rows && len(e.Makes)+len(e.Removes)+len(e.Renames)+len(e.Old)+len(e.New) == 0
}

// Merge returns the effects of several ops together, in order.
func Merge(ops ...Op) Effects {
	var all Effects
	for _, op := range ops {
		e := op.Effects()
		all.Reads, all.Writes = append(all.Reads, e.Reads...), append(all.Writes, e.Writes...)
		all.Makes, all.Removes = append(all.Makes, e.Makes...), append(all.Removes, e.Removes...)
		all.Old, all.New = append(all.Old, e.Old...), append(all.New, e.New...)
		all.Objects = append(all.Objects, e.Objects...)
		all.Renames, all.SQL = append(all.Renames, e.Renames...), append(all.SQL, e.SQL...)
		all.Rows, all.Unknown = all.Rows || e.Rows, all.Unknown || e.Unknown
	}
	return all
}

func tableObject(name string) Object { return Object{Kind: TableObject, Name: name} }
func enumObject(name string) Object  { return Object{Kind: EnumObject, Name: name} }
func columnObject(table, name string) Object {
	return Object{Kind: ColumnObject, Table: table, Name: name}
}
func constraintObject(table, name string) Object {
	return Object{Kind: ConstraintObject, Table: table, Name: name}
}
func indexObject(table, name string) Object {
	return Object{Kind: IndexObject, Table: table, Name: name}
}

// Subject returns what an op is about, under the name that it has after the op: the column, table, enum or schema that is made, changed, renamed
// or removed. Of a constraint or an index that comes or goes it is the table. The zero Object is that of an op of which that is not known.
func (e Effects) Subject() Object {
	for _, r := range e.Renames {
		o := r.From
		o.Name = r.To
		return o
	}
	all := slices.Concat(e.Makes, e.Writes, e.Removes)
	if len(all) == 0 {
		return Object{}
	}
	for _, kind := range []ObjectKind{TableObject, ColumnObject} {
		if i := slices.IndexFunc(all, func(o Object) bool { return o.Kind == kind }); i >= 0 {
			return all[i]
		}
	}
	if o := all[0]; o.Table != "" {
		return tableObject(o.Table)
	}
	return all[0]
}
