package revise

import (
	"slices"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/gen/read"
	"github.com/modelgen/modelgen/internal/sqllex"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// trail follows names through ops: what is called so after them, was called what before them. What came in between has no name before.
type trail struct {
	tables, enums map[string]string // name after the ops -> before, "" is new
	columns       map[string]map[string]string
	values        map[string]map[string]string // of enums
	fills         []migrate.Fill               // with the table and the column under their names at that time
	objects       map[string]string            // of SQL files: key after the ops -> name before, for those that are renamed
}

func follow(all ...read.Migration) *trail {
	t := &trail{map[string]string{}, map[string]string{}, map[string]map[string]string{}, map[string]map[string]string{}, nil, map[string]string{}}
	for _, m := range all {
		for _, op := range m.Ops {
			t.op(op.Value)
		}
	}
	return t
}

func (t *trail) op(op migrate.Op) {
	if op == nil {
		return
	}
	if o, ok := op.(migrate.SQL); ok {
		for _, op := range o.Schema {
			t.op(op)
		}
		return
	}
	switch o := op.(type) { // what is told of values
	case migrate.RenameEnumValue:
		move(t.of(t.values, o.Enum), o.From, o.To)
	case migrate.Fill:
		t.fills = append(t.fills, o)
	}
	if from, to, ok := migrate.ObjectChange(op); ok && from != nil && to != nil && from.Name != to.Name {
		before := t.objects[from.Key()]
		if before == "" {
			before = from.Name
		}
		t.objects[to.Key()] = before
		delete(t.objects, from.Key())
	}
	e := op.Effects()
	for _, o := range e.Removes {
		if o.Kind == migrate.TableObject {
			delete(t.tables, o.Name)
			delete(t.columns, o.Name)
		}
	}
	for _, o := range e.Makes {
		switch {
		case o.Kind == migrate.TableObject:
			t.tables[o.Name] = ""
			delete(t.columns, o.Name)
		case o.Kind == migrate.EnumObject:
			t.enums[o.Name] = ""
		case o.Kind == migrate.ColumnObject && !slices.ContainsFunc(e.Makes, func(table migrate.Object) bool { return table != o && table.Covers(o) }):
			t.of(t.columns, o.Table)[o.Name] = ""
		}
	}
	for _, r := range e.Renames {
		switch r.From.Kind {
		case migrate.TableObject:
			move(t.tables, r.From.Name, r.To)
			t.columns[r.To] = t.columns[r.From.Name]
			delete(t.columns, r.From.Name)
		case migrate.ColumnObject:
			move(t.of(t.columns, r.From.Table), r.From.Name, r.To)
		case migrate.EnumObject:
			move(t.enums, r.From.Name, r.To)
			t.values[r.To] = t.values[r.From.Name]
			delete(t.values, r.From.Name)
		}
	}
}

func (t *trail) of(m map[string]map[string]string, name string) map[string]string {
	if m[name] == nil {
		m[name] = map[string]string{}
	}
	return m[name]
}

func move(m map[string]string, from, to string) {
	before := was(m, from)
	delete(m, from)
	m[to] = before
}

// was returns the name before the ops.
func was(m map[string]string, now string) string {
	if before, ok := m[now]; ok {
		return before
	}
	return now
}

// now returns the name after the ops of what was called so before them, as far as it still is.
func now(m map[string]string, before string) string {
	for after, b := range m {
		if b == before {
			return after
		}
	}
	if _, other := m[before]; other {
		return ""
	}
	return before
}

// renamed reports whether the ops give a value of a column that is kept in a check another name: a fill names both.
func (t *trail) renamed(table, column, from, to string) bool {
	return slices.ContainsFunc(t.fills, func(f migrate.Fill) bool {
		sql := f.Expr + " " + f.Where
		return f.Table == table && f.Column == column && strings.Contains(sql, literal(from)) && strings.Contains(sql, literal(to))
	})
}

// literal writes the value of a constant as it stands in SQL.
func literal(s string) string {
	if _, err := strconv.Atoi(s); err == nil {
		return s
	}
	return sqllex.QuoteString(s)
}

// remember takes over the hints that an old snapshot says to be used, which stand in no migration. Those that the ops of undone have used count
// no more; s is the schema before them, old the one after.
func remember(s, old *schema.Schema, undone *trail) {
	for _, t := range s.Tables {
		after := old.Table(now(undone.tables, t.Name))
		if after == nil {
			continue
		}
		if t.Was == "" && !sameName(after.Was, undone.tables[after.Name]) {
			t.Was = after.Was
		}
		columns := undone.columns[after.Name]
		for i := range t.Columns {
			c := &t.Columns[i]
			o := after.Column(now(columns, c.Name))
			if o == nil {
				continue
			}
			if c.Was == "" && o.Was != columns[o.Name] {
				c.Was = o.Was
			}
			if c.ValueWas == nil {
				c.ValueWas = left(o.ValueWas, func(to, from string) bool { return undone.renamed(after.Name, o.Name, from, to) })
			}
		}
	}
	for i := range s.SQLObjects {
		o := &s.SQLObjects[i]
		if after := old.SQLObject(*o); after != nil && o.Was == "" && undone.objects[o.Key()] == "" {
			o.Was = after.Was
		}
	}
	for _, e := range s.Enums {
		o := old.Enum(now(undone.enums, e.Name))
		if o == nil || e.Was != "" || e.Owner != "" {
			continue
		}
		e.Owner = o.Owner
		if !sameName(o.Was, undone.enums[o.Name]) {
			e.Was = o.Was
		}
		e.ValueWas = left(o.ValueWas, func(to, from string) bool { return undone.values[o.Name][to] == from })
	}
}

// tell writes the renames into the schema after them, as hints.
func (t *trail) tell(s *schema.Schema) {
	hint := func(m map[string]string, name string) string {
		if before := was(m, name); before != name {
			return before
		}
		return ""
	}
	for _, table := range s.Tables {
		table.Was = hint(t.tables, table.Name)
		for i := range table.Columns {
			c := &table.Columns[i]
			c.Was = hint(t.columns[table.Name], c.Name)
		}
	}
	for i := range s.SQLObjects {
		s.SQLObjects[i].Was = t.objects[s.SQLObjects[i].Key()]
	}
	for _, e := range s.Enums {
		e.Was = hint(t.enums, e.Name)
		for to, from := range t.values[e.Name] {
			if e.ValueWas == nil {
				e.ValueWas = map[string]string{}
			}
			e.ValueWas[to] = from
		}
	}
}

// sameName reports whether a hint, which may leave out the schema, is a name.
func sameName(hint, name string) bool {
	_, base := schema.SplitName(name)
	return hint == name || hint == base
}

// left returns the hints of values that are not gone.
func left(hints map[string]string, gone func(to, from string) bool) map[string]string {
	var out map[string]string
	for to, from := range hints {
		if gone(to, from) {
			continue
		}
		if out == nil {
			out = map[string]string{}
		}
		out[to] = from
	}
	return out
}
