package sqlite

import (
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// tableText is what the PRAGMAs do not tell about a table, read from its CREATE TABLE.
type tableText struct {
	name          string
	names         []string              // of the columns, in their order
	columns       map[string]columnText // by name in lower case
	constraints   []constraintText      // without the primary key
	key           []string              // columns of the primary key
	keyName       string
	keyConflict   string // its ON CONFLICT clause
	keyList       string // what stands in the brackets of the key, where that is more than columns: COLLATE, DESC
	keyDesc       bool   // INTEGER PRIMARY KEY DESC, which is not the rowid (https://www.sqlite.org/lang_createtable.html, section 5)
	autoincrement bool
	withoutRowid  bool
	strict        bool
}

type columnText struct {
	generated []token // expression
	virtual   bool    // the generated value is not stored
	collate   string  // in lower case; binary, which every column has, is ""
	notNull   string  // conflict clause
}

// constraintText is one check, foreign key or unique constraint, wherever in the table it stands.
type constraintText struct {
	kind     string // check, foreign key, unique
	name     string
	columns  []string    // of foreign key and unique
	parts    []indexPart // of unique
	conflict string      // of unique: " on conflict ignore"
	check    []token     // of check: the expression
	ref      reference   // of foreign key
	sql      string      // as a table constraint of its own
	at, end  int         // where it stands in the text of the table
}

// body returns all of a check or a foreign key but its name and columns, in normal form.
func (c constraintText) body() string {
	switch c.kind {
	case "check":
		return normal(c.check)
	case "foreign key":
		return c.ref.text()
	}
	return ""
}

// reference is a REFERENCES clause.
type reference struct {
	table              string
	columns            []string // none is the primary key of the table
	onDelete, onUpdate schema.Action
	deferrable         schema.Deferrable
}

// text returns the clause in normal form.
func (r reference) text() string {
	s := "references " + strings.ToLower(r.table) + " (" + strings.ToLower(strings.Join(r.columns, ", ")) + ")"
	if r.onDelete != "" {
		s += " on delete " + strings.ToLower(string(r.onDelete))
	}
	if r.onUpdate != "" {
		s += " on update " + strings.ToLower(string(r.onUpdate))
	}
	switch r.deferrable {
	case schema.InitiallyImmediate:
		s += " deferrable"
	case schema.InitiallyDeferred:
		s += " deferrable initially deferred"
	}
	return s
}

var columnWords = []string{"CONSTRAINT", "PRIMARY", "NOT", "NULL", "UNIQUE", "CHECK", "DEFAULT", "COLLATE", "REFERENCES", "GENERATED", "AS"}

// parseTable reads the text of a table as SQLite keeps it.
func parseTable(sql string) tableText {
	t := tableText{columns: map[string]columnText{}}
	toks := scan(sql)
	open := slices.IndexFunc(toks, func(k token) bool { return k.kind == opToken && k.text == "(" })
	if open < 0 {
		return t
	}
	if open > 0 {
		t.name = toks[open-1].named()
	}
	end := group(toks, open)
	for _, k := range toks[end:] {
		t.withoutRowid = t.withoutRowid || k.is("ROWID")
		t.strict = t.strict || k.is("STRICT")
	}
	all := items(toks[open+1 : end-1])
	constraint := func(item []token) bool { return item[0].is("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN") }
	for _, item := range all {
		if len(item) > 0 && !constraint(item) {
			t.names = append(t.names, item[0].named())
		}
	}
	for _, item := range all {
		if len(item) == 0 {
			continue
		}
		if constraint(item) {
			t.read(sql, item, "")
			continue
		}
		i := 1
		for i < len(item) && !item[i].is(columnWords...) {
			if item[i].text == "(" {
				i = group(item, i)
			} else {
				i++
			}
		}
		t.columns[strings.ToLower(item[0].named())] = columnText{}
		t.read(sql, item[i:], item[0].named())
	}
	return t
}

// read takes the constraints of a column, or one of the table when column is "".
func (t *tableText) read(sql string, toks []token, column string) {
	col := t.columns[strings.ToLower(column)]
	name, start := "", 0
	for i := 0; i < len(toks); {
		k := toks[i]
		if k.is("CONSTRAINT") && i+1 < len(toks) {
			name, start = toks[i+1].named(), i
			i += 2
			continue
		}
		if name == "" {
			start = i
		}
		from := i
		source := func(to int) string { return sql[toks[start].at:toks[to-1].end] }
		put := func(c constraintText, to int) {
			c.at, c.end = toks[start].at, toks[to-1].end
			t.constraints = append(t.constraints, c)
		}
		switch {
		case k.is("CHECK") && i+1 < len(toks):
			i = group(toks, i+1)
			put(constraintText{kind: "check", name: name, check: texts(sql, toks[from+1:i], t.name, t.names), sql: source(i)}, i)
		case k.is("FOREIGN") && i+2 < len(toks):
			close := group(toks, i+2)
			c := constraintText{kind: "foreign key", name: name, columns: columnNames(toks[i+3 : close-1])}
			i, c.ref = references(toks, close)
			c.sql = source(i)
			put(c, i)
		case k.is("REFERENCES"):
			c := constraintText{kind: "foreign key", name: name, columns: []string{column}}
			i, c.ref = references(toks, i)
			c.sql = constraint(name) + "FOREIGN KEY (" + quote(column) + ") " + sql[toks[from].at:toks[i-1].end]
			put(c, i)
		case k.is("UNIQUE"):
			c := constraintText{kind: "unique", name: name, columns: []string{column}, parts: []indexPart{{column: column}}}
			list := quote(column)
			if i++; i < len(toks) && toks[i].text == "(" {
				close := group(toks, i)
				c.columns, c.parts = columnNames(toks[i+1:close-1]), indexParts(sql, toks[i+1:close-1], t.name, t.names)
				list, i = sql[toks[i+1].at:toks[close-2].end], close
			}
			i, c.conflict = conflict(toks, i)
			c.sql = constraint(name) + "UNIQUE (" + list + ")" + strings.ToUpper(c.conflict)
			put(c, i)
		case k.is("PRIMARY"):
			t.keyName = name
			if column != "" {
				t.key = []string{column}
			}
			for i++; i < len(toks) && (toks[i].is("KEY", "ASC", "DESC", "AUTOINCREMENT") || toks[i].text == "("); {
				t.autoincrement = t.autoincrement || toks[i].is("AUTOINCREMENT")
				t.keyDesc = t.keyDesc || toks[i].is("DESC")
				if toks[i].text == "(" {
					close := group(toks, i)
					t.autoincrement = t.autoincrement || toks[close-2].is("AUTOINCREMENT")
					if _, ok := plain(indexParts(sql, toks[i+1:close-1], t.name, t.names), t.columns); !ok {
						t.keyList = sql[toks[i+1].at:toks[close-2].end]
					}
					t.key, i = columnNames(toks[i+1:close-1]), close
				} else {
					i++
				}
			}
			i, t.keyConflict = conflict(toks, i)
			if i < len(toks) && toks[i].is("AUTOINCREMENT") {
				t.autoincrement = true
				i++
			}
		case k.is("GENERATED"), k.is("AS"):
			for i+1 < len(toks) && !toks[i].is("AS") {
				i++
			}
			open := i + 1
			i = group(toks, open)
			col.generated, col.virtual = texts(sql, toks[open:i], t.name, t.names), true
			if i < len(toks) && toks[i].is("STORED", "VIRTUAL") {
				col.virtual = toks[i].is("VIRTUAL")
				i++
			}
		case k.is("COLLATE") && i+1 < len(toks):
			if col.collate = strings.ToLower(toks[i+1].text); col.collate == "binary" {
				col.collate = ""
			}
			i += 2
		case k.is("NOT"):
			i, col.notNull = conflict(toks, i+2)
		case k.is("DEFAULT") && i+1 < len(toks):
			switch i++; {
			case toks[i].text == "(":
				i = group(toks, i)
			case toks[i].kind == opToken:
				i += 2
			default:
				i++
			}
		case k.text == "(":
			i = group(toks, i)
		default:
			i++
		}
		name = ""
	}
	if column != "" {
		t.columns[strings.ToLower(column)] = col
	}
}

// conflict reads ON CONFLICT x at i.
func conflict(toks []token, i int) (int, string) {
	if i+2 < len(toks) && toks[i].is("ON") && toks[i+1].is("CONFLICT") {
		return i + 3, " on conflict " + strings.ToLower(toks[i+2].text)
	}
	return min(i, len(toks)), ""
}

// references reads a REFERENCES clause.
func references(toks []token, i int) (int, reference) {
	if i+1 >= len(toks) {
		return len(toks), reference{}
	}
	r := reference{table: toks[i+1].named()}
	i += 2
	if i < len(toks) && toks[i].text == "(" {
		close := group(toks, i)
		r.columns = columnNames(toks[i+1 : close-1])
		i = close
	}
	for i < len(toks) {
		switch {
		case toks[i].is("ON") && i+2 < len(toks) && toks[i+1].is("DELETE", "UPDATE"):
			event, action := toks[i+1], strings.ToUpper(toks[i+2].text)
			i += 3
			if (action == "SET" || action == "NO") && i < len(toks) {
				action += " " + strings.ToUpper(toks[i].text)
				i++
			}
			if action == "NO ACTION" {
				action = ""
			}
			if event.is("DELETE") {
				r.onDelete = schema.Action(action)
			} else {
				r.onUpdate = schema.Action(action)
			}
		case toks[i].is("MATCH"): // means nothing to SQLite
			i += 2
		case toks[i].is("NOT") && i+1 < len(toks) && toks[i+1].is("DEFERRABLE"):
			if i += 2; i+1 < len(toks) && toks[i].is("INITIALLY") {
				i += 2
			}
		case toks[i].is("DEFERRABLE"):
			r.deferrable = schema.InitiallyImmediate
			if i++; i+1 < len(toks) && toks[i].is("INITIALLY") {
				if toks[i+1].is("DEFERRED") {
					r.deferrable = schema.InitiallyDeferred
				}
				i += 2
			}
		default:
			return i, r
		}
	}
	return min(i, len(toks)), r
}

// columnNames returns the first word of each item: the names of columns, without COLLATE and DESC.
func columnNames(toks []token) []string {
	var out []string
	for _, item := range items(toks) {
		if len(item) > 0 {
			out = append(out, item[0].named())
		}
	}
	return out
}
