package law

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/gen/diff"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Some answers compute values from other columns, in a way that this test knows: the values are compared, row by row, with what the rows should hold.

// computed says how an answer computes the values of a column.
type computed struct {
	how  how
	from source // what a fill reads; a conversion reads its own column
	back bool   // there is a way back that gives the old values
}

type how string

const (
	wasText   how = "text"   // 'was ' and the source as text, into text
	plusMuch  how = "number" // the source and 1000, into a number
	times4    how = "times"  // a number becomes four times as much
	withMark  how = "mark"   // a text gets a mark at the end
	withN     how = "letter" // a number becomes a text with a letter before it
	withOther how = "append" // a text gets another column's behind it; there is no way back
)

// converts reports whether it is the values of the column itself that become others.
func (h how) converts() bool { return h != wasText && h != plusMuch }

// source is a column that values are computed from.
type source struct {
	table, column string // in A when it goes, else in B
	goes          bool
	typ           schema.Type
	in            string // the name of the table in the SQL
}

// places of computed columns are in B.
type computing map[place]computed

// reads reports whether a column is computed from another, be it by way of others.
func (c computing) reads(s *schema.Schema, from, to place) bool {
	seen := map[place]bool{}
	var visit func(p place) bool
	visit = func(p place) bool {
		if p == to {
			return true
		}
		if seen[p] {
			return false
		}
		seen[p] = true
		if t := s.Table(p.table); t != nil && t.Column(p.column) != nil {
			for _, base := range schema.ExprColumns(t.Column(p.column).Generated, t.ColumnNames()) {
				if visit(place{p.table, base}) {
					return true
				}
			}
		}
		x, ok := c[p]
		return ok && x.from.column != "" && !x.from.goes && visit(place{x.from.table, x.from.column})
	}
	return visit(from)
}

// dice are the same for a column of a pair, whatever is answered before.
func (r *run) dice(p place) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(p.table + "\x00" + p.column))
	return rand.New(rand.NewPCG(r.pair.Seed, h.Sum64()))
}

// free reports whether a column can hold any value of its type.
func free(s *schema.Schema, t *schema.Table, c schema.Column) bool {
	if c.Name == key || c.Type.Array || c.Type.Kind == schema.KindEnum || c.Identity || c.Generated != "" || len(links(s, t.Name, c.Name)) > 1 {
		return false
	}
	has := func(cols []string) bool { return slices.Contains(cols, c.Name) }
	return !(t.PrimaryKey != nil && has(t.PrimaryKey.Columns)) &&
		!slices.ContainsFunc(t.Uniques, func(u schema.Unique) bool { return has(u.Columns) }) &&
		!slices.ContainsFunc(t.ForeignKeys, func(fk schema.ForeignKey) bool { return has(fk.Columns) }) &&
		!slices.ContainsFunc(t.Checks, func(k schema.Check) bool { l, _ := listOf(k.Expr); return l == c.Name }) &&
		!slices.ContainsFunc(t.Indexes, func(x schema.Index) bool {
			return x.Unique && (has(x.Columns()) || slices.ContainsFunc(x.Parts, func(p schema.IndexPart) bool {
				return len(schema.ExprColumns(p.Expr, []string{c.Name})) > 0
			}))
		})
}

// beforehand gives values to new columns, and other ones to columns that change their type, without being asked.
func (r *run) beforehand(a *diff.Answers, old, new *schema.Schema) {
	for _, t := range new.Tables {
		was := old.Table(t.Name)
		if was == nil || t.Was != "" || r.truth.Table(t.Name).Was != "" || r.renamedAway(t.Name) {
			continue
		}
		for _, c := range t.Columns {
			o, p := was.Column(c.Name), place{t.Name, c.Name}
			if c.Was != "" || r.truth.Table(t.Name).Column(c.Name).Was != "" || r.dice(p).IntN(2) == 0 {
				continue
			}
			switch {
			case o == nil:
				if sql := r.fillFrom(a, old, new, t, c); sql != "" {
					a.Fills = append(a.Fills, t.Name+"."+c.Name+"="+sql)
				}
			case o.Type != c.Type && !r.columnRenamedAway(t.Name, c.Name):
				if sql := r.convertBy(a, old, new, t, c, *o); sql != "" {
					a.Converts = append(a.Converts, t.Name+"."+c.Name+"="+sql)
				}
			}
		}
	}
}

func (r *run) renamedAway(table string) bool {
	return slices.ContainsFunc(r.truth.Tables, func(t *schema.Table) bool { return t.Was == table })
}

func (r *run) columnRenamedAway(table, column string) bool {
	return slices.ContainsFunc(r.truth.Table(table).Columns, func(c schema.Column) bool { return c.Was == column })
}

// fillFrom returns SQL that fills a column from another, or "".
func (r *run) fillFrom(a *diff.Answers, old, new *schema.Schema, t *schema.Table, c schema.Column) string {
	p := place{t.Name, c.Name}
	if _, done := r.computed[p]; done || !free(new, t, c) {
		return ""
	}
	x := computed{how: wasText}
	switch {
	case c.Type.Kind == schema.KindText:
	case isInt(c.Type):
		x.how = plusMuch
	default:
		return ""
	}
	from, ok := r.source(a, old, new, p, x.how, true)
	if !ok {
		return ""
	}
	x.from = from
	r.computed[p] = x
	sql := x.from.sql(p.table)
	if x.how == wasText {
		return "'was ' || coalesce(CAST(" + sql + " AS text), 'nothing')"
	}
	return "coalesce(" + sql + ", 0) + 1000"
}

