package diff

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// This file compares what stands beside the tables: views, functions, triggers and the like. What changes under them decides what has to go out of the way: see
// sqlobjects_order.go for the order in which it all happens.

// change is what becomes of one object.
type change struct {
	old  *schema.SQLObject // as the snapshot has it; nil when it is new
	at   *schema.SQLObject // old, with the names that tables and columns get meanwhile
	new  *schema.SQLObject // nil when it goes
	how  how
	why  string // of a recreate, for people
	hard needed // of old, in the old schema
	need needed // of new, in the new schema

	behind []int // ops of tables that give it other columns to show
	stays  bool  // a partition that goes stays as a table
}

// needed is what an object stands on. Its text is read when somebody asks, as most changes ask of few objects.
type needed struct {
	of  *schema.SQLObject
	in  func() *schema.Names
	got *[]schema.Need
}

func (n *needed) all() []schema.Need {
	if n.of == nil {
		return nil
	}
	if n.got == nil {
		all := n.in().Needs(*n.of)
		n.got = &all
	}
	return *n.got
}

type how int

const (
	keepObject how = iota
	createObject
	replaceObject
	recreateObject
	renameObject
	dropObject
)

// sqlObjects compares the objects and puts their ops among those of the tables.
func (d *differ) sqlObjects() {
	if d.bug != nil || len(d.errs) > 0 || len(d.old.SQLObjects)+len(d.new.SQLObjects) == 0 {
		return
	}
	changes := d.pairObjects()
	if len(d.ops) == 0 && !slices.ContainsFunc(changes, func(c *change) bool { return c.how != keepObject }) {
		return // mostly
	}
	oldNames, newNames := sync.OnceValue(d.old.Names), sync.OnceValue(d.objectScene().Names)
	for _, c := range changes {
		c.hard, c.need = needed{of: c.old, in: oldNames}, needed{of: c.new, in: newNames}
	}
	d.missingUnder(changes)
	d.namesGone(changes)
	if len(d.errs) > 0 {
		return
	}
	breaks := d.breaks(changes)
	d.outOfTheWay(changes, breaks)
	d.underTables(changes)
	d.losesRows(changes)
	if len(d.errs)+len(d.questions) > 0 {
		return
	}
	d.cannotChange(changes)
	d.operatorsOf(changes)
	if len(d.errs) > 0 {
		return
	}
	if !slices.ContainsFunc(changes, func(c *change) bool { return c.how != keepObject }) {
		return
	}
	ops, err := d.orderObjects(changes, breaks)
	if err != nil {
		d.errs = append(d.errs, err)
		return
	}
	cur := d.cur // where no op has changed it yet
	if len(d.ops) > 0 {
		cur = d.old.Clone()
	}
	for i, op := range ops {
		if _, isFill := op.(migrate.Fill); isFill {
			continue
		}
		if from, to, isObject := migrate.ObjectChange(op); isObject && to == nil {
			if is := cur.SQLObject(*from); is == nil || !is.Equal(*from) {
				drop := d.dropBehind(ops[:i], *from)
				if was, is := op.(migrate.DropPartition); is {
					drop = partitionDrop(drop, was.Detached)
				}
				op, ops[i] = drop, drop
			}
		}
		if err := op.Apply(cur); err != nil {
			d.bug = err
			return
		}
	}
	d.ops, d.cur = ops, cur
}

// dropBehind returns the drop of an object whose table, or a column that it names, has another name by then.
func (d *differ) dropBehind(ops []migrate.Op, o schema.SQLObject) migrate.Op {
	s := d.old.Clone()
	const this = "\x00" // in the place of its hint, by which it is found again
	for i := range s.SQLObjects {
		if s.SQLObjects[i].Same(o) {
			s.SQLObjects[i].Was = this
		}
	}
	for _, op := range ops {
		if _, isFill := op.(migrate.Fill); isFill {
			continue
		}
		if err := op.Apply(s); err != nil {
			d.bug = err
		}
	}
	for i := range s.SQLObjects {
		if s.SQLObjects[i].Was == this {
			return migrate.ObjectOp(plain(&s.SQLObjects[i]), nil)
		}
	}
	return migrate.ObjectOp(&o, nil)
}

// objectScene returns the new schema as the objects see it: with the objects themselves.
func (d *differ) objectScene() *schema.Schema { return d.new }

