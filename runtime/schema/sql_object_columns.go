package schema

import (
	"slices"

	"github.com/modelgen/modelgen/internal/sqllex"
)

// ViewColumns returns the names of the columns of a view or materialized view, where its text shows them: in the list behind its name, by AS, or because an item of the query is the
// name of a column. ok is false where only the server knows them, as with SELECT * or an expression without a name.
func ViewColumns(o SQLObject) (names []string, ok bool) {
	var listed []string
	for _, t := range columnTokens(o.Head) {
		listed = append(listed, nameOf(t))
	}
	items, ok := outputs(sqllex.Code(string(o.SQL), sqllex.Any))
	if !ok {
		return nil, false
	}
	for i, item := range items {
		switch name := outputName(item); {
		case i < len(listed):
			names = append(names, listed[i])
		case name == "":
			return nil, false
		default:
			names = append(names, name)
		}
	}
	return names, len(listed) <= len(items) && len(slices.Compact(slices.Sorted(slices.Values(names)))) == len(names)
}

// outputs returns the items that the first SELECT of a query returns, whose names those of the whole query are.
func outputs(toks []sqllex.Token) (items [][]sqllex.Token, ok bool) {
	depth, at := 0, -1
	for i, t := range toks { // behind WITH
		switch {
		case t.Text == "(":
			depth++
		case t.Text == ")":
			depth--
		case depth == 0 && t.Is("SELECT"):
			at = i
		}
		if at >= 0 || i == 0 && !t.Is("SELECT", "WITH") {
			break
		}
	}
	if at < 0 {
		return nil, false
	}
	toks = toks[at+1:]
	if len(toks) > 0 && toks[0].Is("ALL", "DISTINCT") {
		if toks = toks[1:]; len(toks) > 1 && toks[0].Is("ON") && toks[1].Text == "(" {
			end := slices.IndexFunc(toks, func(t sqllex.Token) bool { return t.Text == ")" })
			if end < 0 || slices.ContainsFunc(toks[2:end], func(t sqllex.Token) bool { return t.Text == "(" }) {
				return nil, false
			}
			toks = toks[end+1:]
		}
	}
	var item []sqllex.Token
	for i, t := range toks {
		switch {
		case t.Text == "(" || t.Text == "[":
			depth++
		case t.Text == ")" || t.Text == "]":
			depth--
		}
		from := t.Is("FROM") && !(i > 0 && toks[i-1].Is("DISTINCT")) // IS DISTINCT FROM
		if depth == 0 && (from || t.Text == ";" || t.Is("UNION", "INTERSECT", "EXCEPT", "WHERE", "GROUP", "ORDER", "HAVING", "LIMIT", "WINDOW", "OFFSET", "FETCH")) {
			break
		}
		if depth == 0 && t.Text == "," {
			items, item = append(items, item), nil
			continue
		}
		item = append(item, t)
	}
	items = append(items, item)
	return items, !slices.ContainsFunc(items, func(item []sqllex.Token) bool { return len(item) == 0 || item[len(item)-1].Text == "*" })
}

// outputName returns the name that an item gives its column, "" where that is for the server to decide.
func outputName(item []sqllex.Token) string {
	n := len(item)
	last := item[n-1]
	if !last.IsName() {
		return ""
	}
	if n > 2 && item[n-2].Is("AS") {
		return nameOf(last)
	}
	for i, t := range item { // a, t.a, s.t.a
		name := t.IsName()
		if name != (i%2 == 0) || !name && t.Text != "." {
			return ""
		}
	}
	if n == 1 && last.Is("NULL", "TRUE", "FALSE", "CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "CURRENT_USER", "SESSION_USER", "USER", "LOCALTIME", "LOCALTIMESTAMP", "CURRENT_ROLE", "CURRENT_CATALOG", "CURRENT_SCHEMA", "DEFAULT") {
		return ""
	}
	return nameOf(last)
}

// nameOf returns the name that a token is.
func nameOf(t sqllex.Token) string {
	if t.Kind == sqllex.Word {
		return sqllex.Fold(t.Text)
	}
	return t.Value()
}
