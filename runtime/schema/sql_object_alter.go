package schema

import (
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
)

// Alters returns why a database that has objects of the kind cannot alter one into the other in its place; "" says that it can. It is asked for the kinds that have
// an ALTER of their own and no CREATE OR REPLACE: sequences, domains, composite types, policies, publications and extensions (PostgreSQL manual, Reference).
func Alters(from, to SQLObject) (reason string) {
	if from.Kind == ExtensionKind {
		return ""
	}
	a, ok := from.Clauses()
	b, ok2 := to.Clauses()
	if !ok || !ok2 {
		return "its statement has another form than is known"
	}
	says := func(name string) (x, y string) {
		x, _ = ClauseOf(a, name, "")
		y, _ = ClauseOf(b, name, "")
		return x, y
	}
	changes := func(name, without string) bool {
		x, y := says(name)
		return !SameSQL(orElse(x, without), orElse(y, without))
	}
	switch from.Kind {
	case DomainKind:
		if changes("TYPE", "") || changes("COLLATE", "") {
			return "its base type or its collation changes"
		}
	case CompositeTypeKind:
		return attributesAlter(a, b)
	case PolicyKind:
		switch {
		case changes("AS", "PERMISSIVE"):
			return "it changes between PERMISSIVE and RESTRICTIVE"
		case changes("FOR", "ALL"):
			return "the command that it is for changes"
		}
		for _, name := range []string{"USING", "WITH CHECK"} {
			if x, y := says(name); x != "" && y == "" {
				return name + " goes"
			}
		}
	case PublicationKind:
		x, y := says("FOR")
		if all, all2 := allTables(x), allTables(y); all != all2 || y == "" && x != "" {
			return "it is FOR ALL TABLES, or for none, before or after"
		}
		for _, o := range slices.Concat(publicationOptions(a), publicationOptions(b)) {
			if publicationDefaults.Text(o.Name) == "" {
				return "its option " + o.Name + " is not known"
			}
		}
	}
	return ""
}

// attributesAlter says why attributes cannot be dropped and added: new ones come last, and those of a column that is in use keep their types.
func attributesAlter(from, to []Clause) string {
	kept := 0
	for _, c := range to {
		text, was := ClauseOf(from, c.Name, c.Of)
		switch {
		case !was:
			continue
		case !SameSQL(text, c.Text):
			return "attribute " + c.Of + " gets another type"
		}
		kept++
	}
	var order []string
	for _, c := range from {
		if _, stays := ClauseOf(to, c.Name, c.Of); stays {
			order = append(order, c.Of)
		}
	}
	for i, c := range to {
		if i < kept && c.Of != order[i] {
			return "the order of its attributes changes: ALTER TYPE adds them at the end"
		}
	}
	return ""
}

func allTables(list string) bool { return SameSQL(list, "ALL TABLES") }

func orElse(text, without string) string {
	if text == "" {
		return without
	}
	return text
}

// Alteration returns the clauses that change between two statements for which [Alters] returns "", as ALTER says them: each with the value that it has when nothing is
// said, and Text "" for what goes.
func Alteration(from, to SQLObject) []Clause {
	a, _ := from.Clauses()
	b, _ := to.Clauses()
	switch from.Kind {
	case SequenceKind:
		a, b = sequenceValues(a), sequenceValues(b)
		x, _ := ClauseOf(a, "INCREMENT", "")
		y, _ := ClauseOf(b, "INCREMENT", "")
		ax, _ := ClauseOf(a, "AS", "")
		ay, _ := ClauseOf(b, "AS", "")
		if turned := strings.HasPrefix(x, "-") != strings.HasPrefix(y, "-"); turned || !SameSQL(ax, ay) { // limits that are not said stay those of before
			a = slices.DeleteFunc(a, func(c Clause) bool { return c.Name == "MINVALUE" || c.Name == "MAXVALUE" })
		}
	case PolicyKind:
		a, b = withClause(a, "TO", "PUBLIC"), withClause(b, "TO", "PUBLIC")
	case PublicationKind:
		a, b = publicationClauses(a), publicationClauses(b)
	}
	var all []Clause
	for _, c := range a {
		text, stays := ClauseOf(b, c.Name, c.Of)
		if !stays || c.Name == "CHECK" && !SameSQL(text, c.Text) {
			all = append(all, Clause{Name: c.Name, Of: c.Of})
		}
	}
	for _, c := range b {
		text, was := ClauseOf(a, c.Name, c.Of)
		if !was || !SameSQL(text, c.Text) {
			if c.Text == "" {
				c.Text = c.Name
			}
			all = append(all, c)
		}
	}
	return all
}

