package schema

import (
	"fmt"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
)

// Expressions in tags and migrations are SQL of the user's. This file knows just enough of its lexical structure to write one
// expression in one way only, to follow renamed columns through it, and to refuse what could not stand inside a statement.

// NormalizeExpr brings an SQL expression into the form in which it is stored and compared: one spacing, key words in capitals,
// other unquoted names in lower case, no outer parentheses. It returns an error for what could end or hide a statement:
// unbalanced quotes or brackets, a semicolon, a comment, a dollar quote, or nothing at all.
func NormalizeExpr(expr string) (string, error) {
	toks, err := lex(expr)
	if err != nil {
		return "", err
	}
	if err := balanced(toks); err != nil {
		return "", err
	}
	toks = stripOuter(toks)
	if len(toks) == 0 {
		return "", fmt.Errorf("the expression is empty")
	}
	return render(toks), nil
}

// RenameInExpr returns expr with the column old called new. Names in strings, function names and types are left alone.
// An expression that cannot be read is given back unchanged.
func RenameInExpr(expr, old, new string) string {
	toks, err := lex(expr)
	if err != nil {
		return expr
	}
	changed := false
	for i := range toks {
		if isColumn(toks, i) && sameIdent(toks[i], old) {
			toks[i] = identToken(new)
			changed = true
		}
	}
	if !changed {
		return expr
	}
	return render(toks)
}

// BindColumns quotes the names in expr that are, letter by letter, one of columns but would be folded to another name by
// PostgreSQL, such as sizeID. Others are left as they are.
func BindColumns(expr string, columns []string) string {
	toks, err := lex(expr)
	if err != nil {
		return expr
	}
	changed := false
	for i, t := range toks {
		if t.kind != tokIdent || !isColumn(toks, i) {
			continue
		}
		for _, c := range columns {
			if t.text == c && foldASCII(c) != c {
				toks[i] = token{tokQuoted, c}
				changed = true
			}
		}
	}
	if !changed {
		return expr
	}
	return render(toks)
}

// ExprColumns returns those of columns that expr mentions, in the order of columns.
func ExprColumns(expr string, columns []string) []string {
	toks, err := lex(expr)
	if err != nil {
		return nil
	}
	var used []string
	for _, c := range columns {
		for i := range toks {
			if isColumn(toks, i) && sameIdent(toks[i], c) {
				used = append(used, c)
				break
			}
		}
	}
	return used
}

// UnknownNames returns the names in expr that stand where a column would and are none of columns, as they are written.
func UnknownNames(expr string, columns []string) []string {
	var unknown []string
	for _, t := range unknownTokens(expr, columns) {
		unknown = append(unknown, t.text)
	}
	return unknown
}

func unknownTokens(expr string, columns []string) []token {
	toks, err := lex(expr)
	if err != nil {
		return nil
	}
	var unknown []token
next:
	for i, t := range toks {
		if !isColumn(toks, i) || i > 0 && (toks[i-1].text == "." || isWord(toks[i-1], "AS", "COLLATE", "FROM", "ZONE")) ||
			i+1 < len(toks) && (toks[i+1].kind == tokString || toks[i+1].text == ".") || isTypeWord(t) {
			continue
		}
		for _, c := range columns {
			if sameIdent(t, c) {
				continue next
			}
		}
		unknown = append(unknown, t)
	}
	return unknown
}

type tokenKind uint8

const (
	tokIdent tokenKind = iota
	tokQuoted
	tokString
	tokNumber
	tokOp
)

type token struct {
	kind tokenKind
	text string // of tokQuoted without its quotes
}

func identToken(name string) token {
	if plainIdent(name) {
		return token{tokIdent, name}
	}
	return token{tokQuoted, name}
}

// plainIdent reports whether the name means itself when it is written without quotes.
func plainIdent(name string) bool {
	for i, r := range name {
		if !(r == '_' || r >= 'a' && r <= 'z' || i > 0 && r >= '0' && r <= '9') {
			return false
		}
	}
	return name != "" && !keywords.Has(strings.ToUpper(name)) && !reserved.Has(name)
}

// isColumn reports whether token i stands where a column can stand.
func isColumn(toks []token, i int) bool {
	t := toks[i]
	if t.kind != tokIdent && t.kind != tokQuoted || t.kind == tokIdent && keywords.Has(strings.ToUpper(t.text)) {
		return false
	}
	if i+1 < len(toks) && toks[i+1].text == "(" && toks[i+1].kind == tokOp {
		return false
	}
	return i == 0 || toks[i-1].text != "::" && !isWord(toks[i-1], "COLLATE")
}

