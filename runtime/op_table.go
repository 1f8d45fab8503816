package migrate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// CreateSchema makes a PostgreSQL schema (namespace) for tables and enums. One that is there already is used as it is.
type CreateSchema struct {
	Name string
}

// DropSchema removes a PostgreSQL schema when nothing is left in it; one that still holds something made by hand stays.
type DropSchema struct {
	Name string
}

// CreateTable creates a table with everything in it. Foreign keys that close a cycle are added later by [AddForeignKey].
type CreateTable struct {
	Table       string
	Comment     string
	Columns     []schema.ColumnDef
	PrimaryKey  schema.PrimaryKey // no columns: no primary key
	Uniques     []schema.Unique
	Checks      []schema.Check
	ForeignKeys []schema.ForeignKey
	Indexes     []schema.Index
	Options     schema.TableOptions
}

// DropTable removes a table and its rows. It keeps the whole definition, so that the empty table can be made again.
type DropTable struct {
	Table       string
	Comment     string
	Columns     []schema.ColumnDef
	PrimaryKey  schema.PrimaryKey
	Uniques     []schema.Unique
	Checks      []schema.Check
	ForeignKeys []schema.ForeignKey
	Indexes     []schema.Index
	Options     schema.TableOptions
}

// RenameTable gives a table another name, or moves it to another schema. What refers to it follows; names of its constraints
// and indexes stay.
type RenameTable struct {
	From, To string
}

// CommentTable changes the comment of a table; "" removes it.
type CommentTable struct {
	Table, From, To string
}

// NewCreateTable returns the op that creates t.
func NewCreateTable(t *schema.Table) CreateTable {
	op := CreateTable{Table: t.Name, Comment: t.Comment, Uniques: t.Uniques, Checks: t.Checks, ForeignKeys: t.ForeignKeys, Indexes: t.Indexes, Options: t.Options}
	for _, c := range t.Columns {
		op.Columns = append(op.Columns, c)
	}
	if t.PrimaryKey != nil {
		op.PrimaryKey = *t.PrimaryKey
	}
	return op
}

// Definition returns the table that the op creates, as a value of its own.
func (o CreateTable) Definition() *schema.Table {
	t := o.parts().Clone()
	t.Columns = o.columns()
	for i, c := range t.Columns {
		t.Columns[i] = c.Clone()
	}
	t.Sort()
	return t
}

// shown returns the table that the op creates, to be looked at alone: it shares with the op what is behind its columns and parts.
func (o CreateTable) shown() *schema.Table {
	t := o.parts()
	t.Columns, t.Uniques, t.Checks, t.ForeignKeys, t.Indexes = o.columns(), slices.Clone(t.Uniques), slices.Clone(t.Checks), slices.Clone(t.ForeignKeys), slices.Clone(t.Indexes)
	t.Sort()
	return t
}

// parts returns the table without its columns.
func (o CreateTable) parts() *schema.Table {
	t := &schema.Table{Name: o.Table, Comment: o.Comment, Uniques: o.Uniques, Checks: o.Checks, ForeignKeys: o.ForeignKeys, Indexes: o.Indexes, Options: o.Options}
	if key := o.PrimaryKey; len(key.Columns) > 0 {
		t.PrimaryKey = &key
	}
	return t
}

func (o CreateTable) columns() []schema.Column {
	if len(o.Columns) == 0 {
		return nil
	}
	all := make([]schema.Column, len(o.Columns))
	for i, c := range o.Columns {
		all[i] = c.Def()
	}
	return all
}

// Definition returns the table that the op drops.
func (o DropTable) Definition() *schema.Table { return CreateTable(o).Definition() }

// Apply implements [Op].
func (o CreateSchema) Apply(s *schema.Schema) error {
	if s.HasNamespace(o.Name) {
		return fmt.Errorf("create schema %s: already exists", o.Name)
	}
	if err := schema.CheckName(o.Name); err != nil {
		return fmt.Errorf("create schema: %w", err)
	}
	s.Namespaces = append(s.Namespaces, o.Name)
	slices.Sort(s.Namespaces)
	return nil
}

