package optimize

import (
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// step is an op with what it touches.
type step struct {
	op      migrate.Op
	barrier bool // nobody knows what it touches
	fill    bool
	enum    string // the enum that it changes
	keys    []int32
	acc     []access
	exprs   []expr   // SQL over the columns of a table
	texts   []string // all SQL, which may name enums and their values
	whole   bool     // it says all there is of its tables: SQL in it is over no other columns
}

// access is one thing that an op reads (it must be there, as it is) or writes (it is made, changed or taken away).
//
//	t:T      the table of that name        c:T.c  a column            o:T  the order of the columns
//	x:T#n    a constraint or index         k:T:c  what makes columns unique
//	m:T      the comment                   e:E    an enum             n:S  a schema
//	r:n      a name of the one space that tables, indexes, unique constraints and types share
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
		if strings.HasPrefix(a.name, "t:") || strings.HasPrefix(a.name, "r:") || strings.HasPrefix(a.name, "e:") || strings.HasPrefix(a.name, "n:") {
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

// Names are compared without regard to case, as SQLite does.

func (c *collector) read(name string) {
	c.s.acc = append(c.s.acc, access{strings.ToLower(name), false})
}
func (c *collector) write(name string) {
	c.s.acc = append(c.s.acc, access{strings.ToLower(name), true})
}

func (c *collector) table(t string) { c.read("t:" + t) }

// made is a table that comes or goes under a name.
func (c *collector) made(t string) {
	c.write("t:" + t)
	c.relation(t)
	c.namespace(t)
}

func (c *collector) namespace(name string) {
	if ns, _ := schema.SplitName(name); ns != "" {
		c.read("n:" + ns)
	}
}

func (c *collector) relation(name string) {
	_, base := schema.SplitName(name)
	c.write("r:" + base)
}

func (c *collector) columns(table string, names []string) {
	for _, n := range names {
		c.read("c:" + table + "." + n)
	}
}

func (c *collector) sql(text string) {
	if text != "" {
		c.s.texts = append(c.s.texts, text)
	}
}

func (c *collector) expr(table, text string) {
	if text != "" {
		c.s.exprs = append(c.s.exprs, expr{strings.ToLower(table), text})
		c.sql(text)
	}
}

// column is what the definition of a column touches, without its name.
func (c *collector) column(table string, col schema.Column) {
	switch col.Type.Kind {
	case schema.KindEnum:
		c.read("e:" + col.Type.Name)
	case schema.KindOther:
		c.sql(col.Type.Name)
	}
	c.sql(col.DefaultExpr)
	c.expr(table, col.Generated)
	for _, m := range []map[string]string{col.TypeFor, col.DefaultFor} {
		for _, sql := range m {
			c.sql(sql)
		}
	}
	if _, base := schema.SplitName(table); col.Identity {
		c.write("r:" + base + "_" + col.Name + "_seq")
	}
}

func (c *collector) constraint(table, name string) { c.write("x:" + table + "#" + name) }

func (c *collector) key(table, name string, columns []string) {
	c.constraint(table, name)
	c.relation(name)
	c.columns(table, columns)
	c.write(uniqueness(table, columns))
}

func uniqueness(table string, columns []string) string {
	return "k:" + table + ":" + strings.Join(slices.Sorted(slices.Values(columns)), ",")
}

func (c *collector) foreignKey(table string, fk schema.ForeignKey) {
	c.constraint(table, fk.Name)
	c.columns(table, fk.Columns)
	c.table(fk.RefTable)
	c.columns(fk.RefTable, fk.RefColumns)
	c.read(uniqueness(fk.RefTable, fk.RefColumns))
}

func (c *collector) index(table string, x schema.Index) {
	c.constraint(table, x.Name)
	c.relation(x.Name)
	c.columns(table, x.Columns())
	c.columns(table, x.Include)
	for _, p := range x.Parts {
		c.expr(table, p.Expr)
		c.sql(p.OpClass)
	}
	c.expr(table, x.Where)
	if x.Unique {
		c.write(uniqueness(table, x.Columns()))
	}
}

func (c *collector) definition(t *schema.Table) {
	c.s.whole = true
	c.made(t.Name)
	for _, col := range t.Columns {
		c.write("c:" + t.Name + "." + col.Name)
		c.column(t.Name, col)
	}
	if t.PrimaryKey != nil {
		c.key(t.Name, t.PrimaryKey.Name, t.PrimaryKey.Columns)
	}
	for _, u := range t.Uniques {
		c.key(t.Name, u.Name, u.Columns)
	}
	for _, k := range t.Checks {
		c.expr(t.Name, k.Expr)
	}
	for _, fk := range t.ForeignKeys {
		c.foreignKey(t.Name, fk)
	}
	for _, x := range t.Indexes {
		c.index(t.Name, x)
	}
}

func (c *collector) op(op migrate.Op) {
	switch o := op.(type) {
	case migrate.CreateSchema:
		c.write("n:" + o.Name)
	case migrate.DropSchema:
		c.write("n:" + o.Name)
	case migrate.CreateTable:
		c.definition(o.Definition())
	case migrate.DropTable:
		c.definition(o.Definition())
	case migrate.RenameTable:
		c.made(o.From)
		c.made(o.To)
	case migrate.CommentTable:
		c.table(o.Table)
		c.write("m:" + o.Table)
	case migrate.AddColumn:
		c.added(o.Table, o.Column.Def(), true)
	case migrate.DropColumn:
		c.added(o.Table, o.Column.Def(), false)
	case migrate.RenameColumn:
		c.table(o.Table)
		c.write("c:" + o.Table + "." + o.From)
		c.write("c:" + o.Table + "." + o.To)
	case migrate.AlterColumn:
		c.table(o.Table)
		c.write("c:" + o.Table + "." + o.From.Def().Name)
		c.column(o.Table, o.From.Def())
		c.column(o.Table, o.To.Def())
		c.expr(o.Table, o.Using)
		c.expr(o.Table, o.UsingBack)
	case migrate.AddPrimaryKey:
		c.primaryKey(o.Table, o.PrimaryKey)
	case migrate.DropPrimaryKey:
		c.primaryKey(o.Table, o.PrimaryKey)
	case migrate.AddUnique:
		c.table(o.Table)
		c.key(o.Table, o.Unique.Name, o.Unique.Columns)
	case migrate.DropUnique:
		c.table(o.Table)
		c.key(o.Table, o.Unique.Name, o.Unique.Columns)
	case migrate.AddCheck:
		c.check(o.Table, o.Check)
	case migrate.DropCheck:
		c.check(o.Table, o.Check)
	case migrate.AddForeignKey:
		c.table(o.Table)
		c.foreignKey(o.Table, o.ForeignKey)
	case migrate.DropForeignKey:
		c.table(o.Table)
		c.foreignKey(o.Table, o.ForeignKey)
	case migrate.RenameConstraint:
		c.renamed(o.Table, o.From, o.To)
	case migrate.CreateIndex:
		c.table(o.Table)
		c.index(o.Table, o.Index)
	case migrate.DropIndex:
		c.table(o.Table)
		c.index(o.Table, o.Index)
	case migrate.RenameIndex:
		c.renamed(o.Table, o.From, o.To)
	case migrate.CreateEnum:
		c.enum(o.Name)
	case migrate.DropEnum:
		c.enum(o.Name)
	case migrate.RenameEnum:
		c.enum(o.From)
		c.enum(o.To)
		c.s.enum = o.From
	case migrate.RenameEnumValue:
		c.enum(o.Enum)
	case migrate.AlterEnum:
		c.enum(o.Name)
	case migrate.Fill:
		c.table(o.Table)
		c.expr(o.Table, o.Expr)
		c.expr(o.Table, o.Where)
		c.expr(o.Table, o.Back)
		c.expr(o.Table, o.BackWhere)
		c.s.fill = true
		c.s.barrier = !local(o.Expr) || !local(o.Where) || !local(o.Back) || !local(o.BackWhere)
	default:
		c.s.barrier = true
	}
}

func (c *collector) added(table string, col schema.Column, comes bool) {
	c.table(table)
	c.write("c:" + table + "." + col.Name)
	c.column(table, col)
	c.s.acc = append(c.s.acc, access{strings.ToLower("o:" + table), comes})
}

func (c *collector) primaryKey(table string, pk schema.PrimaryKey) {
	c.table(table)
	c.write("x:" + table + "#") // there is one at most
	c.key(table, pk.Name, pk.Columns)
}

func (c *collector) check(table string, k schema.Check) {
	c.table(table)
	c.constraint(table, k.Name)
	c.expr(table, k.Expr)
}

func (c *collector) renamed(table, from, to string) {
	c.table(table)
	for _, n := range []string{from, to} {
		c.constraint(table, n)
		c.relation(n)
	}
}

func (c *collector) enum(name string) {
	c.write("e:" + name)
	c.relation(name)
	c.namespace(name)
	c.s.enum = name
}

// pure are functions that look at nothing but their arguments, the clock and chance.
var pure = strings.Fields(`abs avg cast ceil ceiling coalesce concat date datetime extract floor format gen_random_uuid greatest hex ifnull iif in instr left
	length least lower lpad ltrim max min mod now nullif numeric decimal varchar char printf random randomblob replace right round rpad rtrim strftime
	substr substring to_char to_date to_timestamp trim unistr upper values and or not when then else exists`)

// local reports whether SQL reads nothing but the row: no query, and no function that may have one.
func local(sql string) bool {
	words := wordsOf(sql)
	for i, w := range words {
		if w.text == "select" || w.called && !slices.Contains(pure, w.text) || w.text == "exists" {
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
	isWord := func(b byte) bool {
		return b == '_' || b == '$' || b >= 0x80 || b >= '0' && b <= '9' || b >= 'a' && b <= 'z'
	}
	for i := 0; i < len(text); {
		if !isWord(text[i]) {
			i++
			continue
		}
		j := i
		for j < len(text) && isWord(text[j]) {
			j++
		}
		k := j
		for k < len(text) && (text[k] == ' ' || text[k] == '\n' || text[k] == '\t' || text[k] == '\r' || text[k] == '"') {
			k++
		}
		out = append(out, word{text[i:j], k < len(text) && text[k] == '('})
		i = j
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
