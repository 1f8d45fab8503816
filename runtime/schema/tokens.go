package schema

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// keywords are written in capitals and are never columns.
var keywords = set("AND OR NOT IN IS NULL LIKE ILIKE BETWEEN SYMMETRIC CASE WHEN THEN ELSE END TRUE FALSE SELECT FROM WHERE AS ON EXISTS ANY SOME ALL " +
	"DISTINCT SIMILAR CAST COLLATE GROUP ORDER HAVING LIMIT UNION INTERSECT EXCEPT JOIN LEFT RIGHT INNER OUTER CROSS USING ASC DESC " +
	"CURRENT_TIMESTAMP CURRENT_DATE CURRENT_TIME LOCALTIME LOCALTIMESTAMP CURRENT_USER SESSION_USER ARRAY")

// reserved are words that PostgreSQL or SQLite does not take as the plain name of a column.
var reserved = set("user table column check default primary unique references foreign constraint create to with window fetch for grant into " +
	"only placing returning then trailing leading variadic when analyse analyze both concurrently do freeze initially intersect lateral " +
	"tablesample verbose add alter autoincrement commit delete drop escape index insert set transaction update values natural nothing if end " +
	"asymmetric current_catalog current_role current_schema deferrable offset system_user authorization binary collation full overlaps exists " +
	"isnull notnull symmetric over partition filter escape glob regexp match case")

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

// operators of more than one character, the longest first.
var operators = []string{"!~~*", "->>", "#>>", "!~~", "~~*", "!~*", "<=>", "<->", "<#>", "<+>", "<<->", "<<%", "%>>", "-|-", "@@@", "::", "~~", "@@", "@?", "#-", "<%", "%>", "&<", "&>", "^@", "->", "#>", "||", "<=", ">=", "<>", "!=", "==", "<<", ">>", "@>", "<@", "?|", "?&", "!~", "~*", "&&", ":="}

func lex(s string) ([]token, error) {
	var toks []token
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size <= 1:
			return nil, fmt.Errorf("it is not UTF-8 text")
		case unicode.IsSpace(r):
			i += size
		case r == '\'' || r == '"':
			end, err := quoted(s, i)
			if err != nil {
				return nil, err
			}
			if r == '\'' {
				prefix := ""
				if n := len(toks); n > 0 && toks[n-1].kind == tokIdent && len(toks[n-1].text) == 1 && s[i-1:i] == toks[n-1].text {
					switch prefix = strings.ToLower(toks[n-1].text); prefix {
					case "x", "b":
						toks = toks[:n-1]
					default:
						return nil, fmt.Errorf("strings of the form %s'...' are not supported; write the characters themselves", prefix)
					}
				}
				toks = append(toks, token{tokString, prefix + s[i:end]})
			} else {
				name := strings.ReplaceAll(s[i+1:end-1], `""`, `"`)
				if name == "" {
					return nil, fmt.Errorf(`"" is no name`)
				}
				toks = append(toks, token{tokQuoted, name})
			}
			i = end
		case r >= '0' && r <= '9' || r == '.' && i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '9' && !afterName(toks):
			end := number(s, i)
			toks = append(toks, token{tokNumber, s[i:end]})
			i = end
		case r == '_' || unicode.IsLetter(r):
			end := i
			for end < len(s) {
				r, size := utf8.DecodeRuneInString(s[end:])
				if r != '_' && r != '$' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
					break
				}
				end += size
			}
			toks = append(toks, token{tokIdent, s[i:end]})
			i = end
		default:
			op, err := operator(s[i:])
			if err != nil {
				return nil, err
			}
			if op == "." && !afterName(toks) {
				return nil, fmt.Errorf("a dot stands where there is no name before it")
			}
			toks = append(toks, token{tokOp, op})
			i += len(op)
		}
	}
	return toks, nil
}

func afterName(toks []token) bool {
	return len(toks) > 0 && (toks[len(toks)-1].kind == tokIdent || toks[len(toks)-1].kind == tokQuoted)
}

func quoted(s string, i int) (int, error) {
	q := s[i]
	for j := i + 1; j < len(s); j++ {
		if s[j] == 0 {
			return 0, fmt.Errorf("it holds a zero byte")
		}
		if s[j] != q {
			continue
		}
		if j+1 < len(s) && s[j+1] == q {
			j++
			continue
		}
		return j + 1, nil
	}
	return 0, fmt.Errorf("the quote %c is not closed", q)
}

func number(s string, i int) int {
	for i < len(s) {
		c := s[i]
		exp := (c == '+' || c == '-') && (s[i-1] == 'e' || s[i-1] == 'E')
		if !(c >= '0' && c <= '9' || c == '.' || c == 'e' || c == 'E' || c == 'x' || c == 'X' || exp) {
			break
		}
		i++
	}
	return i
}

func operator(s string) (string, error) {
	switch {
	case s[0] == ';':
		return "", fmt.Errorf("a semicolon is not allowed in an expression")
	case strings.HasPrefix(s, "--"), strings.HasPrefix(s, "/*"):
		return "", fmt.Errorf("a comment is not allowed in an expression")
	case s[0] == '$', s[0] == '`', s[0] == '\\', s[0] == 0, s[0] == '{', s[0] == '}':
		return "", fmt.Errorf("%q is not allowed in an expression", s[:1])
	}
	for _, op := range operators {
		if strings.HasPrefix(s, op) {
			return op, nil
		}
	}
	_, size := utf8.DecodeRuneInString(s)
	return s[:size], nil
}

// render writes tokens with one spacing.
func render(toks []token) string {
	var b strings.Builder
	for i, t := range toks {
		if i > 0 && spaced(toks, i) {
			b.WriteByte(' ')
		}
		switch {
		case t.kind == tokIdent && keywords[strings.ToUpper(t.text)]:
			b.WriteString(strings.ToUpper(t.text))
		case t.kind == tokIdent:
			b.WriteString(foldASCII(t.text))
		case t.kind == tokQuoted && plainIdent(t.text):
			b.WriteString(t.text) // the same name with and without quotes
		case t.kind == tokQuoted:
			b.WriteString(`"` + strings.ReplaceAll(t.text, `"`, `""`) + `"`)
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
			return prev.kind == tokOp && prev.text != "(" && !unary(toks, i-1) || prev.kind == tokIdent && keywords[strings.ToUpper(prev.text)] && !callWord(prev)
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
	return p.kind == tokOp && p.text != ")" && p.text != "]" || p.kind == tokIdent && keywords[strings.ToUpper(p.text)] && !isWord(p, "END", "NULL", "TRUE", "FALSE")
}
