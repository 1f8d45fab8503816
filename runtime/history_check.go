package migrate

import (
	"fmt"
	"slices"
	"strings"
)

// movedTo returns the pending migration that a row seems to be of that the set does not know: it has another number and the same words behind it. -1 is none.
func (h *history) movedTo(u unknownRow) int {
	words := func(name string) string { return strings.TrimLeft(name, "0123456789") }
	return slices.IndexFunc(h.set.all, func(n node) bool {
		return !u.named && n.own && n.set == u.set && n.Name != u.Name && words(n.Name) == words(u.Name) && words(n.Name) != "" && h.row[h.set.at[n.Migration]] == nil
	})
}

// parentFirst returns the command for what is to be applied before migration i can be recorded, "" for none.
func (h *history) parentFirst(i int) string {
	for _, p := range h.set.all[i].Parents {
		if at := h.set.at[p]; !h.applied[at] {
			return ", then up -to " + h.set.label(at)
		}
	}
	return ""
}

// writable says whether history and set fit together well enough to change the database.
func (h *history) writable(moves []move) error {
	var problems, next []string
	say := func(command, problem string) {
		problems = append(problems, problem)
		if !slices.Contains(next, command) {
			next = append(next, command)
		}
	}
	allow := "" // the flags that a command needs which is named for something else
	var unknown []string
	for _, u := range h.unknown {
		if !u.named {
			unknown = append(unknown, h.set.labelOf(u.set, u.Name))
		}
	}
	if len(unknown) > 0 && h.opt.Unknown == PolicyRefuse {
		allow += " -allow-unknown"
		say("run the newer program, or allow it with -allow-unknown (Options.Unknown)\nif they were deleted on purpose, forget their rows with prune",
			"the database has migrations that this program does not know: "+some(unknown))
		for _, u := range h.unknown {
			if i := h.movedTo(u); i >= 0 {
				next = append(next, fmt.Sprintf("if modelgen rebase has moved %[1]s, which is %[2]s now: prune %[1]s%[3]s, then fake %[2]s", h.set.labelOf(u.set, u.Name), h.set.label(i), h.parentFirst(i)))
			}
		}
	}
	back := func(i int) bool { // what is done of it is looked at by its stages, and its record needs no file
		return slices.ContainsFunc(moves, func(mv move) bool { return mv.at == i && (mv.back || mv.fake) })
	}
	half := slices.DeleteFunc(h.halfEdited(), back)
	edited := slices.DeleteFunc(slices.Clone(h.edited), func(i int) bool { return !h.row[i].complete() && !slices.Contains(half, i) })
	if len(edited) > 0 && h.opt.Edited == PolicyRefuse {
		allow += " -allow-edited"
		say("undo the edit and write a new migration, or accept it with -allow-edited (Options.Edited)", "changed since they were applied: "+some(h.labels(edited)))
	}
	if len(half) > 0 {
		say("take back what is done of it with down, or restore its file as it was then and finish it with up", "edited while it was half applied: "+some(h.labels(half)))
	}
	for _, set := range h.set.sets() {
		leaves := func(mv move) bool { return mv.back && h.set.all[mv.at].set == set }
		if names := h.foreign[set]; len(names) > 0 && slices.ContainsFunc(moves, leaves) {
			say("go back with the program of "+set+", which knows them", "the database has migrations of "+set+" that this program does not know: "+some(names))
		}
	}
	if h.opt.OutOfOrder == PolicyRefuse {
		allow += " -allow-out-of-order"
	}
	if late := h.late(moves); len(late) > 0 && h.opt.OutOfOrder == PolicyRefuse {
		// They may well have been applied, and their rows are gone.
		say("look at plan, then apply them with -allow-out-of-order (Options.OutOfOrder)\nwhat is in the database already is recorded with fake "+
			h.set.label(late[len(late)-1])+allow, "pending although later ones are applied: "+some(h.labels(late)))
	}
	for _, l := range h.lost {
		say("restore the files of those from version control, then run up", l)
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
				say("apply the parent with up -to "+label+allow+", or record it with fake "+label+allow, fmt.Sprintf("%s is applied, its parent %s is not", h.set.label(i), label))
			}
		}
	}
	for _, mv := range moves {
		r, label := h.row[mv.at], h.set.label(mv.at)
		switch {
		case r == nil && !mv.back && h.retired(mv.at):
			say("leave it so, or undo that one with to "+h.set.beneath(h.standIn(mv.at))+", which takes its data along, then to "+label,
				label+" cannot be applied: another migration that replaces it is applied in its place")
		case r == nil:
		case mv.fake: // a person says what the database has
		case r.State == StateUndoing && !mv.back:
			command := "finish with down"
			if back, err := h.back(1); err != nil || len(back) == 0 || back[0].at != mv.at {
				command = "finish with to " + h.set.beneath(mv.at)
			}
			say(command, fmt.Sprintf("%s was being undone and stopped after %s", label, counted(r.Stage, "stage")))
		}
	}
	if len(problems) == 0 {
		return nil
	}
	return &HistoryError{h.set.name, problems, strings.Join(next, "\n")}
}

