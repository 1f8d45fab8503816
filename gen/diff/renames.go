package diff

import (
	"cmp"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// renames gives everything that stays its new name. What is dropped is gone by now; names that are swapped go through another one.
func (d *differ) renames() {
	d.createSchemas() // a rename may move a table into a new one
	pairs := map[string]string{}
	for n, o := range d.enumOf {
		pairs[o] = n
	}
	d.moveEnumsAway()
	inOrder(pairs, func(name string) bool { return d.cur.Enum(name) != nil }, func(from, to string) {
		d.emit(migrate.RenameEnum{From: from, To: to})
	})
	for _, e := range d.new.Enums {
		d.renameValues(e)
	}
	d.clearNames()
	inOrder(d.old2new, func(name string) bool { return d.cur.Table(name) != nil }, func(from, to string) {
		d.emit(migrate.RenameTable{From: from, To: to})
	})
	for _, t := range d.new.Tables {
		if d.oldCol[t.Name] == nil {
			continue
		}
		inOrder(d.oldCol[t.Name], func(name string) bool { return d.cur.Table(t.Name).Column(name) != nil }, func(from, to string) {
			d.emit(migrate.RenameColumn{Table: t.Name, From: from, To: to})
		})
	}
	d.renameObjects()
}

// moveEnumsAway gives enums that go, but only when no column has them any more, another name if theirs is given to another one.
func (d *differ) moveEnumsAway() {
	for _, e := range d.old.Enums {
		if o := d.enumOf[e.Name]; o != "" && o != e.Name && d.newEnum(e.Name) == "" {
			d.emit(migrate.RenameEnum{From: e.Name, To: temporary(e.Name)})
		}
	}
}

// objectRename is a new name for a constraint or an index. Tables have names of constraints of their own; unique and primary keys
// share another space of names with the indexes of their schema.
type objectRename struct {
	table, from, to   string
	index, constraint bool // which of the spaces it is in
}

// renameObjects gives constraints and indexes their new names, so that no name is taken when it is given.
func (d *differ) renameObjects() {
	var left []objectRename
	for _, t := range d.new.Tables {
		td := d.drop[t.Name]
		if td == nil {
			continue
		}
		for _, r := range td.renames {
			left = append(left, objectRename{t.Name, r.From, r.To, d.hasIndex(t.Name, r.From), true})
		}
		for _, r := range td.indexRenames {
			left = append(left, objectRename{t.Name, r.From, r.To, true, false})
		}
	}
	slices.SortFunc(left, func(a, b objectRename) int {
		if a.constraint != b.constraint {
			return map[bool]int{true: -1, false: 1}[a.constraint]
		}
		return cmp.Or(strings.Compare(a.table, b.table), strings.Compare(a.from, b.from))
	})
	rename := func(r objectRename, to string) {
		if r.constraint {
			d.emit(migrate.RenameConstraint{Table: r.table, From: r.from, To: to})
		} else {
			d.emit(migrate.RenameIndex{Table: r.table, From: r.from, To: to})
		}
	}
	for len(left) > 0 && d.bug == nil {
		i := slices.IndexFunc(left, func(r objectRename) bool {
			return !(r.index && d.hasIndex(r.table, r.to) || r.constraint && d.hasConstraint(r.table, r.to))
		})
		if i < 0 { // a ring
			tmp := temporary(left[0].from)
			rename(left[0], tmp)
			left[0].from = tmp
			continue
		}
		rename(left[i], left[i].to)
		left = slices.Delete(left, i, i+1)
	}
}

// hasIndex reports whether an index of the table's schema has the name, be it that of a unique constraint or a primary key.
func (d *differ) hasIndex(table, name string) bool {
	ns, _ := schema.SplitName(table)
	for _, t := range d.cur.Tables {
		if own, _ := schema.SplitName(t.Name); own != ns {
			continue
		}
		if t.PrimaryKey != nil && t.PrimaryKey.Name == name ||
			slices.ContainsFunc(t.Uniques, func(u schema.Unique) bool { return u.Name == name }) ||
			slices.ContainsFunc(t.Indexes, func(x schema.Index) bool { return x.Name == name }) {
			return true
		}
	}
	return false
}

func (d *differ) hasConstraint(table, name string) bool {
	t := d.cur.Table(table)
	return t.PrimaryKey != nil && t.PrimaryKey.Name == name ||
		slices.ContainsFunc(t.Uniques, func(u schema.Unique) bool { return u.Name == name }) ||
		slices.ContainsFunc(t.Checks, func(c schema.Check) bool { return c.Name == name }) ||
		slices.ContainsFunc(t.ForeignKeys, func(f schema.ForeignKey) bool { return f.Name == name })
}

// inOrder renames from -> to so that no name is taken when it is given: chains from their end, rings through a temporary name.
func inOrder(pairs map[string]string, exists func(string) bool, rename func(from, to string)) {
	var left []string
	to := map[string]string{}
	for f, t := range pairs {
		if f != t {
			left = append(left, f)
			to[f] = t
		}
	}
	slices.Sort(left)
	for len(left) > 0 {
		i := slices.IndexFunc(left, func(f string) bool { return !exists(to[f]) })
		if i < 0 {
			f := left[0]
			tmp := temporary(f)
			for exists(tmp) {
				tmp = temporary("_" + tmp)
			}
			rename(f, tmp)
			to[tmp] = to[f]
			left[0] = tmp
			if exists(f) {
				return // the rename failed; the caller knows
			}
			continue
		}
		f := left[i]
		rename(f, to[f])
		left = slices.Delete(left, i, i+1)
	}
}

// temporary returns a name for the time of a swap.
func temporary(name string) string {
	const end = "_modelgen_swap"
	for len(name)+len(end) > 63 {
		r := []rune(name)
		name = string(r[:len(r)-1])
	}
	return name + end
}
