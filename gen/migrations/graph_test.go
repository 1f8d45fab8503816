package migrations

import (
	"slices"
	"strings"
	"testing"

	"github.com/modelgen/modelgen/gen/read"
)

// parse makes migrations of lines such as "C < A B = R": C has the parents A and B, and replaces R.
func parse(lines ...string) (all []read.Migration) {
	for _, l := range lines {
		l, replaces, _ := strings.Cut(l, "=")
		name, parents, _ := strings.Cut(l, "<")
		name = strings.TrimSpace(name)
		all = append(all, read.Migration{Name: name, Var: name, Parents: strings.Fields(parents), Replaces: strings.Fields(replaces)})
	}
	return all
}

// TestGraph: what replaces others takes their place, wherever somebody follows them.
func TestGraph(t *testing.T) {
	for _, c := range []struct {
		all    []read.Migration
		newest string // of the graph
		before string // the first newest one, by what comes before it
		alive  string // without what is replaced
	}{
		{parse("A", "B < A", "C < B"), "C", "A B C", "A B C"},
		{parse("A", "B < A", "C < A"), "B C", "A B", "A B C"},
		{parse("A", "B < A", "S = A B"), "S", "S", "S"},
		{parse("A", "B < A", "S = A B", "C < B"), "C", "S C", "S C"},
		{parse("A", "B < A", "S = A B", "C < S"), "C", "S C", "S C"},
		{parse("A", "B < A", "S = A B", "C < B", "T = S C"), "T", "T", "T"}, // a squash of a squash
		{parse("A", "B < A", "C < A", "D < B C"), "D", "A B C D", "A B C D"},
		{parse("A < .Other", "B < A"), "B", "A B", "A B"}, // a parent in another set is none here
	} {
		name := strings.Join(Names(c.all), " ")
		g := GraphOf(c.all)
		if got := strings.Join(Names(Heads(c.all)), " "); got != c.newest {
			t.Errorf("%s: the newest is %s, not %s", name, got, c.newest)
		}
		var before []string
		for _, i := range g.Before(g.Newest()[0]) {
			before = append(before, c.all[i].Name)
		}
		if got := strings.Join(before, " "); got != c.before {
			t.Errorf("%s: %s come first, not %s", name, got, c.before)
		}
		if got := strings.Join(Names(WithoutReplaced(c.all)), " "); got != c.alive {
			t.Errorf("%s: %s are left, not %s", name, got, c.alive)
		}
	}
	all := parse("A", "B < A", "S = A B", "C < B", "T = S C")
	if g := GraphOf(all); all[g.Outermost(g.ByVar["A"])].Name != "T" || g.Outermost(g.ByVar["T"]) != g.ByVar["T"] {
		t.Error("A is replaced by T in the end, and T by none")
	}
	need := Ancestors(all, "C")
	if !need["A"] || !need["B"] || !need["C"] || need["S"] || need["T"] {
		t.Errorf("C needs %v", need)
	}
}

func TestFind(t *testing.T) {
	all := parse("0001_initial", "0002_a", "0002_ab")
	for word, want := range map[string]string{"0001": "0001_initial", "1": "0001_initial", "01": "0001_initial", "0002_a": "0002_a", "0002_ab": "0002_ab"} {
		if m, err := Find(all, word); err != nil || m.Name != want {
			t.Errorf("%s: %s, %v", word, m.Name, err)
		}
	}
	for word, want := range map[string]string{
		"0003": `there is no migration "0003"; the newest is 0002_ab`, "3": `there is no migration "3"; the newest is 0002_ab`, "-1": `there is no migration "-1"; the newest is 0002_ab`,
		"0001_intial": `there is no migration "0001_intial"; did you mean 0001_initial?`,
		"2":           "the beginning of several migrations: 0002_a, 0002_ab", "0002": "the beginning of several migrations: 0002_a, 0002_ab"} {
		if _, err := Find(all, word); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", word, err)
		}
	}
	if _, err := Find(nil, "1"); err == nil || err.Error() != `there is no migration "1", nor any other` {
		t.Errorf("of none: %v", err)
	}
}

// TestApplied: names of this set and of squashed migrations are known; others are a mistake, unless a status has them.
func TestApplied(t *testing.T) {
	all := parse("A", "B < A", "S = A B Gone")
	for _, c := range []struct {
		applied *Applied
		want    []string
		err     string
	}{
		{nil, nil, ""},
		{&Applied{Names: []string{" A", "shop/B", "Gone", ""}}, []string{"A", "B", "Gone"}, ""},
		{&Applied{Names: []string{"other/A"}}, nil, "there is no migration of that name"},
		{&Applied{Status: []byte(`{"migrations":[{"set":"shop","migration":"shop/A","state":"applied"},{"set":"shop","migration":"B","state":"pending"},{"set":"shop","migration":"X","state":"unknown"}]}`)}, []string{"A", "X"}, ""},
		{&Applied{Status: []byte(`{"migrations":[{"set":"shop","migration":"A","state":"replaced","replaced_by":"S"},{"set":"shop","migration":"S","state":"applied"}]}`)}, []string{"S", "A"}, ""},
		{&Applied{Status: []byte(`{"migrations":[{"set":"other","migration":"A","state":"applied"}]}`)}, nil, "it says nothing of the set shop"},
		{&Applied{Status: []byte(`[]`)}, nil, "it is not what status -json prints"},
	} {
		got, err := c.applied.Resolve("shop", all)
		switch {
		case c.err == "" && (err != nil || !slices.Equal(got, c.want)):
			t.Errorf("%+v: %q, %v", c.applied, got, err)
		case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
			t.Errorf("%+v: %q, %v", c.applied, got, err)
		}
	}
}
