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
