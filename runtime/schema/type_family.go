package schema

import "slices"

// Integer reports whether the kind is one of the whole numbers.
func (k Kind) Integer() bool { return slices.Contains(integers, k) }

// Float reports whether the kind is one of the floating-point numbers.
func (k Kind) Float() bool { return slices.Contains(floats, k) }

// Number reports whether the kind is one of numbers, whole or not.
func (k Kind) Number() bool { return k.Integer() || k.Float() || k == KindNumeric }

// Text reports whether the kind is one of strings, of any length.
func (k Kind) Text() bool { return slices.Contains(texts, k) }

var (
	integers = []Kind{KindSmallInt, KindInteger, KindBigInt}
	floats   = []Kind{KindReal, KindDouble}
	numbers  = slices.Concat(integers, floats, []Kind{KindNumeric})
	texts    = []Kind{KindText, KindVarchar, KindChar}
	moments  = []Kind{KindTimestamp, KindTimestampTZ}
	jsons    = []Kind{KindJSON, KindJSONB}
)

// SameFamily reports whether two types are one kind of thing and differ in how much they hold, or how: a column of one may be the other under
// another name.
func SameFamily(a, b Type) bool { return together(a.Plain(), b.Plain(), texts, moments, jsons) }

// SameForm reports whether a program reads values of both types into the same field, as long as they are not too large for it.
func SameForm(a, b Type) bool { return together(a.Plain(), b.Plain(), integers, floats, texts, jsons) }

// together reports whether two types are of one kind, or of two that one of the groups holds.
func together(a, b Type, groups ...[]Kind) bool {
	if a.Array != b.Array || a.Name != b.Name {
		return false
	}
	return a.Kind == b.Kind || slices.ContainsFunc(groups, func(g []Kind) bool { return slices.Contains(g, a.Kind) && slices.Contains(g, b.Kind) })
}

// Reads reports whether a field for the type to takes every value of a query's column of the type from. Lengths and digits do not count, as what is computed has none.
func Reads(from, to Type) bool {
	from, to = from.Plain(), to.Plain()
	if from.Kind == KindOther && to.Kind == KindOther && from.Array == to.Array {
		return word(from.Name) == word(to.Name)
	}
	if !SameForm(from, to) {
		return false
	}
	return !from.Kind.Integer() && !from.Kind.Float() || from.Kind <= to.Kind // from the narrow to the wide ones
}
