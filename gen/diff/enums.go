package diff

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

func (d *differ) newEnum(old string) string {
	for n, o := range d.enumOf {
		if o == old {
			return n
		}
	}
	return ""
}

func (d *differ) pairEnums(answers []rename) {
	d.keepEnumSchemas()
	m := matching{d: d, was: map[string]string{}, usedUp: map[string]string{}, object: func(n string) string { return n }, exists: "enum"}
	for _, e := range d.old.Enums {
		m.old = append(m.old, e.Name)
		m.usedUp[e.Name] = e.Was
	}
	for _, e := range d.new.Enums {
		m.new = append(m.new, e.Name)
		m.was[e.Name] = qualifyEnum(e.Name, e.Was, d.old)
	}
	for _, h := range d.in.Hints {
		if h.Kind == "enum" {
			m.was[h.Name] = qualifyEnum(h.Name, h.Was, d.old)
		}
	}
	for _, a := range answers {
		if a.table == "" {
			m.answers = append(m.answers, a)
		}
	}
	for _, mv := range d.moved {
		if m.was[mv.to] == "" && !slices.ContainsFunc(m.answers, func(a rename) bool { return a.from == mv.from || a.to == mv.to }) {
			m.was[mv.to] = mv.from
		}
	}
	d.enumOf = m.run()
	d.valueRenames, d.goneValues = map[string][]migrate.RenameEnumValue{}, map[string]map[string]string{}
	d.unordered = map[string]bool{}
	for _, n := range d.new.Enums {
		if o := d.enumOf[n.Name]; o != "" {
			d.pairValues(n, d.old.Enum(o))
		}
	}
}

func qualifyEnum(name, was string, old *schema.Schema) string {
	if ns, _ := schema.SplitName(name); was != "" && ns != "" && !strings.Contains(was, ".") && old.Enum(was) == nil {
		return ns + "." + was
	}
	return was
}

// pairValues finds for every value the old one that it is, and in what order they get their new names.
func (d *differ) pairValues(n, o *schema.Enum) {
	m := matching{d: d, old: o.Values, new: n.Values, was: n.ValueWas, usedUp: o.ValueWas, exists: "value", stay: true, values: n.Name,
		object: func(v string) string { return n.Name + "." + v }}
	was := ""
	if d.new.Enum(o.Name) == nil {
		was = o.Name
	}
	m.answers = d.renamesOf(n.Name, was, o.Values, n.Values)
	now := map[string]string{} // old value -> new one
	for to, from := range m.run() {
		now[from] = to
	}
	cur := slices.Clone(o.Values)
	rename := func(from, to string) {
		cur[slices.Index(cur, from)] = to
		d.valueRenames[n.Name] = append(d.valueRenames[n.Name], migrate.RenameEnumValue{Enum: n.Name, From: from, To: to})
	}
	for _, v := range o.Values {
		if _, stays := now[v]; stays {
			continue
		}
		if d.goneValues[n.Name] == nil {
			d.goneValues[n.Name] = map[string]string{}
		}
		d.goneValues[n.Name][v] = v
		if slices.Contains(slices.Collect(maps.Values(now)), v) { // another value gets its name
			d.goneValues[n.Name][v] = spare(temporary(v), cur, n.Values)
			rename(v, d.goneValues[n.Name][v])
		}
	}
	inOrder(now, func(v string) bool { return slices.Contains(cur, v) }, rename)
	d.unordered[n.Name] = !orderValues(n, cur)
}

// spare makes a name that is in none of the lists.
func spare(name string, lists ...[]string) string {
	for slices.ContainsFunc(lists, func(list []string) bool { return slices.Contains(list, name) }) {
		name = temporary("_" + name)
	}
	return name
}

// values returns the old values of an enum that stays, in their new spelling.
func (d *differ) values(n *schema.Enum) []string {
	values := slices.Clone(d.old.Enum(d.enumOf[n.Name]).Values)
	for _, r := range d.valueRenames[n.Name] {
		values[slices.Index(values, r.From)] = r.To
	}
	return values
}

func (d *differ) askAboutEnums() {
	for _, n := range d.new.Enums {
		o := d.old.Enum(d.enumOf[n.Name])
		if o == nil {
			continue
		}
		old := d.values(n)
		for _, v := range o.Values {
			if _, gone := d.goneValues[n.Name][v]; !gone || d.valueDropped(n.Name+".", v) {
				continue
			}
			choice := []Choice{}
			for _, w := range n.Values {
				if !slices.Contains(old, w) {
					choice = append(choice, Choice{"renamed", valueRename(n.Name, v, w)})
				}
			}
			d.ask(n.Name, fmt.Sprintf("value %q of enum %s is gone: rows that hold it make the migration fail", v, n.Name),
				append(append(choice, Choice{"no row holds it", valueDrop(n.Name+".", v)}), d.otherValue(n, old, v)...)...)
		}
		d.askAboutOrder(n)
	}
}

