package layout

import (
	"cmp"
	"math"
	"slices"
)

// beside is about what lies between two layers.
const beside = 72

// wrap divides layers that are much higher than the part would be in the shape of a screen: else a table that twenty others refer to stands beside a
// strip of these. What nothing refers to can stand in any layer further left, and what refers to nothing further right; their lines pass by the rest.
func (p *part) wrap(layer []int) {
	high, wide := 0, 0
	tall := make([]int, len(p.boxes))
	for i, b := range p.boxes {
		tall[i] = up(b.H) + apart
		high, wide = high+tall[i], wide+b.W+beside
	}
	room := int(math.Sqrt(float64(high) * float64(wide/len(p.boxes)) * 2 / 3)) // of one layer, when sides are 3:2
	into, outOf := make([]int, len(p.boxes)), make([]int, len(p.boxes))
	for _, e := range p.edges {
		left, right := e.from, e.to
		if e.backwards {
			left, right = right, left
		}
		outOf[left]++
		into[right]++
	}
	first, last := 0, slices.Max(layer)
	divide := func(l, to int, lines, fixed []int) {
		height := 0
		var free []int
		for i, at := range layer {
			if at != l {
				continue
			}
			height += tall[i]
			if fixed[i] == 0 {
				free = append(free, i)
			}
		}
		if height <= room*3/2 {
			return
		}
		slices.SortFunc(free, func(a, b int) int { return cmp.Or(lines[a]-lines[b], b-a) })
		for _, i := range free {
			if height <= max(room, tall[i]) {
				break
			}
			layer[i], height, p.wrapped = to, height-tall[i], true
			first, last = min(first, to), max(last, to)
		}
	}
	for l := last; l >= first; l-- {
		divide(l, l-1, outOf, into)
	}
	for l := first; l <= last; l++ {
		divide(l, l+1, into, outOf)
	}
	for i := range layer {
		layer[i] -= first
	}
}
