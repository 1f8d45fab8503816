package sqlite

import (
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// rebuilt keeps an op that only a new table can do; what it does is in the schema then.
func (p *planner) rebuilt(op migrate.Op, table string) error {
	return p.keep(op, func(w *pass) error {
		if err := w.touch(table); err != nil {
			return err
		}
		w.must(table)
		return nil
	})
}

// AddPrimaryKey implements [migrate.Planner].
func (p *planner) AddPrimaryKey(op migrate.AddPrimaryKey) error { return p.rebuilt(op, op.Table) }

// DropPrimaryKey implements [migrate.Planner].
func (p *planner) DropPrimaryKey(op migrate.DropPrimaryKey) error { return p.rebuilt(op, op.Table) }

// AddUnique implements [migrate.Planner].
func (p *planner) AddUnique(op migrate.AddUnique) error {
	d := p.on(op.Table)
	x, err := d.uniqueIndex(op.Unique)
	if err != nil {
		return err
	}
	return p.addIndex(op, d, x)
}

// DropUnique implements [migrate.Planner].
func (p *planner) DropUnique(op migrate.DropUnique) error {
	x, err := p.on(op.Table).uniqueIndex(op.Unique)
	if err != nil {
		return err
	}
	return p.dropIndex(op, op.Table, x)
}

// AddCheck implements [migrate.Planner].
func (p *planner) AddCheck(op migrate.AddCheck) error {
	if _, err := p.on(op.Table).check(op.Check); err != nil {
		return err
	}
	return p.rebuilt(op, op.Table)
}

// DropCheck implements [migrate.Planner].
func (p *planner) DropCheck(op migrate.DropCheck) error { return p.rebuilt(op, op.Table) }

// AddForeignKey implements [migrate.Planner].
func (p *planner) AddForeignKey(op migrate.AddForeignKey) error {
	if _, err := p.on(op.Table).references(op.ForeignKey); err != nil {
		return err
	}
	return p.rebuilt(op, op.Table)
}

// DropForeignKey implements [migrate.Planner].
func (p *planner) DropForeignKey(op migrate.DropForeignKey) error { return p.rebuilt(op, op.Table) }

// RenameConstraint implements [migrate.Planner]. A unique constraint is an index; the name of a primary key is of no use in SQLite, so it
// alone is no reason for a new table.
func (p *planner) RenameConstraint(op migrate.RenameConstraint) error {
	return p.keep(op, func(w *pass) error {
		t := w.s.Table(op.Table)
		if i := slices.IndexFunc(t.Uniques, func(u schema.Unique) bool { return u.Name == op.From }); i >= 0 {
			x, err := ddl{s: w.s, t: t}.uniqueIndex(t.Uniques[i])
			if err != nil {
				return err
			}
			return w.renameIndex(t, x, op.To)
		}
		if t.PrimaryKey != nil && t.PrimaryKey.Name == op.From {
			return nil
		}
		if err := w.touch(op.Table); err != nil {
			return err
		}
		w.must(op.Table)
		return nil
	})
}
