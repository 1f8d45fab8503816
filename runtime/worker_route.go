package migrate

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
)

// StraightSession is a [Session] that can carry out a migration of one transaction without a look at the database before: what is to be done is known
// from another database whose history has the same digest.
type StraightSession interface {
	Session

	// Straight takes the lock of migrations, makes sure that the newest row of the set has the name and the digest of newest and is complete, and that
	// the history is such as [HistoryStore.Bootstrap] leaves it; then runs the stages, and adds row as a migration that is done: all in one transaction.
	// With any error but [ErrCommitLost] nothing has happened, and the same is to be done with a look before.
	Straight(ctx context.Context, newest Record, stages []Stage, row Record) error
}

// route is what leads from one state of the history to the head of the set. Only plain ways have one: forward, each migration in one transaction of
// statements that neither need a look at rows nor lose any, with nothing in the history that asks for a decision.
type route struct {
	legs []straightLeg
}

type straightLeg struct {
	label  string
	stages []Stage // in schema anySchema, where the dialect has several
	row    Record
}

// anySchema stands for the schema in statements that are planned once for all of them. No dialect quotes a name with these letters in two ways.
const anySchema = "modelgen_schema_of_any_tenant"

// straight applies what is pending along a route that an earlier database has shown. It reports whether nothing is left to do.
func (m *Migrator) straight(ctx context.Context, s Session, r *run) (bool, error) {
	to, ok := s.(StraightSession)
	if !ok || len(m.set.members) != 1 {
		return false, nil
	}
	set := m.set.members[0]
	if g := &m.worker.guess; g.right >= 2 && r.lost == nil {
		if done, err := m.along(ctx, to, r, g.newest, g.way); done || len(r.res.Done) > 0 {
			return done, err
		}
		*g = guess{}
	}
	newest, err := s.Newest(ctx, set)
	if err != nil {
		return false, redacted{err}
	}
	if newest == nil || !newest.complete() {
		return false, nil
	}
	if l := r.lost; l != nil && newest.Name == l.row.Name && newest.Digest == l.row.Digest {
		m.went(ctx, r, *l, 0) // the reply to its COMMIT was lost, not the migration
	}
	r.lost = nil
	if m.isCurrent(set, newest) {
		m.worker.guess = guess{}
		return true, nil
	}
	way := m.worker.routes[newest.Digest]
	if way == nil {
		return false, nil
	}
	done, err := m.along(ctx, to, r, *newest, way)
	if g := &m.worker.guess; !done || err != nil {
		*g = guess{}
	} else if g.right++; g.newest.Digest != newest.Digest || g.newest.Name != newest.Name {
		*g = guess{*newest, way, 1}
	}
	return done, err
}

// guess is where the next database may stand: where those before it did. It is asked for in the transaction that goes on from there.
type guess struct {
	newest Record
	way    *route
	right  int // how often in a row
}

// along goes a route, from a newest row that may be another one. It reports whether it came to the end.
func (m *Migrator) along(ctx context.Context, to StraightSession, r *run, newest Record, way *route) (bool, error) {
	for _, l := range way.legs {
		if ctx.Err() != nil {
			return false, nil // the ordinary way says where it stopped
		}
		begin := time.Now()
		err := to.Straight(ctx, newest, m.in(l.stages), l.row)
		if errors.Is(err, ErrCommitLost) {
			r.lost = &l
			return true, err
		}
		if err != nil {
			return false, nil // the ordinary way finds out, and says, what is in the way
		}
		m.went(ctx, r, l, time.Since(begin))
		newest = l.row
	}
	return true, nil
}

// went tells that a leg is done.
func (m *Migrator) went(ctx context.Context, r *run, l straightLeg, took time.Duration) {
	m.notify(Event{Kind: EventBegin, Migration: l.label})
	r.res.Done = append(r.res.Done, AppliedMigration{Migration: l.label, Duration: took})
	m.notify(Event{Kind: EventEnd, Migration: l.label, Duration: took})
	m.opt.Logger.InfoContext(ctx, "migration done", "set", l.row.Set, "migration", l.row.Name, "back", false, "faked", false, "duration", took)
}

