package migrate

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/modelgen/modelgen/runtime/internal/shell"
)

// ConsentError says that a protected database is not changed so without consent for that one plan: what of it needs consent, and what to paste. It is also the
// error of consent that was given for another plan, on a database that is not protected too. Nothing was changed.
type ConsentError struct {
	Mark    *Protection // what the database is; nil: it is not protected, and the consent is for another plan
	Reasons []string    // what needs consent, or a backup; one each
	Losses  []Loss      // what the database has now of that which the plan drops
	Hash    string      // of the plan, for [Options.Approve]
	Given   string      // the consent that was given, where it is not for this plan
	Changed []string    // in what this plan differs from the one that the consent was given for
	Backup  string      // what is missing of a backup, "" when none is needed or there is one
	Plan    string      // the words that print the plan: "plan -down 2"; "" where it is printed already, and for what has none: fake and prune
	Command string      // the words to paste: "up -approve 3f9a... -backup DIR"
	Program string      // how the program is called, "" is not known; stands before Plan and Command
}

// Error implements the error interface.
func (e *ConsentError) Error() string {
	var b strings.Builder
	switch {
	case e.Given != "":
		fmt.Fprintf(&b, "-approve %s is consent for another plan, this one is %s: %s", e.Given, e.Hash, strings.Join(e.Changed, "; "))
	case e.Backup != "" && len(e.Reasons) == 0:
		b.WriteString(e.Mark.Name + " is protected")
	default:
		b.WriteString(e.Mark.Name + " is protected, and this plan needs consent")
	}
	if e.Mark != nil && e.Mark.Copied() {
		b.WriteString("\n  " + e.Mark.copyText())
	}
	for _, r := range e.Reasons {
		b.WriteString("\n  " + r)
	}
	for _, l := range e.Losses {
		b.WriteString("\n  would lose " + l.String())
	}
	if e.Backup != "" {
		b.WriteString("\n  " + e.Backup)
	}
	b.WriteString("\n  nothing was changed")
	if e.Plan != "" {
		b.WriteString("; look at it with: " + strings.TrimSpace(e.Program+" "+e.Plan) + "\n  and")
	} else if e.Command != "" {
		b.WriteString(";")
	}
	if e.Command != "" {
		b.WriteString(" when it is right: " + strings.TrimSpace(e.Program+" "+e.Command))
	}
	return b.String()
}

// BackupAge is how old a backup may be, in the log of a protected database, for a plan that destroys data to go without a new one.
const BackupAge = time.Hour

// agreement is what a plan needs on this database, and which plan it is.
type agreement struct {
	reasons  []string
	destroys bool // on the way forward: it needs a backup
	hash     string
}

// agree finds out what needs consent of moves, and of what is accepted with them.
func (h *history) agree(state *ProtectionState, moves []move, r *run, dialect string) agreement {
	var a agreement
	say := func(format string, args ...any) { a.reasons = append(a.reasons, fmt.Sprintf(format, args...)) }
	ahead, _, _ := h.gate(moves)
	var c course
	plan := sha256.New()
	fmt.Fprintf(plan, "%q %t\n", h.set.name, r.record)
	for _, mv := range ahead {
		n, label := h.set.all[mv.at], h.set.label(mv.at)
		fmt.Fprintf(plan, "%q %q %t %t %t\n", label, h.set.hash(mv.at), mv.back, mv.fake, mv.adopt)
		switch {
		case mv.adopt:
		case r.record && mv.back:
			say("record %s as not applied, whatever the database has", label)
		case r.record:
			say("record %s as applied without running it", label)
		case mv.back:
			say("undo %s", label)
			if ops, err := Invert(n.Ops); err == nil {
				for _, op := range ops {
					c.pass(op)
				}
			}
		default:
			if h.opt.FakeInitial && h.row[mv.at] == nil && h.set.first(mv.at) {
				fmt.Fprintln(plan, "-fake-initial")
				say("record %s as applied when its tables are there (-fake-initial)", label)
			}
			for _, what := range destroying(n.Ops, dialect, &c) {
				a.destroys = true
				say("%s destroys %s", label, what)
			}
			for _, op := range n.Ops {
				if o, ok := op.(DropDualWrite); ok {
					say("%s ends the dual write of %s.%s and %s: programs that know only %[3]s fail from then on", label, o.Table, o.From, o.To)
				}
			}
		}
	}
	allowed := func(policy Policy, flag string, names []string) {
		if policy == PolicyAllow && len(names) > 0 {
			fmt.Fprintf(plan, "%s %q\n", flag, names)
			say("%s: %s", flag, some(names))
		}
	}
	allowed(h.opt.Edited, "-allow-edited", h.labels(slices.DeleteFunc(slices.Clone(h.edited), h.retired)))
	allowed(h.opt.Unknown, "-allow-unknown", h.beyond())
	allowed(h.opt.OutOfOrder, "-allow-out-of-order", h.labels(h.late(ahead)))
	a.hash = h.planHash(state, dialect, hex.EncodeToString(plan.Sum(nil)))
	return a
}