// standIn returns the migration that is applied in the place of migration i.
func (h *history) standIn(i int) int {
	for _, squash := range h.set.all[i].by {
		if h.row[squash] != nil {
			return squash
		}
	}
	return i
}

// tellEdited says once what has changed since it was applied, where nothing is to be done that would be refused for it. A program that is older than
// its database is left alone: the edit may have been accepted by the one that is newer.
func (m *Migrator) tellEdited(h *history, r *run) {
	if !r.quick || r.told || h.opt.Edited != PolicyRefuse || len(h.unknown) > 0 {
		return
	}
	var edited []int
	for _, i := range h.edited {
		if h.set.all[i].own && h.row[i].complete() && !h.retired(i) {
			edited = append(edited, i)
		}
	}
	if len(edited) == 0 {
		return
	}
	r.told = true
	m.notify(Event{Kind: EventNote, Migration: h.set.label(edited[0]), Message: "changed since they were applied: " + some(h.labels(edited)) +
		"; nothing is pending, so nothing is refused yet: undo the edit and write a new migration, or accept it with -allow-edited (Options.Edited)"})
}

// beneath names where to go for migration i to be undone: the last of its parents of its own set, or zero.
func (s *Set) beneath(i int) string {
	last := -1
	for _, p := range s.all[i].Parents {
		if at := s.at[p]; s.all[at].set == s.all[i].set {
			last = max(last, at)
		}
	}
	if last < 0 {
		return s.labelOf(s.all[i].set, zero)
	}
	return s.label(last)
}

// standsIn reports whether one that replaces migration i is applied.
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

// late returns those that an applied migration of their set comes after. What comes after is a matter of parents: two branches that a merge has
// joined may be applied in either order, as in Django, and a set that has not joined its branches has two heads and does not come as far as this.
func (h *history) late(moves []move) []int {
	var late []int
	needed := map[string][]bool{} // by set, what its applied migrations come after
	for _, mv := range moves {
		if mv.back || mv.adopt || h.row[mv.at] != nil {
			continue
		}
		set := h.set.all[mv.at].set
		if needed[set] == nil {
			needed[set] = h.comesBefore(set)
		}
		if needed[set][mv.at] {
			late = append(late, mv.at)
		}
	}
	return late
}

// comesBefore says of each migration whether one that is applied comes after it, among those of a set.
func (h *history) comesBefore(set string) []bool {
	before := make([]bool, len(h.row))
	for k := len(h.row) - 1; k >= 0; k-- {
		if before[k] || h.row[k] != nil && !h.retired(k) && h.set.all[k].set == set {
			for _, b := range h.set.all[k].before {
				before[b] = true
			}
		}
	}
	return before
}

func (h *history) labels(list []int) []string {
	out := make([]string, len(list))
	for i, at := range list {
		out[i] = h.set.label(at)
	}
	return out
}
