package schema

import (
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
)

// Need is something that an [SQLObject] stands on: a table, a column of one, an enum, or another object. One of the fields is set, and Table with Column.
type Need struct {
	Table  string
	Column string
	Enum   string
	Object *SQLObject // a copy
	// Soft is set when the database does not look at it before it runs: it stands in a body that is a string. Such a need orders, and nothing more.
	Soft bool
	At   int // byte of the statement, see [SQLObject.Statement], at which it is named; -1 for what it is by its nature
}

// Needs returns what the object stands on in s, as far as its text shows, one too many rather than one too few. Of a name that stands for several
// things, such as a function with several lists of arguments, it has each.
func (s *Schema) Needs(o SQLObject) []Need { return s.Names().Needs(o) }

// Names are the names of a schema, for [Names.Needs] of many objects of it.
type Names struct {
	s       *Schema
	tables  map[string][]*Table     // by the last part of the name in lower case, as the others
	enums   map[string][]*Enum      //
	objects map[string][]*SQLObject // relations, routines and types
	parts   map[string][]partition  // partitions
}

// partition is one with the table that it is of, however far below that: its columns are those of the table.
type partition struct {
	name string
	root *Table
}

// Names returns the names of s, which must not change meanwhile.
func (s *Schema) Names() *Names {
	n := &Names{s: s, tables: map[string][]*Table{}, enums: map[string][]*Enum{}, objects: map[string][]*SQLObject{}, parts: map[string][]partition{}}
	last := func(name string) string {
		name, _, _ = strings.Cut(name, "(")
		_, base := SplitName(name)
		return strings.ToLower(base)
	}
	for _, t := range s.Tables {
		n.tables[last(t.Name)] = append(n.tables[last(t.Name)], t)
	}
	for _, e := range s.Enums {
		n.enums[last(e.Name)] = append(n.enums[last(e.Name)], e)
	}
	for i := range s.SQLObjects {
		o := s.SQLObjects[i]
		n.objects[last(o.Name)] = append(n.objects[last(o.Name)], &o)
		if o.Kind == PartitionKind {
			if root := s.root(o, len(s.SQLObjects)); root != nil {
				n.parts[last(o.Name)] = append(n.parts[last(o.Name)], partition{o.Name, root})
			}
		}
	}
	return n
}

// root returns the table that a partition is of, at most that many levels above it.
func (s *Schema) root(o SQLObject, levels int) *Table {
	if t := s.Table(o.Table); t != nil || levels == 0 {
		return t
	}
	i := slices.IndexFunc(s.SQLObjects, func(x SQLObject) bool { return x.Kind == PartitionKind && x.Name == o.Table })
	if i < 0 {
		return nil
	}
	return s.root(s.SQLObjects[i], levels-1)
}

// like returns the tables that a name in SQL may mean, see [Schema.tablesLike]. A partition is its table.
func (n *Names) like(ns, name string) (found []*Table) {
	for _, t := range n.tables[strings.ToLower(name)] {
		if own, _ := SplitName(t.Name); ns == "" || own == "" || strings.EqualFold(own, ns) {
			found = append(found, t)
		}
	}
	for _, p := range n.parts[strings.ToLower(name)] {
		if sameRelation(p.name, JoinName(ns, name)) {
			found = append(found, p.root)
		}
	}
	return found
}

// Needs is [Schema.Needs].
func (n *Names) Needs(o SQLObject) []Need { return n.needs(o).all }

// needs looks at one object.
func (x *Names) needs(o SQLObject) *needs {
	s := x.s
	n := &needs{s: s, known: x, o: o, alias: map[string][]string{}, given: map[string]bool{}, aside: map[int]bool{}, at: map[int][]Need{}, seen: map[Need]bool{}, head: -1}
	n.nature()
	if o.Kind == VirtualTableKind {
		n.virtual()
		return n
	}
	n.toks, n.soft = codeTokens(o.Statement(), o.Kind.Routine())
	n.words = sqlWords(n.toks, n.soft)
	n.relations()
	n.columns()
	n.noted()
	return n
}

