package schema

import (
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
)

// SameSQL reports whether two statements or parts of statements say the same, as far as their tokens show: layout, comments, the case of what is not in
// quotes, spellings of one type and quotes of a string count for nothing. A body in a string is the same when it is but for the ends of its lines and the blank
// space around it.
func SameSQL(a, b string) bool {
	return a == b || slices.Equal(plainTokens(a), plainTokens(b))
}

// plainTokens returns the tokens of SQL in one spelling.
func plainTokens(sql string) []string {
	var all []string
	put := func(text string) { all = append(all, text) }
	toks := sqllex.Code(sql, sqllex.Any)
	for i := 0; i < len(toks); i++ {
		t := toks[i]
		switch t.Kind {
		case sqllex.Word:
			word := foldASCII(t.Text)
			if n, name := sqllex.TypeWords(toks[i:]); n > 0 {
				word = name
				i += n - 1
			}
			word = sqllex.TypeName(word)
			if word == "procedure" && i > 0 && toks[i-1].Is("EXECUTE") {
				word = "function"
			}
			put(word)
		case sqllex.Quoted:
			if name := t.Value(); t.Prefix() == "" && name == foldASCII(name) && plainWord(name) && !keywords.Has(strings.ToUpper(name)) && !reserved.Has(name) {
				put(name)
			} else {
				put(`"` + name + `"`)
			}
		case sqllex.String, sqllex.Dollar:
			body := strings.TrimSpace(strings.ReplaceAll(t.Value(), "\r\n", "\n"))
			if t.Kind == sqllex.String && !strings.Contains(body, "\n") {
				body = t.Value()
			}
			if p := t.Prefix(); t.Kind == sqllex.String && p != "" && (p != "e" || strings.Contains(body, `\`)) {
				body = p + body
			}
			put("'" + body + "'")
		default:
			put(t.Text)
		}
	}
	for len(all) > 0 && all[len(all)-1] == ";" {
		all = all[:len(all)-1]
	}
	return all
}

// plainWord reports whether a name needs no quotes.
func plainWord(name string) bool {
	toks := sqllex.Scan(name, sqllex.Any)
	return len(toks) == 1 && toks[0].Kind == sqllex.Word && (name[0] < '0' || name[0] > '9')
}

// sqlWord is a name in SQL, of one or more parts.
type sqlWord struct {
	parts []sqllex.Token
	from  int  // token that it begins at
	to    int  // the one behind it
	soft  bool // it stands in a string that is code: nobody looks at it before it runs
}

func (w sqlWord) last() string { return w.parts[len(w.parts)-1].Value() }

// codeTokens returns the tokens of a statement, those of bodies that are strings in the place of these; soft has those.
func codeTokens(sql string, routine bool) (toks []sqllex.Token, soft []bool) {
	var add func(sql string, at int, inside bool)
	add = func(sql string, at int, inside bool) {
		code := sqllex.Code(sql, sqllex.Any)
		for i, t := range code {
			isBody := t.Kind == sqllex.Dollar || routine && !inside && t.Kind == sqllex.String && i > 0 && code[i-1].Is("AS")
			if isBody {
				open := strings.Index(t.Text, t.Value())
				add(t.Value(), at+t.From+max(open, 0), true)
				continue
			}
			t.From, t.To = t.From+at, t.To+at
			toks, soft = append(toks, t), append(soft, inside)
		}
	}
	add(sql, 0, false)
	return toks, soft
}

// sqlWords returns the names that tokens make: a.b.c is one.
func sqlWords(toks []sqllex.Token, soft []bool) (all []sqlWord) {
	for i := 0; i < len(toks); i++ {
		if !toks[i].IsName() {
			continue
		}
		w := sqlWord{parts: []sqllex.Token{toks[i]}, from: i, soft: soft[i]}
		for i+2 < len(toks) && toks[i+1].Text == "." && toks[i+2].IsName() {
			w.parts = append(w.parts, toks[i+2])
			i += 2
		}
		w.to = i + 1
		all = append(all, w)
	}
	return all
}
