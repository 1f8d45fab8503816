package check

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// difference is an object about which snapshot and migrations say different things, or which only one of them has.
type difference struct {
	object
	snapshot, migrations []fact
	missing, extra       bool // the migrations do not make it; the snapshot does not have it
}

// differences compares two schemas, in the order of tables and what they are made of. Of a table that only one has, it is all there is to say.
func differences(want, have *schema.Schema) (out []difference) {
	a, b := objects(want), objects(have)
	whole := func(o object, in map[object][]fact) bool {
		_, there := in[object{o.table, 0, "table", ""}]
		return o.table == "" || o.kind == "table" || there
	}
	for o, facts := range a {
		switch other, there := b[o]; {
		case there && !slices.Equal(facts, other):
			out = append(out, difference{object: o, snapshot: facts, migrations: other})
		case !there && whole(o, b):
			out = append(out, difference{object: o, snapshot: facts, missing: true})
		}
	}
	for o, facts := range b {
		if _, there := a[o]; !there && whole(o, a) {
			out = append(out, difference{object: o, migrations: facts, extra: true})
		}
	}
	slices.SortFunc(out, func(x, y difference) int {
		return cmp.Or(strings.Compare(x.table, y.table), cmp.Compare(x.rank, y.rank), strings.Compare(x.name, y.name))
	})
	return out
}

// String says what differs.
func (d difference) String() string {
	switch {
	case d.missing:
		return fmt.Sprintf("the snapshot has %s, and no migration makes it", d.described(d.snapshot))
	case d.extra:
		return fmt.Sprintf("the migrations make %s, and the snapshot does not have it", d.described(d.migrations))
	}
	only := func(of, than []fact) string {
		return spoken(slices.DeleteFunc(slices.Clone(of), func(f fact) bool { return slices.Contains(than, f) }))
	}
	migrations, snapshot := only(d.migrations, d.snapshot), only(d.snapshot, d.migrations)
	switch "" {
	case snapshot:
		return fmt.Sprintf("%s: the migrations say %s, the snapshot does not", d.object, migrations)
	case migrations:
		return fmt.Sprintf("%s: the snapshot says %s, the migrations do not", d.object, snapshot)
	}
	return fmt.Sprintf("%s: the migrations say %s, the snapshot says %s", d.object, migrations, snapshot)
}

func (d difference) described(facts []fact) string {
	if words := spoken(facts); words != "" && d.kind != "table" {
		return d.object.String() + ", " + words
	}
	return d.object.String()
}
