package diff

import (
	"fmt"
	"slices"

	"github.com/modelgen/modelgen/runtime/schema"
)

// A name that stays says that the thing is the same, and mostly it is. But a column or table can be renamed and another one given its name in one
// change: then all values would stay under a name that means something else. Where something new is nearer to the old definition than what has the
// old name, that is asked.

// sameAnswered reports whether an answer says that a name means what it did: -rename items.kind=kind.
func (d *differ) sameAnswered(flags ...string) bool {
	return slices.ContainsFunc(flags, func(f string) bool { return slices.Contains(d.in.Answers.Renames, f) })
}

// tablesRenamedAway asks about new tables that have more of the columns of an old one than the one that has its name.
func (d *differ) tablesRenamedAway() {
	var freed []string // names that may turn out to be those of new tables
	for _, k := range d.new.Tables {
		o := d.old.Table(k.Name)
		if o == nil || d.pair2old[k.Name] != k.Name || d.sameAnswered(k.Name+"="+k.Name) {
			continue
		}
		var choice []Choice
		var candidates []string
		for _, name := range d.made {
			if m := d.new.Table(name); alike(o, m) && inCommon(o, m) > inCommon(o, k) {
				candidates = append(candidates, name)
				choice = append(choice, Choice{"renamed, and " + k.Name + " is another table now", "-rename " + Quote(k.Name+"="+name)})
			}
		}
		if len(candidates) == 0 {
			continue
		}
		freed = append(freed, k.Name)
		d.open = append(append(d.open, k.Name), candidates...)
		d.ask(k.Name, fmt.Sprintf("%s with the columns that table %s had, and %[2]s has lost some: was it renamed, and its name given to another table?",
			these(candidates, "is new,", "are new,"), k.Name), append(choice, Choice{k.Name + " is the same table", "-rename " + Quote(k.Name+"="+k.Name)})...)
	}
	d.openFurther(freed)
}

// openFurther leaves tables for later that may have been renamed to one whose name may be free, once that is known: what happened to their columns is
// not known before either.
func (d *differ) openFurther(freed []string) {
	for i := 0; i < len(freed); i++ {
		m := d.new.Table(freed[i])
		for _, k := range d.new.Tables {
			o := d.old.Table(k.Name)
			if o != nil && k != m && d.pair2old[k.Name] == k.Name && !slices.Contains(freed, k.Name) && !d.sameAnswered(k.Name+"="+k.Name) &&
				alike(o, m) && inCommon(o, m) > inCommon(o, k) {
				freed = append(freed, k.Name)
				d.open = append(d.open, k.Name)
			}
		}
	}
}

// inCommon counts the columns of an old table that a new one has.
func inCommon(old, new *schema.Table) int {
	n := 0
	for _, c := range old.Columns {
		if x := new.Column(c.Name); x != nil && schema.SameFamily(x.Type, c.Type) {
			n++
		}
	}
	return n
}

// columnsRenamedAway asks about new columns that are nearer to what an old one was than the column that has its name.
func (d *differ) columnsRenamedAway(t, old *schema.Table, asked map[string]bool) {
	if !slices.ContainsFunc(t.Columns, func(n schema.Column) bool { return d.cols[t.Name][n.Name] == "" && n.Generated == "" }) {
		return // no column is new, as in most tables
	}
	for i := range old.Columns {
		o := &old.Columns[i]
		k := t.Column(o.Name)
		object := t.Name + "." + o.Name
		if k == nil || d.cols[t.Name][o.Name] != o.Name || o.Generated != "" || k.Generated != "" || asked[object] ||
			d.sameAnswered(object+"="+o.Name, old.Name+"."+o.Name+"="+o.Name) || d.spoken(t, o.Name) || grows(old, o, t, k) {
			continue
		}
		var choice []Choice
		var candidates []string
		for j := range t.Columns {
			n := &t.Columns[j]
			if d.cols[t.Name][n.Name] != "" || n.Generated != "" || n.Identity != o.Identity || !schema.SameFamily(n.Type, o.Type) ||
				asked[t.Name+"."+n.Name] || d.spoken(t, n.Name) || distance(old, o, t, n) >= distance(old, o, t, k) {
				continue
			}
			candidates = append(candidates, n.Name)
			choice = append(choice, Choice{"renamed, and " + o.Name + " is another column now", "-rename " + Quote(object+"="+n.Name)})
		}
		if len(candidates) == 0 {
			continue
		}
		asked[object] = true
		for _, n := range candidates {
			asked[t.Name+"."+n] = true
		}
		d.ask(object, fmt.Sprintf("column %s has another definition, and %s: was it renamed, and its name given to another column?",
			object, these(candidates, "is new with the one that it had", "are new with the one that it had")),
			append(choice, Choice{o.Name + " is the same column, and keeps its values", "-rename " + Quote(object+"="+o.Name)})...)
	}
}

// spoken reports whether an answer says what values of a column become.
func (d *differ) spoken(t *schema.Table, column string) bool {
	_, filled := d.about(d.in.Answers.Fills, t.Name, column)
	_, converted := d.about(d.in.Answers.Converts, t.Name, column)
	return filled || converted
}

// grows reports whether a column only takes more than it did, as one that stays what it was: a longer text, a wider number, NULL, another default.
func grows(old *schema.Table, o *schema.Column, t *schema.Table, k *schema.Column) bool {
	return (o.Type == k.Type || (schema.SameFamily(o.Type, k.Type) || number(o.Type) && number(k.Type)) && !lossy(o.Type, k.Type)) &&
		(k.Nullable || !o.Nullable) && o.Identity == k.Identity && o.Collate == k.Collate && lost(old, o, t, k) == 0
}

// distance counts in what a new column differs from an old one.
func distance(old *schema.Table, o *schema.Column, t *schema.Table, n *schema.Column) int {
	d := lost(old, o, t, n)
	for _, differs := range []bool{o.Type != n.Type, o.Nullable != n.Nullable, o.Identity != n.Identity, o.Collate != n.Collate,
		(o.Default == nil) != (n.Default == nil) || o.Default != nil && *o.Default != *n.Default || o.DefaultExpr != n.DefaultExpr} {
		if differs {
			d++
		}
	}
	if !schema.SameFamily(o.Type, n.Type) {
		d += 2
	}
	return d
}

// lost counts the constraints and indexes of an old column that a new one lacks.
func lost(old *schema.Table, o *schema.Column, t *schema.Table, n *schema.Column) int {
	texts := func(t *schema.Table, c *schema.Column) []string {
		var all []string
		objects := objectsOf(t, c.Name).renamed(c.Name, "x_")
		objects.each(func(kind string, i int, _ *string) { all = append(all, objects.text(kind, i)) })
		return all
	}
	have, count := texts(t, n), 0
	for _, x := range texts(old, o) {
		if !slices.Contains(have, x) {
			count++
		}
	}
	return count
}
