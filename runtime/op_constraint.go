package migrate

import (
	"fmt"
	"slices"

	"github.com/modelgen/modelgen/runtime/schema"
)

// AddPrimaryKey adds a primary key to a table that has none. Its columns must be NOT NULL.
type AddPrimaryKey struct {
	Table      string
	PrimaryKey schema.PrimaryKey
	Plain      string // why the table may be locked while it is done, as it is small; "" does it beside reads and writes
}

// DropPrimaryKey takes the primary key of a table away; its columns stay, and stay NOT NULL.
type DropPrimaryKey struct {
	Table      string
	PrimaryKey schema.PrimaryKey
	Plain      string // why the table may be locked while it is done, as it is small; "" does it beside reads and writes
}

// AddUnique adds a unique constraint.
type AddUnique struct {
	Table  string
	Unique schema.Unique
	Plain  string // why the table may be locked while it is done, as it is small; "" does it beside reads and writes
}

// DropUnique drops a unique constraint.
type DropUnique struct {
	Table  string
	Unique schema.Unique
	Plain  string // why the table may be locked while it is done, as it is small; "" does it beside reads and writes
}

// AddCheck adds a check constraint.
type AddCheck struct {
	Table string
	Check schema.Check
	Plain string // why the table may be locked while it is done, as it is small; "" does it beside reads and writes
}

// DropCheck drops a check constraint.
type DropCheck struct {
	Table string
	Check schema.Check
	Plain string // why the table may be locked while it is done, as it is small; "" does it beside reads and writes
}

// AddForeignKey adds a foreign key.
type AddForeignKey struct {
	Table      string
	ForeignKey schema.ForeignKey
	Plain      string // why the table may be locked while it is done, as it is small; "" does it beside reads and writes
}

// DropForeignKey drops a foreign key.
type DropForeignKey struct {
	Table      string
	ForeignKey schema.ForeignKey
	Plain      string // why the table may be locked while it is done, as it is small; "" does it beside reads and writes
}

// RenameConstraint gives a primary key, unique, check or foreign key constraint another name; of constraints with one name on different
// dialects, each.
type RenameConstraint struct {
	Table, From, To string
}

// Apply implements [Op].
func (o AddPrimaryKey) Apply(s *schema.Schema) error {
	t, err := tableWith(s, "add primary key", o.Table, o.PrimaryKey.Columns...)
	if err != nil {
		return err
	}
	if t.PrimaryKey != nil {
		return fmt.Errorf("add primary key to %s: it has one already, over (%s)", o.Table, some(t.PrimaryKey.Columns))
	}
	pk := o.PrimaryKey
	if err := checkPrimaryKey(t, &pk); err != nil {
		return fmt.Errorf("add primary key to %s: %w", o.Table, err)
	}
	pk.Columns = slices.Clone(pk.Columns)
	t.PrimaryKey = &pk
	return nil
}

// Apply implements [Op].
func (o DropPrimaryKey) Apply(s *schema.Schema) error {
	t, err := tableWith(s, "drop primary key", o.Table)
	if err != nil {
		return err
	}
	if !t.PrimaryKey.Equal(&o.PrimaryKey) {
		return fmt.Errorf("drop primary key of %s: there is none called %s over (%s)", o.Table, o.PrimaryKey.Name, some(o.PrimaryKey.Columns))
	}
	if fk := referring(s, t, o.PrimaryKey.Columns); fk != "" && !keyed(t, o.PrimaryKey.Columns, o.PrimaryKey.Name) {
		return fmt.Errorf("drop primary key of %s: foreign key %s still refers to it", o.Table, fk)
	}
	t.PrimaryKey = nil
	return nil
}

// Apply implements [Op].
func (o AddUnique) Apply(s *schema.Schema) error {
	t, err := tableWith(s, "add unique", o.Table, o.Unique.Columns...)
	if err != nil {
		return err
	}
	if err := checkUnique(s, t, o.Unique); err != nil {
		return fmt.Errorf("add unique %s to %s: %w", o.Unique.Name, o.Table, err)
	}
	t.Uniques = append(slices.Clone(t.Uniques), o.Unique)
	t.Sort()
	return nil
}

// Apply implements [Op].
func (o DropUnique) Apply(s *schema.Schema) error {
	t, err := tableWith(s, "drop unique", o.Table)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(t.Uniques, func(u schema.Unique) bool { return u.Equal(o.Unique) })
	if i < 0 {
		return fmt.Errorf("drop unique %s of %s: there is none like it", o.Unique.Name, o.Table)
	}
	if fk := referring(s, t, o.Unique.Columns); fk != "" && !keyed(t, o.Unique.Columns, o.Unique.Name) {
		return fmt.Errorf("drop unique %s of %s: foreign key %s still refers to it", o.Unique.Name, o.Table, fk)
	}
	t.Uniques = slices.Delete(slices.Clone(t.Uniques), i, i+1)
	return nil
}

