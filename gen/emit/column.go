package emit

import (
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// constructors of the kinds of columns, by kind. A kind that is missing here does not get through the tests.
var constructors = map[schema.Kind]string{
	schema.KindBoolean: "Boolean", schema.KindSmallInt: "SmallInt", schema.KindInteger: "Integer", schema.KindBigInt: "BigInt",
	schema.KindReal: "Real", schema.KindDouble: "Double", schema.KindNumeric: "Numeric", schema.KindText: "Text",
	schema.KindVarchar: "Varchar", schema.KindChar: "Char", schema.KindBytes: "Bytes", schema.KindDate: "Date", schema.KindTime: "Time",
	schema.KindTimestamp: "Timestamp", schema.KindTimestampTZ: "TimestampTZ", schema.KindInterval: "Interval", schema.KindUUID: "UUID",
	schema.KindJSON: "JSON", schema.KindJSONB: "JSONB", schema.KindInet: "Inet", schema.KindCIDR: "CIDR", schema.KindEnum: "EnumOf",
	schema.KindOther: "Other",
}

// column writes a column as a chain that begins with its typed constructor, on one line.
func (w *printer) column(c schema.Column) string {
	var b strings.Builder
	b.WriteString(w.construct(c))
	call := func(method string, args ...string) {
		b.WriteString("." + method + "(" + strings.Join(args, ", ") + ")")
	}
	if c.Nullable {
		call("Null")
	}
	if c.Identity {
		call("Identity")
	}
	if c.Default != nil {
		call("Default", w.literal(c.Type, *c.Default))
	}
	if c.DefaultExpr != "" {
		call("DefaultExpr", text(c.DefaultExpr))
	}
	if c.Generated != "" {
		call("Generated", text(c.Generated))
	}
	if c.Collate != "" {
		call("Collate", text(c.Collate))
	}
	for _, d := range slices.Sorted(maps.Keys(c.TypeFor)) {
		call("TypeFor", strconv.Quote(d), text(c.TypeFor[d]))
	}
	for _, d := range slices.Sorted(maps.Keys(c.DefaultFor)) {
		call("DefaultFor", strconv.Quote(d), text(c.DefaultFor[d]))
	}
	for _, d := range slices.Sorted(maps.Keys(c.CollateFor)) {
		call("CollateFor", strconv.Quote(d), text(c.CollateFor[d]))
	}
	if c.Comment != "" {
		call("Comment", text(c.Comment))
	}
	return w.oneLine(b.String())
}

func (w *printer) construct(c schema.Column) string {
	t := c.Type
	args := strconv.Quote(c.Name)
	sized := false
	switch t.Kind {
	case schema.KindNumeric:
		args += ", " + strconv.Itoa(t.Precision) + ", " + strconv.Itoa(t.Scale)
	case schema.KindVarchar, schema.KindChar:
		args += ", " + strconv.Itoa(t.Size)
	case schema.KindEnum, schema.KindOther:
		args += ", " + text(t.Name)
	default:
		sized = t.Size != 0
	}
	in := w.of(Schema)
	s := in + constructors[t.Kind] + "(" + args + ")"
	if sized {
		digits := strconv.Itoa(t.Size)
		if t.Size == schema.NoDigits {
			digits = in + "NoDigits"
		}
		s = in + "Sized(" + s + ", " + digits + ")"
	}
	if t.Array {
		s = in + "Array(" + s + ")"
	}
	return s
}

// literal writes a default in the Go type that the constructor asks for.
func (w *printer) literal(t schema.Type, v string) string {
	switch t.Literal() {
	case schema.BoolLiteral:
		return strconv.FormatBool(v == "true")
	case schema.NumberLiteral:
		if t.Kind == schema.KindNumeric {
			return text(v)
		}
		w.odd = w.odd || strings.Trim(v, "-.0123456789") != "" // gofmt writes 1e9, not 1E9
		return v
	case schema.BytesLiteral:
		b, _ := hex.DecodeString(v)
		return "[]byte(" + strconv.Quote(string(b)) + ")"
	}
	return text(v)
}

// text writes a string literal: a raw one when it has several lines and can be raw.
func text(s string) string {
	if strings.Contains(s, "\n") && !strings.ContainsAny(s, "`\r") && strconv.CanBackquote(strings.ReplaceAll(s, "\n", "")) {
		return "`" + s + "`"
	}
	return strconv.Quote(s)
}
