package schema

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/internal/lazyregexp"
)

// Kind is a family of column types that every dialect has a spelling for.
type Kind uint8

// The kinds. KindOther is a type that only the named dialects know, given by its text.
const (
	KindInvalid Kind = iota
	KindBoolean
	KindSmallInt
	KindInteger
	KindBigInt
	KindReal
	KindDouble
	KindNumeric
	KindText
	KindVarchar
	KindChar
	KindBytes
	KindDate
	KindTime
	KindTimestamp
	KindTimestampTZ
	KindInterval
	KindUUID
	KindJSON
	KindJSONB
	KindInet
	KindCIDR
	KindEnum
	KindOther
)

// Type is the type of a column. It is comparable.
type Type struct {
	Kind      Kind
	Size      int    // length of varchar and char in characters; digits after the second of time types, 0 is the dialect's default, [NoDigits] none
	Precision int    // digits of numeric in all; 0 is unlimited
	Scale     int    // digits of numeric after the point
	Name      string // name of the enum type, or the text of KindOther
	Array     bool   // one-dimensional array of the above
}

// NoDigits is the size of a time type that keeps whole seconds: timestamp(0). The zero value of [Type.Size] is the dialect's default, which are six digits
// on PostgreSQL.
const NoDigits = -1

// kinds holds the canonical spelling of each kind, which is PostgreSQL's, and the synonyms that mean the same.
var kinds = []struct {
	kind     Kind
	name     string
	synonyms []string
}{
	{KindBoolean, "boolean", []string{"bool"}},
	{KindSmallInt, "smallint", []string{"int2"}},
	{KindInteger, "integer", []string{"int", "int4"}},
	{KindBigInt, "bigint", []string{"int8"}},
	{KindReal, "real", []string{"float4"}},
	{KindDouble, "double precision", []string{"float8", "float", "double"}},
	{KindNumeric, "numeric", []string{"decimal"}},
	{KindText, "text", nil},
	{KindVarchar, "varchar", []string{"character varying"}},
	{KindChar, "char", []string{"character", "bpchar"}},
	{KindBytes, "bytea", []string{"blob"}},
	{KindDate, "date", nil},
	{KindTime, "time", []string{"time without time zone"}},
	{KindTimestamp, "timestamp", []string{"timestamp without time zone"}},
	{KindTimestampTZ, "timestamptz", []string{"timestamp with time zone"}},
	{KindInterval, "interval", nil},
	{KindUUID, "uuid", nil},
	{KindJSON, "json", nil},
	{KindJSONB, "jsonb", nil},
	{KindInet, "inet", nil},
	{KindCIDR, "cidr", nil},
}

func kindByName(word string) (kind Kind, ok bool) {
	for _, k := range kinds {
		if k.name == word || slices.Contains(k.synonyms, word) {
			return k.kind, true
		}
	}
	return KindInvalid, false
}

// String returns the canonical text of the type, which [ParseType] reads back: numeric(8,2), varchar(100), text[], enum(status).
func (t Type) String() string {
	s := t.base()
	switch {
	case t.Kind == KindNumeric && t.Precision > 0:
		s += "(" + strconv.Itoa(t.Precision) + "," + strconv.Itoa(t.Scale) + ")"
	case t.Size != 0:
		s += "(" + strconv.Itoa(max(t.Size, 0)) + ")"
	}
	if t.Array {
		s += "[]"
	}
	return s
}

func (t Type) base() string {
	switch t.Kind {
	case KindEnum:
		return "enum(" + t.Name + ")"
	case KindOther:
		return t.Name
	case KindInvalid:
		return "invalid"
	}
	return kinds[t.Kind-1].name
}

// Known reports whether every dialect has a spelling for the type.
func (t Type) Known() bool { return t.Kind != KindInvalid && t.Kind != KindOther }

// MarshalText makes the type one word in JSON.
func (t Type) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText is the reverse of MarshalText.
func (t *Type) UnmarshalText(b []byte) error {
	v, err := ParseType(string(b))
	*t = v
	return err
}

