package page

import (
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/page/internal/layout"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Sizes in pixels. Heights are such that the middles of rows are on the grid of the layout.
const (
	headHeight = 27
	rowHeight  = 18
	foot       = 3
	letter     = 74 // width of a letter of 12 pixels, in tenths: a fixed pitch has 0.6 em, and some fonts are wider
	gutter     = 34 // left of the names, for PK, FK and U
	maxName    = 32
)

// fullUpTo is how many columns a diagram may have to show all of them; with more it shows keys.
const fullUpTo = 330

// diagram is the drawing of the tables of a schema.
type diagram struct {
	tables []*box
	at     map[string]int
	lines  []*line
	sheet  *layout.Sheet
	keys   bool // it shows keys only
}

// box is a table in it.
type box struct {
	name   string
	group  string
	rows   []row
	more   int // columns that are not shown
	into   int // how many foreign keys refer to it
	w, h   int
	labels string // what a screen reader says
}

// row is a column in it.
type row struct {
	key      string // PK, FK, U
	name     string
	typ      string
	nullable bool
	chips    []string // tables of other groups that it refers to
}

// line is a foreign key.
type line struct {
	from, to   int
	key        schema.ForeignKey
	one        bool // at most one row refers
	optional   bool // it may refer to nothing
	fromY, toY int
	route      []layout.Point // nil is between two groups
}

func newDiagram(s *schema.Schema) *diagram {
	d := &diagram{at: map[string]int{}}
	columns := 0
	for i, t := range s.Tables {
		d.at[t.Name] = i
		columns += len(t.Columns)
	}
	d.keys = columns > fullUpTo
	var names []string
	var pairs [][2]int
	into := make([]int, len(s.Tables))
	for i, t := range s.Tables {
		names = append(names, t.Name)
		for _, f := range t.ForeignKeys {
			if to, ok := d.at[f.RefTable]; ok {
				pairs = append(pairs, [2]int{i, to})
				into[to]++
			}
		}
	}
	groups := layout.Groups(names, pairs)
	for i, t := range s.Tables {
		b := newBox(t, d.keys, func(table string) bool { to, ok := d.at[table]; return ok && groups[to] != groups[i] })
		b.group, b.into = groups[i], into[i]
		d.tables = append(d.tables, b)
	}
	for i, t := range s.Tables {
		rows := map[int]int{} // how many lines begin in a row
		for _, f := range t.ForeignKeys {
			to, ok := d.at[f.RefTable]
			if !ok {
				continue
			}
			l := &line{from: i, to: to, key: f, one: uniqueOver(t, f.Columns)}
			l.optional = slices.ContainsFunc(f.Columns, func(name string) bool { c := t.Column(name); return c != nil && c.Nullable })
			first := d.tables[i].row(f.Columns...)
			l.fromY = headHeight + first*rowHeight + rowHeight/2 + min(rows[first], 2)*4 // two keys over one column are two lines
			rows[first]++
			l.toY = headHeight + d.tables[to].row(f.RefColumns...)*rowHeight + rowHeight/2
			d.lines = append(d.lines, l)
		}
	}
	d.place()
	return d
}

// row returns where the first of some columns is shown; 0 where none is.
func (b *box) row(columns ...string) int {
	for i, r := range b.rows {
		if slices.Contains(columns, r.name) {
			return i
		}
	}
	return 0
}

func uniqueOver(t *schema.Table, columns []string) bool {
	same := func(other []string) bool {
		return len(other) > 0 && !slices.ContainsFunc(other, func(c string) bool { return !slices.Contains(columns, c) })
	}
	if t.PrimaryKey != nil && same(t.PrimaryKey.Columns) {
		return true
	}
	return slices.ContainsFunc(t.Uniques, func(u schema.Unique) bool { return u.Only == "" && same(u.Columns) }) ||
		slices.ContainsFunc(t.Indexes, func(x schema.Index) bool {
			return x.Unique && x.Only == "" && x.Where == "" && len(x.Columns()) == len(x.Parts) && same(x.Columns())
		})
}

// keyOf returns what a column is for: PK, FK, U for one that is unique by itself.
func keyOf(t *schema.Table, column string) string {
	switch {
	case t.PrimaryKey != nil && slices.Contains(t.PrimaryKey.Columns, column):
		return "PK"
	case slices.ContainsFunc(t.ForeignKeys, func(f schema.ForeignKey) bool { return slices.Contains(f.Columns, column) }):
		return "FK"
	case uniqueOver(t, []string{column}):
		return "U"
	}
	return ""
}

// keysOf returns all that a column is for.
func keysOf(t *schema.Table, column string) string {
	first := keyOf(t, column)
	all := []string{first}
	if first == "PK" && slices.ContainsFunc(t.ForeignKeys, func(f schema.ForeignKey) bool { return slices.Contains(f.Columns, column) }) {
		all = append(all, "FK")
	}
	if first == "FK" && uniqueOver(t, []string{column}) {
		all = append(all, "U")
	}
	return strings.Join(all, ", ")
}

func newBox(t *schema.Table, keys bool, elsewhere func(table string) bool) *box {
	b := &box{name: t.Name}
	widest := width(short(t.Name), 13) + 56
	for _, c := range t.Columns {
		r := row{key: keyOf(t, c.Name), name: c.Name, typ: typeWords(c), nullable: c.Nullable}
		if keys && r.key == "" {
			b.more++
			continue
		}
		for _, f := range t.ForeignKeys {
			if slices.Contains(f.Columns, c.Name) && elsewhere(f.RefTable) && !slices.Contains(r.chips, f.RefTable) {
				r.chips = append(r.chips, f.RefTable)
			}
		}
		b.rows = append(b.rows, r)
		widest = max(widest, gutter+width(short(c.Name), 12)+18+width(r.right(), 12)+10)
	}
	lines := len(b.rows)
	if b.more > 0 {
		lines++
	}
	lines = max(lines, 1)
	b.w = (widest + layout.Grid - 1) / layout.Grid * layout.Grid
	b.h = headHeight + lines*rowHeight + foot
	return b
}

// typeWords is the type as there is room for it.
func typeWords(c schema.Column) string {
	s := c.Type.String()
	if inner, ok := strings.CutPrefix(s, "enum("); ok {
		s = strings.TrimSuffix(inner, ")")
	}
	return s
}

// right is what stands on the right of a row: its type, or where it leads to.
func (r row) right() string {
	if len(r.chips) > 0 {
		text := "\u2192 " + short(r.chips[0])
		if len(r.chips) > 1 {
			text += " \u2026"
		}
		return text
	}
	if r.nullable {
		return short(r.typ) + "?"
	}
	return short(r.typ)
}

// short cuts a name that is too long to be shown whole.
func short(s string) string {
	runes := []rune(visible(s))
	if len(runes) > maxName {
		return string(runes[:maxName-1]) + "\u2026"
	}
	return string(runes)
}

// width is how wide a text of a fixed pitch may become, in pixels. Signs of East Asia take two places.
func width(s string, size int) int {
	n := 0
	for _, r := range s {
		n++
		if r >= 0x1100 && (r <= 0x115f || r >= 0x2e80 && r <= 0xa4cf || r >= 0xac00 && r <= 0xd7a3 || r >= 0xf900 && r <= 0xfaff || r >= 0xfe30 && r <= 0xfe6f || r >= 0xff00 && r <= 0xff60 || r >= 0x1f300) {
			n++
		}
	}
	return (n*letter*size/12 + 9) / 10
}

// place lays the drawing out.
func (d *diagram) place() {
	var boxes []layout.Box
	for _, b := range d.tables {
		boxes = append(boxes, layout.Box{Name: b.name, Group: b.group, W: b.w, H: b.h})
	}
	var edges []layout.Edge
	for _, l := range d.lines {
		edges = append(edges, layout.Edge{Name: l.key.Name, From: l.from, To: l.to, FromY: l.fromY, ToY: l.toY})
	}
	d.sheet = layout.Of(boxes, edges)
	for i, l := range d.lines {
		l.route = d.sheet.Routes[i]
	}
	for i, b := range d.tables {
		b.labels = d.label(i)
	}
}

// label is what a screen reader says of a table.
func (d *diagram) label(i int) string {
	b := d.tables[i]
	text := visible(b.name) + ", " + count(len(b.rows)+b.more, "column", "columns")
	var to []string
	for _, l := range d.lines {
		if l.from == i && !slices.Contains(to, d.tables[l.to].name) {
			to = append(to, visible(d.tables[l.to].name))
		}
	}
	if len(to) > 0 {
		text += ", refers to " + strings.Join(to, ", ")
	}
	return text
}
