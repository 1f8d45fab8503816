package lint

import "github.com/modelgen/modelgen/runtime/schema"

// loses says what a change of type cuts off without an error, "" when nothing.
func loses(a, b schema.Type) string {
	whole := func(t schema.Type) bool { return t.Kind >= schema.KindSmallInt && t.Kind <= schema.KindBigInt }
	float := func(t schema.Type) bool { return t.Kind == schema.KindReal || t.Kind == schema.KindDouble }
	numeric := func(t schema.Type) bool { return t.Kind == schema.KindNumeric }
	moment := func(t schema.Type) bool { return t.Kind == schema.KindTimestamp || t.Kind == schema.KindTimestampTZ }
	switch {
	case a.Array != b.Array || a == b:
	case (float(a) || numeric(a)) && whole(b):
		return "the fraction is rounded off"
	case numeric(a) && numeric(b) && b.Precision > 0 && (a.Precision == 0 || b.Scale < a.Scale):
		return "digits of the fraction are rounded off"
	case a.Kind == schema.KindDouble && b.Kind == schema.KindReal, (a.Kind == schema.KindBigInt || numeric(a)) && float(b),
		a.Kind == schema.KindInteger && b.Kind == schema.KindReal:
		return "large or long numbers lose their last digits"
	case moment(a) && b.Kind == schema.KindDate:
		return "the time of day goes"
	case moment(a) && b.Kind == schema.KindTime:
		return "the day goes"
	case moment(a) && moment(b) && a.Kind != b.Kind:
		return "the values are read in the time zone of the session"
	case a.Kind == b.Kind && a.Kind >= schema.KindTime && a.Kind <= schema.KindInterval && b.Size > 0 && (a.Size == 0 || b.Size < a.Size):
		return "parts of a second are rounded away"
	}
	return ""
}

// fails reports whether a change of type stops at a value that the new type does not hold.
func fails(a, b schema.Type) bool {
	text := func(t schema.Type) bool {
		return t.Kind == schema.KindText || t.Kind == schema.KindVarchar || t.Kind == schema.KindChar
	}
	switch {
	case a == b:
		return false
	case a.Array != b.Array:
		return !text(b)
	case text(a) && text(b):
		return b.Size > 0 && (a.Size == 0 || b.Size < a.Size)
	case text(a):
		return true
	case a.Kind >= schema.KindSmallInt && a.Kind <= schema.KindBigInt && b.Kind >= schema.KindSmallInt && b.Kind <= schema.KindBigInt:
		return b.Kind < a.Kind
	case (a.Kind >= schema.KindReal && a.Kind <= schema.KindNumeric) && b.Kind >= schema.KindSmallInt && b.Kind <= schema.KindBigInt:
		return true
	case b.Kind == schema.KindNumeric && b.Precision > 0 && a.Kind >= schema.KindSmallInt && a.Kind <= schema.KindNumeric:
		digits := map[schema.Kind]int{schema.KindSmallInt: 5, schema.KindInteger: 10, schema.KindBigInt: 19, schema.KindReal: 38, schema.KindDouble: 308}[a.Kind]
		if a.Kind == schema.KindNumeric {
			if digits = a.Precision - a.Scale; a.Precision == 0 {
				digits = 1000
			}
		}
		return b.Precision-b.Scale < digits
	case a.Kind == schema.KindEnum && b.Kind == schema.KindEnum:
		return a.Name != b.Name
	}
	return false
}
