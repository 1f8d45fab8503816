package migrate

import "sync"

// owning knows the sets in the order they were made in. The migrations get their owners when one is first asked for, as only a set that needs something of
// another one asks: a program that starts would write to each of its migrations.
var owning struct {
	sync.Mutex
	made    int
	waiting []*Set // whose migrations have no owners yet
}

// waitingSets is how many sets at most wait for that: what waits is kept in memory, in use or not.
const waitingSets = 16

// made notes a set of migrations that was just made.
func (s *Set) made() {
	owning.Lock()
	defer owning.Unlock()
	owning.made++
	s.order = owning.made
	if owning.waiting = append(owning.waiting, s); len(owning.waiting) == waitingSets {
		giveOwners()
	}
}

// giveOwners makes each set that waits the owner of those of its migrations that have none.
func giveOwners() {
	for _, s := range owning.waiting {
		for _, m := range s.given {
			if m != nil && (m.owner == nil || m.self != m) {
				m.owner, m.self = s, m
			}
		}
	}
	owning.waiting = nil
}

// ownerOf returns the set with which a migration is applied and recorded where s needs it: the first one that was made of it, nil when there is none. A set that was made
// later than s is none, so that what s is does not depend on when it is first looked at.
func (s *Set) ownerOf(m *Migration) *Set {
	owning.Lock()
	defer owning.Unlock()
	giveOwners()
	if m.self != m || s.joined == nil && m.owner.order > s.order {
		return nil
	}
	return m.owner
}
