package schema

// BlanksPastLimit is what a string loses that becomes shorter: nothing that is seen, so that it is said beside what fails.
const BlanksPastLimit = "blanks past the new length are cut off"

// limit is how many characters a type of text holds, 0 for any number.
func limit(t Type) int {
	if t.Kind == KindChar {
		return max(t.Size, 1) // char is char(1)
	}
	return t.Size
}

// width is how many characters the text of a value takes at most, 0 for any number.
func width(t Type) int {
	switch {
	case t.Array:
		return 0
	case t.Kind.Text():
		return limit(t)
	}
	return map[Kind]int{KindBoolean: 5, KindSmallInt: 6, KindInteger: 11, KindBigInt: 20, KindUUID: 36}[t.Kind]
}

// shorter reports whether a text of one type may not fit into another.
func shorter(a, b Type) bool { return limit(b) > 0 && (limit(a) == 0 || limit(b) < limit(a)) }

// timed reports whether a type counts parts of a second.
func timed(t Type) bool {
	return t.Kind == KindTime || t.Kind == KindTimestamp || t.Kind == KindTimestampTZ || t.Kind == KindInterval
}

// lessExact reports whether a type keeps fewer digits of a second: PostgreSQL keeps six at most, and where nothing is said (manual, 8.5).
func lessExact(a, b Type) bool {
	digits := func(t Type) int {
		if t.Size == 0 {
			return 6
		}
		return max(0, min(t.Size, 6))
	}
	return digits(b) < digits(a)
}

// digits is how many digits a number may have before the point.
func digits(t Type) int {
	if t.Kind == KindNumeric {
		if t.Precision == 0 {
			return 131072
		}
		return t.Precision - t.Scale
	}
	return map[Kind]int{KindBoolean: 1, KindSmallInt: 5, KindInteger: 10, KindBigInt: 19, KindReal: 39, KindDouble: 309}[t.Kind]
}

// What makes a cast fail.

func always(Type, Type) bool { return true }

func limited(_, to Type) bool { return to.Precision > 0 }

func longer(from, to Type) bool {
	if from.Kind.Text() {
		return shorter(Type{Kind: from.Kind, Size: from.Size}, to)
	}
	w := width(Type{Kind: from.Kind})
	return limit(to) > 0 && (w == 0 || limit(to) < w)
}

func fewerDigits(from, to Type) bool {
	a, b := digits(from), digits(to)
	switch {
	case to.Kind == KindNumeric && to.Precision == 0:
		return false
	case from.Kind == KindNumeric && from.Precision == 0:
		return true
	case from.Kind == KindNumeric && to.Kind == KindNumeric:
		return b < a || b == a && to.Scale < from.Scale // 9.99 is rounded to 10.0
	case from.Kind == KindNumeric: // to a float, which has neither such a large number nor such a small one
		return b <= a || b-2 < from.Scale
	}
	return b < a
}

// What a cast cuts off.

func says(text string, when bool) string {
	if when {
		return text
	}
	return ""
}

func lastDigits(_, _ Type) string { return "large or long numbers lose their last digits" }

func moreThanMantissa(a, b Type) string {
	return says(lastDigits(a, b), a.Kind == KindBigInt || b.Kind == KindReal && a.Kind != KindSmallInt && a.Kind != KindReal)
}

// fraction: SQLite does not hold a number to its scale.
func fraction(_, _ Type) string { return "the fraction is rounded off" }

func fractionDigits(a, b Type) string {
	return says("digits of the fraction are rounded off", b.Precision > 0 && (a.Precision == 0 || b.Scale < a.Scale))
}

func truth(_, _ Type) string  { return "every number but 0 becomes true" }
func blanks(_, _ Type) string { return "blanks at the end are no part of a char" }

func blanksPastLimit(a, b Type) string {
	return says(BlanksPastLimit, a.Kind != KindChar && shorter(a, b))
}

func part(_, _ Type) string      { return "a part of the value is cut off" }
func timeOfDay(_, _ Type) string { return "the time of day goes" }
func day(_, _ Type) string       { return "the day goes" }
func days(_, _ Type) string      { return "the days and months go" }
func seconds(a, b Type) string   { return says("parts of a second are rounded away", lessExact(a, b)) }
func jsonKeys(_, _ Type) string {
	return "of a key that is there twice the last one stays, and the order of keys goes"
}
func host(_, _ Type) string { return "the bits of the host are set to zero" }

func lastOrFraction(from, to Type) string {
	if to.Precision > 0 {
		return "digits of the fraction are rounded off"
	}
	return lastDigits(from, to)
}

func zoneOrSeconds(from, to Type) string {
	if from.Kind != to.Kind {
		return "the values are read in the time zone of the session"
	}
	return seconds(from, to)
}
