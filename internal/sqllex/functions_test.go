package sqllex

import (
	"slices"
	"testing"
)

func TestWordSet(t *testing.T) {
	s := Set("b a\n\tc", "", "a d")
	if s.words != nil {
		t.Error("the words are read before one is looked for")
	}
	if !s.Has("c") || !s.Has("d") || s.Has("") || s.Has("b a") {
		t.Error("Has is wrong")
	}
	if got := s.Words(); !slices.Equal(got, []string{"a", "b", "c", "d"}) {
		t.Errorf("Words returned %q", got)
	}
}

func TestWordMap(t *testing.T) {
	m := WordMap{{"a", "x"}, {"b", ""}}
	for word, want := range map[string]string{"a": "x", "b": "", "c": ""} {
		text, ok := m.Get(word)
		if text != want || ok != (word != "c") || m.Text(word) != want {
			t.Errorf("%s: %q, %v and %q", word, text, ok, m.Text(word))
		}
	}
}