// noted adds what a comment in the statement says that it stands on, for what no text shows: -- modelgen:depends orders.total open_orders.
func (n *needs) noted() {
	const word = "modelgen:depends "
	if !strings.Contains(string(n.o.SQL), word) {
		return
	}
	for _, t := range sqllex.Scan(string(n.o.SQL), sqllex.Any) {
		if t.Kind != sqllex.Comment {
			continue
		}
		_, list, ok := strings.Cut(t.Text, word)
		if !ok {
			continue
		}
		for name := range strings.FieldsSeq(strings.TrimSuffix(list, "*/")) {
			if n.relation(name, false, -1) {
				continue
			}
			if i := strings.LastIndexByte(name, '.'); i > 0 {
				if table := n.s.Table(name[:i]); table != nil && table.columnLike(name[i+1:]) != "" {
					n.add(Need{Table: table.Name, Column: table.columnLike(name[i+1:]), At: -1})
					n.add(Need{Table: table.Name, At: -1})
					continue
				}
			}
			n.routines("", strings.SplitN(name, "(", 2)[0], false, -1)
			n.types("", name, false, -1)
		}
	}
}

// needs is one look at an object.
type needs struct {
	s      *Schema
	known  *Names
	o      SQLObject
	toks   []sqllex.Token
	soft   []bool
	words  []sqlWord
	tables []string            // that it names
	alias  map[string][]string // in lower case
	given  map[string]bool     // those of them that the text gives, in lower case: others are names of tables
	head   int                 // token behind the words that a statement of its kind begins with; -1 is not known yet
	names  map[int]bool        // tokens that name a relation or an alias
	aside  map[int]bool        // of these, those that give an alias
	stars  []string            // tables all of whose columns it shows
	all    []Need
	at     map[int][]Need // what is named at a byte of the statement, each time
	seen   map[Need]bool
}

func (n *needs) add(x Need) {
	if x.At >= 0 {
		n.at[x.At] = append(n.at[x.At], x)
	}
	key := x
	key.At = 0
	if x.Object != nil {
		key.Object, key.Enum = nil, x.Object.Key()
	}
	hard := key
	hard.Soft = false
	if n.seen[key] || n.seen[hard] {
		return
	}
	n.seen[key] = true
	n.all = append(n.all, x)
}

// relation adds a table, or what else has its name.
func (n *needs) relation(name string, soft bool, at int) (found bool) {
	ns, base := SplitName(name)
	for _, t := range n.known.like(ns, base) {
		n.add(Need{Table: t.Name, Soft: soft, At: at})
		if !slices.Contains(n.tables, t.Name) {
			n.tables = append(n.tables, t.Name)
		}
		found = true
	}
	for _, x := range n.known.objects[strings.ToLower(base)] {
		if x.Kind.Relation() && !x.Same(n.o) && Meet(x.Only, n.o.Only) && sameRelation(x.Name, name) {
			n.add(Need{Object: x, Soft: soft, At: at})
			found = true
		}
	}
	return found
}

// sameRelation reports whether a name in SQL may mean a relation of that name. Without a schema it may be one of any.
func sameRelation(name, written string) bool {
	ns, base := SplitName(name)
	wns, wbase := SplitName(written)
	return strings.EqualFold(base, wbase) && (wns == "" || ns == "" || strings.EqualFold(ns, wns))
}

// nature adds what the object is on, whatever its text says.
func (n *needs) nature() {
	if n.o.Table != "" {
		n.relation(n.o.Table, false, -1)
	}
	switch n.o.Kind {
	case RowSecurityKind:
		n.relation(n.o.Name, false, -1)
	case CommentKind, GrantKind:
		n.target()
	}
}

