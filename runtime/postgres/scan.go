package postgres

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/modelgen/modelgen/internal/sqllex"
)

// sqlToken is a token of a statement, as far as it is needed to see what its parts are.
type sqlToken struct {
	kind rune   // 'w' word, 'q' quoted name, 's' string, 'e' string with escapes, '$' string in dollar quotes, ':' the sign of a cast, 'n' number, 'p' parameter, else the first character
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

// lexis is how PostgreSQL cuts SQL into tokens (manual 4.1).
var lexis = sqllex.Options{Dollars: true, Prefixes: true, Nested: true, Params: "$"}

// scanSQL cuts a statement into tokens. Strings that follow each other are one, as the server joins them.
func scanSQL(sql string) []sqlToken {
	var toks []sqlToken
	for _, t := range sqllex.Code(sql, lexis) {
		r, _ := utf8.DecodeRuneInString(t.Text)
		k := sqlToken{r, t.Value()}
		switch t.Kind {
		case sqllex.Word:
			k.kind = 'w'
		case sqllex.Quoted:
			k.kind = 'q'
		case sqllex.String, sqllex.Bytes:
			k.kind = 's'
			if t.Prefix() == "e" || t.Prefix() == "u&" {
				k.kind = 'e'
			}
		case sqllex.Dollar:
			k.kind = '$'
		case sqllex.Number:
			k.kind = 'n'
		case sqllex.Param:
			k.kind = 'p'
		}
		if n := len(toks); k.kind == 's' && n > 0 && toks[n-1].kind == 's' {
			toks[n-1].text += k.text
			continue
		}
		toks = append(toks, k)
	}
	return toks
}
