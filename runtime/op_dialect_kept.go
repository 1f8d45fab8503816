package migrate

import (
	"slices"

	"github.com/modelgen/modelgen/runtime/schema"
)

// stay is a constraint or an index that ops drop and make again, of which nothing changes on a dialect: only the other ones come or go, as when
// an index becomes one of PostgreSQL alone. There it stays, so that no index is built twice and no row slips in between.
type stay struct {
	table    string
	from, to int                 // the op that drops it, and the one that makes it again
	put      func(*schema.Table) // adds it to a table
}

// stays finds what stays on the dialect although ops drop it and make it again.
func stays(ops []Op, dialect string) (all []stay) {
	for i, drop := range ops {
		table, only, made := dropped(drop)
		if made == nil {
			continue
		}
		for j := i + 1; j < len(ops); j++ {
			t, o, what, put := makes(ops[j])
			if t == table && o != only && schema.Meet(only, dialect) && schema.Meet(o, dialect) && made(what) {
				all = append(all, stay{table, i, j, put})
				break
			}
			if !beside(ops[j], table) {
				break
			}
		}
	}
	return all
}

// dropped returns the table and the dialect of what an op drops, and whether something that is made is the same on a dialect that has both.
func dropped(op Op) (table, only string, same func(any) bool) {
	switch o := op.(type) {
	case DropIndex:
		return o.Table, o.Index.Only, func(x any) bool {
			y, ok := x.(schema.Index)
			y.Only = o.Index.Only
			return ok && y.Equal(o.Index)
		}
	case DropUnique:
		return o.Table, o.Unique.Only, func(x any) bool {
			y, ok := x.(schema.Unique)
			y.Only = o.Unique.Only
			return ok && y.Equal(o.Unique)
		}
	case DropCheck:
		return o.Table, o.Check.Only, func(x any) bool {
			y, ok := x.(schema.Check)
			y.Only = o.Check.Only
			return ok && y == o.Check
		}
	}
	return "", "", nil
}

// makes returns what an op makes, and how it is put into a table.
func makes(op Op) (table, only string, what any, put func(*schema.Table)) {
	switch o := op.(type) {
	case CreateIndex:
		x := o.Index
		x.Only = ""
		return o.Table, o.Index.Only, o.Index, func(t *schema.Table) { t.Indexes = append(t.Indexes, x) }
	case AddUnique:
		x := o.Unique
		x.Only = ""
		return o.Table, o.Unique.Only, o.Unique, func(t *schema.Table) { t.Uniques = append(t.Uniques, x) }
	case AddCheck:
		x := o.Check
		x.Only = ""
		return o.Table, o.Check.Only, o.Check, func(t *schema.Table) { t.Checks = append(t.Checks, x) }
	}
	return "", "", nil, nil
}

// beside reports whether an op leaves alone what the constraints and indexes of a table say.
func beside(op Op, table string) bool {
	switch o := op.(type) {
	case DropIndex, DropUnique, DropCheck, CreateIndex, AddUnique, AddCheck, AddForeignKey, DropForeignKey, AddColumn, Fill, CommentTable, CreateTable, CreateSchema, CreateEnum:
		return true
	case AlterColumn:
		return o.Table != table
	case DropColumn:
		return o.Table != table
	case RenameColumn:
		return o.Table != table
	}
	return false
}

// here returns the schema as the dialect has it before op i, with what stays.
func here(s *schema.Schema, dialect string, all []stay, i int) *schema.Schema {
	at := s.For(dialect)
	for _, x := range all {
		t := at.Table(x.table)
		if i <= x.from || i > x.to || t == nil {
			continue
		}
		if at == s {
			c := *s
			c.Tables = slices.Clone(s.Tables)
			at = &c
		}
		t = t.Clone()
		x.put(t)
		t.Sort()
		at.PutTable(t)
	}
	return at
}
