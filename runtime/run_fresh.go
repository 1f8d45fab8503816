package migrate

import (
	"slices"

	"github.com/modelgen/modelgen/runtime/schema"
)

// fold moves columns that are added to a table into the op that creates it, where migrations share a transaction: the table is empty, nobody
// sees it without them, and SQLite reads all tables again for each column that is added. It returns the ops of each migration that are left, or nil
// when there is nothing to move.
func fold(all [][]Op) [][]Op {
	type place struct{ leg, op int }
	made := map[string]place{}
	out := make([][]Op, len(all))
	moved := false
	for i, ops := range all {
		for _, op := range ops {
			switch o := op.(type) {
			case CreateTable:
				made[o.Table] = place{i, len(out[i])}
			case AddColumn:
				at, there := made[o.Table]
				if !there || o.Column.Def().Type.Kind == schema.KindEnum { // the enum may be younger than the table
					break
				}
				table := out[at.leg][at.op].(CreateTable)
				table.Columns = append(slices.Clip(table.Columns), o.Column)
				out[at.leg][at.op] = table
				moved = true
				continue
			default:
				if !adds(op) {
					clear(made)
				}
			}
			out[i] = append(out[i], op)
		}
	}
	if !moved {
		return nil
	}
	return out
}

// adds reports whether an op only makes something, or says something of a whole table: a column that was there before it changes nothing for it.
func adds(op Op) bool {
	e := op.Effects()
	return !e.Unknown && !e.Rows && len(e.Removes)+len(e.Renames) == 0 &&
		!slices.ContainsFunc(e.Writes, func(o Object) bool { return o.Kind != TableObject })
}

// withTablesOf returns a copy of a schema that has the same tables, not copies of them: a migration that makes another one leaves it as it is, and to copy those of
// a large schema takes longer than to plan ten migrations.
func withTablesOf(s *schema.Schema) *schema.Schema {
	c := *s
	c.Namespaces, c.Enums, c.Tables = slices.Clone(s.Namespaces), slices.Clone(s.Enums), slices.Clone(s.Tables)
	c.SQLObjects, c.Objects = slices.Clone(s.SQLObjects), slices.Clone(s.Objects)
	return &c
}

// folded returns the stages of migrations that share a transaction, which leave the database as their own do.
func (w *executor) folded(legs []leg) [][]Stage {
	own := make([][]Stage, len(legs))
	ops := make([][]Op, len(legs))
	for i, l := range legs {
		own[i], ops[i] = l.stages, l.ops
	}
	left := fold(ops)
	if left == nil {
		return own
	}
	s := withTablesOf(w.base) // where it is not copied, they change only tables that they make, see [unseen]
	if w.copied {
		s = w.base.Clone()
	}
	out := make([][]Stage, len(legs))
	for i := range left {
		if len(left[i]) == 0 {
			continue // nothing is left to plan
		}
		stages, err := PlanOps(w.planner(left[i]), s, left[i])
		if err != nil || !shareable(stages) || len(stages) > 0 && stages[0].KeysOff != legs[0].stages[0].KeysOff {
			return own
		}
		out[i] = stages
	}
	return out
}
