package migrate

import (
	"fmt"

	"github.com/modelgen/modelgen/internal/sqllex"
	"github.com/modelgen/modelgen/runtime/schema"
)

// newcomers are the tables and columns that a plan makes itself: what is written into them writes over nothing.
type newcomers map[string]bool

// made reports whether a column, or its whole table, is new.
func (n newcomers) made(table, column string) bool { return n[table] || n[table+"\n"+column] }

// note goes past an op.
func (n newcomers) note(op Op) {
	for _, o := range op.Effects().Makes {
		switch o.Kind {
		case TableObject:
			n[o.Name] = true
		case ColumnObject:
			n[o.Table+"\n"+o.Name] = true
		}
	}
}

// destroying returns what ops take away for good, in words: what they drop, values that they write over, or cut a part off, and what SQL written by hand says that it does
// of that. What the ops make is added to those that are new.
func destroying(ops []Op, dialect string, fresh newcomers) (all []string) {
	for _, op := range ops {
		for _, name := range op.Destroys() {
			all = append(all, name+" and its data")
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