// pairObjects finds out what is the same object before and after.
func (d *differ) pairObjects() (all []*change) {
	followed := d.followed()
	byNew := map[string]*change{}
	at := map[string]int{} // of the new ones
	for j, n := range d.new.SQLObjects {
		at[n.Key()] = j
	}
	var gone []*change
	for i := range d.old.SQLObjects {
		c := &change{old: &d.old.SQLObjects[i], at: followed[i], how: dropObject}
		j, found := at[c.at.Key()]
		if !found || !d.new.SQLObjects[j].Same(*c.at) { // a partition may be one of another table
			j = slices.IndexFunc(d.new.SQLObjects, c.at.Same)
		}
		if j >= 0 {
			c.new = &d.new.SQLObjects[j]
			byNew[c.new.Key()] = c
		} else {
			gone = append(gone, c)
		}
		all = append(all, c)
	}
	renames := d.objectRenames()
	for j := range d.new.SQLObjects {
		n := &d.new.SQLObjects[j]
		if n.Kind == schema.PartitionKind && d.partitioned(n.Table) != nil && byNew[n.Key()] == nil {
			continue // the op makes it
		}
		if byNew[n.Key()] != nil {
			if n.Was != "" && byNew[n.Key()].old.Was == n.Was {
				d.stale = append(d.stale, n.String())
			}
			continue
		}
		was := n.Was
		if a, ok := renames[n.String()]; ok {
			was = a
		}
		i := slices.IndexFunc(gone, func(c *change) bool {
			return c.new == nil && was != "" && c.at.Kind == n.Kind && c.at.Only == n.Only && (c.at.Table == n.Table || n.Kind == schema.PartitionKind) && called(*c.at, was)
		})
		if i < 0 {
			all = append(all, &change{new: n, how: createObject})
			continue
		}
		gone[i].new = n
	}
	followPartitions(all)
	for _, c := range all {
		if c.old != nil && c.new != nil {
			c.how = d.changeOf(*c.at, *c.new)
		}
	}
	return all
}

// called reports whether the object has that name, without its arguments where the name has none.
func called(o schema.SQLObject, name string) bool {
	bare, _, _ := strings.Cut(o.Name, "(")
	return strings.EqualFold(o.Name, name) || strings.EqualFold(bare, name)
}

// objectRenames returns the answers "-rename view:a=b", the old name by the new object.
func (d *differ) objectRenames() map[string]string {
	all := map[string]string{}
	for _, r := range d.in.Answers.Renames {
		kind, names, ok := strings.Cut(r, ":")
		from, to, both := strings.Cut(names, "=")
		if !ok || !both || !slices.Contains(schema.ObjectKinds(), schema.ObjectKind(kind)) || d.used["-rename "+Quote(r)] {
			continue
		}
		is := func(name string, in []schema.SQLObject) *schema.SQLObject {
			i := slices.IndexFunc(in, func(o schema.SQLObject) bool { return string(o.Kind) == kind && called(o, name) })
			if i < 0 {
				return nil
			}
			return &in[i]
		}
		old, now := is(from, d.old.SQLObjects), is(to, d.new.SQLObjects)
		switch {
		case old == nil:
			d.fail(from, "-rename %s: the snapshot has no %s %s", r, kind, from)
		case now == nil:
			d.fail(from, "-rename %s: no %s %s is declared", r, kind, to)
		default:
			all[now.String()] = from
			d.use("-rename " + Quote(r))
		}
	}
	return all
}

// ofObject reports whether an answer is one about an object: view:a=b.
func ofObject(answer string) bool {
	kind, _, ok := strings.Cut(answer, ":")
	return ok && slices.Contains(schema.ObjectKinds(), schema.ObjectKind(kind))
}

// followed returns the old objects as they are once tables and columns have their new names, in the order of the old ones.
func (d *differ) followed() []*schema.SQLObject {
	all := make([]*schema.SQLObject, len(d.old.SQLObjects))
	if len(d.ops) == 0 {
		for i, o := range d.old.SQLObjects {
			all[i] = &o
		}
		return all
	}
	s := d.old.Clone()
	for i := range s.SQLObjects {
		s.SQLObjects[i].Was = strconv.Itoa(i) // which names each while they are sorted again
	}
	for _, op := range d.ops {
		if _, isFill := op.(migrate.Fill); isFill {
			continue
		}
		if err := op.Apply(s); err != nil {
			d.bug = err
		}
	}
	for i := range s.SQLObjects {
		k, err := strconv.Atoi(s.SQLObjects[i].Was)
		if err != nil {
			continue // an op has made it
		}
		o := s.SQLObjects[i]
		o.Was = d.old.SQLObjects[k].Was
		all[k] = &o
	}
	return all
}

