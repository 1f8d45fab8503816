package layout

import (
	"cmp"
	"slices"
)

// Distances between the layers.
const (
	foot = 24 // between a box and the first lane: room for a crow's foot
	lane = 10
)

// channel is the room between two layers, where lines turn.
type channel struct {
	nets   []int
	left   map[int][]int // net -> where its lines come in on the left
	right  map[int][]int
	offset map[int]int // net -> its lane, from the left border
	width  int
}

// route finds the ways of the lines and returns the finished part.
func (p *part) route() block {
	channels := make([]channel, len(p.layers))
	loops := make([]int, len(p.layers))
	for _, e := range p.loops {
		loops[p.items[e.from].layer]++
	}
	x := 0
	for l := range p.layers {
		p.x = append(p.x, x)
		c := &channels[l]
		if l+1 < len(p.layers) {
			*c = p.channel(l, loops[l])
		} else if loops[l] > 0 {
			c.width = foot + lane*loops[l]
		}
		x += p.wide[l] + c.width
	}
	out := block{name: p.name, w: x}
	for i, b := range p.boxes {
		at := Point{p.x[p.items[i].layer], p.items[i].y}
		out.boxes = append(out.boxes, placed{p.global[i], at})
		out.h = max(out.h, at.Y+b.H)
	}
	for _, x := range p.items {
		out.h = max(out.h, x.y+Grid)
	}
	for i := range p.edges {
		out.routes = append(out.routes, routed{p.edges[i].edge, p.path(&p.edges[i], channels)})
	}
	seen := map[int]int{}
	for _, e := range p.loops {
		right := p.x[p.items[e.from].layer] + p.boxes[e.from].W
		turn := right + foot + lane*seen[e.from]
		seen[e.from]++
		a, b := p.items[e.from].y+e.fromY, p.items[e.from].y+e.toY
		out.routes = append(out.routes, routed{e.edge, []Point{{right, a}, {turn, a}, {turn, b}, {right, b}}})
	}
	return out
}

// channel orders the lanes between layer l and the next one.
func (p *part) channel(l, loops int) channel {
	c := channel{left: map[int][]int{}, right: map[int][]int{}, offset: map[int]int{}}
	for _, s := range p.strands(l) {
		if !slices.Contains(c.nets, s.net) {
			c.nets = append(c.nets, s.net)
		}
		a, b := p.items[s.left.item].y+s.left.port, p.items[s.right.item].y+s.right.port
		if !slices.Contains(c.left[s.net], a) {
			c.left[s.net] = append(c.left[s.net], a)
		}
		if !slices.Contains(c.right[s.net], b) {
			c.right[s.net] = append(c.right[s.net], b)
		}
	}
	slices.SortStableFunc(c.nets, func(a, b int) int {
		return cmp.Or(cmp.Compare(slices.Min(c.left[a]), slices.Min(c.left[b])), cmp.Compare(a, b))
	})
	for range c.nets {
		changed := false
		for i := 0; i+1 < len(c.nets); i++ {
			a, b := c.nets[i], c.nets[i+1]
			if c.cost(b, a) < c.cost(a, b) {
				c.nets[i], c.nets[i+1], changed = b, a, true
			}
		}
		if !changed {
			break
		}
	}
	from, most := foot+lane*loops, 0
	lanes := make([]int, len(c.nets))
	for i, n := range c.nets {
		for k, o := range c.nets[:i] { // nets that are not in each other's way share a lane
			if c.meet(o, n) {
				lanes[i] = max(lanes[i], lanes[k]+1)
			}
		}
		most = max(most, lanes[i])
		c.offset[n] = from + lane*lanes[i]
	}
	c.width = from + lane*most + foot
	return c
}

// bounds returns how far the turns of a net reach.
func (c *channel) bounds(net int) (low, high int) {
	all := slices.Concat(c.left[net], c.right[net])
	return slices.Min(all), slices.Max(all)
}

// meet reports whether two nets need lanes of their own.
func (c *channel) meet(a, b int) bool {
	aLow, aHigh := c.bounds(a)
	bLow, bHigh := c.bounds(b)
	return aLow-Grid <= bHigh && bLow-Grid <= aHigh
}

// cost counts the crossings of two nets when the lane of a is left of that of b. Two lines that would run over each other are the worst.
func (c *channel) cost(a, b int) int {
	n := 0
	aLow, aHigh := c.bounds(a)
	bLow, bHigh := c.bounds(b)
	for _, y := range c.right[a] {
		if bLow < y && y < bHigh {
			n++
		}
		if slices.Contains(c.left[b], y) {
			n += 1000
		}
	}
	for _, y := range c.left[b] {
		if aLow < y && y < aHigh {
			n++
		}
	}
	return n
}

// path returns the corners of the line of an edge, from the box that refers.
func (p *part) path(e *link, channels []channel) []Point {
	t := p.nets[e.net]
	a, b := p.items[e.from].layer, p.items[e.to].layer
	y := p.items[e.from].y + e.fromY
	var out []Point
	step := func(l int, to int) { // through channel l
		turn := p.x[l] + p.wide[l] + channels[l].offset[e.net]
		out = append(out, Point{turn, y}, Point{turn, to})
		y = to
	}
	passes := func(l int) int {
		if d, ok := t.dummies[l]; ok {
			return p.items[d].y
		}
		return p.items[e.to].y + e.toY
	}
	if !t.backwards {
		out = append(out, Point{p.x[a] + p.boxes[e.from].W, y})
		for l := a; l < b; l++ {
			step(l, passes(l+1))
		}
		out = append(out, Point{p.x[b], y})
	} else {
		out = append(out, Point{p.x[a], y})
		for l := a - 1; l >= b; l-- {
			step(l, passes(l))
		}
		out = append(out, Point{p.x[b] + p.boxes[e.to].W, y})
	}
	return straight(out)
}

// straight takes out corners where nothing turns.
func straight(points []Point) []Point {
	var out []Point
	for _, q := range points {
		for len(out) > 1 && (out[len(out)-1].Y == q.Y && out[len(out)-2].Y == q.Y || out[len(out)-1].X == q.X && out[len(out)-2].X == q.X) {
			out = out[:len(out)-1]
		}
		if len(out) == 0 || out[len(out)-1] != q {
			out = append(out, q)
		}
	}
	return out
}
