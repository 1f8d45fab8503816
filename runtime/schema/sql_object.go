package schema

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
)

// SQLObject is what a statement of SQL makes beside the tables: a view, a function, a trigger, a policy, an extension, a grant. It is whole: what it
// says is what the database is told.
type SQLObject struct {
	Kind  ObjectKind `json:"kind"`
	Name  string     `json:"name"`            // without quotes, may be qualified: billing.open; of a routine with the types of its arguments: total(integer)
	Table string     `json:"table,omitempty"` // what it is on: the table of a trigger, a policy or a partition, the view of an index
	Only  string     `json:"only,omitempty"`  // the dialect that has it; "" is every dialect
	Head  string     `json:"head,omitempty"`  // of a view, what stands between its name and AS; of a trigger, its state: DISABLE, ENABLE ALWAYS
	SQL   SQLText    `json:"sql,omitempty"`   // the CREATE statement without its semicolon; of a view its query; see [ObjectKind]
	Was   string     `json:"was,omitempty"`   // the rename hint that was used up, generator only
}

// ObjectKind is the kind of an [SQLObject], as DROP names it in lower case.
type ObjectKind string

// The kinds of objects, in the order in which they are made where nothing else decides. SQL of an object is the whole statement, unless said.
const (
	ExtensionKind        ObjectKind = "extension" // SQL: SCHEMA and VERSION behind the name
	DomainKind           ObjectKind = "domain"
	CompositeTypeKind    ObjectKind = "composite type"
	RangeTypeKind        ObjectKind = "range type"
	SequenceKind         ObjectKind = "sequence"
	FunctionKind         ObjectKind = "function"
	ProcedureKind        ObjectKind = "procedure"
	AggregateKind        ObjectKind = "aggregate"
	VirtualTableKind     ObjectKind = "virtual table"
	PartitionKind        ObjectKind = "partition"            // SQL: FOR VALUES or DEFAULT; Table is the parent
	ViewKind             ObjectKind = "view"                 // SQL: the query
	MaterializedViewKind ObjectKind = "materialized view"    // SQL: the query
	ViewIndexKind        ObjectKind = "index"                // of a materialized view
	ExclusionKind        ObjectKind = "exclusion constraint" // SQL: EXCLUDE and what follows
	RuleKind             ObjectKind = "rule"
	TriggerKind          ObjectKind = "trigger"
	EventTriggerKind     ObjectKind = "event trigger"
	PolicyKind           ObjectKind = "policy"
	RowSecurityKind      ObjectKind = "row security" // Name is that of the table; SQL: ENABLE or FORCE
	StatisticsKind       ObjectKind = "statistics"
	PublicationKind      ObjectKind = "publication"
	CommentKind          ObjectKind = "comment" // Name is the object as COMMENT ON names it; SQL: the text
	GrantKind            ObjectKind = "grant"   // Name is the object with TO and the role; SQL: the privileges, sorted
)

// ObjectKinds returns all kinds in their order.
func ObjectKinds() []ObjectKind {
	return []ObjectKind{ExtensionKind, DomainKind, CompositeTypeKind, RangeTypeKind, SequenceKind, FunctionKind, ProcedureKind, AggregateKind, VirtualTableKind, PartitionKind, ExclusionKind, ViewKind, MaterializedViewKind,
		ViewIndexKind, RuleKind, TriggerKind, EventTriggerKind, PolicyKind, RowSecurityKind, StatisticsKind, PublicationKind, CommentKind, GrantKind}
}

// NoPrivileges are the privileges of a grant to PUBLIC that says that it has none, where it would have some by itself: EXECUTE on a routine, USAGE on a type.
const NoPrivileges = "NONE"

// Routine reports whether objects of the kind are told apart by the types of their arguments too.
func (k ObjectKind) Routine() bool {
	return k == FunctionKind || k == ProcedureKind || k == AggregateKind
}

