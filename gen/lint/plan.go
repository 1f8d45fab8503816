package lint

import (
	"context"
	"errors"
	"iter"
	"reflect"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/scratch"
	migrate "github.com/modelgen/modelgen/runtime"
)

// planned is a stage of a target, and the op that it is for.
type planned struct {
	target Target
	migrate.Stage
	op int
	tx int // stages with the same number share a transaction
}

// values returns the ops of which the value is known.
func values(ops []Op) (all []migrate.Op) {
	for _, o := range ops {
		all = append(all, o.Value)
	}
	return all
}

// plan asks every target for its stages. One that cannot plan the ops says nothing of locks.
func (p *pass) plan() {
	ops := make([]migrate.Op, len(p.in.Ops))
	for i, o := range p.in.Ops {
		if ops[i] = o.Value; o.Value == nil {
			ops[i] = migrate.Go{Up: unknown, Name: "unknown"} // it can do anything, in the transaction
		}
	}
	fits := true
	if slices.ContainsFunc(p.in.Targets, func(t Target) bool { return t.Stages == nil }) {
		for s, i := scratch.Copy(p.first, ops...), 0; fits && i < len(ops); i++ {
			fits = ops[i].Apply(s) == nil
		}
	}
	for _, t := range p.in.Targets {
		if t.Stages != nil {
			p.place(t, t.Stages, ops)
			continue
		}
		if !fits { // planners need the tables that they are asked about
			p.refused(t, ops)
			continue
		}
		stages, err := migrate.PlanOps(t.Planner(), scratch.Copy(p.first, ops...), ops)
		if err != nil {
			p.refused(t, ops)
			continue
		}
		p.place(t, stages, ops)
	}
}

// own returns the stages of the op that is looked at, by their places in stages.
func (p *pass) own() iter.Seq2[int, planned] {
	if p.ofOp == nil {
		p.ofOp = map[int][]int{}
		for i, st := range p.stages {
			p.ofOp[st.op] = append(p.ofOp[st.op], i)
		}
	}
	return func(yield func(int, planned) bool) {
		for _, i := range p.ofOp[p.i] {
			if !yield(i, p.stages[i]) {
				return
			}
		}
	}
}

func unknown(context.Context, migrate.Tx) error { return nil }

// refused finds the first op that a target cannot plan, for MG406. One that does not fit is for MG407.
func (p *pass) refused(t Target, ops []migrate.Op) {
	s := scratch.Copy(p.first, ops...)
	for i, op := range ops {
		if op.Apply(scratch.Copy(s, op)) != nil {
			return
		}
		_, err := migrate.PlanOps(t.Planner(), scratch.Copy(s, op), []migrate.Op{op})
		var u *migrate.UnsupportedError
		if errors.As(err, &u) {
			for _, t := range p.in.Targets {
				u.NameOther(u.Dialect, t.Dialect.Name)
			}
			p.errs = append(p.errs, refusal{i, t, err})
			return
		}
		if op.Apply(s) != nil {
			return
		}
	}
}

// refusal is an op that a target cannot plan.
type refusal struct {
	op     int
	target Target
	err    error
}

// place finds the op of every stage by what it says of its cause, and the transaction that it is in.
func (p *pass) place(t Target, stages []migrate.Stage, ops []migrate.Op) {
	causes := make([]string, len(ops))
	for i, op := range ops {
		causes[i] = op.Describe()
	}
	at, tx := 0, 0
	for i, st := range stages {
		if alone := func(s migrate.Stage) bool { return s.NoTx || s.Batch != nil }; i > 0 &&
			(alone(st) || alone(stages[i-1]) || stages[i-1].Commit || st.KeysOff != stages[i-1].KeysOff) {
			tx++
		}
		at = cause(st.Cause, causes, at)
		p.stages = append(p.stages, planned{t, st, at, tx})
	}
}

// cause finds the op that a stage is for. Stages come in the order of their ops mostly, so the search begins at the last one found; a stage
// may be for a part of an op, or for several that were joined.
func cause(text string, causes []string, at int) int {
	subject, _, _ := strings.Cut(text, ": ")
	for _, same := range []func(c string) bool{
		func(c string) bool { return c == text },
		func(c string) bool { s, _, _ := strings.Cut(c, ": "); return s == subject },
		func(c string) bool { return strings.Contains(text, c) },
	} {
		if i := slices.IndexFunc(causes[at:], same); i >= 0 {
			return at + i
		}
		if i := slices.IndexFunc(causes, same); i >= 0 {
			return i
		}
	}
	return at
}

// locked returns the stages of the op on PostgreSQL that stop readers or writers of tables in use while they read or write whole tables.
func (p *pass) locked() []planned {
	var out []planned
	for _, st := range p.own() {
		if !p.hand && !st.ByHand && strong(st.Lock) && len(st.Tables) > 0 && (st.Scans || st.Rewrites) {
			out = append(out, st)
		}
	}
	return out
}

// strong reports whether a table lock stops writers, or everybody.
func strong(lock string) bool {
	switch lock {
	case "SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE":
		return true
	}
	return false
}

// stops says who waits for a lock.
func stops(lock string) string {
	if lock == "ACCESS EXCLUSIVE" {
		return "reads and writes"
	}
	return "writes"
}

// plain returns the reason for which the author chose the plain form of an op.
func plain(op migrate.Op) string {
	v := reflect.ValueOf(op)
	if v.Kind() != reflect.Struct {
		return ""
	}
	if f := v.FieldByName("Plain"); f.IsValid() && f.Kind() == reflect.String {
		return f.String()
	}
	return ""
}

// reportLock reports a stage that works under a lock. Where the author gave a reason for the plain form it is a note.
func (p *pass) reportLock(st planned, what string) {
	severity := p.check.Severity
	if plain(p.op) != "" {
		severity = Note
	}
	p.lockAs(severity, st, what)
}

func (p *pass) lockAs(severity Severity, st planned, what string) {
	p.reportAs(severity, p.check.Safe, "%s under %s on %s, which stops %s for as long as that takes (%s)",
		what, st.Lock, strings.Join(st.Tables, " and "), stops(st.Lock), st.target)
}
