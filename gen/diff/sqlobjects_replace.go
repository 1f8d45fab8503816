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
		return longer(from, to)
	case schema.FunctionKind, schema.ProcedureKind:
		return slices.Equal(signature(from), signature(to))
	case schema.TriggerKind:
		return !constraintTrigger(from) && !constraintTrigger(to)
	case schema.RuleKind, schema.CommentKind, schema.RowSecurityKind:
		return true
	case schema.SequenceKind, schema.DomainKind, schema.CompositeTypeKind, schema.PolicyKind, schema.PublicationKind, schema.ExtensionKind:
		return schema.Alters(from, to) == ""
	}
	return false
}

// longer reports whether the new view returns all columns of the old one, of the same types and in the same order, with others behind them or without. It
// says so only where the text shows it: each column is the same expression, over the same tables.
func longer(from, to schema.SQLObject) bool {
	aNames, bNames := columnNames(from.Head), columnNames(to.Head)
	if len(aNames) > len(bNames) || !slices.Equal(aNames, bNames[:len(aNames)]) || len(aNames) == 0 && len(bNames) > 0 {
		return false
	}
	if schema.SameSQL(string(from.SQL), string(to.SQL)) {
		return len(aNames) == len(bNames) // its options alone change
	}
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

// columnNames returns the list of columns that the head of a view begins with.
func columnNames(head string) (names []string) {
	toks := sqllex.Code(head, sqllex.Any)
	if len(toks) == 0 || toks[0].Text != "(" {
		return nil
	}
	for _, t := range toks[1:] {
		if t.Text == ")" {
			break
		}
		if t.Text != "," {
			names = append(names, word_(t))
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

// cannotChange refuses to drop and create what would take values with it: a sequence, and a type that columns have.
func (d *differ) cannotChange(changes []*change) {
	for _, c := range changes {
		if c.how != recreateObject {
			continue
		}
		why := schema.Alters(*c.at, *c.new)
		switch c.old.Kind {
		case schema.SequenceKind:
			d.fail(c.new.String(), "%s cannot be altered in its place, as %s; dropped and created it would count from the beginning again: declare a new one under another name", c.new, orSo(why))
		case schema.DomainKind, schema.CompositeTypeKind, schema.RangeTypeKind:
			for _, t := range d.new.Tables {
				for _, column := range t.Columns {
					if was := d.old.Table(t.Name); !typeWord(column, c.new) || was == nil || was.Column(column.Name) == nil || !typeWord(*was.Column(column.Name), c.old) {
						continue
					}
					d.fail(c.new.String(), "%s cannot be altered in its place, as %s, and %s.%s is of that type: declare a type with another name and give it to the column, which converts its values (-convert)",
						c.new, orSo(why), t.Name, column.Name)
				}
			}
		}
	}
}

func orSo(why string) string {
	if why == "" {
		return "what it stands on changes"
	}
	return why
}

// typeWord reports whether the type of a column names the object.
func typeWord(c schema.Column, o *schema.SQLObject) bool {
	texts := []string{c.Type.String()}
	for _, text := range c.TypeFor {
		texts = append(texts, text)
	}
	return slices.ContainsFunc(texts, func(text string) bool {
		return slices.ContainsFunc(sqllex.Code(text, sqllex.Any), func(t sqllex.Token) bool { return lowerASCII(t.Value()) == word(o) })
	})
}
