package revise

import (
	"fmt"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
)

// otherRows reports whether two ops change declared rows of one table, and none of them both.
func otherRows(a, b migrate.Op) bool {
	x, ok := a.(migrate.Rows)
	y, same := b.(migrate.Rows)
	if !ok || !same || !x.Declared || !y.Declared || x.Table != y.Table || !slices.Equal(x.Key, y.Key) {
		return false
	}
	mine := rowKeys(x)
	return !slices.ContainsFunc(rowKeys(y), func(k string) bool { return slices.Contains(mine, k) })
}

// rowKeys returns the keys of the rows that an op changes.
func rowKeys(o migrate.Rows) (all []string) {
	add := func(v migrate.Values) {
		var key strings.Builder
		for _, c := range o.Key {
			text, _ := migrate.ValueText(v[c])
			fmt.Fprintf(&key, "%q ", text)
		}
		all = append(all, key.String())
	}
	for _, r := range slices.Concat(o.Insert, o.Delete, o.Release) {
		add(r)
	}
	for _, u := range o.Update {
		add(u.Key)
	}
	return all
}
