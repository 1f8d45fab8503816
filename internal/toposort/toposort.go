// Package toposort puts things behind those that they need.
package toposort

import "slices"

// Sort returns the numbers below n so that each comes behind those that before returns for it, else as they are: what is needed comes right before the
// first that needs it. cycle is the first circle that is found, each of it needing the next one and the last one the first; a circle is cut where it closes.
func Sort(n int, before func(i int) []int) (order, cycle []int) {
	const open, done = 1, 2 // 0 is not visited yet
	state := make([]int, n)
	order = make([]int, 0, n)
	var path []int
	var visit func(i int)
	visit = func(i int) {
		switch state[i] {
		case done:
			return
		case open:
			if cycle == nil {
				cycle = slices.Clone(path[slices.Index(path, i):])
			}
			return
		}
		state[i] = open
		path = append(path, i)
		for _, b := range before(i) {
			visit(b)
		}
		path = path[:len(path)-1]
		state[i] = done
		order = append(order, i)
	}
	for i := range n {
		visit(i)
	}
	return order, cycle
}
