package load

import (
	"go/ast"
	"go/token"
	"go/types"
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

// writtenAsBits reports whether the value of a constant is written as one that is combined with others: 1 << iota, Read | Write, 0x04.
func (l *loader) writtenAsBits(value ast.Expr) bool {
	if value == nil {
		return false
	}
	found := false
	ast.Inspect(value, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			found = found || n.Op == token.SHL || n.Op == token.OR || n.Op == token.AND_NOT
		case *ast.CallExpr:
			return len(n.Args) == 1 // a conversion
		}
		return !found
	})
	return found
}

// flags returns the constants as they are written when rows may hold several of them at once, as those of 1 << iota, and "" when each row has one
// of them. Where it cannot be known, as for 1, 2 and 4, they count as flags: somebody is asked.
func flags(obj *types.TypeName, values []constantValue) string {
	if b, ok := obj.Type().Underlying().(*types.Basic); !ok || b.Info()&types.IsInteger == 0 {
		return ""
	}
	written := slices.ContainsFunc(values, func(v constantValue) bool { return v.bits })
	var numbers []uint64
	var powers uint64 // all that are a single bit
	for _, v := range values {
		n, err := strconv.ParseUint(v.val, 10, 64)
		if err != nil && !written {
			return "" // negative
		}
		if n&(n-1) == 0 {
			powers |= n
		}
		numbers = append(numbers, n)
	}
	if !written {
		slices.Sort(numbers)
		last := len(numbers) - 1
		row := numbers[last]-numbers[0] == uint64(last) // 1, 2, 3, 4
		if row || bits.OnesCount64(powers) < 3 || slices.ContainsFunc(numbers, func(n uint64) bool { return n&^powers != 0 }) {
			return ""
		}
	}
	list := valueTexts(values)
	const most = 5
	if len(list) > most {
		list = append(list[:most-1:most-1], "...")
	}
	return strings.Join(list, ", ")
}

// askAboutConstants notes that a check over constants would refuse what rows may hold, or cannot be had, as long as the tag does not say what is meant.
func (m *model) askAboutConstants(c *column) {
	if c.bad || slices.ContainsFunc(c.opts, func(o option) bool { return o.word == "check" }) {
		return
	}
	if c.elements != nil {
		how := "check:- for an array of anything, or a check of your own"
		if b, ok := c.elements.Type().Underlying().(*types.Basic); ok && b.Kind() == types.String {
			how = "enum for an array of a native enum, " + how
		}
		m.l.failf(c.pos, "%s: no CHECK that every database has can hold the elements of an array to the constants of %s: write %s", c.field.Name(), c.elements.Name(), how)
		return
	}
	if list := flags(c.enum, m.l.constants(c.enum)); list != "" {
		m.l.failf(c.pos, "%s: the constants of %s (%s) look like bits of which a row may hold several, and a CHECK over them would refuse those: "+
			"write check:- for flags, or check:+ when a row has one of them", c.field.Name(), c.enum.Name(), list)
	}
}
