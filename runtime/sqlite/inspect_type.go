package sqlite

import (
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/modelgen/modelgen/internal/lazyregexp"
	"github.com/modelgen/modelgen/runtime/schema"
)

// typed returns a column with the type that says what its declared one does. A word that none of our types is written with goes into TypeFor, beside
// the type of the Go value that fits what SQLite keeps: a model says type.sqlite:VARCHAR(20) on a string.
func typed(c column) schema.Column {
	declared := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(c.declared), "GENERATED ALWAYS"))
	up := strings.ToUpper(declared)
	word, _, _ := strings.Cut(up, "(")
	word = strings.TrimSpace(word)
	kind := func(k schema.Kind, ours string) schema.Column {
		out := schema.Column{Type: schema.Type{Kind: k}}
		if up != ours && nameable(declared) {
			out.TypeFor = map[string]string{name: declared}
		}
		return out
	}
	switch {
	case word == "BOOLEAN" || word == "BOOL":
		return kind(schema.KindBoolean, "BOOLEAN")
	case word == "DATE":
		return kind(schema.KindDate, "DATE")
	case word == "DATETIME" || strings.HasPrefix(word, "TIMESTAMP"):
		return kind(schema.KindTimestampTZ, "DATETIME")
	}
	switch affinityOf(up) {
	case "INTEGER":
		return kind(schema.KindBigInt, "INTEGER")
	case "TEXT":
		return kind(schema.KindText, "TEXT")
	case "REAL":
		return kind(schema.KindDouble, "REAL")
	case "BLOB":
		return kind(schema.KindBytes, "BLOB")
	}
	if word == "NUMERIC" || word == "DECIMAL" || word == "NUMBER" {
		if def := defaultTokens(c.def.String); len(def) == 1 && def[0].is("TRUE", "FALSE") { // gorm's word for bool
			return kind(schema.KindBoolean, "BOOLEAN")
		}
		out := kind(schema.KindNumeric, "NUMERIC")
		if t, err := schema.ParseType(declared); err == nil && t.Kind == schema.KindNumeric {
			out.Type = t
		}
		return out
	}
	return kind(schema.KindText, "TEXT") // UUID, JSON, TIME: numbers that look like it become numbers, which a string takes
}

// nameable reports whether a tag can hold the type.
func nameable(declared string) bool {
	return typeText.MatchString(declared) && !slices.ContainsFunc(scan(declared), func(k token) bool { return k.is(columnWords...) }) &&
		!schema.Serial(schema.Column{TypeFor: map[string]string{name: declared}}.TypeOn(name))
}

// says reports whether the column has the declared type, in its own words or as ours are written.
func says(c schema.Column, declared string) bool {
	if c.TypeFor[name] != "" {
		return true
	}
	ours, err := ddl{t: &schema.Table{}}.declared(c)
	return err == nil && strings.EqualFold(ours, strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(declared), "GENERATED ALWAYS")))
}

// setDefault describes the default: a literal of the type, an expression, or SQL for SQLite alone that says the same to the database.
func (x *inspector) setDefault(t *inspected, c column, out *schema.Column) {
	if !c.def.Valid {
		return
	}
	declared := strings.ToUpper(strings.Join(strings.Fields(c.declared), " "))
	want := defaultText(c.def.String, declared)
	if want == "" || out.Generated != "" {
		return
	}
	same := func(sql string, err error) bool { return err == nil && defaultText(sql, declared) == want }
	d := ddl{t: t.t}
	try := *out
	if v, ok := literalOf(*out, want); ok {
		try.Default = &v
		if sql, _, err := d.defaultOf(try, declared); same(sql, err) {
			out.Default = &v
			return
		}
		try.Default = nil
	}
	toks := defaultTokens(c.def.String)
	text := len(toks) == 1 && toks[0].kind == stringToken && out.Type.Kind != schema.KindText // which no model takes for a time or a number
	if expr, err := schema.NormalizeExpr(written(toks)); err == nil && !text {
		try.DefaultExpr = expr
		if sql, _, err := d.defaultOf(try, declared); same(sql, err) {
			out.DefaultExpr = expr
			return
		}
		try.DefaultExpr = ""
	}
	try.DefaultFor = map[string]string{name: written(toks)}
	if sql, _, err := d.defaultOf(try, declared); same(sql, err) {
		out.DefaultFor = try.DefaultFor
		return
	}
	x.lost("column "+t.name+"."+c.name+": default", c.def.String, "the expression is in a form that models cannot say; it stays until a rebuild, which would lose it")
}

// literalOf returns the literal of the type of c that the default is, in the form of [schema.Column]; normal is the default in normal form.
func literalOf(c schema.Column, normal string) (string, bool) {
	toks := scan(normal)
	if len(toks) == 2 && toks[0].text == "-" && toks[1].kind == numberToken && c.Type.Literal() == schema.NumberLiteral {
		return normal, plainNumber.MatchString(normal)
	}
	if len(toks) != 1 {
		return "", false
	}
	switch k := toks[0]; c.Type.Literal() {
	case schema.NumberLiteral:
		return normal, k.kind == numberToken && plainNumber.MatchString(normal)
	case schema.BoolLiteral:
		switch normal {
		case "0", "false":
			return "false", true
		case "1", "true":
			return "true", true
		}
	case schema.BytesLiteral:
		if k.kind == blobToken {
			digits := strings.ToLower(k.text[2 : len(k.text)-1])
			_, err := hex.DecodeString(digits)
			return digits, err == nil
		}
	default:
		v := unquoted(k.text)
		return v, k.kind == stringToken && (c.Type.Kind == schema.KindText || c.Type.Kind == schema.KindDate && isDate(v) || c.Type.Kind == schema.KindTimestampTZ && isTime(v))
	}
	return "", false
}

var zoned = lazyregexp.New(` ?(Z|[+-]\d\d(:?\d\d)?)$`)

// isDate and isTime report whether a text is in the form in which models have a time.
func isDate(v string) bool {
	_, err := time.Parse(time.DateOnly, v)
	return err == nil
}

func isTime(v string) bool {
	if isDate(v) {
		return true
	}
	if len(v) > len(time.DateOnly) {
		v = zoned.ReplaceAllString(v, "")
	}
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04"} { // with or without a fraction
		if _, err := time.Parse(layout, v); err == nil {
			return true
		}
	}
	return false
}
