package migrate

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// AddColumn adds a column at the end of a table.
type AddColumn struct {
	Table  string
	Column schema.ColumnDef
}

// NoValueHint is what dialects say when rows stand in the way of a new column that is NOT NULL and has no default, which is what undoing
// a [DropColumn] may result in.
const NoValueHint = "the table has rows, and nothing says what they hold in a column that is NOT NULL and has no default; when it comes back " +
	"because its drop is undone, its values went with the drop: say in FillBack of the DropColumn what rows get, which an applied migration may be " +
	"given; else write a migration that adds it as nullable, fills it, and then makes it NOT NULL"

// DropColumn removes a column and its values. Indexes and constraints over it are dropped by ops of their own before it.
type DropColumn struct {
	Table  string
	Column schema.ColumnDef // as it was, to make it again

	// FillBack is SQL over the columns that are left, for the value that rows have in the column when the drop is undone. Without it the column comes
	// back with its default, or NULL; where it has no default and is NOT NULL, going back is refused as long as the table has rows. It says
	// nothing about the way up, so it is not in the hash of the migration: one that is applied may be given it.
	FillBack string `hash:"-"`
}

// RenameColumn gives a column another name. Indexes, constraints and expressions follow.
type RenameColumn struct {
	Table, From, To string
}

// AlterColumn changes type, nullability, default, identity, collation or comment of a column, any of them at once.
// The name stays. The stored expression of a generated column cannot be altered: such a column is dropped and added.
type AlterColumn struct {
	Table string
	From  schema.ColumnDef
	To    schema.ColumnDef
	Using string // SQL for the new value when the type changes; "" casts the old one
	Plain string // why the table may be locked while NULLs are looked for, as it is small; "" looks beside reads and writes

	// UsingBack is SQL for the old value, over the columns that the op leaves behind: the way back of Using. Without it, a Using that is more than a
	// cast of the column cannot be undone. It says nothing about the way up, so it is not in the hash of the migration: one that is applied may
	// be given it.
	UsingBack string `hash:"-"`
}

// Apply implements [Op].
func (o AddColumn) Apply(s *schema.Schema) error {
	t := s.Table(o.Table)
	if t == nil {
		return noTable("add column to", s, o.Table)
	}
	c := o.Column.Def()
	if t.Column(c.Name) != nil {
		return fmt.Errorf("add column %s.%s: already exists", o.Table, c.Name)
	}
	if err := checkColumn(s, t, c); err != nil {
		return fmt.Errorf("add column %s.%s: %w", o.Table, c.Name, err)
	}
	t.Columns = append(t.Columns, c)
	if known(c) {
		t.Rows.SetColumn(c.Name, c.Default)
	}
	return nil
}

// Apply implements [Op].
func (o DropColumn) Apply(s *schema.Schema) error {
	c := o.Column.Def()
	t, err := tableWith(s, "drop column", o.Table, c.Name)
	if err != nil {
		return err
	}
	if err := notDualWritten(t, c.Name); err != nil {
		return fmt.Errorf("drop column %s.%s: %w", o.Table, c.Name, err)
	}
	if slices.Contains(t.Rows.Key, c.Name) {
		return fmt.Errorf("drop column %s.%s: the rows that the schema has are known by it; release them first", o.Table, c.Name)
	}
	if user := usedBy(s, t, c.Name); user != "" {
		return fmt.Errorf("drop column %s.%s: %s still uses it", o.Table, c.Name, user)
	}
	if len(t.Columns) == 1 {
		return fmt.Errorf("drop column %s.%s: it is the last one of its table", o.Table, c.Name)
	}
	left := slices.DeleteFunc(slices.Clone(t.Columns), func(x schema.Column) bool { return x.Name == c.Name })
	if err := o.checkBack(t, left); err != nil {
		return fmt.Errorf("drop column %s.%s: FillBack %s: %w", o.Table, c.Name, o.FillBack, err)
	}
	t.Columns = left
	t.Rows.SetColumn(c.Name)
	return nil
}

// Apply implements [Op].
func (o RenameColumn) Apply(s *schema.Schema) error {
	t, err := tableWith(s, "rename column", o.Table, o.From)
	if err != nil {
		return err
	}
	if err := notDualWritten(t, o.From); err != nil {
		return fmt.Errorf("rename column %s.%s: %w", o.Table, o.From, err)
	}
	if t.Column(o.To) != nil {
		return fmt.Errorf("rename column %s.%s: %s already exists", o.Table, o.From, o.To)
	}
	if err := schema.CheckName(o.To); err != nil {
		return fmt.Errorf("rename column %s.%s: %w", o.Table, o.From, err)
	}
	s.RenameColumn(t, o.From, o.To)
	return nil
}

