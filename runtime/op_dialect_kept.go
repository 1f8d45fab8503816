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
	gone, made := make([]*Definition, len(ops)), make([]*Definition, len(ops))
	for i, op := range ops {
		switch op.(type) {
		case CreateTable, DropTable: // of several objects
		default:
			gone[i], made[i] = oneObject(op.Effects())
		}
	}
	for i, x := range gone {
		if x == nil {
			continue
		}
		for j := i + 1; j < len(ops); j++ {
			d := made[j]
			if d != nil && d.Table == x.Table && d.Only() != x.Only() && schema.Meet(x.Only(), dialect) && schema.Meet(d.Only(), dialect) && sameOn(*x, *d) {
				all = append(all, stay{x.Table, i, j, func(t *schema.Table) { put(t, *d) }})
				break
			}
			if !beside(ops[j], x.Table) {
				break
			}
		}
	}
	return all
}

// oneObject returns what an op drops, or makes, when that is one constraint or index, of those that not every dialect needs to have, and it does no more.
func oneObject(e Effects) (gone, made *Definition) {
	if e.Unknown || e.Rows || len(e.Old)+len(e.New) != 1 || len(e.Removes)+len(e.Makes) != 1 || len(e.Writes)+len(e.Renames) > 0 {
		return nil, nil
	}
	d := slices.Concat(e.Old, e.New)[0]
	if d.Index == nil && d.Unique == nil && d.Check == nil {
		return nil, nil
	}
	if len(e.Old) == 1 {
		return &d, nil
	}
	return nil, &d
}

// sameOn reports whether two definitions that not all dialects have are the same on one that has both.
func sameOn(a, b Definition) bool {
	switch {
	case a.Index != nil && b.Index != nil:
		x := *b.Index
		x.Only = a.Index.Only
		return x.Equal(*a.Index)
	case a.Unique != nil && b.Unique != nil:
		u := *b.Unique
		u.Only = a.Unique.Only
		return u.Equal(*a.Unique)
	case a.Check != nil && b.Check != nil:
		c := *b.Check
		c.Only = a.Check.Only
		return c == *a.Check
	}
	return false
}

// put adds a definition to a table, for a dialect that has it.
func put(t *schema.Table, d Definition) {
	switch {
	case d.Index != nil:
		x := *d.Index
		x.Only = ""
		t.Indexes = append(t.Indexes, x)
	case d.Unique != nil:
		u := *d.Unique
		u.Only = ""
		t.Uniques = append(t.Uniques, u)
	case d.Check != nil:
		c := *d.Check
		c.Only = ""
		t.Checks = append(t.Checks, c)
	}
}

// beside reports whether an op leaves alone what the constraints and indexes of a table say.
func beside(op Op, table string) bool {
	switch o := op.(type) {
	case DropIndex, DropUnique, DropCheck, CreateIndex, AddUnique, AddCheck, AddForeignKey, DropForeignKey, AddColumn, Fill, CreateTable, CreateSchema, CreateEnum:
		return true
	case AlterColumn:
		return o.Table != table
	case DropColumn:
		return o.Table != table
	case RenameColumn:
		return o.Table != table
	default: // what a table says of itself
		e := op.Effects()
		return len(e.Writes) > 0 && !e.Rows && !e.Unknown && len(e.Makes)+len(e.Removes)+len(e.Renames) == 0 &&
			!slices.ContainsFunc(e.Writes, func(o Object) bool { return o.Kind != TableObject })
	}
}

// here returns the schema as the dialect has it before op i, with what stays.
func here(on *sameFor, all []stay, i int) *schema.Schema {
	at := on.schema()
	for _, x := range all {
		t := at.Table(x.table)
		if i <= x.from || i > x.to || t == nil {
			continue
		}
		if at == on.schema() {
			c := *at
			c.Tables = slices.Clone(at.Tables)
			at = &c
		}
		t = t.Clone()
		x.put(t)
		t.Sort()
		at.PutTable(t)
	}
	return at
}