// target adds what a comment or a grant is on: "view open_orders", "column orders.total", "table orders to reporting".
func (n *needs) target() {
	name := n.o.Name
	if i := strings.LastIndex(name, " to "); n.o.Kind == GrantKind && i > 0 {
		name = name[:i]
	}
	for i := range n.s.SQLObjects {
		x := n.s.SQLObjects[i]
		if x.Kind != CommentKind && x.Kind != GrantKind && x.Kind != RowSecurityKind && Meet(x.Only, n.o.Only) && (name == x.Addressed() || x.Kind.Relation() && name == "table "+x.Quoted() || name == "type "+x.Quoted() || x.Kind.Routine() && name == "routine "+x.Quoted()) {
			n.add(Need{Object: &x, At: -1})
		}
	}
	kind, rest, _ := strings.Cut(name, " ")
	switch kind {
	case "table", "index", "constraint":
		_, on, ok := strings.Cut(rest, " on ")
		if !ok {
			on = rest
		}
		n.relation(on, false, -1)
	case "column":
		if i := strings.LastIndexByte(rest, '.'); i > 0 {
			table, column := rest[:i], rest[i+1:]
			if n.relation(table, false, -1) {
				for _, t := range n.tables {
					if c := n.s.Table(t).columnLike(column); c != "" {
						n.add(Need{Table: t, Column: c, At: -1})
					}
				}
			}
		}
	}
}

// relations finds the tables, views, functions and types that the text names, and the aliases of tables.
func (n *needs) relations() {
	with := n.commonTables()
	n.names = map[int]bool{}
	for _, w := range n.words {
		if n.calledSo(w) || n.aside[w.from] || n.spelled(w) {
			continue
		}
		last := w.to - 1
		base := w.last()
		called := w.to < len(n.toks) && n.toks[w.to].Text == "("
		ns := ""
		if len(w.parts) > 1 {
			ns = w.parts[len(w.parts)-2].Value()
		}
		at := w.parts[len(w.parts)-1].From
		if called && !n.ownName(w) && n.o.Kind != CommentKind && n.o.Kind != GrantKind || (n.o.Kind == AggregateKind || n.o.Kind == RangeTypeKind) && w.from > 0 && n.toks[w.from-1].Text == "=" { // SFUNC = add
			n.routines(ns, base, w.soft, at)
		}
		n.types(ns, base, w.soft, at)
		if w.from > 0 && n.toks[w.from-1].Is("AS") && w.parts[0].Kind == sqllex.Word && len(w.parts) == 1 && !n.relationPlace(w.from) {
			continue // an alias
		}
		if len(w.parts) == 1 && (with[strings.ToLower(base)] || w.parts[0].Kind == sqllex.Word && keywords.Has(strings.ToUpper(base))) {
			continue
		}
		if called && !n.relationPlace(w.from) && !n.o.namesTable(n.toks, w.from) {
			continue
		}
		if !n.relation(JoinName(ns, base), w.soft, at) {
			if len(w.parts) > 1 { // table.column
				n.relationOf(w)
			}
			continue
		}
		n.names[last] = true
		n.aliasBehind(w, JoinName(ns, base))
	}
	for _, t := range n.toks { // 'orders'::regclass, nextval('numbers')
		if t.Kind == sqllex.String && t.Value() != "" && len(t.Value()) <= 2*MaxName {
			n.relation(strings.ReplaceAll(t.Value(), `"`, ""), true, t.From)
		}
	}
}

// ownName reports whether a name is that of the routine itself behind CREATE FUNCTION: it is none of the others that are called so.
func (n *needs) ownName(w sqlWord) bool {
	return n.o.Kind.Routine() && !w.soft && w.from > 0 && w.from < 5 && n.toks[w.from-1].Is("FUNCTION", "PROCEDURE", "AGGREGATE")
}

// relationOf adds the table in front of a column: orders.total, shop.orders.total.
func (n *needs) relationOf(w sqlWord) {
	k := len(w.parts) - 2
	ns := ""
	if k > 0 {
		ns = w.parts[k-1].Value()
	}
	if len(n.alias[strings.ToLower(w.parts[k].Value())]) == 0 {
		n.relation(JoinName(ns, w.parts[k].Value()), w.soft, w.parts[k].From)
	}
}

// relationPlace reports whether a table or a view is expected at a token.
func (n *needs) relationPlace(i int) bool {
	return i > 0 && n.toks[i-1].Is("FROM", "JOIN", "UPDATE", "INTO", "TABLE", "ONLY", "ON", "USING", "OF", "LATERAL")
}

