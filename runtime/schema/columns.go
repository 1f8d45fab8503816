package schema

// Boolean is boolean.
//
//go:noinline
func Boolean(name string) Typed[bool] { return Typed[bool]{&step{text: name, kind: KindBoolean}} }

// SmallInt is a 16-bit integer.
//
//go:noinline
func SmallInt(name string) Typed[int16] { return Typed[int16]{&step{text: name, kind: KindSmallInt}} }

// Integer is a 32-bit integer.
//
//go:noinline
func Integer(name string) Typed[int32] { return Typed[int32]{&step{text: name, kind: KindInteger}} }

// BigInt is a 64-bit integer.
//
//go:noinline
func BigInt(name string) Typed[int64] { return Typed[int64]{&step{text: name, kind: KindBigInt}} }

// Real is a 32-bit floating point number.
//
//go:noinline
func Real(name string) Typed[float32] { return Typed[float32]{&step{text: name, kind: KindReal}} }

// Double is a 64-bit floating point number.
//
//go:noinline
func Double(name string) Typed[float64] { return Typed[float64]{&step{text: name, kind: KindDouble}} }

// Decimal is the exact text of a number, as the default of a [Numeric] column: "0.10". Sets check that it is a number.
type Decimal string

// Numeric is an exact number with that many digits in all and after the point. Precision 0 is without limit.
//
//go:noinline
func Numeric(name string, precision, scale int) Typed[Decimal] {
	return Typed[Decimal]{&step{text: name, kind: KindNumeric, size: precision, scale: scale}}
}

// Text is text of any length.
//
//go:noinline
func Text(name string) Typed[string] { return Typed[string]{&step{text: name, kind: KindText}} }

// Varchar is text of at most size characters.
//
//go:noinline
func Varchar(name string, size int) Typed[string] {
	return Typed[string]{&step{text: name, kind: KindVarchar, size: size}}
}

// Char is text of exactly size characters, filled with blanks.
//
//go:noinline
func Char(name string, size int) Typed[string] {
	return Typed[string]{&step{text: name, kind: KindChar, size: size}}
}

// Bytes is a string of bytes.
//
//go:noinline
func Bytes(name string) Typed[[]byte] { return Typed[[]byte]{&step{text: name, kind: KindBytes}} }

// Date is a day.
//
//go:noinline
func Date(name string) Typed[string] { return Typed[string]{&step{text: name, kind: KindDate}} }

// Time is a time of day.
//
//go:noinline
func Time(name string) Typed[string] { return Typed[string]{&step{text: name, kind: KindTime}} }

// Timestamp is day and time without a zone.
//
//go:noinline
func Timestamp(name string) Typed[string] {
	return Typed[string]{&step{text: name, kind: KindTimestamp}}
}

// TimestampTZ is a point in time.
//
//go:noinline
func TimestampTZ(name string) Typed[string] {
	return Typed[string]{&step{text: name, kind: KindTimestampTZ}}
}

// Interval is a span of time.
//
//go:noinline
func Interval(name string) Typed[string] { return Typed[string]{&step{text: name, kind: KindInterval}} }

// UUID is a universally unique identifier.
//
//go:noinline
func UUID(name string) Typed[string] { return Typed[string]{&step{text: name, kind: KindUUID}} }

// JSON is a JSON text, kept as written.
//
//go:noinline
func JSON(name string) Typed[string] { return Typed[string]{&step{text: name, kind: KindJSON}} }

// JSONB is a JSON value, kept in a form that can be compared and indexed.
//
//go:noinline
func JSONB(name string) Typed[string] { return Typed[string]{&step{text: name, kind: KindJSONB}} }

// Inet is an address of a host, perhaps with its network.
//
//go:noinline
func Inet(name string) Typed[string] { return Typed[string]{&step{text: name, kind: KindInet}} }

// CIDR is an address of a network.
//
//go:noinline
func CIDR(name string) Typed[string] { return Typed[string]{&step{text: name, kind: KindCIDR}} }

// EnumOf is a column of a native enum type made by CreateEnum.
//
//go:noinline
func EnumOf(name, enum string) Typed[string] {
	return Typed[string]{&step{text: name, kind: KindEnum, more: enum}}
}

// Other is a column of a type that this package has no word for, written in SQL: Other("place", "geometry(Point,4326)").
//
//go:noinline
func Other(name, sql string) Typed[string] {
	return Typed[string]{&step{text: name, kind: KindOther, more: sql}}
}

// Array is an array of the column it is given: Array(Text("tags")). Its default is a literal in the dialect's form: '{}'.
//
//go:noinline
func Array[T any](of Typed[T]) Typed[string] { return Typed[string]{&step{of: of.last, is: array}} }

// Sized sets the digits after the second of a time type: Sized(TimestampTZ("at"), 3). 0 is the dialect's default, [NoDigits] none.
//
//go:noinline
func Sized(of Typed[string], digits int) Typed[string] {
	return Typed[string]{&step{of: of.last, is: sized, size: digits}}
}
