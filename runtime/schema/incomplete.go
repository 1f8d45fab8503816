package schema

import (
	"fmt"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
)

// Incomplete says what keeps an expression from being one, as far as its tokens show: an operator with nothing behind it, a CASE without END, two
// values side by side. It returns "" where nothing is found; a database may still refuse it. columns are those whose names mean values.
func Incomplete(expr string, columns ...string) string {
	toks, err := lex(expr)
	if err != nil {
		return err.Error()
	}
	for i, t := range toks {
		if (i == 0 || opens(toks[i-1])) && needsLeft(toks, i) {
			return t.shown() + " has nothing before it"
		}
		if (i+1 == len(toks) || closes(toks[i+1])) && needsRight(toks, i) {
			return t.shown() + " has nothing behind it"
		}
		if i > 0 {
			if a, b := toks[i-1], t; beside(a, b, columns) {
				return fmt.Sprintf("%s and %s stand side by side", a.shown(), b.shown())
			}
		}
		if isWord(t, "IN") && i+2 < len(toks) && toks[i+1] == (token{tokOp, "("}) && toks[i+2] == (token{tokOp, ")"}) {
			return "the list of IN is empty"
		}
	}
	return unfinished(toks)
}

// shown returns a token for a message.
func (t token) shown() string {
	switch {
	case t.kind == tokQuoted:
		return `"` + t.text + `"`
	case t.kind == tokIdent && keywords.Has(strings.ToUpper(t.text)):
		return strings.ToUpper(t.text)
	}
	return t.text
}

// opens reports whether a value begins behind the token.
func opens(t token) bool {
	return t == token{tokOp, "("} || t == token{tokOp, ","} || t == token{tokOp, "["} || isWord(t, "AND", "OR", "NOT", "CASE", "WHEN", "THEN", "ELSE")
}

// closes reports whether a value has ended before the token.
func closes(t token) bool {
	return t == token{tokOp, ")"} || t == token{tokOp, ","} || t == token{tokOp, "]"} || isWord(t, "AND", "OR", "WHEN", "THEN", "ELSE", "END")
}

// needsLeft reports whether token i is an operator between two values, which opens stands before.
func needsLeft(toks []token, i int) bool {
	t := toks[i]
	if isWord(t, "IN", "LIKE", "ILIKE", "BETWEEN", "SIMILAR") {
		return i == 0 || !isWord(toks[i-1], "NOT") // NOT IN
	}
	if isWord(t, "AND", "OR", "IS") {
		return true
	}
	return t.kind == tokOp && strings.Contains(" = <> != == < > <= >= || -> ->> #> #>> <@ !~ !~* ~* ?| ?& << >> :: / % ^ , ", " "+t.text+" ")
}

// needsRight reports whether a value must follow token i.
func needsRight(toks []token, i int) bool {
	t := toks[i]
	if t.kind != tokOp {
		if isWord(t, "CASE") && i+1 < len(toks) && isWord(toks[i+1], "WHEN") {
			return false
		}
		return isWord(t, "AND", "OR", "NOT", "IN", "LIKE", "ILIKE", "BETWEEN", "SIMILAR", "IS", "CASE", "WHEN", "THEN", "ELSE", "COLLATE", "AS", "FROM")
	}
	switch t.text {
	case ")", "]", ":":
		return false
	case "(", "[":
		return i+1 == len(toks)
	case "*":
		return i > 0 && toks[i-1].text != "(" && toks[i-1].text != "."
	}
	return true
}

// beside reports whether two tokens are values with nothing between them.
func beside(a, b token, columns []string) bool {
	column := func(t token) bool {
		if t.kind != tokIdent && t.kind != tokQuoted || isTypeWord(t) || t.kind == tokIdent && keywords.Has(strings.ToUpper(t.text)) {
			return false
		}
		for _, c := range columns {
			if sameIdent(t, c) {
				return true
			}
		}
		return false
	}
	number := b.kind == tokNumber
	switch {
	case a.kind == tokNumber:
		return number || b.kind == tokString || b.kind == tokQuoted || b == token{tokOp, "("} || column(b)
	case a.kind == tokString:
		return number || b.kind == tokString || b == token{tokOp, "("} || column(b)
	case a == token{tokOp, ")"}:
		return number || b == token{tokOp, "("} || column(b) && b.kind == tokQuoted
	case column(a):
		return number || b.kind == tokString && a.kind == tokIdent || column(b)
	}
	return false
}

// unfinished looks for what has a beginning and no end: CASE without END, BETWEEN without AND, at the same depth of brackets.
func unfinished(toks []token) string {
	type level struct{ cases, betweens int }
	levels := []level{{}}
	end := func(l level) string {
		switch {
		case l.betweens > 0:
			return "BETWEEN has no AND"
		case l.cases > 0:
			return "CASE has no END"
		}
		return ""
	}
	for _, t := range toks {
		l := &levels[len(levels)-1]
		switch {
		case t == token{tokOp, "("}, t == token{tokOp, "["}:
			levels = append(levels, level{})
		case t == token{tokOp, ")"}, t == token{tokOp, "]"}:
			if s := end(*l); s != "" || len(levels) == 1 {
				return s
			}
			levels = levels[:len(levels)-1]
		case isWord(t, "CASE"):
			l.cases++
		case isWord(t, "END"):
			if l.cases--; l.cases < 0 {
				return "END has no CASE"
			}
		case isWord(t, "BETWEEN"):
			l.betweens++
		case isWord(t, "AND") && l.betweens > 0:
			l.betweens--
		}
	}
	return end(levels[len(levels)-1])
}

// aggregates are functions over many rows that every database has under the name.
var aggregates = sqllex.Set("count sum avg total group_concat string_agg array_agg json_agg jsonb_agg json_object_agg jsonb_object_agg json_group_array json_group_object " +
	"bool_and bool_or every bit_and bit_or")

// ManyRows names what an expression has that looks at more than one row, which no check, index, default or generated column can: a subquery or an
// aggregate. It returns "" when there is nothing of the kind.
func ManyRows(expr string) string {
	toks, err := lex(expr)
	if err != nil {
		return ""
	}
	for i, t := range toks {
		switch {
		case isWord(t, "SELECT"):
			return "a subquery"
		case t.kind == tokIdent && aggregates.Has(strings.ToLower(t.text)) && i+1 < len(toks) && toks[i+1] == token{tokOp, "("} && (i == 0 || toks[i-1].text != "."):
			return "the aggregate " + strings.ToLower(t.text)
		}
	}
	return ""
}

// UnknownQuoted returns the names in double quotes that stand where a column would and are none of columns. SQLite takes such a name for a text.
func UnknownQuoted(expr string, columns []string) []string {
	var names []string
	for _, t := range unknownTokens(expr, columns) {
		if t.kind == tokQuoted {
			names = append(names, t.text)
		}
	}
	return names
}