// convertBy returns SQL that makes the values of a new type, or "". The way back is among the answers.
func (r *run) convertBy(a *diff.Answers, old, new *schema.Schema, t *schema.Table, c, o schema.Column) string {
	p := place{t.Name, c.Name}
	was := r.tableBefore(a, old, t)
	if _, done := r.computed[p]; done || was == nil || !free(new, t, c) || !free(old, was, o) {
		return ""
	}
	x, column := computed{back: true}, name(c.Name)
	var sql, back string
	switch {
	case isNumber(o.Type) && isNumber(c.Type):
		x.how, sql, back = times4, column+" * 4", column+" / 4.0"
	case isInt(o.Type) && isText(c.Type):
		x.how, sql, back = withN, "'n' || "+column, "CAST(substr("+column+", 2) AS bigint)"
	case isText(o.Type) && isText(c.Type):
		x.how, sql, back = withMark, column+" || '!'", "substr("+column+", 1, length("+column+") - 1)"
		if from, ok := r.source(a, old, new, p, wasText, false); ok && c.Type.Kind == schema.KindText && r.dice(p).IntN(3) == 0 {
			x.how, x.from, x.back = withOther, from, false
			sql, back = column+" || coalesce(CAST("+from.sql(p.table)+" AS text), 'nothing')", ""
		}
	default:
		return ""
	}
	r.computed[p] = x
	if back != "" {
		a.ConvertBacks = append(a.ConvertBacks, t.Name+"."+c.Name+"="+back)
	}
	return sql
}

// tableBefore returns what a table was, or nil where that cannot be told.
func (r *run) tableBefore(a *diff.Answers, old *schema.Schema, t *schema.Table) *schema.Table {
	if t.Was != "" {
		return old.Table(t.Was)
	}
	switch was := r.truth.Table(t.Name).Was; {
	case was != "" && slices.Contains(a.Renames, was+"="+t.Name):
		return old.Table(was)
	case was != "" || r.renamedAway(t.Name):
		return nil
	}
	return old.Table(t.Name)
}

// source finds a column that another can be computed from; those that go come first, mostly.
func (r *run) source(a *diff.Answers, old, new *schema.Schema, target place, as how, others bool) (source, bool) {
	var going, staying []source
	fits := func(t schema.Type) bool {
		if as == plusMuch {
			return isInt(t)
		}
		return t.Kind != schema.KindBytes && !t.Array
	}
	for _, t := range new.Tables {
		if t.Name != target.table && !others {
			continue
		}
		was := r.tableBefore(a, old, t)
		for _, c := range t.Columns {
			if o := columnOf(was, c.Name); o != nil && o.Generated != c.Generated || was == nil && c.Generated != "" {
				continue // another one under the same name, perhaps
			}
			if p := (place{t.Name, c.Name}); c.Name != key && fits(c.Type) && !r.computed.reads(new, p, target) {
				staying = append(staying, source{table: t.Name, column: c.Name, typ: c.Type, in: t.Name})
			}
		}
		if was == nil {
			continue
		}
		for _, c := range was.Columns {
			if fits(c.Type) && t.Column(c.Name) == nil && !slices.ContainsFunc(r.truth.Table(t.Name).Columns, func(n schema.Column) bool { return n.Was == c.Name }) {
				going = append(going, source{table: was.Name, column: c.Name, goes: true, typ: c.Type, in: t.Name})
			}
		}
	}
	for _, t := range old.Tables {
		if !others || new.Table(t.Name) != nil || r.renamedAway(t.Name) {
			continue
		}
		for _, c := range t.Columns {
			if c.Name != key && fits(c.Type) {
				going = append(going, source{table: t.Name, column: c.Name, goes: true, typ: c.Type, in: t.Name})
			}
		}
	}
	d := r.dice(target)
	all := staying
	if len(going) > 0 && d.IntN(4) > 0 {
		all = going
	}
	if len(all) == 0 {
		return source{}, false
	}
	return all[d.IntN(len(all))], true
}

func columnOf(t *schema.Table, name string) *schema.Column {
	if t == nil {
		return nil
	}
	return t.Column(name)
}

// sql reads the source from the row of the same number.
func (s source) sql(table string) string {
	if s.in == table {
		return name(s.column)
	}
	return fmt.Sprintf("(SELECT o.%s FROM %s o WHERE o.%s = %s.%s)", name(s.column), name(s.in), key, name(table), key)
}

// value returns what a row should hold. was is what it held, for a conversion.
func (x computed) value(before, after content, row int, was *string) string {
	held := before
	if !x.from.goes {
		held = after
	}
	var from *string
	if x.from.column != "" {
		if values := held[x.from.table][x.from.column]; row < len(values) {
			from = values[row]
		}
	}
	text := "nothing"
	if from != nil {
		text = *from
	}
	switch x.how {
	case plusMuch:
		n, _ := strconv.Atoi(text)
		return strconv.Itoa(n + 1000)
	case times4:
		f, _ := strconv.ParseFloat(*was, 64)
		return strconv.FormatFloat(4*f, 'g', -1, 64)
	case withMark:
		return strings.TrimRight(*was, " ") + "!"
	case withN:
		return "n" + *was
	case withOther:
		return *was + text
	}
	return "was " + text
}
