package migrate

import "sync"

// Migration is a named list of ops with its parents. It is written by the generator, read by a person, and from then on belongs to
// the application: it is never written again.
type Migration struct {
	Name    string       // as its file, without .go: "0002_product_stock"
	Parents []*Migration // what must be applied before it, be it of another set; none for the first one

	// Replaces has the names of those migrations of the same set that this one stands for, as squash writes them. A database that has
	// none of them gets this one; one that has some gets the rest, and then this one is recorded.
	Replaces []string

	Ops []Op

	owner *Set       // the first set that was made of it: where it is applied and recorded when another set needs it
	self  *Migration // a copy of it has no owner
}

// owning guards the owners: sets may be made by several goroutines, as tests do.
var owning sync.Mutex

// own makes s the owner of the migrations that have none, and reports whether it has all their parents.
func (s *Set) own(migrations []*Migration) bool {
	owning.Lock()
	defer owning.Unlock()
	for _, m := range migrations {
		if m != nil && (m.owner == nil || m.self != m) {
			m.owner, m.self = s, m
		}
	}
	var given map[*Migration]bool // where another set has some of them
	for _, m := range migrations {
		if m == nil {
			continue
		}
		for _, p := range m.Parents {
			if p != nil && p.owner == s && p.self == p {
				continue
			}
			if given == nil {
				given = make(map[*Migration]bool, len(migrations))
				for _, m := range migrations {
					given[m] = true
				}
			}
			if p == nil || !given[p] {
				return false
			}
		}
	}
	return true
}

// ownerOf returns the set that a migration belongs to, nil when it was put into none.
func ownerOf(m *Migration) *Set {
	owning.Lock()
	defer owning.Unlock()
	if m.self != m {
		return nil
	}
	return m.owner
}
