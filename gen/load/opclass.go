package load

import (
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// operatorClasses are those of PostgreSQL and of pg_trgm that are for some types only (manual, 11.10 and F.33), by the kinds that they are for.
var operatorClasses = map[string][]schema.Kind{
	"gin_trgm_ops": textKinds, "gist_trgm_ops": textKinds, "text_pattern_ops": textKinds, "varchar_pattern_ops": textKinds, "bpchar_pattern_ops": textKinds,
	"jsonb_ops": {schema.KindJSONB}, "jsonb_path_ops": {schema.KindJSONB}, "inet_ops": {schema.KindInet, schema.KindCIDR},
}

var textKinds = []schema.Kind{schema.KindText, schema.KindVarchar, schema.KindChar}

// checkOpClass refuses an operator class that is not for the type of the column. Of types and classes that are not known it says nothing.
func (m *model) checkOpClass(part schema.IndexPart, at text) bool {
	name, _, _ := strings.Cut(strings.ToLower(part.OpClass), "(")
	kinds := operatorClasses[strings.TrimSpace(name)]
	c := m.byName[part.Column]
	if c == nil || kinds == nil || c.bad {
		return true
	}
	typ := c.TypeOn("postgres")
	fits := typ.Kind == schema.KindOther
	for _, k := range kinds {
		fits = fits || typ.Kind == k && !typ.Array
	}
	if !fits {
		m.l.failf(at.pos, "the operator class %s is not for %s, which %s is", part.OpClass, typ, part.Column)
	}
	return fits
}
