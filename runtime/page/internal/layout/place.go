package layout

import "slices"

// Distances between what stands in a layer, from border to border.
const (
	apart   = 30 // two boxes
	passing = 12 // a line and anything else
)

// place finds how far from above each item stands: near what it is connected with, in the order of its layer.
func (p *part) place() {
	between := make([][]strand, max(0, len(p.layers)-1))
	for l := range between {
		between[l] = p.strands(l)
	}
	for l := range p.layers {
		p.settle(l, func(int) (float64, bool) { return 0, false })
	}
	for round := range 12 {
		for step := range p.layers {
			l := step
			if round%2 == 1 {
				l = len(p.layers) - 1 - step
			}
			wants := map[int][]float64{}
			near := func(all []strand, right bool) {
				for _, s := range all {
					own, other := s.right, s.left
					if right {
						own, other = s.left, s.right
					}
					wants[own.item] = append(wants[own.item], float64(p.items[other.item].y+other.port-own.port))
				}
			}
			if l > 0 && (round%2 == 0 || round > 7) {
				near(between[l-1], false)
			}
			if l < len(between) && (round%2 == 1 || round > 7) {
				near(between[l], true)
			}
			p.settle(l, func(item int) (float64, bool) {
				w := wants[item]
				if len(w) == 0 {
					return 0, false
				}
				slices.Sort(w)
				if len(w)%2 == 1 {
					return w[len(w)/2], true
				}
				return (w[len(w)/2-1] + w[len(w)/2]) / 2, true
			})
		}
	}
	least := p.items[0].y
	for _, x := range p.items {
		least = min(least, x.y)
	}
	for i := range p.items {
		p.items[i].y -= least
	}
}

// settle gives the items of a layer the places that are nearest to those that they want, by least squares: what would overlap becomes one run, which
// stands at the mean of what its items want (the pool adjacent violators algorithm).
func (p *part) settle(l int, wish func(item int) (float64, bool)) {
	type run struct{ sum, weight, first, last float64 }
	layer := p.layers[l]
	offset := make([]float64, len(layer)) // from the first item, when all touch
	for i := 1; i < len(layer); i++ {
		a, b := p.items[layer[i-1]], p.items[layer[i]]
		d := apart
		if a.box < 0 || b.box < 0 {
			d = passing
		}
		h := up(a.h)
		offset[i] = offset[i-1] + float64(h+up(d))
	}
	var runs []run
	for i, x := range layer {
		want, ok := wish(x)
		weight := 1.0
		if !ok {
			want, weight = float64(p.items[x].y), 0.05
		} else if p.items[x].box < 0 {
			weight = 3
		}
		runs = append(runs, run{(want - offset[i]) * weight, weight, float64(i), float64(i)})
		for len(runs) > 1 {
			a, b := runs[len(runs)-2], runs[len(runs)-1]
			if a.sum/a.weight <= b.sum/b.weight {
				break
			}
			runs = append(runs[:len(runs)-2], run{a.sum + b.sum, a.weight + b.weight, a.first, b.last})
		}
	}
	for _, r := range runs {
		base := grid(r.sum / r.weight)
		for i := int(r.first); i <= int(r.last); i++ {
			p.items[layer[i]].y = base + int(offset[i])
		}
	}
}

// grid rounds to the grid, halves up.
func grid(v float64) int {
	n := int(v * 1024)
	q := n + Grid*512
	if q < 0 {
		return -((-q + Grid*1024 - 1) / (Grid * 1024)) * Grid
	}
	return q / (Grid * 1024) * Grid
}

// up rounds up to the grid.
func up(n int) int { return (n + Grid - 1) / Grid * Grid }
