package schema

import "strings"

// The places of a statement where a column can only be one of certain tables: databases give it another name there when it is one of these, and leave a column
// alone that is called alike and is of another table, or of a view or a virtual table.

// scopes finds these places: by token, the tables that a name without a table in front of it can be a column of. Where it says nothing it can be any.
func (n *needs) scopes() map[int][]string {
	of := map[int][]string{}
	tables := func(w sqlWord) (all []string) {
		ns := ""
		if len(w.parts) > 1 {
			ns = w.parts[len(w.parts)-2].Value()
		}
		for _, t := range n.known.like(ns, w.last()) {
			all = append(all, t.Name)
		}
		return all
	}
	put := func(from, to int, all []string) {
		for i := from; i < to && i < len(n.toks); i++ {
			of[i] = all
		}
	}
	n.body(put, tables)
	for _, w := range n.words {
		switch {
		case w.from == 0 || w.to >= len(n.toks):
		case n.toks[w.from-1].Is("INTO") && n.toks[w.to].Text == "(":
			put(w.to+1, n.behindBrackets(w.to), tables(w))
		case n.toks[w.from-1].Is("UPDATE") && n.toks[w.to].Is("SET"):
			n.targets(w.to, func(i int) { put(i, i+1, tables(w)) })
		}
	}
	if n.o.Kind == TriggerKind {
		on := n.on()
		for i, t := range n.toks {
			if t.Is("ON") {
				break
			}
			if i > 0 && n.toks[i-1].Is("OF") {
				for k := i; k < len(n.toks) && !n.toks[k].Is("ON"); k++ {
					of[k] = on
				}
			}
		}
	}
	return of
}

// on returns the table that the object is on, as a list.
func (n *needs) on() (all []string) {
	for _, t := range n.s.Tables {
		if strings.EqualFold(t.Name, n.o.Table) {
			all = append(all, t.Name)
		}
	}
	if len(all) == 0 { // a partition
		for _, t := range n.known.like(SplitName(n.o.Table)) {
			all = append(all, t.Name)
		}
	}
	return all
}

// row reports whether a name is a column of the row that a trigger is for.
func (n *needs) row(w sqlWord) bool {
	return n.o.Kind == TriggerKind && len(w.parts) == 2 && w.parts[0].Is("NEW", "OLD")
}

// body looks at the statements between BEGIN and END of a trigger: each sees the tables that it names.
func (n *needs) body(put func(from, to int, tables []string), tables func(sqlWord) []string) {
	if n.o.Kind != TriggerKind {
		return
	}
	begin := -1
	for i, t := range n.toks {
		switch {
		case begin < 0 && t.Is("BEGIN"):
			begin = i + 1
		case begin >= 0 && t.Text == ";":
			var all []string
			for _, w := range n.words {
				if w.from >= begin && w.to <= i {
					all = append(all, tables(w)...)
				}
			}
			put(begin, i, all)
			begin = i + 1
		}
	}
}

// behindBrackets returns the token behind the bracket that closes the one at i.
func (n *needs) behindBrackets(i int) int {
	depth := 0
	for ; i < len(n.toks); i++ {
		switch n.toks[i].Text {
		case "(":
			depth++
		case ")":
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return i
}

// targets calls f with the columns that SET gives values.
func (n *needs) targets(set int, f func(i int)) {
	depth := 0
	for i := set + 1; i < len(n.toks); i++ {
		switch t := n.toks[i]; {
		case t.Text == "(":
			depth++
		case t.Text == ")":
			depth--
		case depth < 0 || depth == 0 && (t.Text == ";" || t.Is("WHERE", "FROM", "RETURNING")):
			return
		case depth == 0 && t.IsName() && (i == set+1 || n.toks[i-1].Text == ",") && i+1 < len(n.toks) && n.toks[i+1].Text == "=":
			f(i)
		}
	}
}