// Apply implements [Op].
func (o AlterColumn) Apply(s *schema.Schema) error {
	from, to := o.From.Def(), o.To.Def()
	t, err := tableWith(s, "alter column", o.Table, from.Name)
	if err != nil {
		return err
	}
	c := t.Column(from.Name)
	switch {
	case to.Name != from.Name:
		return fmt.Errorf("alter column %s.%s: the name cannot change here, to %s; that is RenameColumn", o.Table, from.Name, to.Name)
	case !c.Equal(from):
		return fmt.Errorf("alter column %s.%s: the op says it was %s, but it is %s", o.Table, from.Name, from.Describe(), c.Describe())
	case to.Nullable && t.PrimaryKey != nil && slices.Contains(t.PrimaryKey.Columns, to.Name):
		return fmt.Errorf("alter column %s.%s: it is in the primary key and cannot become nullable; drop the key first", o.Table, from.Name)
	case from.Generated != to.Generated:
		return fmt.Errorf("alter column %s.%s: a generated expression cannot be altered; drop the column and add it", o.Table, from.Name)
	}
	if from.Type != to.Type || !maps.Equal(from.TypeFor, to.TypeFor) || to.Identity {
		if err := notDualWritten(t, from.Name); err != nil {
			return fmt.Errorf("alter column %s.%s: %w", o.Table, from.Name, err)
		}
	}
	if err := checkColumn(s, t, to); err != nil {
		return fmt.Errorf("alter column %s.%s: %w", o.Table, from.Name, err)
	}
	for _, x := range []struct{ what, sql string }{{"using", o.Using}, {"using on the way back", o.UsingBack}} {
		if missing := missingColumns(t, x.sql); len(missing) > 0 {
			return fmt.Errorf("alter column %s.%s %s %s: the table has no column %s; it has %s", o.Table, from.Name, x.what, x.sql, some(missing), some(t.ColumnNames()))
		}
	}
	to.Was, to.ValueWas = c.Was, c.ValueWas
	*c = to
	return nil
}

// Inverse implements [Op].
func (o AddColumn) Inverse() (Op, error) { return DropColumn{Table: o.Table, Column: o.Column}, nil }

// Inverse returns the op that adds the column again. With FillBack there is more to do than one op says: see [Invert].
func (o DropColumn) Inverse() (Op, error) { return AddColumn{o.Table, o.Column}, nil }

// Inverse implements [Op].
func (o RenameColumn) Inverse() (Op, error) { return RenameColumn{o.Table, o.To, o.From}, nil }

// Inverse implements [Op].
func (o AlterColumn) Inverse() (Op, error) {
	if o.UsingBack == "" && o.Using != "" && !schema.IsCast(o.Using, o.From.Def().Name) {
		return nil, &IrreversibleError{o.Describe(), "its values were computed with " + o.Using + ", and a cast would not give the old ones back: say in UsingBack " +
			"of the AlterColumn how they are computed, which an applied migration may be given"}
	}
	return AlterColumn{Table: o.Table, From: o.To, To: o.From, Using: o.UsingBack, UsingBack: o.Using, Plain: o.Plain}, nil
}

// Effects implements [Op].
func (o AddColumn) Effects() Effects {
	var e Effects
	c := o.Column.Def()
	e.column(o.Table, c)
	return e.made(columnObject(o.Table, c.Name), Definition{Column: &c})
}

// Effects implements [Op].
func (o DropColumn) Effects() Effects {
	var e Effects
	c := o.Column.Def()
	e.column(o.Table, c)
	e.carries(o.Table, o.FillBack)
	return e.removed(columnObject(o.Table, c.Name), Definition{Column: &c})
}

// Effects implements [Op].
func (o RenameColumn) Effects() Effects {
	return Effects{Reads: []Object{tableObject(o.Table)}, Renames: []Renamed{{columnObject(o.Table, o.From), o.To}}}
}

// Effects says that values are written when the type changes, or when there is SQL for them.
func (o AlterColumn) Effects() Effects {
	from, to := o.From.Def(), o.To.Def()
	e := Effects{Writes: []Object{columnObject(o.Table, from.Name)}}
	e.Old, e.New = []Definition{{Table: o.Table, Column: &from}}, []Definition{{Table: o.Table, Column: &to}}
	e.reads(tableObject(o.Table))
	e.column(o.Table, from)
	e.column(o.Table, to)
	e.carries(o.Table, o.Using, o.UsingBack)
	e.Rows = o.Using != "" || from.Type != to.Type || !maps.Equal(from.TypeFor, to.TypeFor)
	return e
}

// Describe implements [Op].
func (o AddColumn) Describe() string { return "Add column " + o.Table + "." + o.Column.Def().Name }

// Describe implements [Op].
func (o DropColumn) Describe() string { return "Drop column " + o.Table + "." + o.Column.Def().Name }

// Describe implements [Op].
func (o RenameColumn) Describe() string {
	return "Rename column " + o.Table + "." + o.From + " to " + o.To
}

// Describe implements [Op].
func (o AlterColumn) Describe() string {
	return "Alter column " + o.Table + "." + o.From.Def().Name + ": " + alteration(o.From.Def(), o.To.Def())
}

// Destroys implements [Op].
func (o AddColumn) Destroys() []string { return nil }

// Destroys implements [Op].
func (o RenameColumn) Destroys() []string { return nil }

// Destroys implements [Op].
func (o AlterColumn) Destroys() []string { return nil }

// Destroys implements [Op].
func (o DropColumn) Destroys() []string {
	if o.Column.Def().Generated != "" {
		return nil // computed from others: nothing is lost
	}
	return []string{beforehand(o.Table) + "." + beforehand(o.Column.Def().Name)}
}

// OutOfTheWay ends the names that generate gives for a while to columns and tables that go last, as their values are still read, while something
// new takes their names.
const OutOfTheWay = "_modelgen_old"

// beforehand returns the name that something had before it was renamed out of the way.
func beforehand(name string) string { return strings.TrimSuffix(name, OutOfTheWay) }

func (o AddColumn) plan(p Planner) error    { return p.AddColumn(o) }
func (o DropColumn) plan(p Planner) error   { return p.DropColumn(o) }
func (o RenameColumn) plan(p Planner) error { return p.RenameColumn(o) }
func (o AlterColumn) plan(p Planner) error  { return p.AlterColumn(o) }
