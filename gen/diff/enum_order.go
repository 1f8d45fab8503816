package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// The values of an enum are in the order of their constants, which PostgreSQL compares by. An author chooses that within a file; which of two files
// comes first nobody chooses. So values keep the order that the database has, unless constants of one file contradict it.

// orderValues puts the values of an enum that stays into the order that it has, with new ones where their neighbours in the source are. It reports
// whether the source leaves that order.
func orderValues(n *schema.Enum, old []string) bool {
	kept := only(old, n.Values)
	out := slices.Clone(kept)
	parts := valueParts(n)
	for _, part := range parts {
		if !slices.Equal(only(part, kept), only(kept, part)) {
			return false
		}
	}
	for _, part := range parts {
		for i, v := range part {
			if slices.Contains(out, v) {
				continue
			}
			at := len(out)
			if i > 0 {
				at = slices.Index(out, part[i-1]) + 1
			} else if next := only(part, out); len(next) > 0 {
				at = slices.Index(out, next[0])
			}
			out = slices.Insert(out, at, v)
		}
	}
	n.Values = out
	return true
}

// valueParts returns the values of an enum file by file.
func valueParts(n *schema.Enum) [][]string {
	var parts [][]string
	from := 0
	for _, at := range append(slices.Clip(n.Parts), len(n.Values)) {
		if at > from {
			parts = append(parts, n.Values[from:at])
			from = at
		}
	}
	return parts
}

// only returns those of a list that are in another one, too.
func only(list, in []string) []string {
	var out []string
	for _, v := range list {
		if slices.Contains(in, v) {
			out = append(out, v)
		}
	}
	return out
}

// movedAway returns values that have left their place to a new one: they may have been renamed, and their name given to another value. Each comes
// with the new one.
func movedAway(old, new []string) [][2]string {
	kept := only(old, new)
	now := only(new, kept)
	if slices.Equal(kept, now) {
		return nil
	}
	var out [][2]string
	for at, v := range kept {
		if !slices.Equal(without(kept, []string{v}), without(now, []string{v})) {
			continue
		}
		before := 0 // of the others
		for _, x := range new {
			switch {
			case x == v:
			case slices.Contains(kept, x):
				before++
			case before == at:
				out = append(out, [2]string{v, x})
			}
		}
	}
	return out
}

// stays reports whether an answer says that a value is what it was.
func (d *differ) stays(answers []rename, v string) bool {
	return slices.ContainsFunc(answers, func(a rename) bool { return a.from == v && a.to == v })
}

// askAboutOrder asks about values that change places.
func (d *differ) askAboutOrder(n *schema.Enum) {
	o := d.old.Enum(d.enumOf[n.Name])
	if !d.unordered[n.Name] || len(d.goneValues[n.Name]) > 0 && d.on(nativeEnums) {
		return // it is made again anyway
	}
	if d.converted(n.Name, o.Name) {
		return
	}
	old := d.values(n)
	var choice []Choice
	for _, moved := range movedAway(old, n.Values) {
		if slices.Contains(o.Values, moved[0]) && !d.stays(d.renamesOf(n.Name, o.Name, o.Values, n.Values), moved[0]) {
			choice = append(choice, Choice{"renamed, and " + valueText(moved[0]) + " is another value now", valueRename(n.Name, moved[0], moved[1])})
		}
	}
	tables := d.tablesOf(o.Name)
	text := fmt.Sprintf("the values of enum %s change places, from %s to %s", n.Name, valueList(only(old, n.Values)), valueList(n.Values))
	switch {
	case d.on(nativeEnums) && len(tables) > 0:
		d.ask(n.Name, text+": rows keep theirs, but PostgreSQL has to recreate the type and to rewrite "+strings.Join(tables, ", ")+", while nobody else reads or writes there",
			append(choice, Choice{"that is meant", "-convert " + Quote(n.Name)}, Choice{"it is not: put the constants back into their old order", ""})...)
	case len(choice) > 0:
		for _, moved := range movedAway(old, n.Values) {
			choice = append(choice, Choice{"the same, in another place", valueRename(n.Name, moved[0], moved[0])})
		}
		d.ask(n.Name, text+": has one of them got another name, and its old one been given away?", choice...)
	}
}

// converted reports whether an answer says that an enum may be made again.
func (d *differ) converted(names ...string) bool {
	for _, c := range d.in.Answers.Converts {
		if slices.Contains(names, c) {
			d.use("-convert " + Quote(c))
			d.spend("-convert " + c)
			return true
		}
	}
	return false
}

// tablesOf returns the tables, by their old names, that have a column of an enum and stay.
func (d *differ) tablesOf(enum string) []string {
	var out []string
	for _, t := range d.old.Tables {
		if d.old2new[t.Name] != "" && hasEnum(t, enum) {
			out = append(out, t.Name)
		}
	}
	return out
}

func valueList(values []string) string {
	var out []string
	for _, v := range values {
		out = append(out, valueText(v))
	}
	return strings.Join(out, ", ")
}
