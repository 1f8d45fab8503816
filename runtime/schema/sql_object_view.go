package schema

import (
	"slices"

	"github.com/modelgen/modelgen/internal/sqllex"
)

// ViewGrows reports whether a view can be replaced by another one in its place: the new one returns all columns of the old one, of the same types and in the same order, with others behind them or without. It
// says so only where the text shows it: each column is the same expression, over the same tables.
func ViewGrows(from, to SQLObject) bool {
	aNames, bNames := columnNames(from.Head), columnNames(to.Head)
	if len(aNames) > len(bNames) || !slices.Equal(aNames, bNames[:len(aNames)]) || len(aNames) == 0 && len(bNames) > 0 {
		return false
	}
	if SameSQL(string(from.SQL), string(to.SQL)) {
		return len(aNames) == len(bNames) // its options alone change
	}
	a, aFrom, ok := selectList(string(from.SQL))
	b, bFrom, ok2 := selectList(string(to.SQL))
	if !ok || !ok2 || len(a) > len(b) || len(aFrom) > len(bFrom) {
		return false
	}
	for i := range a {
		if !SameSQL(a[i], b[i]) {
			return false
		}
	}
	return slices.Equal(aFrom, bFrom[:len(aFrom)])
}

// columnNames returns the list of columns that the head of a view begins with.
func columnNames(head string) (names []string) {
	for _, t := range columnTokens(head) {
		names = append(names, foldedText(t))
	}
	return names
}

func columnTokens(head string) (names []sqllex.Token) {
	toks := sqllex.Code(head, sqllex.Any)
	if len(toks) == 0 || toks[0].Text != "(" {
		return nil
	}
	for _, t := range toks[1:] {
		if t.Text == ")" {
			break
		}
		if t.Text != "," {
			names = append(names, t)
		}
	}
	return names
}

// selectList returns the items of the one SELECT that a query is, and the tokens of what it reads from. ok is false for a query of another form, and for one that returns all columns
// of a table, which are others from time to time.
func selectList(query string) (items []string, from []string, ok bool) {
	toks := sqllex.Code(query, sqllex.Any)
	if len(toks) == 0 || !toks[0].Is("SELECT") {
		return nil, nil, false
	}
	depth, begin, reads := 0, 1, false
	for i, t := range toks {
		switch {
		case t.Text == "(":
			depth++
		case t.Text == ")":
			depth--
		}
		if depth == 0 && t.Is("UNION", "INTERSECT", "EXCEPT", "DISTINCT") || t.Text == "*" && !(i > 0 && toks[i-1].Text == "(") && !reads {
			return nil, nil, false
		}
		if reads {
			if depth == 0 && t.Is("WHERE", "GROUP", "ORDER", "HAVING", "LIMIT", "WINDOW", "OFFSET", "FETCH") {
				return items, from, true
			}
			from = append(from, foldedText(t))
			continue
		}
		end := depth == 0 && (t.Text == "," || t.Is("FROM"))
		if end || i == len(toks)-1 {
			last := i - 1
			if !end {
				last = i
			}
			if last < begin {
				return nil, nil, false
			}
			items = append(items, query[toks[begin].From:toks[last].To])
			begin = i + 1
			reads = end && t.Is("FROM")
		}
	}
	return items, from, true
}

// foldedText returns a token, a word in lower case.
func foldedText(t sqllex.Token) string {
	if t.Kind == sqllex.Word {
		return foldASCII(t.Text)
	}
	return t.Text
}
