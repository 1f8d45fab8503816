package schema

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/modelgen/modelgen/internal/sqllex"
)

// keywords are written in capitals and are never columns.
var keywords = sqllex.Set("AND OR NOT IN IS NULL LIKE ILIKE BETWEEN SYMMETRIC CASE WHEN THEN ELSE END TRUE FALSE SELECT FROM WHERE AS ON EXISTS ANY SOME ALL " +
	"DISTINCT SIMILAR CAST COLLATE GROUP ORDER HAVING LIMIT UNION INTERSECT EXCEPT JOIN LEFT RIGHT INNER OUTER CROSS USING ASC DESC " +
	"CURRENT_TIMESTAMP CURRENT_DATE CURRENT_TIME LOCALTIME LOCALTIMESTAMP CURRENT_USER SESSION_USER ARRAY")

// reserved are words that PostgreSQL or SQLite does not take as the plain name of a column.
var reserved = sqllex.Set("user table column check default primary unique references foreign constraint create to with window fetch for grant into " +
	"only placing returning then trailing leading variadic when analyse analyze both concurrently do freeze initially intersect lateral " +
	"tablesample verbose add alter autoincrement commit delete drop escape index insert set transaction update values natural nothing if end " +
	"asymmetric current_catalog current_role current_schema deferrable offset system_user authorization binary collation full overlaps exists " +
	"isnull notnull symmetric over partition filter escape glob regexp match case")

// lex cuts an expression into tokens. It returns an error for what must not stand in one.
func lex(s string) ([]token, error) {
	toks := make([]token, 0, len(s)/4+2)
	var prev sqllex.Token
	for t := range sqllex.Each(s, sqllex.Options{Prefixes: true}) {
		tok := token{text: t.Text}
		switch t.Kind {
		case sqllex.Space:
			prev = t
			continue
		case sqllex.Comment:
			return nil, fmt.Errorf("a comment is not allowed in an expression")
		case sqllex.String, sqllex.Bytes, sqllex.Quoted:
			text, err := quoted(t, prev)
			if err != nil {
				return nil, err
			}
			if tok = (token{tokQuoted, text}); t.Kind != sqllex.Quoted {
				tok.kind = tokString
			}
		default:
			if !utf8.ValidString(t.Text) {
				return nil, fmt.Errorf("it is not UTF-8 text")
			}
			switch t.Kind {
			case sqllex.Word:
				tok.kind = tokIdent
			case sqllex.Number:
				tok.kind = tokNumber
			default:
				tok.kind = tokOp
				if err := allowed(t.Text); err != nil {
					return nil, err
				}
				if t.Text == "." && !afterName(toks) {
					return nil, fmt.Errorf("a dot stands where there is no name before it")
				}
			}
		}
		toks = append(toks, tok)
		prev = t
	}
	return toks, nil
}

func afterName(toks []token) bool {
	return len(toks) > 0 && (toks[len(toks)-1].kind == tokIdent || toks[len(toks)-1].kind == tokQuoted)
}

// quoted returns a string as it is kept, or the name in quotes. A letter right before a string is a form of literal, also one that no database has.
func quoted(t, prev sqllex.Token) (string, error) {
	prefix := t.Prefix()
	if prev.Kind == sqllex.Word && len(prev.Text) == 1 && t.Kind == sqllex.String {
		prefix = strings.ToLower(prev.Text)
	}
	switch {
	case strings.Contains(t.Text, "\x00"):
		return "", fmt.Errorf("it holds a zero byte")
	case t.Open:
		return "", fmt.Errorf("the quote %c is not closed", t.Text[len(t.Prefix())])
	case t.Kind == sqllex.Bytes:
		return prefix + t.Text[1:], nil
	case t.Kind == sqllex.Quoted && prefix != "":
		return "", fmt.Errorf(`names of the form %s"..." are not supported; write the characters themselves`, prefix)
	case prefix != "":
		return "", fmt.Errorf("strings of the form %s'...' are not supported; write the characters themselves", prefix)
	case t.Kind == sqllex.Quoted && t.Value() == "":
		return "", fmt.Errorf(`"" is no name`)
	case t.Kind == sqllex.Quoted:
		return t.Value(), nil
	}
	return t.Text, nil
}

// allowed returns an error for an operator that could end a statement, or hide a part of it.
func allowed(op string) error {
	switch op[0] {
	case ';':
		return fmt.Errorf("a semicolon is not allowed in an expression")
	case '$', '`', '\\', 0, '{', '}':
		return fmt.Errorf("%q is not allowed in an expression", op[:1])
	}
	return nil
}

// render writes tokens with one spacing.
func render(toks []token) string {
	var b strings.Builder
	for i, t := range toks {
		if i > 0 && spaced(toks, i) {
			b.WriteByte(' ')
		}
		switch {
		case t.kind == tokIdent && keywords.Has(strings.ToUpper(t.text)):
			b.WriteString(strings.ToUpper(t.text))
		case t.kind == tokIdent:
			b.WriteString(foldASCII(t.text))
		case t.kind == tokQuoted && plainIdent(t.text):
			b.WriteString(t.text) // the same name with and without quotes
		case t.kind == tokQuoted:
			b.WriteString(sqllex.QuoteName(t.text))
		case t == token{tokOp, "!="}:
			b.WriteString("<>")
		case t == token{tokOp, "=="}:
			b.WriteString("=")
		default:
			b.WriteString(t.text)
		}
	}
	return b.String()
}

// spaced reports whether white space stands before token i.
func spaced(toks []token, i int) bool {
	prev, t := toks[i-1], toks[i]
	if t.kind == tokOp {
		switch t.text {
		case ",", ")", "]", ".":
			return false
		case "::":
			return prev.kind == tokOp && prev.text != ")" && prev.text != "]"
		case "(":
			return prev.kind == tokOp && prev.text != "(" && !unary(toks, i-1) || prev.kind == tokIdent && keywords.Has(strings.ToUpper(prev.text)) && !callWord(prev)
		case "[":
			return false
		}
	}
	if prev.kind == tokOp {
		switch prev.text {
		case "(", "[", ".", "::":
			return false
		case ",":
			return true
		}
		return !unary(toks, i-1) || t.kind == tokOp && t.text != "(" // two signs in a row must not become a comment
	}
	return true
}

// callWord reports whether the key word is written like a function.
func callWord(t token) bool {
	return isWord(t, "CAST", "ARRAY", "LEFT", "RIGHT", "ANY", "ALL", "SOME")
}

// unary reports whether the operator at i is a sign.
func unary(toks []token, i int) bool {
	if t := toks[i].text; t != "-" && t != "+" && t != "~" {
		return false
	}
	if i == 0 {
		return true
	}
	p := toks[i-1]
	return p.kind == tokOp && p.text != ")" && p.text != "]" || p.kind == tokIdent && keywords.Has(strings.ToUpper(p.text)) && !isWord(p, "END", "NULL", "TRUE", "FALSE")
}
