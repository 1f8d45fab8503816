package migrate

import (
	"context"
	"strings"
	"testing"
)

// recorded is a session that has nothing but the rows of a history.
type recorded struct {
	Session
	rows map[string][]Record
}

func (r recorded) History(_ context.Context, set string) ([]Record, error) { return r.rows[set], nil }

// records lays rows beside a set: "a" is done, "a/half" half applied, "a/undoing" half undone, "a/edited" has another hash.
func records(t *testing.T, s *Set, opt Options, rows ...string) *history {
	t.Helper()
	var all []Record
	for _, text := range rows {
		name, state, _ := strings.Cut(text, "/")
		r := Record{Name: name, State: StateDone}
		if at, ok := s.index[key{s.name, name}]; ok {
			r.Hash = s.hash(at)
		}
		switch state {
		case "half":
			r.State, r.Stage = StateRunning, 1
		case "undoing":
			r.State, r.Stage = StateUndoing, 1
		case "edited":
			r.Hash = "0"
		}
		all = append(all, r)
	}
	h, err := (&Migrator{set: s, opt: opt}).history(t.Context(), recorded{rows: map[string][]Record{s.name: all}})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// way writes moves: "+a" applies, "-a" undoes, "=a" only records.
func (h *history) way(moves []move) string {
	var out []string
	for i, name := range h.names(moves) {
		sign := "+"
		if moves[i].back {
			sign = "-"
		}
		if moves[i].fake {
			sign = "=" + strings.TrimPrefix(sign, "+")
		}
		out = append(out, sign+name)
	}
	return strings.Join(out, " ")
}

// TestWays: which migrations a run goes over, by the rows that the database has.
func TestWays(t *testing.T) {
	straight := []string{"a", "b<a", "c<b"}
	squashed := []string{"a", "b<a", "s=a,b", "c<s"}
	for _, c := range []struct {
		list []string
		rows string
		to   string // a target, "up", or "back"
		want string
	}{
		{straight, "", "up", "+a +b +c"},
		{straight, "a", "up", "+b +c"},
		{straight, "a b/half", "up", "+b +c"},
		{straight, "a b c", "up", ""},
		{straight, "", "b", "+a +b"},
		{straight, "a b c", "a", "-c -b"},
		{straight, "a b c", "zero", "-c -b -a"},
		{straight, "a b/half", "b", "+b"},
		{straight, "a b c", "back", "-c"},
		{straight, "a b/undoing c", "back", "-b"},
		{squashed, "", "up", "+s +c"},
		{squashed, "a", "up", "+b =s +c"},
		{squashed, "a b", "up", "=s +c"},
		{squashed, "s", "up", "+c"},
		{squashed, "s c", "zero", "-c -s"},
		{squashed, "", "a", "+a"},
	} {
		s := chain(t, "shop", c.list...)
		h := records(t, s, Options{}, strings.Fields(c.rows)...)
		moves, err := h.up()
		switch c.to {
		case "up":
		case "back":
			moves, err = h.back(1)
		default:
			var at target
			if at, err = s.find(c.to); err == nil {
				moves, err = h.to(at)
			}
		}
		if err != nil {
			t.Errorf("%q to %s: %v", c.rows, c.to, err)
		} else if got := h.way(moves); got != c.want {
			t.Errorf("%q to %s: %q, not %q", c.rows, c.to, got, c.want)
		}
	}
}

// TestUpTo: such a run goes forward only.
func TestUpTo(t *testing.T) {
	s := chain(t, "shop", "a", "b<a", "c<b")
	h := records(t, s, Options{}, "a", "b", "c")
	at, err := s.find("a")
	if err != nil {
		t.Fatal(err)
	}
	if moves, err := h.upTo(at, "a"); err == nil || !strings.Contains(err.Error(), "c") {
		t.Errorf("up to a, which is passed: %v, %v", moves, err)
	}
	h = records(t, s, Options{}, "a")
	if moves, err := h.upTo(target{at: 1}, "b"); err != nil || h.way(moves) != "+b" {
		t.Errorf("up to b: %q, %v", h.way(moves), err)
	}
}

// TestWritable: what a history is refused for, and what each option lets through.
func TestWritable(t *testing.T) {
	straight := []string{"a", "b<a", "c<b"}
	for _, c := range []struct {
		name string
		rows string
		opt  Options
		want string // a part of the error, "" for none
	}{
		{"nothing there", "", Options{}, ""},
		{"all there", "a b c", Options{}, ""},
		{"half applied", "a b/half", Options{}, ""},
		{"of a newer program", "a b c d", Options{}, "migrations that this program does not know: d"},
		{"of a newer program, allowed", "a b c d", Options{Unknown: PolicyAllow}, ""},
		{"edited", "a b/edited", Options{}, "changed since they were applied: b"},
		{"edited, allowed", "a b/edited", Options{Edited: PolicyAllow}, ""},
		{"in the middle", "a c", Options{}, "pending although later ones are applied: b"},
		{"in the middle, allowed", "a c", Options{OutOfOrder: PolicyAllow}, ""},
		{"half undone", "a b/undoing", Options{}, "b was being undone and stopped after 1 stage"},
	} {
		h := records(t, chain(t, "shop", straight...), c.opt, strings.Fields(c.rows)...)
		moves, err := h.up()
		if err != nil {
			t.Fatal(err)
		}
		err = h.writable(moves)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: want %q: %v", c.name, c.want, err)
		}
	}
}
