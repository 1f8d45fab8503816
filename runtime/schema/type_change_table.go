package schema

// typeChange is a row of the table of type changes: what becomes of each kind of from when it becomes one of to.
type typeChange struct {
	from, to kindSet
	cast     Cast
	same     bool                       // a value says the same in the new type, unless it is cut or refused
	loses    func(from, to Type) string // nil: nothing
	fails    func(from, to Type) bool   // nil: never
	scalar   bool                       // there is no such cast of arrays
	zone     bool                       // PostgreSQL reads one with a zone, and one without, in the time zone of the session
}

// typeChanges has each pair of kinds that a database casts, once. A pair that it lacks has no cast. What it says was tried on PostgreSQL and SQLite
// with the values at the limits of each type: TestTypeChangesOnPostgres and TestTypeChangesOnSQLite in
// runtime/dialecttest.
var typeChanges = []typeChange{
	// Numbers. NaN and infinity are numbers of real, double precision and numeric, and of no whole number.
	{from: integers, to: integers, cast: AssignmentCast, same: true, fails: fewerDigits},
	{from: integers, to: 1 << KindNumeric, cast: AssignmentCast, same: true, fails: fewerDigits},
	{from: integers, to: floats, cast: AssignmentCast, same: true, loses: moreThanMantissa},
	{from: floats, to: integers, cast: AssignmentCast, loses: fraction, fails: always},
	{from: floats, to: 1 << KindNumeric, cast: AssignmentCast, loses: lastOrFraction, fails: limited},
	{from: floats, to: floats, cast: AssignmentCast, same: true, loses: moreThanMantissa, fails: fewerDigits},
	{from: 1 << KindNumeric, to: integers, cast: AssignmentCast, loses: fraction, fails: always},
	{from: 1 << KindNumeric, to: floats, cast: AssignmentCast, loses: lastDigits, fails: fewerDigits},
	{from: 1 << KindNumeric, to: 1 << KindNumeric, cast: AssignmentCast, same: true, loses: fractionDigits, fails: fewerDigits},

	// Boolean. PostgreSQL casts it from and to integer alone, the planner writes the rest.
	{from: 1 << KindBoolean, to: 1 << KindInteger, cast: ExplicitCast},
	{from: 1 << KindBoolean, to: numbers &^ (1 << KindInteger), cast: ExplicitCast, fails: fewerDigits, scalar: true},
	{from: 1 << KindInteger, to: 1 << KindBoolean, cast: ExplicitCast, loses: truth},
	{from: numbers &^ (1 << KindInteger), to: 1 << KindBoolean, cast: ExplicitCast, loses: truth, scalar: true},

	// Text. A string that is longer than its limit by blanks alone is cut, else refused (manual, 8.3).
	{from: texts, to: texts &^ (1 << KindChar), cast: AssignmentCast, same: true, loses: blanksPastLimit, fails: longer},
	{from: 1 << KindChar, to: 1 << KindChar, cast: AssignmentCast, same: true, fails: longer},
	{from: texts &^ (1 << KindChar), to: 1 << KindChar, cast: AssignmentCast, loses: blanks, fails: longer},
	{from: writtenAlike, to: texts &^ (1 << KindChar), cast: AssignmentCast, same: true, fails: longer},
	{from: writtenAlike, to: 1 << KindChar, cast: AssignmentCast, fails: longer},
	{from: 1 << KindBytes, to: texts, cast: AssignmentCast, fails: longer}, // the text of bytes is another in each database
	{from: texts, to: integers, cast: ExplicitCast, fails: always},
	{from: texts, to: floats | 1<<KindNumeric, cast: ExplicitCast, loses: lastDigits, fails: always},
	{from: texts, to: 1<<KindDate | 1<<KindTime | 1<<KindTimestamp | 1<<KindTimestampTZ | 1<<KindInterval, cast: ExplicitCast, loses: part, fails: always},
	{from: texts, to: 1 << KindJSONB, cast: ExplicitCast, loses: jsonKeys, fails: always},
	{from: texts, to: 1<<KindBoolean | 1<<KindBytes | 1<<KindUUID | 1<<KindJSON | 1<<KindInet | 1<<KindCIDR | 1<<KindEnum, cast: ExplicitCast, fails: always},

	// Dates and times.
	{from: 1 << KindDate, to: moments, cast: AssignmentCast, same: true, zone: true},
	{from: moments, to: 1 << KindDate, cast: AssignmentCast, loses: timeOfDay, zone: true},
	{from: moments, to: 1 << KindTime, cast: AssignmentCast, loses: day, zone: true},
	{from: moments, to: moments, cast: AssignmentCast, same: true, loses: zoneOrSeconds, zone: true},
	{from: 1 << KindTime, to: 1 << KindTime, cast: AssignmentCast, same: true, loses: seconds},
	{from: 1 << KindTime, to: 1 << KindInterval, cast: AssignmentCast, loses: seconds},
	{from: 1 << KindInterval, to: 1 << KindInterval, cast: AssignmentCast, same: true, loses: seconds},
	{from: 1 << KindInterval, to: 1 << KindTime, cast: AssignmentCast, loses: days},

	// JSON and addresses.
	{from: 1 << KindJSON, to: 1 << KindJSONB, cast: AssignmentCast, loses: jsonKeys, fails: always}, // \u0000
	{from: 1 << KindJSONB, to: 1 << KindJSON, cast: AssignmentCast, same: true},
	{from: 1 << KindInet, to: 1 << KindCIDR, cast: AssignmentCast, loses: host},
	{from: 1 << KindCIDR, to: 1 << KindInet, cast: AssignmentCast, same: true},

	// Types with a name.
	{from: 1 << KindEnum, to: 1 << KindEnum, cast: ExplicitCast, fails: always},
	{from: 1 << KindOther, to: texts, cast: AssignmentCast, fails: longer},
	{from: 1 << KindOther, to: everyKind &^ texts, cast: UnknownCast, fails: always},
	{from: everyKind &^ (1 << KindOther), to: 1 << KindOther, cast: UnknownCast, fails: always},
}

func typeChangeOf(from, to Kind) (typeChange, bool) {
	for _, r := range typeChanges {
		if r.from.has(from) && r.to.has(to) {
			return r, true
		}
	}
	return typeChange{}, false
}