// Relation reports whether the name of an object of the kind is one of those that tables have.
func (k ObjectKind) Relation() bool {
	return k == ViewKind || k == MaterializedViewKind || k == SequenceKind || k == VirtualTableKind || k == PartitionKind || k == ViewIndexKind || k == ExclusionKind || k == CompositeTypeKind
}

// SQLText is SQL of one or more lines. In JSON it is a list of its lines, so that files that hold it merge line by line.
type SQLText string

// MarshalJSON implements [json.Marshaler].
func (t SQLText) MarshalJSON() ([]byte, error) {
	if lines := strings.Split(string(t), "\n"); len(lines) > 1 {
		return marshalPlain(lines)
	}
	return marshalPlain(string(t))
}

// marshalPlain leaves <, > and & as they are.
func marshalPlain(v any) ([]byte, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return []byte(strings.TrimSuffix(b.String(), "\n")), err
}

// UnmarshalJSON implements [json.Unmarshaler].
func (t *SQLText) UnmarshalJSON(data []byte) error {
	var lines []string
	if err := json.Unmarshal(data, &lines); err == nil {
		*t = SQLText(strings.Join(lines, "\n"))
		return nil
	}
	return json.Unmarshal(data, (*string)(t))
}

// String returns the object as messages name it: "view open_orders", "trigger touch on orders".
func (o SQLObject) String() string {
	switch {
	case o.Kind == PartitionKind:
		return "partition " + o.Name + " of " + o.Table
	case o.Kind == CommentKind:
		return "comment on " + o.Name
	case o.Kind == RowSecurityKind:
		return "row security of " + o.Name
	case o.Table != "":
		return string(o.Kind) + " " + o.Name + " on " + o.Table
	}
	return string(o.Kind) + " " + o.Name
}

// Key tells the objects of a schema apart.
func (o SQLObject) Key() string { return o.String() + "\x00" + o.Only }

// Same reports whether two objects are one and the same that may have changed: of one kind, name, table and dialect.
func (o SQLObject) Same(p SQLObject) bool {
	return o.Kind == p.Kind && o.Name == p.Name && o.Only == p.Only && (o.Table == p.Table || o.Kind == PartitionKind)
}

// Equal reports whether two objects are one and say the same, as far as their tokens show. Rename hints do not count.
func (o SQLObject) Equal(p SQLObject) bool {
	return o.Same(p) && o.Table == p.Table && SameSQL(o.Head, p.Head) && (o.Kind == CommentKind && o.SQL == p.SQL || o.Kind != CommentKind && SameSQL(string(o.SQL), string(p.SQL)))
}

func (o SQLObject) compare(p SQLObject) int {
	return cmp.Or(strings.Compare(string(o.Kind), string(p.Kind)), strings.Compare(o.Table, p.Table), strings.Compare(o.Name, p.Name), strings.Compare(o.Only, p.Only))
}

// SQLObject returns the object that is the same as o, or nil. The pointer reaches into s.
func (s *Schema) SQLObject(o SQLObject) *SQLObject {
	if i := slices.IndexFunc(s.SQLObjects, o.Same); i >= 0 {
		return &s.SQLObjects[i]
	}
	return nil
}

// PutSQLObject adds o, or puts it in the place of the object that is the same.
func (s *Schema) PutSQLObject(o SQLObject) {
	s.SQLObjects = slices.DeleteFunc(slices.Clone(s.SQLObjects), o.Same)
	i, _ := slices.BinarySearchFunc(s.SQLObjects, o, SQLObject.compare)
	s.SQLObjects = slices.Insert(s.SQLObjects, i, o)
}

// RemoveSQLObject takes the object that is the same as o away; no such object is no error.
func (s *Schema) RemoveSQLObject(o SQLObject) {
	s.SQLObjects = slices.DeleteFunc(slices.Clone(s.SQLObjects), o.Same)
}

// SortSQLObjects brings the objects into their order.
func (s *Schema) SortSQLObjects() { slices.SortFunc(s.SQLObjects, SQLObject.compare) }
