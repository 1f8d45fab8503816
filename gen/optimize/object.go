package optimize

import (
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// beside is what is known of an op of an object beside the tables: what is there before it and after it, and every word of it. Which of them names
// a table or a column depends on the schema, which is not looked at: an op that is about anything of one of these names stays on its side.
type beside struct {
	from, to *schema.SQLObject
	words    map[string]bool
	bases    []string // what others call it, in lower case
	star     bool     // it reads all columns of what it names
	wide     bool     // what depends on it does not name it
	detached bool     // a partition that is, or becomes, a table of its own
}

// object notes what an op of an object touches.
func (c *collector) object(op migrate.Op) {
	from, to, ok := migrate.ObjectChange(op)
	if !ok {
		return
	}
	b := &beside{from: from, to: to, words: map[string]bool{}}
	switch o := op.(type) {
	case migrate.CreatePartition:
		b.detached = o.Detached
	case migrate.DropPartition:
		b.detached = o.Detached
	}
	for _, o := range []*schema.SQLObject{from, to} {
		if o == nil {
			continue
		}
		for _, text := range []string{o.Name, o.Table, o.Head, string(o.SQL)} {
			for _, w := range wordsOf(text) {
				b.words[w.text] = true
			}
		}
		b.star = b.star || strings.Contains(string(o.SQL), "*")
		b.wide = b.wide || o.Kind == schema.ExtensionKind || o.Kind == schema.EventTriggerKind
		c.write("b:" + o.Key())
		c.sql(string(o.SQL))
		name, _, _ := strings.Cut(o.Name, "(")
		ns, base := schema.SplitName(name)
		if ns != "" && o.Kind != schema.CommentKind && o.Kind != schema.GrantKind {
			c.read("n:" + ns)
		}
		if o.Kind.Relation() || o.Kind == schema.DomainKind || o.Kind == schema.RangeTypeKind {
			c.relation(base)
		}
		if o.Kind != schema.CommentKind && o.Kind != schema.GrantKind {
			b.bases = append(b.bases, strings.ToLower(base))
		}
	}
	c.s.object = b
}

// besides reports whether two ops, one of which is of an object, have nothing to do with each other.
func besides(a, b *step) bool {
	switch {
	case a.fill || b.fill: // a trigger runs for it
		return false
	case a.object == nil:
		return b.object.apart(a)
	case b.object == nil:
		return a.object.apart(b)
	case a.object.wide || b.object.wide, a.object.moves(b.object) || b.object.moves(a.object):
		return false
	case decorates(a.object, b.object) || decorates(b.object, a.object):
		return true
	}
	names := func(x, y *beside) bool { return slices.ContainsFunc(y.bases, x.has) }
	return !names(a.object, b.object) && !names(b.object, a.object)
}

// moves reports whether o gives a partition bounds which another partition of its table may have had before, or gets after.
func (o *beside) moves(other *beside) bool {
	if o.from == nil || o.to == nil || o.from.Kind != schema.PartitionKind {
		return false
	}
	return other.to != nil && other.to.Kind == schema.PartitionKind && other.to.Table == o.to.Table || other.from != nil && other.from.Kind == schema.PartitionKind && other.from.Table == o.to.Table
}

// has reports whether a name occurs in an op.
func (o *beside) has(name string) bool {
	for _, w := range wordsOf(name) {
		if !o.words[w.text] {
			return false
		}
	}
	return true
}

// decorates reports whether d is a comment on o as a whole, or a grant on it, while o changes in its place: that keeps both.
func decorates(d, o *beside) bool {
	at := d.to
	if at == nil {
		at = d.from
	}
	if at.Kind != schema.CommentKind && at.Kind != schema.GrantKind || o.from == nil || o.to == nil || !o.from.Same(*o.to) || o.to.Kind == schema.CommentKind {
		return false
	}
	target, _, _ := strings.Cut(at.Name, " to ")
	return target == o.to.String() || o.to.Kind.Relation() && target == "table "+o.to.Name
}

// apart reports whether an op of a table, an enum or a schema has nothing to do with the object.
func (o *beside) apart(s *step) bool {
	if o.wide {
		return false
	}
	for _, t := range s.texts {
		if slices.ContainsFunc(o.bases, func(base string) bool { return mentions(t, base) }) {
			return false
		}
	}
	for _, x := range s.acc {
		kind, name, _ := strings.Cut(x.name, ":")
		table := strings.FieldsFunc(name, func(r rune) bool { return r == '#' || r == ':' })
		switch kind {
		case "r", "e", "n", "t":
			if _, base := schema.SplitName(name); x.write && o.has(base) {
				return false
			}
		case "c":
			i := strings.LastIndexByte(name, '.')
			_, base := schema.SplitName(name[:i])
			if x.write && o.has(base) && (o.star || !o.byColumn() || o.has(name[i+1:])) {
				return false
			}
		case "k", "m", "x":
			_, base := schema.SplitName(table[0])
			if x.write && o.has(base) && (kind == "k" || !o.byColumn()) {
				return false
			}
		}
	}
	return true
}

// byColumn reports whether a column that the object does not name is of no consequence for it. A function may return a row of the table, and a
// statement in the body of a trigger may insert one.
func (o *beside) byColumn() bool {
	at := o.to
	if at == nil {
		at = o.from
	}
	switch at.Kind {
	case schema.ViewKind, schema.MaterializedViewKind, schema.ViewIndexKind, schema.PolicyKind, schema.RowSecurityKind, schema.StatisticsKind, schema.CommentKind, schema.GrantKind, schema.ExclusionKind:
		return true
	case schema.TriggerKind:
		return !o.words["begin"]
	}
	return false
}

// mergeBeside merges two ops on one object: made and dropped is nothing, made and changed is made, renamed twice is renamed. What holds rows or a
// value of its own is not the same when it was dropped and made again.
func mergeBeside(a, b *beside) (migrate.Op, bool) {
	if a.detached || b.detached || a.to == nil && b.from != nil || a.to != nil && (b.from == nil || !a.to.Equal(*b.from)) {
		return nil, false
	}
	from, to := a.from, b.to
	switch {
	case from == nil && to == nil:
		return nil, true
	case a.to == nil: // dropped, and made again
		if from == nil || !from.Equal(*to) || from.SQL != to.SQL || from.Head != to.Head {
			return nil, false
		}
		switch from.Kind {
		case schema.PartitionKind, schema.VirtualTableKind, schema.SequenceKind, schema.MaterializedViewKind, schema.ExtensionKind:
			return nil, false
		}
		return nil, true
	}
	if from != nil && to != nil {
		inPlace := func(x *beside) bool { return x.from.Same(*x.to) }
		if inPlace(a) != inPlace(b) {
			return nil, false
		}
		switch from.Kind {
		case schema.SequenceKind, schema.DomainKind, schema.CompositeTypeKind, schema.PolicyKind, schema.PublicationKind, schema.ExtensionKind:
			if inPlace(a) && (from.Kind == schema.CompositeTypeKind || schema.Alters(*from, *to) != "") {
				return nil, false // an attribute that goes and comes back is empty
			}
		}
		if *from == *to {
			return nil, true
		}
		if from.Equal(*to) && inPlace(a) {
			return nil, false
		}
	}
	op := migrate.ObjectOp(from, to)
	if op == nil {
		return nil, false
	}
	isFrom, isTo, _ := migrate.ObjectChange(op)
	same := func(x, y *schema.SQLObject) bool {
		return (x == nil) == (y == nil) && (x == nil || x.Kind == y.Kind && x.Name == y.Name && x.Table == y.Table && x.Only == y.Only && x.Head == y.Head && x.SQL == y.SQL)
	}
	return op, same(isFrom, from) && same(isTo, to)
}