// The hash of a plan has three parts, so that it can be said what has changed: which database, where it stands, and what is to be done.
const (
	hashDatabase = 6
	hashStart    = 12
	hashPlan     = 20
)

// planHash returns the hash of a plan on this database, as the history is.
func (h *history) planHash(state *ProtectionState, dialect, plan string) string {
	sum := func(n int, parts ...string) string {
		all := sha256.Sum256([]byte(strings.Join(parts, "\n")))
		return hex.EncodeToString(all[:])[:n]
	}
	database := []string{dialect, state.Now.System, state.Now.Database, state.Place}
	if p := state.Mark; p != nil {
		database = append(database, p.Name, p.Identity.System, p.Identity.Database, p.Since.UTC().Format(time.RFC3339Nano))
	}
	void := map[string]bool{} // of these nothing is in the database, and the run takes them out first
	for _, i := range h.void() {
		void[h.row[i].Set+"\n"+h.row[i].Name] = true
	}
	var start []string
	for _, set := range h.set.sets() {
		for _, r := range h.rows[set] {
			if !void[r.Set+"\n"+r.Name] {
				start = append(start, set, r.Name, r.Hash, string(r.State), strconv.Itoa(r.Stage), strconv.FormatInt(r.ID, 10))
			}
		}
	}
	return sum(hashDatabase, database...) + sum(hashStart-hashDatabase, start...) + sum(hashPlan-hashStart, plan)
}

// hashChanges says in what the plan of a hash differs from the one that consent was given for.
func hashChanges(given, hash string) (changed []string) {
	if _, err := hex.DecodeString(given); err != nil || len(given) != hashPlan {
		return []string{fmt.Sprintf("a hash has %d digits, 0 to 9 and a to f, and stands below plan", hashPlan)}
	}
	if given[:hashDatabase] != hash[:hashDatabase] {
		return []string{"it was given for another database"}
	}
	if given[hashDatabase:hashStart] != hash[hashDatabase:hashStart] {
		changed = append(changed, "the database is not where it was then, by its history")
	}
	if given[hashStart:] != hash[hashStart:] {
		changed = append(changed, "what is to be done is not what it was then")
	}
	return changed
}

