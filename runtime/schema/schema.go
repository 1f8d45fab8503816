package schema

import (
	"cmp"
	"maps"
	"slices"
	"sort"
	"strings"
)

// Schema is everything that migrations have made: the state that ops change one by one. The zero value is empty and ready.
type Schema struct {
	Namespaces []string `json:"schemas,omitempty"` // PostgreSQL schemas that tables or enums were put in, sorted
	Enums      []*Enum  `json:"enums,omitempty"`   // native enum types, sorted by name
	Tables     []*Table `json:"tables,omitempty"`  // sorted by name

	SQLObjects []SQLObject `json:"sqlObjects,omitempty"` // views, functions, triggers and the like, sorted by kind, table and name

	// Objects are what steps written by hand declare that they make, in the order in which they do. No snapshot has them: the models do not say them.
	Objects []Object `json:"-"`
}

// Enum is a native enum type. On a dialect without such types its columns get a CHECK over the values.
type Enum struct {
	Name   string   `json:"name"`            // may be qualified: billing.state
	Was    string   `json:"was,omitempty"`   // the rename hint that was used up, generator only
	Values []string `json:"values"`          // in the order of their comparison
	Owner  string   `json:"owner,omitempty"` // Go type it came from, generator only
	// ValueWas holds the rename hints of values that were used up, generator only.
	ValueWas map[string]string `json:"valueWas,omitempty"`
	// Parts holds the indexes in Values where those of another source file begin, whose order among the files nobody has chosen; generator
	// only, and not kept.
	Parts []int `json:"-"`
}

// Table is one table with all that belongs to it.
type Table struct {
	Name        string       `json:"name"`              // may be qualified: billing.invoices
	Was         string       `json:"was,omitempty"`     // the rename hint that was used up, generator only
	Comment     string       `json:"comment,omitempty"` // COMMENT ON TABLE; ignored where the dialect has none
	Columns     []Column     `json:"columns"`           // in the order of the database
	PrimaryKey  *PrimaryKey  `json:"primaryKey,omitempty"`
	Uniques     []Unique     `json:"uniques,omitempty"`     // sorted by name
	Checks      []Check      `json:"checks,omitempty"`      // sorted by name
	ForeignKeys []ForeignKey `json:"foreignKeys,omitempty"` // sorted by name
	Indexes     []Index      `json:"indexes,omitempty"`     // sorted by name
	DualWrites  []DualWrite  `json:"dualWrites,omitempty"`  // sorted by name
	Options     TableOptions `json:"options,omitzero"`      // how the database keeps it
	Rows        TableRows    `json:"rows,omitzero"`         // that belong to the schema
}

// Table returns the table of that name, or nil.
func (s *Schema) Table(name string) *Table {
	if i, ok := s.find(name); ok {
		return s.Tables[i]
	}
	return nil
}

func (s *Schema) find(name string) (int, bool) {
	return sort.Find(len(s.Tables), func(i int) int { return strings.Compare(name, s.Tables[i].Name) })
}

// PutTable adds t, or replaces the table of the same name.
func (s *Schema) PutTable(t *Table) {
	i, ok := s.find(t.Name)
	if ok {
		s.Tables[i] = t
		return
	}
	s.Tables = slices.Insert(s.Tables, i, t)
}

// RemoveTable takes the table of that name away; no table of that name is no error.
func (s *Schema) RemoveTable(name string) {
	if i, ok := s.find(name); ok {
		s.Tables = slices.Delete(s.Tables, i, i+1)
	}
}

// Enum returns the enum type of that name, or nil.
func (s *Schema) Enum(name string) *Enum {
	for _, e := range s.Enums {
		if e.Name == name {
			return e
		}
	}
	return nil
}

// PutEnum adds e, or replaces the enum of the same name.
func (s *Schema) PutEnum(e *Enum) {
	i, ok := sort.Find(len(s.Enums), func(i int) int { return strings.Compare(e.Name, s.Enums[i].Name) })
	if ok {
		s.Enums[i] = e
		return
	}
	s.Enums = slices.Insert(s.Enums, i, e)
}

