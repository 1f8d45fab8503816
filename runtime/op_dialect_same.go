package migrate

import (
	"slices"

	"github.com/modelgen/modelgen/runtime/schema"
)

// sameFor follows a schema as a dialect has it while ops are applied. Only the tables that an op touches are looked at again: to look at all of them for each op takes square time, and
// most of all where they differ on the dialect and are copied.
type sameFor struct {
	s       *schema.Schema
	dialect string
	at      *schema.Schema // s itself where it is the same
}

func newSameFor(s *schema.Schema, dialect string) *sameFor {
	return &sameFor{s, dialect, s.For(dialect)}
}

// schema returns what [schema.Schema.For] returns. It is good until the next op.
func (k *sameFor) schema() *schema.Schema { return k.at }

// applied looks at what an op that was applied to the schema has touched.
func (k *sameFor) applied(e Effects) {
	differs := k.at != k.s
	if e.Unknown || differs && reachesOtherTables(e) {
		k.at = k.s.For(k.dialect)
		return
	}
	for _, name := range tablesOf(e) {
		t := k.s.Table(name)
		switch {
		case t == nil && differs:
			k.at.RemoveTable(name)
		case t == nil:
		case differs:
			k.at.PutTable(t.For(k.dialect))
		case t.For(k.dialect) != t:
			k.at = k.s.For(k.dialect)
			return
		}
	}
	if differs || len(e.Objects) > 0 {
		k.rest(differs)
	}
}

// rest takes over what stands beside the tables, and finds whether anything still differs.
func (k *sameFor) rest(differs bool) {
	beside := *k.s
	beside.Tables = nil
	at := beside.For(k.dialect)
	switch {
	case !differs && at == &beside:
		return
	case !differs:
		at.Tables = slices.Clone(k.s.Tables)
	case at == &beside && slices.Equal(k.at.Tables, k.s.Tables):
		at = k.s
	default:
		at.Tables = k.at.Tables
	}
	k.at = at
}

// reachesOtherTables reports whether an op may change tables that its effects do not name: those which refer to what it renames, or whose columns are of an enum.
func reachesOtherTables(e Effects) bool {
	return len(e.Renames) > 0 || slices.ContainsFunc(e.Writes, func(o Object) bool { return o.Kind == EnumObject })
}

// tablesOf returns the tables that an op touches, or parts of which it does.
func tablesOf(e Effects) (all []string) {
	add := func(o Object) {
		name := o.Table
		if o.Kind == TableObject {
			name = o.Name
		}
		if n := len(all); name != "" && (n == 0 || all[n-1] != name) { // the parts of a table come one after the other
			all = append(all, name)
		}
	}
	for _, list := range [][]Object{e.Writes, e.Makes, e.Removes} {
		for _, o := range list {
			add(o)
		}
	}
	for _, r := range e.Renames {
		if add(r.From); r.From.Kind == TableObject {
			add(Object{Kind: TableObject, Name: r.To})
		}
	}
	return all
}
