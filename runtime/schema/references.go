package schema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
)

// References is what SQL reads of a schema, as far as its text shows. It holds one too many rather than one too few.
type References struct {
	Tables  []string    // sorted
	Columns []ColumnRef // sorted by table, then name
	Missing []ColumnRef // columns that are asked of a table by its name or alias, and that it does not have
	// Unknown is set when the SQL may read anything: it calls a function or names a view that the schema does not have, or it cannot be read.
	Unknown bool
}

// ColumnRef names a column of a table.
type ColumnRef struct{ Table, Column string }

// Has reports whether the column is among those that are read for certain.
func (r References) Has(table, column string) bool {
	return slices.Contains(r.Columns, ColumnRef{table, column})
}

// References returns what the SQL reads of s. table is the one over whose columns an expression is; for statements it is "".
func (s *Schema) References(table, sql string) References {
	q := s.query(table, sql)
	r := References{Unknown: q.unknown}
	for _, t := range q.tables {
		r.Tables = append(r.Tables, t.Name)
	}
	for i := range q.toks {
		for _, t := range q.columnAt(i) {
			c := ColumnRef{t.Name, t.columnLike(q.toks[i].text)}
			if !slices.Contains(r.Columns, c) {
				r.Columns = append(r.Columns, c)
			}
		}
	}
	r.Missing = q.missing()
	for _, t := range q.rows {
		for _, c := range t.ColumnNames() {
			if !slices.Contains(r.Columns, ColumnRef{t.Name, c}) {
				r.Columns = append(r.Columns, ColumnRef{t.Name, c})
			}
		}
	}
	slices.Sort(r.Tables)
	slices.SortFunc(r.Columns, func(a, b ColumnRef) int {
		return strings.Compare(a.Table+"\x00"+a.Column, b.Table+"\x00"+b.Column)
	})
	return r
}

// missing finds names behind the name or the alias of one table that it has no column of.
func (q *query) missing() (all []ColumnRef) {
	for i, t := range q.toks {
		if !t.name() || !q.op(i-1, ".") || i < 2 || q.op(i-3, ".") || q.op(i+1, ".") || q.op(i+1, "(") || slices.Contains(q.names, i) || standing.Has(strings.ToLower(t.text)) {
			continue
		}
		known := q.alias[strings.ToLower(q.toks[i-2].text)]
		if len(known) == 1 && known[0].columnLike(t.text) == "" && !(q.own != nil && q.own.columnLike(q.toks[i-2].text) != "") {
			all = append(all, ColumnRef{known[0].Name, t.text})
		}
	}
	return all
}

// HasQuery reports whether the SQL has a query in it.
func HasQuery(sql string) bool {
	toks, _ := scan(sql)
	return slices.ContainsFunc(toks, func(t lexeme) bool { return t.is("SELECT") })
}

// columnLike returns the name of the column that a word in SQL means, "" when the table has none.
func (t *Table) columnLike(word string) string {
	if t.Column(word) != nil {
		return word
	}
	for i := range t.Columns {
		if strings.EqualFold(t.Columns[i].Name, word) {
			return t.Columns[i].Name
		}
	}
	return ""
}

// query is SQL with the tables that its names may mean.
type query struct {
	own     *Table // over whose row an expression is; nil for a statement
	toks    []lexeme
	tables  []*Table            // that it reads, own included where a column of it is named
	alias   map[string][]*Table // in lower case; names of tables are among them
	names   []int               // tokens that name a table where it is read from
	rows    []*Table            // of which it reads whole rows
	unknown bool
}

func (s *Schema) query(table, sql string) *query {
	q := &query{own: s.Table(table), alias: map[string][]*Table{}}
	var whole bool
	q.toks, whole = scan(sql)
	q.unknown = !whole
	with := q.commonTables()
	if q.own != nil {
		_, base := SplitName(q.own.Name)
		q.call(base, q.own)
	}
	q.sources(s, with)
	q.wholeRows()
	q.functions()
	for i := range q.toks {
		for _, t := range q.columnAt(i) {
			q.reads(t)
		}
	}
	for _, t := range q.rows {
		q.reads(t)
	}
	return q
}

func (q *query) call(alias string, t *Table) {
	key := strings.ToLower(alias)
	if !slices.Contains(q.alias[key], t) {
		q.alias[key] = append(q.alias[key], t)
	}
}

func (q *query) reads(t *Table) {
	if !slices.Contains(q.tables, t) {
		q.tables = append(q.tables, t)
	}
}

