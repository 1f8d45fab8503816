package optimize

import (
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// step is an op with what it touches.
type step struct {
	op      migrate.Op
	e       migrate.Effects
	barrier bool // its effects cannot be determined
	fill    bool
	enum    string // the enum that it changes
	values  bool   // of which it changes the values
	keys    []int32
	acc     []access
	exprs   []expr   // SQL over the columns of a table
	texts   []string // all SQL, which may name enums and their values
	whole   bool     // it says all there is of its tables: SQL in it is over no other columns
	object  *beside  // of an op of a view, a function or the like
}

// access is one thing that an op reads (it must be there, as it is) or writes (it is made, changed or taken away).
//
//	t:T      the table of that name        c:T.c  a column            o:T  the order of the columns
//	x:T#n    a constraint or index         k:T:c  what makes columns unique
//	m:T      what it says of itself        e:E    an enum             n:S  a schema
//	r:n      a name of the one space that tables, indexes, unique constraints and types share
//	b:n      a view, a function or another object beside the tables
type access struct {
	name  string
	write bool
}

type expr struct{ table, text string }

// step finds out what an op touches.
func (z *optimizer) step(op migrate.Op) *step {
	c := &collector{s: &step{op: op}}
	c.op(op)
	s := c.s
	for _, a := range s.acc {
		if strings.HasPrefix(a.name, "t:") || strings.HasPrefix(a.name, "r:") || strings.HasPrefix(a.name, "e:") || strings.HasPrefix(a.name, "n:") || strings.HasPrefix(a.name, "b:") {
			id, ok := z.ids[a.name]
			if !ok {
				id = int32(len(z.ids))
				z.ids[a.name] = id
				z.mark = append(z.mark, 0)
			}
			if !slices.Contains(s.keys, id) {
				s.keys = append(s.keys, id)
			}
		}
	}
	return s
}

type collector struct{ s *step }

// op takes what an op touches from its effects: an op that is new here is as well known as what it says of itself.
func (c *collector) op(op migrate.Op) {
	if c.s.barrier = op == nil; c.s.barrier {
		return
	}
	c.s.e = op.Effects()
	e := c.s.e
	_, c.s.fill = op.(migrate.Fill)
	if c.s.barrier = barrier(op, e); c.s.barrier {
		return
	}
	if c.object(op); c.s.object != nil {
		return
	}
	definitions := slices.Concat(e.Old, e.New)
	for _, o := range slices.Concat(e.Makes, e.Removes) {
		unknown := !slices.ContainsFunc(definitions, func(d migrate.Definition) bool { return d.Object() == o })
		if (o.Kind == migrate.ConstraintObject || o.Kind == migrate.IndexObject) && unknown {
			c.relation(o.Name)
		}
	}
	for _, o := range e.Reads {
		c.read(name(o))
	}
	for _, o := range e.Writes {
		c.changed(o, e.Rows)
		c.s.values = c.s.values || o.Kind == migrate.EnumObject
	}
	for _, o := range e.Makes {
		c.comes(o, e.Makes, true)
	}
	for _, o := range e.Removes {
		c.comes(o, e.Removes, false)
	}
	for _, r := range e.Renames {
		to := r.From
		to.Name = r.To
		for _, o := range []migrate.Object{r.From, to} {
			c.changed(o, true)
			if o.Kind == migrate.TableObject {
				c.takes(o.Name)
			}
		}
		if r.From.Kind == migrate.EnumObject {
			c.s.enum = r.From.Name
		}
	}
	for _, x := range e.SQL {
		c.sql(x.Text)
		if x.Table != "" {
			c.s.exprs = append(c.s.exprs, expr{strings.ToLower(x.Table), x.Text})
		}
	}
	for _, d := range definitions {
		c.definition(d)
	}
}

// barrier reports whether an op stays where it is: its effects cannot be determined, it gives values to rows, or it begins or ends a dual write, for
// which programs wait. Of a [migrate.Fill] and a change of a column it is known what they do to rows.
func barrier(op migrate.Op, e migrate.Effects) bool {
	known := !e.Rows
	switch op.(type) {
	case migrate.Fill:
		known = !slices.ContainsFunc(e.SQL, func(x migrate.CarriedSQL) bool { return !local(x.Text) })
	case migrate.AlterColumn:
		known = true
	}
	return !known || e.Unknown || slices.ContainsFunc(slices.Concat(e.Old, e.New), func(d migrate.Definition) bool { return d.DualWrite != nil })
}

// name returns the name of the access to an object. Names are compared without regard to case, as SQLite does.
func name(o migrate.Object) string {
	switch o.Kind {
	case migrate.TableObject:
		return "t:" + o.Name
	case migrate.ColumnObject:
		return "c:" + o.Table + "." + o.Name
	case migrate.ConstraintObject, migrate.IndexObject:
		return "x:" + o.Table + "#" + o.Name
	case migrate.EnumObject:
		return "e:" + o.Name
	case migrate.SchemaObject:
		return "n:" + o.Name
	}
	return "?:" + o.Table + "." + o.Name
}

func (c *collector) read(name string) {
	c.s.acc = append(c.s.acc, access{strings.ToLower(name), false})
}
func (c *collector) write(name string) {
	c.s.acc = append(c.s.acc, access{strings.ToLower(name), true})
}

// changed is an object that is another one after the op. What a table says of itself, such as its comment, is apart from what it consists of.
func (c *collector) changed(o migrate.Object, whole bool) {
	switch o.Kind {
	case migrate.TableObject:
		if !whole {
			c.read(name(o))
			c.write("m:" + o.Name)
			return
		}
	case migrate.ConstraintObject, migrate.IndexObject:
		c.relation(o.Name) // which of them it takes is not known
	case migrate.EnumObject:
		c.takes(o.Name)
		c.s.enum = o.Name
	}
	c.write(name(o))
}

// comes is an object that comes or goes, together with all.
func (c *collector) comes(o migrate.Object, all []migrate.Object, comes bool) {
	c.write(name(o))
	switch o.Kind {
	case migrate.TableObject:
		c.takes(o.Name)
		c.s.whole = true
	case migrate.EnumObject:
		c.takes(o.Name)
		c.s.enum = o.Name
	case migrate.ColumnObject:
		if !slices.Contains(all, migrate.Object{Kind: migrate.TableObject, Name: o.Table}) {
			c.s.acc = append(c.s.acc, access{strings.ToLower("o:" + o.Table), comes})
		}
	}
}

// takes is a name of the space of tables, with the schema that it is in.
func (c *collector) takes(name string) {
	c.relation(name)
	if ns, _ := schema.SplitName(name); ns != "" {
		c.read("n:" + ns)
	}
}

func (c *collector) relation(name string) {
	_, base := schema.SplitName(name)
	c.write("r:" + base)
}

func (c *collector) sql(text string) {
	if text != "" {
		c.s.texts = append(c.s.texts, text)
	}
}

// definition is what a column, a constraint or an index touches beside what it is called and the columns that it is over.
func (c *collector) definition(d migrate.Definition) {
	switch {
	case d.Column != nil:
		if d.Column.Type.Kind == schema.KindOther {
			c.sql(d.Column.Type.Name)
		}
		for _, sql := range d.Column.TypeFor {
			c.sql(sql)
		}
		if _, base := schema.SplitName(d.Table); d.Column.Identity {
			c.relation(base + "_" + d.Column.Name + "_seq")
		}
	case d.PrimaryKey != nil:
		c.write("x:" + d.Table + "#") // there is one at most
		c.relation(d.PrimaryKey.Name)
	case d.Unique != nil:
		c.relation(d.Unique.Name)
	case d.Index != nil:
		c.relation(d.Index.Name)
		for _, p := range d.Index.Parts {
			c.sql(p.OpClass)
		}
	case d.ForeignKey != nil:
		c.read(uniqueness(d.ForeignKey.RefTable, d.ForeignKey.RefColumns))
	}
	if columns := d.UniqueOver(); columns != nil {
		c.write(uniqueness(d.Table, columns))
	}
}

func uniqueness(table string, columns []string) string {
	return "k:" + table + ":" + strings.Join(slices.Sorted(slices.Values(columns)), ",")
}

// local reports whether SQL reads nothing but the row: no query, and no function that may have one.
func local(sql string) bool {
	words := wordsOf(sql)
	for i, w := range words {
		if w.text == "select" || w.called && (!sqllex.BuiltIn(w.text) || sqllex.Stateful(w.text)) || w.text == "exists" {
			return false
		}
		if i > 0 && w.text == "with" {
			return false
		}
	}
	return true
}

type word struct {
	text   string // in lower case
	called bool   // "(" follows
}

// wordsOf returns the words of a text, of literals and quoted names too.
func wordsOf(text string) []word {
	var out []word
	text = strings.ToLower(text)
	for _, w := range sqllex.Words(text) {
		rest := strings.TrimLeft(text[w.To:], " \n\t\r\"")
		out = append(out, word{w.Text, strings.HasPrefix(rest, "(")})
	}
	return out
}

// mentions reports whether a name may occur in a text.
func mentions(text, name string) bool {
	words := wordsOf(name)
	if len(words) != 1 || words[0].text != strings.ToLower(name) {
		return strings.Contains(strings.ToLower(text), strings.ToLower(name)) || strings.Contains(text, strings.ReplaceAll(name, `"`, `""`))
	}
	return slices.ContainsFunc(wordsOf(text), func(w word) bool { return w.text == words[0].text })
}
