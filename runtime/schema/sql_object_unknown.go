package schema

import (
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
)

// Mention is a place at which an [SQLObject] names something that is not there.
type Mention struct {
	Table  string // the table, or what is called so where there is none
	Column string // "" for a table
	Near   string // what there is of a like name, with which a message can help; "" is unknown to [Names]
	At     int    // byte of the statement, see [SQLObject.Statement]
	Soft   bool   // it stands in a body that is a string
}

// Unknown returns what the text of an object names for certain and what is not there: tables behind FROM and JOIN, and columns behind the name or the alias of a
// table of the models, NEW and OLD among them. Bodies that are strings are left out, as they may make what they read.
func (x *Names) Unknown(o SQLObject) (all []Mention) {
	for _, seg := range x.segments(o) {
		if seg.soft {
			continue
		}
		for _, w := range seg.words {
			switch {
			case seg.readsAt(w.from) && !seg.isKnown(w):
				all = append(all, Mention{Table: w.name(), At: w.parts[0].From})
			case len(w.parts) == 2 && !seg.names[w.to-1] && !(w.to < len(seg.toks) && seg.toks[w.to].Text == "("):
				if t := seg.tableOf(w.parts[0].Value()); t != nil && t.columnLike(w.last()) == "" {
					all = append(all, Mention{Table: t.Name, Column: w.last(), At: w.parts[1].From})
				}
			}
		}
	}
	return all
}

// Early reports whether a body that is a string names tables, or columns of tables, that are not there, as far as that is certain: it is created before what it reads.
func (x *Names) Early(o SQLObject) bool {
	own := declaredNames(o)
	for _, seg := range x.segments(o) {
		only := seg.onlyTable()
		for _, w := range seg.words {
			if !seg.soft {
				continue
			}
			if seg.readsAt(w.from) && !seg.isKnown(w) {
				return true
			}
			called := w.to < len(seg.toks) && seg.toks[w.to].Text == "("
			plain := func(t sqllex.Token) bool {
				return t.Kind == sqllex.Quoted || !keywords.Has(strings.ToUpper(t.Text)) && !reserved.Has(strings.ToLower(t.Text)) && !aliasEnds.Has(strings.ToUpper(t.Text))
			}
			behind := func(words ...string) bool { return w.from > 0 && seg.toks[w.from-1].Is(words...) }
			if t := w.parts[0]; len(w.parts) == 1 && plain(t) && only != nil && !behind("AS", "BY") && !(w.from > 0 && seg.toks[w.from-1].Text == "::") && !called && !seg.names[w.to-1] && !own[strings.ToLower(t.Value())] && only.columnLike(t.Value()) == "" {
				return true
			}
			if len(w.parts) == 2 && !called && !seg.names[w.to-1] {
				if t := seg.tableOf(w.parts[0].Value()); t != nil && t.columnLike(w.last()) == "" {
					return true
				}
			}
		}
	}
	return false
}

// Mentions returns where an object names one of these columns, or a whole table where columns has none of it, as far as that is certain: behind the name of the table or an alias of it, or
// without one in a statement that reads nothing else. x must know the tables under these names.
func (x *Names) Mentions(o SQLObject, columns map[string][]string) (all []Mention) {
	own := declaredNames(o)
	for _, seg := range x.segments(o) {
		only := seg.onlyTable()
		for _, w := range seg.words {
			last := w.parts[len(w.parts)-1]
			called := w.to < len(seg.toks) && seg.toks[w.to].Text == "("
			put := func(table, column string) {
				all = append(all, Mention{Table: table, Column: column, At: last.From, Soft: seg.soft})
			}
			if seg.readsAt(w.from) || seg.names[w.to-1] && seg.relationPlace(w.from) {
				for table, list := range columns {
					if ns, base := SplitName(table); len(list) == 0 && strings.EqualFold(base, w.last()) && (len(w.parts) == 1 || strings.EqualFold(ns, w.parts[0].Value())) && !seg.with[strings.ToLower(base)] {
						put(table, "")
					}
				}
				continue
			}
			switch {
			case len(w.parts) == 2:
				if t := seg.tableOf(w.parts[0].Value()); t != nil && slices.Contains(columns[t.Name], t.columnLike(w.last())) {
					put(t.Name, t.columnLike(w.last()))
				}
			case len(w.parts) == 1 && only != nil && !called && !seg.names[w.to-1] && !(w.from > 0 && seg.toks[w.from-1].Is("AS")) && !own[strings.ToLower(w.last())]:
				if c := only.columnLike(w.last()); c != "" && slices.Contains(columns[only.Name], c) {
					put(only.Name, c)
				}
			}
		}
	}
	return all
}