func (q *query) op(i int, text string) bool {
	return i >= 0 && i < len(q.toks) && q.toks[i].kind == tokOp && q.toks[i].text == text
}

func (q *query) word(i int, words ...string) bool {
	return i >= 0 && i < len(q.toks) && q.toks[i].is(words...)
}

// commonTables returns the names that WITH gives to queries.
func (q *query) commonTables() map[string]bool {
	with := map[string]bool{}
	for i, t := range q.toks {
		if t.name() && (q.word(i-1, "WITH", "RECURSIVE") || q.op(i-1, ",")) && (q.word(i+1, "AS") || q.op(i+1, "(")) {
			with[strings.ToLower(t.text)] = true
		}
	}
	return with
}

// sources finds what is read from: the names behind FROM, JOIN and the like, with their aliases.
func (q *query) sources(s *Schema, with map[string]bool) {
	list := []bool{false} // by open bracket: whether a comma stands before another table
	for i := 0; i < len(q.toks); i++ {
		switch t := q.toks[i]; {
		case q.op(i, "("):
			list = append(list, false)
		case q.op(i, ")") && len(list) > 1:
			list = list[:len(list)-1]
		case t.is("FROM", "JOIN", "UPDATE", "INTO", "TABLE", "USING", "ONLY") || q.op(i, ",") && list[len(list)-1]:
			if t.is("FROM") && q.word(i-1, "DISTINCT") {
				continue
			}
			if t.is("FROM", "USING") {
				list[len(list)-1] = true
			}
			i = q.source(s, with, i)
		case t.is("WHERE", "GROUP", "ORDER", "HAVING", "LIMIT", "UNION", "INTERSECT", "EXCEPT", "RETURNING", "SET", "ON", "SELECT", "WINDOW"):
			list[len(list)-1] = false
		}
	}
}

// source reads one table behind the token at i, and returns the last token of it.
func (q *query) source(s *Schema, with map[string]bool, i int) int {
	j := i + 1
	for q.word(j, "ONLY", "LATERAL", "IF", "NOT", "EXISTS") {
		j++
	}
	if j >= len(q.toks) || !q.toks[j].name() && !q.toks[j].is("LEFT", "RIGHT") {
		return i
	}
	last := j
	ns := ""
	if q.op(j+1, ".") && j+2 < len(q.toks) && q.toks[j+2].name() {
		ns, last = q.toks[j].text, j+2
	}
	name := q.toks[last].text
	if q.op(last+1, "(") {
		return i // a function, of which functions asks
	}
	found := s.tablesLike(ns, name)
	if len(found) == 0 {
		inRow := q.own != nil && q.own.columnLike(name) != "" || q.isAlias(q.toks[j].text)
		if !inRow && !(ns == "" && with[strings.ToLower(name)]) && !q.toks[i].is("USING") {
			q.unknown = true // a view, or what somebody made by hand
		}
		return i
	}
	q.names = append(q.names, last)
	for _, t := range found {
		q.reads(t)
		q.call(name, t)
	}
	next := last + 1
	if q.word(next, "AS") {
		next++
	}
	if next < len(q.toks) && q.toks[next].name() && !aliasEnds.Has(strings.ToUpper(q.toks[next].text)) {
		for _, t := range found {
			q.call(q.toks[next].text, t)
		}
		q.names = append(q.names, next)
		return next
	}
	return last
}

func (q *query) isAlias(word string) bool { return len(q.alias[strings.ToLower(word)]) > 0 }

// aliasEnds are words that follow the name of a table and are no alias of it.
var aliasEnds = sqllex.Set("SET WHERE NATURAL VALUES RETURNING DEFAULT WINDOW FETCH FOR OFFSET DO ADD ALTER DROP RENAME TABLESAMPLE WITH OVERRIDING INDEXED")

// tablesLike returns the tables that a name in SQL may mean: without a schema that is a table of any.
func (s *Schema) tablesLike(ns, name string) []*Table {
	var found []*Table
	for _, t := range s.Tables {
		own, base := SplitName(t.Name)
		if strings.EqualFold(base, name) && (ns == "" || strings.EqualFold(own, ns) || own == "") {
			found = append(found, t)
		}
	}
	return found
}

