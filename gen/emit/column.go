package emit

import (
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/dave/jennifer/jen"

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
func column(c schema.Column) *jen.Statement {
	s := construct(c)
	call := func(method string, args ...jen.Code) { s = s.Dot(method).Call(args...) }
	if c.Nullable {
		call("Null")
	}
	if c.Identity {
		call("Identity")
	}
	if c.Default != nil {
		call("Default", literal(c.Type, *c.Default))
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
		call("TypeFor", jen.Lit(d), text(c.TypeFor[d]))
	}
	for _, d := range slices.Sorted(maps.Keys(c.DefaultFor)) {
		call("DefaultFor", jen.Lit(d), text(c.DefaultFor[d]))
	}
	for _, d := range slices.Sorted(maps.Keys(c.CollateFor)) {
		call("CollateFor", jen.Lit(d), text(c.CollateFor[d]))
	}
	if c.Comment != "" {
		call("Comment", text(c.Comment))
	}
	return s
}

func construct(c schema.Column) *jen.Statement {
	t := c.Type
	args := []jen.Code{jen.Lit(c.Name)}
	sized := false
	switch t.Kind {
	case schema.KindNumeric:
		args = append(args, jen.Lit(t.Precision), jen.Lit(t.Scale))
	case schema.KindVarchar, schema.KindChar:
		args = append(args, jen.Lit(t.Size))
	case schema.KindEnum, schema.KindOther:
		args = append(args, text(t.Name))
	default:
		sized = t.Size != 0
	}
	s := jen.Qual(Schema, constructors[t.Kind]).Call(args...)
	if sized {
		digits := jen.Lit(t.Size)
		if t.Size == schema.NoDigits {
			digits = jen.Qual(Schema, "NoDigits")
		}
		s = jen.Qual(Schema, "Sized").Call(s, digits)
	}
	if t.Array {
		s = jen.Qual(Schema, "Array").Call(s)
	}
	return s
}

// literal writes a default in the Go type that the constructor asks for.
func literal(t schema.Type, v string) jen.Code {
	switch t.Literal() {
	case schema.BoolLiteral:
		return jen.Lit(v == "true")
	case schema.NumberLiteral:
		if t.Kind == schema.KindNumeric {
			return text(v)
		}
		return jen.Op(v)
	case schema.BytesLiteral:
		b, _ := hex.DecodeString(v)
		return jen.Index().Byte().Parens(jen.Op(strconv.Quote(string(b))))
	}
	return text(v)
}

// text writes a string literal: a raw one when it has several lines and can be raw.
func text(s string) *jen.Statement {
	if strings.Contains(s, "\n") && !strings.ContainsAny(s, "`\r") && strconv.CanBackquote(strings.ReplaceAll(s, "\n", "")) {
		return jen.Op("`" + s + "`")
	}
	return jen.Op(strconv.Quote(s))
}
