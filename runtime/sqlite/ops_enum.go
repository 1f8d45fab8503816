package sqlite

import (
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// SQLite has no enum types; each column of one has a CHECK over the values.

// CreateEnum implements [migrate.Planner].
func (p *planner) CreateEnum(op migrate.CreateEnum) error { return p.enum(op, op.Name, op.Values...) }

// DropEnum implements [migrate.Planner].
func (p *planner) DropEnum(op migrate.DropEnum) error { return p.enum(op, op.Name) }

// RenameEnum implements [migrate.Planner].
func (p *planner) RenameEnum(op migrate.RenameEnum) error { return p.enum(op, op.To) }

// enum keeps an op that changes nothing in the database.
func (p *planner) enum(op migrate.Op, enum string, values ...string) error {
	if err := checkEnum(enum, values); err != nil {
		return err
	}
	return p.keep(op, func(*pass) error { return nil })
}

func checkEnum(enum string, values []string) error {
	if ns, base := schema.SplitName(enum); ns != "" {
		return unsupported(enum, "", "an enum with a schema in its name", "name the enum "+base)
	}
	if slices.ContainsFunc(values, func(v string) bool { return strings.ContainsRune(v, 0) }) {
		return unsupported(enum, "", "a value with a zero byte", "")
	}
	return nil
}

// RenameEnumValue implements [migrate.Planner].
func (p *planner) RenameEnumValue(op migrate.RenameEnumValue) error {
	if err := checkEnum(op.Enum, []string{op.To}); err != nil {
		return err
	}
	return p.keep(op, func(w *pass) error {
		return w.eachOf(op.Enum, func(t *schema.Table, c schema.Column) error {
			column := quote(c.Name)
			if c.Type.Array {
				expr := "(SELECT json_group_array(CASE value WHEN " + text(op.From) + " THEN " + text(op.To) + " ELSE value END) FROM json_each(" + column + "))"
				return w.set(t.Name, c.Name, expr, "json_valid("+column+")")
			}
			r := w.must(t.Name)
			if r == nil || r.fresh {
				return nil
			}
			r.settle()
			r.put(c.Name, "CASE "+column+" WHEN "+text(op.From)+" THEN "+text(op.To)+" ELSE "+column+" END", "TEXT")
			return r.follow(t, c.Name)
		})
	})
}

// AlterEnum implements [migrate.Planner].
func (p *planner) AlterEnum(op migrate.AlterEnum) error {
	if err := checkEnum(op.Name, op.To); err != nil {
		return err
	}
	return p.keep(op, func(w *pass) error {
		if slices.Equal(slices.Sorted(slices.Values(op.From)), slices.Sorted(slices.Values(op.To))) {
			return nil // another order alone: SQLite compares the texts anyway
		}
		return w.eachOf(op.Name, func(t *schema.Table, c schema.Column) error {
			if !c.Type.Array {
				w.must(t.Name)
			}
			return nil
		})
	})
}

// eachOf calls do for all columns of the enum.
func (w *pass) eachOf(enum string, do func(*schema.Table, schema.Column) error) error {
	of := func(c schema.Column) bool { return c.Type.Kind == schema.KindEnum && c.Type.Name == enum }
	for _, t := range w.s.Tables { // all of them first: what this writes must be what the op found
		if slices.ContainsFunc(t.Columns, of) {
			if err := w.touch(t.Name); err != nil {
				return err
			}
		}
	}
	for _, t := range w.s.Tables {
		for _, c := range t.Columns {
			if !of(c) {
				continue
			}
			if err := do(t, c); err != nil {
				return err
			}
		}
	}
	return nil
}
