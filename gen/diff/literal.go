package diff

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/literal"
	"github.com/modelgen/modelgen/runtime/schema"
)

var (
	loneText   = regexp.MustCompile(`^'(?:[^']|'')*'$`)
	loneNumber = regexp.MustCompile(`^-? ?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?$`)
)

// unfit says why an answer that is one literal cannot be the value of a column, "" where it can: in a migration it would fail on the first row,
// or SQLite would keep what is no value of the type.
func (d *differ) unfit(t *schema.Table, c schema.Column, expr string) string {
	value := expr
	switch {
	case loneText.MatchString(expr):
		value = strings.ReplaceAll(expr[1:len(expr)-1], "''", "'")
		if c.Type.Literal() == schema.BytesLiteral && !c.Type.Array {
			break
		}
		if _, err := literal.Check(c.Type, value); err != nil {
			return err.Error()
		}
		if e := d.new.Enum(c.Type.Name); e != nil && c.Type.Kind == schema.KindEnum {
			given := []string{value}
			if c.Type.Array {
				given, _ = literal.Elements(value)
			}
			for _, g := range given {
				if !slices.Contains(e.Values, g) {
					return fmt.Sprintf("'%s' is none of the values of %s: there is %s", g, e.Name, strings.Join(e.Values, ", "))
				}
			}
		}
	case loneNumber.MatchString(expr):
		if value = strings.ReplaceAll(expr, " ", ""); c.Type.Literal() == schema.NumberLiteral {
			if _, err := literal.Check(c.Type, value); err != nil {
				return err.Error()
			}
		} else if !takesAny(c.Type) {
			return fmt.Sprintf("%s is a number, and no %s", expr, c.Type)
		}
	case expr == "TRUE" || expr == "FALSE":
		if c.Type.Array || c.Type.Kind != schema.KindBoolean && !takesAny(c.Type) {
			return fmt.Sprintf("%s is no %s", expr, c.Type)
		}
		return ""
	case expr == "NULL":
		if !c.Nullable {
			return "the column is NOT NULL"
		}
		return ""
	default:
		return ""
	}
	for _, check := range t.Checks {
		column, values := schema.InList(check.Expr)
		if column == c.Name && !slices.Contains(values, expr) && !slices.Contains(values, value) {
			return fmt.Sprintf("%s is none of %s", expr, strings.Join(values, ", "))
		}
	}
	return ""
}

// takesAny reports whether databases turn numbers and truth values into the type when they are assigned: text, and what is not known.
func takesAny(t schema.Type) bool {
	switch t.Kind {
	case schema.KindText, schema.KindVarchar, schema.KindChar, schema.KindOther:
		return !t.Array
	}
	return false
}