// quotedType is the name of a type in double quotes, perhaps with its schema and with arguments: "char", public."Mood", "Geo"(Point, 4326).
var quotedType = lazyregexp.New(`^(?:[A-Za-z_]\w*\.)?"(?:[^"';]|"")+"(?:\."(?:[^"';]|"")+")?(?:\([\w\s,.]*\))?$`)

// ParseType reads a type as it is written in a tag or by [Type.String]. Synonyms and white space are normalised
// ("INT4" is integer, "character varying (20)" is varchar(20)). A word it does not know returns KindOther with that text;
// a known word with wrong arguments, or unbalanced brackets, returns an error.
func ParseType(text string) (Type, error) {
	s := strings.Join(strings.Fields(text), " ")
	if s == "" {
		return Type{}, fmt.Errorf("the type is empty")
	}
	if strings.HasPrefix(s, "enum(") && strings.HasSuffix(s, ")") {
		return Type{Kind: KindEnum, Name: s[5 : len(s)-1]}, nil
	}
	if strings.Contains(s, `"`) && quotedType.MatchString(s) {
		return Type{Kind: KindOther, Name: s}, nil
	}
	if base, ok := strings.CutSuffix(s, "[]"); ok {
		t, err := ParseType(base)
		if err == nil && t.Array {
			err = fmt.Errorf("type %q: only arrays of one dimension", text)
		}
		t.Array = true
		return t, err
	}
	name, args, suffix, err := splitType(s)
	if err != nil {
		return Type{}, fmt.Errorf("type %q: %w", text, err)
	}
	word := strings.ToLower(strings.TrimSpace(name + suffix))
	kind, ok := kindByName(word)
	if !ok {
		return Type{Kind: KindOther, Name: s}, nil
	}
	t := Type{Kind: kind}
	if err := t.setArgs(args); err != nil {
		return Type{}, fmt.Errorf("type %q: %w", text, err)
	}
	return t, nil
}

// splitType cuts "numeric(8, 2)" and "timestamp(3) with time zone" into word, arguments and the words behind them.
func splitType(s string) (name string, args []int, suffix string, err error) {
	open := strings.IndexByte(s, '(')
	if open < 0 {
		if strings.ContainsAny(s, ")'\";") {
			return "", nil, "", fmt.Errorf("not the name of a type")
		}
		return s, nil, "", nil
	}
	closing := strings.IndexByte(s, ')')
	if closing < open || strings.ContainsAny(s[closing+1:], "()") || strings.ContainsAny(s, "'\";") {
		return "", nil, "", fmt.Errorf("unbalanced parentheses")
	}
	for a := range strings.SplitSeq(s[open+1:closing], ",") {
		n, err := strconv.Atoi(strings.TrimSpace(a))
		if err != nil {
			return s, nil, "", nil // geometry(Point,4326): a type of the dialect's own
		}
		args = append(args, n)
	}
	return strings.TrimSpace(s[:open]), args, s[closing+1:], nil
}

func (t *Type) setArgs(args []int) error {
	most := map[Kind]int{KindVarchar: 1, KindChar: 1, KindNumeric: 2, KindTime: 1, KindTimestamp: 1, KindTimestampTZ: 1, KindInterval: 1}[t.Kind]
	if len(args) > most {
		return fmt.Errorf("%s takes %d arguments, not %d", t.base(), most, len(args))
	}
	for i, n := range args {
		if n < 0 || n == 0 && i == 0 && (t.Kind == KindNumeric || t.Kind == KindVarchar || t.Kind == KindChar) {
			return fmt.Errorf("%d is not a length", n)
		}
	}
	if len(args) == 0 {
		return nil
	}
	if t.Kind != KindNumeric {
		if t.Size = args[0]; t.Size == 0 {
			t.Size = NoDigits
		}
		return nil
	}
	t.Precision = args[0]
	if len(args) == 2 {
		t.Scale = args[1]
	}
	if t.Scale > t.Precision {
		return fmt.Errorf("more digits after the point (%d) than in all (%d)", t.Scale, t.Precision)
	}
	return nil
}