// wholeRows finds stars, and tables that stand where a value would: row_to_json(p).
func (q *query) wholeRows() {
	all := func(tables []*Table) {
		for _, t := range tables {
			if !slices.Contains(q.rows, t) {
				q.rows = append(q.rows, t)
			}
		}
	}
	for i, t := range q.toks {
		switch {
		case q.op(i, "*") && q.op(i-1, "."):
			if i >= 2 {
				all(q.alias[strings.ToLower(q.toks[i-2].text)])
			}
		case q.op(i, "*") && (q.word(i-1, "SELECT", "DISTINCT", "ALL", "RETURNING") || q.op(i-1, ",")), t.is("NATURAL"):
			all(q.tables)
		case t.name() && q.isAlias(t.text) && !slices.Contains(q.names, i) && !q.op(i+1, ".") && !q.op(i+1, "(") && !q.op(i-1, ".") && !q.op(i-1, "::"):
			known := q.alias[strings.ToLower(t.text)]
			if !slices.ContainsFunc(q.inScope(), func(x *Table) bool { return x.columnLike(t.text) != "" }) {
				all(known)
			}
		}
	}
}

func (q *query) inScope() []*Table {
	if q.own == nil || slices.Contains(q.tables, q.own) {
		return q.tables
	}
	return append([]*Table{q.own}, q.tables...)
}

// columnAt returns the tables of which the token at i may name a column.
func (q *query) columnAt(i int) []*Table {
	t := q.toks[i]
	if !t.name() || q.op(i+1, "(") || q.op(i-1, "::") || slices.Contains(q.names, i) || q.word(i-1, "COLLATE") {
		return nil
	}
	in := q.inScope()
	if q.op(i-1, ".") && i >= 2 {
		if known := q.alias[strings.ToLower(q.toks[i-2].text)]; len(known) > 0 {
			in = known
		}
	}
	return slices.DeleteFunc(slices.Clone(in), func(x *Table) bool { return x.columnLike(t.text) == "" })
}

// functions looks for calls of what may read anything.
func (q *query) functions() {
	for i, t := range q.toks {
		if t.kind == tokIdent && q.op(i+1, "(") && !sqllex.BuiltIn(t.text) && !keywords.Has(strings.ToUpper(t.text)) && !isTypeWord(token{tokIdent, t.text}) &&
			!q.op(i-1, "::") && !slices.Contains(q.names, i) && !(q.word(i-1, "AS") && q.op(i-2, ")")) || t.kind == tokQuoted && q.op(i+1, "(") && !slices.Contains(q.names, i) {
			q.unknown = true
		}
	}
}

// RenameColumnIn returns the SQL with a column of table that it reads under another name, to. The schema still has the old name. It returns an
// error when a word may be that column or one of another table.
func (s *Schema) RenameColumnIn(over, sql string, column ColumnRef, to string) (string, error) {
	q := s.query(over, sql)
	return q.replace(sql, func(i int) (string, error) {
		in := q.columnAt(i)
		at := slices.IndexFunc(in, func(t *Table) bool {
			return t.Name == column.Table && t.columnLike(q.toks[i].text) == column.Column
		})
		switch {
		case at < 0:
			return "", nil
		case len(in) > 1:
			return "", fmt.Errorf("%s may be a column of %s or of %s; write the name of the table in front of it", q.toks[i].text, in[0].Name, in[1].Name)
		}
		return QuoteColumn(to), nil
	})
}

// RenameTableIn returns the SQL with a table that it reads under another name, to. In the SQL it goes on to be called as before.
func (s *Schema) RenameTableIn(over, sql, table, to string) string {
	q := s.query(over, sql)
	_, base := SplitName(table)
	ns, toBase := SplitName(to)
	out, _ := q.replace(sql, func(i int) (string, error) {
		if !slices.Contains(q.names, i) || !q.toks[i].means(base) || q.named(i) {
			return "", nil
		}
		name := QuoteColumn(toBase)
		if ns != "" && !q.op(i-1, ".") {
			name = QuoteColumn(ns) + "." + name
		}
		if next := i + 1; next < len(q.toks) && (q.word(next, "AS") || slices.Contains(q.names, next)) {
			return name, nil
		}
		return name + " AS " + QuoteColumn(base), nil
	})
	return out
}

// named reports whether the token is an alias and not the name of a table.
func (q *query) named(i int) bool {
	return slices.Contains(q.names, i-1) || q.word(i-1, "AS") && slices.Contains(q.names, i-2)
}

// replace returns the SQL with the tokens for which f returns a text replaced by that.
func (q *query) replace(sql string, f func(i int) (string, error)) (string, error) {
	var b strings.Builder
	done := 0
	for i, t := range q.toks {
		text, err := f(i)
		if err != nil {
			return sql, err
		}
		if text != "" {
			b.WriteString(sql[done:t.from] + text)
			done = t.to
		}
	}
	return b.String() + sql[done:], nil
}
