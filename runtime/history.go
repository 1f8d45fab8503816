package migrate

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// history is what the database knows, laid beside the set.
type history struct {
	set     *Set
	opt     *Options
	rows    []Record // in the order in which they were begun
	applied []bool   // by position in the set; those on their way included
	row     []*Record
	unknown []string // rows that the set does not know
	edited  []string // rows whose ops have changed since
}

// move is one migration on the way.
type move struct {
	at   int
	back bool
	fake bool
}

func (r *Record) complete() bool { return r.State == StateDone || r.State == StateFaked }

func (m *Migrator) history(ctx context.Context, s Session) (*history, error) {
	rows, err := s.History(ctx, m.set.name)
	if err != nil {
		return nil, redacted{err}
	}
	n := len(m.set.all)
	h := &history{set: m.set, opt: &m.opt, rows: rows, applied: make([]bool, n), row: make([]*Record, n)}
	for i := range rows {
		at, ok := m.set.index[rows[i].Name]
		if !ok {
			h.unknown = append(h.unknown, rows[i].Name)
			continue
		}
		h.applied[at], h.row[at] = true, &rows[i]
		if rows[i].Hash != m.set.hash(at) {
			h.edited = append(h.edited, rows[i].Name)
		}
	}
	return h, nil
}

// digest is that of all rows, in any order.
func (h *history) digest() digest {
	var d digest
	for _, r := range h.rows {
		d = d.with(r.Name, r.Hash)
	}
	return d
}

// pending gives the positions of what is not applied, or not completely.
func (h *history) pending() []int {
	var p []int
	for i := range h.applied {
		if !h.applied[i] || !h.row[i].complete() {
			p = append(p, i)
		}
	}
	return p
}

// forward gives the way to a migration and all its ancestors.
func (h *history) forward(at int) ([]move, error) {
	need := h.set.ancestors(at)
	var moves []move
	for _, i := range h.pending() {
		if need[i] {
			moves = append(moves, move{at: i})
		}
	}
	return moves, nil
}

// to gives the way to a migration, forward or back; -1 is before the first one.
func (h *history) to(at int) ([]move, error) {
	if at >= 0 && (!h.applied[at] || h.row[at].State == StateRunning) {
		return h.forward(at)
	}
	var moves []move
	for i := len(h.applied) - 1; i > at; i-- {
		if h.applied[i] && (at < 0 || h.set.ancestors(i)[at]) {
			moves = append(moves, move{at: i, back: true})
		}
	}
	return moves, nil
}

// back gives the way of one step back.
func (h *history) back() ([]move, error) {
	for i := len(h.applied) - 1; i >= 0; i-- {
		if h.applied[i] {
			return []move{{at: i, back: true}}, nil
		}
	}
	return nil, nil
}

// writable says whether history and set fit together well enough to change the database.
func (h *history) writable(moves []move) error {
	var problems []string
	var next string
	if len(h.unknown) > 0 && h.opt.Unknown == Refuse {
		problems = append(problems, "the database has migrations that this program does not know: "+some(h.unknown))
		next = "run the newer program, or allow it with -allow-unknown (Options.Unknown)"
	}
	if len(h.edited) > 0 && h.opt.Edited == Refuse {
		problems = append(problems, "changed since they were applied: "+some(h.edited))
		next = "undo the edit and write a new migration, or accept it with -allow-edited (Options.Edited)"
	}
	late := h.late(moves)
	if len(late) > 0 && h.opt.OutOfOrder == Refuse {
		problems = append(problems, "pending although later ones are applied: "+some(late))
		next = "look at plan, then apply them with -allow-out-of-order (Options.OutOfOrder)"
	}
	coming := map[int]bool{}
	for _, mv := range moves {
		coming[mv.at] = !mv.back
	}
	for i, on := range h.applied {
		if !on {
			continue
		}
		for _, p := range h.set.all[i].Parents {
			if at := h.set.index[p.Name]; !h.applied[at] && !coming[at] {
				problems = append(problems, fmt.Sprintf("%s is applied, its parent %s is not", h.set.all[i].Name, p.Name))
				next = "apply the parent with to " + p.Name + ", or record it with fake " + p.Name
			}
		}
	}
	for _, mv := range moves {
		if r := h.row[mv.at]; r != nil && r.State == StateUndoing && !mv.back {
			problems = append(problems, fmt.Sprintf("%s was being undone and stopped after %d stages", r.Name, r.Stage))
			next = "finish with down"
		} else if r != nil && r.State == StateRunning && mv.back {
			problems = append(problems, fmt.Sprintf("%s was being applied and stopped after %d stages", r.Name, r.Stage))
			next = "finish with up, then go back"
		}
	}
	if len(problems) == 0 {
		return nil
	}
	return &HistoryError{h.set.name, problems, next}
}

// late gives those that a later one has overtaken.
func (h *history) late(moves []move) []string {
	last := -1
	for i, on := range h.applied {
		if on {
			last = i
		}
	}
	var late []string
	for _, mv := range moves {
		if !mv.back && mv.at < last && h.row[mv.at] == nil {
			late = append(late, h.set.all[mv.at].Name)
		}
	}
	return late
}

// ancestors tells for every position whether it is needed by at, itself included.
func (s *Set) ancestors(at int) []bool {
	need := make([]bool, len(s.all))
	need[at] = true
	for i := at; i >= 0; i-- {
		if need[i] {
			for _, p := range s.all[i].Parents {
				need[s.index[p.Name]] = true
			}
		}
	}
	return need
}

// find resolves the name of a migration, or a beginning of it, to its position; "zero" is -1.
func (s *Set) find(target string) (int, error) {
	if target == "zero" {
		return -1, nil
	}
	if i, ok := s.index[target]; ok {
		return i, nil
	}
	var begin []string
	for _, m := range s.all {
		if target != "" && strings.HasPrefix(m.Name, target) {
			begin = append(begin, m.Name)
		}
	}
	switch len(begin) {
	case 1:
		return s.index[begin[0]], nil
	case 0:
		return 0, &UnknownTargetError{Target: target, Near: s.near(target)}
	}
	return 0, &UnknownTargetError{Target: target, Near: begin, Many: true}
}

// near gives the names that share most with a word that is none of them.
func (s *Set) near(word string) []string {
	var near []string
	for _, m := range s.all {
		if word != "" && (strings.Contains(m.Name, word) || distance(word, m.Name) <= 3) {
			near = append(near, m.Name)
		}
	}
	if len(near) == 0 && len(s.all) > 0 {
		near = append(near, s.all[len(s.all)-1].Name)
	}
	return near[:min(len(near), 3)]
}

// distance is the edit distance of two words.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		prev := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := prev
			if a[i] != b[j] {
				cost++
			}
			prev = row[j+1]
			row[j+1] = min(cost, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}

// names gives the names of the moves.
func (h *history) names(moves []move) []string {
	out := make([]string, len(moves))
	for i, mv := range moves {
		out[i] = h.set.all[mv.at].Name
	}
	return slices.Clip(out)
}
