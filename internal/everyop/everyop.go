// Package everyop holds what has to know all ops to that: it takes them from the interface of the planner, so that a new op is asked for
// everywhere at once. Likewise it has a schema with something in every field, for what has to notice each.
package everyop

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
)

// Names returns the names of all ops, sorted. [migrate.Backfill], which has a type of row, is "Backfill".
func Names() []string {
	names := []string{"Backfill"}
	op := reflect.TypeFor[migrate.Op]()
	for m := range reflect.TypeFor[migrate.Planner]().Methods() {
		if m.Type.NumIn() == 1 && m.Type.In(0).Implements(op) {
			names = append(names, m.Type.In(0).Name())
		}
	}
	for _, op := range migrate.ObjectOps() {
		names = append(names, Name(op))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Name returns the name of an op.
func Name(op migrate.Op) string {
	name, _, _ := strings.Cut(reflect.TypeOf(op).Name(), "[")
	return name
}

// Missing returns the problems of a place that has to know every op: those that are among neither seen nor excused, which maps names to
// reasons, and those that are excused in vain. The ops inside of a [migrate.SQL] are seen too.
func Missing(place string, seen []migrate.Op, excused map[string]string) (problems []string) {
	have := map[string]bool{}
	var see func(ops []migrate.Op)
	see = func(ops []migrate.Op) {
		for _, op := range ops {
			have[Name(op)] = true
			if s, ok := op.(migrate.SQL); ok {
				see(s.Schema)
			}
		}
	}
	see(seen)
	all := Names()
	for _, name := range all {
		if _, ok := excused[name]; !ok && !have[name] {
			problems = append(problems, fmt.Sprintf("%s lacks %s", place, name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(excused)) {
		switch {
		case have[name]:
			problems = append(problems, fmt.Sprintf("%s has %s: it is excused in vain", place, name))
		case !slices.Contains(all, name):
			problems = append(problems, fmt.Sprintf("%s excuses %s, which is no op", place, name))
		}
	}
	return problems
}
