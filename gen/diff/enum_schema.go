package diff

import (
	"slices"

	"github.com/modelgen/modelgen/runtime/schema"
)

// keepEnumSchemas lets an enum type stay in the schema that it is in while a column that has it stays where it is. In the models it is in that of
// the first table that uses it, which may be another one by now: only new types are made there. Where all its tables have moved, it moves with
// them, as a hint would have it.
func (d *differ) keepEnumSchemas() {
	for _, n := range slices.Clone(d.new.Enums) {
		_, base := schema.SplitName(n.Name)
		if d.old.Enum(n.Name) != nil || d.hinted(n) {
			continue
		}
		var was []*schema.Enum
		for _, o := range d.old.Enums {
			if _, b := schema.SplitName(o.Name); b == base && (n.Owner != "" && o.Owner == n.Owner || o.Owner == "" && d.new.Enum(o.Name) == nil) {
				was = append(was, o)
			}
		}
		if len(was) != 1 || len(d.usersOf(was[0].Name, n.Name)) == 0 {
			continue
		}
		o := was[0].Name
		if stays := slices.ContainsFunc(d.usersOf(o, n.Name), func(t *schema.Table) bool {
			now, _ := schema.SplitName(t.Name)
			before, _ := schema.SplitName(d.pair2old[t.Name])
			return now == before
		}); stays {
			d.new.RemoveEnum(o) // of another part of the models
			d.new.RenameEnum(n.Name, o)
		} else if d.new.Enum(o) == nil {
			d.moved = append(d.moved, rename{"", o, n.Name, ""})
		}
	}
}

// hinted reports whether the source says how an enum was called, and that acts still.
func (d *differ) hinted(n *schema.Enum) bool {
	return n.Was != "" && d.old.Enum(qualifyEnum(n.Name, n.Was, d.old)) != nil
}

// usersOf returns the new tables with a column of a type that had another type before.
func (d *differ) usersOf(before, now string) []*schema.Table {
	is := func(c *schema.Column, enum string) bool {
		return c != nil && c.Type.Kind == schema.KindEnum && c.Type.Name == enum
	}
	var out []*schema.Table
	for _, t := range d.new.Tables {
		if old := d.old.Table(d.pair2old[t.Name]); old != nil && slices.ContainsFunc(t.Columns, func(c schema.Column) bool {
			return is(&c, now) && (is(old.Column(c.Name), before) || is(old.Column(c.Was), before))
		}) {
			out = append(out, t)
		}
	}
	return out
}
