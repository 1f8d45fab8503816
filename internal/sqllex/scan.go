package sqllex

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Scan cuts SQL into tokens, white space and comments included: their texts together are the SQL.
func Scan(sql string, o Options) []Token {
	toks := make([]Token, 0, len(sql)/3+2)
	for t := range Each(sql, o) {
		toks = append(toks, t)
	}
	return toks
}

// Each is Scan one by one, for who keeps none of them.
func Each(sql string, o Options) iter.Seq[Token] {
	return func(yield func(Token) bool) {
		var prev Token // the one before, without white space and comments
		for i := 0; i < len(sql); {
			t := next(sql[i:], o, prev, i)
			t.From, t.To = i, i+len(t.Text)
			if !yield(t) {
				return
			}
			if t.Kind != Space && t.Kind != Comment {
				prev = t
			}
			i = t.To
		}
	}
}

// Code is Scan without white space and comments.
func Code(sql string, o Options) []Token {
	toks := Scan(sql, o)
	code := toks[:0]
	for _, t := range toks {
		if t.Kind != Space && t.Kind != Comment {
			code = append(code, t)
		}
	}
	return code
}

// Words returns the words of a text wherever they stand: in strings, quoted names and comments too, which may be code elsewhere. What begins with a digit is
// one as well; one with a $ in it is followed by its parts, as $ may be a quote of a string.
func Words(text string) []Token {
	var all []Token
	for i := 0; i < len(text); {
		if n := wordEnd(text[i:]); n > 0 {
			all = append(all, Token{Kind: Word, Text: text[i : i+n], From: i, To: i + n})
			if word := text[i : i+n]; strings.Contains(word, "$") {
				for from := i; from <= i+n; {
					part, _, _ := strings.Cut(text[from:i+n], "$")
					if part != "" {
						all = append(all, Token{Kind: Word, Text: part, From: from, To: from + len(part)})
					}
					from += len(part) + 1
				}
			}
			i += n
			continue
		}
		_, size := utf8.DecodeRuneInString(text[i:])
		i += size
	}
	return all
}

// next returns the token that sql begins with, which stands at a place of the whole.
func next(sql string, o Options, prev Token, at int) Token {
	r, size := utf8.DecodeRuneInString(sql)
	digit := func(i int) bool { return i < len(sql) && sql[i] >= '0' && sql[i] <= '9' }
	switch {
	case unicode.IsSpace(r):
		end := strings.IndexFunc(sql, func(r rune) bool { return !unicode.IsSpace(r) })
		if end < 0 {
			end = len(sql)
		}
		return Token{Kind: Space, Text: sql[:end]}
	case strings.HasPrefix(sql, "--"):
		end, _ := until(sql, 2, "\n")
		return Token{Kind: Comment, Text: sql[:end]}
	case strings.HasPrefix(sql, "/*"):
		end, closed := comment(sql, o.Nested)
		return Token{Kind: Comment, Text: sql[:end], Open: !closed}
	case r == '\'':
		return quoted(String, sql, 0, false)
	case r == '"', r == '`' && o.Backticks:
		return quoted(Quoted, sql, 0, false)
	case r == '[' && o.Brackets && strings.IndexByte(sql, ']') > 1 && (prev.Text == "" || prev.To < at || prev.Kind == Operator):
		return Token{Kind: Quoted, Text: sql[:strings.IndexByte(sql, ']')+1]}
	case r == '$' && o.Dollars && dollarTag(sql) != "":
		tag := dollarTag(sql)
		end, closed := until(sql, len(tag), tag)
		return Token{Kind: Dollar, Text: sql[:end], Open: !closed}
	case strings.ContainsRune(o.Params, r) && digit(size):
		return Token{Kind: Param, Text: sql[:size+digits(sql[size:], decimal)]}
	case digit(0), r == '.' && digit(1) && prev.Kind != Word && prev.Kind != Quoted:
		return Token{Kind: Number, Text: sql[:number(sql)]}
	case wordPart(r) && r != '$':
		if t, ok := prefixed(sql, o); ok {
			return t
		}
		return Token{Kind: Word, Text: sql[:wordEnd(sql)]}
	}
	for _, op := range operators {
		if strings.HasPrefix(sql, op) {
			return Token{Kind: Operator, Text: op}
		}
	}
	return Token{Kind: Operator, Text: sql[:size]}
}