// in returns stages with the schema of the migrator in the place of anySchema.
func (m *Migrator) in(stages []Stage) []Stage {
	d, ok := m.dialect.(SchemaDialect)
	if !ok {
		return stages
	}
	out := slices.Clone(stages)
	for i := range out {
		out[i].Statements = slices.Clone(out[i].Statements)
		for j := range out[i].Statements {
			st := &out[i].Statements[j]
			st.SQL = strings.ReplaceAll(st.SQL, anySchema, d.SchemaName())
		}
	}
	return out
}

// learn keeps the way that a run is about to go, if it is a plain one.
func (w *Worker) learn(ctx context.Context, x *executor, moves []move) {
	m, h := x.m, x.h
	if _, ok := x.s.(StraightSession); !ok || len(m.set.members) != 1 || len(w.routes) >= 100 {
		return
	}
	o := m.opt
	if o.BeforeRun != nil || o.AfterRun != nil || o.Backup != nil || o.FakeInitial || o.Lock != LockSession {
		return
	}
	set := m.set.members[0]
	rows := h.rows[set]
	if len(rows) == 0 || len(m.set.sets()) != 1 || len(h.unknown)+len(h.edited)+len(h.lost) > 0 || h.writable(moves) != nil || len(x.holds) > 0 ||
		slices.ContainsFunc(rows, func(r Record) bool { return !r.complete() || r.Cursor != "" }) {
		return
	}
	if newest := rows[len(rows)-1].Digest; newest == "" || newest != h.digest(set).String() || w.routes[newest] != nil {
		return
	}
	if way := w.plan(ctx, x, moves); way != nil {
		w.routes[rows[len(rows)-1].Digest] = way
	}
}

// plan returns the route of the moves, nil when it is none.
func (w *Worker) plan(ctx context.Context, x *executor, moves []move) *route {
	m := x.m
	p := &executor{m: m, s: x.s, h: x.h, res: &Result{}, holds: x.holds}
	if schemas, ok := x.s.(SchemaSession); ok {
		p.s = elsewhere{x.s, schemas}
	}
	if p.prepare(ctx, moves) != nil {
		return nil
	}
	way := &route{}
	for _, mv := range moves {
		if mv.back || mv.fake || mv.adopt || x.h.row[mv.at] != nil {
			return nil
		}
		l, err := p.plan(ctx, mv)
		if err != nil || !plain(l) {
			return nil
		}
		marks, settle := p.marks(mv)
		settle()
		if len(marks.also) > 0 {
			return nil
		}
		way.legs = append(way.legs, straightLeg{label: m.set.label(mv.at), stages: l.stages, row: marks.rec})
	}
	return way
}

// plain reports whether a migration is statements in one transaction, which lose nothing and need no look at what is there.
func plain(l leg) bool {
	return len(l.groups) <= 1 && !l.held && !slices.ContainsFunc(l.ops, func(op Op) bool { return len(op.Destroys()) > 0 || op.Effects().Unknown }) &&
		!slices.ContainsFunc(l.stages, func(st Stage) bool {
			return st.NoTx || st.Commit || st.Batch != nil || st.ByHand || st.Run != nil || st.KeysOff || st.CheckAlways || len(st.Destroys) > 0 || len(st.Session) > 0 ||
				slices.ContainsFunc(st.Statements, func(s Statement) bool { return s.Shown || strings.ContainsRune(s.SQL, 0) })
		})
}

// elsewhere is a session whose planner plans for any schema.
type elsewhere struct {
	Session
	schemas SchemaSession
}

// Planner returns the planner of anySchema.
func (e elsewhere) Planner() Planner { return e.schemas.PlannerIn(anySchema) }
