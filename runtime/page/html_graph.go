package page

import "slices"

// Sizes of the graph in pixels.
const (
	graphRow  = 24
	graphLane = 18
)

// graphNode is a migration in the graph, or several in a row that are folded.
type graphNode struct {
	at     int // the first of them
	folded int // how many more
	above  []int
	lane   int
}

// graph draws branches and squashes, the newest at the top. A history that is one line needs no drawing.
func (p *Page) graph(w *writer) {
	nodes := p.graphNodes()
	if nodes == nil {
		return
	}
	lanes := arrange(nodes)
	width := lanes*graphLane + 420
	w.p("<section class=\"graph\" aria-labelledby=\"h-graph\"><h3 id=\"h-graph\">Branches and squashes</h3>\n<div class=\"wide\"><svg class=\"er\" viewBox=\"0 0 % %\" width=\"%\" height=\"%\" role=\"group\" aria-labelledby=\"h-graph\">\n",
		width, len(nodes)*graphRow, width, len(nodes)*graphRow)
	x := func(lane int) int { return lane*graphLane + 12 }
	y := func(row int) int { return row*graphRow + 12 }
	w.p("<g class=\"lines\" fill=\"none\" stroke=\"gray\" aria-hidden=\"true\">\n")
	for row, n := range nodes {
		for _, a := range n.above {
			w.p("<path d=\"M% %", x(n.lane), y(row))
			if to := x(nodes[a].lane); to != x(n.lane) { // it goes over at once: below, its own lane may be that of another one
				half := y(row) + graphRow/2
				w.p("C% % % % % %", x(n.lane), half, to, half, to, y(row)+graphRow)
			}
			w.p("V%\"/>\n", y(a))
		}
	}
	w.p("</g>\n")
	for row, n := range nodes {
		m := p.history.all[n.at]
		if n.folded > 0 {
			words := count(n.folded+1, "migration", "migrations")
			if by := p.history.out[n.at]; by >= 0 {
				words += ", replaced by " + p.history.label(by)
			}
			w.p("<text x=\"%\" y=\"%\" class=\"gf\">\u22ee</text><text x=\"%\" y=\"%\" class=\"gf\">%</text>\n", x(n.lane)-3, y(row)+4, lanes*graphLane+12, y(row)+4, words)
			continue
		}
		class, note := markup("gn"), ""
		switch {
		case p.history.out[n.at] >= 0:
			class, note = "gn gr", ", replaced by "+p.history.label(p.history.out[n.at])
		case len(m.Replaces) > 0:
			class, note = "gn gs", ", in the place of "+count(len(m.Replaces), "migration", "migrations")
		case len(n.above) > 1:
			note = ", a merge"
		}
		w.p("<a href=\"#m-%\"><circle class=\"%\" cx=\"%\" cy=\"%\" r=\"5\"/><text x=\"%\" y=\"%\">%<tspan class=\"gf\">%</tspan></text></a>\n",
			anchor(m.Name), class, x(n.lane), y(row), lanes*graphLane+12, y(row)+4, m.Name, note)
	}
	w.p("</svg></div></section>\n")
}

// graphNodes returns the nodes from above, nil when the history is one line. Long lines without anything special are folded. What comes after
// a migration that a squash stands for is drawn after the squash, and what the squash stands for beside it.
func (p *Page) graphNodes() []graphNode {
	h := p.history
	children := make([]int, len(h.all))
	special := make([]bool, len(h.all))
	line := true
	parents := make([][]int, len(h.all))
	for i, m := range h.all {
		if parents[i] = h.parents[i]; h.out[i] < 0 {
			parents[i] = h.above(i)
		}
		for _, a := range parents[i] {
			children[a]++
		}
		special[i] = len(parents[i]) > 1 || len(m.Replaces) > 0
		line = line && !special[i] && h.out[i] < 0
	}
	for i := range h.all {
		if children[i] > 1 || children[i] == 0 && i < len(h.all)-1 || len(parents[i]) == 0 && i > 0 {
			special[i], line = true, false
		}
	}
	if line {
		return nil
	}
	dull := func(i int) bool {
		return i > 0 && i+1 < len(h.all) && !special[i] && children[i] == 1 && len(parents[i]) == 1 && parents[i][0] == i-1 && h.out[i] == h.out[i-1] && h.out[i] == h.out[i+1]
	}
	var nodes []graphNode
	row := make([]int, len(h.all))
	for i := len(h.all) - 1; i >= 0; i-- {
		end := i
		for end >= 0 && dull(end) && (end == i || dull(end+1)) {
			end--
		}
		if i-end >= 5 { // from i down to end+1 all are dull
			row[i] = len(nodes)
			for k := end + 1; k <= i; k++ {
				row[k] = len(nodes)
			}
			nodes = append(nodes, graphNode{at: end + 1, folded: i - end - 1})
			i = end + 1
			continue
		}
		row[i] = len(nodes)
		nodes = append(nodes, graphNode{at: i})
	}
	for n := range nodes {
		for _, a := range parents[nodes[n].at] {
			nodes[n].above = append(nodes[n].above, row[a])
		}
		slices.Sort(nodes[n].above)
	}
	return nodes
}

// arrange gives the nodes lanes and returns how many there are. A node stands in the lane of the first of those that come after it.
func arrange(nodes []graphNode) int {
	var lanes []int // the node that each lane leads to, -1 is free
	most := 0
	take := func(to int) int {
		i := slices.Index(lanes, -1)
		if i < 0 {
			i = len(lanes)
			lanes = append(lanes, -1)
		}
		lanes[i] = to
		return i
	}
	for n := range nodes {
		lane := slices.Index(lanes, n)
		if lane < 0 {
			lane = take(n)
		}
		nodes[n].lane = lane
		for i, to := range lanes {
			if to == n {
				lanes[i] = -1
			}
		}
		for k, a := range nodes[n].above {
			switch {
			case slices.Contains(lanes, a):
			case k == 0 && lanes[lane] < 0:
				lanes[lane] = a
			default:
				take(a)
			}
		}
		most = max(most, len(lanes))
	}
	return most
}