// operators of more than one character, the longest first.
var operators = []string{
	"!~~*", "<<->", "->>", "#>>", "!~~", "~~*", "!~*", "<=>", "<->", "<#>", "<+>", "<<%", "%>>", "-|-",
	"@@@", "::", "~~", "@@", "@?", "#-", "<%", "%>", "&<", "&>", "^@", "->", "#>", "||", "<=", ">=", "<>", "!=", "==", "<<", ">>", "@>", "<@", "?|", "?&", "!~", "~*", "&&", ":=",
}

// prefixed returns the string or name that sql begins with when that has letters before its quote.
func prefixed(sql string, o Options) (Token, bool) {
	two := strings.ToLower(sql[:min(2, len(sql))])
	switch {
	case two == "x'":
		return quoted(Bytes, sql, 1, false), true
	case !o.Prefixes:
	case two == "e'":
		return quoted(String, sql, 1, true), true
	case two == "n'":
		return quoted(String, sql, 1, false), true
	case two == "b'":
		return quoted(Bytes, sql, 1, false), true
	case two == "u&" && len(sql) > 2 && sql[2] == '\'':
		return quoted(String, sql, 2, false), true
	case two == "u&" && len(sql) > 2 && sql[2] == '"':
		return quoted(Quoted, sql, 2, false), true
	}
	return Token{}, false
}

// quoted returns what begins with a quote behind a prefix of n bytes. A doubled quote does not end it, nor one behind a backslash where that is an escape.
func quoted(kind Kind, sql string, n int, backslashes bool) Token {
	q := sql[n]
	for i := n + 1; i < len(sql); i++ {
		switch {
		case backslashes && sql[i] == '\\':
			i++
		case sql[i] != q:
		case i+1 < len(sql) && sql[i+1] == q:
			i++
		default:
			return Token{Kind: kind, Text: sql[:i+1]}
		}
	}
	return Token{Kind: kind, Text: sql, Open: true}
}

func comment(sql string, nested bool) (end int, closed bool) {
	if nested {
		depth := 0
		for i := 0; i+1 < len(sql); i++ {
			switch sql[i : i+2] {
			case "/*":
				depth++
				i++
			case "*/":
				i++
				if depth--; depth == 0 {
					return i + 1, true
				}
			}
		}
	}
	return until(sql, 2, "*/")
}

// until returns the end of what ends with a mark.
func until(sql string, from int, mark string) (end int, closed bool) {
	if n := strings.Index(sql[from:], mark); n >= 0 {
		return from + n + len(mark), true
	}
	return len(sql), false
}

// dollarTag returns the tag of the dollar quote that sql begins with, "" when that is none.
func dollarTag(sql string) string {
	for i, r := range sql {
		switch {
		case i == 0:
		case r == '$':
			return sql[:i+1]
		case !wordPart(r) || i == 1 && unicode.IsDigit(r):
			return ""
		}
	}
	return ""
}

// wordPart reports whether a rune can stand in a word. PostgreSQL and SQLite take everything that is not ASCII.
func wordPart(r rune) bool {
	return r == '_' || r == '$' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r >= utf8.RuneSelf && !unicode.IsSpace(r)
}

func wordEnd(sql string) int {
	if end := strings.IndexFunc(sql, func(r rune) bool { return !wordPart(r) }); end >= 0 {
		return end
	}
	return len(sql)
}

const (
	decimal = "0123456789"
	hex     = decimal + "abcdefABCDEF"
)

// digits returns how many there are, with underscores between them.
func digits(s, of string) int {
	n := len(s) - len(strings.TrimLeft(s, of+"_"))
	return len(strings.TrimRight(s[:n], "_"))
}

func number(s string) int {
	if len(s) > 2 && s[0] == '0' {
		for letter, of := range map[string]string{"x": hex, "o": "01234567", "b": "01"} {
			if strings.EqualFold(s[1:2], letter) {
				if n := digits(s[2:], of); n > 0 {
					return 2 + n
				}
			}
		}
	}
	n := digits(s, decimal)
	if n < len(s) && s[n] == '.' && !strings.HasPrefix(s[n:], "..") {
		n++
		n += digits(s[n:], decimal)
	}
	if n < len(s) && (s[n] == 'e' || s[n] == 'E') {
		sign := n + 1
		if sign < len(s) && (s[sign] == '+' || s[sign] == '-') {
			sign++
		}
		if d := digits(s[sign:], decimal); d > 0 {
			n = sign + d
		}
	}
	return n
}
