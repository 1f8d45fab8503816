package law

import (
	"github.com/modelgen/modelgen/runtime/schema"
)

// clean takes rename hints out of b that do not lead to anything in a: the renamed thing was itself new.
func clean(a, b *schema.Schema) *schema.Schema {
	for _, t := range b.Tables {
		if t.Was == t.Name || a.Table(t.Was) == nil {
			t.Was = ""
		}
		old := a.Table(t.Was)
		if t.Was == "" {
			old = a.Table(t.Name)
		}
		for i := range t.Columns {
			c := &t.Columns[i]
			if c.Was == c.Name || old == nil || old.Column(c.Was) == nil {
				c.Was = ""
			}
		}
	}
	for _, e := range b.Enums {
		if e.Was == e.Name || a.Enum(e.Was) == nil {
			e.Was = ""
		}
	}
	return b
}
