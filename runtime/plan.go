package migrate

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/modelgen/modelgen/runtime/schema"
)

// Read-only operations take no lock and write nothing, except that Verify builds a scratch schema that is rolled back.

// Plan is what a run would do.
type Plan struct {
	Set     string
	Steps   []PlannedMigration
	Refused error           // why the run itself would refuse to go this way, as a [*HistoryError]; nil when it would not
	Waits   *DualWriteError // what the run would stop in front of, and what comes after that; nil when nothing waits

	Differences []Difference // see [Result]

	Protection *Protection   // what the database is; nil when it is not protected
	Hash       string        // of the plan on this database, for [Options.Approve]; "" when there is nothing to do
	Consent    *ConsentError // what the run would need consent or a backup for, and what to paste; nil when it needs neither, or has it
}

// PlannedMigration is one migration of a plan.
type PlannedMigration struct {
	Migration string
	Back      bool
	Faked     bool // it is only recorded
	Stages    []Stage
	Done      int      // stages that an earlier run has committed
	Destroys  []string // data that is lost for good
	Makes     []string // tables that it makes, by name: nobody else uses them yet

	// What a look at the database found, where the dialect can look and the role may:
	Tables []TableSurvey // those of its tables that are there, by name
	Fires  []Fires       // triggers that the rows which it gives values fire
	Stops  []string      // what is bound to make it fail: rows that share a key which is to be unique, that refer to nothing, that hold NULL

	Loses []Loss // what the database has now of that which it drops

	ops     []Op
	unasked []string // what Stops says nothing of
}

// Plan says what [Migrator.Up] would do, or [Migrator.To] when target is not "". It does not change the database, so it also plans what
// would be refused, and says why.
func (m *Migrator) Plan(ctx context.Context, target string) (*Plan, error) {
	decide := (*history).up
	if target != "" {
		t, err := m.set.find(target)
		if err != nil {
			return nil, err
		}
		decide = func(h *history) ([]move, error) { return h.to(t) }
	}
	return m.plan(ctx, decide, func(moves []move) string {
		switch {
		case target == "":
			return "up"
		case slices.ContainsFunc(moves, func(mv move) bool { return mv.back }):
			return "to " + target
		}
		return "up -to " + target
	})
}

// PlanBack says what [Migrator.Back] would do.
func (m *Migrator) PlanBack(ctx context.Context, n int) (*Plan, error) {
	return m.plan(ctx, func(h *history) ([]move, error) { return h.back(n) }, func([]move) string { return backVerb(n) })
}

func (m *Migrator) plan(ctx context.Context, decide func(*history) ([]move, error), verb func([]move) string) (_ *Plan, err error) {
	defer m.explain(ctx, &err)
	s, done, err := m.session(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	h, err := m.history(ctx, s)
	if err != nil {
		return nil, err
	}
	moves, err := decide(h)
	if err != nil {
		return nil, err
	}
	if err := h.written(moves); err != nil {
		return nil, err
	}
	w := &executor{m: m, s: s, h: h, res: &Result{}}
	state, err := m.protection(ctx, s)
	if err != nil {
		return nil, err
	}
	if len(moves) == 0 {
		return &Plan{Set: m.set.name, Protection: state.Mark}, nil
	}
	refused := m.isExpected(state)
	decided := slices.Clone(moves)
	if ahead, _, _ := h.gate(moves); len(ahead) > 0 {
		refused = cmp.Or(refused, m.stranger(ctx, s, h), h.writable(ahead))
	}
	if m.opt.FakeInitial {
		if err := w.initial(ctx, moves); err != nil {
			return nil, err
		}
	}
	moves, _, wait := h.gate(moves)
	if len(moves) == 0 {
		return &Plan{Set: m.set.name, Protection: state.Mark, Waits: wait, Differences: w.res.Differences}, nil
	}
	plan, err := w.preview(ctx, moves)
	switch {
	case err == nil:
		plan.Differences = w.res.Differences
		plan.Refused, plan.Waits = cmp.Or(refused, plan.Refused), wait
		if err = w.foresee(ctx, plan); err == nil {
			err = m.foreseeConsent(ctx, w, plan, &run{verb: verb(decided), state: state}, decided)
		}
	case refused != nil: // which is why there is no plan
		return nil, refused
	}
	return plan, err
}

// preview plans all moves.
func (w *executor) preview(ctx context.Context, moves []move) (*Plan, error) {
	p := &executor{m: w.m, s: w.s, h: w.h, res: &Result{}, shared: w.h.unused(moves)}
	if err := p.prepare(ctx, moves); err != nil {
		return nil, err
	}
	plan := &Plan{Set: w.m.set.name}
	var c course
	for _, mv := range moves {
		label := w.m.set.label(mv.at)
		l, err := p.plan(ctx, mv)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", label, err)
		}
		step := PlannedMigration{Migration: label, Back: mv.back, Faked: mv.fake, Stages: l.stages, Makes: makes(l.ops), ops: l.ops}
		if !mv.fake {
			for _, op := range l.ops {
				step.Destroys = append(step.Destroys, c.destroys(op)...)
			}
			onlyDestroys(step.Stages, step.Destroys)
		}
		if step.Done, err = p.resume(l); err != nil { // what is done is not a beginning of this, so none of it is marked
			plan.Refused = cmp.Or(plan.Refused, err)
		}
		plan.Steps = append(plan.Steps, step)
	}
	return plan, nil
}

