package sqlite

import (
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// declaredAs returns the type of a column that the database has, in capitals. Where the model has no type for SQLite of its own, it is that of the
// model when it says the same: VARCHAR(20) and TEXT, BIGINT and INTEGER, the numeric that gorm makes of a bool. Of the key alone the word
// counts, as INTEGER makes it the rowid.
func declaredAs(s *schema.Schema, t *schema.Table, c column, own tableText) string {
	declared := strings.ToUpper(strings.Join(strings.Fields(strings.TrimSuffix(c.declared, "GENERATED ALWAYS")), " "))
	i := -1
	for j := range t.Columns {
		if strings.EqualFold(t.Columns[j].Name, c.name) {
			i = j
		}
	}
	if i < 0 || t.Columns[i].TypeFor[name] != "" && declared != "" {
		return declared
	}
	want, err := ddl{s: s, t: t}.declared(t.Columns[i])
	if err == nil && declared == "" {
		return strings.ToUpper(want) // a column without a type takes what a model says
	}
	if err != nil || len(own.key) == 1 && c.pk > 0 && want == "INTEGER" && !own.withoutRowid {
		return declared
	}
	if sameDeclared(want, declared) {
		return want
	}
	return declared
}

// sameDeclared reports whether a column of the declared type has holds what one of the type want, one of ours, does, and is read alike.
func sameDeclared(want, has string) bool {
	if affinityOf(want) != affinityOf(has) {
		return false
	}
	word, _, _ := strings.Cut(has, "(")
	switch word = strings.TrimSpace(word); want {
	case "BOOLEAN":
		return word == "BOOLEAN" || word == "BOOL" || word == "NUMERIC"
	case "DATE": // the words by which drivers know what to make times of
		return word == "DATE"
	case "DATETIME":
		return word == "DATETIME" || strings.HasPrefix(word, "TIMESTAMP")
	case "NUMERIC":
		return word == "NUMERIC" || word == "DECIMAL" || word == "NUMBER"
	}
	return true
}

// defaultText returns the default of a column in normal form, "" for none. Literals are as the column keeps them: '0' of an INTEGER is 0, and so is
// FALSE; a name is a text, as in DEFAULT "user".
func defaultText(def, declared string) string {
	toks := defaultTokens(def)
	sign := ""
	number := toks
	if len(toks) == 2 && (toks[0].text == "-" || toks[0].text == "+") {
		sign, number = strings.TrimPrefix(toks[0].text, "+"), toks[1:]
	}
	if len(number) != 1 {
		return normal(toks)
	}
	k := number[0]
	affinity := affinityOf(declared)
	switch {
	case k.is("NULL"):
		return ""
	case k.is("TRUE", "FALSE"):
		k = token{kind: numberToken, text: map[bool]string{true: "1", false: "0"}[k.is("TRUE")]}
	case k.kind == stringToken && sign == "" && affinity != "TEXT" && affinity != "BLOB":
		if s := strings.TrimSpace(unquoted(k.text)); plainNumber.MatchString(s) {
			sign, k = "", token{kind: numberToken, text: s}
		}
	}
	if k.kind != numberToken {
		return normal(toks)
	}
	n := numberText(sign + k.text)
	switch {
	case affinity == "TEXT":
		return text(n)
	case strings.HasPrefix(declared, "BOOL") && (n == "0" || n == "1"):
		return map[string]string{"0": "false", "1": "true"}[n]
	}
	return n
}

// defaultTokens returns the tokens of a default without the brackets around it, and a lone name as the text that it is to SQLite.
func defaultTokens(def string) []token {
	toks := inner(scan(def))
	if len(toks) == 1 && (toks[0].kind == quotedToken || toks[0].kind == wordToken && !toks[0].is("NULL", "TRUE", "FALSE", "CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME")) {
		toks[0].kind, toks[0].text = stringToken, text(toks[0].text)
	}
	return texts(def, toks, "", nil)
}

// nameOf returns the name of an index or a constraint as a model can have it: SQLite takes longer ones, and gorm makes such of 64 bytes.
func nameOf(name string) string {
	if len(name) <= schema.MaxName {
		return name
	}
	return strings.ToValidUTF8(name[:schema.MaxName], "")
}

// unquoted returns the characters of a 'text'.
func unquoted(s string) string {
	s = strings.TrimSuffix(strings.TrimPrefix(s, "'"), "'")
	return strings.ReplaceAll(s, "''", "'")
}

// numberText writes a number in one way: 1.50 and 1.5, 1.0 and 1 are the same to a column of a numeric affinity.
func numberText(s string) string {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return strconv.FormatInt(n, 10)
	}
	if strings.HasPrefix(strings.ToLower(strings.TrimLeft(s, "+-")), "0x") {
		if n, err := strconv.ParseInt(s, 0, 64); err == nil {
			return strconv.FormatInt(n, 10)
		}
		return s
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return s
	}
	if f == float64(int64(f)) && f < 1e15 && f > -1e15 {
		return strconv.FormatInt(int64(f), 10)
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}