// RemoveEnum takes the enum of that name away; no enum of that name is no error.
func (s *Schema) RemoveEnum(name string) {
	s.Enums = slices.DeleteFunc(s.Enums, func(e *Enum) bool { return e.Name == name })
}

// HasNamespace reports whether the schema (namespace) is one that migrations made.
func (s *Schema) HasNamespace(name string) bool { return slices.Contains(s.Namespaces, name) }

// Clone returns a copy that shares nothing with s.
func (s *Schema) Clone() *Schema {
	c := &Schema{Namespaces: slices.Clone(s.Namespaces), SQLObjects: slices.Clone(s.SQLObjects), Objects: slices.Clone(s.Objects)}
	for _, e := range s.Enums {
		c.Enums = append(c.Enums, e.Clone())
	}
	for _, t := range s.Tables {
		c.Tables = append(c.Tables, t.Clone())
	}
	return c
}

// Clone returns a copy that shares nothing with e.
func (e *Enum) Clone() *Enum {
	c := *e
	c.Values, c.ValueWas, c.Parts = slices.Clone(e.Values), maps.Clone(e.ValueWas), slices.Clone(e.Parts)
	return &c
}

// Clone returns a copy that shares nothing with t but the texts of defaults, which are replaced and never changed.
func (t *Table) Clone() *Table {
	c := *t
	c.Columns = slices.Clone(t.Columns)
	for i := range c.Columns {
		c.Columns[i].unshare()
	}
	if t.PrimaryKey != nil {
		pk := *t.PrimaryKey
		pk.Columns = slices.Clone(pk.Columns)
		c.PrimaryKey = &pk
	}
	c.Uniques = slices.Clone(t.Uniques)
	for i := range c.Uniques {
		c.Uniques[i].Columns = slices.Clone(c.Uniques[i].Columns)
	}
	c.Checks = slices.Clone(t.Checks)
	c.ForeignKeys = slices.Clone(t.ForeignKeys)
	for i := range c.ForeignKeys {
		c.ForeignKeys[i].Columns = slices.Clone(c.ForeignKeys[i].Columns)
		c.ForeignKeys[i].RefColumns = slices.Clone(c.ForeignKeys[i].RefColumns)
	}
	c.Indexes = slices.Clone(t.Indexes)
	for i := range c.Indexes {
		c.Indexes[i].Parts = slices.Clone(c.Indexes[i].Parts)
		c.Indexes[i].Include = slices.Clone(c.Indexes[i].Include)
	}
	c.DualWrites = slices.Clone(t.DualWrites)
	for i := range c.DualWrites {
		c.DualWrites[i].Column.unshare()
	}
	c.Rows = t.Rows.Clone()
	return &c
}

// Column returns the column of that name, or nil. The pointer reaches into t.
func (t *Table) Column(name string) *Column {
	for i := range t.Columns {
		if t.Columns[i].Name == name {
			return &t.Columns[i]
		}
	}
	return nil
}

// ColumnNames returns the names of the columns in their order.
func (t *Table) ColumnNames() []string {
	names := make([]string, len(t.Columns))
	for i := range t.Columns {
		names[i] = t.Columns[i].Name
	}
	return names
}

// Sort brings everything in t whose order has no meaning into the order of names.
func (t *Table) Sort() {
	slices.SortFunc(t.Uniques, func(a, b Unique) int { return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Only, b.Only)) })
	slices.SortFunc(t.Checks, func(a, b Check) int { return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Only, b.Only)) })
	slices.SortFunc(t.ForeignKeys, func(a, b ForeignKey) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(t.Indexes, func(a, b Index) int { return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Only, b.Only)) })
	slices.SortFunc(t.DualWrites, func(a, b DualWrite) int { return strings.Compare(a.Name, b.Name) })
}
