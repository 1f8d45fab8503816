package schema

import (
	"encoding/hex"
	"fmt"
	"strconv"
)

// step is a call that a column is made by: of a constructor, or of a method on what the steps before it made. A program makes all columns of its migrations
// when it starts, most of which it never looks at, so that a step is small and the column is put together by [Typed.Def].
//
// What makes steps is not inlined: all variables of a package are set in one function, and with every call in it the compiler takes six times as long for
// the migrations of 1,000 tables (make bench, BenchmarkGoBuild).
type step struct {
	of          *step // nil for a constructor
	is          stepKind
	kind        Kind
	size, scale int    // of the type; of a numeric size is the precision
	text        string // the name of the column, or the argument of a method
	more        string // the name of the type, or the dialect of a method
}

type stepKind uint8

const (
	constructor stepKind = iota
	array
	sized
	nullable
	defaultValue
	defaultExpr
	defaultFor
	identity
	generated
	collate
	collateFor
	comment
	typeFor
)

// apply does to a column what the step and those before it say.
func (s *step) apply(c *Column) {
	if s == nil {
		return
	}
	s.of.apply(c)
	switch s.is {
	case constructor:
		c.Name, c.Type = s.text, s.typ()
	case array:
		c.Type.Array = true
	case sized:
		c.Type.Size = s.size
	case nullable:
		c.Nullable = true
	case defaultValue:
		c.Default, c.DefaultExpr = &s.text, ""
	case defaultExpr:
		c.Default, c.DefaultExpr = nil, s.text
	case defaultFor:
		c.DefaultFor = with(c.DefaultFor, s.more, s.text)
	case identity:
		c.Identity = true
	case generated:
		c.Generated = s.text
	case collate:
		c.Collate = s.text
	case collateFor:
		c.CollateFor = with(c.CollateFor, s.more, s.text)
	case comment:
		c.Comment = s.text
	case typeFor:
		c.TypeFor = with(c.TypeFor, s.more, s.text)
	}
}

// typ returns the type of a constructor.
func (s *step) typ() Type {
	switch s.kind {
	case KindNumeric:
		return Type{Kind: s.kind, Precision: s.size, Scale: s.scale}
	case KindOther:
		if t, err := ParseType(s.more); err == nil {
			return t
		}
		// The set that uses it reports what is wrong with it.
	}
	return Type{Kind: s.kind, Size: s.size, Name: s.more}
}

func with(m map[string]string, k, v string) map[string]string {
	if m == nil {
		m = map[string]string{}
	}
	m[k] = v
	return m
}

// literalOf returns the text of a value that a constructor has as the type of its default.
func literalOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case Decimal:
		return string(v)
	case bool:
		return strconv.FormatBool(v)
	case int16:
		return strconv.FormatInt(int64(v), 10)
	case int32:
		return strconv.FormatInt(int64(v), 10)
	case int64:
		return strconv.FormatInt(v, 10)
	case float32:
		return strconv.FormatFloat(float64(v), 'g', -1, 32)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case []byte:
		return hex.EncodeToString(v)
	}
	panic(fmt.Sprintf("schema: no constructor has a default of type %T", v))
}
