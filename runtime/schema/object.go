package schema

import (
	"fmt"
	"slices"
	"strings"
)

// Object is something in a database that is no table of the models and nothing of one: a view, a function, a trigger. A step that is written by
// hand declares what it makes so, as the ops of a migration do not know it otherwise.
type Object struct {
	Kind  string // as DROP and COMMENT ON name it, in lower case: "materialized view"
	Name  string // as SQL writes it: qualified, quoted where it must be, of a function with the types of its arguments or without
	Table string // what it is on, as SQL writes it; "" for what is on no table
	Only  string // the dialect that has it; "" is every dialect
}

// objectKinds are the kinds of objects, the longer ones before those that they begin with. What is on a table is addressed by that too.
var objectKinds = []struct {
	words string
	on    byte // 'n': on nothing; 't': on a table; 'o': the table may be left out; 'c': it is the first part of the name
}{
	{"materialized view", 'n'}, {"foreign table", 'n'}, {"virtual table", 'n'}, {"event trigger", 'n'}, {"trigger", 't'}, {"policy", 't'}, {"rule", 't'},
	{"constraint", 't'}, {"index", 'o'}, {"column", 'c'}, {"view", 'n'}, {"function", 'n'}, {"procedure", 'n'}, {"aggregate", 'n'}, {"routine", 'n'},
	{"extension", 'n'}, {"sequence options", 'c'}, {"sequence", 'n'}, {"type", 'n'}, {"domain", 'n'}, {"statistics", 'n'}, {"publication", 'n'}, {"schema", 'n'}, {"unlogged table", 'n'}, {"partitioned table", 'n'}, {"row security", 'n'}, {"table", 'n'},
	{"identity always", 'c'}, {"not valid constraint", 't'}, {"deferrable constraint", 't'}, {"covering constraint", 't'}, {"virtual column", 'c'},
}

// ParseObject reads an object as COMMENT ON and DROP name it: "trigger set_updated_at on issues", "view billing.open_invoices",
// "function touch(integer)", "extension pg_trgm". Key words may have any case; names without quotes are folded to lower case, as in SQL.
func ParseObject(text string) (Object, error) {
	fail := func(format string, args ...any) (Object, error) {
		return Object{}, fmt.Errorf("%q is no object as DROP names one: "+format, append([]any{text}, args...)...)
	}
	toks, err := lex(text)
	if err != nil {
		return fail("%w", err)
	}
	var o Object
	var on byte
	for _, k := range objectKinds {
		words := strings.Fields(k.words)
		if len(toks) > len(words) && slices.EqualFunc(toks[:len(words)], words, func(t token, w string) bool { return isWord(t, w) }) {
			o.Kind, on, toks = k.words, k.on, toks[len(words):]
			break
		}
	}
	if o.Kind == "" {
		var known []string
		for _, k := range objectKinds {
			known = append(known, k.words)
		}
		slices.Sort(known)
		return fail("it begins with its kind, one of %s", strings.Join(known, ", "))
	}
	parts, toks := nameTokens(toks)
	if len(parts) == 0 {
		return fail("the name is missing")
	}
	if on == 'c' {
		if len(parts) < 2 {
			return fail("a column is written with its table, table.column")
		}
		o.Table, parts = joinTokens(parts[:len(parts)-1]), parts[len(parts)-1:]
	}
	o.Name = joinTokens(parts)
	if len(toks) > 0 && toks[0] == (token{tokOp, "("}) && slices.Contains([]string{"function", "procedure", "aggregate", "routine"}, o.Kind) {
		end := slices.Index(toks, token{tokOp, ")"})
		for end >= 0 && end+1 < len(toks) && toks[end+1].kind == tokOp {
			end++ // numeric(8, 2) has brackets of its own
		}
		if end < 0 {
			return fail("( is not closed")
		}
		o.Name, toks = o.Name+"("+render(toks[1:end])+")", toks[end+1:]
	}
	if len(toks) > 0 && isWord(toks[0], "ON") && (on == 't' || on == 'o') {
		table, rest := nameTokens(toks[1:])
		if len(table) == 0 {
			return fail("the table behind on is missing")
		}
		o.Table, toks = joinTokens(table), rest
	}
	switch {
	case len(toks) > 0:
		return fail("nothing can follow at %s", render(toks))
	case on == 't' && o.Table == "":
		return fail("it says which table it is on: %s %s on ...", o.Kind, o.Name)
	}
	return o, nil
}