// renameValues gives the values of an enum their new names. One that goes while another gets its name is taken out at once, in the transaction
// of the renames: should a row hold it, nothing has happened.
func (d *differ) renameValues(n *schema.Enum) {
	for _, r := range d.valueRenames[n.Name] {
		d.emit(r)
	}
	away := false
	for old, v := range d.goneValues[n.Name] {
		away = away || old != v
	}
	if cur := d.cur.Enum(n.Name); away && cur != nil {
		left := slices.DeleteFunc(slices.Clone(cur.Values), func(v string) bool { return !slices.Contains(n.Values, v) })
		d.emit(migrate.AlterEnum{Name: n.Name, From: slices.Clone(cur.Values), To: left})
	}
}

// askAboutValues asks about values that go from a check over the constants of a type.
func (d *differ) askAboutValues(t, w *schema.Table) {
	for _, c := range t.Checks {
		column, values := inList(c.Expr)
		if column == "" {
			continue
		}
		for _, o := range w.Checks {
			oldColumn, old := inList(o.Expr)
			if oldColumn != column {
				continue
			}
			if c.Expr == o.Expr {
				d.staleConstants(t, column)
			}
			if slices.ContainsFunc(t.Checks, func(x schema.Check) bool { return x.Expr == o.Expr }) {
				continue
			}
			d.pairConstants(t, w, column, old, values)
		}
	}
}

// pairConstants asks about values that a list had and has no more, and fills rows that hold one that was renamed.
func (d *differ) pairConstants(t, w *schema.Table, column string, old, values []string) {
	object := t.Name + "." + column
	literal := map[string]string{}
	plain := func(literals []string) []string {
		var out []string
		for _, l := range literals {
			out = append(out, unquote(l))
			literal[unquote(l)] = l
		}
		return out
	}
	m := matching{d: d, old: plain(old), new: plain(values), was: t.Column(column).ValueWas, exists: "value", stay: true, values: object,
		object: func(v string) string { return object + "=" + v }}
	if c := w.Column(column); c != nil {
		m.usedUp = c.ValueWas
	}
	m.answers = d.renamesOf(object, "", m.old, m.new)
	pairs := m.run()
	for _, moved := range movedAway(m.old, m.new) {
		if pairs[moved[0]] == moved[0] && !d.stays(m.answers, moved[0]) {
			d.ask(object, fmt.Sprintf("%s may be %s now where it was %s, which has another place: is that the same value under another name?",
				object, shownLiteral(literal[moved[1]]), shownLiteral(literal[moved[0]])),
				Choice{"renamed, and " + shownLiteral(literal[moved[0]]) + " is another value now", valueRename(object, moved[0], moved[1])},
				Choice{"no: " + shownLiteral(literal[moved[0]]) + " is what it was", valueRename(object, moved[0], moved[0])})
		}
	}
	now := map[string]string{}
	for to, from := range pairs {
		now[from] = to
	}
	for _, v := range m.old {
		if _, stays := now[v]; stays {
			continue
		}
		answered := d.valueDropped(object+"=", v)
		if from, taken := pairs[v]; taken {
			d.fail(object, "%s may no longer be %s, and %s takes that name: rows that hold either could not be told apart; make it two migrations",
				object, shownLiteral(literal[v]), shownLiteral(literal[from]))
			continue
		}
		if answered {
			continue
		}
		var choice []Choice
		for _, n := range m.new {
			if _, paired := pairs[n]; !paired {
				choice = append(choice, Choice{"renamed", valueRename(object, v, n)})
			}
		}
		d.ask(object, fmt.Sprintf("%s may no longer be %s: rows that hold it make the migration fail", object, shownLiteral(literal[v])),
			append(append(choice, Choice{"no row holds it", valueDrop(object+"=", v)}), fillValue(t.Name, column, m.new, m.old, v, func(v string) string { return literal[v] })...)...)
	}
	d.renameConstants(t.Name, column, now, literal, m.old)
}

// otherValue says how the rows that hold a value of an enum get another one.
func (d *differ) otherValue(n *schema.Enum, old []string, v string) []Choice {
	for _, t := range d.new.Tables {
		for _, c := range t.Columns {
			if c.Type.Kind == schema.KindEnum && c.Type.Name == n.Name && !c.Type.Array && d.cols[t.Name][c.Name] != "" {
				return fillValue(t.Name, c.Name, n.Values, old, v, sqllex.QuoteString)
			}
		}
	}
	return nil
}

// fillValue says how rows get another value than one that goes, where one of the new values was there before.
func fillValue(table, column string, values, old []string, v string, literal func(string) string) []Choice {
	for _, w := range values {
		if slices.Contains(old, w) {
			f := fmt.Sprintf("migrate.Fill{Table: %q, Column: %q, Expr: %q, Where: %q}", table, column, literal(w), schema.QuoteColumn(column)+" = "+literal(v))
			return []Choice{{"rows that do get another value: answer the same, and write " + f + ", or what fits, as the first op into the migration", ""}}
		}
	}
	return nil
}

