package diff

import (
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// The order of the ops of objects among those of tables. Those of the tables keep theirs; an object goes right before the first op that it is in the way of, and comes
// back as soon as all that it stands on is there, so that what belongs together is one transaction.

// piece is one op with what must come before it.
type piece struct {
	op     migrate.Op
	c      *change      // nil for an op of a table
	makes  bool         // it makes or changes the object, and does not only drop it
	opened int          // of what comes back: the piece that dropped it, else -1
	before map[int]bool // pieces that must come first
	soft   map[int]bool // of these, those that need not
}

type pieces []*piece

func (p pieces) edge(first, then int, soft bool) {
	if first == then || first < 0 || then < 0 {
		return
	}
	if _, has := p[then].before[first]; has && !p[then].soft[first] {
		return
	}
	p[then].before[first] = true
	if soft {
		p[then].soft[first] = true
	} else {
		delete(p[then].soft, first)
	}
}

// orderObjects returns all ops in their order.
func (d *differ) orderObjects(changes []*change, breaks map[*change][]int) ([]migrate.Op, *Error) {
	var all pieces
	add := func(op migrate.Op, c *change, makes bool) int {
		all = append(all, &piece{op: op, c: c, makes: makes, opened: -1, before: map[int]bool{}, soft: map[int]bool{}})
		return len(all) - 1
	}
	for i, op := range d.ops {
		add(op, nil, false)
		all.edge(i-1, i, false)
	}
	tables := len(d.ops)
	drops, makes := map[*change]int{}, map[*change]int{}
	for _, c := range changes {
		drops[c], makes[c] = -1, -1
		switch c.how {
		case dropObject:
			drops[c] = add(partitionDrop(migrate.ObjectOp(c.old, nil), c.stays), c, false)
		case createObject:
			makes[c] = add(migrate.ObjectOp(nil, plain(c.new)), c, true)
		case replaceObject:
			makes[c] = add(migrate.ObjectOp(plain(c.at), plain(c.new)), c, true)
		case renameObject:
			renamed := c.at.Renamed(c.new.Name)
			makes[c] = add(migrate.ObjectOp(plain(c.at), plain(&renamed)), c, true)
			if !renamed.Equal(*c.new) {
				change := add(migrate.ObjectOp(plain(&renamed), plain(c.new)), c, true)
				all.edge(makes[c], change, false)
				makes[c] = change
			}
		case recreateObject:
			drops[c] = add(migrate.ObjectOp(c.old, nil), c, false)
			makes[c] = add(migrate.ObjectOp(nil, plain(c.new)), c, true)
			all[makes[c]].opened = drops[c]
			all.edge(drops[c], makes[c], false)
		}
	}
	makers := d.makers()
	uses := d.usesOfObjects(changes)
	for _, c := range changes {
		for _, i := range breaks[c] {
			all.edge(drops[c], i, false)
			if c.how == recreateObject && slices.Contains(c.behind, i) {
				all.edge(i, makes[c], true)
			}
			if c.how == replaceObject { // a sequence, whose owner goes
				all.edge(makes[c], i, false)
			}
		}
		if drop := drops[c]; drop >= 0 {
			if c.old.Kind == schema.ExtensionKind && tables > 0 {
				all.edge(tables-1, drop, true)
			}
			for _, i := range uses.old[c] {
				all.edge(i, drop, false)
			}
			for _, other := range changes { // what stands on it goes first
				if other.old != nil && other != c && needs(other.hard.all(), c.old) {
					all.edge(drops[other], drop, false)
				}
			}
			for _, other := range changes { // what takes its name comes later
				if other != c && other.new != nil && makes[other] >= 0 && other.how == createObject && other.new.Kind.Relation() && c.old.Kind.Relation() && other.new.Name == c.old.Name {
					all.edge(drop, makes[other], false)
					all[makes[other]].opened = drop
				}
			}
		}
		if make := makes[c]; make >= 0 {
			if i := slices.IndexFunc(d.ops, func(op migrate.Op) bool { _, is := op.(migrate.CreateSchema); return !is }); c.new.Kind == schema.ExtensionKind && i >= 0 {
				all.edge(make, i, true)
			}
			for _, i := range uses.new[c] {
				all.edge(make, i, false)
			}
			for _, n := range c.need.all() {
				switch {
				case n.Object != nil:
					for _, other := range changes {
						if other.new != nil && other != c && n.Object.Same(*other.new) {
							all.edge(makes[other], make, n.Soft)
						}
					}
				case n.Enum != "":
					all.edge(makers.enum(n.Enum), make, n.Soft)
				case n.Column != "":
					all.edge(makers.column(n.Table, n.Column), make, n.Soft)
					if enum := d.enumOfColumn(n.Table, n.Column); enum != "" { // and what its values are
						all.edge(makers.enum(enum), make, n.Soft)
					}
				default:
					all.edge(makers.table(n.Table), make, n.Soft)
				}
			}
			ns, _ := schema.SplitName(c.new.Name)
			if x, ok := migrate.ObjectOp(nil, c.new).(migrate.CreateExtension); ok {
				ns = x.Schema
			}
			if ns != "" {
				all.edge(makers.namespace(ns), make, false)
			}
			if swapped(c) || c.how == renameObject {
				for _, other := range changes {
					if other.old != nil && other != c && needs(other.hard.all(), c.old) {
						all.edge(drops[other], make, false)
					}
				}
			}
			if c.how == replaceObject { // with its new text nothing is in the way
				for _, other := range changes {
					if other.how == dropObject && needs(c.hard.all(), other.old) {
						all.edge(make, drops[other], false)
					}
				}
			}
		}
	}
	for _, c := range changes { // on the way back the keys go first, which refer to its rows
		if c.how != createObject || c.new.Kind != schema.PartitionKind {
			continue
		}
		t, _ := d.new.PartitionedTable(*c.new)
		for i, op := range d.ops {
			if t != nil && makers.table(t.Name) >= 0 && makers.table(t.Name) < i && makesKeyTo(op, t.Name) {
				all.edge(makes[c], i, true)
			}
		}
	}
	d.besideRows(all, changes, drops, makes)
	d.besidePartitions(all, changes, drops, makes)
	return d.walkPieces(all, tables)
}

// makesKeyTo reports whether an op makes a foreign key to a table.
func makesKeyTo(op migrate.Op, table string) bool {
	switch op := op.(type) {
	case migrate.CreateTable:
		return slices.ContainsFunc(op.ForeignKeys, func(fk schema.ForeignKey) bool { return fk.RefTable == table })
	case migrate.AddForeignKey:
		return op.ForeignKey.RefTable == table
	}
	return false
}

// plain returns an object without its rename hint, as ops have it.
func plain(o *schema.SQLObject) *schema.SQLObject {
	c := *o
	c.Was = ""
	return &c
}

func needs(list []schema.Need, o *schema.SQLObject) bool {
	return slices.ContainsFunc(list, func(n schema.Need) bool { return !n.Soft && n.Object != nil && n.Object.Same(*o) })
}

// walkPieces takes the next op of the tables where nothing has to come before it, else what has to; what was dropped comes back as soon as it can.
func (d *differ) walkPieces(all pieces, tables int) ([]migrate.Op, *Error) {
	done := make([]bool, len(all))
	ready := func(i int) bool {
		if done[i] {
			return false
		}
		for b := range all[i].before {
			if !done[b] {
				return false
			}
		}
		return true
	}
	var out []migrate.Op
	take := func(i int) {
		done[i] = true
		out = append(out, all[i].op)
	}
	next := 0
	for len(out) < len(all) {
		i := -1
		for k, p := range all {
			if p.opened >= 0 && done[p.opened] && ready(k) && (i < 0 || rank(p) < rank(all[i])) {
				i = k
			}
		}
		if i >= 0 {
			take(i)
			continue
		}
		for next < tables && done[next] {
			next++
		}
		if next < tables {
			if ready(next) {
				take(next)
				continue
			}
			i = first(all, done, next, ready)
		} else {
			for k, p := range all {
				if ready(k) && (i < 0 || rank(p) < rank(all[i])) {
					i = k
				}
			}
		}
		if i >= 0 {
			take(i)
			continue
		}
		if !all.cut(done) {
			return nil, d.objectCycle(all, done)
		}
	}
	return out, nil
}

// first returns a piece that is ready and that has to come before the one at i, however far; -1 when there is none.
func first(all pieces, done []bool, i int, ready func(int) bool) int {
	seen := map[int]bool{}
	found := -1
	var visit func(i int)
	visit = func(i int) {
		if seen[i] || done[i] {
			return
		}
		seen[i] = true
		if ready(i) && (found < 0 || rank(all[i]) < rank(all[found])) {
			found = i
		}
		for b := range all[i].before {
			visit(b)
		}
	}
	visit(i)
	return found
}

// rank orders what nothing else does: what goes first, then what comes, by kind and name.
func rank(p *piece) string {
	if p.c == nil {
		return "0"
	}
	o, word := p.c.new, "2"
	if !p.makes {
		o, word = p.c.old, "1"
	}
	k := slices.Index(schema.ObjectKinds(), o.Kind)
	if !p.makes {
		k = len(schema.ObjectKinds()) - k
	}
	return word + string(rune('a'+k)) + o.Key()
}

// cut takes a soft edge away that is still in the way.
func (p pieces) cut(done []bool) bool {
	for i, x := range p {
		if done[i] {
			continue
		}
		for _, b := range slices.Sorted(mapsKeys(x.before)) {
			if !done[b] && x.soft[b] {
				delete(x.before, b)
				return true
			}
		}
	}
	return false
}

func mapsKeys(m map[int]bool) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// objectCycle says what needs what in a circle.
func (d *differ) objectCycle(all pieces, done []bool) *Error {
	at := slices.Index(done, false)
	var path []int
	for !slices.Contains(path, at) {
		path = append(path, at)
		next := -1
		for b := range all[at].before {
			if !done[b] && (next < 0 || b < next) {
				next = b
			}
		}
		at = next
	}
	var names []string
	object := ""
	for _, i := range path[slices.Index(path, at):] {
		if p := all[i]; p.c != nil && p.makes {
			names = append(names, p.c.new.String())
			object = p.c.new.String()
		} else {
			names = append(names, strings.ToLower(p.op.Describe()[:1])+p.op.Describe()[1:])
		}
	}
	return &Error{Object: object, Msg: "each of these stands on the next one, and the last one on the first: " + strings.Join(names, ", ")}
}

// makers finds the last op of tables that makes a table, a column, an enum or a schema what it is in the end.
type makersOf struct{ at map[migrate.Object]int }

func (d *differ) makers() makersOf {
	m := makersOf{map[migrate.Object]int{}}
	for i, op := range d.ops {
		e := op.Effects()
		for _, o := range slices.Concat(e.Makes, e.Writes) {
			if o.Kind == migrate.ColumnObject && len(e.New) == 0 && e.Rows {
				continue // values are no part of what it is
			}
			m.at[o] = i
		}
		for _, r := range e.Renames {
			o := r.From
			o.Name = r.To
			m.at[o] = i
			if o.Kind == migrate.TableObject { // and all that is in it
				for _, x := range m.in(r.From.Name) {
					m.at[migrate.Object{Kind: x.Kind, Table: r.To, Name: x.Name}] = i
				}
			}
		}
	}
	return m
}

func (m makersOf) in(table string) (all []migrate.Object) {
	for o := range m.at {
		if o.Table == table {
			all = append(all, o)
		}
	}
	return all
}

func (m makersOf) find(o migrate.Object) int {
	if i, ok := m.at[o]; ok {
		return i
	}
	return -1
}

func (m makersOf) table(name string) int {
	return m.find(migrate.Object{Kind: migrate.TableObject, Name: name})
}
func (m makersOf) column(table, name string) int {
	return max(m.find(migrate.Object{Kind: migrate.ColumnObject, Table: table, Name: name}), m.table(table))
}
func (m makersOf) enum(name string) int {
	return m.find(migrate.Object{Kind: migrate.EnumObject, Name: name})
}
func (m makersOf) namespace(name string) int {
	return m.find(migrate.Object{Kind: migrate.SchemaObject, Name: name})
}

// uses says which ops of tables need an object that a change makes, and which ones end the need of one that goes.
type uses struct{ old, new map[*change][]int }

func (d *differ) usesOfObjects(changes []*change) uses {
	u := uses{map[*change][]int{}, map[*change][]int{}}
	var under []*change
	for _, c := range changes {
		if c.how != keepObject {
			under = append(under, c)
		}
	}
	if len(under) == 0 {
		return u
	}
	for i, op := range d.ops {
		e := op.Effects()
		before, after := wordsOf(e.Old), wordsOf(e.New)
		for _, x := range e.SQL {
			for _, t := range sqllex.Words(x.Text) {
				after[strings.ToLower(t.Text)] = true
			}
		}
		for _, c := range under {
			if c.old != nil && before[word(c.old)] && holdsTable(c.old) {
				u.old[c] = append(u.old[c], i)
			}
			if c.new != nil && after[word(c.new)] && holdsTable(c.new) && c.how != keepObject {
				u.new[c] = append(u.new[c], i)
			}
		}
	}
	return u
}

// holdsTable reports whether a table can stand on an object of the kind.
func holdsTable(o *schema.SQLObject) bool {
	switch o.Kind {
	case schema.FunctionKind, schema.SequenceKind, schema.DomainKind, schema.CompositeTypeKind, schema.RangeTypeKind, schema.AggregateKind:
		return true
	}
	return false
}

func word(o *schema.SQLObject) string {
	bare, _, _ := strings.Cut(o.Name, "(")
	_, base := schema.SplitName(bare)
	return strings.ToLower(base)
}

// wordsOf returns the words of all SQL and types in definitions, in lower case.
func wordsOf(defs []migrate.Definition) map[string]bool {
	all := map[string]bool{}
	put := func(texts ...string) {
		for _, text := range texts {
			for _, t := range sqllex.Words(text) {
				all[strings.ToLower(t.Text)] = true
			}
		}
	}
	for _, d := range defs {
		switch {
		case d.Column != nil:
			put(d.Column.Type.String(), d.Column.DefaultExpr, d.Column.Generated)
			for _, text := range d.Column.TypeFor {
				put(text)
			}
			for _, text := range d.Column.DefaultFor {
				put(text)
			}
		case d.Check != nil:
			put(d.Check.Expr)
		case d.Index != nil:
			put(d.Index.Where)
			for _, p := range d.Index.Parts {
				put(p.Expr)
			}
		}
	}
	return all
}
