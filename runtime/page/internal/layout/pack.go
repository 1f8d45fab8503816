package layout

import (
	"cmp"
	"slices"
	"strings"
)

// pack puts blocks on shelves, the highest first, so that the whole has about the shape of a screen.
func pack(name string, blocks []block, gap int) block {
	out := block{name: name}
	if len(blocks) == 0 {
		return out
	}
	slices.SortStableFunc(blocks, func(a, b block) int {
		return cmp.Or(cmp.Compare(b.h, a.h), cmp.Compare(b.w, a.w), strings.Compare(a.name, b.name))
	})
	widest, all := 0, -gap
	for _, b := range blocks {
		widest, all = max(widest, b.w), all+b.w+gap
	}
	best, width := -1, widest
	for step := range 40 { // the width that wastes least, with sides of about 3:2
		w := widest + (all-widest)*step/39
		_, tw, th := shelves(blocks, w, gap)
		cost := max(tw*2, th*3)*max(tw*2, th*3)/6 + tw*th
		if best < 0 || cost < best {
			best, width = cost, w
		}
	}
	at, w, h := shelves(blocks, width, gap)
	out.w, out.h = w, h
	for i := range blocks {
		blocks[i].move(at[i].X, at[i].Y)
		out.boxes = append(out.boxes, blocks[i].boxes...)
		out.routes = append(out.routes, blocks[i].routes...)
		out.frames = append(out.frames, blocks[i].frames...)
	}
	return out
}

// shelves places blocks in rows of at most that width. In a row a low block may stand on top of another one, as far as the row is high.
func shelves(blocks []block, width, gap int) (at []Point, w, h int) {
	at = make([]Point, len(blocks))
	x, y, high := 0, 0, 0
	column, below := -1, 0 // where the last column begins, and what is free in it
	columnW := 0
	for i, b := range blocks {
		switch {
		case column >= 0 && b.w <= columnW && below+b.h <= y+high:
			at[i] = Point{column, below}
			below += b.h + gap
			continue
		case x > 0 && x+b.w > width:
			x, y, high = 0, y+high+gap, 0
		}
		if high == 0 {
			high = b.h
		}
		at[i] = Point{x, y}
		column, columnW, below = x, b.w, y+b.h+gap
		w, h = max(w, x+b.w), max(h, y+high)
		x += b.w + gap
	}
	return at, w, h
}
