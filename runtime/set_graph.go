package migrate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/toposort"
	"github.com/modelgen/modelgen/runtime/schema"
)

// arrange puts the migrations, and what they need of other sets, in order.
func (s *Set) arrange(migrations []*Migration, owner map[*Migration]string) error {
	s.at, s.index = make(map[*Migration]int, len(migrations)), make(map[key]int, len(migrations))
	own := len(migrations)
	all, err := s.closure(slices.Clone(migrations), owner)
	if err != nil {
		return err
	}
	s.all = make([]node, len(all))
	for i, m := range all {
		s.all[i] = node{Migration: m, set: owner[m], own: i < own}
		s.at[m], s.index[key{owner[m], m.Name}] = i, i
	}
	if err := s.replacements(); err != nil {
		return err
	}
	room := make([]int, 0, len(all)) // for the one parent that most have
	for i, m := range all {
		if n := len(room); len(m.Parents) == 1 && len(s.all[i].before) == 0 {
			s.all[i].before = room[n : n : n+1]
			room = room[:n+1]
		}
		for _, p := range m.Parents {
			at := s.at[p]
			s.all[i].before = append(s.all[i].before, at)
			for _, squash := range s.all[at].by { // whoever follows one of those that it replaces follows it too
				if squash != i && !slices.Contains(s.all[squash].members, i) {
					s.all[i].before = append(s.all[i].before, squash)
				}
			}
		}
	}
	if err := s.sort(); err != nil {
		return err
	}
	return s.heads()
}

// closure adds the migrations of other sets that are parents, and theirs.
func (s *Set) closure(all []*Migration, owner map[*Migration]string) ([]*Migration, error) {
	for i := 0; i < len(all); i++ {
		m := all[i]
		for _, p := range m.Parents {
			if p == nil {
				return nil, fmt.Errorf("set %s: %s has a parent that is nil", owner[m], m.Name)
			}
			if _, known := owner[p]; known {
				continue
			}
			set := s.ownerOf(p)
			if set == nil || slices.Contains(s.members, set.name) {
				return nil, fmt.Errorf("set %s: %s has the parent %s, which is not in the list of the set; run go generate to rewrite the list",
					owner[m], m.Name, p.Name)
			}
			if err := set.Err(); err != nil {
				return nil, fmt.Errorf("set %s: %s has the parent %s of a set that is wrong: %w", owner[m], m.Name, p.Name, err)
			}
			// A squash that replaces the parent comes along, and what it replaces: which of them a database has is seen later.
			for _, n := range set.all {
				if n.set == set.name && (n.Migration == p || slices.Contains(n.Replaces, p.Name) || slices.Contains(p.Replaces, n.Name)) {
					if _, known := owner[n.Migration]; !known {
						owner[n.Migration] = set.name
						all = append(all, n.Migration)
					}
				}
			}
		}
	}
	return all, nil
}

// replacements finds what each migration replaces. A squash comes after those it replaces, so that one order serves a database that
// has some of them and one that has none.
func (s *Set) replacements() error {
	for i := range s.all {
		if _, err := s.replaced(i, nil); err != nil {
			return err
		}
	}
	for i, n := range s.all {
		s.all[i].before = append(s.all[i].before, n.members...)
		for _, at := range n.members {
			s.all[at].by = append(s.all[at].by, i)
		}
	}
	return nil
}

func (s *Set) replaced(i int, above []int) ([]int, error) {
	n := &s.all[i]
	if slices.Contains(above, i) {
		return nil, fmt.Errorf("set %s: %s replaces itself", n.set, n.Name)
	}
	if len(n.members) > 0 || len(n.gone) > 0 {
		return n.members, nil
	}
	for _, name := range n.Replaces {
		at, ok := s.index[key{n.set, name}]
		if !ok {
			n.gone = append(n.gone, name)
			continue
		}
		inner, err := s.replaced(at, append(above, i))
		if err != nil {
			return nil, err
		}
		for _, m := range append(inner[:len(inner):len(inner)], at) {
			if !slices.Contains(n.members, m) {
				n.members = append(n.members, m)
			}
		}
		for _, g := range s.all[at].gone {
			if !slices.Contains(n.gone, g) {
				n.gone = append(n.gone, g)
			}
		}
	}
	return n.members, nil
}

