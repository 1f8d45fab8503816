package sqlite

import (
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// indexText is a CREATE INDEX, read.
type indexText struct {
	unique bool
	parts  []indexPart
	where  []token
}

// indexPart is one column or one expression of an index or of a unique constraint.
type indexPart struct {
	column  string
	expr    []token
	collate string // in lower case
	desc    bool
}

// parseIndex reads the text of an index on a table with those columns; ok is false for what it does not know.
func parseIndex(sql string, columns []string) (x indexText, ok bool) {
	toks := scan(sql)
	on := slices.IndexFunc(toks, func(k token) bool { return k.is("ON") })
	if on < 0 || on+2 >= len(toks) || toks[on+2].text != "(" {
		return x, false
	}
	end := group(toks, on+2)
	x.unique = toks[1].is("UNIQUE")
	x.parts = indexParts(sql, toks[on+3:end-1], toks[on+1].text, columns)
	if end+1 < len(toks) {
		x.where = texts(sql, toks[end+1:], toks[on+1].text, columns)
	}
	return x, true
}

// indexParts reads what stands in the brackets of an index or a unique constraint.
func indexParts(sql string, toks []token, table string, columns []string) []indexPart {
	var parts []indexPart
	for _, item := range items(toks) {
		var p indexPart
		if n := len(item); n > 1 && item[n-1].is("ASC", "DESC") {
			p.desc = item[n-1].is("DESC")
			item = item[:n-1]
		}
		if n := len(item); n > 2 && item[n-2].is("COLLATE") {
			p.collate = strings.ToLower(item[n-1].text)
			item = item[:n-2]
		}
		item = inner(item)
		if len(item) == 1 && (item[0].kind == wordToken || item[0].kind == quotedToken || item[0].kind == stringToken) {
			p.column = item[0].named()
		} else {
			p.expr = texts(sql, item, table, columns)
		}
		parts = append(parts, p)
	}
	return parts
}

// text returns the part in normal form; a collation that the column has anyway is left out.
func (p indexPart) text(of map[string]columnText) string {
	s := normalName(p.column)
	if p.column == "" {
		s = normal(p.expr)
	}
	if c := p.collation(of); c != "" {
		s += " collate " + c
	}
	return s + ifs(p.desc, " desc")
}

// collation returns the collation of the part, "" for the one that it has anyway.
func (p indexPart) collation(of map[string]columnText) string {
	own := of[strings.ToLower(p.column)].collate
	if p.collate == own || p.collate == "binary" && own == "" {
		return ""
	}
	return p.collate
}

// plain returns the columns when the parts are nothing but columns.
func plain(parts []indexPart, of map[string]columnText) (columns []string, ok bool) {
	for _, p := range parts {
		if p.column == "" || p.desc || p.collation(of) != "" {
			return nil, false
		}
		columns = append(columns, p.column)
	}
	return columns, true
}

// distinct returns the constraints of the table with one unique constraint where several say the same, which SQLite has one index for.
func (t tableText) distinct() []constraintText {
	var out []constraintText
	at := map[string]int{} // in out
	for _, c := range t.constraints {
		if c.kind == "unique" {
			key := partsText(c.parts, t.columns)
			if i, ok := at[key]; ok && (c.name == "" || out[i].name == "") {
				if c.name != "" {
					out[i].name = c.name
				}
				if out[i].conflict == "" {
					out[i].conflict = c.conflict
				}
				continue
			}
			at[key] = len(out)
		}
		out = append(out, c)
	}
	return out
}

// partsText returns the parts in normal form: "(a, lower(b) desc)".
func partsText(parts []indexPart, of map[string]columnText) string {
	all := make([]string, len(parts))
	for i, p := range parts {
		all[i] = p.text(of)
	}
	return "(" + strings.Join(all, ", ") + ")"
}

// inner takes away brackets around all of the tokens.
func inner(toks []token) []token {
	for len(toks) > 2 && toks[0].kind == opToken && toks[0].text == "(" && group(toks, 0) == len(toks) {
		toks = toks[1 : len(toks)-1]
	}
	return toks
}

// texts returns the tokens of an expression with the text in double quotes for what it is: SQLite takes a name in double quotes that is no column for a
// text (https://www.sqlite.org/quirks.html, section 8). The name of the table before those of its columns is left out.
func texts(sql string, toks []token, table string, columns []string) []token {
	for i := 0; i+2 < len(toks); i++ {
		if k := toks[i]; table != "" && (k.kind == wordToken || k.kind == quotedToken) && strings.EqualFold(k.text, table) && toks[i+1].text == "." && toks[i+1].kind == opToken {
			toks = slices.Delete(slices.Clone(toks), i, i+2)
		}
	}
	var out []token
	for i, k := range toks {
		if k.kind != quotedToken || sql[k.at] != '"' || slices.ContainsFunc(columns, func(c string) bool { return strings.EqualFold(c, k.text) }) ||
			i > 0 && (toks[i-1].text == "." || toks[i-1].is("COLLATE", "AS")) || i+1 < len(toks) && (toks[i+1].text == "." || toks[i+1].text == "(") ||
			slices.ContainsFunc(rowids, func(r string) bool { return strings.EqualFold(r, k.text) }) {
			continue
		}
		if out == nil {
			out = slices.Clone(toks)
		}
		out[i].kind, out[i].text = stringToken, text(k.text)
	}
	if out == nil {
		return toks
	}
	return out
}

// written returns tokens as SQL in which every name in quotes stands in double ones, and without comments.
func written(toks []token) string {
	var b strings.Builder
	for i, k := range toks {
		if i > 0 {
			b.WriteByte(' ')
		}
		if k.kind == quotedToken {
			b.WriteString(quote(k.text))
		} else {
			b.WriteString(k.text)
		}
	}
	return b.String()
}

// spelled returns the name as one of names spells it, whatever the case of its letters.
func spelled(name string, names []string) string {
	if i := slices.IndexFunc(names, func(n string) bool { return strings.EqualFold(n, name) }); i >= 0 {
		return names[i]
	}
	return name
}

// spelledTable returns the table of that name, whatever the case of its letters, or nil.
func spelledTable(s *schema.Schema, name string) *schema.Table {
	if i := slices.IndexFunc(s.Tables, func(t *schema.Table) bool { return strings.EqualFold(t.Name, name) }); i >= 0 {
		return s.Tables[i]
	}
	return nil
}
