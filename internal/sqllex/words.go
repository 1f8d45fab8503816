package sqllex

import (
	"maps"
	"slices"
	"strings"
	"sync"
)

// WordSet is a set of words.
type WordSet struct {
	lists []string
	once  sync.Once
	words map[string]bool
}

// Set returns the words of lists, which white space separates. They are taken apart when the first of them is looked for: a program that starts and finds
// nothing to do reads no SQL.
func Set(lists ...string) *WordSet { return &WordSet{lists: lists} }

// Has reports whether a word is one of the set.
func (s *WordSet) Has(word string) bool { return s.read()[word] }

// Words returns all words, sorted.
func (s *WordSet) Words() []string { return slices.Sorted(maps.Keys(s.read())) }

func (s *WordSet) read() map[string]bool {
	s.once.Do(func() {
		s.words = map[string]bool{}
		for _, l := range s.lists {
			for w := range strings.FieldsSeq(l) {
				s.words[w] = true
			}
		}
	})
	return s.words
}

// WordMap has a text for each of some words. The compiler lays it out, where a map is filled at the start of every program.
type WordMap [][2]string

// Get returns the text of a word, and whether there is one.
func (m WordMap) Get(word string) (text string, ok bool) {
	for _, e := range m {
		if e[0] == word {
			return e[1], true
		}
	}
	return "", false
}

// Text is Get with "" for a word that has none.
func (m WordMap) Text(word string) string {
	text, _ := m.Get(word)
	return text
}
