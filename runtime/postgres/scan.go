package postgres

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// sqlToken is a token of a statement, as far as it is needed to see what its parts are.
type sqlToken struct {
	kind rune   // 'w' word, 'q' quoted name, 's' string, 'e' string with escapes, '$' string in dollar quotes, ':' the sign of a cast, 'n' number, else the character
	text string // without quotes
}

// is reports whether the token is a name.
func (t sqlToken) is(name string) bool {
	return t.kind == 'q' && t.text == name || t.kind == 'w' && strings.EqualFold(t.text, name)
}

func (t sqlToken) word(words ...string) bool {
	return t.kind == 'w' && slices.Contains(words, strings.ToUpper(t.text))
}

func begins(toks []sqlToken, words string) bool {
	for i, w := range strings.Fields(words) {
		if i >= len(toks) || !toks[i].word(w) {
			return false
		}
	}
	return true
}

// scanSQL cuts a statement into tokens (manual 4.1). Strings that follow each other are one, as the server joins them.
func scanSQL(sql string) []sqlToken {
	var toks []sqlToken
	for i := 0; i < len(sql); {
		rest := sql[i:]
		r, end := utf8.DecodeRuneInString(rest)
		switch {
		case unicode.IsSpace(r):
		case strings.HasPrefix(rest, "--"):
			end = untilMark(rest, 2, "\n")
		case strings.HasPrefix(rest, "/*"):
			end = untilMark(rest, 2, "*/")
		case r == '\'' || r == '"':
			kind := map[rune]rune{'\'': 's', '"': 'q'}[r]
			if r == '\'' && escapes(sql[:i]) {
				kind = 'e'
			}
			var text string
			text, end = quotedText(rest, kind == 'e')
			if n := len(toks); kind == 's' && n > 0 && toks[n-1].kind == 's' {
				toks[n-1].text += text
			} else {
				toks = append(toks, sqlToken{kind, text})
			}
		case r == '$' && dollarTag(rest) != "":
			tag := dollarTag(rest)
			end = untilMark(rest, len(tag), tag)
			toks = append(toks, sqlToken{'$', strings.TrimSuffix(rest[len(tag):end], tag)})
		case strings.HasPrefix(rest, "::"):
			end = 2
			toks = append(toks, sqlToken{':', "::"})
		case wordPart(r) && r != '$':
			if end = strings.IndexFunc(rest, func(r rune) bool { return !wordPart(r) }); end < 0 {
				end = len(rest)
			}
			kind := 'w'
			if unicode.IsDigit(r) {
				kind = 'n'
			}
			toks = append(toks, sqlToken{kind, rest[:end]})
		default:
			toks = append(toks, sqlToken{r, rest[:end]})
		}
		i += end
	}
	return toks
}

func wordPart(r rune) bool { return r == '_' || r == '$' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// escapes reports whether a string that begins here is one of the forms E'...' and U&'...', in which characters can be written as codes.
func escapes(before string) bool {
	before, unicoded := strings.CutSuffix(before, "&")
	r, size := utf8.DecodeLastRuneInString(before)
	if unicoded && r != 'u' && r != 'U' || !unicoded && r != 'e' && r != 'E' {
		return false
	}
	r, _ = utf8.DecodeLastRuneInString(before[:len(before)-size])
	return r == utf8.RuneError || !wordPart(r)
}

// quotedText returns the text between the quotes that sql begins with, and where it ends.
func quotedText(sql string, backslashes bool) (text string, end int) {
	q := sql[:1]
	for end = 1; end < len(sql); end++ {
		switch {
		case backslashes && sql[end] == '\\':
			end++
		case sql[end:end+1] != q:
		case strings.HasPrefix(sql[end+1:], q):
			end++
		default:
			return strings.ReplaceAll(sql[1:end], q+q, q), end + 1
		}
	}
	return sql[1:], len(sql)
}

// untilMark returns the end of what ends with a mark.
func untilMark(sql string, from int, mark string) int {
	if n := strings.Index(sql[from:], mark); n >= 0 {
		return from + n + len(mark)
	}
	return len(sql)
}

// dollarTag returns the tag of a dollar quote, "" when it is none.
func dollarTag(sql string) string {
	for i := 1; i < len(sql); i++ {
		switch c := sql[i]; {
		case c == '$':
			return sql[:i+1]
		case c != '_' && !unicode.IsLetter(rune(c)) && (i == 1 || c < '0' || c > '9') && c < utf8.RuneSelf:
			return ""
		}
	}
	return ""
}
