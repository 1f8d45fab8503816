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

func says(text string, when func(from, to Type) bool) func(from, to Type) string {
	return func(from, to Type) string {
		if when(from, to) {
			return text
		}
		return ""
	}
}

var (
	lastDigits       = says("large or long numbers lose their last digits", always)
	moreThanMantissa = says("large or long numbers lose their last digits", func(a, b Type) bool {
		return a.Kind == KindBigInt || b.Kind == KindReal && a.Kind != KindSmallInt && a.Kind != KindReal
	})
	fraction       = says("the fraction is rounded off", always) // SQLite does not hold a number to its scale
	fractionDigits = says("digits of the fraction are rounded off", func(a, b Type) bool {
		return b.Precision > 0 && (a.Precision == 0 || b.Scale < a.Scale)
	})
	truth           = says("every number but 0 becomes true", always)
	blanks          = says("blanks at the end are no part of a char", always)
	blanksPastLimit = says(BlanksPastLimit, func(a, b Type) bool { return a.Kind != KindChar && shorter(a, b) })
	part            = says("a part of the value is cut off", always)
	timeOfDay       = says("the time of day goes", always)
	day             = says("the day goes", always)
	days            = says("the days and months go", always)
	seconds         = says("parts of a second are rounded away", lessExact)
	jsonKeys        = says("of a key that is there twice the last one stays, and the order of keys goes", always)
	host            = says("the bits of the host are set to zero", always)
)

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
