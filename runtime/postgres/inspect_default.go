package postgres

import (
	"strings"

	"github.com/modelgen/modelgen/internal/lazyregexp"
	"github.com/modelgen/modelgen/runtime/schema"
)

// expression brings an expression of the table as the server prints it into the form that models have; "" is one that a tag cannot hold.
func (i *inspector) expression(t *inspected, printed string) string {
	expr, err := schema.UnprintExpr(printed, t.types)
	if err != nil {
		return ""
	}
	return expr
}

// setDefault takes a default apart: a literal of the column's own type is one in models, too, and NULL is none.
func (i *inspector) setDefault(t *inspected, col *schema.Column, c columnRow) {
	value, cast, ok := schema.UnprintLiteral(*c.Default)
	if ok && value == nil {
		return
	}
	if ok && cast == `"bit"` {
		col.DefaultExpr = "b" + text(*value) // ::bit without quotes is bit(1)
		return
	}
	if ok && (cast == "" || sameType(cast, c.Bare) || textType(cast) && textType(c.Bare) || numberType(cast) && numberType(c.Bare) || c.Kind == "d") {
		v := *value
		switch col.Type.Literal() {
		case schema.BytesLiteral:
			if !strings.HasPrefix(v, `\x`) {
				break
			}
			v = v[2:]
			col.Default = &v
			return
		case schema.NumberLiteral:
			if plainNumber.MatchString(v) {
				if v = trimNumber(c.Type, v); endingZero.MatchString(v) {
					col.DefaultExpr = text(v) + "::numeric" // a plain 1.50 is 1.5 in a tag, and numeric keeps how many digits there are
					return
				}
				col.Default = &v
				return
			}
		default:
			if strings.HasPrefix(*c.Default, "'") || col.Type.Kind != schema.KindOther { // a number of a type that is not known is no string
				col.Default = &v
				return
			}
		}
	}
	col.DefaultExpr = i.expression(t, *c.Default)
	if col.DefaultExpr == "" {
		i.say(t, "column "+t.Name+"."+c.Name+": default", "its expression cannot be written in a tag; the column is in the model without it, and verify reports it",
			"ALTER TABLE "+i.name(t.Name)+" ALTER COLUMN "+ident(c.Name)+" SET DEFAULT "+*c.Default)
	}
}

// endingZero is a number with digits that say nothing but how many there are.
var endingZero = lazyregexp.New(`\.\d*0$`)

var typeArguments = lazyregexp.New(`\([^)]*\)`)

// sameType reports whether two types, as the server prints them, are one with perhaps another length.
func sameType(a, b string) bool {
	plain := func(t string) string {
		return strings.Replace(typeArguments.ReplaceAllString(t, ""), "bpchar", "character", 1)
	}
	return plain(a) == plain(b)
}

func textType(t string) bool {
	switch typeArguments.ReplaceAllString(t, "") {
	case "text", "character varying", "character", "bpchar":
		return true
	}
	return false
}

func numberType(t string) bool {
	switch typeArguments.ReplaceAllString(t, "") {
	case "smallint", "integer", "bigint", "numeric", "real", "double precision":
		return true
	}
	return false
}
