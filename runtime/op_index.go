package migrate

import (
	"fmt"
	"slices"

	"github.com/modelgen/modelgen/runtime/schema"
)

// CreateIndex creates an index, or a unique index.
type CreateIndex struct {
	Table string
	Index schema.Index
	Plain string // why the table may be locked while it is done, as it is small; "" does it beside reads and writes
}

// DropIndex drops an index.
type DropIndex struct {
	Table string
	Index schema.Index
	Plain string // why the table may be locked while it is done, as it is small; "" does it beside reads and writes
}

// RenameIndex gives an index another name; of indexes with one name on different dialects, each.
type RenameIndex struct {
	Table, From, To string
}

// Apply implements [Op].
func (o CreateIndex) Apply(s *schema.Schema) error {
	t, err := tableWith(s, "create index on", o.Table, o.Index.Columns()...)
	if err != nil {
		return err
	}
	if err := checkIndex(s, t, o.Index); err != nil {
		return fmt.Errorf("create index %s on %s: %w", o.Index.Name, o.Table, err)
	}
	t.Indexes = append(slices.Clone(t.Indexes), o.Index)
	t.Sort()
	return nil
}

// Apply implements [Op].
func (o DropIndex) Apply(s *schema.Schema) error {
	t, err := tableWith(s, "drop index of", o.Table)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(t.Indexes, func(x schema.Index) bool { return x.Equal(o.Index) })
	if i < 0 {
		return fmt.Errorf("drop index %s of %s: there is none like it", o.Index.Name, o.Table)
	}
	t.Indexes = slices.Delete(slices.Clone(t.Indexes), i, i+1)
	return nil
}

// Apply implements [Op].
func (o RenameIndex) Apply(s *schema.Schema) error {
	t, err := tableWith(s, "rename index of", o.Table)
	if err != nil {
		return err
	}
	if err := schema.CheckName(o.To); err != nil {
		return fmt.Errorf("rename index %s of %s: %w", o.From, o.Table, err)
	}
	if !slices.ContainsFunc(t.Indexes, func(x schema.Index) bool { return x.Name == o.From }) {
		return fmt.Errorf("rename index %s of %s: there is none of that name", o.From, o.Table)
	}
	if owner := relation(s, t, o.To, ""); owner != "" {
		return fmt.Errorf("rename index %s of %s: %s is the name of %s already", o.From, o.Table, o.To, owner)
	}
	for i := range t.Indexes {
		if t.Indexes[i].Name == o.From {
			t.Indexes[i].Name = o.To
		}
	}
	t.Sort()
	return nil
}

// Inverse implements [Op].
func (o CreateIndex) Inverse() (Op, error) { return DropIndex(o), nil }

// Inverse implements [Op].
func (o DropIndex) Inverse() (Op, error) { return CreateIndex(o), nil }

// Inverse implements [Op].
func (o RenameIndex) Inverse() (Op, error) { return RenameIndex{o.Table, o.To, o.From}, nil }

// Effects implements [Op].
func (o CreateIndex) Effects() Effects {
	var e Effects
	e.index(o.Table, o.Index)
	return e.made(indexObject(o.Table, o.Index.Name), Definition{Index: &o.Index})
}

// Effects implements [Op].
func (o DropIndex) Effects() Effects {
	var e Effects
	e.index(o.Table, o.Index)
	return e.removed(indexObject(o.Table, o.Index.Name), Definition{Index: &o.Index})
}

// Effects implements [Op].
func (o RenameIndex) Effects() Effects {
	return Effects{Reads: []Object{tableObject(o.Table)}, Renames: []Renamed{{indexObject(o.Table, o.From), o.To}}}
}

// Describe implements [Op].
func (o CreateIndex) Describe() string {
	if o.Index.Unique {
		return "Create unique index " + o.Index.Name + " on " + o.Table
	}
	return "Create index " + o.Index.Name + " on " + o.Table
}

// Describe implements [Op].
func (o DropIndex) Describe() string { return "Drop index " + o.Index.Name + " of " + o.Table }

// Describe implements [Op].
func (o RenameIndex) Describe() string {
	return "Rename index " + o.From + " of " + o.Table + " to " + o.To
}

// Destroys implements [Op].
func (o CreateIndex) Destroys() []string { return nil }

// Destroys implements [Op].
func (o DropIndex) Destroys() []string { return nil }

// Destroys implements [Op].
func (o RenameIndex) Destroys() []string { return nil }

func (o CreateIndex) plan(p Planner) error { return p.CreateIndex(o) }
func (o DropIndex) plan(p Planner) error   { return p.DropIndex(o) }
func (o RenameIndex) plan(p Planner) error { return p.RenameIndex(o) }
