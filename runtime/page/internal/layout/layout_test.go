package layout

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
)

// random returns tables in areas that refer to each other, with hubs, circles and tables that refer to themselves.
func random(seed uint64, n int) ([]Box, []Edge) {
	r := rand.New(rand.NewPCG(seed, 1))
	var boxes []Box
	for i := range n {
		rows := 1 + r.IntN(9)
		boxes = append(boxes, Box{Name: fmt.Sprintf("t%03d", i), W: 120 + r.IntN(160), H: 42 + 18*rows})
	}
	var pairs [][2]int
	var edges []Edge
	for e := range n * 5 / 3 {
		from, to := r.IntN(n), r.IntN(n)
		switch r.IntN(4) {
		case 0:
			to = r.IntN(min(n, 4))
		case 1:
			to = min(n-1, from/8*8+r.IntN(8))
		}
		rows := (boxes[from].H - 42) / 18
		edges = append(edges, Edge{Name: fmt.Sprint(e), From: from, To: to, FromY: 54 + 18*r.IntN(rows) - 12, ToY: 42})
		pairs = append(pairs, [2]int{from, to})
	}
	var names []string
	for _, b := range boxes {
		names = append(names, b.Name)
	}
	for i, g := range Groups(names, pairs) {
		boxes[i].Group = g
	}
	return boxes, edges
}

// TestProperties: nothing overlaps, no line runs through a table, every line begins and ends at its port, all is on the sheet, and groups are apart.
func TestProperties(t *testing.T) {
	for seed := range uint64(68) {
		n := []int{1, 2, 5, 12, 25, 50, 120, 300}[seed%8]
		boxes, edges := random(seed, n)
		if seed >= 60 {
			boxes, edges = hub(seed, n)
		}
		s := Of(boxes, edges)
		if len(s.At) != n || len(s.Routes) != len(edges) {
			t.Fatalf("seed %d: %d places, %d routes", seed, len(s.At), len(s.Routes))
		}
		rect := func(i int) Rect { return Rect{s.At[i].X, s.At[i].Y, boxes[i].W, boxes[i].H} }
		for i := range boxes {
			a := rect(i)
			if a.X < 0 || a.Y < 0 || a.X+a.W > s.W || a.Y+a.H > s.H {
				t.Errorf("seed %d: %s is off the sheet: %v in %d x %d", seed, boxes[i].Name, a, s.W, s.H)
			}
			for j := range i {
				if b := rect(j); overlap(a, b) {
					t.Errorf("seed %d: %s and %s overlap: %v, %v", seed, boxes[i].Name, boxes[j].Name, a, b)
				}
			}
			inside := 0
			for _, f := range s.Frames {
				if overlap(a, f.Rect) {
					inside++
					if f.Name != boxes[i].Group {
						t.Errorf("seed %d: %s of %q is in the frame of %q", seed, boxes[i].Name, boxes[i].Group, f.Name)
					}
				}
			}
			if inside != 1 {
				t.Errorf("seed %d: %s is in %d frames", seed, boxes[i].Name, inside)
			}
		}
		drawn := 0
		for e, route := range s.Routes {
			x := edges[e]
			if boxes[x.From].Group != boxes[x.To].Group {
				if route != nil {
					t.Errorf("seed %d: a line between groups is drawn", seed)
				}
				continue
			}
			drawn++
			if len(route) < 2 {
				t.Fatalf("seed %d: edge %s has no line", seed, x.Name)
			}
			checkEnd(t, route[0], rect(x.From), x.FromY)
			checkEnd(t, route[len(route)-1], rect(x.To), x.ToY)
			for k := 1; k < len(route); k++ {
				a, b := route[k-1], route[k]
				if a.X != b.X && a.Y != b.Y {
					t.Errorf("seed %d: %v to %v is not at right angles", seed, a, b)
				}
				seg := Rect{min(a.X, b.X), min(a.Y, b.Y), max(a.X, b.X) - min(a.X, b.X), max(a.Y, b.Y) - min(a.Y, b.Y)}
				if seg.X < 0 || seg.Y < 0 || seg.X+seg.W > s.W || seg.Y+seg.H > s.H {
					t.Errorf("seed %d: a line leaves the sheet", seed)
				}
				for i := range boxes {
					if r := rect(i); seg.X < r.X+r.W && seg.X+seg.W > r.X && seg.Y < r.Y+r.H && seg.Y+seg.H > r.Y {
						t.Errorf("seed %d: the line %s (%s to %s) runs through %s", seed, x.Name, boxes[x.From].Name, boxes[x.To].Name, boxes[i].Name)
					}
				}
			}
		}
		if drawn == 0 && n > 4 {
			t.Errorf("seed %d: no line is drawn", seed)
		}
	}
}

func overlap(a, b Rect) bool {
	return a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H
}