func (w sqlWord) name() string {
	parts := make([]string, len(w.parts))
	for i, p := range w.parts {
		parts[i] = p.Value()
	}
	return strings.Join(parts, ".")
}

// segment is one statement of an object: of a body that has several, one of them.
type segment struct {
	*needs
	soft  bool
	with  map[string]bool
	other map[string]bool // aliases of what is no table of the models, in lower case
	reads map[int]bool    // tokens that FROM or JOIN expects a relation at
	views bool            // it reads something that is no table of the models
}

func (x *Names) segments(o SQLObject) (all []*segment) {
	toks, soft := codeTokens(o.Statement(), o.Kind.Routine())
	for begin, i := 0, 0; i <= len(toks); i++ {
		if i < len(toks) && toks[i].Text != ";" && (i == begin || soft[i] == soft[i-1]) {
			continue
		}
		if i > begin {
			all = append(all, x.segment(o, toks[begin:i], soft[begin:i]))
		}
		begin = i
		if i < len(toks) && toks[i].Text == ";" {
			begin = i + 1
		}
	}
	return all
}

func (x *Names) segment(o SQLObject, toks []sqllex.Token, soft []bool) *segment {
	n := &needs{s: x.s, known: x, o: o, alias: map[string][]string{}, given: map[string]bool{}, aside: map[int]bool{}, at: map[int][]Need{}, seen: map[Need]bool{}, toks: toks, soft: soft, head: -1}
	n.words = sqlWords(toks, soft)
	n.relations()
	s := &segment{needs: n, soft: soft[0], with: n.commonTables(), other: map[string]bool{}, reads: map[int]bool{}}
	selects := []bool{false} // by depth of brackets
	for i, t := range toks {
		switch {
		case t.Text == "(":
			selects = append(selects, false)
		case t.Text == ")" && len(selects) > 1:
			selects = selects[:len(selects)-1]
		case t.Is("SELECT", "DELETE"):
			selects[len(selects)-1] = true
		case t.Is("JOIN"), t.Is("FROM") && selects[len(selects)-1] && !(i > 0 && toks[i-1].Is("DISTINCT")):
			s.reads[i+1] = true
			s.views = s.views || i+1 < len(toks) && toks[i+1].Text == "("
		}
		if t.Text == ")" { // (SELECT ...) AS o, generate_series(1, 9) o
			k := i + 1
			if k < len(toks) && toks[k].Is("AS") {
				k++
			}
			if k < len(toks) && toks[k].IsName() {
				s.other[strings.ToLower(toks[k].Value())] = true
			}
		}
	}
	for _, w := range n.words {
		if !s.reads[w.from] && !(w.from > 0 && n.relationPlace(w.from)) || len(n.known.like("", w.last())) > 0 && !s.with[strings.ToLower(w.last())] {
			continue
		}
		if s.reads[w.from] {
			s.views = true
		}
		s.other[strings.ToLower(w.last())] = true
		k := w.to
		if k < len(toks) && toks[k].Is("AS") {
			k++
		}
		if k < len(toks) && toks[k].IsName() {
			s.other[strings.ToLower(toks[k].Value())] = true
		}
	}
	return s
}

// readsAt reports whether a relation is read at a token.
func (s *segment) readsAt(i int) bool { return s.reads[i] }

