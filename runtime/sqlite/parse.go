package sqlite

import (
	"slices"
	"strings"
)

// tableText is what the PRAGMAs do not tell about a table, read from its CREATE TABLE.
type tableText struct {
	columns       map[string]columnText // by name in lower case
	constraints   []constraintText      // without the primary key
	key           []string              // columns of the primary key
	keyConflict   string                // its ON CONFLICT clause
	autoincrement bool
	withoutRowid  bool
	strict        bool
}

type columnText struct {
	generated string // expression in normal form with its kind: "a * 2 stored"
	collate   string
	notNull   string // conflict clause
}

// constraintText is one check, foreign key or unique constraint, wherever in the table it stands.
type constraintText struct {
	kind    string // check, foreign key, unique
	name    string
	columns []string // of foreign key and unique
	body    string   // all of it but the name, in normal form
	sql     string   // as a table constraint of its own
	parent  string   // of a foreign key that does not say to which columns it refers: the key of that table
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
	end := group(toks, open)
	for _, k := range toks[end:] {
		t.withoutRowid = t.withoutRowid || k.is("ROWID")
		t.strict = t.strict || k.is("STRICT")
	}
	for _, item := range items(toks[open+1 : end-1]) {
		if len(item) == 0 {
			continue
		}
		if item[0].is("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN") {
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
		t.columns[strings.ToLower(item[0].text)] = columnText{}
		t.read(sql, item[i:], item[0].text)
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
			name, start = toks[i+1].text, i
			i += 2
			continue
		}
		if name == "" {
			start = i
		}
		from := i
		source := func(to int) string { return sql[toks[start].at:toks[to-1].end] }
		switch {
		case k.is("CHECK") && i+1 < len(toks):
			i = group(toks, i+1)
			t.constraints = append(t.constraints, constraintText{kind: "check", name: name, body: normal(toks[from+1 : i]), sql: source(i)})
		case k.is("FOREIGN") && i+2 < len(toks):
			close := group(toks, i+2)
			cols := columnNames(toks[i+3 : close-1])
			parent := implied(toks, close)
			var body string
			i, body = references(toks, close)
			t.constraints = append(t.constraints, constraintText{"foreign key", name, cols, body, source(i), parent})
		case k.is("REFERENCES"):
			parent := implied(toks, i)
			var body string
			i, body = references(toks, i)
			clause := constraint(name) + "FOREIGN KEY (" + quote(column) + ") " + sql[toks[from].at:toks[i-1].end]
			t.constraints = append(t.constraints, constraintText{"foreign key", name, []string{column}, body, clause, parent})
		case k.is("UNIQUE"):
			i++
			cols := []string{column}
			if i < len(toks) && toks[i].text == "(" {
				close := group(toks, i)
				cols, i = columnNames(toks[i+1:close-1]), close
			}
			var clash string
			i, clash = conflict(toks, i)
			clause := constraint(name) + "UNIQUE (" + quoteAll(cols) + ")" + strings.ToUpper(clash)
			t.constraints = append(t.constraints, constraintText{kind: "unique", name: name, columns: cols, body: strings.TrimSpace(clash), sql: clause})
		case k.is("PRIMARY"):
			if column != "" {
				t.key = []string{column}
			}
			for i++; i < len(toks) && (toks[i].is("KEY", "ASC", "DESC", "AUTOINCREMENT") || toks[i].text == "("); {
				t.autoincrement = t.autoincrement || toks[i].is("AUTOINCREMENT")
				if toks[i].text == "(" {
					close := group(toks, i)
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
			col.generated = normal(toks[open:i])
			if i < len(toks) && toks[i].is("STORED", "VIRTUAL") {
				col.generated += " " + strings.ToLower(toks[i].text)
				i++
			} else {
				col.generated += " virtual"
			}
		case k.is("COLLATE") && i+1 < len(toks):
			col.collate = strings.ToLower(toks[i+1].text)
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

// references reads a REFERENCES clause and gives it in normal form.
func references(toks []token, i int) (int, string) {
	if i+1 >= len(toks) {
		return len(toks), ""
	}
	table := toks[i+1].text
	i += 2
	cols := ""
	if i < len(toks) && toks[i].text == "(" {
		close := group(toks, i)
		cols = strings.Join(columnNames(toks[i+1:close-1]), ", ")
		i = close
	}
	actions := map[string]string{}
	deferrable := ""
	for i < len(toks) {
		switch {
		case toks[i].is("ON") && i+2 < len(toks):
			event, action := strings.ToLower(toks[i+1].text), strings.ToLower(toks[i+2].text)
			i += 3
			if (action == "set" || action == "no") && i < len(toks) {
				action += " " + strings.ToLower(toks[i].text)
				i++
			}
			if action != "no action" {
				actions[event] = " on " + event + " " + action
			}
		case toks[i].is("MATCH"):
			i += 2
		case toks[i].is("NOT") && i+1 < len(toks) && toks[i+1].is("DEFERRABLE"):
			if i += 2; i+1 < len(toks) && toks[i].is("INITIALLY") {
				i += 2
			}
		case toks[i].is("DEFERRABLE"):
			deferrable = " deferrable"
			if i++; i+1 < len(toks) && toks[i].is("INITIALLY") {
				if toks[i+1].is("DEFERRED") {
					deferrable += " initially deferred"
				}
				i += 2
			}
		default:
			return i, referenceText(table, cols) + actions["delete"] + actions["update"] + deferrable
		}
	}
	return min(i, len(toks)), referenceText(table, cols) + actions["delete"] + actions["update"] + deferrable
}

// implied returns the table of a REFERENCES clause that names no columns, "" for another one.
func implied(toks []token, i int) string {
	if i+1 < len(toks) && (i+2 == len(toks) || toks[i+2].text != "(") {
		return toks[i+1].text
	}
	return ""
}

func referenceText(table, cols string) string { return "references " + table + " (" + cols + ")" }

// columnNames returns the first word of each item: the names of columns, without COLLATE and DESC.
func columnNames(toks []token) []string {
	var out []string
	for _, item := range items(toks) {
		if len(item) > 0 {
			out = append(out, item[0].text)
		}
	}
	return out
}

// indexText returns an index in normal form: "(a, lower(b) desc) where c > 0", and whether it is unique.
func indexText(sql string) (body string, unique bool) {
	toks := scan(sql)
	on := slices.IndexFunc(toks, func(k token) bool { return k.is("ON") })
	if on < 0 || on+2 >= len(toks) {
		return sql, false
	}
	end := group(toks, on+2)
	var parts []string
	for _, item := range items(toks[on+3 : end-1]) {
		desc := ""
		if last := item[len(item)-1]; last.is("ASC", "DESC") {
			item = item[:len(item)-1]
			if last.is("DESC") {
				desc = " desc"
			}
		}
		parts = append(parts, normal(item)+desc)
	}
	body = "(" + strings.Join(parts, ", ") + ")"
	if end+1 < len(toks) {
		body += " where " + normal(toks[end+1:])
	}
	return body, toks[1].is("UNIQUE")
}
