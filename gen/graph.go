package gen

import (
	"slices"

	"github.com/modelgen/modelgen/gen/read"
)

// link is a migration as the graph sees it.
type link struct {
	Var, Name string
	Parents   []string // variables
	Replaces  []string // names
}

// graph is a folder of migrations in which some stand for others, as the runtime takes it: who follows one that is replaced follows what
// replaces it, and one that is replaced is the newest never.
type graph struct {
	links   []link
	byVar   map[string]int
	byName  map[string]int
	members [][]int // what each replaces, and what those replace
	by      [][]int // what replaces each
}

func newGraph(links []link) *graph {
	g := &graph{links: links, byVar: map[string]int{}, byName: map[string]int{}, members: make([][]int, len(links)), by: make([][]int, len(links))}
	for i, l := range links {
		g.byVar[l.Var], g.byName[l.Name] = i, i
	}
	for i := range links {
		g.collect(i, i)
		for _, m := range g.members[i] {
			g.by[m] = append(g.by[m], i)
		}
	}
	return g
}

// collect adds what at replaces to the members of i.
func (g *graph) collect(i, at int) {
	for _, name := range g.links[at].Replaces {
		if m, ok := g.byName[name]; ok && m != i && !slices.Contains(g.members[i], m) {
			g.members[i] = append(g.members[i], m)
			g.collect(i, m)
		}
	}
}

func graphOf(all []read.Migration) *graph {
	links := make([]link, len(all))
	for i, m := range all {
		links[i] = link{m.Var, m.Name, m.Parents, m.Replaces}
	}
	return newGraph(links)
}

// newest returns those that nothing comes after.
func (g *graph) newest() []int {
	followed := make([]bool, len(g.links))
	for i, l := range g.links {
		followed[i] = followed[i] || len(g.by[i]) > 0
		for _, p := range l.Parents {
			at, ok := g.byVar[p]
			if !ok {
				continue
			}
			followed[at] = true
			for _, squash := range g.by[at] {
				if squash != i && !slices.Contains(g.members[squash], i) {
					followed[squash] = true
				}
			}
		}
	}
	var out []int
	for i := range g.links {
		if !followed[i] {
			out = append(out, i)
		}
	}
	return out
}

// outermost returns what stands for i in the end: i itself when nothing replaces it.
func (g *graph) outermost(i int) int {
	for _, squash := range g.by[i] {
		if len(g.by[squash]) == 0 {
			return squash
		}
	}
	return i
}

// parents returns what i follows, each by what stands for it.
func (g *graph) parents(i int) []int {
	var out []int
	for _, p := range g.links[i].Parents {
		if at, ok := g.byVar[p]; ok {
			if at = g.outermost(at); at != i && !slices.Contains(out, at) {
				out = append(out, at)
			}
		}
	}
	return out
}

// before gives i and all that comes before it, parents first.
func (g *graph) before(i int) []int {
	var out []int
	seen := make([]bool, len(g.links))
	var visit func(i int)
	visit = func(i int) {
		if seen[i] {
			return
		}
		seen[i] = true
		for _, p := range g.parents(i) {
			visit(p)
		}
		out = append(out, i)
	}
	visit(i)
	return out
}
