package schema

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// Fact is one thing that a schema says: the value that an object has in an attribute.
type Fact struct {
	Table string // that the object belongs to; "" for a schema, an enum and what a step declares
	Kind  string // of the object: schema, enum, table, column, primary key, unique constraint, check, foreign key, index, dual write, row, object, or one of [ObjectKind]
	Name  string // of the object; "" for a table, which Table names
	Only  string // the dialect that has the object; "" is every dialect
	Attr  string // as the snapshot calls the field: onDelete, typeFor.sqlite; of a row a column; "" says that the object is there
	Value string // a text as it is, true for a flag that is set, a list as JSON
}

// Facts returns everything that a schema says, sorted: two schemas that have the same facts are the same. An attribute that has its zero value
// is left out, and so are the rename hints and the owners, which only the generator reads.
//
// The order of the columns is a fact of the table, "columns". Who compares where that has no meaning leaves it out.
func Facts(s *Schema) []Fact {
	var l facts
	for _, e := range s.Enums {
		l.about(Fact{Kind: "enum", Name: e.Name})
		l.list("values", e.Values)
	}
	for _, o := range s.Objects {
		l.about(Fact{Kind: "object", Name: o.String(), Only: o.Only})
		l.text("kind", o.Kind)
		l.text("name", o.Name)
		l.text("table", o.Table)
	}
	for _, o := range s.SQLObjects {
		table := o.Table
		if o.Kind == RowSecurityKind {
			table = o.Name
		}
		l.about(Fact{Table: table, Kind: string(o.Kind), Name: o.Name, Only: o.Only})
		l.text("table", o.Table)
		l.text("head", o.Head)
		l.text("sql", string(o.SQL))
	}
	for _, n := range s.Namespaces {
		l.about(Fact{Kind: "schema", Name: n})
	}
	for _, t := range s.Tables {
		begin := len(l.all)
		l.table(t)
		slices.SortFunc(l.all[begin:], Fact.compare)
	}
	if !slices.IsSortedFunc(l.all, Fact.compare) {
		slices.SortFunc(l.all, Fact.compare)
	}
	return l.all
}

// compare orders facts by what they are about.
func (f Fact) compare(g Fact) int {
	return cmp.Or(strings.Compare(f.Table, g.Table), strings.Compare(f.Kind, g.Kind), strings.Compare(f.Name, g.Name),
		strings.Compare(f.Only, g.Only), strings.Compare(f.Attr, g.Attr), strings.Compare(f.Value, g.Value))
}

// Object returns f without its attribute and value: the fact that the object is there.
func (f Fact) Object() Fact {
	f.Attr, f.Value = "", ""
	return f
}

// facts collects the facts of one object after the other.
type facts struct {
	all []Fact
	of  Fact // the object
}

func (l *facts) about(object Fact) {
	l.of = object
	l.all = append(l.all, object)
}

func (l *facts) add(attr, value string) {
	f := l.of
	f.Attr, f.Value = attr, value
	l.all = append(l.all, f)
}

func (l *facts) text(attr, value string) {
	if value != "" {
		l.add(attr, value)
	}
}

func (l *facts) flag(attr string, set bool) {
	if set {
		l.add(attr, "true")
	}
}

func (l *facts) list(attr string, values []string) {
	if len(values) > 0 {
		l.json(attr, values)
	}
}

func (l *facts) json(attr string, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		panic("modelgen: " + err.Error()) // all of it is text and flags
	}
	l.add(attr, string(data))
}

func (l *facts) byDialect(attr string, m map[string]string) {
	for _, dialect := range slices.Sorted(maps.Keys(m)) {
		l.add(attr+"."+dialect, m[dialect])
	}
}

func (l *facts) table(t *Table) {
	l.about(Fact{Table: t.Name, Kind: "table"})
	l.text("comment", t.Comment)
	l.list("columns", t.ColumnNames())
	l.flag("unlogged", t.Options.Unlogged)
	l.text("with", t.Options.With)
	l.text("partition", t.Options.Partition)
	l.flag("strict", t.Options.Strict)
	l.flag("withoutRowid", t.Options.WithoutRowid)
	l.text("distribute", t.Options.Distribute)
	l.text("colocate", t.Options.Colocate)
	l.flag("reference", t.Options.Reference)
	l.list("rowKey", t.Rows.Key)
	for _, c := range t.Columns {
		l.about(Fact{Table: t.Name, Kind: "column", Name: c.Name})
		l.column("", c)
	}
	if k := t.PrimaryKey; k != nil {
		l.about(Fact{Table: t.Name, Kind: "primary key", Name: k.Name})
		l.list("columns", k.Columns)
	}
	for _, u := range t.Uniques {
		l.about(Fact{Table: t.Name, Kind: "unique constraint", Name: u.Name, Only: u.Only})
		l.list("columns", u.Columns)
		l.flag("nullsNotDistinct", u.NullsNotDistinct)
		l.text("deferrable", string(u.Deferrable))
	}
	for _, c := range t.Checks {
		l.about(Fact{Table: t.Name, Kind: "check", Name: c.Name, Only: c.Only})
		l.text("expr", c.Expr)
	}
	for _, f := range t.ForeignKeys {
		l.about(Fact{Table: t.Name, Kind: "foreign key", Name: f.Name})
		l.list("columns", f.Columns)
		l.text("refTable", f.RefTable)
		l.list("refColumns", f.RefColumns)
		l.text("onDelete", string(f.OnDelete))
		l.text("onUpdate", string(f.OnUpdate))
		l.text("deferrable", string(f.Deferrable))
	}
	for _, x := range t.Indexes {
		l.about(Fact{Table: t.Name, Kind: "index", Name: x.Name, Only: x.Only})
		l.flag("unique", x.Unique)
		l.json("parts", x.Parts)
		l.text("where", x.Where)
		l.text("using", x.Using)
		l.list("include", x.Include)
		l.flag("nullsNotDistinct", x.NullsNotDistinct)
	}
	for _, d := range t.DualWrites {
		l.about(Fact{Table: t.Name, Kind: "dual write", Name: d.Name})
		l.text("from", d.From)
		l.text("to", d.To)
		l.text("up", d.Up)
		l.text("down", d.Down)
		l.text("column.name", d.Column.Name)
		l.column("column.", d.Column)
	}
	l.rows(t)
}

// column adds what a column says, its name aside.
func (l *facts) column(prefix string, c Column) {
	l.add(prefix+"type", c.Type.String())
	l.byDialect(prefix+"typeFor", c.TypeFor)
	l.flag(prefix+"nullable", c.Nullable)
	if c.Default != nil {
		l.add(prefix+"default", *c.Default)
	}
	l.text(prefix+"defaultExpr", c.DefaultExpr)
	l.byDialect(prefix+"defaultFor", c.DefaultFor)
	l.flag(prefix+"identity", c.Identity)
	l.text(prefix+"generated", c.Generated)
	l.text(prefix+"collate", c.Collate)
	l.byDialect(prefix+"collateFor", c.CollateFor)
	l.text(prefix+"comment", c.Comment)
}
