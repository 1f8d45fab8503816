package diff

import (
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
)

// renames gives everything that stays its new name. What is dropped is gone by now; names that are swapped go through another one.
func (d *differ) renames() {
	d.createSchemas() // a rename may move a table into a new one
	pairs := map[string]string{}
	for n, o := range d.enumOf {
		pairs[o] = n
	}
	inOrder(pairs, func(name string) bool { return d.cur.Enum(name) != nil }, func(from, to string) {
		d.emit(migrate.RenameEnum{From: from, To: to})
	})
	for _, e := range d.new.Enums {
		for _, r := range d.valueRenames[e.Name] {
			d.emit(r)
		}
	}
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
	for _, t := range d.new.Tables {
		td := d.drop[t.Name]
		if td == nil {
			continue
		}
		cons := map[string]string{}
		for _, r := range td.renames {
			cons[r.From] = r.To
		}
		inOrder(cons, func(name string) bool { return d.hasConstraint(t.Name, name) }, func(from, to string) {
			d.emit(migrate.RenameConstraint{Table: t.Name, From: from, To: to})
		})
	}
	d.renameIndexes()
}

// renameIndexes looks at all tables at once, since names of indexes are shared by them.
func (d *differ) renameIndexes() {
	pairs, table := map[string]string{}, map[string]string{}
	for _, t := range d.new.Tables {
		if td := d.drop[t.Name]; td != nil {
			for _, r := range td.indexRenames {
				pairs[r.From], table[r.From] = r.To, t.Name
			}
		}
	}
	exists := func(name string) bool {
		for _, t := range d.cur.Tables {
			for _, x := range t.Indexes {
				if x.Name == name {
					return true
				}
			}
		}
		return false
	}
	inOrder(pairs, exists, func(from, to string) {
		d.emit(migrate.RenameIndex{Table: table[from], From: from, To: to})
		table[to] = table[from]
	})
}

func (d *differ) hasConstraint(table, name string) bool {
	t := d.cur.Table(table)
	if t.PrimaryKey != nil && t.PrimaryKey.Name == name {
		return true
	}
	for _, u := range t.Uniques {
		if u.Name == name {
			return true
		}
	}
	for _, c := range t.Checks {
		if c.Name == name {
			return true
		}
	}
	for _, f := range t.ForeignKeys {
		if f.Name == name {
			return true
		}
	}
	return false
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

// temporary gives a name for the time of a swap.
func temporary(name string) string {
	const end = "_modelgen_swap"
	for len(name)+len(end) > 63 {
		r := []rune(name)
		name = string(r[:len(r)-1])
	}
	return name + end
}
