package words

import "testing"

// TestDistance: the edit distance of two words, which is the same from both sides.
func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"stock", "stock", 0}, {"stok", "stock", 1}, {"kitten", "sitting", 3}, {"ab", "ba", 2}} {
		if got, back := Distance(c.a, c.b), Distance(c.b, c.a); got != c.want || back != c.want {
			t.Errorf("distance of %q and %q: %d, and back %d; want %d", c.a, c.b, got, back, c.want)
		}
	}
}