// makes returns the names of the tables that ops make.
func makes(ops []Op) (tables []string) {
	for _, o := range Merge(ops...).Makes {
		if o.Kind == TableObject {
			tables = append(tables, o.Name)
		}
	}
	slices.Sort(tables)
	return tables
}

// MigrationStatus is one migration in a [Status].
type MigrationStatus struct {
	Set       string
	Migration string
	Parents   []string // of migrations that are known, as [Status] names them
	Applied   bool     // completely, or another one that is applied stands for it
	Known     bool     // the program has it
	Edited    bool     // its ops have changed since it was applied
	Replaced  string   // the migration that stands for it in this database
	Replaces  []string // those that it stands for
	Waits     bool     // it is not to be applied yet: it ends a dual write that this program has begun, see [Result.Waits]
	Record    *Record  // its row; nil when it is not applied

	Unfinished *Unfinished // what is known of one of which a part is done; nil for all others
}

// Status is how a database stands to the set.
type Status struct {
	Set        string
	Entries    []MigrationStatus // in the order of the set, parents first; those the program does not know come last
	Protection *Protection       // what the database is; nil when it is not protected
}

// Pending returns the names of what is not applied, without what waits.
func (s *Status) Pending() []string {
	var names []string
	for _, e := range s.Entries {
		if e.Known && !e.Applied && e.Replaced == "" && !e.Waits {
			names = append(names, e.Migration)
		}
	}
	return names
}

