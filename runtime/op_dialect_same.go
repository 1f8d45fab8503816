package migrate

import (
	"slices"

	"github.com/modelgen/modelgen/runtime/schema"
)

// sameFor remembers whether a schema is the same for a dialect as it stands, so that it is not looked through before each op: of many ops on many
// tables that would take most of the time.
type sameFor struct {
	s       *schema.Schema
	dialect string
	same    bool
}

func newSameFor(s *schema.Schema, dialect string) *sameFor {
	return &sameFor{s, dialect, s.For(dialect) == s}
}

// schema returns what [schema.Schema.For] returns.
func (k *sameFor) schema() *schema.Schema {
	if k.same {
		return k.s
	}
	at := k.s.For(k.dialect)
	k.same = at == k.s
	return at
}

// applied looks at what an op that was applied to the schema has touched.
func (k *sameFor) applied(e Effects) {
	if !k.same {
		return
	}
	if e.Unknown {
		k.same = k.s.For(k.dialect) == k.s
		return
	}
	last := "" // the parts of a table come one after the other
	touched := func(o Object) {
		name := o.Table
		if o.Kind == TableObject {
			name = o.Name
		}
		if name == last {
			return
		}
		last = name
		if t := k.s.Table(name); t != nil && t.For(k.dialect) != t {
			k.same = false
		}
	}
	for _, o := range slices.Concat(e.Writes, e.Makes, e.Removes) {
		touched(o)
	}
	for _, r := range e.Renames {
		if touched(r.From); r.From.Kind == TableObject {
			touched(Object{Kind: TableObject, Name: r.To})
		}
	}
	if len(e.Objects) > 0 && slices.ContainsFunc(k.s.SQLObjects, func(o schema.SQLObject) bool { return o.Only != "" }) {
		k.same = false
	}
}
