package diff

import (
	"fmt"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// This file refuses what would fail on a database, or later when somebody runs what was left as it is, and asks before something is lost.

// failAt is fail for a place in the text of an object.
func (d *differ) failAt(o *schema.SQLObject, at int, format string, args ...any) {
	d.errs = append(d.errs, &Error{Object: o.String(), Msg: fmt.Sprintf(format, args...), In: o, At: at})
}

// gone is what the ops of tables take away, in a schema that still has it.
type gone struct {
	scene   *schema.Schema
	columns map[string][]string // by the name that the table has in the end; none for a whole table
	what    map[string]string   // "orders" and "orders.name": "drops", "renames to title"
}

// goneNames returns the names that are there before the ops and not after them.
func (d *differ) goneNames() gone {
	g := gone{scene: d.new.Clone(), columns: map[string][]string{}, what: map[string]string{}}
	at := newTrail(d.old)
	for _, op := range d.ops {
		at.follow(op)
	}
	now := map[string]string{}
	for name, old := range at.tables {
		if d.new.Table(name) != nil {
			now[old] = name
		}
	}
	for _, t := range d.old.Tables {
		name := now[t.Name]
		if d.new.Table(t.Name) == nil && d.new.SQLObject(schema.SQLObject{Kind: schema.ViewKind, Name: t.Name}) == nil && !relationNamed(d.new, t.Name) {
			ghost := &schema.Table{Name: t.Name, Columns: slices.Clone(t.Columns)}
			g.scene.PutTable(ghost)
			g.columns[t.Name] = nil
			g.what[t.Name] = "drops"
			if name != "" {
				g.what[t.Name] = "renames to " + name
			}
		}
		if name == "" {
			continue
		}
		columns := map[string]string{} // old -> now
		for c, old := range at.columns[t.Name] {
			columns[old] = c
		}
		is, ghost := d.new.Table(name), g.scene.Table(name)
		for _, c := range t.Columns {
			if is.Column(c.Name) != nil {
				continue
			}
			ghost.Columns = append(ghost.Columns, schema.Column{Name: c.Name, Type: c.Type})
			g.columns[name] = append(g.columns[name], c.Name)
			g.what[name+"."+c.Name] = "drops"
			if to := columns[c.Name]; to != c.Name && is.Column(to) != nil {
				g.what[name+"."+c.Name] = "renames to " + to
			}
		}
	}
	return g
}

func relationNamed(s *schema.Schema, name string) bool {
	return slices.ContainsFunc(s.SQLObjects, func(o schema.SQLObject) bool { return o.Kind.Relation() && o.Name == name })
}

// namesGone refuses objects whose text names what the migration takes away.
func (d *differ) namesGone(changes []*change) {
	if len(d.ops) == 0 && !slices.ContainsFunc(changes, func(c *change) bool { return c.how == dropObject }) {
		return
	}
	g := d.goneNames()
	var removed []*schema.SQLObject
	for _, c := range changes {
		if c.how == dropObject && !named(c.old, changes) && !slices.ContainsFunc(d.new.SQLObjects, func(o schema.SQLObject) bool { return word(&o) == word(c.old) }) {
			removed = append(removed, c.old)
			g.scene.PutSQLObject(*c.old)
		}
	}
	if len(g.columns)+len(removed) == 0 {
		return
	}
	scene := g.scene.Names()
	for _, c := range changes {
		if c.new == nil {
			continue
		}
		for _, m := range scene.Mentions(*c.new, g.columns) {
			if d.in.Allows != nil && d.in.Allows(*c.new, m.Table, m.Column) {
				continue
			}
			later := ""
			if m.Soft {
				later = "; nothing but running it would show that"
			}
			if m.Column == "" {
				d.failAt(c.new, m.At, "%s names table %s, which this migration %s%s", c.new, m.Table, g.what[m.Table], later)
			} else {
				d.failAt(c.new, m.At, "%s names column %s of table %s, which this migration %s%s", c.new, m.Column, m.Table, g.what[m.Table+"."+m.Column], later)
			}
		}
		if c.at != nil && c.at.Equal(*c.new) && len(removed) > 0 && d.toldMissing(c, changes) {
			continue
		}
		for _, n := range scene.Needs(*c.new) {
			if n.Object != nil && slices.ContainsFunc(removed, func(o *schema.SQLObject) bool { return o.Same(*n.Object) }) && n.Object.Kind.Routine() {
				d.failAt(c.new, n.At, "%s calls %s, which is no longer declared", c.new, n.Object)
			}
		}
	}
}

// toldMissing reports whether missingUnder has an error for the object.
func (d *differ) toldMissing(c *change, changes []*change) bool {
	return slices.ContainsFunc(changes, func(under *change) bool {
		return under.how == dropObject && needs(c.hard.all(), under.old) && !named(under.old, changes)
	})
}

// underTables refuses to take away what columns, checks and indexes of tables stand on.
func (d *differ) underTables(changes []*change) {
	for _, c := range changes {
		if c.old == nil || c.how != dropObject && c.how != recreateObject || !holdsTable(c.old) {
			continue
		}
		w := word(c.old)
		if slices.ContainsFunc(d.new.SQLObjects, func(o schema.SQLObject) bool { return word(&o) == w && !(c.new != nil && o.Same(*c.new)) }) {
			continue // another one of that name may be meant
		}
		for _, t := range d.new.Tables {
			what := usedIn(t, w)
			switch {
			case what == "":
			case c.how == dropObject:
				d.fail(t.Name, "%s stands on %s, which is no longer declared", what, c.old)
			case usedBefore(d.old, w):
				d.failAt(c.new, 0, "%s changes in a way for which it is dropped and created again, and %s stands on it: declare the new one under another name, let the model use that, and take this one out in a later change", c.new, what)
			}
		}
	}
}

func usedBefore(s *schema.Schema, w string) bool {
	return slices.ContainsFunc(s.Tables, func(t *schema.Table) bool { return usedIn(t, w) != "" })
}

// usedIn returns what of a table has a word in its SQL or its type.
func usedIn(t *schema.Table, w string) string {
	has := func(def migrate.Definition) bool { return wordsOf([]migrate.Definition{def})[w] }
	for i := range t.Columns {
		if has(migrate.Definition{Column: &t.Columns[i]}) {
			return "column " + t.Name + "." + t.Columns[i].Name
		}
	}
	for i := range t.Checks {
		if has(migrate.Definition{Check: &t.Checks[i]}) {
			return "check " + t.Checks[i].Name + " of table " + t.Name
		}
	}
	for i := range t.Indexes {
		if has(migrate.Definition{Index: &t.Indexes[i]}) {
			return "index " + t.Indexes[i].Name + " of table " + t.Name
		}
	}
	return ""
}

// keepsRows reports whether what an object of the kind holds is nowhere else.
func keepsRows(o *schema.SQLObject) bool {
	if v, ok := o.VirtualTable(); ok && v.Derived() {
		return false // what it is over has all of it
	}
	return o.Kind == schema.SequenceKind || o.Kind == schema.PartitionKind || o.Kind == schema.VirtualTableKind
}

// losesRows asks before objects go with what they hold, and refuses to make them again.
func (d *differ) losesRows(changes []*change) {
	for _, c := range changes {
		if c.old == nil || !keepsRows(c.old) {
			continue
		}
		what := map[schema.ObjectKind]string{schema.SequenceKind: "the number that it has come to"}[c.old.Kind]
		if what == "" {
			what = "its rows"
		}
		switch c.how {
		case recreateObject:
			d.failAt(c.new, 0, "%s cannot be changed so in its place, and with it %s would be lost: declare it under another name, move what it holds in a step written by hand, and take this one out in a later change", c.new, what)
		case dropObject:
			object := string(c.old.Kind) + ":" + c.old.Name
			keep := c.old.Kind == schema.PartitionKind && slices.Contains(d.in.Answers.Keeps, object)
			if keep && slices.Contains(d.in.Answers.Drops, object) {
				d.fail(object, "-drop %s and -keep %[1]s: it cannot go and stay", object)
				continue
			}
			if keep {
				d.use("-keep " + Quote(object))
				c.stays = true
				continue
			}
			if d.dropped(object) || c.old.Table != "" && d.goesToo(c.old.Table, changes) {
				continue
			}
			choice := []Choice{{"it goes, with " + what, "-drop " + Quote(object)}}
			for _, n := range changes {
				if n.how == createObject && n.new.Kind == c.old.Kind && n.new.Only == c.old.Only && (n.new.Kind != schema.PartitionKind || c.at.Table == n.new.Table && schema.SameSQL(string(c.old.SQL), string(n.new.SQL))) {
					choice = append(choice, Choice{"it is " + n.new.Name + " now", "-rename " + Quote(object+"="+n.new.Name)})
				}
			}
			if c.old.Kind == schema.PartitionKind {
				choice = slices.Insert(choice, 1, Choice{"it stays as a table of its own, which no migration knows", "-keep " + Quote(object)})
			}
			d.ask(c.old.String(), fmt.Sprintf("%s is no longer declared: does it go, with %s?", c.old, what), choice...)
		}
	}
}

// goesToo reports whether what an object is on goes: a table, or a partition that has partitions. Then that is what is asked about.
func (d *differ) goesToo(on string, changes []*change) bool {
	for _, c := range changes {
		if c.old != nil && c.old.Kind == schema.PartitionKind && c.old.Name == on {
			return c.new == nil && !slices.Contains(d.in.Answers.Keeps, string(c.old.Kind)+":"+c.old.Name)
		}
	}
	return d.new.Table(d.nowCalled(on)) == nil
}

// nowCalled returns the name that a table of the snapshot has in the end.
func (d *differ) nowCalled(table string) string {
	at := newTrail(d.old)
	for _, op := range d.ops {
		at.follow(op)
	}
	for name, old := range at.tables {
		if old == table {
			return name
		}
	}
	return table
}

// hadObject reports whether an answer names an object of the snapshot: sequence:numbers.
func (d *differ) hadObject(answer string, in *schema.Schema) bool {
	kind, name, _ := strings.Cut(answer, ":")
	return ofObject(answer) && slices.ContainsFunc(in.SQLObjects, func(o schema.SQLObject) bool { return string(o.Kind) == kind && called(o, name) })
}

// takesEnum returns the columns, and the enum itself, that an op of an enum takes away from what reads them.
func takesEnum(op migrate.Op) (enum string, columns bool) {
	switch op := op.(type) {
	case migrate.AlterEnum:
		return op.Name, op.Added() == nil
	case migrate.RenameEnum:
		return op.From, false
	}
	return "", false
}
