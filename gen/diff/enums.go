package diff

import (
	"fmt"
	"slices"
	"strings"

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
	d.enumOf = m.run()
	d.valueRenames = map[string][]migrate.RenameEnumValue{}
	for n, o := range d.enumOf {
		d.pairValues(d.new.Enum(n), d.old.Enum(o), answers)
	}
}

func qualifyEnum(name, was string, old *schema.Schema) string {
	if ns, _ := schema.SplitName(name); was != "" && ns != "" && !strings.Contains(was, ".") && old.Enum(was) == nil {
		return ns + "." + was
	}
	return was
}

// pairValues takes up answers and hints that rename values.
func (d *differ) pairValues(n, o *schema.Enum, answers []rename) {
	add := func(from, to string) bool {
		if !slices.Contains(o.Values, from) || slices.Contains(o.Values, to) || !slices.Contains(n.Values, to) || slices.Contains(n.Values, from) {
			return false
		}
		d.valueRenames[n.Name] = append(d.valueRenames[n.Name], migrate.RenameEnumValue{Enum: n.Name, From: from, To: to})
		return true
	}
	for _, a := range answers {
		if (a.table == n.Name || a.table == o.Name && d.new.Enum(o.Name) == nil) && add(a.from, a.to) {
			d.spend("-rename " + a.flag)
			d.use("-rename " + Quote(a.flag))
		}
	}
	for _, h := range d.in.Hints {
		if h.Kind == "value" && h.Table == n.Name {
			add(h.Was, h.Name)
		}
	}
}

// values gives the old values of an enum that stays, in their new spelling.
func (d *differ) values(n *schema.Enum) []string {
	values := slices.Clone(d.old.Enum(d.enumOf[n.Name]).Values)
	for _, r := range d.valueRenames[n.Name] {
		values[slices.Index(values, r.From)] = r.To
	}
	return values
}

func (d *differ) askAboutEnums() {
	for _, n := range d.new.Enums {
		if d.enumOf[n.Name] == "" {
			continue
		}
		old := d.values(n)
		for _, v := range old {
			if slices.Contains(n.Values, v) || d.dropped(n.Name+"."+v) {
				continue
			}
			choice := []Choice{}
			for _, w := range n.Values {
				if !slices.Contains(old, w) {
					choice = append(choice, Choice{"renamed", "-rename " + Quote(n.Name+"."+v+"="+w)})
				}
			}
			d.ask(n.Name, fmt.Sprintf("value %q of enum %s is gone: rows that hold it make the migration fail", v, n.Name),
				append(choice, Choice{"no row holds it", "-drop " + Quote(n.Name+"."+v)})...)
		}
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
			if oldColumn != column || slices.ContainsFunc(t.Checks, func(x schema.Check) bool { return x.Expr == o.Expr }) {
				continue
			}
			d.goneValues(t, column, old, values)
		}
	}
}

func (d *differ) goneValues(t *schema.Table, column string, old, values []string) {
	object := t.Name + "." + column
	for _, v := range old {
		if slices.Contains(values, v) {
			continue
		}
		plain := unquote(v)
		if d.dropped(object + "=" + plain) {
			continue
		}
		renamed := false
		var choice []Choice
		for _, n := range values {
			if slices.Contains(old, n) {
				continue
			}
			flag := object + "." + plain + "=" + unquote(n)
			if slices.Contains(d.in.Answers.Renames, flag) {
				d.use("-rename " + Quote(flag))
				d.spend("-rename " + flag)
				d.fills[t.Name] = append(d.fills[t.Name], migrate.Fill{Table: t.Name, Column: column, Expr: n, Where: schema.QuoteColumn(column) + " = " + v})
				renamed = true
				break
			}
			choice = append(choice, Choice{"renamed", "-rename " + Quote(flag)})
		}
		if !renamed {
			d.ask(object, fmt.Sprintf("%s may no longer be %s: rows that hold it make the migration fail", object, v),
				append(choice, Choice{"no row holds it", "-drop " + Quote(object+"="+plain)})...)
		}
	}
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
		old := d.values(n)
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

// alterEnumsLast takes values away, or sorts them anew, when no default needs them any more.
func (d *differ) alterEnumsLast() {
	for _, n := range d.new.Enums {
		if cur := d.cur.Enum(n.Name); cur != nil && !slices.Equal(cur.Values, n.Values) {
			d.emit(migrate.AlterEnum{Name: n.Name, From: slices.Clone(cur.Values), To: n.Values})
		}
	}
}
