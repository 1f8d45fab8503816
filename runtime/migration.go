package migrate

// Migration is a named list of ops with its parents. It is written by the generator, read by a person, and from then on belongs to
// the application: it is never written again.
type Migration struct {
	Name    string       // as its file, without .go: "0002_product_stock"
	Parents []*Migration // what must be applied before it; none for the first one
	Ops     []Op
}
