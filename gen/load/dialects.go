package load

import (
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// wordsOf returns the words behind the dot of a tag, and the dialect each means.
func wordsOf(known []migrate.Capabilities) map[string]string {
	words := map[string]string{}
	for _, c := range known {
		for _, w := range append([]string{c.Name}, c.Aliases...) {
			words[w] = c.Name
		}
	}
	return words
}

// capabilities returns those of one dialect, "" for none.
func (l *loader) capabilities(dialect string) migrate.Capabilities {
	for _, c := range l.cfg.Known {
		if c.Name == dialect {
			return c
		}
	}
	return migrate.Capabilities{}
}

// serialOn returns a dialect on which the column is numbered by a serial, and the type; ok is false when there is none.
func (l *loader) serialOn(c schema.Column) (dialect migrate.Capabilities, t schema.Type, ok bool) {
	for _, d := range l.cfg.Known {
		if t := c.TypeOn(d.Name); d.Serials && schema.Serial(t) {
			return d, t, true
		}
	}
	return dialect, t, false
}

// dialects returns the names of the dialects of the project, sorted.
func (l *loader) dialects() []string {
	var all []string
	for _, c := range l.cfg.Dialects {
		all = append(all, c.Name)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// besides returns the dialects that something is for which is not for some: "", which is every one, when there are none of those.
func (l *loader) besides(some []string) []string {
	if len(some) == 0 {
		return []string{""}
	}
	return slices.DeleteFunc(l.dialects(), func(d string) bool { return slices.Contains(some, d) })
}
