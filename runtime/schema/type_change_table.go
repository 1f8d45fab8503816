package schema

import (
	"slices"
	"sync"
)

// typeChange is a row of the table of type changes: what becomes of each kind of from when it becomes one of to.
type typeChange struct {
	from, to []Kind
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
var typeChanges = sync.OnceValue(func() []typeChange {
	all := everyKind()
	writtenAlike := without(all, append(of(KindBytes, KindOther), texts...)...) // their values say the same as text
	return []typeChange{
		// Numbers. NaN and infinity are numbers of real, double precision and numeric, and of no whole number.
		{from: integers, to: integers, cast: AssignmentCast, same: true, fails: fewerDigits},
		{from: integers, to: of(KindNumeric), cast: AssignmentCast, same: true, fails: fewerDigits},
		{from: integers, to: floats, cast: AssignmentCast, same: true, loses: moreThanMantissa},
		{from: floats, to: integers, cast: AssignmentCast, loses: fraction, fails: always},
		{from: floats, to: of(KindNumeric), cast: AssignmentCast, loses: lastOrFraction, fails: limited},
		{from: floats, to: floats, cast: AssignmentCast, same: true, loses: moreThanMantissa, fails: fewerDigits},
		{from: of(KindNumeric), to: integers, cast: AssignmentCast, loses: fraction, fails: always},
		{from: of(KindNumeric), to: floats, cast: AssignmentCast, loses: lastDigits, fails: fewerDigits},
		{from: of(KindNumeric), to: of(KindNumeric), cast: AssignmentCast, same: true, loses: fractionDigits, fails: fewerDigits},

		// Boolean. PostgreSQL casts it from and to integer alone, the planner writes the rest.
		{from: of(KindBoolean), to: of(KindInteger), cast: ExplicitCast},
		{from: of(KindBoolean), to: without(numbers, KindInteger), cast: ExplicitCast, fails: fewerDigits, scalar: true},
		{from: of(KindInteger), to: of(KindBoolean), cast: ExplicitCast, loses: truth},
		{from: without(numbers, KindInteger), to: of(KindBoolean), cast: ExplicitCast, loses: truth, scalar: true},

		// Text. A string that is longer than its limit by blanks alone is cut, else refused (manual, 8.3).
		{from: texts, to: without(texts, KindChar), cast: AssignmentCast, same: true, loses: blanksPastLimit, fails: longer},
		{from: of(KindChar), to: of(KindChar), cast: AssignmentCast, same: true, fails: longer},
		{from: without(texts, KindChar), to: of(KindChar), cast: AssignmentCast, loses: blanks, fails: longer},
		{from: writtenAlike, to: without(texts, KindChar), cast: AssignmentCast, same: true, fails: longer},
		{from: writtenAlike, to: of(KindChar), cast: AssignmentCast, fails: longer},
		{from: of(KindBytes), to: texts, cast: AssignmentCast, fails: longer}, // the text of bytes is another in each database
		{from: texts, to: integers, cast: ExplicitCast, fails: always},
		{from: texts, to: slices.Concat(floats, of(KindNumeric)), cast: ExplicitCast, loses: lastDigits, fails: always},
		{from: texts, to: of(KindDate, KindTime, KindTimestamp, KindTimestampTZ, KindInterval), cast: ExplicitCast, loses: part, fails: always},
		{from: texts, to: of(KindJSONB), cast: ExplicitCast, loses: jsonKeys, fails: always},
		{from: texts, to: of(KindBoolean, KindBytes, KindUUID, KindJSON, KindInet, KindCIDR, KindEnum), cast: ExplicitCast, fails: always},

		// Dates and times.
		{from: of(KindDate), to: moments, cast: AssignmentCast, same: true, zone: true},
		{from: moments, to: of(KindDate), cast: AssignmentCast, loses: timeOfDay, zone: true},
		{from: moments, to: of(KindTime), cast: AssignmentCast, loses: day, zone: true},
		{from: moments, to: moments, cast: AssignmentCast, same: true, loses: zoneOrSeconds, zone: true},
		{from: of(KindTime), to: of(KindTime), cast: AssignmentCast, same: true, loses: seconds},
		{from: of(KindTime), to: of(KindInterval), cast: AssignmentCast, loses: seconds},
		{from: of(KindInterval), to: of(KindInterval), cast: AssignmentCast, same: true, loses: seconds},
		{from: of(KindInterval), to: of(KindTime), cast: AssignmentCast, loses: days},

		// JSON and addresses.
		{from: of(KindJSON), to: of(KindJSONB), cast: AssignmentCast, loses: jsonKeys, fails: always}, // \u0000
		{from: of(KindJSONB), to: of(KindJSON), cast: AssignmentCast, same: true},
		{from: of(KindInet), to: of(KindCIDR), cast: AssignmentCast, loses: host},
		{from: of(KindCIDR), to: of(KindInet), cast: AssignmentCast, same: true},

		// Types with a name.
		{from: of(KindEnum), to: of(KindEnum), cast: ExplicitCast, fails: always},
		{from: of(KindOther), to: texts, cast: AssignmentCast, fails: longer},
		{from: of(KindOther), to: without(all, texts...), cast: UnknownCast, fails: always},
		{from: without(all, KindOther), to: of(KindOther), cast: UnknownCast, fails: always},
	}
})

func typeChangeOf(from, to Kind) (typeChange, bool) {
	i := slices.IndexFunc(typeChanges(), func(r typeChange) bool { return slices.Contains(r.from, from) && slices.Contains(r.to, to) })
	if i < 0 {
		return typeChange{}, false
	}
	return typeChanges()[i], true
}

func of(k ...Kind) []Kind { return k }

// everyKind returns each kind that a column may have.
func everyKind() []Kind {
	var all []Kind
	for _, k := range kinds {
		all = append(all, k.kind)
	}
	return append(all, KindEnum, KindOther)
}

func without(all []Kind, but ...Kind) []Kind {
	return slices.DeleteFunc(slices.Clone(all), func(k Kind) bool { return slices.Contains(but, k) })
}
