package optimize

import (
	"maps"
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
)

// mergeRows returns the one op that does to rows what a and then b do, b right behind it; nil when that is nothing. An op deletes, updates and inserts in
// this order, so that what b does comes before inserts of a: where that might matter to the database they stay two, since the ops do not say
// which rows refer to which others, nor what is unique.
func mergeRows(a, b migrate.Rows) (migrate.Op, bool) {
	if a.Table != b.Table || !slices.Equal(a.Key, b.Key) || a.Declared != b.Declared || len(a.Release)+len(b.Release) > 0 {
		return nil, false
	}
	m := &rowsMerge{rows: migrate.Rows{Table: a.Table, Key: a.Key, Declared: a.Declared, Insert: slices.Clone(a.Insert), Update: slices.Clone(a.Update), Delete: slices.Clone(a.Delete)}}
	if anyMet(inserted(b.Update), a.Insert) || anyMet(left(a.Update), b.Delete) {
		return nil, false
	}
	for _, r := range b.Delete {
		if !m.delete(r) {
			return nil, false
		}
	}
	for i, u := range b.Update {
		if !m.update(u, len(a.Update), i) {
			return nil, false
		}
	}
	m.rows.Insert = append(m.rows.Insert, b.Insert...)
	m.rows.Update = slices.DeleteFunc(m.rows.Update, func(u migrate.RowUpdate) bool { return len(u.From)+len(u.To) == 0 })
	switch n := len(m.rows.Insert) + len(m.rows.Update) + len(m.rows.Delete); {
	case n == 0:
		return nil, true
	case n > migrate.MaxRows:
		return nil, false
	}
	return m.rows, true
}

type rowsMerge struct{ rows migrate.Rows }

// delete deletes a row that may have been inserted or updated before.
func (m *rowsMerge) delete(r migrate.Values) bool {
	if i := m.inserted(r); i >= 0 {
		m.rows.Insert = slices.Delete(m.rows.Insert, i, i+1)
		return true
	}
	if i := m.updated(r); i >= 0 {
		u := m.rows.Update[i]
		if !sameColumns(u) {
			return false
		}
		r = maps.Clone(r)
		maps.Copy(r, u.From)
		m.rows.Update = slices.Delete(m.rows.Update, i, i+1)
	}
	m.rows.Delete = append(m.rows.Delete, r)
	return true
}

// update updates a row that may have been inserted or updated before. An update of two is made when no other comes between them: another row may have
// got what this one had, or need what it gets.
func (m *rowsMerge) update(u migrate.RowUpdate, before, at int) bool {
	if i := m.inserted(u.Key); i >= 0 {
		if !sameColumns(u) {
			return false
		}
		r := maps.Clone(m.rows.Insert[i])
		maps.Copy(r, u.To)
		m.rows.Insert[i] = r
		return true
	}
	i := m.updated(u.Key)
	if i < 0 {
		m.rows.Update = append(m.rows.Update, u)
		return true
	}
	first := m.rows.Update[i]
	if i != before-1 || at != 0 || len(m.rows.Update) != before || !sameColumns(first) || !sameColumns(u) {
		return false
	}
	both := migrate.RowUpdate{Key: u.Key, From: maps.Clone(u.From), To: maps.Clone(first.To)}
	maps.Copy(both.From, first.From)
	maps.Copy(both.To, u.To)
	for c := range both.To {
		if sameValue(both.From[c], both.To[c]) {
			delete(both.From, c)
			delete(both.To, c)
		}
	}
	m.rows.Update[i] = both
	return true
}

func (m *rowsMerge) inserted(key migrate.Values) int {
	return slices.IndexFunc(m.rows.Insert, func(r migrate.Values) bool { return m.same(r, key) })
}

func (m *rowsMerge) updated(key migrate.Values) int {
	return slices.IndexFunc(m.rows.Update, func(u migrate.RowUpdate) bool { return m.same(u.Key, key) })
}

func (m *rowsMerge) same(a, b migrate.Values) bool {
	return !slices.ContainsFunc(m.rows.Key, func(c string) bool { return !sameValue(a[c], b[c]) })
}

func sameValue(a, b any) bool {
	x, ok := migrate.ValueText(a)
	y, is := migrate.ValueText(b)
	return ok == is && x == y
}

// sameColumns reports whether an update knows what the columns had that it writes, and writes all that it knows.
func sameColumns(u migrate.RowUpdate) bool {
	return len(u.From) == len(u.To) && !slices.ContainsFunc(slices.Collect(maps.Keys(u.From)), func(c string) bool { _, ok := u.To[c]; return !ok })
}

// inserted and left are the values that updates write, and those that they write over.
func inserted(updates []migrate.RowUpdate) (all []migrate.Values) {
	for _, u := range updates {
		all = append(all, u.To)
	}
	return all
}

func left(updates []migrate.RowUpdate) (all []migrate.Values) {
	for _, u := range updates {
		all = append(all, u.From)
	}
	return all
}

// anyMet reports whether a value of the one rows is also among those of the other ones, so that one may refer to the other. Truth values refer to nothing.
func anyMet(a, b []migrate.Values) bool {
	known := map[string]bool{}
	each := func(rows []migrate.Values, f func(text string) bool) bool {
		return slices.ContainsFunc(rows, func(r migrate.Values) bool {
			for _, v := range r {
				if _, truth := v.(bool); v == nil || truth {
					continue
				}
				if text, ok := migrate.ValueText(v); ok && f(text) {
					return true
				}
			}
			return false
		})
	}
	each(a, func(text string) bool { known[text] = true; return false })
	return each(b, func(text string) bool { return known[text] })
}
