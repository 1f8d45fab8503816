package sqlite

import (
	"strings"
	"unicode"

	"github.com/modelgen/modelgen/internal/sqllex"
)

// tokenKind is the kind of a token.
type tokenKind uint8

const (
	noToken     tokenKind = iota
	wordToken             // name or key word without quotes
	quotedToken           // "name", `name`, [name]
	stringToken           // 'text'
	blobToken             // x'00ff'
	numberToken
	opToken
)

// token is one word of SQL. Its text is as written, but of quotedToken the name itself.
type token struct {
	kind    tokenKind
	text    string
	at, end int // where it stands in the source
}

// is reports whether the token is one of the key words, which are given in capitals.
func (t token) is(words ...string) bool {
	if t.kind != wordToken {
		return false
	}
	for _, w := range words {
		if strings.EqualFold(t.text, w) {
			return true
		}
	}
	return false
}

// named returns the name that a token is where a name stands: in single quotes, too, which SQLite takes there.
func (t token) named() string {
	if t.kind == stringToken {
		return unquoted(t.text)
	}
	return t.text
}

// lexis is how SQLite cuts SQL into tokens.
var lexis = sqllex.Options{Backticks: true, Brackets: true, Params: "?"}

// scan cuts SQL into tokens; white space and comments are left out. It takes what SQLite takes and never fails: this is for SQL that
// was accepted already, or that schema.NormalizeExpr has looked at.
func scan(sql string) []token {
	var toks []token
	for _, t := range sqllex.Code(sql, lexis) {
		k := token{opToken, t.Text, t.From, t.To}
		switch t.Kind {
		case sqllex.Word:
			k.kind = wordToken
		case sqllex.Quoted:
			k.kind, k.text = quotedToken, t.Value()
		case sqllex.String:
			k.kind = stringToken
		case sqllex.Bytes:
			k.kind = blobToken
		case sqllex.Number:
			k.kind = numberToken
		}
		toks = append(toks, k)
	}
	return toks
}

func inWord(r rune) bool {
	return r == '_' || r == '$' || r >= 0x80 || unicode.IsLetter(r) || unicode.IsDigit(r)
}

// tight are words before which no bracket is taken for that of a call, when SQL is written in its normal form.
var tight = sqllex.Set("in and or not between like glob when then else case is as values end null where select from on exists check")

// normal writes tokens in one way only: names in lower case and without quotes where possible, one spacing, no outer brackets.
// Two texts of which one was written by ALTER TABLE become equal so.
func normal(toks []token) string {
	toks = inner(toks)
	var b strings.Builder
	var prev token
	glued := true
	for i, t := range toks {
		text := t.text
		switch {
		case t.kind == wordToken || t.kind == quotedToken:
			text = normalName(t.text)
		case t.kind == blobToken:
			text = strings.ToLower(text)
		case t.kind == opToken && text == "==":
			text = "="
		case t.kind == opToken && text == "!=":
			text = "<>"
		}
		name := prev.kind == wordToken || prev.kind == quotedToken
		switch {
		case i == 0, t.kind == opToken && (text == "," || text == ")" || text == "."), prev.kind == opToken && (prev.text == "(" || prev.text == "."):
			glued = true
		case t.kind == opToken && text == "(" && name && !tight.Has(strings.ToLower(prev.text)):
			glued = true
		}
		if !glued {
			b.WriteByte(' ')
		}
		b.WriteString(text)
		glued = t.kind == opToken && (text == "-" || text == "+" || text == "~") && !binary(toks, i)
		prev = t
	}
	return b.String()
}

func normalName(name string) string {
	low := strings.ToLower(name)
	if name == "" || strings.TrimLeftFunc(name, inWord) != "" {
		return quote(low)
	}
	return low
}

// group returns the place behind the bracket that closes the one at i.
func group(toks []token, i int) int {
	depth := 0
	for j := i; j < len(toks); j++ {
		if toks[j].kind == opToken && toks[j].text == "(" {
			depth++
		} else if toks[j].kind == opToken && toks[j].text == ")" {
			if depth--; depth == 0 {
				return j + 1
			}
		}
	}
	return len(toks)
}

// items cuts tokens at their top-level commas.
func items(toks []token) [][]token {
	var out [][]token
	depth, from := 0, 0
	for i, t := range toks {
		if t.kind != opToken {
			continue
		}
		switch t.text {
		case "(":
			depth++
		case ")":
			depth--
		case ",":
			if depth == 0 {
				out = append(out, toks[from:i])
				from = i + 1
			}
		}
	}
	if from < len(toks) {
		out = append(out, toks[from:])
	}
	return out
}
