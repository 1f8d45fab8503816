package optimize

import (
	"bytes"
	"encoding/json"
	"slices"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Ops returns a list that does what ops do, and is never longer. It is deterministic and idempotent. When ops begin with
// an empty database the result is replayed against them; see [From] for others.
func Ops(ops []migrate.Op) []migrate.Op { return From(&schema.Schema{}, ops) }

// From is [Ops] for a list that begins with a schema, which is left as it is. What ops make of it and what the result makes of it is compared; where
// that differs, which no rule should let happen, each step is compared, and those that are wrong are not made. Ops that do not fit the schema
// cannot be compared and are left to the rules.
func From(before *schema.Schema, ops []migrate.Op) []migrate.Op {
	out := reduced(ops, nil)
	want, fits := after(before, ops)
	if !fits {
		return out
	}
	same := func(list []migrate.Op) bool {
		got, ok := after(before, list)
		return ok && bytes.Equal(got, want)
	}
	if len(out) == len(ops) || same(out) {
		return out
	}
	return reduced(ops, same)
}

// after returns all facts of what ops make of a schema.
func after(before *schema.Schema, ops []migrate.Op) (facts []byte, fits bool) {
	s := before.Clone()
	for _, op := range ops {
		if op == nil || op.Apply(s) != nil {
			return nil, false
		}
	}
	facts, err := json.Marshal(s)
	return facts, err == nil
}

// reduced applies the rules until none applies. When same is given it must say yes to each new list.
func reduced(ops []migrate.Op, same func([]migrate.Op) bool) []migrate.Op {
	z := &optimizer{ids: map[string]int32{}}
	list := make([]*step, len(ops))
	for i, op := range ops {
		list[i] = z.step(op)
	}
	for changed := true; changed; {
		changed = false
		for at := 0; at < len(list); {
			left := len(list) - at - 1 // behind it, and not looked at yet
			for i := at; i >= 0; {
				next, merged, ok := z.reduce(list, i)
				if !ok || same != nil && !same(values(next)) {
					break
				}
				list, i, changed = next, merged, true
			}
			at = len(list) - left
		}
	}
	return values(list)
}

func values(list []*step) []migrate.Op {
	ops := make([]migrate.Op, len(list))
	for i, s := range list {
		ops[i] = s.op
	}
	return ops
}

type optimizer struct {
	ids  map[string]int32 // of the names of what ops touch
	mark []uint16         // by id: how many of the block touch it
}

// block is what reduce moves to the left: an op, and before it those that it cannot pass.
type block struct {
	steps          []*step
	texts, changes bool // one has SQL text; one changes an enum
	objects        bool // one is of an object beside the tables
}

// most is how many ops a block has at most; more are not worth the time.
const most = 48

// reduce joins the op at j with one before it. What lies between them goes to the right of both, as far as the op can pass it, or to the left, with
// what must come before the op. It returns the position of the result, -1 when nothing is left of both.
func (z *optimizer) reduce(list []*step, j int) ([]*step, int, bool) {
	if out, at, ok := z.reduceRows(list, j); ok {
		return out, at, ok
	}
	if list[j].barrier || list[j].fill {
		return nil, 0, false
	}
	if out, at, ok := z.reduceBy(list, j, false); ok {
		return out, at, ok
	}
	if _, drops := list[j].op.(migrate.DropColumn); drops {
		return z.reduceBy(list, j, true)
	}
	return nil, 0, false
}

// reduceRows joins two ops of rows of one table that stand side by side: nothing passes them.
func (z *optimizer) reduceRows(list []*step, j int) ([]*step, int, bool) {
	if j == 0 {
		return nil, 0, false
	}
	a, is := list[j-1].op.(migrate.Rows)
	b, are := list[j].op.(migrate.Rows)
	if !is || !are {
		return nil, 0, false
	}
	op, ok := mergeRows(a, b)
	switch {
	case !ok:
		return nil, 0, false
	case op == nil:
		return slices.Concat(list[:j-1], list[j+1:]), -1, true
	}
	return slices.Concat(list[:j-1], []*step{z.step(op)}, list[j+1:]), j - 1, true
}

// reduceBy is reduce; free lets columns be dropped before others are added, which may drop the last one of a table for a moment. That is of no
// consequence when nothing is left of both ops.
func (z *optimizer) reduceBy(list []*step, j int, free bool) ([]*step, int, bool) {
	b := &block{steps: []*step{list[j]}}
	z.add(b, list[j], 1)
	defer func() { z.clear(b) }()
	var right []*step // from right to left
	for i := j - 1; i >= 0 && len(b.steps) <= most; i-- {
		x := list[i]
		if x.barrier {
			return nil, 0, false
		}
		if !z.near(b, x) {
			right = append(right, x)
			continue
		}
		if merged, before, ok := z.join(x, b.steps, free); ok {
			out := slices.Concat(list[:i], before)
			at := -1
			if merged != nil {
				at = len(out)
				out = append(out, merged)
			}
			slices.Reverse(right)
			return slices.Concat(out, right, list[j+1:]), at, true
		}
		if steps, moved, ok := z.pass(x, b.steps, free); ok {
			right = append(right, moved)
			z.clear(b)
			b = &block{steps: steps}
			for _, s := range steps {
				z.add(b, s, 1)
			}
			continue
		}
		b.steps = slices.Concat([]*step{x}, b.steps)
		z.add(b, x, 1)
	}
	return nil, 0, false
}

// add notes what a step of the block touches.
func (z *optimizer) add(b *block, s *step, n uint16) {
	for _, k := range s.keys {
		z.mark[k] += n
	}
	b.texts = b.texts || len(s.texts) > 0
	b.changes = b.changes || s.enum != ""
	b.objects = b.objects || s.object != nil
}

func (z *optimizer) clear(b *block) {
	for _, s := range b.steps {
		for _, k := range s.keys {
			z.mark[k] = 0
		}
	}
}

// near reports whether x may have to do with the block: all else is known to pass.
func (z *optimizer) near(b *block, x *step) bool {
	for _, k := range x.keys {
		if z.mark[k] > 0 {
			return true
		}
	}
	if b.objects || x.object != nil { // what it names is found by comparing words
		return true
	}
	return x.enum != "" && b.texts || b.changes && (len(x.texts) > 0 || x.fill)
}

// join merges x with the last step of a block, when it passes the others. nil is nothing.
func (z *optimizer) join(x *step, steps []*step, free bool) (merged *step, before []*step, ok bool) {
	last := steps[len(steps)-1]
	if x.fill || last.fill || !shares(x, last) {
		return nil, nil, false
	}
	before, x, ok = z.pass(x, steps[:len(steps)-1], free)
	if !ok {
		return nil, nil, false
	}
	op, ok := merge(x, last)
	switch {
	case !ok || free && op != nil:
		return nil, nil, false
	case op == nil:
		return nil, before, true
	}
	return z.step(op), before, true
}

// pass moves x behind all steps.
func (z *optimizer) pass(x *step, steps []*step, free bool) (before []*step, moved *step, ok bool) {
	before = make([]*step, len(steps))
	for i, s := range steps {
		if before[i], x, ok = z.swap(x, s, free); !ok {
			return nil, nil, false
		}
	}
	return before, x, true
}

// shares reports whether two ops have any name in common.
func shares(a, b *step) bool {
	for _, k := range a.keys {
		if slices.Contains(b.keys, k) {
			return true
		}
	}
	return false
}