func withClause(all []Clause, name, text string) []Clause {
	if _, ok := ClauseOf(all, name, ""); ok {
		return all
	}
	return append(slices.Clone(all), Clause{Name: name, Text: text})
}

// sequenceValues returns the clauses of a sequence with those that are not said (PostgreSQL manual, CREATE SEQUENCE).
func sequenceValues(all []Clause) []Clause {
	increment, _ := ClauseOf(all, "INCREMENT", "")
	down := strings.HasPrefix(increment, "-")
	start, _ := ClauseOf(all, map[bool]string{false: "MINVALUE", true: "MAXVALUE"}[down], "")
	if start == "" {
		start = map[bool]string{false: "1", true: "-1"}[down]
	}
	var full []Clause
	for _, d := range [][2]string{{"AS", "bigint"}, {"INCREMENT", "1"}, {"MINVALUE", "NO"}, {"MAXVALUE", "NO"}, {"START", start}, {"CACHE", "1"}, {"CYCLE", "NO"}, {"OWNED", "NONE"}} {
		text, ok := ClauseOf(all, d[0], "")
		switch {
		case !ok:
			text = d[1]
		case d[0] == "CYCLE":
			text = "YES"
		}
		full = append(full, Clause{Name: d[0], Text: text})
	}
	return full
}

// publicationDefaults are the options of a publication and what they are when nothing is said (PostgreSQL manual, CREATE PUBLICATION).
var publicationDefaults = sqllex.WordMap{
	{"publish", "'insert, update, delete, truncate'"}, {"publish_via_partition_root", "false"}, {"publish_generated_columns", "none"},
}

// publicationOptions returns the options of a publication, one clause each.
func publicationOptions(all []Clause) (options []Clause) {
	text, _ := ClauseOf(all, "WITH", "")
	text = strings.TrimSuffix(strings.TrimPrefix(text, "("), ")")
	r := clauseReader{sql: text, toks: sqllex.Code(text, sqllex.Any)}
	for r.i < len(r.toks) {
		name := foldASCII(r.toks[r.i].Text)
		value := "true"
		r.i++
		if r.i < len(r.toks) && r.toks[r.i].Text == "=" {
			r.i++
			value = r.until(func(i int) bool { return r.toks[i].Text == "," })
		}
		options = append(options, Clause{Name: name, Text: value})
		if r.i < len(r.toks) {
			r.i++ // the comma
		}
	}
	return options
}

func publicationClauses(all []Clause) []Clause {
	list, _ := ClauseOf(all, "FOR", "")
	var full []Clause
	if list != "" {
		full = append(full, Clause{Name: "FOR", Text: list})
	}
	options := publicationOptions(all)
	for _, name := range []string{"publish", "publish_via_partition_root", "publish_generated_columns"} {
		text, said := ClauseOf(options, name, "")
		if !said {
			if name == "publish_generated_columns" {
				continue // older servers do not know it
			}
			text = publicationDefaults.Text(name)
		}
		full = append(full, Clause{Name: name, Text: text})
	}
	return full
}

// LostAttributes returns the attributes of a composite type that a change takes away, with their values in all rows: type.attribute.
func LostAttributes(name, from, to string) (lost []string) {
	a, _ := SQLObject{Kind: CompositeTypeKind, Name: name, SQL: SQLText(from)}.Clauses()
	b, _ := SQLObject{Kind: CompositeTypeKind, Name: name, SQL: SQLText(to)}.Clauses()
	for _, c := range a {
		if _, stays := ClauseOf(b, c.Name, c.Of); !stays {
			lost = append(lost, name+"."+c.Of)
		}
	}
	return lost
}
