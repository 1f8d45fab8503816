package migrate

import (
	"fmt"
	"maps"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
	"github.com/modelgen/modelgen/runtime/schema"
)

// newcomers are the tables and columns that a plan makes itself: what is written into them writes over nothing.
type newcomers map[string]bool

// made reports whether a column, or its whole table, is new.
func (n newcomers) made(table, column string) bool { return n[table] || n[table+"\n"+column] }

// note goes past an op.
func (n newcomers) note(op Op) {
	e := op.Effects()
	for _, o := range e.Removes {
		switch o.Kind {
		case TableObject:
			n.table(o.Name, "")
		case ColumnObject:
			delete(n, o.Table+"\n"+o.Name)
		}
	}
	for _, r := range e.Renames {
		switch r.From.Kind {
		case TableObject:
			n.table(r.From.Name, r.To)
		case ColumnObject:
			from, to := r.From.Table+"\n"+r.From.Name, r.From.Table+"\n"+r.To
			if n[from] {
				n[to] = true
			}
			delete(n, from)
		}
	}
	for _, o := range e.Makes {
		switch o.Kind {
		case TableObject:
			n[o.Name] = true
		case ColumnObject:
			n[o.Table+"\n"+o.Name] = true
		}
	}
}

// table goes past a table that gets another name, or with "" goes.
func (n newcomers) table(from, to string) {
	for name := range maps.Clone(n) {
		table, column, found := strings.Cut(name, "\n")
		if table != from {
			continue
		}
		delete(n, name)
		if found {
			column = "\n" + column
		}
		if to != "" {
			n[to+column] = true
		}
	}
}

// drops reports whether an op drops tables and columns that are all new: nobody has anything in them but what the plan has written itself.
func (n newcomers) drops(op Op) bool {
	found := false
	for _, o := range op.Effects().Removes {
		switch o.Kind {
		case TableObject:
			if !n[o.Name] {
				return false
			}
			found = true
		case ColumnObject:
			if !n.made(o.Table, o.Name) {
				return false
			}
			found = true
		}
	}
	return found
}

// destroying returns what ops take away for good, in words: what they drop, values that they write over, or cut a part off, and what SQL written by hand says that it does
// of that. What the ops make is added to those that are new.
func destroying(ops []Op, dialect string, fresh newcomers) (all []string) {
	for _, op := range ops {
		if !fresh.drops(op) {
			for _, name := range op.Destroys() {
				all = append(all, name+" and its data")
			}
		}
		switch o := op.(type) {
		case AlterColumn:
			from, to := o.From.Def(), o.To.Def()
			switch what := schema.ChangeType(from.Type, to.Type).Loses; {
			case fresh.made(o.Table, from.Name):
			case o.Using != "" && o.UsingBack == "" && !schema.IsCast(o.Using, from.Name):
				all = append(all, fmt.Sprintf("the values of %s.%s, which become %s", o.Table, to.Name, o.Using))
			case what != "":
				all = append(all, fmt.Sprintf("a part of the values of %s.%s, which become %s: %s", o.Table, to.Name, to.Type, what))
			}
		case Fill:
			if o.Where != "" && o.Back == "" && !fresh.made(o.Table, o.Column) && !onlyNull(sqllex.Code(o.Where, sqllex.Any))[sqllex.Fold(o.Column)] {
				all = append(all, fmt.Sprintf("values of %s.%s, which it writes over where %s", o.Table, o.Column, o.Where))
			}
		case SQL:
			fresh.note(o) // what it says of the schema, its statements have made
			if len(o.Destroys()) > 0 || o.Only != "" && o.Only != dialect {
				continue
			}
			for _, text := range o.Up {
				if words := handDestroys(text, fresh.made); words != "" {
					all = append(all, "perhaps data, by SQL written by hand ("+words+")")
					break
				}
			}
		}
		fresh.note(op)
	}
	return all
}
