package schema

import (
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
)

// VirtualTable is what CREATE VIRTUAL TABLE says (https://www.sqlite.org/lang_createvtab.html).
type VirtualTable struct {
	Module  string            // in lower case: fts5
	Columns []string          // as they are written, without quotes
	Options map[string]string // key = value, keys in lower case, values without quotes
	Others  []string          // strings among the arguments, as fts5vocab has them
}

// VirtualTable reads the statement of a virtual table. ok is false for all other objects, and for a statement of another form.
func (o SQLObject) VirtualTable() (v VirtualTable, ok bool) {
	if o.Kind != VirtualTableKind {
		return v, false
	}
	toks := sqllex.Code(string(o.SQL), sqllex.Any)
	i := slices.IndexFunc(toks, func(t sqllex.Token) bool { return t.Is("USING") })
	if i < 0 || i+1 >= len(toks) {
		return v, false
	}
	v = VirtualTable{Module: foldASCII(toks[i+1].Value()), Options: map[string]string{}}
	var arg []sqllex.Token
	depth := 0
	for _, t := range toks[i+2:] {
		switch t.Text {
		case "(":
			depth++
		case ")":
			depth--
		}
		if depth == 0 || depth == 1 && t.Text == "," {
			v.argument(arg)
			arg = nil
		} else if depth > 1 || t.Text != "(" {
			arg = append(arg, t)
		}
	}
	return v, true
}

// argument reads one argument: key = value, a column with what is said about it, or a string.
func (v *VirtualTable) argument(arg []sqllex.Token) {
	if len(arg) > 1 && arg[0].Text == "+" { // an auxiliary column (https://www.sqlite.org/rtree.html, 4)
		arg = arg[1:]
	}
	switch {
	case len(arg) == 0:
	case len(arg) > 1 && arg[1].Text == "=":
		value := ""
		if len(arg) > 2 {
			value = arg[2].Value()
		}
		v.Options[foldASCII(arg[0].Value())] = value
	case strings.HasPrefix(v.Module, "fts") && !strings.HasPrefix(v.Module, "fts5vocab") && v.Module != "fts4aux" || arg[0].IsName():
		v.Columns = append(v.Columns, arg[0].Value())
	default:
		v.Others = append(v.Others, arg[0].Value())
	}
}

// Content returns the table or view that a full-text index is over (https://www.sqlite.org/fts5.html, 4.4); "" is none.
func (v VirtualTable) Content() string {
	if !v.FullText() {
		return ""
	}
	return v.Options["content"]
}

// FullText reports whether it is a full-text index.
func (v VirtualTable) FullText() bool {
	return v.Module == "fts3" || v.Module == "fts4" || v.Module == "fts5"
}

// Contentless reports whether it is a full-text index that keeps no text: nothing reads from it what it was made of.
func (v VirtualTable) Contentless() bool {
	content, ok := v.Options["content"]
	return v.FullText() && ok && content == ""
}

// Derived reports whether all that it has is made again from what it reads.
func (v VirtualTable) Derived() bool {
	return v.Content() != "" || v.Module == "fts5vocab" || v.Module == "fts4aux"
}

// LostColumns returns the columns whose values go when a virtual table changes into another one: name.column.
func LostColumns(name, from, to string) (lost []string) {
	a, ok := SQLObject{Kind: VirtualTableKind, Name: name, SQL: SQLText(from)}.VirtualTable()
	b, ok2 := SQLObject{Kind: VirtualTableKind, Name: name, SQL: SQLText(to)}.VirtualTable()
	switch {
	case !ok || !ok2:
		return []string{name}
	case a.Derived():
		return nil
	case b.Derived() || a.Contentless() || b.Contentless():
		return []string{name}
	}
	for _, c := range a.Columns {
		if !slices.ContainsFunc(b.Columns, func(d string) bool { return strings.EqualFold(c, d) }) {
			lost = append(lost, name+"."+c)
		}
	}
	return lost
}

// virtual adds what a virtual table reads. SQLite looks for it when it is read itself, and does not follow what gets another name.
func (n *needs) virtual() {
	v, ok := n.o.VirtualTable()
	if !ok {
		return
	}
	for _, name := range append([]string{v.Content()}, v.Others...) {
		if name != "" {
			n.relation(name, true, -1)
		}
	}
	for _, t := range n.tables {
		for _, name := range append([]string{v.Options["content_rowid"]}, v.Columns...) {
			if c := n.s.Table(t).columnLike(name); name != "" && c != "" {
				n.add(Need{Table: t, Column: c, Soft: true, At: -1})
			}
		}
	}
}
