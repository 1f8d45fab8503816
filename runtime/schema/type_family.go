package schema

// Integer reports whether the kind is one of the whole numbers.
func (k Kind) Integer() bool { return integers.has(k) }

// Float reports whether the kind is one of the floating-point numbers.
func (k Kind) Float() bool { return floats.has(k) }

// Number reports whether the kind is one of numbers, whole or not.
func (k Kind) Number() bool { return numbers.has(k) }

// Text reports whether the kind is one of strings, of any length.
func (k Kind) Text() bool { return texts.has(k) }

// kindSet is a set of kinds, with a bit for each.
type kindSet uint32

func (s kindSet) has(k Kind) bool { return s>>k&1 != 0 }

const (
	everyKind kindSet = 1<<(KindOther+1) - 1<<KindBoolean // that a column may have
	integers  kindSet = 1<<KindSmallInt | 1<<KindInteger | 1<<KindBigInt
	floats    kindSet = 1<<KindReal | 1<<KindDouble
	numbers           = integers | floats | 1<<KindNumeric
	texts     kindSet = 1<<KindText | 1<<KindVarchar | 1<<KindChar
	moments   kindSet = 1<<KindTimestamp | 1<<KindTimestampTZ
	jsons     kindSet = 1<<KindJSON | 1<<KindJSONB

	writtenAlike = everyKind &^ (1<<KindBytes | 1<<KindOther | texts) // their values say the same as text
)

// SameFamily reports whether two types are one kind of thing and differ in how much they hold, or how: a column of one may be the other under
// another name.
func SameFamily(a, b Type) bool { return together(a.Plain(), b.Plain(), texts, moments, jsons) }

// SameForm reports whether a program reads values of both types into the same field, as long as they are not too large for it.
func SameForm(a, b Type) bool { return together(a.Plain(), b.Plain(), integers, floats, texts, jsons) }

// together reports whether two types are of one kind, or of two that one of the groups holds.
func together(a, b Type, groups ...kindSet) bool {
	if a.Array != b.Array || a.Name != b.Name {
		return false
	}
	for _, g := range groups {
		if g.has(a.Kind) && g.has(b.Kind) {
			return true
		}
	}
	return a.Kind == b.Kind
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
