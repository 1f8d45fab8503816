package migrate

import (
	"context"
	"slices"
)

// history is what the database knows, laid beside the set.
type history struct {
	set     *Set
	opt     *Options
	rows    map[string][]Record // by set, in the order in which they were begun
	row     []*Record           // by position in the set
	applied []bool              // by position; those on their way, and those that one in their place stands for, included
	out     []bool              // another one stands for it: it is not to be applied
	adopt   []bool              // what it replaces is applied, or is about to be: it is only recorded
	whole   []bool              // all that it replaces is applied
	lost    []string            // problems of squashes that cannot be got on with
	unknown []unknownRow
	foreign map[string][]string // names that are not known in sets that this one only needs something of, by set
	edited  []int               // those whose ops have changed since
	aim     []int               // the migration that the way goes to, where one was named
}

// unknownRow is a row that the set does not know.
type unknownRow struct {
	Record
	set      string
	named    bool // a migration names it among those that it replaces
	replaced bool // and that one is applied
}

// move is one migration on the way.
type move struct {
	at    int
	back  bool
	fake  bool // recorded only
	adopt bool // recorded because what it replaces is there
}

func (r *Record) complete() bool { return r.State == StateDone || r.State == StateFaked }

// history reads all rows and compares the hashes of what is applied with the set.
func (m *Migrator) history(ctx context.Context, s Session) (*history, error) {
	if err := m.set.Err(); err != nil {
		return nil, err
	}
	return m.compare(ctx, s, s.History, func(string, []Record) bool { return true })
}

// plainHistory is history where nothing of it asks for a decision, which is nearly always: its rows are those of migrations as they are in the set, and nothing but
// their names and hashes is known. nil is a history that has to be read as a whole.
func (m *Migrator) plainHistory(ctx context.Context, s Session) (*history, error) {
	brief, ok := s.(BriefHistory)
	if err := m.set.Err(); err != nil || !ok {
		return nil, err
	}
	h, err := m.compare(ctx, s, func(ctx context.Context, set string) (rows []Record, err error) {
		if ok {
			var all bool
			rows, all, err = brief.Brief(ctx, set)
			ok = all && err == nil
		}
		return rows, err
	}, func(string, []Record) bool { return true })
	if !ok || err != nil || len(h.edited)+len(h.unknown)+len(h.foreign)+len(h.lost) > 0 {
		return nil, err
	}
	return h, nil
}

// overview is history without the hashes and the replay of migrations whose list has a fingerprint that says the same as the newest row.
func (m *Migrator) overview(ctx context.Context, s Session) (*history, error) {
	if err := m.set.arranged(); err != nil {
		return nil, err
	}
	return m.compare(ctx, s, s.History, func(set string, rows []Record) bool { return len(rows) == 0 || !m.isCurrent(set, &rows[len(rows)-1]) })
}

// compare reads all rows, and compares the hashes of those sets for which hashed says yes.
func (m *Migrator) compare(ctx context.Context, s Session, read func(context.Context, string) ([]Record, error), hashed func(set string, rows []Record) bool) (*history, error) {
	n := len(m.set.all)
	h := &history{set: m.set, opt: &m.opt, rows: map[string][]Record{}, foreign: map[string][]string{}, row: make([]*Record, n), applied: make([]bool, n), out: make([]bool, n), adopt: make([]bool, n), whole: make([]bool, n)}
	replaced := map[key]int{} // names without a migration
	for i, node := range m.set.all {
		for _, name := range node.gone {
			replaced[key{node.set, name}] = i
		}
	}
	for _, set := range m.set.sets() {
		rows, err := read(ctx, set)
		if err != nil {
			return nil, redacted{err}
		}
		h.rows[set] = rows
		hashed := hashed(set, rows)
		var others []int // rows without a migration
		for i := range rows {
			at, ok := m.set.index[key{set, rows[i].Name}]
			if !ok {
				others = append(others, i)
				continue
			}
			h.applied[at], h.row[at] = true, &rows[i]
			if hashed && rows[i].Hash != m.set.hash(at) {
				h.edited = append(h.edited, at)
			}
		}
		for _, i := range others {
			if !slices.Contains(m.set.members, set) { // of another set only what is needed is known here
				h.foreign[set] = append(h.foreign[set], rows[i].Name)
				continue
			}
			at, ok := replaced[key{set, rows[i].Name}]
			h.unknown = append(h.unknown, unknownRow{rows[i], set, ok, ok && h.row[at] != nil})
		}
	}
	slices.Sort(h.edited)
	for i, node := range m.set.all {
		if len(node.Replaces) > 0 {
			h.squash(i)
		}
	}
	return h, nil
}

// sets returns the names of all sets of which there are migrations.
func (s *Set) sets() []string {
	all := slices.Clone(s.members)
	for _, n := range s.all {
		if !slices.Contains(all, n.set) {
			all = append(all, n.set)
		}
	}
	return all
}

// squash finds out whether a migration that replaces others stands for them here. Those of it that replace others themselves come before
// it in the order, so they are decided.
func (h *history) squash(i int) {
	n := h.set.all[i]
	if h.row[i] != nil {
		h.retire(i)
		return
	}
	var there, missing []string
	done := 0
	for _, name := range n.Replaces {
		at, ok := h.set.index[key{n.set, name}]
		switch {
		case ok && (h.row[at] != nil || h.adopt[at]), !ok && h.hasRow(n.set, name):
			there = append(there, name)
			if !ok || h.whole[at] || h.row[at] != nil && h.row[at].complete() {
				done++
			}
		case !ok:
			missing = append(missing, name)
		}
	}
	if len(there) == 0 {
		h.retire(i)
		return
	}
	h.adopt[i], h.whole[i] = true, done == len(n.Replaces)
	if len(missing) > 0 {
		h.lost = append(h.lost, n.Name+" replaces "+some(missing)+", not applied and no longer in the program, and "+some(there)+", applied")
	}
}

