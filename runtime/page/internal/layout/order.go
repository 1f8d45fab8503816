package layout

import (
	"cmp"
	"slices"
)

// sweeps is how often the layers are ordered by their neighbours.
const sweeps = 24

// order brings the items of each layer into an order with few crossings: by the means of their neighbours, then by exchanging neighbours.
func (p *part) order() {
	if len(p.layers) < 2 {
		return
	}
	between := make([][]strand, len(p.layers)-1)
	for l := range between {
		between[l] = p.strands(l)
	}
	best, least := clone(p.layers), p.crossings(between)
	for i := range sweeps {
		if least == 0 {
			break
		}
		if i%2 == 0 {
			for l := 1; l < len(p.layers); l++ {
				p.sweep(l, between[l-1], false)
			}
		} else {
			for l := len(p.layers) - 2; l >= 0; l-- {
				p.sweep(l, between[l], true)
			}
		}
		p.transpose(between)
		if n := p.crossings(between); n < least {
			best, least = clone(p.layers), n
		}
	}
	p.layers = best
}

func clone(layers [][]int) [][]int {
	out := make([][]int, len(layers))
	for i := range layers {
		out[i] = slices.Clone(layers[i])
	}
	return out
}

// rank is the place of each item in its layer.
func (p *part) rank() []int {
	at := make([]int, len(p.items))
	for _, layer := range p.layers {
		for i, x := range layer {
			at[x] = i
		}
	}
	return at
}

// sweep orders a layer by the mean place of what its items are connected with: on the right, or on the left.
func (p *part) sweep(l int, strands []strand, right bool) {
	at := p.rank()
	sum, count := map[int]float64{}, map[int]float64{}
	for _, s := range strands {
		own, other := s.right, s.left
		if right {
			own, other = s.left, s.right
		}
		sum[own.item] += float64(at[other.item]) + float64(other.port)/1e4 // ports count among lines of one box
		count[own.item]++
	}
	for i, x := range p.layers[l] {
		p.items[x].order = float64(i)
		if count[x] > 0 {
			p.items[x].order = sum[x] / count[x]
		}
	}
	slices.SortStableFunc(p.layers[l], func(a, b int) int { return cmp.Compare(p.items[a].order, p.items[b].order) })
}

// transpose exchanges neighbours for as long as that takes crossings away.
func (p *part) transpose(between [][]strand) {
	for range 8 {
		changed := false
		for l, layer := range p.layers {
			for i := 0; i+1 < len(layer); i++ {
				before := p.around(between, l)
				layer[i], layer[i+1] = layer[i+1], layer[i]
				if p.around(between, l) < before {
					changed = true
					continue
				}
				layer[i], layer[i+1] = layer[i+1], layer[i]
			}
		}
		if !changed {
			return
		}
	}
}

// around counts the crossings on both sides of a layer.
func (p *part) around(between [][]strand, l int) int {
	at, n := p.rank(), 0
	if l > 0 {
		n += count(between[l-1], at)
	}
	if l < len(between) {
		n += count(between[l], at)
	}
	return n
}

func (p *part) crossings(between [][]strand) int {
	at, n := p.rank(), 0
	for _, s := range between {
		n += count(s, at)
	}
	return n
}

// count counts the crossings of strands, those of one net left out.
func count(all []strand, at []int) int {
	n := 0
	for i, a := range all {
		for _, b := range all[i+1:] {
			if a.net == b.net {
				continue
			}
			left := cmp.Or(cmp.Compare(at[a.left.item], at[b.left.item]), cmp.Compare(a.left.port, b.left.port))
			right := cmp.Or(cmp.Compare(at[a.right.item], at[b.right.item]), cmp.Compare(a.right.port, b.right.port))
			if left*right < 0 {
				n++
			}
		}
	}
	return n
}