func isWord(t token, words ...string) bool {
	for _, w := range words {
		if t.kind == tokIdent && strings.EqualFold(t.text, w) {
			return true
		}
	}
	return false
}

func isTypeWord(t token) bool {
	if t.kind != tokIdent {
		return false
	}
	_, ok := kindByName(strings.ToLower(t.text))
	return ok || isWord(t, "precision", "varying", "year", "month", "day", "hour", "minute", "second", "epoch", "zone", "rowid",
		"at", "for", "with", "without", "within", "placing", "leading", "trailing", "both", "asymmetric", "to", "filter", "over", "partition", "by", "row", "regexp", "glob", "match", "escape", "isnull", "notnull", "offset", "nulls")
}

func sameIdent(t token, name string) bool {
	if t.kind == tokQuoted {
		return t.text == name
	}
	return t.text == name || foldASCII(t.text) == name
}

func foldASCII(s string) string { return sqllex.Fold(s) }

func balanced(toks []token) error {
	var open []string
	for _, t := range toks {
		if t.kind != tokOp {
			continue
		}
		switch t.text {
		case "(", "[":
			open = append(open, t.text)
		case ")", "]":
			if len(open) == 0 || (open[len(open)-1] == "(") != (t.text == ")") {
				return fmt.Errorf("%q has no partner", t.text)
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		return fmt.Errorf("%q is not closed", open[len(open)-1])
	}
	return nil
}

func stripOuter(toks []token) []token {
	for len(toks) >= 2 && toks[0] == (token{tokOp, "("}) {
		depth, end := 0, -1
		for i, t := range toks {
			if t == (token{tokOp, "("}) {
				depth++
			} else if t == (token{tokOp, ")"}) {
				if depth--; depth == 0 {
					end = i
					break
				}
			}
		}
		if end != len(toks)-1 {
			break
		}
		toks = toks[1 : len(toks)-1]
	}
	return toks
}

// QuoteColumn writes the name of a column as it stands in an expression: quoted only where it must be.
func QuoteColumn(name string) string { return render([]token{identToken(name)}) }

// InList takes an expression of the form `status IN ('draft', 'live')`, as it is written for types with constants, apart: the
// column and the literals as they are written. Any other expression returns "".
func InList(expr string) (column string, values []string) {
	toks, err := lex(expr)
	if err != nil || len(toks) < 5 || toks[0].kind != tokIdent && toks[0].kind != tokQuoted || !isWord(toks[1], "IN") ||
		toks[2].text != "(" || toks[len(toks)-1].text != ")" {
		return "", nil
	}
	sign := ""
	for i, t := range toks[3 : len(toks)-1] {
		switch {
		case t.kind == tokString || t.kind == tokNumber:
			values = append(values, sign+t.text)
			sign = ""
		case t == token{tokOp, "-"} && sign == "":
			sign = "-"
		case t == token{tokOp, ","} && i > 0:
		default:
			return "", nil
		}
	}
	return toks[0].text, values
}

// IsCast reports whether the expression is the column itself, or nothing but casts of it: CAST(price AS integer), price::integer.
func IsCast(expr, column string) bool {
	toks, err := lex(expr)
	return err == nil && isCast(toks, column)
}

func isCast(toks []token, column string) bool {
	toks = stripOuter(toks)
	if len(toks) == 1 {
		return isColumn(toks, 0) && sameIdent(toks[0], column)
	}
	if len(toks) < 3 {
		return false
	}
	depth, as, colons := 0, -1, -1
	for i, t := range toks {
		switch {
		case t == token{tokOp, "("}:
			depth++
		case t == token{tokOp, ")"}:
			depth--
		case depth == 1 && isWord(t, "AS"):
			as = i
		case depth == 0 && t.text == "::":
			colons = i
		}
	}
	if colons > 0 {
		return isType(toks[colons+1:]) && isCast(toks[:colons], column)
	}
	return isWord(toks[0], "CAST") && toks[1].text == "(" && as > 2 && isType(toks[as+1:len(toks)-1]) && isCast(toks[2:as], column)
}

// isType reports whether the tokens can be the name of a type: double precision, numeric(8, 2), text[].
func isType(toks []token) bool {
	for _, t := range toks {
		if t.kind == tokString || t.kind == tokOp && !strings.Contains("()[],.", t.text) {
			return false
		}
	}
	return len(toks) > 0 && (toks[0].kind == tokIdent || toks[0].kind == tokQuoted)
}