// nameTokens takes a name of one or more parts off the beginning.
func nameTokens(toks []token) (parts, rest []token) {
	for len(toks) > 0 && (toks[0].kind == tokIdent || toks[0].kind == tokQuoted) {
		t := toks[0]
		if t.kind == tokIdent {
			t.text = foldASCII(t.text)
		}
		parts, toks = append(parts, identToken(t.text)), toks[1:]
		if len(toks) == 0 || toks[0] != (token{tokOp, "."}) {
			break
		}
		toks = toks[1:]
	}
	return parts, toks
}

func joinTokens(parts []token) string {
	var all []string
	for _, p := range parts {
		all = append(all, render([]token{p}))
	}
	return strings.Join(all, ".")
}

// String returns the object as DROP names it, without its dialect.
func (o Object) String() string {
	switch {
	case o.Table == "":
		return o.Kind + " " + o.Name
	case o.ofColumn():
		return o.Kind + " " + o.Table + "." + o.Name
	}
	return o.Kind + " " + o.Name + " on " + o.Table
}

// Same reports whether two objects are one, whatever the case of their letters, as SQLite compares names. The arguments of a function and the
// table of an index count where both have them.
func (o Object) Same(p Object) bool {
	_, oArgs, oHas := strings.Cut(o.Name, "(")
	_, pArgs, pHas := strings.Cut(p.Name, "(")
	return o.Kind == p.Kind && sameName(o.Name, p.Name) && (!oHas || !pHas || strings.EqualFold(oArgs, pArgs)) &&
		(sameName(o.Table, p.Table) || o.Kind == "index" && (o.Table == "" || p.Table == ""))
}

func sameName(a, b string) bool {
	aNs, aName := NameParts(a)
	bNs, bName := NameParts(b)
	return strings.EqualFold(aNs, bNs) && strings.EqualFold(aName, bName)
}

// On reports whether the object is on the table of that name, which comes as a [Table] has it.
func (o Object) On(table string) bool {
	ns, name := NameParts(o.Table)
	if o.property() {
		ns, name = NameParts(o.Name)
	}
	return name != "" && strings.EqualFold(JoinName(ns, name), table)
}

// Moved returns the object of a table, see [Object.On], when that is called so.
func (o Object) Moved(table string) Object {
	if o.property() {
		o.Name = QuoteName(table)
	} else {
		o.Table = QuoteName(table)
	}
	return o
}

// property reports whether the object is not beside a table, but says how the table is kept.
func (o Object) property() bool {
	return o.Kind == "unlogged table" || o.Kind == "partitioned table" || o.Kind == "row security"
}

// ofColumn reports whether the object is a column, or says something of one, and is named with its table before it.
func (o Object) ofColumn() bool {
	return o.Kind == "column" || o.Kind == "virtual column" || o.Kind == "identity always" || o.Kind == "sequence options"
}

// NameParts returns a name as [ParseObject] wrote it, apart: the schema, "" for none, and the name, both without quotes.
func NameParts(sql string) (namespace, name string) {
	bare, _, _ := strings.Cut(sql, "(")
	toks, err := lex(bare)
	if err != nil {
		return "", sql
	}
	parts, _ := nameTokens(toks)
	for i, p := range parts {
		if i < len(parts)-1 {
			namespace = p.text
		} else {
			name = p.text
		}
	}
	return namespace, name
}

// QuoteName returns the name of a table, as [Table] has it, or another name, as [ParseObject] would write it.
func QuoteName(name string) string {
	ns, base := SplitName(name)
	if ns == "" {
		return joinTokens([]token{identToken(base)})
	}
	return joinTokens([]token{identToken(ns), identToken(base)})
}