// changeOf says how an object becomes another one.
func (d *differ) changeOf(from, to schema.SQLObject) how {
	switch {
	case from.Equal(to):
		return keepObject
	case from.Kind == schema.PartitionKind:
		return d.changeOfPartition(from, to)
	case from.Name != to.Name:
		renamed := from.Renamed(to.Name)
		if migrate.ObjectOp(&from, &to) != nil && (renamed.Equal(to) || migrate.ObjectOp(&renamed, &to) != nil && inPlace(renamed, to)) {
			return renameObject // and then it changes
		}
		return recreateObject
	case migrate.ObjectOp(&from, &to) != nil && inPlace(from, to):
		return replaceObject
	}
	return recreateObject
}

// breaks returns, for each change, the ops of tables before which its object has to be out of the way.
func (d *differ) breaks(changes []*change) map[*change][]int {
	all := map[*change][]int{}
	if len(d.ops) == 0 {
		return all
	}
	holds := slices.ContainsFunc(d.in.Dialects, func(c migrate.Capabilities) bool { return c.HoldsColumns })
	at := newTrail(d.old)
	names := d.old.Names()
	expands := map[*change][]string{}
	for i, op := range d.ops {
		for _, x := range at.loses(op, holds) {
			for _, c := range changes {
				if x.expands {
					if c.old == nil || c.how == createObject {
						continue
					}
					if _, known := expands[c]; !known {
						expands[c] = names.Expands(*c.old)
					}
					if slices.Contains(expands[c], x.table) {
						all[c], c.behind = append(all[c], i), append(c.behind, i)
					}
					continue
				}
				if c.old == nil || c.how == createObject || !x.of(*c.old) || x.views && (c.how == keepObject || c.how == replaceObject) && sameOutput(*c.old, *c.at) {
					continue
				}
				if slices.ContainsFunc(c.hard.all(), func(n schema.Need) bool {
					if x.enum != "" {
						return !n.Soft && n.Enum == x.enum
					}
					return !n.Soft && n.Table == x.table && (x.column == "" || n.Column == x.column)
				}) {
					all[c] = append(all[c], i)
				}
			}
		}
		at.follow(op)
	}
	return all
}

// takenAway is a table or a column that an op takes away from what stands on it, in the names of the old schema.
type takenAway struct {
	table, column string
	views         bool // only views lose it: a column that gets another name
	gone          bool // it is dropped, and with it what is said of it
	enum          string
	expands       bool // what shows all columns loses it: the table has other ones
}

func (x takenAway) of(o schema.SQLObject) bool {
	switch o.Kind {
	case schema.CommentKind, schema.GrantKind:
		return x.column == "" || x.gone
	case schema.ViewKind:
		return true
	}
	return !x.views
}

// trail knows what tables and columns were called before the first op.
type trail struct {
	schema  *schema.Schema               // before the first op
	tables  map[string]string            // now -> old
	columns map[string]map[string]string // old table -> now -> old
}

func newTrail(s *schema.Schema) *trail {
	t := &trail{s, map[string]string{}, map[string]map[string]string{}}
	for _, x := range s.Tables {
		t.tables[x.Name] = x.Name
		t.columns[x.Name] = map[string]string{}
		for _, c := range x.Columns {
			t.columns[x.Name][c.Name] = c.Name
		}
	}
	return t
}

func (t *trail) column(table, name string) (takenAway, bool) {
	old := t.tables[table]
	column := t.columns[old][name]
	return takenAway{table: old, column: column}, old != "" && column != ""
}

// loses returns what the op takes away. holds says that a column cannot get another type under what reads it.
func (t *trail) loses(op migrate.Op, holds bool) (all []takenAway) {
	put := func(x takenAway, ok bool) {
		if ok {
			all = append(all, x)
		}
	}
	if holds {
		e := op.Effects()
		changed := slices.Clone(e.Makes)
		for _, r := range e.Renames {
			changed = append(changed, r.From)
		}
		for _, o := range changed {
			if old := t.tables[o.Table]; o.Kind == migrate.ColumnObject && old != "" {
				put(takenAway{table: old, expands: true}, true)
			}
		}
	}
	switch op := op.(type) {
	case migrate.DropTable:
		put(takenAway{table: t.tables[op.Table]}, t.tables[op.Table] != "")
	case migrate.DropColumn:
		x, ok := t.column(op.Table, op.Column.Def().Name)
		x.gone = true
		put(x, ok)
	case migrate.RenameColumn:
		x, ok := t.column(op.Table, op.From)
		x.views = true
		put(x, ok)
	case migrate.AlterColumn:
		from, to := op.From.Def(), op.To.Def()
		if holds && (from.Type != to.Type || from.Collate != to.Collate || !sameFor(from, to)) {
			put(t.column(op.Table, from.Name))
		}
	case migrate.PartitionTable: // what is on it would be on one of its partitions
		put(takenAway{table: t.tables[op.Table]}, t.tables[op.Table] != "")
	case migrate.AlterEnum, migrate.RenameEnum:
		enum, columns := takesEnum(op)
		if !holds || enum == "" {
			break
		}
		if _, added := op.(migrate.AlterEnum); !added || columns {
			all = append(all, takenAway{enum: enum})
		}
		for _, x := range t.schema.Tables {
			for _, c := range x.Columns {
				if columns && c.Type.Kind == schema.KindEnum && c.Type.Name == enum {
					all = append(all, takenAway{table: x.Name, column: c.Name})
				}
			}
		}
	default:
		for _, r := range op.Effects().Removes { // of an op that is none of these
			if r.Kind == migrate.ColumnObject {
				x, ok := t.column(r.Table, r.Name)
				x.gone = true
				put(x, ok)
			}
		}
	}
	return all
}