// Apply implements [Op].
func (o DropSchema) Apply(s *schema.Schema) error {
	i := slices.Index(s.Namespaces, o.Name)
	if i < 0 {
		return fmt.Errorf("drop schema %s: there is none of that name", o.Name)
	}
	for _, t := range s.Tables {
		if ns, _ := schema.SplitName(t.Name); ns == o.Name {
			return fmt.Errorf("drop schema %s: table %s is still in it", o.Name, t.Name)
		}
	}
	for _, e := range s.Enums {
		if ns, _ := schema.SplitName(e.Name); ns == o.Name {
			return fmt.Errorf("drop schema %s: enum %s is still in it", o.Name, e.Name)
		}
	}
	s.Namespaces = slices.Delete(s.Namespaces, i, i+1)
	return nil
}

// Apply implements [Op].
func (o CreateTable) Apply(s *schema.Schema) error {
	if s.Table(o.Table) != nil {
		return fmt.Errorf("create table %s: already exists", o.Table)
	}
	t := o.Definition()
	if err := checkTable(s, t); err != nil {
		return fmt.Errorf("create table %s: %w", o.Table, err)
	}
	s.PutTable(t)
	return nil
}

// Apply implements [Op].
func (o DropTable) Apply(s *schema.Schema) error {
	t := s.Table(o.Table)
	if t == nil {
		return noTable("drop table", s, o.Table)
	}
	for _, other := range s.Tables {
		for _, fk := range other.ForeignKeys {
			if fk.RefTable == o.Table && other.Name != o.Table {
				return fmt.Errorf("drop table %s: foreign key %s of %s still refers to it", o.Table, fk.Name, other.Name)
			}
		}
	}
	if len(t.DualWrites) > 0 {
		return fmt.Errorf("drop table %s: dual write %s is on it; end that first, with modelgen generate -contract", o.Table, t.DualWrites[0].Name)
	}
	if len(t.Rows.Rows) > 0 {
		return fmt.Errorf("drop table %s: the schema has rows of it; say first that they are to go with it, in a Rows that is Declared, as those of Release", o.Table)
	}
	if d := differs(o.Definition(), t); d != "" {
		return fmt.Errorf("drop table %s: the op says %s", o.Table, d)
	}
	s.RemoveTable(o.Table)
	s.Objects = slices.DeleteFunc(slices.Clone(s.Objects), func(x schema.Object) bool { return x.On(o.Table) })
	return nil
}

// Apply implements [Op].
func (o RenameTable) Apply(s *schema.Schema) error {
	t := s.Table(o.From)
	switch {
	case t == nil:
		return noTable("rename table", s, o.From)
	case s.Table(o.To) != nil:
		return fmt.Errorf("rename table %s: %s already exists", o.From, o.To)
	}
	ns, base := schema.SplitName(o.To)
	if err := schema.CheckName(base); err != nil {
		return fmt.Errorf("rename table %s: %w", o.From, err)
	}
	if ns != "" && !s.HasNamespace(ns) {
		return fmt.Errorf("rename table %s: there is no schema %s", o.From, ns)
	}
	if from, _ := schema.SplitName(o.From); from != ns && len(t.DualWrites) > 0 {
		return fmt.Errorf("rename table %s: it cannot move to another schema while dual write %s is on it; end that first, with modelgen generate -contract", o.From, t.DualWrites[0].Name)
	}
	s.RenameTable(o.From, o.To)
	return nil
}

// Apply implements [Op].
func (o CommentTable) Apply(s *schema.Schema) error {
	t := s.Table(o.Table)
	if t == nil {
		return noTable("comment on table", s, o.Table)
	}
	t.Comment = o.To
	return nil
}

// Inverse implements [Op].
func (o CreateSchema) Inverse() (Op, error) { return DropSchema(o), nil }

// Inverse implements [Op].
func (o DropSchema) Inverse() (Op, error) { return CreateSchema(o), nil }

