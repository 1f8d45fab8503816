package lint

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/modelgen/modelgen/internal/sqllex"
	migrate "github.com/modelgen/modelgen/runtime"
)

// statement is one statement of SQL written by hand, as words. It is not parsed: a check looks for words in a row.
type statement struct {
	at   int // index of the string it is in
	toks []tok
}

type tok struct {
	kind rune   // 'w' word, 'q' quoted name, 's' string, 'n' number, else the character
	text string // a word in capitals, a quoted name without quotes, else as it stands
	raw  string
}

// lexis takes what any database takes: SQL written by hand may be for each.
var lexis = func() sqllex.Options {
	o := sqllex.Any
	o.Brackets = true
	return o
}()

// split cuts SQL into statements. Comments are left out; strings, quoted names and dollar quotes are one token each.
func split(sql string, at int) []statement {
	var all []statement
	var toks []tok
	flush := func() {
		if len(toks) > 0 {
			all = append(all, statement{at, toks})
		}
		toks = nil
	}
	for _, t := range sqllex.Code(sql, lexis) {
		r, _ := utf8.DecodeRuneInString(t.Text)
		k := tok{r, t.Text, t.Text}
		switch t.Kind {
		case sqllex.Word:
			k.kind, k.text = 'w', strings.ToUpper(t.Text)
		case sqllex.Quoted:
			k.kind, k.text = 'q', t.Value()
		case sqllex.String:
			k.kind, k.text = 's', t.Value()
		case sqllex.Dollar, sqllex.Bytes:
			k.kind = 's'
		case sqllex.Number:
			k.kind = 'n'
		case sqllex.Operator:
			if t.Text == ";" && !inBody(toks) {
				flush()
				continue
			}
			if t.Text == "::" {
				k.kind = 'c'
			}
		}
		toks = append(toks, k)
	}
	flush()
	return all
}

// inBody reports whether a statement that begins so is inside of the body of a trigger of SQLite, or of a function of PostgreSQL that is no string:
// what ends there is a statement of the body. Neither its BEGIN nor its END is about a transaction.
func inBody(toks []tok) bool {
	if len(toks) == 0 || toks[0].kind != 'w' || toks[0].text != "CREATE" || !slices.ContainsFunc(toks[:min(4, len(toks))], func(t tok) bool {
		return t.kind == 'w' && slices.Contains([]string{"TRIGGER", "FUNCTION", "PROCEDURE"}, t.text)
	}) {
		return false
	}
	open := 0
	for _, t := range toks {
		switch {
		case t.kind != 'w':
		case t.text == "BEGIN", t.text == "CASE" && open > 0:
			open++
		case t.text == "END" && open > 0:
			open--
		}
	}
	return open > 0
}

// match compares the beginning of the statement with a pattern: WORD, A|B, [WORD] that may be there, * for a name, ... for anything up to
// what follows. It returns the names, as schemas have them.
func (s statement) match(pattern string) (names []string, ok bool) {
	names, _, ok = s.scan(0, strings.Fields(pattern))
	return names, ok
}

func (s statement) scan(i int, pattern []string) (names []string, end int, ok bool) {
	for n, word := range pattern {
		optional := strings.HasPrefix(word, "[")
		word = strings.Trim(word, "[]")
		switch {
		case word == "...":
			for ; i < len(s.toks); i++ {
				if more, end, ok := s.scan(i, pattern[n+1:]); ok {
					return append(names, more...), end, true
				}
			}
			return nil, i, false
		case word == "*":
			name, end := s.name(i)
			if end == i {
				return nil, i, false
			}
			names, i = append(names, name), end
		case i < len(s.toks) && s.toks[i].kind != 'q' && s.toks[i].kind != 's' && slices.Contains(strings.Split(word, "|"), s.toks[i].text):
			i++
		case !optional:
			return nil, i, false
		}
	}
	return names, i, true
}

// name reads a name with its schema; that of public stands without it.
func (s statement) name(i int) (string, int) {
	name := ""
	for i < len(s.toks) {
		switch t := s.toks[i]; t.kind {
		case 'w':
			name += strings.ToLower(t.raw)
		case 'q':
			name += t.text
		default:
			return strings.TrimPrefix(name, "public."), i
		}
		i++
		if i >= len(s.toks) || s.toks[i].text != "." {
			break
		}
		name += "."
		i++
	}
	return strings.TrimPrefix(name, "public."), i
}

// has looks for a pattern anywhere.
func (s statement) has(pattern string) bool {
	words := strings.Fields(pattern)
	for i := range s.toks {
		if _, _, ok := s.scan(i, words); ok {
			return true
		}
	}
	return false
}

// alter cuts ALTER TABLE into its table and its actions.
func (s statement) alter() (table string, actions []statement) {
	names, i, ok := s.scan(0, strings.Fields("ALTER TABLE [IF] [EXISTS] [ONLY] *"))
	if !ok {
		return "", nil
	}
	depth, from := 0, i
	for ; i < len(s.toks); i++ {
		switch s.toks[i].text {
		case "(":
			depth++
		case ")":
			depth--
		case ",":
			if depth == 0 {
				actions = append(actions, statement{s.at, s.toks[from:i]})
				from = i + 1
			}
		}
	}
	return names[0], append(actions, statement{s.at, s.toks[from:]})
}

// on returns the statements of SQL written by hand that run on the dialect.
func (p *pass) on(dialect string) []statement {
	o, ok := p.op.(migrate.SQL)
	if _, is := p.target(dialect); !ok || !is || o.Only != "" && o.Only != dialect {
		return nil
	}
	return p.sql
}

// onThose returns the statements of SQL written by hand that run on a target that is so.
func (p *pass) onThose(is func(c migrate.Capabilities) bool) []statement {
	for _, t := range p.in.Targets {
		if is(t.Dialect) {
			if all := p.on(t.Dialect.Name); len(all) > 0 {
				return all
			}
		}
	}
	return nil
}

// short returns the beginning of a statement, for a message.
func (s statement) short() string {
	var words []string
	for _, t := range s.toks[:min(len(s.toks), 6)] {
		words = append(words, t.raw)
	}
	text := strings.Join(strings.Fields(strings.ReplaceAll(strings.Join(words, " "), " . ", ".")), " ")
	if len([]rune(text)) > 60 {
		text = string([]rune(text)[:57]) + "..."
	}
	return text
}
