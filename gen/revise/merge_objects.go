package revise

import (
	"fmt"
	"slices"

	"github.com/modelgen/modelgen/gen/read"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// underObjects says which views, functions and the like of one side stand on what the other side drops, renames or gives another type: in one of
// the two orders the database refuses it, or is left with a body that does not work, and no schema shows that.
func underObjects(base *schema.Schema, sides [][]read.Migration) (lines []string) {
	for i, side := range sides {
		at := base.Clone()
		for _, m := range side {
			for _, op := range m.Ops {
				if op.Value == nil || op.Value.Apply(at) != nil {
					continue
				}
				_, to, ok := migrate.ObjectChange(op.Value)
				if !ok || to == nil {
					continue
				}
				needs := at.Needs(*to)
				for j, other := range sides {
					if j == i {
						continue
					}
					if of, what, verb := takesAway(other, needs); what != "" {
						lines = append(lines, fmt.Sprintf("%s: %s needs %s, which %s %s", op.Pos, to, what, of, verb))
					}
				}
			}
		}
	}
	return lines
}

// takesAway returns what of needs the migrations drop, rename or give another type, with the migration that does it.
func takesAway(all []read.Migration, needs []schema.Need) (of, what, verb string) {
	again := map[string]bool{} // objects that only make way, and come back
	for _, m := range all {
		for _, op := range m.Ops {
			if from, to, ok := migrate.ObjectChange(op.Value); ok && from == nil {
				again[to.Key()] = true
			}
		}
	}
	for _, m := range all {
		for _, op := range m.Ops {
			if op.Value == nil {
				continue
			}
			if from, to, ok := migrate.ObjectChange(op.Value); ok {
				if from != nil && !again[from.Key()] && (to == nil || !from.Same(*to)) &&
					slices.ContainsFunc(needs, func(n schema.Need) bool { return n.Object != nil && n.Object.Same(*from) }) {
					return m.Name, from.String(), "drops or renames"
				}
				continue
			}
			e := op.Value.Effects()
			for _, o := range e.Removes {
				if needed(needs, o, false) {
					return m.Name, o.String(), "drops"
				}
			}
			for _, r := range e.Renames {
				if needed(needs, r.From, false) {
					return m.Name, r.From.String(), "renames to " + r.To
				}
			}
			if c, ok := op.Value.(migrate.AlterColumn); ok && c.From.Def().Type != c.To.Def().Type {
				o := migrate.Object{Kind: migrate.ColumnObject, Table: c.Table, Name: c.From.Def().Name}
				if needed(needs, o, true) {
					return m.Name, o.String(), "gives another type"
				}
			}
		}
	}
	return "", "", ""
}

// needed reports whether an object is among the needs; hard leaves out what only a body that is a string names.
func needed(needs []schema.Need, o migrate.Object, hard bool) bool {
	return slices.ContainsFunc(needs, func(n schema.Need) bool {
		switch {
		case hard && n.Soft:
			return false
		case o.Kind == migrate.TableObject:
			return n.Table == o.Name
		case o.Kind == migrate.ColumnObject:
			return n.Table == o.Table && n.Column == o.Name
		case o.Kind == migrate.EnumObject:
			return n.Enum == o.Name
		}
		return false
	})
}
