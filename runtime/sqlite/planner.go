package sqlite

import (
	"maps"
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/internal/rowvalues"
	"github.com/modelgen/modelgen/runtime/schema"
)

// planner refuses at once what SQLite cannot have, and keeps the rest until Finish: only with all ops of a migration at hand it is
// known which tables need a new one, and then everything that happens to them goes into that.
type planner struct {
	before  *schema.Schema // what the next op finds
	start   *schema.Schema // a copy of what the first one found
	steps   []step
	looks   []look
	gets    rowvalues.Values    // what earlier ops give columns
	refills map[string][]string // tables, with the columns that fills change
	quiet   bool                // nobody else is using the database
	alone   bool                // there is one op only
	simple  *pass               // the one op, planned

	refill map[string]string // full-text indexes to be filled when all is done, by name, with the op that says so
}

// Alone implements [migrate.SingleOpPlanner].
func (p *planner) Alone() { p.alone = true }

// step is one op with its way of being planned.
type step struct {
	op      migrate.Op
	plan    func(*pass) error
	barrier bool // everything before it must be in the database
}

// Dialect implements [migrate.Planner].
func (p *planner) Dialect() string { return name }

// Before implements [migrate.Planner].
func (p *planner) Before(s *schema.Schema) { p.before = s }

func (p *planner) keep(op migrate.Op, plan func(*pass) error) error {
	if p.before == nil {
		p.before = &schema.Schema{}
	}
	p.foresee(op)
	if p.alone {
		switch op.(type) { // what mostly needs no rebuild; then nothing comes after it that would have to see the schema as it leaves it
		case migrate.CreateTable, migrate.AddColumn, migrate.CreateIndex:
			w := newPass(p.before, []step{{op: op, plan: plan}}, map[era]bool{})
			if err := plan(w); err != nil {
				return err
			}
			if len(w.open) == 0 && len(w.found) == 0 {
				p.simple = w
				return nil
			}
		}
	}
	if p.start == nil {
		p.start = p.before.Clone()
	}
	p.steps = append(p.steps, step{op: op, plan: plan})
	return nil
}

// on returns the writer for a table of the schema before the op; without the table, which is for Apply to report, one that refuses nothing.
func (p *planner) on(table string) ddl {
	d := ddl{s: p.before, part: true}
	if d.s == nil {
		d.s = &schema.Schema{}
	}
	if d.t = d.s.Table(table); d.t == nil {
		d.t = &schema.Table{Name: table}
	}
	return d
}

// Finish implements [migrate.Planner].
func (p *planner) Finish() ([]migrate.Stage, error) {
	beside := p.objectCheck()
	if p.simple != nil {
		for i := range p.simple.stages {
			p.simple.stages[i].KeysOff = p.simple.keysOff
		}
		p.askedBefore(p.simple.stages)
		beside.before(p.simple.stages)
		return p.simple.stages, nil
	}
	var stages []migrate.Stage
	keysOff := false
	s := p.start
	for from := 0; from < len(p.steps); {
		to := from
		for to < len(p.steps) && !p.steps[to].barrier {
			to++
		}
		if to > from {
			w, err := plan(s, p.steps[from:to])
			if err != nil {
				return nil, err
			}
			s = w.s
			stages = append(stages, w.stages...)
			keysOff = keysOff || w.keysOff
		}
		if to < len(p.steps) {
			w := &pass{s: s}
			if err := p.steps[to].plan(w); err != nil {
				return nil, err
			}
			if err := p.steps[to].op.Apply(s); err != nil {
				return nil, err
			}
			stages = append(stages, w.stages...)
			to++
		}
		from = to
	}
	stages = append(stages, p.refilled()...)
	for i := range stages {
		// One transaction for all that is planned here, if one of them needs foreign keys off; SQL and Go by hand keep them on.
		stages[i].KeysOff = keysOff && stages[i].KeysOff
	}
	p.askedBefore(stages)
	beside.before(stages)
	return stages, nil
}

// era is a table in the time between two moments at which it must be in the database as the schema says.
type era struct{ table, age int }

// pass plans some ops in a row. Which tables need a rebuild is known only at the end: then it is done again, knowing them.
type pass struct {
	s       *schema.Schema
	stages  []migrate.Stage
	keysOff bool

	steps []step
	at    int
	done  map[int]bool // steps that an earlier one has done along

	need   map[era]bool // tables to rebuild
	found  map[era]bool // tables that turned out to need it
	ids    map[string]int
	base   int // tables made here have ids from it on
	ages   map[int]int
	reads  map[int]map[int]bool    // table -> tables that a Fill of it reads
	typed  map[int]map[string]bool // table -> columns whose type has changed: what reads them must find them in the database
	early  map[int]map[string]bool // table -> constraints that are in the database before their op
	open   []*rebuild
	passed map[int]bool // tables that were written between two ops

	objects []waitingObject // what is made when no table waits any more

	problem error // that counts if no other pass is needed
}

func newPass(s *schema.Schema, steps []step, need map[era]bool) *pass {
	w := &pass{s: s, steps: steps, need: need, done: map[int]bool{}, found: map[era]bool{}, ids: make(map[string]int, len(s.Tables)), ages: map[int]int{},
		base: len(s.Tables), reads: map[int]map[int]bool{}, typed: map[int]map[string]bool{}, early: map[int]map[string]bool{}, passed: map[int]bool{}}
	for _, t := range s.Tables {
		w.ids[t.Name] = len(w.ids)
	}
	return w
}

func plan(s *schema.Schema, steps []step) (*pass, error) {
	need := map[era]bool{}
	for {
		w := newPass(s.Clone(), steps, need)
		if err := w.run(); err != nil {
			return nil, err
		}
		if len(w.found) == 0 {
			return w, w.problem
		}
		maps.Copy(need, w.found)
	}
}

