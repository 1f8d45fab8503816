package optimize

import (
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// swap returns two ops that do in the other order what a and then b do.
func (z *optimizer) swap(a, b *step, free bool) (first, second *step, ok bool) {
	switch {
	case a.barrier || b.barrier:
		return nil, nil, false
	case independent(a, b, free):
		return b, a, true
	case a.fill || b.fill, a.object != nil || b.object != nil:
		return nil, nil, false
	}
	if r, is := a.renaming(); is { // b uses the new name; before a it has to use the old one
		if moved, ok := z.through(r.back(), b); ok && sameOp(b.op, r.rewritten(moved.op)) {
			return moved, a, true
		}
	}
	if r, is := b.renaming(); is { // a uses the old name; behind b it has to use the new one
		if moved, ok := z.through(r, a); ok {
			return b, moved, true
		}
	}
	if o, is := a.op.(migrate.AlterEnum); is && eitherWay(o, b) || isAlter(b.op) && eitherWay(b.op.(migrate.AlterEnum), a) {
		return b, a, true
	}
	return nil, nil, false
}

func isAlter(op migrate.Op) bool { _, is := op.(migrate.AlterEnum); return is }

func sameOp(a, b migrate.Op) bool {
	return migrate.HashOps([]migrate.Op{a}) == migrate.HashOps([]migrate.Op{b})
}

// independent reports whether a and b, in this order, do the same in the other.
func independent(a, b *step, free bool) bool {
	if (a.object != nil || b.object != nil) && !besides(a, b) {
		return false
	}
	if a.fill || b.fill {
		if a.fill && b.fill || a.enum != "" || b.enum != "" {
			return false
		}
		return !slices.ContainsFunc(a.acc, func(x access) bool {
			return slices.ContainsFunc(b.acc, func(y access) bool { return x.name == y.name })
		})
	}
	if a.enum != "" && inText(a, b) || b.enum != "" && inText(b, a) {
		return false
	}
	for _, x := range a.acc {
		for _, y := range b.acc {
			if x.name == y.name && (x.write || y.write) && !orderOnly(x, y, free) {
				return false
			}
		}
	}
	return !over(a, b) && !over(b, a)
}

// orderOnly reports whether two ops meet in the order of columns only, in a way that does not matter: the order does not depend on when one is
// dropped. But a column is added before another one is dropped, as that may be the last one.
func orderOnly(x, y access, free bool) bool {
	return strings.HasPrefix(x.name, "o:") && x.write != y.write && (free || y.write)
}

// over reports whether b has SQL over a column that a changes.
func over(a, b *step) bool {
	for _, e := range b.exprs {
		prefix := "c:" + e.table + "."
		for _, x := range a.acc {
			if column, ok := strings.CutPrefix(x.name, prefix); ok && x.write && mentions(e.text, column) {
				return true
			}
		}
	}
	return false
}

// inText reports whether an op may name in its SQL the enum that another one changes, or a value of it. The columns of a table that comes or goes
// say by their types whether they have to do with the enum; of others that is not known.
func inText(enum, other *step) bool {
	_, base := schema.SplitName(enum.enum)
	for _, t := range other.texts {
		if mentions(t, base) {
			return true
		}
		if o, is := enum.op.(migrate.RenameEnum); is {
			if _, to := schema.SplitName(o.To); mentions(t, to) {
				return true
			}
		}
		if enum.values && strings.Contains(t, "'") && (!other.whole || uses(other, enum.enum)) {
			return true
		}
	}
	return false
}

func uses(s *step, enum string) bool {
	return slices.ContainsFunc(s.acc, func(x access) bool { return x.name == strings.ToLower("e:"+enum) })
}

// eitherWay reports whether a table or a column can come before and after the values of an enum change: no row of it is there then, and what its
// defaults are is there before and after.
func eitherWay(e migrate.AlterEnum, s *step) bool {
	var columns []schema.Column
	switch o := s.op.(type) {
	case migrate.CreateTable:
		columns = o.Definition().Columns
	case migrate.AddColumn:
		columns = []schema.Column{o.Column.Def()}
	default:
		return false
	}
	for _, c := range columns {
		if c.Type.Kind != schema.KindEnum || c.Type.Name != e.Name {
			continue
		}
		if c.Default != nil && (c.Type.Array || !slices.Contains(e.From, *c.Default) || !slices.Contains(e.To, *c.Default)) {
			return false
		}
	}
	return !slices.ContainsFunc(s.texts, func(t string) bool {
		_, base := schema.SplitName(e.Name)
		return strings.Contains(t, "'") || mentions(t, base)
	})
}
