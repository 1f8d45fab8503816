package diff

import (
	"fmt"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// What this package emits after the renames is in an order that is right but for the values: this file sorts it by what each op needs. What computes
// values stands behind what makes or computes those that it reads, and before what removes them.

// node is an op with its effects, and the ops that must come before it.
type node struct {
	op     migrate.Op
	e      migrate.Effects
	before map[int]bool
}

// cycle is ops each of which needs the one before it, and the first one the last.
type cycle []migrate.Op

// sorted returns the ops in an order that is right for the values as well. s has everything that is there before, during or after them.
func sorted(ops []migrate.Op, s *schema.Schema) ([]migrate.Op, cycle) {
	nodes := make([]node, len(ops))
	touching := map[migrate.Object][]int{}
	numbered := func(table string, columns []string) bool {
		t := s.Table(table)
		return t != nil && len(columns) == 1 && t.Column(columns[0]) != nil && t.Column(columns[0]).Identity
	}
	for i, op := range ops {
		n := node{op: op, e: op.Effects().In(s), before: map[int]bool{}}
		nodes[i] = n
		for _, list := range [][]migrate.Object{n.e.Reads, n.e.Writes, n.e.Makes, n.e.Removes} {
			for _, o := range list {
				if at := touching[o]; len(at) == 0 || at[len(at)-1] != i {
					touching[o] = append(at, i)
				}
			}
		}
	}
	for o, list := range touching {
		for x, i := range list {
			for _, j := range list[x+1:] {
				if !declaresRows(nodes[i].op) || !declaresRows(nodes[j].op) { // which linkRowOps keeps in their order
					link(nodes, i, j, o, numbered)
				}
			}
		}
	}
	linkRowOps(nodes)
	var unsure []int // they may read anything
	for i, n := range nodes {
		if n.e.Unknown && n.e.Rows {
			unsure = append(unsure, i)
		}
	}
	for _, u := range unsure {
		for i, n := range nodes {
			if len(n.e.Removes) > 0 && i != u && !reaches(nodes, i, u) {
				n.before[u] = true
			}
		}
	}
	for _, u := range unsure {
		for i, n := range nodes {
			if (n.e.Rows && !n.e.Unknown || len(n.e.Makes) > 0 && i < u) && i != u && !reaches(nodes, u, i) {
				nodes[u].before[i] = true
			}
		}
	}
	fillAgain(nodes)
	return walk(nodes)
}

// fillAgain puts what removes things behind the NOT NULL of a column that is filled from them: a column of a table in use is filled once more behind
// the check that keeps new rows from having no value.
func fillAgain(nodes []node) {
	for a, n := range nodes {
		alter, ok := n.op.(migrate.AlterColumn)
		if !ok || !alter.From.Def().Nullable || alter.To.Def().Nullable {
			continue
		}
		for f := range n.before {
			if !nodes[f].e.Rows || !slices.ContainsFunc(nodes[f].e.Writes, func(o migrate.Object) bool { return slices.Contains(n.e.Writes, o) }) {
				continue
			}
			for r := range nodes {
				if len(nodes[r].e.Removes) > 0 && nodes[r].before[f] && !reaches(nodes, r, a) {
					nodes[r].before[a] = true
				}
			}
		}
	}
}

// link puts one of two ops that touch the same object before the other. i comes before j as they were emitted. numbered reports whether columns are one
// that the database numbers.
func link(nodes []node, i, j int, o migrate.Object, numbered func(table string, columns []string) bool) {
	a, b := nodes[i].e, nodes[j].e
	has := func(list []migrate.Object) bool { return slices.Contains(list, o) }
	computes := func(e migrate.Effects) bool { return e.Rows && has(e.Reads) && !has(e.Writes) }
	switch {
	case computes(a) && isKeyOf(nodes[j].op, o, numbered) && !writesInto(a, nodes[j].op):
		nodes[i].before[j] = true // SQLite numbers a primary key, alone: until it is one, the table cannot be read
	case has(a.Reads) && has(b.Reads) && !has(a.Writes) && !has(b.Writes) && !has(a.Makes) && !has(a.Removes) && !has(b.Makes) && !has(b.Removes):
	case computes(a) && declaresRows(nodes[j].op) && writesTable(a, nodes[j].op.(migrate.Rows).Table): // the rows have values of their own, which are written over those
		nodes[j].before[i] = true
	case computes(a) && (has(b.Makes) || b.Rows && has(b.Writes)), has(a.Removes) && computes(b):
		nodes[i].before[j] = true
	case computes(a) && has(b.Writes): // what changes is not the values
	case has(a.Writes) && has(b.Reads) && dropsComputed(nodes[j].op, o):
		nodes[i].before[j] = true // a generated column holds the type of what it is computed from, and its values follow
	default:
		nodes[j].before[i] = true
	}
}

// dropsComputed reports whether the op drops a column that is computed from o.
func dropsComputed(op migrate.Op, o migrate.Object) bool {
	d, ok := op.(migrate.DropColumn)
	return ok && o.Kind == migrate.ColumnObject && len(schema.ExprColumns(d.Column.Def().Generated, []string{o.Name})) > 0
}

// isKeyOf reports whether the op makes a numbered column the whole primary key, and o is that column or its table.
func isKeyOf(op migrate.Op, o migrate.Object, numbered func(table string, columns []string) bool) bool {
	k, ok := op.(migrate.AddPrimaryKey)
	if !ok || !numbered(k.Table, k.PrimaryKey.Columns) {
		return false
	}
	return o.Kind == migrate.TableObject && o.Name == k.Table || o.Kind == migrate.ColumnObject && o.Table == k.Table && o.Name == k.PrimaryKey.Columns[0]
}

// writesInto reports whether values are written into columns that the key of op is made of.
func writesInto(e migrate.Effects, op migrate.Op) bool {
	k, ok := op.(migrate.AddPrimaryKey)
	return ok && slices.ContainsFunc(e.Writes, func(o migrate.Object) bool {
		return o.Table == k.Table && slices.Contains(k.PrimaryKey.Columns, o.Name)
	})
}

// writesTable reports whether values are written into a table.
func writesTable(e migrate.Effects, table string) bool {
	return slices.ContainsFunc(e.Writes, func(o migrate.Object) bool { return o.Kind == migrate.ColumnObject && o.Table == table })
}

// reaches reports whether from must come before to.
func reaches(nodes []node, from, to int) bool {
	seen := map[int]bool{}
	var visit func(i int) bool
	visit = func(i int) bool {
		if i == from {
			return true
		}
		if seen[i] {
			return false
		}
		seen[i] = true
		for b := range nodes[i].before {
			if visit(b) {
				return true
			}
		}
		return false
	}
	return visit(to)
}

// walk takes the first op that nothing has to come before, again and again.
func walk(nodes []node) ([]migrate.Op, cycle) {
	var out []migrate.Op
	done := make([]bool, len(nodes))
	free := func(i int) bool {
		for b := range nodes[i].before {
			if !done[b] {
				return false
			}
		}
		return true
	}
	for len(out) < len(nodes) {
		next := -1
		for i := range nodes {
			if !done[i] && free(i) {
				next = i
				break
			}
		}
		if next < 0 {
			return nil, circle(nodes, done)
		}
		done[next] = true
		out = append(out, nodes[next].op)
	}
	return out, nil
}

// circle goes back from op to op until it meets one again.
func circle(nodes []node, done []bool) cycle {
	at := slices.Index(done, false)
	var path []int
	for !slices.Contains(path, at) {
		path = append(path, at)
		next := -1
		for b := range nodes[at].before {
			if !done[b] && (next < 0 || b < next) {
				next = b
			}
		}
		at = next
	}
	var c cycle
	for _, i := range path[slices.Index(path, at):] {
		c = append(c, nodes[i].op)
	}
	slices.Reverse(c)
	return c
}

// sortByNeed puts the ops behind from into the order of their needs, and applies them again to the schema that they find.
func (d *differ) sortByNeed(from int) {
	if d.bug != nil || !slices.ContainsFunc(d.ops[from:], func(op migrate.Op) bool { return op.Effects().Rows }) {
		return
	}
	base := d.old.Clone()
	for _, op := range d.ops[:from] {
		if _, isFill := op.(migrate.Fill); isFill {
			continue // as in emit
		}
		if err := op.Apply(base); err != nil {
			d.bug = err
			return
		}
	}
	ops, bad := sorted(d.ops[from:], union(base, d.cur))
	if bad != nil {
		d.tell(bad)
		return
	}
	copy(d.ops[from:], ops)
	d.cur = base
	for _, op := range ops {
		if err := op.Apply(d.cur); err != nil {
			d.bug = err
			return
		}
	}
}

// tell says what needs what in a circle.
func (d *differ) tell(bad cycle) {
	var lines []string
	object := ""
	for _, op := range bad {
		if e := op.Effects(); e.Rows && len(e.Writes) > 0 {
			lines = append(lines, op.Describe())
			if object == "" {
				object = e.Writes[0].String()
			}
		}
	}
	if len(lines) == 0 {
		d.bug = fmt.Errorf("the ops need each other: %v", bad)
		return
	}
	d.fail(object, "each of these needs what another one computes or changes, so none can come first: %s; do one of them in a migration of its own, before the others", strings.Join(lines, "; "))
}

// union returns a schema with the tables and columns of both. Objects of tables are left out.
func union(a, b *schema.Schema) *schema.Schema {
	all := &schema.Schema{}
	for _, s := range []*schema.Schema{a, b} {
		for _, t := range s.Tables {
			u := all.Table(t.Name)
			if u == nil {
				u = &schema.Table{Name: t.Name}
				all.PutTable(u)
			}
			for _, c := range t.Columns {
				if u.Column(c.Name) == nil {
					u.Columns = append(u.Columns, c)
				}
			}
		}
	}
	return all
}
