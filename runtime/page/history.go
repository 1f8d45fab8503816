package page

import (
	"maps"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/toposort"
	"github.com/modelgen/modelgen/runtime/schema"
)

// history is what became of each object, migration by migration.
type history struct {
	all     []Migration    // parents before children, and what a squash replaces before it; else by name
	labels  []string       // short names, see label
	names   map[string]int // see index
	parents [][]int
	out     []int // what stands for it: the index of the squash, or -1
	before  []*schema.Schema
	after   []*schema.Schema // of those that nothing stands for
	changes [][]change       // by migration
	things  []thing
	order   []int          // of those that nothing stands for, each behind what it is based on
	schema  *schema.Schema // after all

	now map[string]map[key]entry // after all: table -> object; "" for what is beside the tables
}

// thing is an object through its life, under whatever names.
type thing struct {
	kind   string
	of     int   // the thing of its table, or -1
	events []int // the migrations that changed it
}

// change is one change of a thing: what it is called and says from then on.
type change struct {
	thing int
	table string // that it belongs to, under the name of then
	was   *entry // nil is one that was not there
	is    *entry // nil is one that is not there any more
}

// key is what an object is found by in its table.
type key struct{ kind, name, only string }

// entry is an object at one point.
type entry struct {
	thing     int
	name, def string
}

// state is all objects at one point, by their tables.
type state map[string]map[key]entry

func (s state) clone() state {
	c := state{}
	for t, in := range s {
		c[t] = maps.Clone(in)
	}
	return c
}

func newHistory(all []Migration) *history {
	h := &history{all: ordered(all)}
	at := map[string]int{}
	for i, m := range h.all {
		at[m.Name] = i
	}
	n := len(h.all)
	h.parents, h.out = make([][]int, n), make([]int, n)
	h.before, h.after, h.changes = make([]*schema.Schema, n), make([]*schema.Schema, n), make([][]change, n)
	for i := range h.out {
		h.out[i] = -1
	}
	for i, m := range h.all {
		for _, r := range m.Replaces {
			if j, ok := at[r]; ok && j != i {
				h.out[j] = i
			}
		}
	}
	for i, m := range h.all {
		for _, p := range m.Parents {
			if j, ok := at[p]; ok {
				h.parents[i] = append(h.parents[i], j)
			}
		}
	}
	h.replay()
	return h
}

// ordered sorts migrations by name, then parents, and what stands for them, before children.
func ordered(all []Migration) []Migration {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b Migration) int { return strings.Compare(a.Name, b.Name) })
	at, squash := map[string]int{}, map[string]int{}
	for i, m := range all {
		at[m.Name] = i
		for _, r := range m.Replaces {
			squash[r] = i
		}
	}
	order, _ := toposort.Sort(len(all), func(i int) (before []int) {
		for _, p := range slices.Concat(all[i].Parents, all[i].Replaces) {
			if j, ok := at[p]; ok && j != i {
				before = append(before, j)
			}
			if j, ok := squash[p]; ok && j != i && !slices.Contains(all[j].Replaces, all[i].Name) {
				before = append(before, j)
			}
		}
		return before
	})
	out := make([]Migration, 0, len(all))
	for _, i := range order {
		out = append(out, all[i])
	}
	return out
}

// place returns what stands for migration i, which may be itself.
func (h *history) place(i int) int {
	for range h.all {
		if h.out[i] < 0 {
			break
		}
		i = h.out[i]
	}
	return i
}

// above returns the parents of migration i, with what stands for them; of a squash those of what it replaces that are not replaced too.
func (h *history) above(i int) []int {
	var all []int
	add := func(p int) {
		if p = h.place(p); p != i && !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	for _, p := range h.parents[i] {
		add(p)
	}
	if len(h.all[i].Replaces) > 0 {
		for j := range h.all {
			if h.place(j) == i && j != i {
				for _, p := range h.parents[j] {
					add(p)
				}
			}
		}
	}
	slices.Sort(all)
	return all
}

// ancestors reports of each migration that nothing stands for whether it is i or comes before it.
func (h *history) ancestors(of ...int) []bool {
	in := make([]bool, len(h.all))
	todo := slices.Clone(of)
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !in[i] {
			in[i] = true
			todo = append(todo, h.above(i)...)
		}
	}
	return in
}

// heads returns the migrations that nothing stands for and nothing comes after.
func (h *history) heads() []int {
	parent := make([]bool, len(h.all))
	for i := range h.all {
		if h.out[i] < 0 {
			for _, p := range h.above(i) {
				parent[p] = true
			}
		}
	}
	var all []int
	for i := range h.all {
		if h.out[i] < 0 && !parent[i] {
			all = append(all, i)
		}
	}
	return all
}

