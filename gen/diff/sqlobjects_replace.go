package diff

import (
	"slices"

	"github.com/modelgen/modelgen/internal/sqllex"
	"github.com/modelgen/modelgen/runtime/schema"
)

// inPlace reports whether a database is certain to take the new object in the place of the old one, with all that stands on it.
func inPlace(from, to schema.SQLObject) bool {
	switch to.Kind {
	case schema.ViewKind:
		return schema.SameSQL(from.Head, to.Head) && longer(from, to)
	case schema.FunctionKind, schema.ProcedureKind:
		return slices.Equal(signature(from), signature(to))
	case schema.TriggerKind:
		return !constraintTrigger(from) && !constraintTrigger(to)
	case schema.RuleKind, schema.CommentKind, schema.RowSecurityKind:
		return true
	}
	return false
}

// longer reports whether the new view returns all columns of the old one, of the same types and in the same order, with others behind them or without. It
// says so only where the text shows it: each column is the same expression, over the same tables.
func longer(from, to schema.SQLObject) bool {
	a, aFrom, ok := selectList(string(from.SQL))
	b, bFrom, ok2 := selectList(string(to.SQL))
	if !ok || !ok2 || len(a) > len(b) || len(aFrom) > len(bFrom) {
		return false
	}
	for i := range a {
		if !schema.SameSQL(a[i], b[i]) {
			return false
		}
	}
	return slices.Equal(aFrom, bFrom[:len(aFrom)])
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
			from = append(from, word_(t))
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

func word_(t sqllex.Token) string {
	if t.Kind == sqllex.Word {
		return lowerASCII(t.Text)
	}
	return t.Text
}

func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// signature returns what CREATE OR REPLACE cannot change of a routine: arguments with names and defaults, and what it returns.
func signature(o schema.SQLObject) []string {
	toks := sqllex.Code(string(o.SQL), sqllex.Any)
	begin := slices.IndexFunc(toks, func(t sqllex.Token) bool { return t.Text == "(" })
	if begin < 0 {
		return nil
	}
	var all []string
	depth := 0
	for _, t := range toks[begin:] {
		switch {
		case t.Text == "(":
			depth++
		case t.Text == ")":
			depth--
		}
		if depth == 0 && t.Is("LANGUAGE", "AS", "IMMUTABLE", "STABLE", "VOLATILE", "STRICT", "CALLED", "SECURITY", "EXTERNAL", "PARALLEL", "COST", "ROWS", "SUPPORT", "SET", "WINDOW",
			"TRANSFORM", "LEAKPROOF", "NOT", "BEGIN", "RETURN") || depth == 0 && len(all) > 1 && t.Is("NULL") {
			break
		}
		all = append(all, word_(t))
	}
	return all
}

func constraintTrigger(o schema.SQLObject) bool {
	toks := sqllex.Code(string(o.SQL), sqllex.Any)
	return len(toks) > 1 && toks[1].Is("CONSTRAINT")
}
