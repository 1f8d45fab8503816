package migrate

// Migration is a named list of ops with its parents. It is written by the generator, read by a person, and from then on belongs to
// the application: it is never written again.
type Migration struct {
	Name    string       // as its file, without .go: "0002_product_stock"
	Parents []*Migration // what must be applied before it, be it of another set; none for the first one

	// Replaces has the names of those migrations of the same set that this one stands for, as squash writes them. A database that has
	// none of them gets this one; one that has some gets the rest, and then this one is recorded.
	Replaces []string

	Ops []Op

	owner *Set       // the first set that was made of it, see Set.ownerOf
	self  *Migration // a copy of it has no owner
}
