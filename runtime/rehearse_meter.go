package migrate

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// meter measures stages as they run on a copy. A nil one measures nothing, and costs nothing: that is every run but those of a rehearsal.
type meter struct {
	s      Rehearser
	strict bool // the dialect declares which tables its stages lock and write again
	stages []*RehearsedStage
	faults []string
	passed int64 // rows of the batched stage that runs now; below 0 is not known

	tx     []*RehearsedStage // of the transaction that is open
	taken  []takenLock       // in it
	start  *Measurement      // what there was before it
	last   *Measurement
	since  time.Time     // the end of the last look
	looked time.Duration // how long all looks of this transaction took
	tables map[string]TableStorage
	facts  []Facts // of the stages of the transaction so far
}

type takenLock struct {
	stage  *RehearsedStage
	id     string
	lock   RehearsedLock
	begin  time.Time
	looked time.Duration // before it was taken
}

// lockStrength ranks the locks of tables (manual, 13.3.1); no lock is below all.
func lockStrength(mode string) int {
	modes := []string{"ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE"}
	return slices.Index(modes, mode)
}

// measured returns the stages of a transaction with a look behind each. The transaction begins right after.
func (r *meter) measured(ctx context.Context, migration string, stages []Stage, marks int64) ([]Stage, error) {
	if r == nil || len(stages) == 0 {
		return stages, nil
	}
	if r.start == nil {
		if err := r.begin(ctx); err != nil {
			return nil, err
		}
	}
	out := slices.Clone(stages)
	for i, st := range stages {
		record := &RehearsedStage{}
		r.tx = append(r.tx, record)
		first := i == 0 && len(r.tx) == 1
		run := st.Run
		out[i].Run = func(ctx context.Context, tx Tx) error {
			if first { // it may be the next try
				r.again()
			}
			if run != nil {
				if err := run(ctx, tx); err != nil {
					return err
				}
			}
			if err := r.look(ctx, record, migration, st); err != nil {
				return err
			}
			if i == 0 && record.Written > 0 {
				record.Written = max(0, record.Written-marks)
			}
			return nil
		}
	}
	return out, nil
}

// begin looks before a transaction.
func (r *meter) begin(ctx context.Context) (err error) {
	if r.start, err = r.s.Measure(ctx); err != nil {
		return err
	}
	r.tx = nil
	r.again()
	r.since = time.Now()
	return nil
}

// again forgets a try of the transaction that came to nothing.
func (r *meter) again() {
	r.last, r.taken, r.facts, r.looked = r.start, nil, nil, 0
	r.tables = maps.Clone(r.start.Tables)
}

// look measures a stage at its end.
func (r *meter) look(ctx context.Context, record *RehearsedStage, migration string, st Stage) error {
	now := time.Now()
	m, err := r.s.Measure(ctx)
	if err != nil {
		return err
	}
	*record = RehearsedStage{
		Migration: migration, Stage: st.Cause, Duration: now.Sub(r.since), Declared: st.Facts,
		Read: grown(r.last.Read, m.Read), Written: grown(r.last.Written, m.Written), Bytes: max(0, m.Bytes-r.last.Bytes),
	}
	for id, t := range m.Tables {
		was, ok := r.last.Tables[id]
		if _, old := r.start.Tables[id]; old && ok && was.File != t.File && was.File != "" && t.File != "" {
			record.Rewritten = append(record.Rewritten, t.Name)
		}
	}
	slices.Sort(record.Rewritten)
	maps.Copy(r.tables, m.Tables)
	r.facts = append(r.facts, st.Facts)
	for _, l := range m.Locks {
		before, there := r.start.Tables[l.ID]
		if !there { // nobody knows of it yet
			continue
		}
		if i := slices.IndexFunc(r.taken, func(t takenLock) bool { return t.id == l.ID && lockStrength(t.lock.Mode) >= lockStrength(l.Mode) }); i >= 0 {
			continue
		}
		r.taken = append(r.taken, takenLock{record, l.ID, RehearsedLock{Table: before.Name, Mode: l.Mode}, r.since, r.looked})
		r.compare(migration, st, l, before)
	}
	if r.strict && len(record.Rewritten) > 0 && !unwatched(st) && !st.Rewrites {
		r.fault(migration, st, "it wrote "+strings.Join(record.Rewritten, ", ")+" again as a whole, and had not declared so")
	}
	r.last, r.since = m, time.Now()
	r.looked += r.since.Sub(now)
	return nil
}

// grown returns by how much a count has grown; below 0 is not known.
func grown(before, after int64) int64 {
	if after < 0 || before < 0 {
		return -1
	}
	return max(0, after-before)
}

