package diff

import (
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// How Citus keeps the tables. A new table is made with it, where what it stands on is there.

// undistribute comes before what a distributed table would refuse, on old names.
func (d *differ) undistribute() {
	for _, old := range slices.Backward(d.old.Tables) {
		n, was := d.new.Table(d.old2new[old.Name]), d.want.Table(d.old2new[old.Name])
		if n == nil || was == nil || d.cur.Table(old.Name) == nil || !old.Options.Spread() {
			continue
		}
		if was.Options.Distribute != n.Options.Distribute || was.Options.Reference != n.Options.Reference {
			o := d.cur.Table(old.Name).Options
			d.emit(migrate.UndistributeTable{Table: old.Name, Column: o.Distribute, ColocateWith: o.Colocate, Reference: o.Reference})
		}
	}
}

// distribute comes after the keys, which hold the column, and before foreign keys, which need it. Reference tables are first, then what others refer to.
func (d *differ) distribute() {
	var left []string
	for _, t := range d.new.Tables {
		if cur := d.cur.Table(t.Name); cur != nil && t.Options.Spread() && !cur.Options.Spread() {
			if t.Options.Reference {
				d.emit(migrate.ReferenceTable{Table: t.Name})
			} else {
				left = append(left, t.Name)
			}
		}
	}
	for len(left) > 0 {
		i := max(slices.IndexFunc(left, func(name string) bool {
			t := d.new.Table(name)
			return !slices.Contains(left, t.Options.Colocate) && !slices.ContainsFunc(t.ForeignKeys, func(fk schema.ForeignKey) bool {
				return fk.RefTable != name && slices.Contains(left, fk.RefTable)
			})
		}), 0)
		t := d.new.Table(left[i])
		with := t.Options.Colocate
		if o := d.cur.Table(with); o != nil && o.Options.Distribute == "" { // each of the two refers to the other in some way
			with = ""
		}
		d.emit(migrate.DistributeTable{Table: t.Name, Column: t.Options.Distribute, ColocateWith: with})
		left = slices.Delete(left, i, i+1)
	}
}

// distributedLater reports whether the table beside whose rows those of a new one are is not distributed yet.
func (d *differ) distributedLater(t *schema.Table) bool {
	if t.Options.Colocate == "" {
		return false
	}
	with := d.cur.Table(t.Options.Colocate)
	return with == nil || with.Options.Distribute == ""
}
