package migrate

import (
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
)

// handDestroys returns the words of SQL written by hand that take data away, or write over values of what is not made, "" when there are none. What stands in a string or in
// the body of a function or a trigger is not run by the statement, but by DO.
func handDestroys(text string, made func(table, column string) bool) string {
	toks := sqllex.Code(text, sqllex.Any)
	begin, dynamic := 0, false // of the statement; it runs a text that it has put together
	for i := 0; i < len(toks); i++ {
		t := toks[i]
		next := func(n int, words ...string) bool { return i+n < len(toks) && toks[i+n].Is(words...) }
		before := func(words ...string) bool { return i > 0 && toks[i-1].Is(words...) }
		first := i == begin || before("BEGIN", "THEN", "LOOP", "ELSE")
		altered := toks[begin].Is("ALTER") && begin+1 < len(toks) && toks[begin+1].Is("TABLE", "FOREIGN")
		switch {
		case t.Text == ";":
			begin, dynamic = i+1, false
		case t.Is("CREATE") && i == begin:
			if end := bodyEnd(toks, i); end > 0 {
				i = end
			}
		case t.Is("DO") && i == begin:
			for _, body := range toks[i+1:] {
				if body.Kind == sqllex.Dollar || body.Kind == sqllex.String {
					if words := handDestroys(body.Value(), made); words != "" {
						return words
					}
				}
			}
		case t.Is("EXECUTE") && first:
			dynamic = true
		case dynamic && (t.Kind == sqllex.Dollar || t.Kind == sqllex.String):
			if words := handDestroys(t.Value(), made); words != "" {
				return words
			}
		case t.Is("TRUNCATE") && first:
			return "TRUNCATE"
		case t.Is("DELETE") && (next(1, "FROM") || before("THEN")):
			return "DELETE" + map[bool]string{true: " FROM"}[next(1, "FROM")]
		case t.Is("REPLACE") && next(1, "INTO") && (first || before("OR")):
			return "REPLACE INTO"
		case t.Is("UPDATE") && !toks[begin].Is("CREATE", "GRANT", "REVOKE") && (first || before("DO") || i > 0 && (toks[i-1].Text == "(" || toks[i-1].Text == ")")):
			if words := overwrites(toks[begin:], i-begin, made); words != "" {
				return words
			}
		case t.Is("DROP") && next(1, "TABLE", "SCHEMA", "DATABASE", "COLUMN", "OWNED"):
			return "DROP " + strings.ToUpper(toks[i+1].Text)
		case t.Is("DROP") && altered && !next(1, "CONSTRAINT", "DEFAULT", "NOT", "IDENTITY", "EXPRESSION"):
			return "ALTER TABLE ... DROP"
		case t.Is("TYPE") && altered && i > begin+2 && toks[i-1].IsName() && (toks[i-2].Is("ALTER", "COLUMN") || before("DATA")):
			return "ALTER TABLE ... TYPE"
		case t.Is("CASCADE") && toks[begin].Is("DROP"): // of a type or an extension it takes columns
			return "DROP ... CASCADE"
		}
	}
	return ""
}

// bodyEnd returns the place of the END of a body of statements, as of a trigger of SQLite, in the CREATE statement at from; 0 is that it has none.
func bodyEnd(toks []sqllex.Token, from int) int {
	depth := 0
	for i := from; i < len(toks); i++ {
		switch {
		case toks[i].Is("BEGIN"), depth > 0 && toks[i].Is("CASE"):
			depth++
		case depth > 0 && toks[i].Is("END"):
			if depth--; depth == 0 {
				return i
			}
		case depth == 0 && toks[i].Text == ";":
			return 0
		}
	}
	return 0
}

