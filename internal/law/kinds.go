package law

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/modelgen/modelgen/internal/sqllex"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Values are made of numbers: a row holds a number in each column, and the form of a type writes it. A column that is converted holds
// only what both of its types can say, which is the form of the narrower one.

// narrow tells how much a kind can say, the least first.
func narrow(t schema.Type) int {
	if t.Array {
		return 15
	}
	switch t.Kind {
	case schema.KindBoolean:
		return 1
	case schema.KindEnum:
		return 2
	case schema.KindDate:
		return 3
	case schema.KindSmallInt, schema.KindInteger, schema.KindBigInt:
		return 4
	case schema.KindNumeric:
		if t.Precision == 0 {
			return 7
		}
		return 5 + min(t.Scale, 2)
	case schema.KindReal, schema.KindDouble:
		return 8
	case schema.KindText, schema.KindVarchar, schema.KindChar:
		return 20
	}
	return 10
}

func isText(t schema.Type) bool {
	return !t.Array && (t.Kind == schema.KindText || t.Kind == schema.KindVarchar || t.Kind == schema.KindChar)
}

func isInt(t schema.Type) bool {
	return !t.Array && (t.Kind == schema.KindSmallInt || t.Kind == schema.KindInteger || t.Kind == schema.KindBigInt)
}

func isNumber(t schema.Type) bool {
	return !t.Array && (isInt(t) || t.Kind == schema.KindNumeric || t.Kind == schema.KindReal || t.Kind == schema.KindDouble)
}

// distinct reports whether two numbers never have the same form.
func distinct(t schema.Type) bool {
	return t.Kind != schema.KindBoolean && t.Kind != schema.KindEnum && !t.Array
}

// form writes a number as a value of the type, in the words of the narrower type that the value becomes or comes from.
func form(t, as schema.Type, n int) string {
	k := t
	if narrow(as) < narrow(t) {
		k = as
	}
	if k.Array {
		k.Array = false
		return "{" + strconv.Quote(form(k, k, n)) + "}"
	}
	switch k.Kind {
	case schema.KindBoolean:
		if isNumber(t) {
			return strconv.Itoa(n % 2)
		}
		return strconv.FormatBool(n%2 == 1)
	case schema.KindSmallInt, schema.KindInteger, schema.KindBigInt:
		return strconv.Itoa(n)
	case schema.KindNumeric:
		if k.Scale < 2 && k.Precision > 0 {
			return strconv.Itoa(n)
		}
		return strconv.Itoa(n) + ".25"
	case schema.KindReal, schema.KindDouble:
		return strconv.Itoa(n) + ".5"
	case schema.KindDate:
		return day(n).Format(time.DateOnly)
	case schema.KindTimestamp, schema.KindTimestampTZ:
		return day(n).Format(time.DateTime)
	case schema.KindTime, schema.KindInterval:
		return day(0).Add(time.Duration(n) * time.Second).Format(time.TimeOnly)
	case schema.KindUUID:
		return fmt.Sprintf("00000000-0000-0000-0000-%012d", n)
	case schema.KindJSON, schema.KindJSONB:
		return fmt.Sprintf(`{"a": %d}`, n)
	case schema.KindInet, schema.KindCIDR:
		return fmt.Sprintf("10.0.%d.%d/32", n/256, n%256)
	case schema.KindBytes:
		return fmt.Sprintf("%04x", n)
	case schema.KindOther:
		return fmt.Sprintf("08:00:2b:01:%02x:%02x", n/256, n%256)
	}
	return fmt.Sprintf("it's %d", n)
}

func day(n int) time.Time { return time.Date(2024, 1, 1, 10, 0, 0, 0, time.UTC).AddDate(0, 0, n) }

// literal writes the form as SQL.
func literal(dialect string, t schema.Type, form string) string {
	switch {
	case t.Array:
	case isNumber(t):
		return form
	case t.Kind == schema.KindBoolean:
		return strings.ToUpper(form)
	case t.Kind == schema.KindBytes && dialect == "sqlite":
		return "X'" + form + "'"
	case t.Kind == schema.KindBytes:
		return `'\x` + form + "'"
	}
	return sqllex.QuoteString(form)
}

