package schema

import (
	"slices"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
)

// Clause is a part of the statement of an object that a database can alter by itself.
type Clause struct {
	// Name is the word that it begins with, in upper case: INCREMENT, DEFAULT, CHECK, USING. Of a domain and a composite type TYPE is the type
	// below it, and ATTRIBUTE one of its attributes.
	Name string
	Of   string // name of a check or of an attribute, else ""
	Text string // what stands behind the name: an expression, a number, a list
}

// Clauses returns the clauses of the statement of a sequence, a domain, a composite type, a policy or a publication, in their order (PostgreSQL manual, Reference,
// CREATE SEQUENCE and so on). What is not said is not among them. ok is false for all other objects, and for a statement of another form.
func (o SQLObject) Clauses() (all []Clause, ok bool) {
	r := clauseReader{sql: string(o.SQL), toks: sqllex.Code(string(o.SQL), sqllex.Any)}
	if !r.behindName(o) {
		return nil, false
	}
	switch o.Kind {
	case SequenceKind:
		return r.sequence()
	case DomainKind:
		return r.domain(o)
	case CompositeTypeKind:
		return r.composite()
	case PolicyKind:
		return r.policy()
	case PublicationKind:
		return r.publication()
	}
	return nil, false
}

// ClauseOf returns what the clause of that name says, and whether there is one.
func ClauseOf(all []Clause, name, of string) (text string, ok bool) {
	i := slices.IndexFunc(all, func(c Clause) bool { return c.Name == name && c.Of == of })
	if i < 0 {
		return "", false
	}
	return all[i].Text, true
}

// clauseReader reads a statement from its beginning.
type clauseReader struct {
	sql  string
	toks []sqllex.Token
	i    int
}

func (r *clauseReader) is(i int, words ...string) bool {
	return i < len(r.toks) && r.toks[i].Is(words...)
}

func (r *clauseReader) next(words ...string) bool {
	for k, w := range words {
		if !r.is(r.i+k, w) {
			return false
		}
	}
	r.i += len(words)
	return true
}

// text returns the statement from one token up to another one.
func (r *clauseReader) text(from, to int) string {
	if from >= to {
		return ""
	}
	return r.sql[r.toks[from].From:r.toks[to-1].To]
}

// behindName goes behind CREATE, the words of the kind and the name.
func (r *clauseReader) behindName(o SQLObject) bool {
	words := strings.Fields(strings.ToUpper(string(o.Kind)))
	if o.Kind == CompositeTypeKind {
		words = []string{"TYPE"}
	}
	if !r.next("CREATE") {
		return false
	}
	if !r.next(words...) {
		return false
	}
	return r.name()
}

// name goes behind a name, which may be qualified.
func (r *clauseReader) name() bool {
	for {
		if r.i >= len(r.toks) || !r.toks[r.i].IsName() {
			return false
		}
		r.i++
		if r.i >= len(r.toks) || r.toks[r.i].Text != "." {
			return true
		}
		r.i++
	}
}

// until goes to the next token outside of brackets at which a clause begins, at least one further.
func (r *clauseReader) until(begins func(i int) bool) (text string) {
	from, depth := r.i, 0
	for r.i < len(r.toks) {
		t := r.toks[r.i]
		if depth == 0 && r.i > from && begins(r.i) {
			break
		}
		switch t.Text {
		case "(", "[":
			depth++
		case ")", "]":
			depth--
		}
		r.i++
	}
	return r.text(from, r.i)
}

func (r *clauseReader) sequence() (all []Clause, ok bool) {
	starts := func(i int) bool {
		return r.is(i, "AS", "INCREMENT", "MINVALUE", "MAXVALUE", "START", "CACHE", "CYCLE", "NO", "OWNED")
	}
	for r.i < len(r.toks) {
		name := strings.ToUpper(r.toks[r.i].Text)
		switch {
		case r.next("NO"):
			name = ""
			if r.i < len(r.toks) {
				name = strings.ToUpper(r.toks[r.i].Text)
			}
			if name != "MINVALUE" && name != "MAXVALUE" && name != "CYCLE" {
				return nil, false
			}
			r.i++
			continue // what there is without it
		case r.next("INCREMENT"):
			r.next("BY")
		case r.next("START"):
			r.next("WITH")
		case r.next("OWNED"):
			if !r.next("BY") {
				return nil, false
			}
			if r.next("NONE") {
				continue
			}
		case r.next("CYCLE"):
			all = append(all, Clause{Name: name})
			continue
		case r.next("AS"), r.next("MINVALUE"), r.next("MAXVALUE"), r.next("CACHE"):
		default:
			return nil, false
		}
		text := r.until(starts)
		if text == "" {
			return nil, false
		}
		all = append(all, Clause{Name: name, Text: text})
	}
	return all, true
}