func (w *pass) run() error {
	for i, st := range w.steps {
		w.at = i
		if !w.done[i] {
			if err := st.plan(w); err != nil {
				return err
			}
		}
		if err := st.op.Apply(w.s); err != nil {
			return err
		}
	}
	for len(w.open) > 0 {
		if err := w.write(w.open[0], false); err != nil {
			return err
		}
	}
	for _, t := range w.s.Tables {
		if w.passed[w.ids[t.Name]] {
			if _, err := (ddl{s: w.s, t: t}).create(quote(t.Name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// emit adds a stage for the op at hand.
func (w *pass) emit(table string, facts migrate.Facts, sql ...string) *migrate.Stage {
	op := w.steps[w.at].op
	facts.Tables, facts.Destroys = []string{table}, op.Destroys()
	w.stages = append(w.stages, migrate.Stage{Cause: op.Describe(), Statements: statements(sql...), KeysOff: true, Facts: facts, Parts: []migrate.Op{op}})
	return &w.stages[len(w.stages)-1]
}

// touch is called for each op on a table. What a waiting Fill reads of it must not change before.
func (w *pass) touch(table string) error {
	id := w.ids[table]
	for _, t := range w.s.Tables {
		if reader := w.ids[t.Name]; reader != id && w.reads[reader][id] {
			if err := w.close(t.Name); err != nil {
				return err
			}
		}
	}
	return nil
}

// close writes a table that is waiting. What follows on it is looked at on its own.
func (w *pass) close(table string) error {
	if r := w.waiting(table); r != nil {
		if err := w.write(r, true); err != nil {
			return err
		}
		w.passed[w.ids[table]] = true
	}
	id := w.ids[table]
	w.ages[id]++
	delete(w.reads, id)
	delete(w.typed, id)
	return nil
}

// retyped remembers that the type of a column changes. Comparisons depend on the declared type, which no SELECT can imitate.
func (w *pass) retyped(t *schema.Table, column string) {
	id := w.ids[t.Name]
	if w.typed[id] == nil {
		w.typed[id] = map[string]bool{}
	}
	w.typed[id][column] = true
	for _, c := range t.Columns {
		if c.Generated != "" && c.Name != column && !w.typed[id][c.Name] && len(schema.ExprColumns(c.Generated, []string{column})) > 0 {
			w.retyped(t, c.Name)
		}
	}
}

// read is called for SQL that an op evaluates on the rows of a table.
func (w *pass) read(table, sql string) error {
	for c := range w.typed[w.ids[table]] {
		if mentions(sql, c) {
			return w.close(table)
		}
	}
	return nil
}

// write puts a table that waits into the database; a passing one is followed by other ops on it.
func (w *pass) write(r *rebuild, passing bool) error {
	stages, err := r.stages(w.s, passing, w.hasWaiting)
	if err != nil {
		return err
	}
	for i := range stages {
		stages[i].KeysOff = true
	}
	w.stages = append(w.stages, stages...)
	w.keysOff = w.keysOff || !r.fresh
	w.forget(r)
	w.putObjects()
	return nil
}

// letGo writes the tables that wait to lose a foreign key: a batch commits, and what the key refers to may be gone by now.
func (w *pass) letGo() error {
	for _, r := range slices.Clone(w.open) {
		t := w.s.Table(r.table)
		if r.fresh || t == nil {
			continue
		}
		lost := func(f schema.ForeignKey) bool {
			return !slices.ContainsFunc(t.ForeignKeys, func(g schema.ForeignKey) bool { return f.Name == g.Name })
		}
		if slices.ContainsFunc(r.old.Table(r.table).ForeignKeys, lost) {
			if err := w.close(r.table); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeParent writes a new table that waits, if keys in the database refer to it already: then they follow when it, or a column of it,
// gets another name.
func (w *pass) writeParent(table string) error {
	if r := w.waiting(table); r == nil || !r.fresh {
		return nil
	}
	for _, t := range w.s.Tables {
		if t.Name == table || !slices.ContainsFunc(t.ForeignKeys, func(f schema.ForeignKey) bool { return f.RefTable == table }) {
			continue
		}
		if r := w.waiting(t.Name); r == nil || !r.fresh {
			return w.close(table)
		}
	}
	return nil
}

func (w *pass) forget(r *rebuild) {
	for i := range w.open {
		if w.open[i] == r {
			w.open = append(w.open[:i:i], w.open[i+1:]...)
			return
		}
	}
}

// waiting returns the rebuild that waits for the table, or nil.
func (w *pass) waiting(table string) *rebuild {
	for _, r := range w.open {
		if r.table == table {
			return r
		}
	}
	return nil
}

// fold returns the rebuild that the op at hand goes into, or nil when the table needs none.
func (w *pass) fold(table string) *rebuild {
	r := w.waiting(table)
	id := w.ids[table]
	if r == nil && w.need[era{id, w.ages[id]}] {
		var known []string
		for k := range w.early[id] {
			known = append(known, k)
		}
		r = begin(w.s, table, known)
		w.open = append(w.open, r)
	}
	if r != nil && !r.fresh {
		op := w.steps[w.at].op
		if n := len(r.causes); n == 0 || r.causes[n-1] != op.Describe() {
			r.causes = append(r.causes, op.Describe())
			r.ops = append(r.ops, op)
			r.destroys = append(r.destroys, op.Destroys()...)
		}
	}
	return r
}

// must is fold for an op that ALTER TABLE cannot do. On the first pass it returns nil: the pass will be done again.
func (w *pass) must(table string) *rebuild {
	r := w.fold(table)
	if r == nil {
		id := w.ids[table]
		w.found[era{id, w.ages[id]}] = true
	}
	return r
}
