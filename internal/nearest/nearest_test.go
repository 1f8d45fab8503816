package nearest

import "testing"

// The distance of two words is the same from both sides, and known as far as most.
func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b       string
		most, want int
	}{
		{"", "", 3, 0},
		{"", "abc", 3, 3},
		{"stock", "stock", 0, 0},
		{"stok", "stock", 3, 1},
		{"kitten", "sitting", 3, 3},
		{"kitten", "sitting", 2, 3},
		{"ab", "ba", 2, 1}, // two that changed places
		{"größe", "grösse", 3, 2},
		{"a", "abcdefgh", 2, 3},
	} {
		if got, back := Distance(c.a, c.b, c.most), Distance(c.b, c.a, c.most); got != c.want || back != c.want {
			t.Errorf("distance of %q and %q: %d, and back %d; want %d", c.a, c.b, got, back, c.want)
		}
	}
}

func TestWord(t *testing.T) {
	for _, c := range []struct {
		word, want string
	}{{"identiy", "identity"}, {"Indx", "index"}, {"xyz", ""}, {"p", ""}, {"unqiue", "unique"}} {
		if got := Word(c.word, []string{"identity", "index", "unique", "pk"}, Reach(c.word)); got != c.want {
			t.Errorf("%s is taken for %q, not %q", c.word, got, c.want)
		}
	}
}
