package law

import (
	"math/rand/v2"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// data is what rows A is filled with: values that differ from column to column and meet every constraint of A and of B. What no rows can
// meet, such as a reference from rows to a new table, is in unmetA and unmetB.
type data struct {
	*rand.Rand
	a, b    *schema.Schema
	descent map[string]*descent

	unmetA, unmetB []func(*schema.Schema) // each takes one of them out of the schema

	group    map[place]place // columns of A that are tied by references or identity, union-find
	as       map[place]schema.Type
	values   map[place][]string // the only ones that are possible
	distinct map[place]bool
	whole    map[place]bool // no NULLs
	target   map[place]bool // referred to: the number of the row
	refers   map[place]bool
	straight map[string]bool // tables whose references go to the row of the same number
	rows     map[string]int
	most     int // rows of a table
}

func newData(seed uint64, a, b *schema.Schema, ops []migrate.Op, answers computing) *data {
	d := &data{Rand: rand.New(rand.NewPCG(seed, 11)), a: a, b: b, descent: trace(a, ops, answers),
		group: map[place]place{}, as: map[place]schema.Type{}, values: map[place][]string{}, distinct: map[place]bool{}, whole: map[place]bool{},
		target: map[place]bool{}, refers: map[place]bool{}, straight: map[string]bool{}, rows: map[string]int{}}
	d.most = 1 + d.IntN(6)
	for _, t := range a.Tables {
		if d.rows[t.Name] = d.most; d.IntN(6) == 0 {
			d.rows[t.Name] = 0
		}
	}
	d.tie()
	d.narrow()
	for _, t := range a.Tables {
		d.constrain(t, t.Name, func(c string) *column { return &column{origin: c} }, true)
	}
	for _, t := range b.Tables {
		if from := d.descent[t.Name]; from.table != "" {
			d.constrain(t, from.table, func(c string) *column { return from.cols[c] }, false)
		}
	}
	return d
}

func (d *data) find(p place) place {
	for d.group[p] != (place{}) && d.group[p] != p {
		p = d.group[p]
	}
	return p
}

// tie puts columns together that hold the same values because one refers to the other, in A or in B.
func (d *data) tie() {
	to := func(to place) {
		d.target[to] = true
		d.rows[to.table] = d.most
	}
	tie := func(from, target place) {
		d.refers[from] = true
		to(target)
		if f, t := d.find(from), d.find(target); f != t {
			d.group[f] = t
		}
	}
	for _, t := range d.a.Tables {
		for _, fk := range t.ForeignKeys {
			for i := range fk.Columns {
				tie(place{t.Name, fk.Columns[i]}, place{fk.RefTable, fk.RefColumns[i]})
			}
		}
	}
	for _, t := range d.b.Tables {
		for _, fk := range t.ForeignKeys {
			for i := range fk.Columns {
				from, target := d.origin(t.Name, fk.Columns[i]), d.origin(fk.RefTable, fk.RefColumns[i])
				switch {
				case from != place{} && target != place{}:
					tie(from, target)
				case target != place{}:
					to(target)
				}
			}
		}
	}
	for p := range d.refers {
		if d.target[p] {
			d.straight[p.table] = true
		}
	}
}

func (d *data) origin(table, column string) place {
	from := d.descent[table]
	if c := from.cols[column]; c != nil && c.origin != "" && from.table != "" {
		return place{from.table, c.origin}
	}
	return place{}
}

// narrow finds the narrowest type that the values of each group have to go through, and the values of enums and lists.
func (d *data) narrow() {
	see := func(p place, t schema.Type) {
		g := d.find(p)
		if as, ok := d.as[g]; !ok || narrow(t) < narrow(as) {
			d.as[g] = t
		}
	}
	limit := func(p place, v []string) {
		if old, ok := d.values[p]; ok {
			v = slices.DeleteFunc(slices.Clone(old), func(x string) bool { return !slices.Contains(v, x) })
		}
		d.values[p] = v
	}
	look := func(s *schema.Schema, t *schema.Table, origin func(string) place, back func(place, []string) []string) {
		for _, c := range t.Columns {
			p := origin(c.Name)
			if p == (place{}) || s == d.b && d.descent[t.Name].cols[c.Name].remade {
				continue
			}
			see(p, c.Type)
			if c.Type.Kind == schema.KindEnum {
				limit(p, back(p, s.Enum(c.Type.Name).Values))
			}
		}
		for _, k := range t.Checks {
			column, values := listOf(k.Expr)
			if column != "" && origin(column) != (place{}) && !(s == d.b && d.descent[t.Name].cols[column].remade) {
				limit(origin(column), back(origin(column), values))
			}
		}
	}
	for _, t := range d.a.Tables {
		look(d.a, t, func(c string) place { return place{t.Name, c} }, func(_ place, v []string) []string { return v })
	}
	for _, t := range d.b.Tables {
		spelled := map[place]func(string) string{}
		for _, c := range t.Columns {
			col := d.descent[t.Name].cols[c.Name]
			spelled[d.origin(t.Name, c.Name)] = col.was
		}
		look(d.b, t, func(c string) place { return d.origin(t.Name, c) }, func(p place, v []string) []string {
			var out []string
			for _, x := range v {
				out = append(out, spelled[p](x))
			}
			return out
		})
	}
}

// was gives a value of B in the spelling of A.
func (c *column) was(v string) string {
	for from, to := range c.rewrite {
		if to == v {
			return from
		}
	}
	return v
}

// becomes is the other way round.
func (c *column) becomes(v string) string {
	if to, ok := c.rewrite[v]; ok {
		return to
	}
	return v
}

// constrain notes what the constraints of a table want of the values, or that they want too much.
func (d *data) constrain(t *schema.Table, origin string, col func(string) *column, inA bool) {
	if d.rows[origin] == 0 {
		return
	}
	for _, c := range t.Columns {
		o := col(c.Name)
		list := func(k schema.Check) bool { l, _ := listOf(k.Expr); return l == c.Name }
		if o != nil && o.plain && o.filled && slices.ContainsFunc(t.Checks, list) { // its values are what an expression gives
			d.without(inA, t.Name, func(t *schema.Table) { t.Checks = slices.DeleteFunc(t.Checks, list) })
		}
		if o == nil || o.origin == "" {
			continue
		}
		p := place{origin, o.origin}
		if !c.Nullable && !o.filled {
			d.whole[p] = true
		}
		if as := d.as[d.find(p)]; !isText(as) && (as.Array || as.Kind != schema.KindEnum) && slices.ContainsFunc(t.Checks, list) {
			d.without(inA, t.Name, func(t *schema.Table) { t.Checks = slices.DeleteFunc(t.Checks, list) }) // no words that are dates or arrays
		}
		if v, ok := d.values[p]; ok && len(v) == 0 {
			d.without(inA, t.Name, func(t *schema.Table) {
				t.Checks = slices.DeleteFunc(t.Checks, list)
				if x := t.Column(c.Name); x != nil && x.Type.Kind == schema.KindEnum {
					dropExpressions(t, c.Name)
					x = t.Column(c.Name)
					x.Type, x.Default = schema.Type{Kind: schema.KindText, Array: x.Type.Array}, nil
				}
			})
		}
	}
	if t.PrimaryKey != nil && !d.unique(t, origin, col, t.PrimaryKey.Columns, false) {
		d.without(inA, t.Name, func(t *schema.Table) { t.PrimaryKey = nil })
	}
	for _, u := range t.Uniques {
		if !d.unique(t, origin, col, u.Columns, u.NullsNotDistinct) {
			d.without(inA, t.Name, func(t *schema.Table) {
				t.Uniques = slices.DeleteFunc(t.Uniques, func(x schema.Unique) bool { return slices.Equal(x.Columns, u.Columns) })
			})
		}
	}
	for _, x := range t.Indexes {
		cols := x.Columns()
		for _, p := range x.Parts {
			cols = append(cols, schema.ExprColumns(p.Expr, t.ColumnNames())...)
		}
		if x.Unique && !d.unique(t, origin, col, cols, x.NullsNotDistinct) {
			d.without(inA, t.Name, func(t *schema.Table) {
				t.Indexes = slices.DeleteFunc(t.Indexes, func(y schema.Index) bool { y.Name = x.Name; return y.Equal(x) })
			})
		}
	}
	for _, fk := range t.ForeignKeys {
		if !d.reference(t, origin, col, fk, inA) {
			d.without(inA, t.Name, func(t *schema.Table) {
				t.ForeignKeys = slices.DeleteFunc(t.ForeignKeys, func(x schema.ForeignKey) bool { return slices.Equal(x.Columns, fk.Columns) })
			})
		}
	}
}

// without takes something out of a table.
func (d *data) without(inA bool, table string, cut func(*schema.Table)) {
	list := &d.unmetB
	if inA {
		list = &d.unmetA
	}
	*list = append(*list, func(s *schema.Schema) {
		if t := s.Table(table); t != nil {
			cut(t)
		}
	})
}

// unique lets a column hold other values in all rows, for a key over it and others.
func (d *data) unique(t *schema.Table, origin string, col func(string) *column, cols []string, nulls bool) bool {
	for _, name := range cols { // new ones first
		c, o := *t.Column(name), col(name)
		if o.origin != "" || c.Generated != "" || o.filled && o.plain { // as of a boolean, which has two values at most
			continue
		}
		if o.filled && o.keyed && distinct(c.Type) || c.Identity || !o.filled && c.Nullable && !c.HasDefault("postgres") && !nulls {
			return true
		}
	}
	for _, name := range cols {
		c, o := *t.Column(name), col(name)
		p := place{origin, o.origin}
		if o.origin == "" || c.Generated != "" || d.values[p] != nil || o.remade || !distinct(d.as[d.find(p)]) || !distinct(d.a.Table(origin).Column(o.origin).Type) {
			continue
		}
		if d.a.Table(origin).Column(o.origin).Generated != "" {
			continue
		}
		d.distinct[p] = true
		d.whole[p] = d.whole[p] || nulls || o.filled && !o.keyed
		return true
	}
	return false
}

// reference lets columns hold what they refer to.
func (d *data) reference(t *schema.Table, origin string, col func(string) *column, fk schema.ForeignKey, inA bool) bool {
	for i, name := range fk.Columns {
		c, o := *t.Column(name), col(name)
		if o.origin == "" && c.Nullable && !o.filled && !c.HasDefault("postgres") {
			return true // NULL in all rows
		}
		to := place{fk.RefTable, fk.RefColumns[i]}
		if !inA {
			to = d.origin(fk.RefTable, fk.RefColumns[i])
		}
		if to == (place{}) || d.values[to] != nil || !distinct(d.as[d.find(to)]) || d.a.Table(to.table).Column(to.column).Generated != "" || !d.says(to) {
			return false
		}
		d.whole[to] = true
		if o.origin == "" {
			if !o.filled || !o.keyed {
				return false
			}
			d.straight[origin] = true
			continue
		}
		p := place{origin, o.origin}
		if d.values[p] != nil || o.remade || d.a.Table(origin).Column(o.origin).Generated != "" || !d.says(p) || !d.says(to) {
			return false
		}
		d.whole[p] = d.whole[p] || o.filled && !o.keyed
		d.straight[origin] = d.straight[origin] || o.filled
	}
	return true
}

// says reports whether a column can hold what all columns that are tied to it can say.
func (d *data) says(p place) bool {
	t, as := d.a.Table(p.table).Column(p.column).Type, d.as[d.find(p)]
	return !d.respells(p, t) && (isText(t) || t.Kind == as.Kind || isNumber(t)) && !t.Array && (isInt(as) || isText(as) || as.Kind == schema.KindUUID && !as.Array)
}

// table returns the rows of a table of A: for each, the SQL of the values by column.
func (d *data) table(dialect string, t *schema.Table) []map[string]string {
	n := d.rows[t.Name]
	rows := make([]map[string]string, n)
	for i := range rows {
		rows[i] = map[string]string{}
	}
	to := d.Perm(n)
	for ci, c := range t.Columns {
		if c.Generated != "" {
			continue
		}
		p := place{t.Name, c.Name}
		order := d.Perm(n)
		for i := range rows {
			num := 1 + d.IntN(90)
			switch {
			case c.Name == key || c.Identity || d.target[p] || d.refers[p] && d.straight[t.Name]:
				num = i + 1
			case d.refers[p]:
				num = to[i] + 1
			case d.distinct[p]:
				num = 10*(1+ci%20) + order[i]
			}
			null := c.Nullable && !d.whole[p] && !d.target[p] && c.Name != key && d.IntN(4) == 0
			switch values := d.values[p]; {
			case null:
				rows[i][c.Name] = "NULL"
			case len(values) > 0 && (c.Type.Array || isText(c.Type) && d.as[d.find(p)].Array): // a text that becomes an array is written as one
				rows[i][c.Name] = literal(dialect, c.Type, "{"+element(values[num%len(values)])+"}")
			case len(values) > 0:
				rows[i][c.Name] = literal(dialect, c.Type, values[num%len(values)])
			default:
				rows[i][c.Name] = literal(dialect, c.Type, form(c.Type, d.as[d.find(p)], num))
			}
		}
	}
	return rows
}

// respells reports whether a column of fractions becomes one of texts: a whole number has another text there than in a column of whole numbers.
func (d *data) respells(p place, t schema.Type) bool {
	if !isNumber(t) || isInt(t) {
		return false
	}
	for _, b := range d.b.Tables {
		for _, c := range b.Columns {
			if isText(c.Type) && d.origin(b.Name, c.Name) == p {
				return true
			}
		}
	}
	return false
}

// element writes a text as PostgreSQL has it in an array literal.
func element(v string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(v) + `"`
}
