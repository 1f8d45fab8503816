package diff

import (
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// pair finds for every new table and column the old one that it is, by answers, then hints, then names.
func (d *differ) pair() {
	d.pair2old = map[string]string{}
	d.cols = map[string]map[string]string{}
	d.enumOf = map[string]string{}
	answers := d.parseRenames()
	d.pairTables(answers)
	d.pairEnums(answers)
	for _, t := range d.new.Tables {
		if old := d.pair2old[t.Name]; old != "" {
			d.pairColumns(t, d.old.Table(old), answers)
		}
	}
	d.renameAnswers = answers
}

// checkRenames refuses -rename answers that nothing was made of.
func (d *differ) checkRenames() {
	for _, a := range d.renameAnswers {
		if d.spent["-rename "+a.flag] {
			continue
		}
		what := a.from
		if a.table != "" {
			what = a.table + "." + a.from
		}
		old, new := d.old.Table(a.table), d.new.Table(a.table)
		if old == nil && new != nil {
			old = d.old.Table(d.pair2old[a.table])
		} else if new == nil && old != nil {
			new = d.new.Table(d.old2new[a.table])
		}
		switch {
		case a.table == "" && d.new.Table(a.to) == nil && d.new.Enum(a.to) == nil:
			d.fail(what, "-rename %s: the models have no table %s%s", a.flag, a.to, near(a.to, names(d.new.Tables)))
		case a.table != "" && old == nil && new == nil && !d.hasValues(a.table):
			d.fail(a.table, "-rename %s: there is no table %s%s", a.flag, a.table, near(a.table, names(d.old.Tables)))
		case old != nil && old.Column(a.from) == nil:
			d.fail(what, "-rename %s: %s is not in the snapshot%s", a.flag, what, near(a.from, old.ColumnNames()))
		case new != nil && new.Column(a.to) == nil:
			d.fail(what, "-rename %s: %s is not in the models%s", a.flag, a.to, near(a.to, new.ColumnNames()))
		default:
			d.fail(what, "-rename %s: %s is not in the snapshot, or %s is not in the models", a.flag, what, a.to)
		}
	}
}

// matching pairs new names with old ones: by answers, by hints that still act, by equal names.
type matching struct {
	d       *differ
	old     []string
	new     []string
	was     map[string]string // hints of new names
	usedUp  map[string]string // hints that the snapshot remembers, by old name
	answers []rename
	object  func(name string) string // for messages
	exists  string                   // what an old name is: "table", "column"
	stay    bool                     // equal names stay, whatever -drop says
	asked   *schema.Table            // the old table that it is asked about whether this one has become of it, nil when it is not
	values  string                   // the owner, of values: any text is the name of one, "" too
}

// answer returns the flag that says that one has become the other.
func (m matching) answer(from, to string) string {
	if m.values != "" {
		return valueRename(m.values, from, to)
	}
	return "-rename " + Quote(m.object(from)+"="+to)
}

// hint returns the hint of a name, and whether it has one.
func (m matching) hint(name string) (string, bool) {
	w, ok := m.was[name]
	return w, ok && (w != "" || m.values != "")
}

func (m matching) run() map[string]string {
	pairs := map[string]string{} // new -> old
	taken := map[string]string{} // old -> new
	isOld := map[string]bool{}
	isNew := map[string]bool{}
	for _, n := range m.old {
		isOld[n] = true
	}
	for _, n := range m.new {
		isNew[n] = true
	}
	take := func(oldName, newName, why string) {
		if other, ok := taken[oldName]; ok && other != newName {
			m.d.fail(m.object(newName), "both %s and %s claim to have been %s %s", other, newName, m.exists, oldName)
			return
		}
		if other, ok := pairs[newName]; ok && other != oldName {
			m.d.fail(m.object(newName), "%s says that it was %s, but %s is given as well", why, oldName, other)
			return
		}
		pairs[newName], taken[oldName] = oldName, newName
	}
	for _, a := range m.answers {
		if isOld[a.from] && isNew[a.to] {
			take(a.from, a.to, "-rename "+a.flag)
			m.d.spend("-rename " + a.flag)
			m.d.use("-rename " + Quote(a.flag))
		}
	}
	m.hints(pairs, isOld, isNew, take)
	for _, n := range m.new {
		_, paired := pairs[n]
		if _, gone := taken[n]; !paired && !gone && isOld[n] && (m.stay || !m.d.dropped(m.object(n))) {
			take(n, n, "its name")
		}
	}
	return pairs
}

// hints lets those hints act that have not been used up.
func (m matching) hints(pairs map[string]string, isOld, isNew map[string]bool, take func(oldName, newName, why string)) {
	source := map[string]bool{} // old names that go somewhere by a hint or an answer
	for _, o := range pairs {
		source[o] = true
	}
	active := map[string]bool{}
	for _, n := range m.new {
		w, hinted := m.hint(n)
		_, paired := pairs[n]
		u, remembered := m.usedUp[n]
		switch {
		case !hinted || w == n:
		case remembered && u == w && isOld[n], isOld[n] && !isOld[w]:
			m.d.stale = append(m.d.stale, m.object(n))
		case !isOld[w]:
			if len(m.old) > 0 && !paired && !(m.asked != nil && m.asked.Column(w) != nil) {
				m.d.fail(m.object(n), "was:%s: the snapshot has no %s %s%s", w, m.exists, w, near(w, m.old))
			}
		default:
			active[n] = true
			source[w] = true
		}
	}
	for _, n := range m.new {
		if !active[n] {
			continue
		}
		w, _ := m.hint(n)
		if _, paired := pairs[n]; isOld[n] && !paired && !source[n] {
			if _, hinted := m.hint(w); isNew[w] && !hinted {
				m.d.open = append(m.d.open, m.object(n), m.object(w))
				m.d.questions = append(m.d.questions, Question{
					Object: m.object(n),
					Text:   m.object(n) + " has was:" + w + ", but the snapshot knows both " + n + " and " + w + ": did " + w + " become " + n + "?",
					Choice: []Choice{{"renamed, and the old " + n + " goes", m.answer(w, n)}, {"no: take was:" + w + " out of the tag", ""}},
				})
				continue
			}
		}
		take(w, n, "was:"+w)
	}
}

func (d *differ) pairTables(answers []rename) {
	m := matching{d: d, was: map[string]string{}, usedUp: map[string]string{}, object: func(n string) string { return n }, exists: "table"}
	for _, t := range d.old.Tables {
		m.old = append(m.old, t.Name)
		m.usedUp[t.Name] = t.Was
	}
	for _, t := range d.new.Tables {
		m.new = append(m.new, t.Name)
		m.was[t.Name] = qualifyLike(t.Name, t.Was, d.old)
	}
	for _, a := range answers {
		if a.table == "" {
			m.answers = append(m.answers, a)
		}
	}
	d.pair2old = m.run()
	paired := map[string]bool{}
	for _, o := range d.pair2old {
		paired[o] = true
	}
	for _, t := range d.old.Tables {
		if !paired[t.Name] {
			d.gone = append(d.gone, t.Name)
			d.dropped(t.Name)
		}
	}
	for _, t := range d.new.Tables {
		if d.pair2old[t.Name] == "" {
			d.made = append(d.made, t.Name)
		}
		if strings.EqualFold(t.Name, migrate.DefaultHistory) && d.old.Table(t.Name) == nil {
			d.fail(t.Name, "table %s is where migrations are recorded: give the model another one", t.Name)
		}
	}
}

// qualifyLike lets was:invoices on billing.bills mean billing.invoices when there is no plain invoices.
func qualifyLike(name, was string, old *schema.Schema) string {
	if ns, base := schema.SplitName(name); was != "" && was != base && ns != "" && !strings.Contains(was, ".") && old.Table(was) == nil && old.Table(ns+"."+was) != nil {
		return ns + "." + was
	}
	return was
}

func (d *differ) pairColumns(t, old *schema.Table, answers []rename) {
	if len(answers)+len(d.in.Answers.Drops) == 0 && t.Was == "" && slices.EqualFunc(t.Columns, old.Columns, func(c, o schema.Column) bool { return c.Name == o.Name && c.Was == "" }) {
		d.cols[t.Name] = make(map[string]string, len(t.Columns)) // mostly
		for _, c := range t.Columns {
			d.cols[t.Name][c.Name] = c.Name
		}
		return
	}
	m := matching{d: d, was: map[string]string{}, usedUp: map[string]string{}, exists: "column",
		object: func(n string) string { return t.Name + "." + n }}
	if t.Was != old.Name && slices.Contains(d.open, t.Name) {
		m.asked = d.old.Table(t.Was)
	}
	for _, c := range old.Columns {
		m.old = append(m.old, c.Name)
		m.usedUp[c.Name] = c.Was
	}
	for _, c := range t.Columns {
		m.new = append(m.new, c.Name)
		m.was[c.Name] = c.Was
	}
	for _, a := range answers {
		if a.table == t.Name || a.table == old.Name && d.free(old.Name) {
			m.answers = append(m.answers, a)
		}
	}
	d.cols[t.Name] = m.run()
	kept := map[string]bool{}
	for _, o := range d.cols[t.Name] {
		kept[o] = true
	}
	for _, c := range old.Columns {
		if !kept[c.Name] {
			d.dropped(t.Name + "." + c.Name)
			if old.Name != t.Name && d.free(old.Name) {
				d.dropped(old.Name + "." + c.Name)
			}
		}
	}
}

// isDropAnswered reports whether a -drop was given for an old column, under either name of its table.
func (d *differ) isDropAnswered(t, old, column string) bool {
	return slices.Contains(d.in.Answers.Drops, t+"."+column) || d.free(old) && slices.Contains(d.in.Answers.Drops, old+"."+column)
}
