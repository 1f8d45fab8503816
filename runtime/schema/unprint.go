package schema

import (
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
)

// UnprintExpr brings an expression as PostgreSQL prints it (pg_get_expr) into the form of [NormalizeExpr] in which a person would have written it:
// without the casts that the server has added to strings and to columns of type varchar, with IN for = ANY (ARRAY[...]) and LIKE for ~~. types holds the
// types of the columns as the server prints them, without lengths. Where a cast may have a meaning it stays. It returns the errors of [NormalizeExpr].
func UnprintExpr(expr string, types map[string]string) (string, error) {
	if _, err := NormalizeExpr(expr); err != nil {
		return "", err
	}
	toks, err := lex(expr)
	if err != nil {
		return "", err
	}
	p := &unprinter{toks, types}
	p.likes()
	p.casts()
	p.lists()
	return NormalizeExpr(render(stripOuter(p.toks)))
}

// UnprintLiteral takes a default as PostgreSQL prints it apart: a number, a string, a boolean or NULL, and the last type that it is cast to. value is nil for
// NULL. ok is false for any other expression.
func UnprintLiteral(expr string) (value *string, cast string, ok bool) {
	toks, err := lex(expr)
	if err != nil {
		return nil, "", false
	}
	for {
		toks = stripOuter(toks)
		colons := -1
		for i, t := range toks {
			if t == (token{tokOp, "::"}) {
				colons = i
			}
		}
		if colons < 0 {
			break
		}
		if !isType(toks[colons+1:]) {
			return nil, "", false
		}
		if cast == "" {
			cast = printType(toks[colons+1:])
		}
		toks = toks[:colons]
	}
	sign := ""
	if len(toks) == 2 && toks[0] == (token{tokOp, "-"}) && toks[1].kind == tokNumber {
		sign, toks = "-", toks[1:]
	}
	if len(toks) != 1 {
		return nil, "", false
	}
	switch t := toks[0]; {
	case t.kind == tokNumber:
		v := sign + t.text
		return &v, cast, true
	case t.kind == tokString && t.text[0] == '\'':
		v := strings.ReplaceAll(t.text[1:len(t.text)-1], "''", "'")
		return &v, cast, true
	case isWord(t, "true", "false"):
		v := strings.ToLower(t.text)
		return &v, cast, true
	case isWord(t, "NULL"):
		return nil, cast, true
	}
	return nil, "", false
}

// printType writes the name of a type as the server prints it.
func printType(toks []token) string {
	var b strings.Builder
	for i, t := range toks {
		if i > 0 && t.kind != tokOp && toks[i-1].kind != tokOp {
			b.WriteByte(' ')
		}
		if t.kind == tokQuoted {
			b.WriteString(sqllex.QuoteName(t.text))
			continue
		}
		b.WriteString(t.text)
	}
	return b.String()
}

type unprinter struct {
	toks  []token
	types map[string]string
}

// likes replaces the operators that LIKE and its like are.
func (p *unprinter) likes() {
	words := map[string][]token{
		"~~": {{tokIdent, "LIKE"}}, "!~~": {{tokIdent, "NOT"}, {tokIdent, "LIKE"}}, "~~*": {{tokIdent, "ILIKE"}}, "!~~*": {{tokIdent, "NOT"}, {tokIdent, "ILIKE"}},
	}
	for i := 0; i < len(p.toks); i++ {
		if w := words[p.toks[i].text]; w != nil && p.toks[i].kind == tokOp && !(i+1 < len(p.toks) && isWord(p.toks[i+1], "ANY", "ALL")) {
			p.toks = slices.Replace(p.toks, i, i+1, w...)
		}
	}
}