// unwatched reports whether what a stage does is not for a dialect to know: a person wrote it.
func unwatched(st Stage) bool {
	return st.ByHand || st.Run != nil && len(st.Statements) == 0 && st.Batch == nil
}

// blocking is the weakest lock that stops those who write a table.
const blocking = "SHARE"

// compare holds a lock against what the stages of the transaction have declared so far.
func (r *meter) compare(migration string, st Stage, l TableLock, before TableStorage) {
	if unwatched(st) || lockStrength(l.Mode) < lockStrength(blocking) {
		return
	}
	names := []string{before.Name, before.Root, r.tables[l.ID].Name, r.tables[l.ID].Root}
	for _, f := range r.facts {
		if slices.ContainsFunc(f.Tables, func(t string) bool { return t != "" && slices.Contains(names, t) }) && lockStrength(f.Lock) >= lockStrength(l.Mode) {
			return
		}
	}
	r.fault(migration, st, fmt.Sprintf("it locked %s with %s, and had declared %s", before.Name, l.Mode, declaredText(st.Facts)))
}

func (r *meter) fault(migration string, st Stage, what string) {
	line := fmt.Sprintf("%s: %s: %s", migration, st.Cause, what)
	if !slices.Contains(r.faults, line) {
		r.faults = append(r.faults, line)
	}
}

func declaredText(f Facts) string {
	if f.Lock == "" || len(f.Tables) == 0 {
		return "no lock"
	}
	return f.Lock + " of " + strings.Join(f.Tables, ", ")
}

// ended closes a transaction: with nil it was committed.
func (r *meter) ended(err error) {
	if r == nil || r.start == nil {
		return
	}
	now := time.Now()
	if err == nil {
		for _, t := range r.taken {
			t.lock.Held = now.Sub(t.begin) - (r.looked - t.looked)
			t.stage.Locks = strongest(t.stage.Locks, t.lock)
		}
		for _, record := range r.tx {
			if record.Stage != "" || record.Migration != "" {
				r.stages = append(r.stages, record)
			}
		}
	}
	r.start, r.tx = nil, nil
}

// strongest puts a lock into a list with one of each table.
func strongest(all []RehearsedLock, l RehearsedLock) []RehearsedLock {
	i := slices.IndexFunc(all, func(x RehearsedLock) bool { return x.Table == l.Table })
	switch {
	case i < 0:
		all = append(all, l)
	case lockStrength(l.Mode) > lockStrength(all[i].Mode):
		all[i] = l
	}
	slices.SortFunc(all, func(a, b RehearsedLock) int { return strings.Compare(a.Table, b.Table) })
	return all
}

// apart runs a stage that is in no transaction with others, and looks at it from outside.
func (r *meter) apart(ctx context.Context, migration string, st Stage, run func() error) error {
	r.passed = -1
	before, err := r.s.Measure(ctx)
	if err != nil {
		return err
	}
	stop := r.s.SampleLocks(ctx)
	begin := time.Now()
	err = run()
	took := time.Since(begin)
	locks := stop()
	if err != nil {
		return err
	}
	after, err := r.s.Measure(ctx)
	if err != nil {
		return err
	}
	record := &RehearsedStage{
		Migration: migration, Stage: st.Cause, Duration: took, Declared: st.Facts, Sampled: true, Read: -1, Written: r.passed, Bytes: max(0, after.Bytes-before.Bytes),
	}
	r.facts, r.tables = []Facts{st.Facts}, after.Tables
	for _, l := range locks {
		for id, t := range before.Tables {
			if t.Name == l.Table {
				record.Locks = strongest(record.Locks, l)
				r.compare(migration, st, TableLock{id, l.Mode}, t)
			}
		}
	}
	r.stages = append(r.stages, record)
	return nil
}

// take returns what was measured since the last call.
func (r *meter) take() (stages []RehearsedStage) {
	for _, s := range r.stages {
		stages = append(stages, *s)
	}
	r.stages = nil
	return stages
}

// measured is [meter.measured] on the session of the run. marks is how many rows of the history are written before the first of the stages.
func (w *executor) measured(ctx context.Context, mv move, stages []Stage, marks int) ([]Stage, error) {
	r := w.m.meter
	if r == nil {
		return stages, nil
	}
	r.s = w.s.(Rehearser) // which the copy was made by
	if r.strict {         // the dialect counts rows by table, and leaves out those of the history
		marks = 0
	}
	return r.measured(ctx, w.m.set.label(mv.at), stages, int64(marks))
}

// apart is [meter.apart] on the session of the run. Of a batched stage it counts the rows that it is past.
func (w *executor) apart(ctx context.Context, st Stage, run func() error) error {
	r := w.m.meter
	if r == nil {
		return run()
	}
	r.s = w.s.(Rehearser)
	return r.apart(ctx, w.now.Migration, st, run)
}