// source reports whether a name stands where tables do: behind FROM and the like, or behind a comma in such a list.
func (n *needs) source(w sqlWord) bool {
	if n.relationPlace(w.from) || w.to+1 < len(n.toks) && n.toks[w.to].Text == "." && n.toks[w.to+1].Text == "*" {
		return true
	}
	depth := 0
	for i := w.from - 1; i >= 0; i-- {
		switch t := n.toks[i]; {
		case t.Text == ")":
			depth++
		case t.Text == "(" && depth > 0:
			depth--
		case t.Text == "(":
			if i == 0 || !n.toks[i-1].Is("FROM", "JOIN") {
				return false
			}
		case depth > 0:
		case t.Is("FROM", "JOIN", "INTO", "TABLE", "LATERAL"):
			return true
		case t.Text == ";", t.Is("SELECT", "WHERE", "BY", "HAVING", "SET", "RETURNING", "VALUES", "WHEN", "AND", "OR", "NOT", "CASE", "THEN", "ELSE", "ON", "OF", "UPDATE", "BEGIN", "CHECK"):
			return false
		}
	}
	return false
}

// calledSo reports whether a word is the name of the object itself, in the head of its statement: a table, or a column, may be called alike.
func (n *needs) calledSo(w sqlWord) bool {
	switch n.o.Kind {
	case TriggerKind, PolicyKind, RuleKind, StatisticsKind, PublicationKind, EventTriggerKind:
		kind := strings.ToUpper(string(n.o.Kind))
		last := kind[strings.LastIndexByte(kind, ' ')+1:]
		return w.from > 0 && w.from <= 4 && n.toks[w.from-1].Is(last) // CREATE OR REPLACE CONSTRAINT TRIGGER touch
	}
	return false
}

// spelled reports whether a word without quotes is one of the statement's own, which a table may be called as well: CREATE TYPE, and the types of the
// database in a definition of another one, which it finds before all that is called so.
func (n *needs) spelled(w sqlWord) bool {
	if len(w.parts) > 1 || w.parts[0].Kind != sqllex.Word || w.soft {
		return false
	}
	if n.o.Kind == DomainKind || n.o.Kind == CompositeTypeKind {
		if t, err := ParseType(w.last()); err == nil && t.Known() {
			return true
		}
	}
	if n.head < 0 {
		own := append(strings.Fields(strings.ToUpper(string(n.o.Kind))), "CREATE", "OR", "REPLACE")
		if n.head = slices.IndexFunc(n.toks, func(t sqllex.Token) bool { return !t.Is(own...) }); n.head < 0 {
			n.head = len(n.toks)
		}
	}
	return w.to <= n.head
}

// namesTable reports whether the brackets behind a name can be those of its columns: INSERT INTO orders (id).
func (o SQLObject) namesTable(toks []sqllex.Token, i int) bool {
	return i > 0 && (toks[i-1].Is("INTO", "REFERENCES") || toks[i-1].Text == ",") && o.Kind != ViewKind
}

// aliasBehind reads the alias that may follow the name of a table.
func (n *needs) aliasBehind(w sqlWord, name string) {
	ns, base := SplitName(name)
	call := func(alias string) {
		key := strings.ToLower(alias)
		for _, t := range n.known.like(ns, base) {
			if !slices.Contains(n.alias[key], t.Name) {
				n.alias[key] = append(n.alias[key], t.Name)
			}
		}
	}
	call(base)
	i := w.to
	if i < len(n.toks) && n.toks[i].Is("AS") {
		i++
	}
	if i < len(n.toks) && n.toks[i].IsName() && n.relationPlace(w.from) {
		if t := n.toks[i]; t.Kind == sqllex.Quoted || !keywords.Has(strings.ToUpper(t.Text)) && !aliasEnds.Has(strings.ToUpper(t.Text)) {
			call(t.Value())
			n.names[i], n.aside[i], n.given[strings.ToLower(t.Value())] = true, true, true
		}
	}
}

// commonTables returns the names that WITH gives to queries, in lower case.
func (n *needs) commonTables() map[string]bool {
	with := map[string]bool{}
	for i, t := range n.toks {
		if t.IsName() && i > 0 && i+1 < len(n.toks) && (n.toks[i-1].Is("WITH", "RECURSIVE") || n.toks[i-1].Text == ",") && n.toks[i+1].Is("AS") &&
			i+2 < len(n.toks) && (n.toks[i+2].Text == "(" || n.toks[i+2].Is("MATERIALIZED", "NOT")) {
			with[strings.ToLower(t.Value())] = true
		}
	}
	return with
}

