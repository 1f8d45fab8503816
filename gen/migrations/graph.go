package migrations

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/gen/read"
	"github.com/modelgen/modelgen/internal/nearest"
)

// link is a migration as the graph sees it.
type link struct {
	Var, Name string
	Parents   []string // variables
	Replaces  []string // names
}

// Graph is a folder of migrations in which some stand for others, as the runtime takes it: who follows one that is replaced follows what
// replaces it, and one that is replaced is the newest never.
type Graph struct {
	links   []link
	ByVar   map[string]int
	byName  map[string]int
	members [][]int // what each replaces, and what those replace
	by      [][]int // what replaces each
}

func newGraph(links []link) *Graph {
	g := &Graph{links: links, ByVar: map[string]int{}, byName: map[string]int{}, members: make([][]int, len(links)), by: make([][]int, len(links))}
	for i, l := range links {
		g.ByVar[l.Var], g.byName[l.Name] = i, i
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
func (g *Graph) collect(i, at int) {
	for _, name := range g.links[at].Replaces {
		if m, ok := g.byName[name]; ok && m != i && !slices.Contains(g.members[i], m) {
			g.members[i] = append(g.members[i], m)
			g.collect(i, m)
		}
	}
}

// GraphOf returns the graph of migrations, which it calls by their places in all.
func GraphOf(all []read.Migration) *Graph {
	links := make([]link, len(all))
	for i, m := range all {
		links[i] = link{m.Var, m.Name, m.Parents, m.Replaces}
	}
	return newGraph(links)
}

// Newest returns those that nothing comes after.
func (g *Graph) Newest() []int {
	followed := make([]bool, len(g.links))
	for i, l := range g.links {
		followed[i] = followed[i] || len(g.by[i]) > 0
		for _, p := range l.Parents {
			at, ok := g.ByVar[p]
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

// Outermost returns what stands for i in the end: i itself when nothing replaces it.
func (g *Graph) Outermost(i int) int {
	for _, squash := range g.by[i] {
		if len(g.by[squash]) == 0 {
			return squash
		}
	}
	return i
}

// Parents returns what i follows, each by what stands for it.
func (g *Graph) Parents(i int) []int {
	var out []int
	for _, p := range g.links[i].Parents {
		if at, ok := g.ByVar[p]; ok {
			if at = g.Outermost(at); at != i && !slices.Contains(out, at) {
				out = append(out, at)
			}
		}
	}
	return out
}

// Before returns i and all that comes before it, parents first.
func (g *Graph) Before(i int) []int {
	var out []int
	seen := make([]bool, len(g.links))
	var visit func(i int)
	visit = func(i int) {
		if seen[i] {
			return
		}
		seen[i] = true
		for _, p := range g.Parents(i) {
			visit(p)
		}
		out = append(out, i)
	}
	visit(i)
	return out
}

// Heads returns those that nothing comes after.
func Heads(all []read.Migration) []read.Migration {
	var out []read.Migration
	for _, i := range GraphOf(all).Newest() {
		out = append(out, all[i])
	}
	return out
}

// Ancestors returns the variables of a migration and of all before it.
func Ancestors(all []read.Migration, of string) map[string]bool {
	need := map[string]bool{of: true}
	for _, m := range slices.Backward(all) {
		if !need[m.Var] {
			continue
		}
		for _, p := range m.Parents {
			need[p] = true
		}
		for _, o := range all {
			if slices.Contains(m.Replaces, o.Name) {
				need[o.Var] = true
			}
		}
	}
	return need
}

// Find resolves a name, a beginning of it, or its number without the zeros.
func Find(all []read.Migration, word string) (read.Migration, error) {
	var begin []read.Migration
	var names []string
	for _, m := range all {
		if m.Name == word {
			return m, nil
		}
		if strings.HasPrefix(m.Name, word) {
			begin = append(begin, m)
			names = append(names, m.Name)
		}
	}
	switch len(begin) {
	case 1:
		return begin[0], nil
	case 0:
		if n, err := strconv.ParseUint(word, 10, 32); err == nil && len(word) < 4 {
			full := fmt.Sprintf("%04d", n)
			if slices.ContainsFunc(all, func(m read.Migration) bool { return strings.HasPrefix(m.Name, full) }) {
				return Find(all, full)
			}
		}
		return read.Migration{}, noMigration(all, word)
	}
	return read.Migration{}, fmt.Errorf("%q is the beginning of several migrations: %s; write more of the name", word, strings.Join(names, ", "))
}

// noMigration says that no name is or begins with the word: with the name that may be meant, or else the newest one.
func noMigration(all []read.Migration, word string) error {
	var names []string
	for _, m := range all {
		names = append(names, m.Name)
	}
	if n := nearest.Word(word, names, nearest.Reach(word)); n != "" {
		return fmt.Errorf("there is no migration %q; did you mean %s?", word, n)
	}
	if len(names) == 0 {
		return fmt.Errorf("there is no migration %q, nor any other", word)
	}
	return fmt.Errorf("there is no migration %q; the newest is %s", word, slices.Max(names))
}

// WithoutReplaced leaves out what a squash that is there replaces.
func WithoutReplaced(all []read.Migration) []read.Migration {
	return slices.DeleteFunc(slices.Clone(all), func(m read.Migration) bool {
		return slices.ContainsFunc(all, func(o read.Migration) bool { return slices.Contains(o.Replaces, m.Name) })
	})
}
