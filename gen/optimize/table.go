package optimize

import (
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// fold returns the op that creates a table as b leaves it. The table is empty, so that only its definition counts, and b itself is asked what
// becomes of that.
func fold(c migrate.CreateTable, second *step) (migrate.Op, bool) {
	b := second.op
	if d, is := b.(migrate.DropTable); is {
		return nil, d.Table == c.Table
	}
	name, ok := tableOf(&second.e)
	if !ok || name != c.Table {
		return nil, false
	}
	t := c.Definition()
	if r, is := b.(migrate.RenameTable); is {
		name = r.To
		if named := qualifies(t, r.From) || qualifies(t, r.To); named {
			return nil, false
		}
	}
	s := surroundings(t, &second.e)
	if b.Apply(s) != nil {
		return nil, false
	}
	t = s.Table(name)
	whole := migrate.NewCreateTable(t)
	if whole.Apply(around(t)) != nil { // some ops let pass what cannot be created
		return nil, false
	}
	return whole, true
}

// undo returns the op that drops a table as it was before a, which changes it.
func undo(d migrate.DropTable, first *step) (migrate.Op, bool) {
	a := first.op
	if _, drops := a.(migrate.DropTable); drops {
		return nil, false
	}
	back, err := a.Inverse()
	if err != nil || back == nil {
		return nil, false
	}
	e := back.Effects()
	name, ok := tableOf(&e)
	if !ok || name != d.Table {
		return nil, false
	}
	t := d.Definition()
	if r, is := back.(migrate.RenameTable); is {
		name = r.To
		if qualifies(t, r.From) || qualifies(t, r.To) {
			return nil, false
		}
	}
	s := surroundings(t, &e)
	if back.Apply(s) != nil {
		return nil, false
	}
	return migrate.DropTable(migrate.NewCreateTable(s.Table(name))), true
}

// qualifies reports whether SQL in a table may name a column with the table.
func qualifies(t *schema.Table, name string) bool {
	texts := make([]string, 0, len(t.Checks))
	for _, c := range t.Checks {
		texts = append(texts, c.Expr)
	}
	for _, c := range t.Columns {
		texts = append(texts, c.Generated)
	}
	for _, x := range t.Indexes {
		texts = append(texts, x.Where)
		for _, p := range x.Parts {
			texts = append(texts, p.Expr)
		}
	}
	return slices.ContainsFunc(texts, func(text string) bool { return qualified(text, name) })
}

// tableOf returns the table that an op changes, for those that change one that is there and nothing beside it.
func tableOf(e *migrate.Effects) (table string, ok bool) {
	objects := slices.Concat(e.Makes, e.Removes)
	if e.Unknown || slices.ContainsFunc(objects, func(o migrate.Object) bool { return o.Kind == migrate.TableObject }) {
		return "", false
	}
	objects = append(objects, e.Writes...)
	for _, r := range e.Renames {
		objects = append(objects, r.From)
	}
	for i, o := range objects {
		of := o.Table
		if o.Kind == migrate.TableObject {
			of = o.Name
		}
		if of == "" || i > 0 && of != table {
			return "", false
		}
		table = of
	}
	return table, table != ""
}

// surroundings returns a schema with a table and with what an op on it asks for beside it, of which is known that it is there.
func surroundings(t *schema.Table, e *migrate.Effects) *schema.Schema {
	s := &schema.Schema{}
	namespace(s, t.Name)
	for _, o := range e.Reads {
		if o.Kind == migrate.SchemaObject {
			namespace(s, o.Name+".")
		}
	}
	for _, d := range e.New {
		switch {
		case d.Column != nil:
			enum(s, *d.Column)
		case d.ForeignKey != nil:
			parent(s, t, *d.ForeignKey)
		}
	}
	s.PutTable(t)
	return s
}

// around returns a schema with all that a table asks for, and without the table.
func around(t *schema.Table) *schema.Schema {
	s := &schema.Schema{}
	namespace(s, t.Name)
	for _, c := range t.Columns {
		enum(s, c)
	}
	for _, fk := range t.ForeignKeys {
		parent(s, t, fk)
	}
	return s
}

func namespace(s *schema.Schema, name string) {
	if ns, _ := schema.SplitName(name); ns != "" && !s.HasNamespace(ns) {
		s.Namespaces = append(s.Namespaces, ns)
	}
}

func enum(s *schema.Schema, c schema.Column) {
	if c.Type.Kind != schema.KindEnum {
		return
	}
	e := s.Enum(c.Type.Name)
	if e == nil {
		e = &schema.Enum{Name: c.Type.Name}
		s.PutEnum(e)
	}
	if c.Default != nil {
		e.Values = append(e.Values, *c.Default)
	}
}

func parent(s *schema.Schema, t *schema.Table, fk schema.ForeignKey) {
	if fk.RefTable == t.Name {
		return
	}
	p := s.Table(fk.RefTable)
	if p == nil {
		p = &schema.Table{Name: fk.RefTable}
		s.PutTable(p)
	}
	for _, c := range fk.RefColumns {
		if p.Column(c) == nil {
			p.Columns = append(p.Columns, schema.Column{Name: c})
		}
	}
}