// Apply implements [Op].
func (o AddCheck) Apply(s *schema.Schema) error {
	t, err := tableWith(s, "add check", o.Table)
	if err != nil {
		return err
	}
	if err := checkCheck(t, o.Check); err != nil {
		return fmt.Errorf("add check %s to %s: %w", o.Check.Name, o.Table, err)
	}
	t.Checks = append(slices.Clone(t.Checks), o.Check)
	t.Sort()
	return nil
}

// Apply implements [Op].
func (o DropCheck) Apply(s *schema.Schema) error {
	t, err := tableWith(s, "drop check", o.Table)
	if err != nil {
		return err
	}
	i := slices.Index(t.Checks, o.Check)
	if i < 0 {
		return fmt.Errorf("drop check %s of %s: there is none like it", o.Check.Name, o.Table)
	}
	t.Checks = slices.Delete(slices.Clone(t.Checks), i, i+1)
	return nil
}

// Apply implements [Op].
func (o AddForeignKey) Apply(s *schema.Schema) error {
	t, err := tableWith(s, "add foreign key", o.Table, o.ForeignKey.Columns...)
	if err != nil {
		return err
	}
	if err := checkForeignKey(s, t, o.ForeignKey); err != nil {
		return fmt.Errorf("add foreign key %s to %s: %w", o.ForeignKey.Name, o.Table, err)
	}
	t.ForeignKeys = append(slices.Clone(t.ForeignKeys), o.ForeignKey)
	t.Sort()
	return nil
}

// Apply implements [Op].
func (o DropForeignKey) Apply(s *schema.Schema) error {
	t, err := tableWith(s, "drop foreign key", o.Table)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(t.ForeignKeys, func(f schema.ForeignKey) bool { return f.Equal(o.ForeignKey) })
	if i < 0 {
		return fmt.Errorf("drop foreign key %s of %s: there is none like it", o.ForeignKey.Name, o.Table)
	}
	t.ForeignKeys = slices.Delete(slices.Clone(t.ForeignKeys), i, i+1)
	return nil
}

// Apply implements [Op].
func (o RenameConstraint) Apply(s *schema.Schema) error {
	t, err := tableWith(s, "rename constraint", o.Table)
	if err != nil {
		return err
	}
	if err := schema.CheckName(o.To); err != nil {
		return fmt.Errorf("rename constraint %s of %s: %w", o.From, o.Table, err)
	}
	if len(constraintNames(t, o.To, "")) > 0 {
		return fmt.Errorf("rename constraint %s of %s: %s already exists", o.From, o.Table, o.To)
	}
	names := constraintNames(t, o.From, "")
	if len(names) == 0 {
		return fmt.Errorf("rename constraint %s of %s: there is none of that name", o.From, o.Table)
	}
	for _, name := range names {
		*name = o.To
	}
	t.Sort()
	return nil
}

// Inverse implements [Op].
func (o AddPrimaryKey) Inverse() (Op, error) { return DropPrimaryKey(o), nil }

// Inverse implements [Op].
func (o DropPrimaryKey) Inverse() (Op, error) { return AddPrimaryKey(o), nil }

// Inverse implements [Op].
func (o AddUnique) Inverse() (Op, error) { return DropUnique(o), nil }

// Inverse implements [Op].
func (o DropUnique) Inverse() (Op, error) { return AddUnique(o), nil }

// Inverse implements [Op].
func (o AddCheck) Inverse() (Op, error) { return DropCheck(o), nil }

// Inverse implements [Op].
func (o DropCheck) Inverse() (Op, error) { return AddCheck(o), nil }

// Inverse implements [Op].
func (o AddForeignKey) Inverse() (Op, error) { return DropForeignKey(o), nil }

// Inverse implements [Op].
func (o DropForeignKey) Inverse() (Op, error) { return AddForeignKey(o), nil }

// Inverse implements [Op].
func (o RenameConstraint) Inverse() (Op, error) {
	return RenameConstraint{o.Table, o.To, o.From}, nil
}

// Effects implements [Op].
func (o AddPrimaryKey) Effects() Effects {
	var e Effects
	e.readsColumns(o.Table, o.PrimaryKey.Columns...)
	return e.made(constraintObject(o.Table, o.PrimaryKey.Name), Definition{PrimaryKey: &o.PrimaryKey})
}

// Effects implements [Op].
func (o DropPrimaryKey) Effects() Effects {
	var e Effects
	e.readsColumns(o.Table, o.PrimaryKey.Columns...)
	return e.removed(constraintObject(o.Table, o.PrimaryKey.Name), Definition{PrimaryKey: &o.PrimaryKey})
}

// Effects implements [Op].
func (o AddUnique) Effects() Effects {
	var e Effects
	e.readsColumns(o.Table, o.Unique.Columns...)
	return e.made(constraintObject(o.Table, o.Unique.Name), Definition{Unique: &o.Unique})
}