// Status reads how the database stands to the set.
func (m *Migrator) Status(ctx context.Context) (_ *Status, err error) {
	defer m.explain(ctx, &err)
	s, done, err := m.session(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	h, err := m.overview(ctx, s)
	if err != nil {
		return nil, err
	}
	waits := map[int]bool{}
	if moves, err := h.up(); err == nil {
		_, rest, wait := h.gate(moves)
		for _, mv := range rest {
			waits[mv.at] = wait.begun && h.ends(mv)
		}
	}
	unfinished := m.unfinished(ctx, s, h)
	state, err := m.protection(ctx, s)
	if err != nil {
		return nil, err
	}
	st := &Status{Set: m.set.name, Protection: state.Mark, Entries: make([]MigrationStatus, 0, len(m.set.all)+len(h.unknown))}
	for i, n := range m.set.all {
		r := h.row[i]
		e := MigrationStatus{
			Set: n.set, Migration: m.set.label(i), Applied: r != nil && r.complete() || h.out[i] && h.applied[i], Known: true, Edited: slices.Contains(h.edited, i),
			Replaces: n.Replaces, Waits: waits[i], Record: r, Unfinished: unfinished[i],
		}
		for _, p := range n.Parents {
			e.Parents = append(e.Parents, m.set.label(m.set.at[p]))
		}
		if h.out[i] {
			for _, squash := range n.by {
				if !h.out[squash] {
					e.Replaced = m.set.label(squash)
				}
			}
		}
		st.Entries = append(st.Entries, e)
	}
	for _, u := range h.unknown {
		st.Entries = append(st.Entries, MigrationStatus{Set: u.set, Migration: m.set.labelOf(u.set, u.Name), Applied: u.complete(), Record: &u.Record})
	}
	return st, nil
}

// Check says whether the database is at the set: nil, a [*PendingError], or a [*HistoryError]; a [*NotMarkedError] when it is another one than
// the program expects (Options.Expect). It is made for readiness probes: it reads
// one row when all is well. What only ends a dual write that this program has begun is not missing, see [Result.Waits].
func (m *Migrator) Check(ctx context.Context) (err error) {
	defer m.explain(ctx, &err)
	s, done, err := m.session(ctx)
	if err != nil {
		return err
	}
	defer done()
	if err := m.expects(ctx, s); err != nil {
		return err
	}
	if same, err := m.current(ctx, s); same || err != nil {
		return err
	}
	h, err := m.history(ctx, s)
	if err != nil {
		return err
	}
	if err := m.stranger(ctx, s, h); err != nil {
		return err
	}
	moves, err := h.up()
	if err != nil {
		return err
	}
	moves, _, wait := h.gate(moves)
	if wait != nil && len(wait.Needed) > 0 {
		return &PendingError{Set: m.set.name, Pending: append(h.names(moves), wait.Needed...), Waits: wait}
	}
	if len(moves) > 0 {
		return &PendingError{Set: m.set.name, Pending: h.names(moves)}
	}
	if len(h.edited) > 0 && m.opt.Edited == PolicyRefuse {
		return h.writable(nil)
	}
	return nil // a newer program has been here: this one may run
}

// SQL plans one migration, forward or back, without touching the database: its stages hold the SQL. version is that of the server it
// is for, see [Dialect.Planner].
func (m *Migrator) SQL(name string, version int, back bool) ([]Stage, error) {
	return m.set.Stages(m.dialect, version, name, back)
}

// Stages plans one migration of the set without a database, for a server of that version (see [Dialect.Planner]): forward, or back.
func (s *Set) Stages(dialect Dialect, version int, name string, back bool) ([]Stage, error) {
	if err := s.Err(); err != nil {
		return nil, err
	}
	at, err := s.migration(name)
	if err != nil {
		return nil, err
	}
	need := s.ancestors(at)
	state, err := s.schemaOf(func(i int) bool { return need[i] && (back || i != at) && s.inPlace(i, need) })
	if err != nil {
		return nil, err
	}
	ops := s.all[at].Ops
	if back {
		if ops, err = Invert(ops); err != nil {
			return nil, fmt.Errorf("%s %w", s.label(at), err)
		}
	}
	return PlanOps(dialect.Planner(version), state, ops)
}

// inPlace reports whether migration i counts on the way to another one: not when one of that way replaces it.
func (s *Set) inPlace(i int, need []bool) bool {
	for _, squash := range s.all[i].by {
		if need[squash] {
			return false
		}
	}
	return true
}

// Verify compares the database with what the migrations that are applied say. It finds what was changed by hand. Tables of other sets
// that this one needs are left to a Verify of those. What they say is built in a scratch schema, in a transaction that is rolled back: where that cannot be,
// as on a standby, see [Options.Expected]. Where the database has migrations that the program does not know, and where none is applied, an event of kind [EventNote] says so.
func (m *Migrator) Verify(ctx context.Context) (_ []Difference, err error) {
	defer m.explain(ctx, &err)
	s, h, want, done, err := m.appliedSchema(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	foreign, err := m.set.schemaOf(func(i int) bool { return h.counts(i) && !m.set.all[i].own })
	if err != nil {
		return nil, err
	}
	want, foreign = want.For(m.dialect.Name()), foreign.For(m.dialect.Name())
	own := want.Clone()
	for _, t := range foreign.Tables {
		if reflect.DeepEqual(t, want.Table(t.Name)) {
			own.Tables = slices.DeleteFunc(own.Tables, func(o *schema.Table) bool { return o.Name == t.Name })
		}
	}
	own.Enums = slices.DeleteFunc(own.Enums, func(e *schema.Enum) bool { return foreign.Enum(e.Name) != nil })
	own.Objects = slices.DeleteFunc(own.Objects, func(o schema.Object) bool { return slices.Contains(foreign.Objects, o) })
	if len(foreign.SQLObjects) > 0 {
		own.SQLObjects = slices.DeleteFunc(own.SQLObjects, func(o schema.SQLObject) bool { return slices.Contains(foreign.SQLObjects, o) })
	}
	got, err := s.Catalog(ctx, own)
	if err != nil {
		return nil, redacted{err}
	}
	expected, err := m.expected(ctx, s, foreign, want)
	if err != nil {
		return nil, redacted{err}
	}
	diff := slices.DeleteFunc(differ(got, expected), func(d Difference) bool { return !d.Missing && m.set.wanted(d.Fact, want) })
	if len(diff) > 0 {
		remedies(diff, want, s.Planner, outOfRecorded, func(things []thing) map[thing]string { return h.made(things, m.dialect.Name()) })
	}
	rows, err := m.rows(ctx, s, own, want, diff, func(table string) string {
		x := thing{kind: "table", table: table}
		return h.made([]thing{x}, m.dialect.Name())[x]
	})
	if err != nil {
		return nil, redacted{err}
	}
	diff = append(diff, rows...)
	there, err := m.declared(ctx, s, own.Objects)
	if err != nil {
		return nil, redacted{err}
	}
	for i, o := range own.Objects {
		if there[i] {
			continue
		}
		fix := "make it again by hand"
		if by := h.declaredBy(o, m.dialect.Name()); by != "" {
			fix += ", as " + by + " does; sql " + by + " prints it"
		}
		diff = append(diff, Difference{Missing: true, Fact: o.String(), Fix: fix + "; or write a migration whose step has it in Drops"})
	}
	if !slices.ContainsFunc(m.set.all, func(n node) bool { return n.own && len(n.by) == 0 && !h.counts(m.set.at[n.Migration]) }) { // the structs are those of the newest migration
		structs, err := m.viewStructs(ctx, s, want)
		if err != nil {
			return nil, redacted{err}
		}
		diff = append(diff, structs...)
	}
	m.overlooked(h, diff)
	return diff, nil
}

// appliedSchema returns the schema that the migrations make which are applied, with the session and the history that say so. done ends the session; it is nil
// with an error.
func (m *Migrator) appliedSchema(ctx context.Context) (s Session, h *history, applied *schema.Schema, done func(), err error) {
	if s, done, err = m.session(ctx); err != nil {
		return nil, nil, nil, nil, err
	}
	if h, err = m.history(ctx, s); err == nil {
		applied, err = m.set.schemaOf(h.counts)
	}
	if err != nil {
		done()
		return nil, nil, nil, nil, err
	}
	return s, h, applied, done, nil
}

// declared reports which of the objects that steps declare are in the database. Of a dialect that cannot look for them, all are.
func (m *Migrator) declared(ctx context.Context, s Session, objects []schema.Object) ([]bool, error) {
	looker, ok := s.(ObjectSession)
	if len(objects) > 0 && ok {
		return looker.Objects(ctx, objects)
	}
	return slices.Repeat([]bool{true}, len(objects)), nil
}

// expected returns the facts that want has and base has not, of what is built in the database itself, or in the one that is for that.
func (m *Migrator) expected(ctx context.Context, s Session, base, want *schema.Schema) ([]string, error) {
	if m.opt.Expected == nil {
		return added(ctx, s, base, want)
	}
	other, done, _, err := m.open(ctx, m.opt.Expected)
	if err != nil {
		return nil, fmt.Errorf("the database of Options.Expected: %w", err)
	}
	defer done()
	if a, ok := s.(Versioned); ok {
		b := other.(Versioned) // of the same dialect
		is, err := a.Version(ctx)
		var builds string
		if err == nil {
			builds, err = b.Version(ctx)
		}
		if err != nil {
			return nil, fmt.Errorf("asking for the versions of the servers: %w", err)
		}
		if is != builds {
			return nil, fmt.Errorf("the database is %s and that of Options.Expected %s, which may describe the same thing in other words; compare with one of the same version", is, builds)
		}
	}
	facts, err := added(ctx, other, base, want)
	if err != nil {
		return nil, fmt.Errorf("in the database of Options.Expected: %w", err)
	}
	if a, ok := s.(SayingSession); ok {
		b := other.(SayingSession) // of the same dialect
		says := func(x SayingSession, s *schema.Schema) func(string) bool {
			all := x.Said(s)
			return func(fact string) bool { return slices.Contains(all, fact) }
		}
		facts = slices.DeleteFunc(facts, says(b, want))
		facts = append(facts, slices.DeleteFunc(a.Said(want), says(a, base))...)
		slices.Sort(facts)
	}
	return facts, nil
}