// sort puts parents before children, else as given.
func (s *Set) sort() error {
	order, cycle := toposort.Sort(len(s.all), func(i int) []int { return s.all[i].before })
	if cycle != nil {
		n := s.all[cycle[0]]
		if slices.ContainsFunc(s.all, func(n node) bool { return len(n.members) > 0 }) {
			return fmt.Errorf("set %s: %s is among its own ancestors: a migration that replaces others leaves out one that lies between them", n.set, n.Name)
		}
		return fmt.Errorf("set %s: %s is among its own ancestors", n.set, n.Name)
	}
	if slices.IsSorted(order) { // as they were given
		for _, n := range s.all {
			slices.Sort(n.before)
			slices.Sort(n.members)
			slices.Sort(n.by)
		}
		return nil
	}
	to := make([]int, len(s.all)) // from the old position to the new one
	for at, i := range order {
		to[i] = at
	}
	move := func(list []int) {
		for i, at := range list {
			list[i] = to[at]
		}
		slices.Sort(list)
	}
	sorted := make([]node, len(s.all))
	for i, n := range s.all {
		move(n.before)
		move(n.members)
		move(n.by)
		sorted[to[i]] = n
		if to[i] != i {
			s.at[n.Migration], s.index[key{n.set, n.Name}] = to[i], to[i]
		}
	}
	s.all = sorted
	return nil
}

// heads finds members with more than one newest migration.
func (s *Set) heads() error {
	followed := make([]bool, len(s.all))
	for _, n := range s.all {
		for _, b := range n.before {
			if s.all[b].set == n.set {
				followed[b] = true
			}
		}
	}
	for _, member := range s.members {
		var heads []string
		for i, n := range s.all {
			if n.set == member && !followed[i] {
				heads = append(heads, n.Name)
			}
		}
		if len(heads) > 1 {
			return fmt.Errorf("set %s has %d heads: %s; two branches added a migration each; join them with modelgen merge, or put yours on top with modelgen rebase",
				member, len(heads), strings.Join(heads, ", "))
		}
	}
	return nil
}

// replayed is the schema behind a migration and all that are before it in the order, without those that others replace.
type replayed struct {
	at     int
	schema *schema.Schema
}

// fit replays all migrations: those that replace others, and once more those that are replaced, which must result in the same schema. On the way it keeps
// the schema behind one of them.
func (s *Set) fit(behind int) error {
	all, err := s.schemaOf(func(i int) bool { return i <= behind && s.counts(i) })
	if err != nil {
		return err
	}
	if behind >= 0 {
		s.behind.Store(&replayed{behind, all.Clone()})
	}
	if err := s.replay(all, func(i int) bool { return i > behind && s.counts(i) }); err != nil {
		return err
	}
	s.schema = all
	if !slices.ContainsFunc(s.all, func(n node) bool { return len(n.members) > 0 && len(n.gone) == 0 }) {
		return nil
	}
	long, err := s.schemaOf(func(i int) bool { return len(s.all[i].members) == 0 || len(s.all[i].gone) > 0 })
	if err != nil {
		return err
	}
	if !slices.Equal(facts(long), facts(s.schema)) {
		return fmt.Errorf("set %s: a migration that replaces others does not result in the same schema as they do", s.name)
	}
	return nil
}

// facts returns what a schema says. What steps that are written by hand declare is left out: one that replaces them may declare less.
func facts(s *schema.Schema) []schema.Fact {
	return slices.DeleteFunc(schema.Facts(s), func(f schema.Fact) bool { return f.Kind == "object" })
}

// schemaOf replays those migrations for which counts says yes.
func (s *Set) schemaOf(counts func(i int) bool) (*schema.Schema, error) {
	out := &schema.Schema{}
	if err := s.replay(out, counts); err != nil {
		return nil, err
	}
	return out, nil
}

// schemaBehind is schemaOf, which is known already where that was asked for: it is given away once.
func (s *Set) schemaBehind(counts func(i int) bool) (*schema.Schema, error) {
	if r := s.behind.Swap(nil); r != nil {
		same := true
		for i := 0; i < len(s.all) && same; i++ {
			same = counts(i) == (i <= r.at && s.counts(i))
		}
		if same {
			return r.schema, nil
		}
	}
	return s.schemaOf(counts)
}

// counts reports whether no other migration stands for i.
func (s *Set) counts(i int) bool { return len(s.all[i].by) == 0 }

// replay applies the ops of those migrations for which counts says yes to out.
func (s *Set) replay(out *schema.Schema, counts func(i int) bool) error {
	for i, n := range s.all {
		if !counts(i) {
			continue
		}
		for k, op := range n.Ops {
			if op == nil {
				return fmt.Errorf("set %s: op %d of %s is nil", n.set, k+1, n.Name)
			}
			if err := op.Apply(out); err != nil {
				return fmt.Errorf("set %s: op %d of %s does not fit: %w", n.set, k+1, n.Name, err)
			}
		}
	}
	return nil
}

// ancestors tells for every position whether it is needed by at, itself included.
func (s *Set) ancestors(at int) []bool {
	need := make([]bool, len(s.all))
	need[at] = true
	for i := at; i >= 0; i-- {
		if need[i] {
			for _, b := range s.all[i].before {
				need[b] = true
			}
		}
	}
	return need
}
