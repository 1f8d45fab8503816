package page

import (
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// step returns the schema after ops, which shares with s what they do not touch. What does not fit changes nothing.
func step(s *schema.Schema, ops []Op) *schema.Schema {
	c := copyFor(s, ops)
	for _, op := range ops {
		if op.Value != nil {
			_ = op.Value.Apply(c)
		}
	}
	return c
}

// copyFor returns a copy of s on which ops can be applied. It costs what they touch: of a thousand tables most are in no migration.
func copyFor(s *schema.Schema, ops []Op) *schema.Schema {
	named, all := map[string]bool{}, false
	for _, op := range ops {
		if op.Value == nil {
			continue
		}
		e := op.Value.Effects()
		for _, o := range slices.Concat(e.Reads, e.Writes, e.Makes, e.Removes) {
			all = all || o.Kind == migrate.EnumObject || o.Kind == migrate.SchemaObject
			named[o.Table], named[o.Name] = true, true
		}
		for _, r := range e.Renames {
			all = all || r.From.Kind == migrate.EnumObject
			named[r.From.Table], named[r.From.Name], named[r.To] = true, true, true
		}
		for _, d := range slices.Concat(e.Old, e.New) {
			named[d.Table] = true
		}
	}
	c := &schema.Schema{}
	if all {
		c = s.Clone()
	} else {
		c.Namespaces, c.Tables, c.Enums = slices.Clone(s.Namespaces), slices.Clone(s.Tables), slices.Clone(s.Enums)
		c.SQLObjects, c.Objects = slices.Clone(s.SQLObjects), slices.Clone(s.Objects)
		for i, e := range c.Enums {
			c.Enums[i] = e.Clone()
		}
		for i, t := range c.Tables {
			if named[t.Name] || t.Options.Colocate != "" && named[t.Options.Colocate] || slices.ContainsFunc(t.ForeignKeys, func(f schema.ForeignKey) bool { return named[f.RefTable] }) {
				c.Tables[i] = t.Clone()
			}
		}
	}
	return c
}
