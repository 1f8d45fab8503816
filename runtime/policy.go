package migrate

import (
	"fmt"
	"slices"
)

// writable says whether history and set fit together well enough to change the database.
func (h *history) writable(moves []move) error {
	var problems []string
	var next string
	say := func(command, problem string) { problems, next = append(problems, problem), command }
	var unknown []string
	for _, u := range h.unknown {
		if !u.named {
			unknown = append(unknown, h.set.labelOf(u.set, u.Name))
		}
	}
	if len(unknown) > 0 && h.opt.Unknown == Refuse {
		say("run the newer program, or allow it with -allow-unknown (Options.Unknown); rows whose migrations were deleted on purpose go with prune",
			"the database has migrations that this program does not know: "+some(unknown))
	}
	if len(h.edited) > 0 && h.opt.Edited == Refuse {
		say("undo the edit and write a new migration, or accept it with -allow-edited (Options.Edited)", "changed since they were applied: "+some(h.labels(h.edited)))
	}
	if half := h.halfEdited(); len(half) > 0 {
		say("restore its file as it was then and finish it with up; the change belongs into a new migration", "edited while it was half applied: "+some(h.labels(half)))
	}
	for _, set := range h.set.sets() {
		back := func(mv move) bool { return mv.back && h.set.all[mv.at].set == set }
		if names := h.foreign[set]; len(names) > 0 && slices.ContainsFunc(moves, back) {
			say("go back with the program of "+set+", which knows them", "the database has migrations of "+set+" that this program does not know: "+some(names))
		}
	}
	if late := h.late(moves); len(late) > 0 && h.opt.OutOfOrder == Refuse {
		say("look at plan, then apply them with -allow-out-of-order (Options.OutOfOrder)", "pending although later ones are applied: "+some(h.labels(late)))
	}
	for _, l := range h.lost {
		say("restore the files of those from version control and apply them, then go on", l)
	}
	coming := map[int]bool{}
	for _, mv := range moves {
		coming[mv.at] = !mv.back
	}
	for i := range h.applied {
		if h.row[i] == nil || h.retired(i) {
			continue
		}
		for _, p := range h.set.all[i].Parents {
			if at := h.set.at[p]; !h.applied[at] && !coming[at] && !h.standsIn(at) {
				label := h.set.label(at)
				say("apply the parent with to "+label+", or record it with fake "+label, fmt.Sprintf("%s is applied, its parent %s is not", h.set.label(i), label))
			}
		}
	}
	for _, mv := range moves {
		r, label := h.row[mv.at], h.set.label(mv.at)
		switch {
		case r == nil && !mv.back && h.retired(mv.at):
			say("restore a backup, or go back to before it", label+" cannot be applied: another migration that replaces it is applied in its place")
		case r == nil:
		case r.State == StateUndoing && !mv.back:
			say("finish with down", fmt.Sprintf("%s was being undone and stopped after %d stages", label, r.Stage))
		case r.State == StateRunning && mv.back:
			say("finish with up, then go back", fmt.Sprintf("%s was being applied and stopped after %d stages", label, r.Stage))
		}
	}
	if len(problems) == 0 {
		return nil
	}
	return &HistoryError{h.set.name, problems, next}
}

// standsIn tells whether one that replaces migration i is applied.
func (h *history) standsIn(i int) bool {
	for _, squash := range h.set.all[i].by {
		if h.applied[squash] {
			return true
		}
	}
	// One that is only to be recorded is not applied yet, but what it replaces is.
	return h.adopt[i] && h.allApplied(h.set.all[i].members)
}

func (h *history) allApplied(list []int) bool {
	for _, i := range list {
		if !h.applied[i] && !h.adopt[i] {
			return false
		}
	}
	return true
}

// late gives those that a later one of their set has overtaken.
func (h *history) late(moves []move) []int {
	last := map[string]int{}
	for i := range h.applied {
		if h.row[i] != nil && !h.retired(i) {
			last[h.set.all[i].set] = i
		}
	}
	var late []int
	for _, mv := range moves {
		if newest, ok := last[h.set.all[mv.at].set]; ok && !mv.back && !mv.adopt && mv.at < newest && h.row[mv.at] == nil {
			late = append(late, mv.at)
		}
	}
	return late
}

func (h *history) labels(list []int) []string {
	out := make([]string, len(list))
	for i, at := range list {
		out[i] = h.set.label(at)
	}
	return out
}