// Inverse implements [Op].
func (o CreateTable) Inverse() (Op, error) { return DropTable(o), nil }

// Inverse implements [Op].
func (o DropTable) Inverse() (Op, error) { return CreateTable(o), nil }

// Inverse implements [Op].
func (o RenameTable) Inverse() (Op, error) { return RenameTable{o.To, o.From}, nil }

// Inverse implements [Op].
func (o CommentTable) Inverse() (Op, error) { return CommentTable{o.Table, o.To, o.From}, nil }

// Effects implements [Op].
func (o CreateSchema) Effects() Effects {
	return Effects{Makes: []Object{{Kind: SchemaObject, Name: o.Name}}}
}

// Effects implements [Op].
func (o DropSchema) Effects() Effects {
	return Effects{Removes: []Object{{Kind: SchemaObject, Name: o.Name}}}
}

// Effects implements [Op].
func (o CreateTable) Effects() Effects {
	var e Effects
	t := o.shown()
	e.Makes, e.New = e.definition(t), definitions(t)
	return e
}

// Effects implements [Op].
func (o DropTable) Effects() Effects {
	var e Effects
	t := CreateTable(o).shown()
	e.Removes, e.Old = e.definition(t), definitions(t)
	return e
}

// Effects implements [Op].
func (o RenameTable) Effects() Effects {
	e := Effects{Renames: []Renamed{{tableObject(o.From), o.To}}}
	e.namespace(o.From)
	e.namespace(o.To)
	return e
}

// Effects implements [Op].
func (o CommentTable) Effects() Effects { return Effects{Writes: []Object{tableObject(o.Table)}} }

// Describe implements [Op].
func (o CreateSchema) Describe() string { return "Create schema " + o.Name }

// Describe implements [Op].
func (o DropSchema) Describe() string { return "Drop schema " + o.Name + " if nothing is left in it" }

// Describe implements [Op].
func (o CreateTable) Describe() string { return "Create table " + o.Table }

// Describe implements [Op].
func (o DropTable) Describe() string { return "Drop table " + o.Table }

// Describe implements [Op].
func (o RenameTable) Describe() string { return "Rename table " + o.From + " to " + o.To }

// Describe implements [Op].
func (o CommentTable) Describe() string { return "Change the comment of table " + o.Table }

// Destroys implements [Op].
func (o CreateSchema) Destroys() []string { return nil }

// Destroys implements [Op].
func (o DropSchema) Destroys() []string { return nil }

// Destroys implements [Op].
func (o CreateTable) Destroys() []string { return nil }

// Destroys implements [Op].
func (o DropTable) Destroys() []string { return []string{beforehand(o.Table)} }

// Destroys implements [Op].
func (o RenameTable) Destroys() []string { return nil }

// Destroys implements [Op].
func (o CommentTable) Destroys() []string { return nil }

func (o CreateSchema) plan(p Planner) error { return p.CreateSchema(o) }
func (o DropSchema) plan(p Planner) error   { return p.DropSchema(o) }
func (o CreateTable) plan(p Planner) error  { return p.CreateTable(o) }
func (o DropTable) plan(p Planner) error    { return p.DropTable(o) }
func (o RenameTable) plan(p Planner) error  { return p.RenameTable(o) }
func (o CommentTable) plan(p Planner) error { return p.CommentTable(o) }

// noTable is the error of an op whose table is missing.
func noTable(what string, s *schema.Schema, name string) error {
	if len(s.Tables) == 0 {
		return fmt.Errorf("%s %s: there is no table yet", what, name)
	}
	return fmt.Errorf("%s %s: there is no such table; there are %s", what, name, some(tableNames(s)))
}

func tableNames(s *schema.Schema) []string {
	names := make([]string, len(s.Tables))
	for i, t := range s.Tables {
		names[i] = t.Name
	}
	return names
}

// some lists names, not more than a person wants to read.
func some(names []string) string {
	const most = 12
	if len(names) == 0 {
		return "none"
	}
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}