func (n *needs) routines(ns, base string, soft bool, at int) {
	for _, x := range n.known.objects[strings.ToLower(base)] {
		name, _, _ := strings.Cut(x.Name, "(")
		if x.Kind.Routine() && !x.Same(n.o) && Meet(x.Only, n.o.Only) && sameRelation(name, JoinName(ns, base)) {
			n.add(Need{Object: x, Soft: soft, At: at})
		}
	}
}

func (n *needs) types(ns, base string, soft bool, at int) {
	written := JoinName(ns, base)
	for _, e := range n.known.enums[strings.ToLower(base)] {
		if sameRelation(e.Name, written) {
			n.add(Need{Enum: e.Name, Soft: soft, At: at})
		}
	}
	for _, x := range n.known.objects[strings.ToLower(base)] {
		if (x.Kind == DomainKind || x.Kind == CompositeTypeKind || x.Kind == RangeTypeKind) && !x.Same(n.o) && sameRelation(x.Name, written) {
			n.add(Need{Object: x, Soft: soft, At: at})
		}
	}
}

// routineHead returns the token at which the body of a routine begins that is no string; 0 for what is none.
func (n *needs) routineHead() int {
	if !n.o.Kind.Routine() {
		return 0
	}
	depth := 0
	for i, t := range n.toks {
		switch {
		case n.soft[i]:
		case t.Text == "(":
			depth++
		case t.Text == ")":
			depth--
		case depth == 0 && t.Is("BEGIN", "RETURN"):
			return i
		}
	}
	return len(n.toks)
}

// columns finds the columns of the tables that the text may read.
func (n *needs) columns() {
	all := func(tables []string, soft bool, at int) {
		for _, t := range tables {
			if !soft {
				n.stars = append(n.stars, t)
			}
			for _, c := range n.s.Table(t).ColumnNames() {
				n.add(Need{Table: t, Column: c, Soft: soft, At: at})
			}
		}
	}
	for i, t := range n.toks {
		if t.Text == "*" && i > 0 && (n.toks[i-1].Is("SELECT", "DISTINCT", "ALL", "RETURNING") || n.toks[i-1].Text == ",") {
			all(n.tables, n.soft[i], t.From)
		}
		if t.Text == "*" && i > 1 && n.toks[i-1].Text == "." {
			all(n.alias[strings.ToLower(n.toks[i-2].Value())], n.soft[i], t.From)
		}
	}
	scopes := n.scopes()
	head := n.routineHead()
	for _, w := range n.words {
		if w.to <= head && len(w.parts) == 1 && !w.soft { // an argument, or a column that it returns
			continue
		}
		if n.calledSo(w) || n.aside[w.from] || n.names[w.to-1] && n.source(w) || w.to < len(n.toks) && n.toks[w.to].Text == "(" && len(w.parts) == 1 {
			continue
		}
		t := w.parts[len(w.parts)-1]
		if t.Kind == sqllex.Word && len(w.parts) == 1 && keywords.Has(strings.ToUpper(t.Text)) {
			continue
		}
		in := n.tables
		if len(w.parts) > 1 {
			if known := n.alias[strings.ToLower(w.parts[len(w.parts)-2].Value())]; len(known) > 0 {
				in = known
			}
		}
		if len(w.parts) == 1 && w.from > 0 && n.toks[w.from-1].Is("AS") {
			continue
		}
		if only, known := scopes[w.from]; known && len(w.parts) == 1 {
			in = only
		}
		if n.row(w) {
			in = n.on()
		}
		for _, table := range in {
			if c := n.s.Table(table).columnLike(t.Value()); c != "" {
				if n.names[w.to-1] { // a table is called like the column, which it is here
					n.at[t.From] = slices.DeleteFunc(n.at[t.From], func(x Need) bool { return x.Column == "" && x.Enum == "" })
				}
				n.add(Need{Table: table, Column: c, Soft: w.soft, At: t.From})
			}
		}
	}
}
