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

	owner *owner // where it is applied and recorded when another set needs it
}

// owner is the first set that was made of a migration.
type owner struct {
	set *Set
	of  *Migration // a copy of it has no owner
}

// owning guards the owners: sets may be made by several goroutines, as tests do.
var owning sync.Mutex

// own makes s the owner of the migrations that have none.
func (s *Set) own(migrations []*Migration) {
	owning.Lock()
	defer owning.Unlock()
	for _, m := range migrations {
		if m != nil && (m.owner == nil || m.owner.of != m) {
			m.owner = &owner{set: s, of: m}
		}
	}
}

// ownerOf returns the set that a migration belongs to, nil when it was put into none.
func ownerOf(m *Migration) *Set {
	owning.Lock()
	defer owning.Unlock()
	if m.owner == nil || m.owner.of != m {
		return nil
	}
	return m.owner.set
}