// sequence returns an order in which all that nothing stands for comes behind what it is based on.
func (h *history) sequence() []int {
	order, _ := toposort.Sort(len(h.all), func(i int) []int {
		if h.out[i] >= 0 {
			return nil
		}
		return h.above(i)
	})
	return slices.DeleteFunc(order, func(i int) bool { return h.out[i] >= 0 })
}

// replay goes through the migrations and notes what each changes.
func (h *history) replay() {
	h.order = h.sequence()
	order := h.order
	last := map[int]int{} // who needs the state after a migration last: it may have it without a copy
	for _, i := range order {
		for _, p := range h.above(i) {
			last[p] = i
		}
	}
	states := map[int]state{}
	for _, i := range order {
		above := h.above(i)
		var was state
		switch {
		case len(above) == 0:
			h.before[i], was = &schema.Schema{}, state{}
		case len(above) == 1:
			h.before[i], was = h.after[above[0]], states[above[0]]
			if last[above[0]] != i {
				was = was.clone()
			}
		default:
			h.before[i] = h.union(order, above)
			was = join(states, above, h.before[i])
			h.compare(was, h.before[i], nil, nil)
		}
		h.after[i] = step(h.before[i], h.all[i].Ops)
		tell := func(c change) {
			h.changes[i] = append(h.changes[i], c)
			h.things[c.thing].events = append(h.things[c.thing].events, i)
		}
		was.follow(h.all[i].Ops, tell)
		h.compare(was, h.after[i], h.before[i], tell)
		states[i] = was
		for _, p := range above {
			if last[p] == i && len(above) == 1 {
				delete(states, p)
			}
		}
	}
	switch heads := h.heads(); len(heads) {
	case 0:
		h.schema, h.now = &schema.Schema{}, state{}
	case 1:
		h.schema, h.now = h.after[heads[0]], states[heads[0]]
	default:
		h.schema = h.union(order, heads)
		joined := join(states, heads, h.schema)
		h.compare(joined, h.schema, nil, nil)
		h.now = joined
	}
}

// union returns the schema after several migrations and all that comes before them.
func (h *history) union(order, of []int) *schema.Schema {
	in := h.ancestors(of...)
	s := &schema.Schema{}
	for _, i := range order {
		if in[i] {
			for _, op := range h.all[i].Ops {
				if op.Value != nil {
					_ = op.Value.Apply(s) // what does not fit is told by check
				}
			}
		}
	}
	return s
}

// compare makes was what s is, and tells each difference. prev is the schema that was comes from, whose tables need no look where s has the same ones;
// nil looks at all. A nil tell is for what no migration changes.
func (h *history) compare(was state, s, prev *schema.Schema, tell func(change)) {
	have := map[string]bool{}
	for _, t := range s.Tables {
		have[t.Name] = true
		if prev != nil && prev.Table(t.Name) == t && was[t.Name] != nil {
			continue
		}
		h.difference(was, t.Name, objectsOf(t), tell)
	}
	if prev == nil || !sameGlobals(prev, s) {
		h.difference(was, "", globals(s), tell)
	}
	var gone []string
	for t := range was {
		if t != "" && !have[t] {
			gone = append(gone, t)
		}
	}
	slices.Sort(gone)
	for _, t := range gone {
		h.difference(was, t, nil, tell)
		delete(was, t)
	}
}

// sameGlobals reports whether two schemas certainly have the same beside their tables.
func sameGlobals(a, b *schema.Schema) bool {
	return len(a.SQLObjects)+len(b.SQLObjects)+len(a.Objects)+len(b.Objects)+len(a.Enums)+len(b.Enums)+len(a.Namespaces)+len(b.Namespaces) == 0
}

// difference brings the objects of a table up to date.
func (h *history) difference(was state, table string, now []object, tell func(change)) {
	in := was[table]
	if in == nil {
		in = map[key]entry{}
		was[table] = in
	}
	of := -1
	have := map[key]bool{}
	for _, o := range now {
		k := key{o.kind, o.name, o.only}
		have[k] = true
		def := o.def
		if o.only != "" {
			def = strings.TrimSpace(def + " (" + o.only + ")")
		}
		e, old := in[k]
		if !old {
			e = entry{thing: len(h.things)}
			h.things = append(h.things, thing{kind: o.kind, of: of})
		}
		if o.kind == kindTable {
			of = e.thing
		}
		if old && e.def == def && e.name == o.name {
			continue
		}
		c := change{thing: e.thing, table: table}
		if old {
			was := e
			c.was = &was
		}
		e.name, e.def = o.name, def
		c.is = &e
		in[k] = e
		if tell != nil {
			tell(c)
		}
	}
	var gone []key
	for k := range in {
		if !have[k] {
			gone = append(gone, k)
		}
	}
	slices.SortFunc(gone, func(a, b key) int { return in[a].thing - in[b].thing })
	for _, k := range gone {
		if tell != nil {
			was := in[k]
			tell(change{thing: was.thing, table: table, was: &was})
		}
		delete(in, k)
	}
}