// consent ends a run that needs consent and has none. It is asked once in a run, after which what is left of the same plan goes on.
func (m *Migrator) consent(ctx context.Context, w *executor, r *run, moves []move) error {
	if r.consented {
		return nil
	}
	state := r.state
	if state.Mark != nil && !r.shown {
		r.shown = true
		r.res.Protection = state.Mark
		m.notify(Event{Kind: EventProtected, Message: state.Mark.String()})
	}
	if state.Mark == nil && m.opt.Approve == "" {
		r.consented = true
		return nil
	}
	a := w.h.agree(state, moves, r, m.dialect.Name())
	lost := func() []Loss { return slices.Concat(lose(ctx, w.s, w.h.dropped(moves))...) }
	needs := state.Mark != nil && len(a.reasons) > 0
	e, err := m.decide(ctx, w.s, r, a, needs && a.destroys, lost)
	if err != nil || e != nil {
		return cmpError(err, e)
	}
	if needs {
		if r.earlier != nil {
			m.tellEarlier(state, r.earlier)
		}
		r.approved = a.hash
		if r.named {
			r.approved += ", name typed"
		}
	}
	r.consented = true
	return nil
}

func cmpError(err error, e *ConsentError) error {
	if err != nil {
		return err
	}
	return e
}

// decide returns what is missing for a plan to be carried out, nil when nothing is.
func (m *Migrator) decide(ctx context.Context, s Session, r *run, a agreement, backup bool, lost func() []Loss) (*ConsentError, error) {
	e := &ConsentError{Mark: r.state.Mark, Hash: a.hash}
	given := strings.ToLower(strings.TrimSpace(m.opt.Approve))
	if backup {
		var err error
		if e.Backup, r.earlier, err = m.lacksBackup(ctx, s, r.state); err != nil {
			return nil, err
		}
	}
	refused := func() *ConsentError {
		if e.Mark != nil {
			e.Reasons, e.Losses = a.reasons, lost()
		}
		e.Command = m.pasted(r.verb, e)
		if !r.planned {
			e.Plan = m.planWords(r.verb)
		}
		return e
	}
	switch {
	case given != "" && given != a.hash:
		e.Given, e.Changed = m.opt.Approve, hashChanges(given, a.hash)
		return refused(), nil
	case r.state.Mark == nil || len(a.reasons) == 0:
		return nil, nil
	case given == "" && (m.opt.Confirm == nil || r.planned || e.Backup != ""):
		return refused(), nil
	case e.Backup != "":
		return refused(), nil
	case given != "":
		return nil, nil
	}
	ask := refused()
	name, err := m.opt.Confirm(ctx, ask)
	switch {
	case err != nil:
		return nil, fmt.Errorf("nothing was changed: %w", err)
	case name == "":
		return ask, nil
	case name != r.state.Mark.Name:
		return nil, &ProtectedError{r.state.Mark, fmt.Sprintf("%q is not the name of this database; nothing was changed", name)}
	}
	r.named = true
	return nil, nil
}

// planWords are those that print the plan of a verb; "" is that it has none.
func (m *Migrator) planWords(verb string) string {
	word, rest, _ := strings.Cut(verb, " ")
	switch word {
	case "up":
		word = strings.TrimSpace("plan " + rest)
	case "to":
		word = "plan -to " + rest
	case "down":
		word = "plan -down " + cmp.Or(strings.TrimPrefix(rest, "-n "), "1")
	default:
		return ""
	}
	return word + m.flagWords(verb)
}

// flagWords are the flags that say what is to be done, as far as the verb has them.
func (m *Migrator) flagWords(verb string) (words string) {
	word, _, _ := strings.Cut(verb, " ")
	flag := func(on bool, text string) {
		if on {
			words += " " + text
		}
	}
	flag(m.opt.Contract && word == "up", "-contract")
	flag(m.opt.FakeInitial && word == "up", "-fake-initial")
	if word != "prune" {
		flag(m.opt.OutOfOrder == PolicyAllow, "-allow-out-of-order")
		flag(m.opt.Unknown == PolicyAllow, "-allow-unknown")
		flag(m.opt.Edited == PolicyAllow, "-allow-edited")
	}
	return words
}

