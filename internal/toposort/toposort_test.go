package toposort

import (
	"slices"
	"testing"
)

func TestSort(t *testing.T) {
	for _, c := range []struct {
		name         string
		before       [][]int
		order, cycle []int
	}{
		{"nothing", nil, nil, nil},
		{"as they are", [][]int{nil, nil, nil}, []int{0, 1, 2}, nil},
		{"needed ones right before", [][]int{{2}, nil, nil}, []int{2, 0, 1}, nil},
		{"a diamond", [][]int{{1, 2}, {3}, {3}, nil}, []int{3, 1, 2, 0}, nil},
		{"itself", [][]int{{0}, nil}, []int{0, 1}, []int{0}},
		{"a circle behind one that is none", [][]int{{1}, {2}, {3}, {1}}, []int{3, 2, 1, 0}, []int{1, 2, 3}},
		{"the first of two circles", [][]int{{1}, {0}, {3}, {2}}, []int{1, 0, 3, 2}, []int{0, 1}},
	} {
		order, cycle := Sort(len(c.before), func(i int) []int { return c.before[i] })
		if !slices.Equal(order, c.order) || !slices.Equal(cycle, c.cycle) {
			t.Errorf("%s: got %v and the circle %v, want %v and %v", c.name, order, cycle, c.order, c.cycle)
		}
	}
}