// retire takes out what a migration replaces.
func (h *history) retire(i int) {
	for _, m := range h.set.all[i].members {
		h.out[m], h.applied[m], h.adopt[m] = true, h.row[i] != nil, false
	}
}

// reopen lets those that a migration replaces be applied and undone one by one again, for a way that ends among them.
func (h *history) reopen(at int) {
	for _, squash := range h.set.all[at].by {
		for _, m := range h.set.all[squash].members {
			h.out[m] = false
			h.applied[m] = h.row[m] != nil
		}
		h.adopt[squash], h.whole[squash] = true, false
	}
}

// beyond names the rows that the program does not know, and that nothing it has replaces.
func (h *history) beyond() (all []string) {
	for _, u := range h.unknown {
		if !u.named {
			all = append(all, h.set.labelOf(u.set, u.Name))
		}
	}
	return all
}

func (h *history) hasRow(set, name string) bool {
	return slices.ContainsFunc(h.rows[set], func(r Record) bool { return r.Name == name })
}

// replacedBy reports whether a row that has no migration any more is one of those that migration i replaces.
func (h *history) replacedBy(u unknownRow, i int) bool {
	return h.set.all[i].set == u.set && slices.Contains(h.set.all[i].gone, u.Name)
}

// empty tells that nothing of the set was ever applied here.
func (h *history) empty() bool {
	for _, rows := range h.rows {
		if len(rows) > 0 {
			return false
		}
	}
	return true
}

// digest is that of the rows of one set, in any order, without those that another one stands for.
func (h *history) digest(set string) digest {
	var d digest
	for _, r := range h.rows[set] {
		if at, ok := h.set.index[key{set, r.Name}]; ok && h.retired(at) {
			continue
		} else if ok && r.Hash == h.set.hash(at) {
			d = d.and(h.set.sum(at))
			continue
		} else if !ok && slices.ContainsFunc(h.unknown, func(u unknownRow) bool { return u.set == set && u.Name == r.Name && u.replaced }) {
			continue
		}
		d = d.with(r.Name, r.Hash)
	}
	return d
}

// retired tells that a row does not count because another one does.
func (h *history) retired(at int) bool {
	return slices.ContainsFunc(h.set.all[at].by, func(squash int) bool { return h.row[squash] != nil })
}

// pending returns the positions of what is not applied, or not completely.
func (h *history) pending() []int {
	var p []int
	for i := range h.applied {
		if !h.out[i] && (h.row[i] == nil || !h.row[i].complete()) {
			p = append(p, i)
		}
	}
	return p
}

// up returns the way to the heads of all members.
func (h *history) up() ([]move, error) { return h.forward(-1) }

// forward returns the way to a migration and all its ancestors; -1 is to all of the set's own.
func (h *history) forward(at int) ([]move, error) {
	need := make([]bool, len(h.set.all))
	for i, n := range h.set.all {
		need[i] = at < 0 && n.own
	}
	if at >= 0 {
		need[at], h.aim = true, []int{at}
	}
	for i := len(need) - 1; i >= 0; i-- {
		for _, b := range h.set.all[i].before {
			need[b] = need[b] || need[i]
		}
	}
	var moves []move
	for _, i := range h.pending() {
		if need[i] {
			adopt := h.adopt[i] && h.row[i] == nil
			moves = append(moves, move{at: i, fake: adopt, adopt: adopt})
		}
	}
	return moves, nil
}

// to returns the way to a target, forward or back.
func (h *history) to(t target) ([]move, error) {
	if t.at >= 0 && len(h.set.all[t.at].by) > 0 {
		h.reopen(t.at)
	}
	if t.at >= 0 && (!h.applied[t.at] || h.row[t.at] != nil && !h.row[t.at].complete()) {
		return h.forward(t.at)
	}
	var moves []move
	for i := len(h.applied) - 1; i > t.at; i-- {
		if h.row[i] == nil || h.out[i] || t.at >= 0 && !h.set.ancestors(i)[t.at] || t.at < 0 && !h.belongs(i, t.set) {
			continue
		}
		adopt := h.adopt[i] // what it replaces is undone one by one
		moves = append(moves, move{at: i, back: true, fake: adopt, adopt: adopt})
	}
	return moves, nil
}

// belongs reports whether migration i must go when all of a set goes: it is of it, or needs something of it. "" is all that is own.
func (h *history) belongs(i int, set string) bool {
	if set == "" {
		return h.set.all[i].own
	}
	for a, needed := range h.set.ancestors(i) {
		if needed && h.set.all[a].set == set {
			return true
		}
	}
	return false
}

// back returns the way of n steps back: what is half applied or half undone first, then the newest that are applied.
func (h *history) back(n int) ([]move, error) {
	var half, moves []move
	for i := len(h.applied) - 1; i >= 0; i-- {
		switch {
		case h.row[i] == nil || h.out[i] || !h.set.all[i].own:
		case !h.row[i].complete():
			half = append(half, move{at: i, back: true})
		default:
			moves = append(moves, move{at: i, back: true})
		}
	}
	moves = append(half, moves...)
	return moves[:min(n, len(moves))], nil
}

// names returns the names of the moves.
func (h *history) names(moves []move) []string {
	out := make([]string, len(moves))
	for i, mv := range moves {
		out[i] = h.set.label(mv.at)
	}
	return out
}
