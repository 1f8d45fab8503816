package load

import (
	"encoding/json"
	"fmt"
	"go/types"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/modelgen/modelgen/runtime/schema"
)

// setDefault reads default: and default.dialect:.
func (m *model) setDefault(c *column, o option) {
	literal, expr, err := m.readDefault(c, o)
	switch {
	case err != nil:
		m.l.fail(o.value.pos, err)
	case c.Identity:
		if o.dialect != "" {
			m.l.failf(o.at.pos, "default contradicts identity")
		}
	case o.dialect != "":
		sql := expr
		if literal != nil {
			sql = *literal
			switch c.Type.Literal() {
			case schema.QuotedLiteral:
				sql = quoteSQL(sql)
			case schema.BytesLiteral:
				sql = map[string]string{"postgres": `'\x` + sql + "'", "sqlite": "x'" + sql + "'"}[o.dialect]
			}
		}
		if c.DefaultFor == nil {
			c.DefaultFor = map[string]string{}
		}
		c.DefaultFor[o.dialect] = sql
	default:
		c.Default, c.DefaultExpr = literal, expr
	}
}

// readDefault gives the literal or the expression, in its normal form.
func (m *model) readDefault(c *column, o option) (*string, string, error) {
	if inner, ok := inBrackets(o.value); ok && !o.quoted {
		if m := bytesText.FindStringSubmatch(inner.s); m != nil && c.Type.Literal() == schema.BytesLiteral && len(m[1])%2 == 0 {
			digits := strings.ToLower(m[1])
			return &digits, "", nil
		}
		sql, err := m.normalize(c.scope, o.value.s)
		if err != nil {
			return nil, "", fmt.Errorf("default %s: %w", o.value.s, err)
		}
		if s, ok := loneLiteral(sql, c.Type); ok {
			literal, err := m.literal(c, s, true)
			return literal, "", err
		}
		if sql == "NULL" {
			return nil, "", fmt.Errorf("default NULL is what a column without default has: leave it out")
		}
		for _, name := range schema.UnknownNames(sql, nil) {
			if m.byName[name] != nil {
				return nil, "", fmt.Errorf("default %s: a default cannot use column %s; generated:%s computes the column always", o.value.s, name, o.value.s)
			}
		}
		return nil, sql, nil
	}
	if !o.quoted && len(o.value.s) > 2 && looksLikeSQL.MatchString(o.value.s) {
		return nil, "", fmt.Errorf("default %s looks like SQL: write default:(%s) for the expression, or default:'%s' for the text", o.value.s, o.value.s, o.value.s)
	}
	literal, err := m.literal(c, o.value.s, o.quoted)
	return literal, "", err
}

// bytesText is how databases write bytes, whose digits are the literal.
var bytesText = regexp.MustCompile(`^(?:[xX]'|'\\x)([0-9a-fA-F]*)'$`)

var looksLikeSQL = regexp.MustCompile(`(?i)^(\w+\(.*\)|current_(timestamp|date|time|user)|localtime(stamp)?|session_user)$`)

// loneLiteral gives the text of an expression that is a single literal of the type's own form.
func loneLiteral(sql string, t schema.Type) (string, bool) {
	switch t.Literal() {
	case schema.QuotedLiteral:
		return unquote(sql)
	case schema.NumberLiteral:
		return sql, plainNumber.MatchString(sql)
	case schema.BoolLiteral:
		return strings.ToLower(sql), sql == "TRUE" || sql == "FALSE"
	}
	return "", false
}

// literal checks a literal default against the type of the column and of the field, and gives its one form.
func (m *model) literal(c *column, s string, quoted bool) (*string, error) {
	s, err := c.canonical(s, quoted)
	if err != nil {
		return nil, err
	}
	if c.enum == nil || !m.l.schemaValues(c) {
		return &s, nil
	}
	values := m.l.constants(c.enum)
	if texts := valueTexts(values); !slices.Contains(texts, s) && !c.Type.Array {
		for _, v := range values {
			if v.name == s {
				return nil, fmt.Errorf("default %s is the name of a constant: write its value, %s", s, v.val)
			}
		}
		return nil, fmt.Errorf("default %s is none of the constants of %s%s", s, c.enum.Name(), didYouMean(s, texts))
	}
	return &s, nil
}

// canonical gives the one form of a literal; what a time looks like is checked only where it is not quoted.
func (c *column) canonical(s string, quoted bool) (string, error) {
	if c.Type.Array {
		if !strings.HasPrefix(s, "{") || !strings.HasSuffix(s, "}") {
			return "", fmt.Errorf("default %s is no array: write it as PostgreSQL does, default:'{}' or default:'{a,b}'", s)
		}
		return s, nil
	}
	switch k := c.Type.Kind; k {
	case schema.KindBoolean:
		if s != "true" && s != "false" {
			return "", fmt.Errorf("default %s is not true or false", s)
		}
	case schema.KindSmallInt, schema.KindInteger, schema.KindBigInt:
		return c.integer(s)
	case schema.KindReal:
		return float(s, 32, "float32")
	case schema.KindDouble:
		return float(s, 64, "float64")
	case schema.KindNumeric:
		return numeric(s, c.Type)
	case schema.KindVarchar, schema.KindChar:
		if n := utf8.RuneCountInString(s); c.Type.Size > 0 && n > c.Type.Size {
			return "", fmt.Errorf("default %q has %d characters, which do not fit %s", s, n, c.Type)
		}
	case schema.KindBytes:
		return "", fmt.Errorf("a default of bytes is written as an expression: default:(x'00ff')")
	case schema.KindJSON, schema.KindJSONB:
		if !json.Valid([]byte(s)) {
			return "", fmt.Errorf("default %s is not JSON: text in JSON has double quotes", s)
		}
	case schema.KindUUID:
		if !uuidText.MatchString(s) {
			return "", fmt.Errorf("default %s is no UUID: write default:(gen_random_uuid()) for an expression", s)
		}
		return strings.ToLower(s), nil
	case schema.KindInet, schema.KindCIDR:
		_, errA := netip.ParseAddr(s)
		_, errP := netip.ParsePrefix(s)
		if errA != nil && errP != nil {
			return "", fmt.Errorf("default %s is no address", s)
		}
	case schema.KindDate, schema.KindTime, schema.KindTimestamp, schema.KindTimestampTZ:
		if !quoted && !strings.ContainsAny(s[:1], "0123456789-") && !slices.Contains(timeWords, strings.ToLower(s)) {
			return "", fmt.Errorf("default %s is no time: write default:'2006-01-02 15:04:05+00', or default:(CURRENT_TIMESTAMP) for an expression", s)
		}
	}
	if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		return "", fmt.Errorf("default %q is no text that a database can hold", s)
	}
	return s, nil
}

var (
	uuidText  = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`)
	timeWords = []string{"infinity", "epoch"}
)

// integer checks a whole number against the ranges of the field and of the column.
func (c *column) integer(s string) (string, error) {
	text, n, err := wholeNumber(s)
	if err != nil {
		return "", err
	}
	if b, ok := basicTypes[c.basic]; ok && integerRanges[b.kind] != [2]int64{} {
		if n == nil || *n < b.min || *n > b.max {
			return "", fmt.Errorf("default %s does not fit %s (%d to %d)", text, types.Typ[c.basic], b.min, b.max)
		}
	}
	if r := integerRanges[c.Type.Kind]; n == nil || *n < r[0] || *n > r[1] {
		return "", fmt.Errorf("default %s does not fit %s (%d to %d)", text, c.Type, r[0], r[1])
	}
	return text, nil
}
