package postgres

import (
	"slices"
	"strconv"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// accessMethod is what the indexes of a kind can have (manual, 11.2, 11.3, 11.6 and CREATE INDEX, INCLUDE).
type accessMethod struct {
	unique, several, order bool
	include                int // the version from which on they have INCLUDE; 0 is none
}

// accessMethodOf returns one of the server itself; extensions have more.
func accessMethodOf(name string) (m accessMethod, known bool) {
	switch name {
	case "", "btree":
		return accessMethod{unique: true, several: true, order: true, include: 11}, true
	case "hash":
		return accessMethod{}, true
	case "gist":
		return accessMethod{several: true, include: 12}, true
	case "gin", "brin":
		return accessMethod{several: true}, true
	case "spgist":
		return accessMethod{include: 14}, true
	}
	return accessMethod{}, false
}

// unordered are types that no kind of index has operators for, so that no key, no unique constraint and no index can be over them.
var unordered = []string{"json", "xml"}

// checkIndex refuses what an index of its kind cannot have.
func (r renderer) checkIndex(table string, x schema.Index) error {
	no := func(reason, hint string) error {
		return &migrate.UnsupportedError{Dialect: dialect, Table: table, Object: x.Name, Reason: reason, Hint: hint}
	}
	m, known := accessMethodOf(strings.ToLower(x.Using))
	if !known {
		return nil
	}
	switch using := " USING " + x.Using; {
	case x.Unique && !m.unique:
		return no("a unique index"+using, "leave using: out: only a btree is unique")
	case len(x.Parts) > 1 && !m.several:
		return no("an index over "+strconv.Itoa(len(x.Parts))+" columns"+using, "make one for each, or leave using: out")
	case !m.order && slices.ContainsFunc(x.Parts, func(p schema.IndexPart) bool { return p.Desc || p.Nulls != schema.NullsDefault }):
		return no("an index with DESC or NULLS"+using, "it has no order: leave desc and nulls out")
	case len(x.Include) > 0 && m.include == 0:
		return no("an index with INCLUDE"+using, "leave include: out")
	case len(x.Include) > 0:
		return r.needs(m.include, table, x.Name, "INCLUDE"+using)
	case x.NullsNotDistinct && !x.Unique:
		return no("NULLS NOT DISTINCT in an index that is not unique", "leave it out")
	}
	return nil
}

// checkTable refuses keys and indexes of a new table that PostgreSQL cannot have.
func (r renderer) checkTable(t *schema.Table) error {
	if t.PrimaryKey != nil {
		if err := r.checkOrdered(t, t.PrimaryKey.Name, t.PrimaryKey.Columns); err != nil {
			return err
		}
	}
	for _, u := range t.Uniques {
		if err := r.checkOrdered(t, u.Name, u.Columns); err != nil {
			return err
		}
	}
	for _, x := range t.Indexes {
		if err := r.checkOrdered(t, x.Name, plainColumns(x)); err != nil {
			return err
		}
	}
	return nil
}

// plainColumns returns the columns of an index for which the server chooses the operators.
func plainColumns(x schema.Index) []string {
	var columns []string
	for _, p := range x.Parts {
		if p.Column != "" && p.OpClass == "" {
			columns = append(columns, p.Column)
		}
	}
	return columns
}

// checkOrdered refuses keys and indexes over columns whose type has no operators for them.
func (r renderer) checkOrdered(t *schema.Table, object string, columns []string) error {
	if t == nil {
		return nil
	}
	for _, name := range columns {
		if c := t.Column(name); c != nil && slices.Contains(unordered, typeOf(*c).String()) {
			return &migrate.UnsupportedError{Dialect: dialect, Table: t.Name, Object: object, Reason: "a key or an index over " + typeOf(*c).String() + " (" + name + ")",
				Hint: "its values cannot be compared: make it jsonb, or text"}
		}
	}
	return nil
}