func checkEnd(t *testing.T, p Point, r Rect, port int) {
	t.Helper()
	if p.Y != r.Y+port || p.X != r.X && p.X != r.X+r.W {
		t.Errorf("a line ends at %v, not at the port %d of %v", p, port, r)
	}
}

// hub returns tables that all refer to one, or with an odd seed are all referred to by one, and that refers to a few.
func hub(seed uint64, n int) (boxes []Box, edges []Edge) {
	for i := range n {
		boxes = append(boxes, Box{Name: fmt.Sprintf("t%03d", i), W: 120 + Grid*int(seed), H: 60 + i%5*18})
		from, to := i, 0
		if seed%2 == 1 || i > n-3 {
			from, to = 0, i
		}
		if i > 0 {
			edges = append(edges, Edge{Name: boxes[i].Name, From: from, To: to, FromY: 36, ToY: 36})
		}
	}
	return boxes, edges
}

// TestHub: what refers to one table is no strip that is ten times as high as wide, but has about the shape of a screen.
func TestHub(t *testing.T) {
	for seed := range uint64(2) {
		for _, n := range []int{12, 25, 60} {
			if s := Of(hub(seed, n)); s.W*(1+int(seed)) < s.H || s.W > 4*s.H { // what it refers to needs a line each
				t.Errorf("seed %d, %d tables: %d x %d", seed, n, s.W, s.H)
			}
		}
	}
}

// TestPermutation: the order in which tables and edges come changes nothing.
func TestPermutation(t *testing.T) {
	for seed := range uint64(20) {
		boxes, edges := random(seed, 20+int(seed)*8)
		want := Of(boxes, edges)
		r := rand.New(rand.NewPCG(seed, 2))
		perm, eperm := r.Perm(len(boxes)), r.Perm(len(edges))
		at := make([]int, len(boxes))
		names := make([]string, len(boxes))
		moved := make([]Box, len(boxes))
		for to, from := range perm {
			moved[to], at[from], names[to] = boxes[from], to, boxes[from].Name
		}
		var pairs [][2]int
		var again []Edge
		for _, from := range eperm {
			e := edges[from]
			e.From, e.To = at[e.From], at[e.To]
			again = append(again, e)
			pairs = append(pairs, [2]int{e.From, e.To})
		}
		for i, g := range Groups(names, pairs) {
			if g != moved[i].Group {
				t.Fatalf("seed %d: %s is in group %q, and was in %q", seed, names[i], g, moved[i].Group)
			}
		}
		got := Of(moved, again)
		if got.W != want.W || got.H != want.H || !reflect.DeepEqual(got.Frames, want.Frames) {
			t.Fatalf("seed %d: another sheet", seed)
		}
		for i := range boxes {
			if got.At[at[i]] != want.At[i] {
				t.Fatalf("seed %d: %s is elsewhere", seed, boxes[i].Name)
			}
		}
		for to, from := range eperm {
			if !reflect.DeepEqual(got.Routes[to], want.Routes[from]) {
				t.Fatalf("seed %d: edge %s has another way", seed, edges[from].Name)
			}
		}
	}
}

func TestGroups(t *testing.T) {
	var names []string
	for _, area := range []string{"billing", "auth", "crm_lead"} {
		for i := range 12 {
			names = append(names, fmt.Sprintf("%s_%c", area, 'a'+i))
		}
	}
	names = append(names, "lonely", "stats.daily", "stats.hourly", "auths", "category_a", "category_b", "categories")
	got := Groups(names, nil)
	want := map[string]string{"billing_a": "billing", "auth_c": "auth", "crm_lead_b": "crm_lead", "lonely": alone, "auths": "auth", "categories": "category", "stats.daily": "stats"}
	for i, n := range names {
		if w, ok := want[n]; ok && got[i] != w {
			t.Errorf("%s is in %q, not in %q", n, got[i], w)
		}
	}
	size := map[string]int{}
	for _, g := range Groups(manyNames(400), nil) {
		if size[g]++; size[g] > most {
			t.Errorf("more than %d tables in %q", most, g)
		}
	}
}

func manyNames(n int) (out []string) {
	for i := range n {
		out = append(out, fmt.Sprintf("x%d", i))
	}
	return out
}

func FuzzLayout(f *testing.F) {
	f.Add(uint64(1), uint8(9))
	f.Fuzz(func(t *testing.T, seed uint64, n uint8) {
		boxes, edges := random(seed, int(n)+1)
		if s := Of(boxes, edges); !reflect.DeepEqual(s, Of(boxes, edges)) {
			t.Error("two layouts of one schema")
		}
	})
}

func BenchmarkLayout300(b *testing.B) {
	boxes, edges := random(7, 300)
	for b.Loop() {
		Of(boxes, edges)
	}
}
