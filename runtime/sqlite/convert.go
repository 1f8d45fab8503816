package sqlite

import (
	"slices"
	"strings"
)

// arrives wants the values of a column that an expression gives to be of its new type.
func (r *rebuild) arrives(column, declared string) {
	r.checks = slices.DeleteFunc(r.checks, func(c affinityCheck) bool { return c.column == column })
	types := ""
	switch familyOf(declared) {
	case boolFamily, intFamily:
		types = "'integer'"
	case realFamily:
		types = "'real'"
	case numericFamily:
		types = "'integer', 'real'"
	default:
		return
	}
	r.checks = append(r.checks, affinityCheck{column: column, types: types, to: declared})
}

// stored returns e as a column of that affinity keeps it, as far as later expressions could tell the difference (datatype3.html, 3).
func stored(e, affinity string) string {
	switch affinity {
	case "TEXT":
		return with("CASE WHEN typeof(%[1]s) IN ('integer', 'real') THEN CAST(%[1]s AS TEXT) ELSE %[1]s END", e)
	case "REAL":
		return with("CASE WHEN typeof(%[1]s) = 'integer' OR typeof(%[1]s) = 'text' AND CAST(CAST(%[1]s AS NUMERIC) AS TEXT) = %[1]s THEN CAST(%[1]s AS REAL) ELSE %[1]s END", e)
	case "INTEGER", "NUMERIC":
		return with("CASE WHEN typeof(%[1]s) = 'real' AND CAST(%[1]s AS INTEGER) = %[1]s THEN CAST(%[1]s AS INTEGER) "+
			"WHEN typeof(%[1]s) = 'text' AND CAST(CAST(%[1]s AS NUMERIC) AS TEXT) = %[1]s THEN CAST(%[1]s AS NUMERIC) ELSE %[1]s END", e)
	}
	return e
}

// family is how the values of a column are kept, which a change of its type turns into each other.
type family int

const (
	textFamily family = iota
	boolFamily
	intFamily
	realFamily
	numericFamily
	blobFamily
	dateFamily
	datetimeFamily
)

func familyOf(declared string) family {
	switch strings.ToUpper(declared) {
	case "BOOLEAN", "BOOL":
		return boolFamily
	case "DATE":
		return dateFamily
	case "DATETIME", "TIMESTAMP":
		return datetimeFamily
	}
	switch affinityOf(declared) {
	case "INTEGER":
		return intFamily
	case "TEXT":
		return textFamily
	case "REAL":
		return realFamily
	case "BLOB":
		return blobFamily
	}
	return numericFamily
}

// utc matches the ends of times that Go and PostgreSQL write and that the date functions of SQLite do not read.
const utc = "(%[1]s GLOB '????-??-?? *+00' OR %[1]s GLOB '????-??-?? * +0000 UTC*')"

func with(pattern, e string) string { return strings.ReplaceAll(pattern, "%[1]s", e) }

// moment returns fn(e), date or datetime, also for the ends that utc matches.
func moment(fn, e string) string {
	return with("coalesce("+fn+"(%[1]s), CASE WHEN "+utc+" THEN "+fn+"(substr(%[1]s, 1, 19)) END)", e)
}

// convert changes the source of a column whose declared type changes, and lets the rebuild find values that would be lost.
func (r *rebuild) convert(column string, from, to family, declared string) {
	if r.source(column) == nil || from == to {
		return
	}
	if r.source(column).affinity != "" {
		r.settle() // what was filled in was kept by the old type
	}
	c := r.source(column)
	c.affinity = affinityOf(declared)
	e := c.expr
	if strings.ContainsAny(e, " (") && !strings.HasPrefix(e, `"`) {
		e = "(" + e + ")"
	}
	lost := guard{column, "cannot be converted to " + declared + " without loss", "change them first, or say how in Using of AlterColumn"}
	number := func() { r.arrives(column, declared) }
	r.checks = slices.DeleteFunc(r.checks, func(c affinityCheck) bool { return c.column == column })
	big := with("typeof(%[1]s) = 'integer' AND CAST(CAST(%[1]s AS REAL) AS INTEGER) <> %[1]s", e)
	digits := with("typeof(%[1]s) = 'text' AND typeof(CAST(%[1]s AS NUMERIC)) = 'real' AND length(trim(replace(replace(trim(%[1]s), '-', ''), '.', ''), '0')) > 15", e)
	switch to {
	case textFamily:
		switch from {
		case boolFamily:
			c.expr = with("CASE %[1]s WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE CAST(%[1]s AS TEXT) END", e)
		case realFamily, numericFamily:
			c.expr = with("CASE WHEN typeof(%[1]s) = 'real' AND CAST(CAST(%[1]s AS TEXT) AS REAL) <> %[1]s THEN printf('%!.17g', %[1]s) ELSE CAST(%[1]s AS TEXT) END", e)
		default:
			c.expr = "CAST(" + e + " AS TEXT)"
		}
	case boolFamily, intFamily:
		if from == textFamily && to == boolFamily {
			c.expr = with("CASE lower(trim(%[1]s)) WHEN 'true' THEN 1 WHEN 't' THEN 1 WHEN 'yes' THEN 1 WHEN 'on' THEN 1 "+
				"WHEN 'false' THEN 0 WHEN 'f' THEN 0 WHEN 'no' THEN 0 WHEN 'off' THEN 0 ELSE %[1]s END", e)
		}
		if from != boolFamily && from != intFamily {
			number()
		}
	case realFamily:
		r.guards(lost, big)
		r.guards(lost, digits)
		number()
	case numericFamily:
		if from == textFamily {
			r.guards(lost, digits)
		}
		if from != boolFamily && from != intFamily && from != realFamily {
			number()
		}
	case blobFamily:
		c.expr = "CAST(" + e + " AS BLOB)"
	case dateFamily:
		c.expr = moment("date", e)
		r.guards(lost, with("%[1]s IS NOT NULL AND (typeof(%[1]s) <> 'text' OR "+moment("date", "%[1]s")+" IS NULL)", e))
	case datetimeFamily:
		if from == dateFamily {
			c.expr = with("CASE WHEN %[1]s GLOB '????-??-??' THEN %[1]s || ' 00:00:00' ELSE %[1]s END", e)
			return
		}
		r.guards(lost, with("%[1]s IS NOT NULL AND (typeof(%[1]s) <> 'text' OR "+moment("datetime", "%[1]s")+" IS NULL)", e))
	}
}
