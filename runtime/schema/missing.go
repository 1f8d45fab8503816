package schema

import (
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
)

// MissingColumns returns the names in expr that can be nothing but columns, and are none of columns, whatever the case of their letters. It returns
// none rather than one too many: nothing of an expression with a query, no quoted name, as SQLite takes one for a text, and no word that stands
// where the syntax of a function, a type or an operator may have one of its own.
func MissingColumns(expr string, columns ...string) []string {
	toks, err := lex(expr)
	if err != nil {
		return nil
	}
	for _, t := range toks {
		if isWord(t, "SELECT", "WITH", "TABLE", "VALUES") {
			return nil
		}
	}
	var missing []string
	var types []bool // of each open bracket: whether it holds what belongs to a type, as in geometry(Point, 4326)
next:
	for i, t := range toks {
		switch {
		case t == token{tokOp, "("}:
			types = append(types, ofType(toks[:i]))
		case t == token{tokOp, ")"} && len(types) > 0:
			types = types[:len(types)-1]
		}
		if t.kind != tokIdent || !isColumn(toks, i) || isTypeWord(t) || reserved.Has(strings.ToLower(t.text)) || standing.Has(strings.ToLower(t.text)) ||
			len(types) > 0 && types[len(types)-1] || !begins(toks[:i]) || !ends(toks[i+1:]) {
			continue
		}
		for _, c := range columns {
			if strings.EqualFold(t.text, c) {
				continue next
			}
		}
		missing = append(missing, t.text)
	}
	return missing
}

// standing are words that stand for a value without being columns: functions without brackets, columns that each table has, key words of functions.
var standing = sqllex.Set("user session_user system_user current_role current_catalog current_schema ctid xmin xmax cmin cmax tableoid oid rowid _rowid_ " +
	"nfc nfd nfkc nfkd unknown value document json normalized excluded new old")

// ofType reports whether a bracket that follows belongs to a type: x::geometry( or CAST(x AS vector(.
func ofType(before []token) bool {
	for i := len(before) - 1; i >= 0; i-- {
		switch t := before[i]; {
		case t.text == "::" || isWord(t, "AS"):
			return i < len(before)-1
		case t.kind == tokQuoted, t == token{tokOp, "."}, t.kind == tokIdent && !keywords.Has(strings.ToUpper(t.text)):
		default:
			return false
		}
	}
	return false
}

// begins reports whether a value, and nothing else, begins behind the tokens.
func begins(before []token) bool {
	if len(before) == 0 {
		return true
	}
	t := before[len(before)-1]
	if t.kind != tokOp {
		return isWord(t, "AND", "OR", "CASE", "WHEN", "THEN", "ELSE", "LIKE", "ILIKE", "BETWEEN") ||
			isWord(t, "NOT") && (len(before) == 1 || !isWord(before[len(before)-2], "IS"))
	}
	return !strings.Contains(" ) . :: : := [ ] ", " "+t.text+" ")
}

// ends reports whether a value has ended before the tokens.
func ends(after []token) bool {
	if len(after) == 0 {
		return true
	}
	t := after[0]
	if t.kind != tokOp {
		return isWord(t, "AND", "OR", "NOT", "IS", "IN", "LIKE", "ILIKE", "BETWEEN", "WHEN", "THEN", "ELSE", "END", "COLLATE", "AS")
	}
	if t.text == "=" && len(after) > 1 && after[1].text == ">" {
		return false // the name of an argument
	}
	return !strings.Contains(" ( . : := [ ] ", " "+t.text+" ")
}
