package page

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// comparison is what differs between two points of a history.
type comparison struct {
	from, to string   // names of migrations, "" is the empty database
	points   [2][]int // the migrations; none is the empty database
	notes    []string // about what was asked for
	tables   []tableDifference
}

// tableDifference is what differs in one table; of what is beside the tables it is that with the name "".
type tableDifference struct {
	name string
	glyph
	rows []difference
}

// difference is one thing that differs.
type difference struct {
	glyph
	kind, name string
	was        string // what it was called, where it has another name
	old, new   string
}

// glyph says what became of something, in a sign that needs no colour.
type glyph byte

const (
	added   glyph = '+'
	altered glyph = '~'
	dropped glyph = '-'
)

// word returns the class and the word of a glyph.
func (g glyph) word() string {
	switch g {
	case added:
		return "added"
	case dropped:
		return "dropped"
	}
	return "altered"
}

// sign returns the glyph as it is printed, with a minus that is as wide as a plus.
func (g glyph) sign() string {
	if g == dropped {
		return "\u2212"
	}
	return string(rune(g))
}

// find returns the migration that a name or its beginning is of; -1 is the empty database.
func (h *history) find(word string) (int, error) {
	if word == "zero" {
		return -1, nil
	}
	var found []int
	for i, m := range h.all {
		if m.Name == word {
			return i, nil
		}
		if strings.HasPrefix(m.Name, word) {
			found = append(found, i)
		}
	}
	switch {
	case len(found) == 0:
		if len(h.all) == 0 {
			return 0, fmt.Errorf("there is no migration %q to compare with, nor any other", word)
		}
		return 0, fmt.Errorf("there is no migration %q to compare with; the newest is %s", word, h.all[len(h.all)-1].Name)
	case len(found) > 1:
		return 0, fmt.Errorf("%q is the beginning of %d migrations, such as %s and %s", word, len(found), h.all[found[0]].Name, h.all[found[1]].Name)
	}
	return found[0], nil
}

// between compares two points: what the database has after each, with all that comes before it.
func (h *history) between(from, to string) (*comparison, error) {
	c := &comparison{points: [2][]int{nil, h.heads()}}
	if from == "" {
		from = "zero"
	}
	for i, word := range []string{from, to} {
		if word == "" {
			continue
		}
		at, err := h.find(word)
		if err != nil {
			return nil, err
		}
		if at < 0 {
			c.points[i] = nil
			continue
		}
		is := h.place(at)
		if c.points[i] = []int{is}; is != at {
			c.notes = append(c.notes, h.all[at].Name+" is replaced by "+h.all[is].Name+".")
		}
	}
	for i, p := range c.points {
		if len(p) == 1 {
			*[]*string{&c.from, &c.to}[i] = h.all[p[0]].Name
		}
	}
	if to == "" && len(c.points[1]) != 1 {
		c.to = "the newest"
	}
	c.tables = h.differences(h.at(c.points[0]...), h.at(c.points[1]...))
	return c, nil
}

// drawn returns the tables of a drawing of the comparison: those that there are at its end, and those that it drops.
func (p *Page) drawn() *schema.Schema {
	h, c := p.history, p.compare
	s := p.schema.Clone()
	if !slices.Equal(c.points[1], h.heads()) {
		s = h.union(h.order, c.points[1])
	}
	var was *schema.Schema
	for _, t := range c.tables {
		if t.glyph != dropped || s.Table(t.name) != nil {
			continue
		}
		if was == nil {
			was = h.union(h.order, c.points[0])
		}
		if old := was.Table(t.name); old != nil {
			s.PutTable(old)
		}
	}
	return s
}

// at returns what each thing is after some migrations and all that comes before them; nil is one that is not there.
func (h *history) at(of ...int) []*entry {
	out := make([]*entry, len(h.things))
	in := h.ancestors(of...)
	for _, i := range h.order {
		if in[i] {
			for _, c := range h.changes[i] {
				out[c.thing] = c.is
			}
		}
	}
	return out
}

// differences compares what things were with what they are.
func (h *history) differences(was, is []*entry) []tableDifference {
	var all []change
	for i, t := range h.things {
		a, b := was[i], is[i]
		if a == b || a != nil && b != nil && *a == *b {
			continue
		}
		c := change{thing: i, was: a, is: b}
		if of := t.of; of >= 0 {
			if e := cmp.Or(is[of], was[of]); e != nil {
				c.table = e.name
			}
		}
		all = append(all, c)
	}
	return h.grouped(all)
}

// grouped returns changes by the tables that they are of.
func (h *history) grouped(all []change) []tableDifference {
	groups := map[int]*tableDifference{}
	var order []int
	for _, c := range all {
		t := h.things[c.thing]
		of := t.of
		if t.kind == kindTable {
			of = c.thing
		}
		g := groups[of]
		if g == nil {
			g = &tableDifference{glyph: altered, name: c.table}
			groups[of] = g
			order = append(order, of)
		}
		d := difference{glyph: altered, kind: t.kind}
		switch {
		case c.was == nil:
			d.glyph, d.name, d.new = added, c.is.name, c.is.def
		case c.is == nil:
			d.glyph, d.name, d.old = dropped, c.was.name, c.was.def
		default:
			d.name, d.old, d.new = c.is.name, c.was.def, c.is.def
			if c.was.name != c.is.name {
				d.was = c.was.name
			}
		}
		if t.kind == kindTable {
			g.glyph, g.name = d.glyph, d.name
		}
		g.rows = append(g.rows, d)
	}
	var out []tableDifference
	for _, of := range order {
		g := groups[of]
		slices.SortStableFunc(g.rows, func(a, b difference) int { return cmp.Compare(kindOrder(a.kind), kindOrder(b.kind)) })
		out = append(out, *g)
	}
	slices.SortStableFunc(out, func(a, b tableDifference) int { return strings.Compare(a.name, b.name) })
	return out
}

// of returns what one migration changes.
func (h *history) of(i int) []tableDifference { return h.grouped(h.changes[i]) }
