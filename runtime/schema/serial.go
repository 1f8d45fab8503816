package schema

import "strings"

// serialKind returns the integer behind a word that PostgreSQL has for one with a sequence of its own and a default from it (manual, 8.1.4), KindInvalid
// for all other words. They are no types: a column can be made with one, not altered to one.
func serialKind(name string) Kind {
	switch strings.ToLower(name) {
	case "smallserial", "serial2":
		return KindSmallInt
	case "serial", "serial4":
		return KindInteger
	case "bigserial", "serial8":
		return KindBigInt
	}
	return KindInvalid
}

// Serial reports whether the type is one of PostgreSQL's serials.
func Serial(t Type) bool {
	return t.Kind == KindOther && !t.Array && serialKind(t.Name) != KindInvalid
}

// Serial reports whether the column has one of PostgreSQL's serials as its type, on any dialect: the database numbers its rows.
func (c Column) Serial() bool {
	for dialect := range c.TypeFor {
		if Serial(c.TypeOn(dialect)) {
			return true
		}
	}
	return Serial(c.Type)
}

// Plain returns the type that a value of t has: the integer of a serial, else t itself.
func (t Type) Plain() Type {
	if Serial(t) {
		return Type{Kind: serialKind(t.Name)}
	}
	return t
}

// TypeOn returns the type that the column has on the dialect.
func (c Column) TypeOn(dialect string) Type {
	sql := c.TypeFor[dialect]
	if sql == "" {
		return c.Type
	}
	t, err := ParseType(sql)
	if err != nil {
		return Type{Kind: KindOther, Name: sql}
	}
	return t
}

// SequenceName returns the name that PostgreSQL gives to the sequence of a numbered column, a serial or an identity, if it is free: table_column_seq,
// of which the longer part is cut (makeObjectName in its source). table has no schema.
func SequenceName(table, column string) string {
	const end = "_seq"
	a, b := len(table), len(column)
	for a+b > MaxName-len(end)-1 {
		if a > b {
			a--
		} else {
			b--
		}
	}
	clip := func(s string, n int) string { return strings.ToValidUTF8(s[:n], "") }
	return clip(table, a) + "_" + clip(column, b) + end
}
