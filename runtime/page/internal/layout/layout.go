// Package layout places the tables of a diagram and routes the lines between them.
//
// Tables that belong together are a group. Inside a group those that refer to others stand left of these, in layers (K. Sugiyama, S. Tagawa, M. Toda: Methods
// for Visual Understanding of Hierarchical System Structures, 1981); lines run at right angles, in lanes between the layers, and all that end at one
// key share a lane. Groups are packed into a sheet. Lines between groups are not drawn: with them no diagram of a hundred tables can be read.
//
// Everything is a whole number and nothing depends on the order of the input: same tables, same picture.
package layout

import (
	"cmp"
	"slices"
	"strings"
)

// Grid is what the places of boxes are multiples of, so that lines are either straight or clearly bent. Heights of boxes and offsets of ports
// are best multiples of it, too.
const Grid = 6

// Box is a table.
type Box struct {
	Name  string // unique; decides the order where nothing else does
	Group string // in which it stands, see [Groups]
	W, H  int
}

// Edge is a reference from one box to another, or to itself.
type Edge struct {
	Name       string // unique among those between the same boxes
	From, To   int    // indexes of boxes
	FromY, ToY int    // where it leaves and ends, from the tops of the boxes
}

// Point is a place on the sheet.
type Point struct{ X, Y int }

// Rect is a part of the sheet.
type Rect struct{ X, Y, W, H int }

// Frame is the part of the sheet that a group has.
type Frame struct {
	Name string
	Rect
}

// Sheet is a finished layout.
type Sheet struct {
	W, H   int
	At     []Point   // the upper left corners, by box
	Routes [][]Point // the corners of the lines, by edge, from the one that refers; nil is an edge between groups
	Frames []Frame   // by place
}

// Space around things.
const (
	margin  = 12
	padding = 18
	title   = 30 // above the boxes of a group
	gap     = 30 // between groups, and between parts of a group
)

// Of returns the layout.
func Of(boxes []Box, edges []Edge) *Sheet {
	s := &Sheet{At: make([]Point, len(boxes)), Routes: make([][]Point, len(edges))}
	groups := map[string][]int{}
	var names []string
	for i, b := range boxes {
		if groups[b.Group] == nil {
			names = append(names, b.Group)
		}
		groups[b.Group] = append(groups[b.Group], i)
	}
	slices.Sort(names)
	var blocks []block
	for _, name := range names {
		in := groups[name]
		slices.SortFunc(in, func(a, b int) int { return strings.Compare(boxes[a].Name, boxes[b].Name) })
		blocks = append(blocks, groupBlock(name, in, boxes, edges))
	}
	head := title
	if len(names) == 1 {
		head = 0
	}
	for i := range blocks {
		blocks[i].frame(head)
	}
	sheet := pack("", blocks, gap)
	sheet.move(margin, margin)
	for _, p := range sheet.boxes {
		s.At[p.box] = p.at
	}
	for _, r := range sheet.routes {
		s.Routes[r.edge] = r.points
	}
	s.Frames = sheet.frames
	s.W, s.H = sheet.w+2*margin, sheet.h+2*margin
	return s
}

// block is a part of the sheet, with what is in it.
type block struct {
	name   string
	w, h   int
	boxes  []placed
	routes []routed
	frames []Frame
}

type placed struct {
	box int
	at  Point
}

type routed struct {
	edge   int
	points []Point
}

func (b *block) move(dx, dy int) {
	for i := range b.boxes {
		b.boxes[i].at.X += dx
		b.boxes[i].at.Y += dy
	}
	for _, r := range b.routes {
		for i := range r.points {
			r.points[i].X += dx
			r.points[i].Y += dy
		}
	}
	for i := range b.frames {
		b.frames[i].X += dx
		b.frames[i].Y += dy
	}
}

// frame puts a border around the block, with room for its name.
func (b *block) frame(head int) {
	b.move(padding, padding+head)
	b.w, b.h = b.w+2*padding, b.h+2*padding+head
	b.frames = []Frame{{b.name, Rect{0, 0, b.w, b.h}}}
}

// groupBlock lays out one group: each connected part for itself, and what is connected with nothing behind them.
func groupBlock(name string, in []int, boxes []Box, edges []Edge) block {
	local := map[int]int{}
	for i, b := range in {
		local[b] = i
	}
	var within []int
	near := make([][]int, len(in))
	for e, x := range edges {
		from, ok := local[x.From]
		to, also := local[x.To]
		if ok && also {
			within = append(within, e)
			near[from], near[to] = append(near[from], to), append(near[to], from)
		}
	}
	slices.SortFunc(within, func(a, b int) int {
		x, y := edges[a], edges[b]
		return cmp.Or(cmp.Compare(local[x.From], local[y.From]), cmp.Compare(local[x.To], local[y.To]), strings.Compare(x.Name, y.Name))
	})
	part := make([]int, len(in))
	for i := range part {
		part[i] = -1
	}
	var parts [][]int
	for i := range in {
		if part[i] >= 0 {
			continue
		}
		n := len(parts)
		todo := []int{i}
		part[i] = n
		for len(todo) > 0 {
			at := todo[0]
			todo = todo[1:]
			for _, o := range near[at] {
				if part[o] < 0 {
					part[o] = n
					todo = append(todo, o)
				}
			}
		}
		parts = append(parts, nil)
	}
	for i, n := range part {
		parts[n] = append(parts[n], i)
	}
	var blocks []block
	for n, members := range parts {
		p := newPart(boxes[in[members[0]]].Name)
		at := map[int]int{}
		for _, m := range members {
			at[in[m]] = p.box(in[m], boxes[in[m]])
		}
		for _, e := range within {
			if part[local[edges[e].From]] == n {
				p.edge(e, at[edges[e].From], at[edges[e].To], edges[e].FromY, edges[e].ToY)
			}
		}
		blocks = append(blocks, p.layout())
	}
	return pack(name, blocks, gap)
}
