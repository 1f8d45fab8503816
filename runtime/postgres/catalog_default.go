package postgres

import (
	"strings"

	"github.com/modelgen/modelgen/internal/lazyregexp"
	"github.com/modelgen/modelgen/runtime/schema"
)

// columnDefault is the expression of a default or of a generated column in the fact of a column, with the type of the column before it.
var columnDefault = lazyregexp.New(`(?s) (default|generated \w) \x01([^\x02]*)\x02(.*)\x03`)

// wholeDigits are the digits after the second that times have anyway (manual, 8.5).
var wholeDigits = lazyregexp.New(`^(column .*? time(?:stamp)?)\(6\)( with(?:out)? time zone)`)

// plainColumn writes the fact of a column so that what means the same reads the same.
func plainColumn(line string) string {
	m := columnDefault.FindStringSubmatchIndex(line)
	if m != nil {
		word, typ, expr := line[m[2]:m[3]], line[m[4]:m[5]], line[m[6]:m[7]]
		def := " " + word + " " + expr
		if word == "default" {
			if expr = plainDefault(typ, expr); expr == "" {
				def = ""
			} else {
				def = " default " + expr
			}
		}
		line = line[:m[0]] + def + line[m[1]:]
	}
	return wholeDigits.ReplaceAllString(line, "$1$2")
}

// plainDefault writes a default of a column of the type as the server prints it where it was written without a cast: NULL is none (""), '0'::bigint is 0,
// and 'x'::text of a varchar is 'x'::character varying. What is no literal stays, but for the names of one point in time and the empty array.
func plainDefault(typ, expr string) string {
	bare := typeArguments.ReplaceAllString(typ, "")
	value, cast, ok := schema.UnprintLiteral(expr)
	switch {
	case !ok && (strings.EqualFold(expr, "CURRENT_TIMESTAMP") || expr == "transaction_timestamp()") && strings.HasPrefix(bare, "timestamp"):
		return "now()"
	case !ok && strings.HasPrefix(expr, "ARRAY[]::") && strings.HasSuffix(bare, "[]"):
		return "'{}'::" + bare
	case !ok:
		return expr
	case value == nil:
		return ""
	case numberType(bare) && plainNumber.MatchString(*value) && (cast == "" || numberType(cast)):
		return trimNumber(typ, *value)
	case textType(bare) && textType(cast), strings.HasSuffix(bare, "[]") && textType(strings.TrimSuffix(bare, "[]")) && textType(strings.TrimSuffix(cast, "[]")):
		return text(*value) + "::" + bare
	}
	return expr
}

// trimNumber leaves out the zeros at the end of a number, where the type writes its own: a numeric without a scale keeps those that it is given.
func trimNumber(typ, number string) string {
	if typ != "numeric" && strings.Contains(number, ".") && !strings.ContainsAny(number, "eE") {
		number = strings.TrimSuffix(strings.TrimRight(number, "0"), ".")
	}
	return number
}
