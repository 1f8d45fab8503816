package schema

import (
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
)

// followTable brings the objects behind a table, or another object, that gets another name, as databases do: their statements name it by that, but for bodies that
// are strings, which nobody looks into. It is called with the old name still in s.
func (s *Schema) followTable(from, to string) {
	s.follow(func(n Need) bool { return n.Table == from && n.Column == "" }, from, to, func(o *SQLObject) {
		if o.Table == from {
			o.Table = to
		}
		if o.Kind == RowSecurityKind && o.Name == from {
			o.Name = to
		}
		if o.Kind == CommentKind || o.Kind == GrantKind {
			o.Name = retarget(o.Name, from, to)
		}
	})
}

// retarget gives the table of a comment or a grant another name: "table orders to reporting", "trigger touch on orders".
func retarget(name, from, to string) string {
	target, role := name, ""
	if i := strings.LastIndex(name, " to "); i > 0 {
		target, role = name[:i], name[i:]
	}
	from, to = QuoteName(from), QuoteName(to)
	if rest, ok := strings.CutPrefix(target, "column "+from+"."); ok {
		return "column " + to + "." + rest + role
	}
	if rest, ok := strings.CutSuffix(target, " "+from); ok {
		return rest + " " + to + role
	}
	return name
}

// followColumn is followTable for a column. What a view returns goes on to be called as before.
func (s *Schema) followColumn(table, from, to string) {
	relations := []string{table}
	for _, o := range s.SQLObjects {
		if root := s.root(o, len(s.SQLObjects)); o.Kind == PartitionKind && root != nil && root.Name == table {
			relations = append(relations, o.Name)
		}
	}
	s.follow(func(n Need) bool { return n.Table == table && n.Column == from }, from, to, func(o *SQLObject) {
		for _, name := range relations {
			if o.Kind == CommentKind && o.Name == "column "+QuoteName(name)+"."+QuoteName(from) {
				o.Name = "column " + QuoteName(name) + "." + QuoteName(to)
				break
			}
		}
	})
}

// follow replaces the last part of what the needs name, which was from.
func (s *Schema) follow(is func(Need) bool, from, to string, also func(*SQLObject)) {
	if len(s.SQLObjects) == 0 {
		return
	}
	var names *Names // most texts do not have the word, and are not looked into
	was := *s        // which names are those of
	s.SQLObjects = slices.Clone(s.SQLObjects)
	_, base := SplitName(to)
	_, old := SplitName(from)
	for i := range s.SQLObjects {
		o := &s.SQLObjects[i]
		sql := string(o.SQL)
		if !mayName(sql, old) {
			if also != nil {
				also(o)
			}
			continue
		}
		if names == nil {
			names = was.Names()
		}
		x := names.needs(*o)
		shift := strings.Index(o.Statement(), sql)
		type edit struct {
			from, to int
			text     string
		}
		var edits []edit
		for _, w := range x.words { // needs name each thing once, and the text may do so more often
			last := w.parts[len(w.parts)-1]
			if w.soft || last.From-shift < 0 || last.To-shift > len(sql) {
				continue
			}
			if q := x.qualifier(w, old, is); q != nil {
				edits = append(edits, edit{q.From - shift, q.To - shift, QuoteName(base)})
			}
			for _, n := range x.at[last.From] {
				if !is(n) || n.Column == "" && !strings.EqualFold(last.Value(), old) { // a partition keeps its name
					continue
				}
				text, end := QuoteName(base), last.To
				if (o.Kind == ViewKind || o.Kind == MaterializedViewKind) && n.Column != "" {
					switch {
					case x.selected(w, w.to):
						text += " AS " + QuoteName(last.Value())
					case w.to+1 < len(x.toks) && x.toks[w.to].Is("AS") && x.toks[w.to+1].Value() == base && x.selected(w, w.to+2):
						end = x.toks[w.to+1].To // it has its own name again: undone, the text is what it was
					}
				}
				edits = append(edits, edit{last.From - shift, end - shift, text})
				break
			}
		}
		for k := len(edits) - 1; k >= 0; k-- {
			sql = sql[:edits[k].from] + edits[k].text + sql[edits[k].to:]
		}
		o.SQL = SQLText(sql)
		if also != nil {
			also(o)
		}
	}
	s.SortSQLObjects()
}

// qualifier returns the name of the table in front of a column, when it is one that gets another name: orders.total, where no alias is called so.
func (n *needs) qualifier(w sqlWord, old string, is func(Need) bool) *sqllex.Token {
	if len(w.parts) < 2 {
		return nil
	}
	q := &w.parts[len(w.parts)-2]
	key := strings.ToLower(q.Value())
	if !strings.EqualFold(q.Value(), old) || n.given[key] || n.names[w.to-1] && n.source(w) {
		return nil
	}
	if slices.ContainsFunc(n.alias[key], func(table string) bool { return is(Need{Table: table}) }) {
		return q
	}
	return nil
}

// mayName reports whether a text may have a name in it, however that is written.
func mayName(sql, name string) bool {
	return strings.Contains(strings.ToLower(sql), strings.ToLower(name)) || strings.Contains(name, `"`) || strings.Contains(sql, "&")
}

// selected reports whether a name is an item of the outermost SELECT that ends before a token.
func (n *needs) selected(w sqlWord, end int) bool {
	ends := func(i int) bool {
		return i >= len(n.toks) || n.toks[i].Text == "," || n.toks[i].Is("FROM", "UNION", "INTERSECT", "EXCEPT")
	}
	begins := func(i int) bool {
		return i >= 0 && (n.toks[i].Text == "," || n.toks[i].Is("SELECT", "DISTINCT", "ALL"))
	}
	if !begins(w.from-1) || !ends(end) {
		return false
	}
	depth := 0
	inSelect := false
	for i := range w.from {
		switch t := n.toks[i]; {
		case t.Text == "(":
			depth++
		case t.Text == ")":
			depth--
		case depth == 0 && t.Is("SELECT"):
			inSelect = true
		case depth == 0 && t.Is("FROM", "WHERE", "GROUP", "ORDER"):
			inSelect = false
		}
	}
	return depth == 0 && inSelect
}
