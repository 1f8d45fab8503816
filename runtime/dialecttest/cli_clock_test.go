package dialecttest_test

import (
	"strings"
	"testing"

	migrate "github.com/modelgen/modelgen/runtime"
)

// TestStatusClock: a row without an end, which somebody has written by hand, and one whose end is before its beginning, as the clock was set back.
func TestStatusClock(t *testing.T) {
	runners(t, func(r *runner) {
		set := migrate.NewSet("shop", chain(makes("one"), adds("one", "a"))...)
		r.runs(set, "up")
		r.exec("UPDATE modelgen_history SET finished = NULL WHERE name = '0001_a'", "UPDATE modelgen_history SET started = '2030-01-02T10:00:00Z', finished = '2030-01-02T09:00:00Z' WHERE name = '0002_b'")
		out := r.runs(set, "status")
		for _, want := range []string{"applied  0001_a  when is not known\n", "applied  0002_b  2030-01-02 09:00:00\n"} {
			if !strings.Contains(timeless(out), timeless(want)) {
				r.t.Errorf("no line %q:\n%s", want, out)
			}
		}
		if json := r.runs(set, "status", "-json"); strings.Contains(json, `_ms": -`) || strings.Contains(json, "0001-01-01") {
			r.t.Errorf("status -json:\n%s", json)
		}
	})
}
