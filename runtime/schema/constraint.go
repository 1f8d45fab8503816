package schema

import "slices"

// PrimaryKey is the primary key of a table. The order of its columns counts.
type PrimaryKey struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"`
}

// Unique is a unique constraint. One with a condition or an expression is an [Index] with Unique set.
type Unique struct {
	Name             string     `json:"name"`
	Columns          []string   `json:"columns"`
	NullsNotDistinct bool       `json:"nullsNotDistinct,omitempty"` // PostgreSQL 15 and newer
	Deferrable       Deferrable `json:"deferrable,omitempty"`
	Only             string     `json:"only,omitempty"` // the dialect that has it; "" is every dialect, see [Schema.For]
}

// Check is a check constraint.
type Check struct {
	Name string `json:"name"`
	Expr string `json:"expr"`           // SQL over the columns of the row
	Only string `json:"only,omitempty"` // the dialect that has it; "" is every dialect, see [Schema.For]
}

// ForeignKey refers from columns of its table to columns of RefTable.
type ForeignKey struct {
	Name       string     `json:"name"`
	Columns    []string   `json:"columns"`
	RefTable   string     `json:"refTable"`
	RefColumns []string   `json:"refColumns"`
	OnDelete   Action     `json:"onDelete,omitempty"`
	OnUpdate   Action     `json:"onUpdate,omitempty"`
	Deferrable Deferrable `json:"deferrable,omitempty"`
}

// Action is what a foreign key does when the row it refers to goes or changes. The zero value is NO ACTION.
type Action string

// The actions of the SQL standard, spelled as in SQL.
const (
	NoAction   Action = ""
	Restrict   Action = "RESTRICT"
	Cascade    Action = "CASCADE"
	SetNull    Action = "SET NULL"
	SetDefault Action = "SET DEFAULT"
)

// Deferrable says when a constraint is looked at. The zero value: at once, NOT DEFERRABLE.
type Deferrable string

// The two kinds of deferrable constraints.
const (
	NotDeferrable      Deferrable = ""
	InitiallyImmediate Deferrable = "IMMEDIATE" // DEFERRABLE INITIALLY IMMEDIATE
	InitiallyDeferred  Deferrable = "DEFERRED"  // DEFERRABLE INITIALLY DEFERRED
)

// Index is an index, or a unique index when Unique is set.
type Index struct {
	Name             string      `json:"name"`
	Unique           bool        `json:"unique,omitempty"`
	Parts            []IndexPart `json:"parts"`
	Where            string      `json:"where,omitempty"`   // condition of a partial index
	Using            string      `json:"using,omitempty"`   // access method; "" is btree
	Include          []string    `json:"include,omitempty"` // columns carried along, PostgreSQL only
	NullsNotDistinct bool        `json:"nullsNotDistinct,omitempty"`
	Only             string      `json:"only,omitempty"` // the dialect that has it; "" is every dialect, see [Schema.For]
}

// IndexPart is one column or one expression of an index: exactly one of Column and Expr is set.
type IndexPart struct {
	Column  string `json:"column,omitempty"`
	Expr    string `json:"expr,omitempty"` // without its outer parentheses
	Collate string `json:"collate,omitempty"`
	OpClass string `json:"opclass,omitempty"`
	Desc    bool   `json:"desc,omitempty"`
	Nulls   Nulls  `json:"nulls,omitempty"`
}

// Nulls says where NULL sorts in an index. The zero value is the dialect's: on PostgreSQL last, with Desc first.
type Nulls string

// Where NULL can sort. What is the default anyway is normalised to the zero value.
const (
	NullsDefault Nulls = ""
	NullsFirst   Nulls = "FIRST"
	NullsLast    Nulls = "LAST"
)

// Equal reports whether the two are the same, names included.
func (p *PrimaryKey) Equal(q *PrimaryKey) bool {
	if p == nil || q == nil {
		return p == q
	}
	return p.Name == q.Name && slices.Equal(p.Columns, q.Columns)
}

// Equal reports whether the two are the same, names included.
func (u Unique) Equal(v Unique) bool {
	return u.Name == v.Name && slices.Equal(u.Columns, v.Columns) && u.NullsNotDistinct == v.NullsNotDistinct && u.Deferrable == v.Deferrable && u.Only == v.Only
}

// Equal reports whether the two are the same, names included.
func (f ForeignKey) Equal(g ForeignKey) bool {
	return f.Name == g.Name && f.RefTable == g.RefTable && slices.Equal(f.Columns, g.Columns) && slices.Equal(f.RefColumns, g.RefColumns) &&
		f.OnDelete == g.OnDelete && f.OnUpdate == g.OnUpdate && f.Deferrable == g.Deferrable
}

// Equal reports whether the two are the same, names included.
func (x Index) Equal(y Index) bool {
	return x.Name == y.Name && x.Unique == y.Unique && slices.Equal(x.Parts, y.Parts) && x.Where == y.Where && x.Using == y.Using &&
		slices.Equal(x.Include, y.Include) && x.NullsNotDistinct == y.NullsNotDistinct && x.Only == y.Only
}

// Columns returns the names of the plain columns of the index, in order; expressions are left out.
func (x Index) Columns() []string {
	var names []string
	for _, p := range x.Parts {
		if p.Column != "" {
			names = append(names, p.Column)
		}
	}
	return names
}
