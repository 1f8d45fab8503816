package schema

import (
	"slices"

	"github.com/modelgen/modelgen/internal/sqllex"
)

// Expands returns the tables all of whose columns an object shows, by SELECT * or as the rows that a function returns. PostgreSQL writes their names into what it keeps of a view, of a rule and
// of a function with BEGIN ATOMIC (manual, CREATE VIEW, Notes): a column that comes later is not shown until the object is made again.
func (n *Names) Expands(o SQLObject) []string {
	if o.Kind == TriggerKind { // OLD.* stays as it is
		return nil
	}
	x := n.needs(o)
	all := slices.Clone(x.stars)
	for _, need := range x.all {
		if need.Object != nil && !need.Soft && need.Object.Kind.Routine() && !o.Kind.Routine() {
			all = append(all, n.returned(*need.Object)...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// returned returns the tables whose rows a function returns: RETURNS SETOF orders.
func (n *Names) returned(o SQLObject) (all []string) {
	toks := sqllex.Code(string(o.SQL), sqllex.Any)
	for _, w := range sqlWords(toks, make([]bool, len(toks))) {
		at := w.from
		if at > 0 && toks[at-1].Is("SETOF") {
			at--
		}
		if at == 0 || !toks[at-1].Is("RETURNS") {
			continue
		}
		ns := ""
		if len(w.parts) > 1 {
			ns = w.parts[len(w.parts)-2].Value()
		}
		for _, t := range n.like(ns, w.last()) {
			all = append(all, t.Name)
		}
	}
	return all
}
