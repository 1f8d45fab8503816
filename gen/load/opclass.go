package load

import (
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// checkOpClass refuses an operator class that is not for the type of the column. Of types and classes that are not known it says nothing.
func (m *model) checkOpClass(part schema.IndexPart, at text) bool {
	name, _, _ := strings.Cut(strings.ToLower(part.OpClass), "(")
	c := m.byName[part.Column]
	if c == nil || c.bad {
		return true
	}
	for _, d := range m.l.cfg.Known {
		kinds := d.OperatorClasses[strings.TrimSpace(name)]
		if kinds == nil {
			continue
		}
		typ := c.TypeOn(d.Name)
		if typ.Kind != schema.KindOther && (typ.Array || !slices.Contains(kinds, typ.Kind)) {
			m.l.failf(at.pos, "the operator class %s is not for %s, which %s is", part.OpClass, typ, part.Column)
			return false
		}
	}
	return true
}
