package migrate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/nearest"
)

// zero is the target before the first migration.
const zero = "zero"

// target is where a run is to end: at a migration, or before the first one of a set.
type target struct {
	at  int    // -1 is before the first one
	set string // of which set; "" is all of them
}

// find resolves the name of a migration, or a beginning of it, behind the name of its set and a slash where there are several.
func (s *Set) find(word string) (target, error) {
	if err := s.Err(); err != nil {
		return target{}, err
	}
	if word == zero {
		return target{at: -1}, nil
	}
	set, name, qualified := strings.Cut(word, "/")
	if !qualified {
		set, name = "", word
	}
	if qualified && !s.has(set) {
		return target{}, &UnknownTargetError{Target: word, Near: s.near(name), Set: set, Sets: s.members}
	}
	if qualified && name == zero {
		return target{at: -1, set: set}, nil
	}
	var exact, begin []int
	for i, n := range s.all {
		if qualified && n.set != set || !qualified && !n.own {
			continue
		}
		if n.Name == name {
			exact = append(exact, i)
		}
		if name != "" && strings.HasPrefix(n.Name, name) {
			begin = append(begin, i)
		}
	}
	if len(exact) == 0 {
		exact = begin
	}
	switch len(exact) {
	case 1:
		return target{at: exact[0]}, nil
	case 0:
		return target{}, &UnknownTargetError{Target: word, Near: s.near(name)}
	}
	var labels []string
	for _, i := range exact {
		labels = append(labels, s.label(i))
	}
	return target{}, &UnknownTargetError{Target: word, Near: labels, Many: true}
}

func (s *Set) has(set string) bool {
	return slices.Contains(s.sets(), set)
}

// upTo returns the way to a target, which only goes forward. What is missing below a target that is applied is on it.
func (h *history) upTo(t target, word string) ([]move, error) {
	if t.at >= 0 {
		if len(h.set.all[t.at].by) > 0 {
			h.reopen(t.at)
		}
		if moves, err := h.forward(t.at); len(moves) > 0 || err != nil {
			return moves, err
		}
	}
	moves, err := h.to(t)
	if err == nil && len(moves) > 0 {
		return nil, &PassedError{Set: h.set.name, Target: word, Applied: h.names(moves)}
	}
	return nil, err
}

// migration is find for what must be a migration.
func (s *Set) migration(word string) (int, error) {
	t, err := s.find(word)
	if err == nil && t.at < 0 {
		err = fmt.Errorf("%s is no migration; name one", word)
	}
	return t.at, err
}

// near returns the names that share most with a word that is none of them.
func (s *Set) near(word string) []string {
	var near []string
	last := ""
	for i, n := range s.all {
		if !n.own {
			continue
		}
		last = s.label(i)
		if word != "" && (strings.Contains(n.Name, word) || nearest.Distance(word, n.Name, 3) <= 3) {
			near = append(near, last)
		}
	}
	if len(near) == 0 && last != "" {
		near = append(near, last)
	}
	return near[:min(len(near), 3)]
}