func sameFor(a, b schema.Column) bool {
	return fmt.Sprint(a.TypeFor, a.CollateFor) == fmt.Sprint(b.TypeFor, b.CollateFor) // maps print sorted
}

func (t *trail) follow(op migrate.Op) {
	for _, r := range op.Effects().Renames {
		switch r.From.Kind {
		case migrate.TableObject:
			t.tables[r.To] = t.tables[r.From.Name]
			delete(t.tables, r.From.Name)
		case migrate.ColumnObject:
			columns := t.columns[t.tables[r.From.Table]]
			if columns != nil {
				columns[r.To] = columns[r.From.Name]
				delete(columns, r.From.Name)
			}
		}
	}
}

// outOfTheWay makes a recreate of each object that stands on what goes out of the way.
func (d *differ) outOfTheWay(changes []*change, breaks map[*change][]int) {
	makers := d.makers()
	for _, c := range changes {
		if c.old != nil && staysForGood(c.old.Kind) {
			continue
		}
		if c.how == replaceObject && len(breaks[c]) > 0 && d.replacedFirst(makers, c, changes) {
			continue
		}
		if len(breaks[c]) > 0 && (c.how == keepObject || c.how == replaceObject || c.how == renameObject) {
			c.how, c.why = recreateObject, "what it reads changes"
		}
	}
	for again := true; again; {
		again = false
		for _, c := range changes {
			if c.old == nil || staysForGood(c.old.Kind) || c.how != keepObject && c.how != replaceObject && c.how != renameObject {
				continue
			}
			for _, under := range changes {
				if c.how == replaceObject && under.how == dropObject && !named(under.old, changes) {
					continue // it is replaced first, and then does not stand on that any more
				}
				if under == c || under.old == nil || under.how != recreateObject && under.how != renameObject && under.how != dropObject && !swapped(under) || carried(c, under) {
					continue
				}
				if slices.ContainsFunc(c.hard.all(), func(n schema.Need) bool { return !n.Soft && n.Object != nil && n.Object.Same(*under.old) }) {
					c.how, c.why, again = recreateObject, under.old.String()+" is out of the way meanwhile", true
					break
				}
			}
		}
	}
}

// staysForGood reports whether an object of the kind is never taken out of the way: a sequence would forget its value, and an extension takes all with it that is
// of its types.
func staysForGood(kind schema.ObjectKind) bool {
	return kind == schema.SequenceKind || kind == schema.ExtensionKind
}

// missingUnder refuses what stands on an object that goes.
func (d *differ) missingUnder(changes []*change) {
	for _, c := range changes {
		if c.new == nil || c.old == nil {
			continue
		}
		for _, under := range changes {
			if under.how != dropObject || !slices.ContainsFunc(c.hard.all(), func(n schema.Need) bool { return !n.Soft && n.Object != nil && n.Object.Same(*under.old) }) {
				continue
			}
			if c.at.Equal(*c.new) && !named(under.old, changes) && !d.overloaded(under.old) {
				d.fail(c.new.String(), "%s stands on %s, which is no longer declared", c.new, under.old)
			}
		}
	}
}

// overloaded reports whether there is another routine of the name, which what calls one of them may mean.
func (d *differ) overloaded(o *schema.SQLObject) bool {
	return o.Kind.Routine() && slices.ContainsFunc(d.new.SQLObjects, func(x schema.SQLObject) bool { return x.Kind.Routine() && word(&x) == word(o) })
}

// named reports whether something new has the name of an object that goes, as a view in the place of a table has.
func named(o *schema.SQLObject, changes []*change) bool {
	return slices.ContainsFunc(changes, func(c *change) bool { return c.how == createObject && c.new.Name == o.Name })
}
