package read

import (
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/scratch"
	"github.com/modelgen/modelgen/internal/toposort"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// ordered puts parents before children, and what a squash replaces before it, else by name.
func ordered(all []Migration) []Migration {
	slices.SortStableFunc(all, func(a, b Migration) int { return strings.Compare(a.Name, b.Name) })
	byVar, byName := map[string]int{}, map[string]int{}
	for i, m := range all {
		byVar[m.Var], byName[m.Name] = i, i
	}
	var out []Migration
	order, _ := toposort.Sort(len(all), func(i int) (before []int) { // one that is among its own ancestors does not compile
		for _, p := range all[i].Parents {
			if at, ok := byVar[p]; ok {
				before = append(before, at)
			}
		}
		for _, r := range all[i].Replaces {
			if at, ok := byName[r]; ok {
				before = append(before, at)
			}
		}
		return before
	})
	for _, i := range order {
		out = append(out, all[i])
	}
	return out
}

// replay returns every migration the schema that it finds.
func replay(all []Migration) {
	at := map[string]int{} // by variable
	after := make([]*schema.Schema, len(all))
	for i := range all {
		m := &all[i]
		at[m.Var] = i
		m.Exact = !m.changesUnknown()
		var parents []int
		for _, p := range m.Parents {
			if j, ok := at[p]; ok {
				parents = append(parents, j)
				m.Exact = m.Exact && all[j].Exact
			} else {
				m.Exact = false
			}
		}
		switch len(parents) {
		case 0:
			m.Before = &schema.Schema{}
		case 1:
			m.Before = after[parents[0]]
		default:
			m.Before = union(all[:i], parents, at)
		}
		after[i] = scratch.Copy(m.Before, m.values()...)
		apply(after[i], *m)
	}
}

// values returns the ops that are known.
func (m Migration) values() []migrate.Op {
	ops := make([]migrate.Op, len(m.Ops))
	for i, op := range m.Ops {
		ops[i] = op.Value
	}
	return ops
}

// union replays all ancestors of several parents. What a squash among them replaces is left out.
func union(all []Migration, parents []int, at map[string]int) *schema.Schema {
	need := make([]bool, len(all))
	var mark func(i int)
	mark = func(i int) {
		if need[i] {
			return
		}
		need[i] = true
		for _, p := range all[i].Parents {
			if j, ok := at[p]; ok && j < len(all) {
				mark(j)
			}
		}
	}
	for _, p := range parents {
		mark(p)
	}
	replaced := map[string]bool{}
	for i, m := range all {
		if need[i] {
			for _, r := range m.Replaces {
				replaced[r] = true
			}
		}
	}
	s := &schema.Schema{}
	for i, m := range all {
		if need[i] && !replaced[m.Name] {
			apply(s, m)
		}
	}
	return s
}

// apply changes s as the ops of m say. One that does not fit changes nothing; [Migration.Exact] reports whether that can be for what was not
// read, and who looks at the ops one by one sees which it is.
func apply(s *schema.Schema, m Migration) {
	for _, op := range m.Ops {
		if op.Value != nil {
			_ = op.Value.Apply(s)
		}
	}
}