func (r *clauseReader) domain(o SQLObject) (all []Clause, ok bool) {
	starts := func(i int) bool {
		return r.is(i, "DEFAULT", "CONSTRAINT", "CHECK", "COLLATE") || r.is(i, "NOT") && r.is(i+1, "NULL") || r.is(i, "NULL")
	}
	r.next("AS")
	all = append(all, Clause{Name: "TYPE", Text: r.until(starts)})
	_, base := SplitName(o.Name)
	named := ""
	for r.i < len(r.toks) {
		switch {
		case r.next("COLLATE"):
			all = append(all, Clause{Name: "COLLATE", Text: r.until(starts)})
		case r.next("DEFAULT"):
			all = append(all, Clause{Name: "DEFAULT", Text: r.until(starts)})
		case r.next("CONSTRAINT"):
			if r.i >= len(r.toks) || !r.toks[r.i].IsName() {
				return nil, false
			}
			if named = r.toks[r.i].Value(); r.toks[r.i].Kind == sqllex.Word {
				named = foldASCII(named)
			}
			r.i++
			continue
		case r.next("NOT", "NULL"):
			all = append(all, Clause{Name: "NOT NULL"})
		case r.next("NULL"):
		case r.next("CHECK"):
			if named == "" {
				named = freeCheck(all, base)
			}
			all = append(all, Clause{Name: "CHECK", Of: named, Text: r.until(starts)})
		default:
			return nil, false
		}
		named = ""
	}
	return all, true
}

// freeCheck returns the name that PostgreSQL has for a check of a domain that says none: what the names of its other constraints leave.
func freeCheck(all []Clause, domain string) string {
	for i := 0; ; i++ {
		suffix := "_check"
		if i > 0 {
			suffix += strconv.Itoa(i)
		}
		name := domain[:min(len(domain), MaxName-len(suffix))] + suffix
		if _, taken := ClauseOf(all, "CHECK", name); !taken {
			return name
		}
	}
}

func (r *clauseReader) composite() (all []Clause, ok bool) {
	if !r.next("AS") || r.i >= len(r.toks) || r.toks[r.i].Text != "(" || r.toks[len(r.toks)-1].Text != ")" {
		return nil, false
	}
	r.i++
	end := len(r.toks) - 1
	for r.i < end {
		t := r.toks[r.i]
		if !t.IsName() {
			return nil, false
		}
		name := t.Value()
		if t.Kind == sqllex.Word {
			name = foldASCII(name)
		}
		r.i++
		from := r.i
		depth := 0
		for ; r.i < end && (depth > 0 || r.toks[r.i].Text != ","); r.i++ {
			switch r.toks[r.i].Text {
			case "(":
				depth++
			case ")":
				depth--
			}
		}
		all = append(all, Clause{Name: "ATTRIBUTE", Of: name, Text: r.text(from, r.i)})
		r.i++ // the comma
	}
	return all, true
}

func (r *clauseReader) policy() (all []Clause, ok bool) {
	if !r.next("ON") || !r.name() {
		return nil, false
	}
	starts := func(i int) bool {
		return r.is(i, "AS", "FOR", "TO", "USING") || r.is(i, "WITH") && r.is(i+1, "CHECK")
	}
	for r.i < len(r.toks) {
		name := strings.ToUpper(r.toks[r.i].Text)
		switch {
		case r.next("WITH", "CHECK"):
			name = "WITH CHECK"
		case r.next("AS"), r.next("FOR"), r.next("TO"), r.next("USING"):
		default:
			return nil, false
		}
		all = append(all, Clause{Name: name, Text: r.until(starts)})
	}
	return all, true
}

func (r *clauseReader) publication() (all []Clause, ok bool) {
	starts := func(i int) bool { return r.is(i, "WITH") && i+1 < len(r.toks) && r.toks[i+1].Text == "(" }
	for r.i < len(r.toks) {
		name := strings.ToUpper(r.toks[r.i].Text)
		switch {
		case r.next("FOR"), r.next("WITH"):
		default:
			return nil, false
		}
		all = append(all, Clause{Name: name, Text: r.until(starts)})
	}
	return all, true
}
