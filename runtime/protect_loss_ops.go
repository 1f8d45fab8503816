package migrate

import (
	"fmt"

	"github.com/modelgen/modelgen/internal/sqllex"
	"github.com/modelgen/modelgen/runtime/schema"
)

// destroying returns what ops take away for good, in words: what they drop, values that they write over, or cut a part off, and what SQL written by hand says that it does
// of that; not what the plan has made itself. c goes past the ops.
func destroying(ops []Op, dialect string, c *course) (all []string) {
	for _, op := range ops {
		for _, name := range c.destroys(op) {
			all = append(all, name+" and its data")
		}
		switch o := op.(type) {
		case AlterColumn:
			from, to := o.From.Def(), o.To.Def()
			switch what := schema.ChangeType(from.Type, to.Type).Loses; {
			case c.made(o.Table, from.Name):
			case o.Using != "" && o.UsingBack == "" && !schema.IsCast(o.Using, from.Name):
				all = append(all, fmt.Sprintf("the values of %s.%s, which become %s", o.Table, to.Name, o.Using))
			case what != "":
				all = append(all, fmt.Sprintf("a part of the values of %s.%s, which become %s: %s", o.Table, to.Name, to.Type, what))
			}
		case Fill:
			if o.Where != "" && o.Back == "" && !c.made(o.Table, o.Column) && !onlyNull(sqllex.Code(o.Where, sqllex.Any))[sqllex.Fold(o.Column)] {
				all = append(all, fmt.Sprintf("values of %s.%s, which it writes over where %s", o.Table, o.Column, o.Where))
			}
		case SQL:
			if len(o.Destroys()) > 0 || o.Only != "" && o.Only != dialect {
				continue
			}
			for _, text := range o.Up {
				if words := handDestroys(text, c.made); words != "" {
					all = append(all, "perhaps data, by SQL written by hand ("+words+")")
					break
				}
			}
		}
	}
	return all
}
