package load

import (
	"fmt"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/literal"
	"github.com/modelgen/modelgen/runtime/schema"
)

// setDefault reads default: and default.dialect:.
func (m *model) setDefault(c *column, o option) {
	value, expr, err := m.readDefault(c, o)
	switch {
	case err != nil:
		m.l.fail(o.value.pos, err)
	case c.Identity:
		if o.dialect != "" {
			m.l.failf(o.at.pos, "default contradicts identity")
		}
	case o.dialect != "":
		sql := expr
		if value != nil {
			sql = *value
			switch c.Type.Literal() {
			case schema.QuotedLiteral:
				sql = quoteSQL(sql)
			case schema.BytesLiteral:
				around := m.l.capabilities(o.dialect).BytesLiteral
				sql = around[0] + sql + around[1]
			}
		}
		if c.DefaultFor == nil {
			c.DefaultFor = map[string]string{}
		}
		c.DefaultFor[o.dialect] = sql
	default:
		c.Default, c.DefaultExpr = value, expr
	}
}

// readDefault returns the literal or the expression, in its normal form.
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
			value, err := m.literal(c, s)
			if err == nil || literal.Moment(c.Type, s) || !m.untyped(c, o.dialect) {
				return value, "", err
			}
			return nil, sql, nil // as it stands: it is of another type there
		}
		if strings.EqualFold(sql, "NULL") {
			return nil, "", fmt.Errorf("default NULL is what a column without default has: leave it out")
		}
		if err := m.checkForm(sql); err != nil {
			return nil, "", fmt.Errorf("default %s: %w", o.value.s, err)
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
	if word := c.Type.Literal() == schema.QuotedLiteral && !c.Nullable; !o.quoted && !word && strings.EqualFold(o.value.s, "NULL") {
		hint := ""
		if c.Type.Literal() == schema.QuotedLiteral {
			hint = ", or write default:'" + o.value.s + "' for the word"
		}
		return nil, "", fmt.Errorf("default NULL is what a column without default has: leave it out%s", hint)
	}
	value, err := m.literal(c, o.value.s)
	if err != nil && o.dialect != "" && m.untyped(c, o.dialect) && !literal.Moment(c.Type, o.value.s) {
		return nil, quoteSQL(o.value.s), nil
	}
	return value, "", err
}

// untyped reports whether the column is of a type on the dialect that takes literals which Type refuses.
func (m *model) untyped(c *column, dialect string) bool {
	return dialect != "" && (c.TypeFor[dialect] != "" || !m.l.capabilities(dialect).EnforcesTypes)
}

// bytesText is how databases write bytes, whose digits are the literal.
var bytesText = regexp.MustCompile(`^(?:[xX]'|'\\x)([0-9a-fA-F]*)'$`)

var plainNumber = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)

var looksLikeSQL = regexp.MustCompile(`(?i)^(\w+\(.*\)|current_(timestamp|date|time|user)|localtime(stamp)?|session_user)$`)

// loneLiteral returns the text of an expression that is a single literal of the type's own form.
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

// literal checks a literal default against the type of the column and of the field, and returns its one form.
func (m *model) literal(c *column, s string) (*string, error) {
	s, err := c.canonical(s)
	if err != nil {
		return nil, err
	}
	if c.enum == nil || !m.l.schemaValues(c) {
		return &s, nil
	}
	given := []string{s}
	if c.Type.Array {
		given, _ = literal.Elements(s)
	}
	values := m.l.constants(c.enum)
	texts := valueTexts(values)
	for _, g := range given {
		if slices.Contains(texts, g) {
			continue
		}
		for _, v := range values {
			if v.name == g {
				return nil, fmt.Errorf("default %s is the name of a constant: write its value, %s", g, v.val)
			}
		}
		return nil, fmt.Errorf("default %s is none of the constants of %s%s", g, c.enum.Name(), didYouMean(g, texts))
	}
	return &s, nil
}

// canonical returns the one form of a literal.
func (c *column) canonical(s string) (string, error) {
	if isInteger(c.Type) {
		return c.integer(s)
	}
	if c.Type.Literal() == schema.BytesLiteral {
		return "", fmt.Errorf("a default of bytes is written as an expression: default:(x'00ff')")
	}
	s, err := literal.Check(c.Type, s)
	if err != nil {
		return "", fmt.Errorf("default %w", err)
	}
	return s, nil
}

// integer checks a whole number against the ranges of the field and of the column.
func (c *column) integer(s string) (string, error) {
	text, n, err := literal.Whole(s)
	if err != nil {
		return "", fmt.Errorf("default %w", err)
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
