package schema

import "slices"

// For returns the schema as a database of the dialect has it: without the constraints and indexes that only another dialect has, and with the
// columns of that dialect, see [Column.For]. A schema that is the same for every dialect is returned itself, and tables that are the same are shared: the
// result must not be changed.
func (s *Schema) For(dialect string) *Schema {
	c := s
	own := func() *Schema {
		if c == s {
			c = &Schema{Namespaces: s.Namespaces, Enums: s.Enums, Tables: slices.Clone(s.Tables), SQLObjects: s.SQLObjects, Objects: s.Objects}
		}
		return c
	}
	for i, t := range s.Tables {
		if here := t.For(dialect); here != t {
			own().Tables[i] = here
		}
	}
	if slices.ContainsFunc(s.SQLObjects, func(o SQLObject) bool { return o.Only != "" }) {
		own().SQLObjects = nil
		for _, o := range s.SQLObjects {
			if !Elsewhere(o.Only, dialect) {
				o.Only = ""
				c.SQLObjects = append(c.SQLObjects, o)
			}
		}
		c.SortSQLObjects()
	}
	if slices.ContainsFunc(s.Objects, func(o Object) bool { return o.Only != "" }) {
		own().Objects = nil
		for _, o := range s.Objects {
			if !Elsewhere(o.Only, dialect) {
				o.Only = ""
				c.Objects = append(c.Objects, o)
			}
		}
	}
	return c
}

// narrowed reports whether the table differs on a dialect. It is asked of every table before every op, so nothing is copied.
func (t *Table) narrowed(dialect string) bool {
	for i := range t.Columns {
		if t.Columns[i].narrowed(dialect) {
			return true
		}
	}
	for i := range t.Uniques {
		if t.Uniques[i].Only != "" {
			return true
		}
	}
	for i := range t.Checks {
		if t.Checks[i].Only != "" {
			return true
		}
	}
	for i := range t.Indexes {
		if t.Indexes[i].Only != "" {
			return true
		}
	}
	return false
}

// For returns the table as a database of the dialect has it, see [Schema.For].
func (t *Table) For(dialect string) *Table {
	if !t.narrowed(dialect) {
		return t
	}
	c := t.Clone()
	for i := range c.Columns {
		c.Columns[i] = c.Columns[i].For(dialect)
	}
	c.Uniques = slices.DeleteFunc(c.Uniques, func(u Unique) bool { return Elsewhere(u.Only, dialect) })
	c.Checks = slices.DeleteFunc(c.Checks, func(k Check) bool { return Elsewhere(k.Only, dialect) })
	c.Indexes = slices.DeleteFunc(c.Indexes, func(x Index) bool { return Elsewhere(x.Only, dialect) })
	for i := range c.Uniques {
		c.Uniques[i].Only = ""
	}
	for i := range c.Checks {
		c.Checks[i].Only = ""
	}
	for i := range c.Indexes {
		c.Indexes[i].Only = ""
	}
	return c
}

// narrowed reports whether the column is another one on the dialect.
func (c *Column) narrowed(dialect string) bool {
	return len(c.CollateFor) > 0 || c.Identity && Serial(c.TypeOn(dialect))
}

// For returns the column as it is on the dialect: with the collation that it has there, and without identity where a serial numbers it.
func (c Column) For(dialect string) Column {
	if c.Identity && Serial(c.TypeOn(dialect)) {
		c.Identity = false
	}
	if collate, ok := c.CollateFor[dialect]; ok {
		c.Collate = collate
	}
	c.CollateFor = nil
	return c
}

// Elsewhere reports whether something that only one dialect has is not there on the dialect.
func Elsewhere(only, dialect string) bool { return only != "" && only != dialect }

// Meet reports whether two things can be there in one database: not when each is only there on a dialect, and on another one.
func Meet(a, b string) bool { return a == "" || b == "" || a == b }