// isKnown reports whether a relation is known, or one that the server or an extension has.
func (s *segment) isKnown(w sqlWord) bool {
	base := strings.ToLower(w.last())
	first := strings.ToLower(w.parts[0].Value())
	if w.to < len(s.toks) && s.toks[w.to].Text == "(" || s.names[w.to-1] || len(w.parts) == 1 && (s.with[base] || w.parts[0].Kind == sqllex.Word && (keywords.Has(strings.ToUpper(base)) || w.parts[0].Is("ONLY", "LATERAL", "ROWS", "NEW", "OLD"))) {
		return true
	}
	if len(w.parts) > 1 && (first == "pg_catalog" || first == "information_schema") || strings.HasPrefix(base, "pg_") || strings.HasPrefix(base, "sqlite_") || strings.HasPrefix(base, "json_") {
		return true
	}
	if slices.ContainsFunc(s.known.objects[base], func(o *SQLObject) bool { return o.Kind.Relation() }) {
		return true
	}
	return slices.ContainsFunc(s.s.Objects, func(o Object) bool { // made by steps that are written by hand
		_, own := SplitName(strings.ReplaceAll(o.Name, `"`, ""))
		return strings.EqualFold(own, base)
	})
}

// tableOf returns the one table of the models that a qualifier stands for, nil when it may be something else.
func (s *segment) tableOf(qualifier string) *Table {
	key := strings.ToLower(qualifier)
	if s.other[key] || s.with[key] {
		return nil
	}
	if (key == "new" || key == "old") && (s.o.Kind == TriggerKind || s.o.Kind == RuleKind) {
		return s.s.Table(s.o.Table)
	}
	if len(s.alias[key]) != 1 {
		return nil
	}
	return s.s.Table(s.alias[key][0])
}

// onlyTable returns the table of the models that a statement is about when there is nothing else in it.
func (s *segment) onlyTable() *Table {
	if len(s.tables) != 1 || s.views || len(s.with) > 0 {
		return nil
	}
	n := 0
	for _, t := range s.toks {
		if t.Is("SELECT", "UPDATE", "INSERT", "DELETE") {
			n++
		}
	}
	if n > 1 && !s.o.onTable() {
		return nil
	}
	return s.s.Table(s.tables[0])
}

// onTable reports whether a statement of the kind names a table by ON, and may name events in the words of statements.
func (o SQLObject) onTable() bool { return o.Kind == TriggerKind || o.Kind == PolicyKind }

// declaredNames returns the arguments and variables of a routine, in lower case.
func declaredNames(o SQLObject) map[string]bool {
	own := map[string]bool{}
	if !o.Kind.Routine() {
		return own
	}
	toks, soft := codeTokens(o.Statement(), true)
	depth, declare := 0, false
	for i, t := range toks {
		switch {
		case t.Text == "(":
			depth++
		case t.Text == ")":
			depth--
		case t.Is("DECLARE"):
			declare = true
		case t.Is("BEGIN"):
			declare = false
		case t.IsName() && (declare || !soft[i] && depth > 0), t.IsName() && i > 0 && toks[i-1].Is("FOR", "INTO"):
			own[strings.ToLower(t.Value())] = true
		}
	}
	return own
}

// RowFields returns the columns that the body of a function for triggers names behind NEW and OLD, with their places in the statement. generic reports whether the body asks what table it
// runs for: then these may be behind a condition.
func (o SQLObject) RowFields() (fields []Mention, generic bool) {
	toks, soft := codeTokens(o.Statement(), o.Kind.Routine())
	for _, w := range sqlWords(toks, soft) {
		if len(w.parts) == 1 && w.parts[0].Is("TG_TABLE_NAME", "TG_RELID", "TG_RELNAME", "TG_TABLE_SCHEMA", "TG_ARGV") {
			generic = true
		}
		if len(w.parts) == 2 && w.parts[0].Is("NEW", "OLD") && w.soft {
			fields = append(fields, Mention{Column: w.last(), At: w.parts[1].From, Soft: true})
		}
	}
	return fields, generic
}
