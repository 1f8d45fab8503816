package optimize

import (
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// rename is what a rename does to the ops that other ops pass it with.
type rename struct {
	kind     byte   // t: a table, c: a column, e: an enum, v: a value of one
	of       string // the table of a column, the enum of a value
	from, to string
}

func (s *step) renaming() (rename, bool) {
	if o, is := s.op.(migrate.RenameEnumValue); is {
		return rename{'v', o.Enum, o.From, o.To}, true
	}
	e := &s.e
	if e.Unknown || e.Rows || len(e.Renames) != 1 || len(e.Makes)+len(e.Removes)+len(e.Writes) > 0 {
		return rename{}, false
	}
	r := e.Renames[0]
	switch r.From.Kind {
	case migrate.TableObject:
		return rename{'t', "", r.From.Name, r.To}, true
	case migrate.ColumnObject:
		return rename{'c', r.From.Table, r.From.Name, r.To}, true
	case migrate.EnumObject:
		return rename{'e', "", r.From.Name, r.To}, true
	}
	return rename{}, false
}

func (r rename) back() rename { return rename{r.kind, r.of, r.to, r.from} }

// through returns the op that does after the rename what s does before it. It says no when s is about the name itself, or may mean something else by
// either of the two, or still has the old one when it is written again.
func (z *optimizer) through(r rename, s *step) (*step, bool) {
	if strings.EqualFold(r.from, r.to) {
		return nil, false
	}
	ok := true
	switch r.kind {
	case 't':
		ok = r.throughTable(s)
	case 'c':
		ok = r.throughColumn(s)
	case 'e':
		ok = !s.has("e:"+r.from, true) && !s.has("e:"+r.to, false) && !s.takes(r.from) && !s.takes(r.to) && !s.makes(r.from) && !s.makes(r.to) && !s.says(r.from) && !s.says(r.to)
	case 'v':
		ok = r.throughValue(s)
	}
	if !ok {
		return nil, false
	}
	moved := z.step(r.rewritten(s.op))
	return moved, !moved.names(r)
}

// names reports whether an op has the name that a rename takes away.
func (s *step) names(r rename) bool {
	switch r.kind {
	case 't':
		return s.has("t:"+r.from, false) || slices.ContainsFunc(s.exprs, func(e expr) bool { return strings.EqualFold(e.table, r.from) })
	case 'c':
		return s.has("c:"+r.of+"."+r.from, false) || slices.ContainsFunc(s.exprs, func(e expr) bool {
			return strings.EqualFold(e.table, r.of) && len(schema.ExprColumns(e.text, []string{r.from})) > 0
		})
	case 'e':
		return s.has("e:"+r.from, false)
	}
	return false // a value is in no name
}

func (r rename) throughTable(s *step) bool {
	if s.has("t:"+r.from, true) || s.has("t:"+r.to, false) || s.takes(r.from) || s.takes(r.to) || s.makes(r.from) || s.makes(r.to) {
		return false
	}
	old, _ := schema.SplitName(r.from)
	now, _ := schema.SplitName(r.to)
	if old != now && slices.ContainsFunc(s.acc, func(x access) bool { return x.write && strings.HasPrefix(x.name, "r:") }) {
		return false // a name that is free in one schema may be taken in the other
	}
	return !slices.ContainsFunc(s.exprs, func(e expr) bool { return qualified(e.text, r.from) || qualified(e.text, r.to) })
}

// qualified reports whether SQL may name a column with its table.
func qualified(text, table string) bool {
	_, base := schema.SplitName(table)
	return strings.Contains(text, ".") && mentions(text, base)
}

func (r rename) throughColumn(s *step) bool {
	column := "c:" + r.of + "."
	if s.has("t:"+r.of, true) || s.has(column+r.to, false) {
		return false
	}
	if o, is := s.op.(migrate.AlterColumn); is {
		if o.Using != "" || o.UsingBack != "" {
			return false
		}
	} else if s.has(column+r.from, true) {
		return false
	}
	return !slices.ContainsFunc(s.exprs, func(e expr) bool { return e.table == strings.ToLower(r.of) && mentions(e.text, r.to) })
}

func (r rename) throughValue(s *step) bool {
	if s.has("e:"+r.of, true) || inText(&step{op: migrate.RenameEnumValue{}, enum: r.of}, s) {
		return false
	}
	ok := true
	_ = (&rewriter{column: func(c schema.Column) schema.Column {
		if c.Type.Kind == schema.KindEnum && c.Type.Name == r.of && c.Default != nil && (c.Type.Array || *c.Default == r.to) {
			ok = false
		}
		return c
	}}).op(s.op)
	return ok
}

// has reports whether an op touches something, or writes it.
func (s *step) has(name string, write bool) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc(s.acc, func(x access) bool { return x.name == name && (x.write || !write) })
}

// takes reports whether an op makes or frees a name of the space of tables.
func (s *step) takes(name string) bool {
	_, base := schema.SplitName(name)
	return s.has("r:"+base, true)
}

// makes reports whether an op makes or drops the schema that a name is in.
func (s *step) makes(name string) bool {
	ns, _ := schema.SplitName(name)
	return ns != "" && s.has("n:"+ns, true)
}

func (s *step) says(name string) bool {
	_, base := schema.SplitName(name)
	return slices.ContainsFunc(s.texts, func(t string) bool { return mentions(t, base) })
}

// rewritten returns op under the new name.
func (r rename) rewritten(op migrate.Op) migrate.Op {
	w := &rewriter{}
	swap := func(name string) string {
		if name == r.from {
			return r.to
		}
		return name
	}
	switch r.kind {
	case 't':
		w.table = swap
	case 'c':
		w.name = func(table, column string) string {
			if table == r.of {
				return swap(column)
			}
			return column
		}
		w.expr = func(table, text string) string {
			if table == r.of && text != "" {
				return schema.RenameInExpr(text, r.from, r.to)
			}
			return text
		}
	case 'e':
		w.column = func(c schema.Column) schema.Column {
			if c.Type.Kind == schema.KindEnum {
				c.Type.Name = swap(c.Type.Name)
			}
			return c
		}
	case 'v':
		w.column = func(c schema.Column) schema.Column {
			if c.Type.Kind == schema.KindEnum && c.Type.Name == r.of && c.Default != nil {
				d := swap(*c.Default)
				c.Default = &d
			}
			return c
		}
	}
	return w.op(op)
}