// filling returns SQL for rows that have no value, another one for each row; with keyed, the one that refers to the row of the same number.
func filling(dialect string, c schema.Column, as schema.Type, values []string, keyed bool) string {
	pg, t := dialect == "postgres", c.Type
	either := func(yes bool, a, b string) string {
		if yes {
			return a
		}
		return b
	}
	cast := func(sql, to string) string { return either(pg, "CAST("+sql+" AS "+to+")", sql) }
	switch {
	case t.Array:
		return "'{}'"
	case len(values) > 0:
		return literal(dialect, t, values[0])
	case t.Kind == schema.KindBoolean:
		return "TRUE"
	case isNumber(t):
		return either(keyed, key, "500 + "+key)
	case isText(t) && !keyed:
		return "'filled ' || " + key
	case isText(t) && isInt(as):
		return "CAST(" + key + " AS text)"
	case t.Kind == schema.KindUUID, isText(t) && as.Kind == schema.KindUUID:
		start := either(keyed, "'00000000-0000-0000-0000-", "'00000000-0000-0000-0001-")
		sql := either(pg, start+"' || lpad(CAST("+key+" AS text), 12, '0')", start+"' || printf('%012d', "+key+")")
		return either(isText(t), sql, cast(sql, "uuid"))
	case isText(t):
		return "'it''s ' || " + key
	case t.Kind == schema.KindDate:
		return either(pg, "CAST('2030-01-01' AS date) + "+key, "date('2030-01-01', '+' || "+key+" || ' days')")
	case t.Kind == schema.KindTimestamp, t.Kind == schema.KindTimestampTZ:
		return either(pg, "CAST('2030-01-01' AS timestamp) + "+key+" * CAST('1 day' AS interval)", "datetime('2030-01-01', '+' || "+key+" || ' days')")
	case t.Kind == schema.KindTime, t.Kind == schema.KindInterval:
		return cast("'11:00:0' || "+key, t.String())
	case t.Kind == schema.KindJSON, t.Kind == schema.KindJSONB:
		return cast(`'{"b": ' || `+key+" || '}'", t.String())
	case t.Kind == schema.KindInet, t.Kind == schema.KindCIDR:
		return cast("'10.1.0.' || "+key, t.String())
	case t.Kind == schema.KindBytes:
		return either(pg, "decode('0' || "+key+", 'hex')", "CAST('f' || "+key+" AS blob)")
	}
	return cast("'08:00:2b:02:02:0' || "+key, t.Name)
}

// same reports whether a value, as text, has come through a conversion.
func same(from, to schema.Type, was, is string) bool {
	plain := func(s string) string {
		if hexa, ok := strings.CutPrefix(s, `\x`); ok {
			if b, err := hex.DecodeString(hexa); err == nil {
				s = string(b)
			}
		}
		s = strings.TrimSuffix(strings.TrimRight(s, " "), "/32")
		either := func(k ...schema.Kind) bool {
			for _, k := range k {
				if from.Kind == k || to.Kind == k {
					return true
				}
			}
			return false
		}
		switch {
		case either(schema.KindTime) && either(schema.KindTimestamp, schema.KindTimestampTZ):
			s = s[strings.IndexByte(s, ' ')+1:] // the day goes
		case either(schema.KindBoolean):
			s = strings.NewReplacer("true", "1", "false", "0").Replace(s)
		case either(schema.KindDate):
			s = s[:min(len(s), len(time.DateOnly))]
		case either(schema.KindTimestamp, schema.KindTimestampTZ):
			s = s[:min(len(s), len(time.DateTime))]
		case either(schema.KindJSON, schema.KindJSONB):
			s = strings.ReplaceAll(s, " ", "")
		}
		if f, err := strconv.ParseFloat(s, 64); err == nil {
			s = strconv.FormatFloat(f, 'g', -1, 64)
		}
		return s
	}
	return was == is || plain(was) == plain(is)
}