// casts takes out the casts that say nothing.
func (p *unprinter) casts() {
	for i := 0; i+3 < len(p.toks); i++ { // (price)::text
		call := i > 0 && (p.toks[i-1].kind == tokQuoted || p.toks[i-1].kind == tokIdent && !keywords.Has(strings.ToUpper(p.toks[i-1].text)))
		if p.toks[i] == (token{tokOp, "("}) && !call && p.toks[i+1].kind != tokOp && p.toks[i+2] == (token{tokOp, ")"}) && p.toks[i+3] == (token{tokOp, "::"}) {
			p.toks = slices.Concat(p.toks[:i], p.toks[i+1:i+2], p.toks[i+3:])
		}
	}
	for i := 1; i < len(p.toks); i++ {
		if p.toks[i] != (token{tokOp, "::"}) {
			continue
		}
		end := p.typeEnd(i + 1)
		to := printType(p.toks[i+1 : end])
		if end == i+1 || strings.HasSuffix(to, "]") {
			continue
		}
		text := slices.Contains([]string{"text", "character varying", "bpchar"}, cutArguments(to))
		before := p.toks[i-1]
		switch {
		case before.kind == tokString && text:
			p.cut(i, end)
			i--
		case before.kind == tokString && p.besides(i-1, end) == to && to != "":
			p.cut(i, end)
			i--
		case before.kind == tokString && slices.Contains([]string{"integer", "bigint", "smallint", "numeric", "double precision", "real"}, to) && p.compared(i-1, end) && isNumberText(before.text):
			number := before.text[1 : len(before.text)-1]
			var with []token
			if rest, ok := strings.CutPrefix(number, "-"); ok {
				with, number = append(with, token{tokOp, "-"}), rest
			}
			p.toks = slices.Replace(p.toks, i-1, end, append(with, token{tokNumber, number})...)
		case before.kind == tokNumber && (to == "numeric" || to == "double precision" || to == "bigint") && p.compared(i-1, end):
			p.cut(i, end)
			i--
		case text && to == "text" && (before.kind == tokIdent || before.kind == tokQuoted) && isColumn(p.toks, i-1) && p.columnType(before) == "character varying":
			p.cut(i, end)
			i--
		}
	}
}

func (p *unprinter) cut(from, to int) { p.toks = slices.Delete(p.toks, from, to) }

func cutArguments(t string) string {
	t, _, _ = strings.Cut(t, "(")
	return t
}

func isNumberText(s string) bool {
	s = strings.TrimPrefix(strings.Trim(s, "'"), "-")
	return s != "" && strings.Trim(s, "0123456789.") == "" && strings.Count(s, ".") < 2 && s[0] != '.'
}

func (p *unprinter) columnType(t token) string {
	for name, typ := range p.types {
		if sameIdent(t, name) {
			return typ
		}
	}
	return ""
}

// typeEnd returns where the name of a type that begins at i ends.
func (p *unprinter) typeEnd(i int) int {
	if i >= len(p.toks) || p.toks[i].kind != tokIdent && p.toks[i].kind != tokQuoted {
		return i
	}
	first := p.toks[i]
	i++
	for i+1 < len(p.toks) && p.toks[i] == (token{tokOp, "."}) {
		i += 2
	}
	words := func(list ...string) {
		for n, w := range list {
			if i+n >= len(p.toks) || !isWord(p.toks[i+n], w) {
				return
			}
		}
		i += len(list)
	}
	words("varying")
	words("precision")
	if i < len(p.toks) && p.toks[i] == (token{tokOp, "("}) {
		for i < len(p.toks) && p.toks[i] != (token{tokOp, ")"}) {
			i++
		}
		i++
	}
	if isWord(first, "timestamp", "time") {
		words("without", "time", "zone")
		words("with", "time", "zone")
	}
	for i+1 < len(p.toks) && p.toks[i] == (token{tokOp, "["}) && p.toks[i+1] == (token{tokOp, "]"}) {
		i += 2
	}
	return i
}

var comparisons = []string{"=", "<>", "<", "<=", ">", ">=", "!="}

