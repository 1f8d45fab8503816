package migrate

import (
	"context"
	"fmt"
	"slices"

	"github.com/modelgen/modelgen/runtime/schema"
)

// What only looks: it takes no lock and writes nothing, except that Verify builds a scratch schema that is rolled back.

// Plan is what a run would do.
type Plan struct {
	Set   string
	Steps []Step
}

// Step is one migration of a plan.
type Step struct {
	Migration string
	Back      bool
	Stages    []Stage
	Done      int      // stages that an earlier run has committed
	Destroys  []string // data that is lost for good
}

// Plan says what [Migrator.Up] would do, or [Migrator.To] when target is not "". It does not change the database.
func (m *Migrator) Plan(ctx context.Context, target string) (*Plan, error) {
	at := len(m.set.all) - 1
	if target != "" {
		var err error
		if at, err = m.set.find(target); err != nil {
			return nil, err
		}
	}
	s, done, err := m.session(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	h, err := m.history(ctx, s)
	if err != nil {
		return nil, err
	}
	plan := &Plan{Set: m.set.name}
	if at < 0 && target == "" {
		return plan, nil
	}
	moves, err := h.to(at)
	if target == "" {
		moves, err = h.forward(at)
	}
	if err != nil {
		return nil, err
	}
	if err := h.writable(moves); err != nil && len(moves) > 0 {
		return nil, err
	}
	w := &walker{m: m, s: s, h: h, res: &Result{}}
	if err := w.prepare(moves); err != nil {
		return nil, err
	}
	for _, mv := range moves {
		step, err := w.step(mv)
		if err != nil {
			return nil, err
		}
		plan.Steps = append(plan.Steps, step)
	}
	return plan, nil
}

func (w *walker) step(mv move) (Step, error) {
	mig := w.m.set.all[mv.at]
	stages, err := w.plan(mv)
	if err != nil {
		return Step{}, fmt.Errorf("%s: %w", mig.Name, err)
	}
	step := Step{Migration: mig.Name, Back: mv.back, Stages: stages, Destroys: destroys(mig.Ops)}
	if mv.back {
		step.Destroys = destroys(w.undo[mv.at])
	}
	if r := w.h.row[mv.at]; r != nil && !r.complete() {
		step.Done = r.Stage
	}
	return step, nil
}

func destroys(ops []Op) []string {
	var all []string
	for _, op := range ops {
		all = append(all, op.Destroys()...)
	}
	return all
}

// Entry is one migration in a [Status].
type Entry struct {
	Migration string
	Applied   bool    // completely
	Known     bool    // the program has it
	Edited    bool    // its ops have changed since it was applied
	Record    *Record // its row; nil when it is not applied
}

// Status is how a database stands to the set.
type Status struct {
	Set     string
	Entries []Entry // in the order of the set; those the program does not know come last
}

// Pending gives the names of what is not applied.
func (s *Status) Pending() []string {
	var names []string
	for _, e := range s.Entries {
		if e.Known && !e.Applied {
			names = append(names, e.Migration)
		}
	}
	return names
}

// Status reads how the database stands to the set.
func (m *Migrator) Status(ctx context.Context) (*Status, error) {
	s, done, err := m.session(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	h, err := m.history(ctx, s)
	if err != nil {
		return nil, err
	}
	st := &Status{Set: m.set.name}
	for i, mig := range m.set.all {
		r := h.row[i]
		st.Entries = append(st.Entries, Entry{Migration: mig.Name, Applied: r != nil && r.complete(), Known: true, Edited: slices.Contains(h.edited, mig.Name), Record: r})
	}
	for i := range h.rows {
		if slices.Contains(h.unknown, h.rows[i].Name) {
			st.Entries = append(st.Entries, Entry{Migration: h.rows[i].Name, Applied: h.rows[i].complete(), Record: &h.rows[i]})
		}
	}
	return st, nil
}

// Check says whether the database is at the set: nil, a [*PendingError], or a [*HistoryError]. It is made for readiness probes: it reads
// one row when all is well.
func (m *Migrator) Check(ctx context.Context) error {
	s, done, err := m.session(ctx)
	if err != nil {
		return err
	}
	defer done()
	newest, err := s.Newest(ctx, m.set.name)
	if err != nil {
		return redacted{err}
	}
	if newest == nil && len(m.set.all) == 0 || newest != nil && newest.complete() && newest.Digest == m.set.fingerprint() {
		return nil
	}
	h, err := m.history(ctx, s)
	if err != nil {
		return err
	}
	var moves []move
	for _, i := range h.pending() {
		moves = append(moves, move{at: i})
	}
	if len(moves) > 0 {
		return &PendingError{m.set.name, h.names(moves)}
	}
	if len(h.edited) > 0 && m.opt.Edited == Refuse {
		return h.writable(nil)
	}
	return nil // a newer program has been here: this one may run
}

// SQL plans one migration, forward or back, without touching the database: its stages hold the SQL. version is that of the server it
// is for, see [Dialect.Planner].
func (m *Migrator) SQL(name string, version int, back bool) ([]Stage, error) {
	return m.set.Plan(m.dialect, version, name, back)
}

// Plan plans one migration of the set without a database, for a server of that version (see [Dialect.Planner]): forward, or back.
func (s *Set) Plan(dialect Dialect, version int, name string, back bool) ([]Stage, error) {
	if s.err != nil {
		return nil, s.err
	}
	at, err := s.find(name)
	if err != nil {
		return nil, err
	}
	if at < 0 {
		return nil, &UnknownTargetError{Target: name}
	}
	need := s.ancestors(at)
	state, err := s.schemaOf(func(i int) bool { return need[i] && (back || i != at) })
	if err != nil {
		return nil, err
	}
	ops := s.all[at].Ops
	if back {
		if ops, err = Invert(ops); err != nil {
			return nil, fmt.Errorf("%s %w", s.all[at].Name, err)
		}
	}
	return PlanOps(dialect.Planner(version), state, ops)
}

// Difference is one fact in which a database is not what its migrations say.
type Difference struct {
	Missing bool   // the migrations say it, the database has it not; otherwise the other way round
	Fact    string // in the words of the dialect
}

// Verify compares the database with what the migrations that are applied say. It finds what was changed by hand.
func (m *Migrator) Verify(ctx context.Context) ([]Difference, error) {
	s, done, err := m.session(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	h, err := m.history(ctx, s)
	if err != nil {
		return nil, err
	}
	want, err := m.set.schemaOf(func(i int) bool { return h.applied[i] })
	if err != nil {
		return nil, err
	}
	return compareCatalogs(ctx, s, want)
}

func compareCatalogs(ctx context.Context, s Session, want *schema.Schema) ([]Difference, error) {
	got, err := s.Catalog(ctx, want)
	if err != nil {
		return nil, redacted{err}
	}
	expected, err := s.Expected(ctx, want)
	if err != nil {
		return nil, redacted{err}
	}
	count := map[string]int{}
	for _, f := range got {
		count[f]++
	}
	var diff []Difference
	for _, f := range expected {
		if count[f] > 0 {
			count[f]--
		} else {
			diff = append(diff, Difference{true, f})
		}
	}
	for _, f := range got {
		if count[f] > 0 {
			count[f]--
			diff = append(diff, Difference{false, f})
		}
	}
	return diff, nil
}