// Effects implements [Op].
func (o DropUnique) Effects() Effects {
	var e Effects
	e.readsColumns(o.Table, o.Unique.Columns...)
	return e.removed(constraintObject(o.Table, o.Unique.Name), Definition{Unique: &o.Unique})
}

// Effects implements [Op].
func (o AddCheck) Effects() Effects {
	var e Effects
	e.carries(o.Table, o.Check.Expr)
	return e.made(constraintObject(o.Table, o.Check.Name), Definition{Check: &o.Check})
}

// Effects implements [Op].
func (o DropCheck) Effects() Effects {
	var e Effects
	e.carries(o.Table, o.Check.Expr)
	return e.removed(constraintObject(o.Table, o.Check.Name), Definition{Check: &o.Check})
}

// Effects implements [Op].
func (o AddForeignKey) Effects() Effects {
	var e Effects
	e.foreignKey(o.Table, o.ForeignKey)
	return e.made(constraintObject(o.Table, o.ForeignKey.Name), Definition{ForeignKey: &o.ForeignKey})
}

// Effects implements [Op].
func (o DropForeignKey) Effects() Effects {
	var e Effects
	e.foreignKey(o.Table, o.ForeignKey)
	return e.removed(constraintObject(o.Table, o.ForeignKey.Name), Definition{ForeignKey: &o.ForeignKey})
}

// Effects implements [Op].
func (o RenameConstraint) Effects() Effects {
	return Effects{Reads: []Object{tableObject(o.Table)}, Renames: []Renamed{{constraintObject(o.Table, o.From), o.To}}}
}

// Describe implements [Op].
func (o AddPrimaryKey) Describe() string {
	return "Add primary key " + list(o.PrimaryKey.Columns) + " to " + o.Table
}

// Describe implements [Op].
func (o DropPrimaryKey) Describe() string {
	return "Drop primary key " + list(o.PrimaryKey.Columns) + " of " + o.Table
}

// Describe implements [Op].
func (o AddUnique) Describe() string {
	return "Add unique constraint " + o.Unique.Name + " " + list(o.Unique.Columns) + " to " + o.Table
}

// Describe implements [Op].
func (o DropUnique) Describe() string {
	return "Drop unique constraint " + o.Unique.Name + " " + list(o.Unique.Columns) + " of " + o.Table
}

// Describe implements [Op].
func (o AddCheck) Describe() string { return "Add check " + o.Check.Name + " to " + o.Table }

// Describe implements [Op].
func (o DropCheck) Describe() string { return "Drop check " + o.Check.Name + " of " + o.Table }

// Describe implements [Op].
func (o AddForeignKey) Describe() string {
	return "Add foreign key " + o.ForeignKey.Name + " to " + o.Table + ", which refers to " + o.ForeignKey.RefTable
}

// Describe implements [Op].
func (o DropForeignKey) Describe() string {
	return "Drop foreign key " + o.ForeignKey.Name + " of " + o.Table + ", which refers to " + o.ForeignKey.RefTable
}

// Describe implements [Op].
func (o RenameConstraint) Describe() string {
	return "Rename constraint " + o.From + " of " + o.Table + " to " + o.To
}

// Destroys implements [Op].
func (o AddPrimaryKey) Destroys() []string { return nil }

// Destroys implements [Op].
func (o DropPrimaryKey) Destroys() []string { return nil }

// Destroys implements [Op].
func (o AddUnique) Destroys() []string { return nil }

// Destroys implements [Op].
func (o DropUnique) Destroys() []string { return nil }

// Destroys implements [Op].
func (o AddCheck) Destroys() []string { return nil }

// Destroys implements [Op].
func (o DropCheck) Destroys() []string { return nil }

// Destroys implements [Op].
func (o AddForeignKey) Destroys() []string { return nil }

// Destroys implements [Op].
func (o DropForeignKey) Destroys() []string { return nil }

// Destroys implements [Op].
func (o RenameConstraint) Destroys() []string { return nil }

func (o AddPrimaryKey) plan(p Planner) error    { return p.AddPrimaryKey(o) }
func (o DropPrimaryKey) plan(p Planner) error   { return p.DropPrimaryKey(o) }
func (o AddUnique) plan(p Planner) error        { return p.AddUnique(o) }
func (o DropUnique) plan(p Planner) error       { return p.DropUnique(o) }
func (o AddCheck) plan(p Planner) error         { return p.AddCheck(o) }
func (o DropCheck) plan(p Planner) error        { return p.DropCheck(o) }
func (o AddForeignKey) plan(p Planner) error    { return p.AddForeignKey(o) }
func (o DropForeignKey) plan(p Planner) error   { return p.DropForeignKey(o) }
func (o RenameConstraint) plan(p Planner) error { return p.RenameConstraint(o) }
