package schema

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// lexeme is one token of SQL that anybody may have written: statements, comments and dollar quotes included. Unlike [lex], which refuses what
// must not stand in an expression, scan takes everything.
type lexeme struct {
	kind     tokenKind
	text     string // of tokQuoted without its quotes; of tokString the characters inside
	from, to int    // bytes of the text that it stands in
}

// scan splits SQL into tokens. Comments and white space are left out. The body of a dollar quote is split as well, as it is code as often as
// data. whole is false when a quote or a comment is not closed.
func scan(sql string) (out []lexeme, whole bool) {
	whole = true
	for i := 0; i < len(sql); {
		r, size := utf8.DecodeRuneInString(sql[i:])
		end := i + size
		switch {
		case unicode.IsSpace(r):
		case strings.HasPrefix(sql[i:], "--"):
			end = endOf(sql, i, "\n")
		case strings.HasPrefix(sql[i:], "/*"):
			if end = endOf(sql, i+2, "*/"); !strings.HasSuffix(sql[:end], "*/") {
				whole = false
			}
		case r == '\'', r == '"', r == '`':
			var closed bool
			if end, closed = endOfQuote(sql, i); !closed {
				whole = false
			}
			q := string(r)
			inner := strings.ReplaceAll(strings.TrimSuffix(sql[i+1:end], q), q+q, q)
			kind := tokQuoted
			if r == '\'' {
				kind = tokString
			}
			out = append(out, lexeme{kind, inner, i, end})
		case r == '$' && dollarTag(sql[i:]) != "":
			end = i + len(dollarTag(sql[i:])) // what is inside is split, too
		case r == '_' || unicode.IsLetter(r):
			for end < len(sql) {
				r, size := utf8.DecodeRuneInString(sql[end:])
				if r != '_' && r != '$' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
					break
				}
				end += size
			}
			out = append(out, lexeme{tokIdent, sql[i:end], i, end})
		case r >= '0' && r <= '9':
			end = number(sql, i+1)
			out = append(out, lexeme{tokNumber, sql[i:end], i, end})
		case strings.HasPrefix(sql[i:], "::"):
			end = i + 2
			out = append(out, lexeme{tokOp, "::", i, end})
		default:
			out = append(out, lexeme{tokOp, sql[i:end], i, end})
		}
		i = end
	}
	return out, whole
}

func endOf(sql string, from int, mark string) int {
	if n := strings.Index(sql[min(from, len(sql)):], mark); n >= 0 {
		return from + n + len(mark)
	}
	return len(sql)
}

func endOfQuote(sql string, i int) (end int, closed bool) {
	q := sql[i]
	for j := i + 1; j < len(sql); j++ {
		if sql[j] != q {
			continue
		}
		if j+1 < len(sql) && sql[j+1] == q {
			j++
			continue
		}
		return j + 1, true
	}
	return len(sql), false
}

// dollarTag returns the tag with which a dollar quote begins, "" when none does.
func dollarTag(sql string) string {
	for i := 1; i < len(sql); i++ {
		c := sql[i]
		switch {
		case c == '$':
			return sql[:i+1]
		case c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' && i > 1:
		default:
			return ""
		}
	}
	return ""
}

// is reports whether the token is one of the key words, which are given in capitals.
func (l lexeme) is(words ...string) bool {
	if l.kind != tokIdent {
		return false
	}
	up := strings.ToUpper(l.text)
	return slices.Contains(words, up)
}

// name reports whether the token can be the name of a table or a column.
func (l lexeme) name() bool {
	return l.kind == tokQuoted || l.kind == tokIdent && !keywords[strings.ToUpper(l.text)]
}

// means reports whether the token is that name, as PostgreSQL or SQLite reads it.
func (l lexeme) means(name string) bool { return strings.EqualFold(l.text, name) }
