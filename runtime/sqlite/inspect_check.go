package sqlite

import (
	"fmt"
	"slices"
	"strings"
)

// check returns what the text of the table and the pragmas disagree in: then the text is not understood.
func (t *inspected) check() error {
	var names, key []string
	byRank := map[int]string{}
	for _, c := range t.columns {
		names = append(names, c.name)
		if c.pk > 0 {
			byRank[c.pk] = c.name
		}
	}
	for i := 1; i <= len(byRank); i++ {
		key = append(key, byRank[i])
	}
	same := func(a, b []string) bool { return slices.EqualFunc(a, b, strings.EqualFold) }
	if !same(names, t.text.names) {
		return fmt.Errorf("its columns are %s, but its text has %s", list(names), list(t.text.names))
	}
	if !same(key, t.text.key) {
		return fmt.Errorf("its primary key is %s, but its text has %s", list(key), list(t.text.key))
	}
	var unique, foreign []constraintText
	for _, c := range t.text.constraints {
		switch c.kind {
		case "unique":
			unique = append(unique, c)
		case "foreign key":
			foreign = append(foreign, c)
		}
	}
	if len(foreign) != len(t.keys) {
		return fmt.Errorf("it has %d foreign keys, but its text has %d", len(t.keys), len(foreign))
	}
	for i, k := range t.keys {
		c := foreign[i]
		if !strings.EqualFold(k.table, c.ref.table) || !same(k.from, c.columns) || !same(k.to, c.ref.columns) {
			return fmt.Errorf("a foreign key is (%s) to %s %s, but its text has (%s) to %s %s", list(k.from), k.table, list(k.to), list(c.columns), c.ref.table, list(c.ref.columns))
		}
	}
	return t.checkUnique(unique)
}

// checkUnique holds unique constraints against the indexes that SQLite made for them. Two constraints over the same columns have one, and so have a
// key and a constraint.
func (t *inspected) checkUnique(unique []constraintText) error {
	is := func(c constraintText, ix inspectedIndex) bool {
		return slices.EqualFunc(c.parts, ix.parts, func(p indexPart, q inspectedPart) bool {
			collate := p.collate
			if collate == "" {
				collate = t.text.columns[strings.ToLower(p.column)].collate
			}
			return strings.EqualFold(p.column, q.column) && strings.TrimPrefix(collate, "binary") == q.collate
		})
	}
	for _, ix := range t.indexes {
		if ix.origin == "u" && !slices.ContainsFunc(unique, func(c constraintText) bool { return is(c, ix) }) {
			return fmt.Errorf("it has a unique constraint over %s that its text has not", list(ix.columns()))
		}
	}
	for _, c := range unique {
		rowid := len(t.text.key) == 1 && len(c.columns) == 1 && strings.EqualFold(c.columns[0], t.text.key[0])
		if !rowid && !slices.ContainsFunc(t.indexes, func(ix inspectedIndex) bool { return ix.origin != "c" && is(c, ix) }) {
			return fmt.Errorf("its text has a unique constraint over %s that it has not", list(c.columns))
		}
	}
	return nil
}

func (ix inspectedIndex) columns() []string {
	var all []string
	for _, p := range ix.parts {
		all = append(all, p.column)
	}
	return all
}

func list(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