// pasted are the words that give consent to a plan.
func (m *Migrator) pasted(verb string, e *ConsentError) string {
	words := verb + m.flagWords(verb)
	if m.opt.Lock == LockLease {
		words += " -lease"
	}
	words += " -approve " + e.Hash
	switch word, _, _ := strings.Cut(verb, " "); {
	case word == "fake" || word == "prune": // which need none
	case m.opt.Backup != nil:
		words += " -backup " + shell.Word(m.opt.Backup.Dir)
	case m.opt.WithoutBackup != "":
		words += " -without-backup " + shell.Word(m.opt.WithoutBackup)
	case e.Backup != "":
		words += " -backup DIR"
	}
	return words
}

// lacksBackup says what is missing of a backup for a plan that destroys data, "" when nothing is. earlier is the backup of a run before that is good enough.
func (m *Migrator) lacksBackup(ctx context.Context, s Session, state *ProtectionState) (missing string, earlier *LogEntry, err error) {
	if m.opt.Backup != nil || strings.TrimSpace(m.opt.WithoutBackup) != "" {
		return "", nil, nil
	}
	const needs = `it destroys data, and so needs a backup first: -backup DIR, or -without-backup "why" (Options.Backup, Options.WithoutBackup)`
	store, ok := s.(ProtectionStore)
	if !ok || !state.Logged {
		return needs, nil, nil
	}
	entries, err := store.Log(ctx)
	if err != nil {
		return "", nil, redacted{err}
	}
	for _, e := range slices.Backward(entries) {
		if e.Result != LoggedBackup || state.Clock.Sub(e.At) > BackupAge {
			continue
		}
		info, err := os.Stat(e.Backup)
		switch {
		case e.Host != host():
			return fmt.Sprintf("%s; the one of %s is on %s", needs, e.At.Format(time.DateTime), e.Host), nil, nil
		case errors.Is(err, os.ErrNotExist), err == nil && info.Size() != e.Bytes:
			return fmt.Sprintf("%s; %s, of %s, is not there any more as it was", needs, e.Backup, e.At.Format(time.DateTime)), nil, nil
		case err == nil:
			return "", &e, nil
		}
	}
	return needs, nil, nil
}

// tellEarlier says that no backup is made, as there is one, and what is not in it.
func (m *Migrator) tellEarlier(state *ProtectionState, e *LogEntry) {
	m.notify(Event{Kind: EventNote, Message: fmt.Sprintf("no backup is made: the one of an earlier run is %s old, and what was written since is not in it; -backup DIR makes a new one (Options.Backup); the earlier one: %s",
		max(state.Clock.Sub(e.At), 0).Round(time.Second), e.Backup)})
}

// dropped returns the ops of moves, those of the way back inverted.
func (h *history) dropped(moves []move) [][]Op {
	ahead, _, _ := h.gate(moves)
	steps := make([][]Op, len(ahead))
	for i, mv := range ahead {
		ops := h.set.all[mv.at].Ops
		switch {
		case mv.fake:
			continue
		case mv.back:
			back, err := Invert(ops)
			if err != nil {
				continue
			}
			ops = back
		}
		steps[i] = ops
	}
	return steps
}

// foreseeConsent says in a plan what the run would need consent for, and what the steps drop.
func (m *Migrator) foreseeConsent(ctx context.Context, w *executor, p *Plan, r *run, moves []move) error {
	a := w.h.agree(r.state, moves, r, m.dialect.Name())
	p.Protection, p.Hash = r.state.Mark, a.hash
	steps := make([][]Op, len(p.Steps))
	for i, s := range p.Steps {
		if !s.Faked {
			steps[i] = s.ops
		}
	}
	losses := lose(ctx, w.s, steps)
	for i := range p.Steps {
		p.Steps[i].Loses = losses[i]
	}
	r.planned = true
	needs := r.state.Mark != nil && len(a.reasons) > 0
	e, err := m.decide(ctx, w.s, r, a, needs && a.destroys, func() []Loss { return slices.Concat(losses...) })
	p.Consent = e
	return err
}
