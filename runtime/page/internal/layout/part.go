package layout

import (
	"cmp"
	"slices"
)

// part is a connected part of a group on its way to its places. Boxes are numbered in the order of their names.
type part struct {
	name   string
	boxes  []Box
	global []int
	edges  []link
	loops  []link // of a box to itself
	nets   []net
	items  []item
	layers [][]int // items, from above
	x      []int   // where each layer begins
	wide   []int

	wrapped bool // layers were divided, see wrap
}

// link is an edge of the part.
type link struct {
	edge       int
	from, to   int // boxes
	fromY, toY int
	backwards  bool // it runs from right to left, as its tables are in a circle
	net        int
}

// net is all edges that end at one port and come from the same side. It is a tree: from the port of its root through a dummy in each layer between, to
// the leaves.
type net struct {
	root      int // box
	port      int // from its top
	backwards bool
	dummies   map[int]int // layer -> item
}

// item stands in a layer: a box, or a dummy by which a net passes.
type item struct {
	box   int // -1 is a dummy
	net   int
	layer int
	h     int
	y     int
	order float64
}

func newPart(name string) *part { return &part{name: name} }

func (p *part) box(global int, b Box) int {
	p.boxes, p.global = append(p.boxes, b), append(p.global, global)
	return len(p.boxes) - 1
}

func (p *part) edge(e, from, to, fromY, toY int) {
	l := link{edge: e, from: from, to: to, fromY: fromY, toY: toY}
	if from == to {
		p.loops = append(p.loops, l)
		return
	}
	p.edges = append(p.edges, l)
}

// layout does all of it.
func (p *part) layout() block {
	layer := p.assign()
	p.weave(layer)
	p.order()
	p.place()
	return p.route()
}

// assign returns the layer of each box: what refers to something stands left of it, as near as can be. Circles are cut where a walk in the order
// of the names comes back to where it was.
func (p *part) assign() []int {
	n := len(p.boxes)
	out := make([][]int, n) // edges
	for i, e := range p.edges {
		out[e.from] = append(out[e.from], i)
	}
	state := make([]uint8, n)
	var finished []int
	var walk func(at int)
	walk = func(at int) {
		state[at] = 1
		for _, i := range out[at] {
			switch to := p.edges[i].to; state[to] {
			case 0:
				walk(to)
			case 1:
				p.edges[i].backwards = true
			}
		}
		state[at] = 2
		finished = append(finished, at)
	}
	for i := range n {
		if state[i] == 0 {
			walk(i)
		}
	}
	ends := func(e link) (left, right int) {
		if e.backwards {
			return e.to, e.from
		}
		return e.from, e.to
	}
	// The order of finishing has what an edge leads to before where it begins, circles cut. A cut edge is followed the other way round, which
	// that order need not fit, so layers are raised until nothing changes.
	layer := make([]int, n)
	for changed, rounds := true, 0; changed && rounds <= n; rounds++ {
		changed = false
		for _, e := range p.edges {
			if l, r := ends(e); layer[r] < layer[l]+1 {
				layer[r], changed = layer[l]+1, true
			}
		}
	}
	for changed, rounds := true, 0; changed && rounds <= n; rounds++ { // what refers is pulled towards what it refers to
		changed = false
		for i := range n {
			most := -1
			for _, e := range p.edges {
				if l, r := ends(e); l == i && (most < 0 || layer[r]-1 < most) {
					most = layer[r] - 1
				}
			}
			if most > layer[i] {
				layer[i], changed = most, true
			}
		}
	}
	least := slices.Min(layer)
	for i := range layer {
		layer[i] -= least
	}
	p.wrap(layer)
	return layer
}

// weave makes the nets and the items of the layers.
func (p *part) weave(layer []int) {
	p.layers = make([][]int, slices.Max(layer)+1)
	p.wide = make([]int, len(p.layers))
	for i, b := range p.boxes {
		p.items = append(p.items, item{box: i, net: -1, layer: layer[i], h: b.H})
		p.layers[layer[i]] = append(p.layers[layer[i]], i)
		p.wide[layer[i]] = max(p.wide[layer[i]], b.W)
	}
	type key struct {
		root, port int
		backwards  bool
	}
	at := map[key]int{}
	for i := range p.edges {
		e := &p.edges[i]
		k := key{e.to, e.toY, e.backwards}
		n, ok := at[k]
		if !ok {
			n = len(p.nets)
			at[k] = n
			p.nets = append(p.nets, net{root: e.to, port: e.toY, backwards: e.backwards, dummies: map[int]int{}})
		}
		e.net = n
		from, to := layer[e.from]+1, layer[e.to]
		if e.backwards {
			from, to = layer[e.to]+1, layer[e.from]
		}
		for l := from; l < to; l++ {
			if _, ok := p.nets[n].dummies[l]; !ok {
				p.nets[n].dummies[l] = len(p.items)
				p.layers[l] = append(p.layers[l], len(p.items))
				p.items = append(p.items, item{box: -1, net: n, layer: l})
			}
		}
	}
	if !p.wrapped {
		return
	}
	for l, items := range p.layers { // what passes a divided layer does so in its middle
		first := slices.IndexFunc(items, func(i int) bool { return p.items[i].box < 0 })
		if first >= 0 {
			p.layers[l] = slices.Concat(items[:first/2], items[first:], items[first/2:first])
		}
	}
}

// end is where a line crosses the border of a layer: at an item, so far below its top.
type end struct{ item, port int }

// strand is a piece of a net between two neighbouring layers.
type strand struct {
	net         int
	left, right end
}

// strands returns the pieces between layer l and the next one, each once.
func (p *part) strands(l int) []strand {
	var all []strand
	add := func(s strand) {
		if !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	for n, t := range p.nets {
		root := end{t.root, t.port}
		passes := func(layer int) end {
			if d, ok := t.dummies[layer]; ok {
				return end{d, 0}
			}
			return root
		}
		for _, e := range p.edges {
			if e.net != n {
				continue
			}
			leaf := end{e.from, e.fromY}
			a, b := p.items[e.from].layer, p.items[e.to].layer
			switch {
			case !t.backwards && a == l:
				add(strand{n, leaf, passes(l + 1)})
			case !t.backwards && a < l && l < b:
				add(strand{n, passes(l), passes(l + 1)})
			case t.backwards && a == l+1:
				add(strand{n, passes(l), leaf})
			case t.backwards && b <= l && l+1 < a:
				add(strand{n, passes(l), passes(l + 1)})
			}
		}
	}
	slices.SortFunc(all, func(a, b strand) int {
		return cmp.Or(cmp.Compare(a.net, b.net), cmp.Compare(a.left.item, b.left.item), cmp.Compare(a.left.port, b.left.port), cmp.Compare(a.right.item, b.right.item), cmp.Compare(a.right.port, b.right.port))
	})
	return all
}