// compared reports whether what stands from i to end is one whole side of a comparison.
func (p *unprinter) compared(i, end int) bool {
	before := i > 0 && p.toks[i-1].kind == tokOp && slices.Contains(comparisons, p.toks[i-1].text)
	after := end < len(p.toks) && p.toks[end].kind == tokOp && slices.Contains(comparisons, p.toks[end].text)
	if before {
		return end >= len(p.toks) || p.toks[end].text == ")" || isWord(p.toks[end], "AND", "OR", "THEN", "ELSE", "END", "WHEN", "IS")
	}
	return after && (i == 0 || p.toks[i-1].text == "(" || isWord(p.toks[i-1], "AND", "OR", "WHEN", "NOT"))
}

// besides returns the type of the column that what stands from i to end is compared with, "" when it is something else.
func (p *unprinter) besides(i, end int) string {
	if i >= 2 && p.toks[i-1].kind == tokOp && slices.Contains(comparisons, p.toks[i-1].text) && p.compared(i, end) && isColumn(p.toks, i-2) && (i == 2 || p.toks[i-3].kind != tokOp || p.toks[i-3].text == "(") {
		return p.columnType(p.toks[i-2])
	}
	// An element of a list: the column before = ANY (ARRAY[
	for j := i - 1; j >= 4; j-- {
		if p.toks[j] == (token{tokOp, "["}) && isWord(p.toks[j-1], "ARRAY") && p.toks[j-2].text == "(" && isWord(p.toks[j-3], "ANY", "ALL") && j >= 5 && isColumn(p.toks, j-5) {
			return p.columnType(p.toks[j-5])
		}
		if p.toks[j].kind == tokOp && p.toks[j].text != "," && p.toks[j].text != "::" {
			break
		}
	}
	return ""
}

// lists replaces = ANY (ARRAY[...]) of literals with IN (...), and <> ALL with NOT IN.
func (p *unprinter) lists() {
	for i := 0; i+5 < len(p.toks); i++ {
		in := p.toks[i].text == "=" && isWord(p.toks[i+1], "ANY")
		if p.toks[i].kind != tokOp || !in && !(p.toks[i].text == "<>" && isWord(p.toks[i+1], "ALL")) || p.toks[i+2].text != "(" {
			continue
		}
		at := i + 3
		inner := p.toks[at] == (token{tokOp, "("})
		if inner {
			at++
		}
		if at+1 >= len(p.toks) || !isWord(p.toks[at], "ARRAY") || p.toks[at+1].text != "[" {
			continue
		}
		at += 2
		begin := at
		for at < len(p.toks) && (p.toks[at].kind == tokString || p.toks[at].kind == tokNumber || p.toks[at] == (token{tokOp, ","}) || p.toks[at] == (token{tokOp, "-"})) {
			at++
		}
		values := slices.Clone(p.toks[begin:at])
		if len(values) == 0 || at >= len(p.toks) || p.toks[at] != (token{tokOp, "]"}) {
			continue
		}
		at++
		if inner && at < len(p.toks) && p.toks[at].text == ")" {
			at++
		}
		if at < len(p.toks) && p.toks[at].text == "::" {
			at = p.typeEnd(at + 1)
		}
		if at >= len(p.toks) || p.toks[at] != (token{tokOp, ")"}) {
			continue
		}
		word := []token{{tokIdent, "IN"}, {tokOp, "("}}
		if !in {
			word = append([]token{{tokIdent, "NOT"}}, word...)
		}
		from, to := i, at+1
		list := append(append(word, values...), token{tokOp, ")"})
		if i >= 2 && p.alone(i-2, to) && isColumn(p.toks, i-1) {
			from, to, list = i-2, to+1, append([]token{p.toks[i-1]}, list...)
		}
		p.toks = slices.Replace(p.toks, from, to, list...)
	}
}

// alone reports whether what stands from the bracket at i to that at end is one side of AND or OR.
func (p *unprinter) alone(i, end int) bool {
	return p.toks[i] == (token{tokOp, "("}) && end < len(p.toks) && p.toks[end] == (token{tokOp, ")"}) &&
		(i == 0 || isWord(p.toks[i-1], "AND", "OR") || p.toks[i-1] == (token{tokOp, "("})) &&
		(end+1 == len(p.toks) || isWord(p.toks[end+1], "AND", "OR") || p.toks[end+1] == (token{tokOp, ")"}))
}