// staleConstants remarks on the hints of values that stay as they are.
func (d *differ) staleConstants(t *schema.Table, column string) {
	if c := t.Column(column); c != nil {
		for v := range c.ValueWas {
			d.stale = append(d.stale, t.Name+"."+column+"="+v)
		}
	}
}

// renameConstants fills renamed values: each by itself, or all at once when one takes the name that another had.
func (d *differ) renameConstants(table, column string, now, literal map[string]string, old []string) {
	var from, to []string
	for _, v := range old {
		if n, stays := now[v]; stays && n != v {
			from, to = append(from, literal[v]), append(to, literal[n])
		}
	}
	name := schema.QuoteColumn(column)
	if !overlap(from, to) {
		for i := range from {
			d.fills[table] = append(d.fills[table], migrate.Fill{Table: table, Column: column,
				Expr: to[i], Where: name + " = " + from[i], Back: from[i], BackWhere: name + " = " + to[i]})
		}
		return
	}
	turn := func(from, to []string) (expr, where string) {
		for i := range from {
			expr += " WHEN " + from[i] + " THEN " + to[i]
		}
		return "CASE " + name + expr + " END", name + " IN (" + strings.Join(from, ", ") + ")"
	}
	f := migrate.Fill{Table: table, Column: column}
	f.Expr, f.Where = turn(from, to)
	f.Back, f.BackWhere = turn(to, from)
	d.fills[table] = append(d.fills[table], f)
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool { return slices.Contains(b, x) })
}

func unquote(literal string) string {
	if s, ok := strings.CutPrefix(literal, "'"); ok {
		return strings.ReplaceAll(strings.TrimSuffix(s, "'"), "''", "'")
	}
	return literal
}

// inList takes "status IN ('a', 'b')" apart, as the loader writes it for types with constants.
func inList(expr string) (column string, values []string) { return schema.InList(expr) }

// enums makes new types, and adds values to old ones before any column uses them.
func (d *differ) enums() {
	for _, n := range d.new.Enums {
		if d.enumOf[n.Name] == "" {
			d.emit(migrate.CreateEnum{Name: n.Name, Values: n.Values})
			continue
		}
		old := slices.Clone(d.cur.Enum(n.Name).Values)
		if !slices.ContainsFunc(d.cur.Tables, func(t *schema.Table) bool { return hasEnum(t, n.Name) }) {
			d.alterEnum(n) // no row has to be written
			continue
		}
		mid := slices.Clone(old)
		at := 0
		for _, v := range n.Values {
			if i := slices.Index(mid, v); i >= 0 {
				at = max(at, i+1)
				continue
			}
			mid = slices.Insert(mid, at, v)
			at++
		}
		if !slices.Equal(mid, old) {
			d.emit(migrate.AlterEnum{Name: n.Name, From: old, To: mid})
		}
	}
}

// enumsLose reports whether an enum loses values, or gets another order: then its type is made again.
func (d *differ) enumsLose() bool {
	return slices.ContainsFunc(d.new.Enums, func(n *schema.Enum) bool {
		cur := d.cur.Enum(n.Name)
		return cur != nil && !slices.Equal(cur.Values, n.Values)
	})
}

// alterEnumsLast takes values away, or sorts them again, when no default needs them any more.
func (d *differ) alterEnumsLast() {
	for _, n := range d.new.Enums {
		d.alterEnum(n)
	}
}

func (d *differ) alterEnum(n *schema.Enum) {
	if cur := d.cur.Enum(n.Name); cur != nil && !slices.Equal(cur.Values, n.Values) {
		op := migrate.AlterEnum{Name: n.Name, From: slices.Clone(cur.Values), To: n.Values}
		if op.Added() == nil {
			d.underDualWrite(n.Name)
		}
		d.emit(op)
	}
}

// underDualWrite refuses to make an enum again while two columns are kept in sync one of which has it: the database changes no type of a column that a trigger names.
func (d *differ) underDualWrite(enum string) {
	if !d.on(nativeEnums) {
		return
	}
	for _, t := range d.cur.Tables {
		for _, w := range t.DualWrites {
			for _, name := range []string{w.From, w.To} {
				if c := t.Column(name); c != nil && c.Type.Kind == schema.KindEnum && c.Type.Name == enum {
					d.fail(enum, "enum %s loses values or changes their order, and %s.%s and %s are kept in sync, so that its type cannot change: do that in a migration before, or in one after -contract", enum, t.Name, w.From, w.To)
					return
				}
			}
		}
	}
}

// hasEnum reports whether a column of the table has the type.
func hasEnum(t *schema.Table, enum string) bool {
	return slices.ContainsFunc(t.Columns, func(c schema.Column) bool { return c.Type.Kind == schema.KindEnum && c.Type.Name == enum })
}