// overwrites returns which columns the UPDATE at a place of a statement writes over, "" when none: those that are made are new, and what only fills NULL in takes nothing. An
// UPDATE of ON CONFLICT and of MERGE has its table further in front.
func overwrites(toks []sqllex.Token, at int, made func(table, column string) bool) string {
	if at+1 < len(toks) && toks[at+1].Is("OR") && at+2 < len(toks) && toks[at+2].Is("REPLACE") {
		return "UPDATE OR REPLACE"
	}
	table := ""
	set := at + 1
	for ; set < len(toks) && !toks[set].Is("SET"); set++ {
		if toks[set].Text == ";" {
			return ""
		}
	}
	if from := at + 1; set > from {
		if toks[from].Is("OR") {
			from += 2
		}
		if from < len(toks) && toks[from].Is("ONLY") {
			from++
		}
		table = tableName(toks, from)
	} else {
		for i := at - 1; i >= 0 && table == ""; i-- {
			if toks[i].Is("INTO") {
				table = tableName(toks, i+1)
			}
		}
	}
	columns, where := assigned(toks, min(set+1, len(toks)))
	if len(columns) == 0 {
		return "UPDATE of " + table
	}
	null := onlyNull(where)
	columns = slices.DeleteFunc(columns, func(c string) bool { return null[c] || made(table, c) })
	for i, c := range columns {
		columns[i] = table + "." + c
	}
	if len(columns) == 0 {
		return ""
	}
	return "UPDATE of " + some(columns)
}

// name returns a name as the schema has it.
func name(t sqllex.Token) string {
	if t.Kind == sqllex.Quoted {
		return t.Value()
	}
	return sqllex.Fold(t.Text)
}

// tableName returns the name of a table at a place, with its schema where it has one.
func tableName(toks []sqllex.Token, at int) string {
	if at >= len(toks) || !toks[at].IsName() {
		return ""
	}
	text := name(toks[at])
	if at+2 < len(toks) && toks[at+1].Text == "." && toks[at+2].IsName() {
		text += "." + name(toks[at+2])
	}
	return text
}

// assigned returns the columns that the assignments behind SET name, and the condition behind WHERE.
func assigned(toks []sqllex.Token, from int) (columns []string, where []sqllex.Token) {
	depth, cases, target := 0, 0, true
	for i := from; i < len(toks); i++ {
		t := toks[i]
		outside := depth == 0 && cases == 0
		switch {
		case t.Text == "(" || t.Text == "[":
			depth++
		case t.Text == ")" || t.Text == "]":
			if depth--; depth < 0 {
				return columns, nil
			}
		case t.Is("CASE"):
			cases++
		case t.Is("END") && cases > 0:
			cases--
		case t.Text == ";" || outside && !target && t.Is("RETURNING", "WHEN"):
			return columns, nil
		case outside && !target && t.Is("WHERE"):
			return columns, condition(toks[i+1:])
		case outside && t.Text == ",":
			target = true
		case outside && t.Is("FROM") && toks[i-1].Is("DISTINCT"):
		case outside && t.Is("FROM"): // what follows is no assignment, but for its condition
			for ; i < len(toks) && toks[i].Text != ";"; i++ {
				if toks[i].Is("WHERE") {
					return columns, condition(toks[i+1:])
				}
			}
			return columns, nil
		case target && t.Text == "=":
			target = false
		case target && t.IsName() && (i == from || toks[i-1].Text == "," || toks[i-1].Text == "("):
			columns = append(columns, name(t))
		}
	}
	return columns, nil
}

// condition is the part of a statement that belongs to its WHERE.
func condition(toks []sqllex.Token) []sqllex.Token {
	depth := 0
	for i, t := range toks {
		switch {
		case t.Text == "(":
			depth++
		case t.Text == ")":
			depth--
		}
		if depth < 0 || depth == 0 && (t.Text == ";" || t.Is("RETURNING", "WHEN")) {
			return toks[:i]
		}
	}
	return toks
}

// onlyNull returns the columns that a condition has as IS NULL, beside whatever else it asks for: AND alone, no OR.
func onlyNull(where []sqllex.Token) map[string]bool {
	all := map[string]bool{}
	depth := 0
	for i, t := range where {
		switch {
		case t.Text == "(":
			depth++
		case t.Text == ")":
			depth--
		case depth > 0:
		case t.Is("OR", "CASE", "SELECT"):
			return nil
		case t.Is("IS") && i > 0 && i+1 < len(where) && where[i+1].Is("NULL") && where[i-1].IsName():
			first := i - 1
			if first > 1 && where[first-1].Text == "." {
				first -= 2
			}
			if first == 0 || where[first-1].Is("AND") {
				all[name(where[i-1])] = true
			}
		}
	}
	return all
}
