package schema

import (
	"strings"
)

// A Cast says how PostgreSQL turns values of one type into values of another (manual, CREATE CAST). SQLite casts what any of them casts.
type Cast uint8

// The casts, in the order of what has to be said about them.
const (
	NoCast         Cast = iota // there is none: somebody has to say how
	UnknownCast                // one of the types is not known here
	ExplicitCast               // ALTER COLUMN TYPE needs USING
	AssignmentCast             // assigning a value is enough
)

// A TypeChange says what becomes of the values of a column whose type changes.
type TypeChange struct {
	Cast Cast

	// Safe reports whether each value has one of the new type that says the same, so that nobody needs to be asked.
	Safe bool

	// Loses says what the cast cuts off from a value without an error, "" when nothing: casting it back returns the same value, or another spelling of it. Blanks at the end
	// of a char are no part of its value (manual, 8.3).
	Loses string

	// MayFail reports whether there are values of the old type that the new one refuses, which it does with all where there is no cast. Dates after the year 294276 are not thought of.
	MayFail bool

	// Rewrites reports whether PostgreSQL writes the table again (manual, ALTER TABLE, Notes). Only what takes limits away does not, and what
	// ZoneOnly says.
	Rewrites bool

	// ReadsZone reports whether PostgreSQL reads or writes the values in the time zone of the session.
	ReadsZone bool

	// ZoneOnly reports whether the types differ in nothing but whether a time has a zone. While the zone of the session is UTC both are stored in
	// the same way: the table is not written again, though its indexes are (release notes of PostgreSQL 12). Digits of a second are rounded, even
	// where they stay, so that the table is.
	ZoneOnly bool
}

// ChangeType returns what becomes of the values of a column whose type changes. The elements of an array become what they would outside of one.
func ChangeType(from, to Type) TypeChange {
	from, to = from.Plain(), to.Plain()
	if from == to {
		return TypeChange{Cast: AssignmentCast, Safe: true}
	}
	c := TypeChange{Rewrites: !sameStorage(from, to)}
	c.ZoneOnly = !from.Array && !to.Array && from.Kind != to.Kind && to.Size == 0 && moments.has(from.Kind) && moments.has(to.Kind)
	if from.Array != to.Array {
		return arrayChange(c, from, to)
	}
	r, ok := typeChangeOf(from.Kind, to.Kind)
	if !ok || r.scalar && from.Array {
		c.MayFail = true
		return c
	}
	c.Cast = r.cast
	if from.Kind == KindOther && to.Kind == KindOther && word(from.Name) == word(to.Name) {
		c.Cast = AssignmentCast // they differ in their arguments
	}
	if r.loses != nil {
		c.Loses = r.loses(from, to)
	}
	c.MayFail = r.fails != nil && r.fails(from, to)
	c.ReadsZone = r.zone && (from.Kind == KindTimestampTZ) != (to.Kind == KindTimestampTZ)
	c.Safe = r.same && c.Loses == "" && !c.MayFail
	return c
}

// arrayChange is the change of an array to one value, or of one value to an array: through the text of the array.
func arrayChange(c TypeChange, from, to Type) TypeChange {
	c.MayFail = true
	switch {
	case !to.Array && to.Kind.Text():
		c.Cast, c.MayFail = AssignmentCast, limit(to) > 0
	case !from.Array && from.Kind.Text():
		c.Cast = ExplicitCast
	case from.Kind == KindOther || to.Kind == KindOther:
		c.Cast = UnknownCast
	}
	return c
}

// word returns the name of a type without its arguments.
func word(sql string) string {
	name, _, _ := strings.Cut(sql, "(")
	return strings.ToLower(strings.TrimSpace(name))
}

// sameStorage reports whether only limits are taken away (measured on PostgreSQL 15).
func sameStorage(a, b Type) bool {
	if a.Array || b.Array {
		return false
	}
	switch {
	case (a.Kind == KindVarchar || a.Kind == KindText) && (b.Kind == KindVarchar || b.Kind == KindText):
		return !shorter(a, b)
	case a.Kind == KindNumeric && b.Kind == KindNumeric:
		return b.Precision == 0 || a.Precision != 0 && b.Precision >= a.Precision && a.Scale == b.Scale
	case a.Kind == KindCIDR && b.Kind == KindInet:
		return true
	case a.Kind == b.Kind && timed(a):
		return !lessExact(a, b)
	}
	return false
}
