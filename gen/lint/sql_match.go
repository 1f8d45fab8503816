package lint

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

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
	for i := 0; i < len(sql); {
		end := i + 1
		switch c := sql[i]; {
		case c == ';' && inBody(toks):
			toks = append(toks, tok{';', ";", ";"})
		case c == ';':
			flush()
		case strings.HasPrefix(sql[i:], "--"):
			end = until(sql, i, "\n")
		case strings.HasPrefix(sql[i:], "/*"):
			end = until(sql, i+2, "*/")
		case c == '\'' || c == '"':
			for end < len(sql) && (sql[end] != c || end+1 < len(sql) && sql[end+1] == c) {
				if sql[end] == c {
					end++
				}
				end++
			}
			text := strings.ReplaceAll(sql[i+1:min(end, len(sql))], string([]byte{c, c}), string(c))
			end = min(end+1, len(sql))
			toks = append(toks, tok{map[byte]rune{'\'': 's', '"': 'q'}[c], text, sql[i:end]})
		case c == '$' && dollar(sql[i:]) != "":
			tag := dollar(sql[i:])
			end = until(sql, i+len(tag), tag)
			toks = append(toks, tok{'s', sql[i:end], sql[i:end]})
		case c >= '0' && c <= '9':
			for end < len(sql) && (sql[end] >= '0' && sql[end] <= '9' || sql[end] == '.') {
				end++
			}
			toks = append(toks, tok{'n', sql[i:end], sql[i:end]})
		case strings.HasPrefix(sql[i:], "::"):
			end = i + 2
			toks = append(toks, tok{'c', "::", "::"})
		default:
			r, size := utf8.DecodeRuneInString(sql[i:])
			end = i + size
			if unicode.IsSpace(r) {
				break
			}
			if r != '_' && !unicode.IsLetter(r) {
				toks = append(toks, tok{r, sql[i:end], sql[i:end]})
				break
			}
			for end < len(sql) {
				r, size := utf8.DecodeRuneInString(sql[end:])
				if r != '_' && r != '$' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
					break
				}
				end += size
			}
			toks = append(toks, tok{'w', strings.ToUpper(sql[i:end]), sql[i:end]})
		}
		i = end
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

// until returns the end of what ends with a mark.
func until(sql string, from int, mark string) int {
	if from >= len(sql) {
		return len(sql)
	}
	if n := strings.Index(sql[from:], mark); n >= 0 {
		return from + n + len(mark)
	}
	return len(sql)
}

// dollar returns the tag of a dollar quote, "" when it is none.
func dollar(sql string) string {
	for i := 1; i < len(sql); i++ {
		switch c := sql[i]; {
		case c == '$':
			return sql[:i+1]
		case c != '_' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') || i == 1 && c >= '0' && c <= '9':
			return ""
		}
	}
	return ""
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
