package sqlite

import (
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/lazyregexp"
	"github.com/modelgen/modelgen/internal/sqllex"
	"github.com/modelgen/modelgen/runtime/schema"
)

func quote(name string) string { return sqllex.QuoteName(name) }

func quoteAll(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = quote(n)
	}
	return strings.Join(out, ", ")
}

func text(v string) string { return sqllex.QuoteString(v) }

// ddl writes the definitions of one table of a schema.
type ddl struct {
	s *schema.Schema // for its enums
	t *schema.Table

	// part is set while a table is looked at between two ops: an identity column may not be the primary key yet.
	part bool

	// passing is set for a table that is written between two ops, as something reads it: a column that is to be numbered, or was, but is not the
	// primary key, is a plain one meanwhile.
	passing bool
}

// create returns CREATE TABLE for the table under the given name, which comes quoted.
func (d ddl) create(as string) (string, error) {
	if err := d.nameable(); err != nil {
		return "", err
	}
	var lines []string
	for _, c := range d.t.Columns {
		def, err := d.column(c)
		if err != nil {
			return "", err
		}
		lines = append(lines, def)
	}
	if pk := d.t.PrimaryKey; pk != nil && !slices.ContainsFunc(d.t.Columns, func(c schema.Column) bool { return c.Identity }) {
		lines = append(lines, constraint(pk.Name)+"PRIMARY KEY ("+quoteAll(pk.Columns)+")")
	}
	for _, c := range d.t.Checks {
		def, err := d.check(c)
		if err != nil {
			return "", err
		}
		lines = append(lines, def)
	}
	for _, fk := range d.t.ForeignKeys {
		ref, err := d.references(fk)
		if err != nil {
			return "", err
		}
		lines = append(lines, constraint(fk.Name)+"FOREIGN KEY ("+quoteAll(fk.Columns)+") "+ref)
	}
	tail, err := d.options()
	if err != nil {
		return "", err
	}
	return "CREATE TABLE " + as + " (\n  " + strings.Join(lines, ",\n  ") + "\n)" + tail, nil
}

// options returns what stands behind the brackets of CREATE TABLE.
func (d ddl) options() (string, error) {
	var words []string
	if d.t.Options.WithoutRowid {
		if d.t.PrimaryKey == nil {
			return "", unsupported(d.t.Name, "", "WITHOUT ROWID without a primary key", "give the table a primary key, or take withoutrowid away")
		}
		if slices.ContainsFunc(d.t.Columns, func(c schema.Column) bool { return c.Identity }) {
			return "", unsupported(d.t.Name, "", "WITHOUT ROWID with an identity column, which is numbered by the rowid", "take withoutrowid or identity away")
		}
		words = append(words, "WITHOUT ROWID")
	}
	if d.t.Options.Strict {
		words = append(words, "STRICT")
	}
	if len(words) == 0 {
		return "", nil
	}
	return " " + strings.Join(words, ", "), nil
}

// nameable refuses names that SQLite cannot have.
func (d ddl) nameable() error {
	if ns, base := schema.SplitName(d.t.Name); ns != "" {
		return unsupported(d.t.Name, "", "a schema in its name", "name the table "+base)
	} else if strings.HasPrefix(strings.ToLower(base), "sqlite_") {
		return unsupported(d.t.Name, "", "a name that begins with sqlite_", "give the table another name")
	}
	return nil
}

func constraint(name string) string {
	if name == "" {
		return ""
	}
	return "CONSTRAINT " + quote(name) + " "
}

// column returns the definition of a column.
func (d ddl) column(c schema.Column) (string, error) {
	declared, err := d.declared(c)
	if err != nil {
		return "", err
	}
	b := quote(c.Name) + " " + declared
	if c.Collate != "" {
		if err := d.collation(c.Collate, c.Name); err != nil {
			return "", err
		}
		b += " COLLATE " + strings.ToUpper(c.Collate)
	}
	if !c.Nullable {
		b += " NOT NULL"
	}
	if c.Identity {
		return d.identity(c, declared, b)
	}
	if def, _, err := d.defaultOf(c, declared); err != nil {
		return "", err
	} else if def != "" {
		b += " DEFAULT " + def
	}
	if c.Generated != "" {
		expr, err := translate(inGenerated, c.Generated, d.t, c.Name)
		if err != nil {
			return "", err
		}
		b += " GENERATED ALWAYS AS (" + expr + ") STORED"
	}
	if values := d.values(c); values != nil {
		b += " " + constraint(schema.DeriveName(d.t.Name, []string{c.Name}, "check", nil)) + "CHECK (" + quote(c.Name) + " IN (" + strings.Join(values, ", ") + "))"
	}
	return b, nil
}

func (d ddl) identity(c schema.Column, declared, def string) (string, error) {
	pk := d.t.PrimaryKey
	sole := pk != nil && slices.Equal(pk.Columns, []string{c.Name})
	switch {
	case !strings.EqualFold(declared, "INTEGER"):
		return "", unsupported(d.t.Name, c.Name, "identity with the type "+declared, "use an integer type")
	case !sole && d.passing:
		return def, nil
	case !sole && !d.part:
		return "", unsupported(d.t.Name, c.Name, "identity without being the whole primary key", "make it the primary key, alone")
	case !sole:
		return def + " AUTOINCREMENT", nil // never run, only compared
	}
	return def + " " + constraint(pk.Name) + "PRIMARY KEY AUTOINCREMENT", nil
}

var typeText = lazyregexp.New(`^[\pL_][\pL\pN_ ]*(\(\s*[+-]?\d+\s*(,\s*[+-]?\d+\s*)?\))?$`)

// declared returns the type as it stands in CREATE TABLE. It decides the affinity, and drivers look at it.
func (d ddl) declared(c schema.Column) (string, error) {
	declared, err := d.loose(c)
	if err != nil || !d.t.Options.Strict {
		return declared, err
	}
	// https://www.sqlite.org/stricttables.html: the types of a strict table are these alone.
	switch word := strings.ToUpper(declared); word {
	case "INT", "INTEGER", "REAL", "TEXT", "BLOB", "ANY":
		return word, nil
	case "NUMERIC":
		return "ANY", nil
	case "BOOLEAN":
		return "INTEGER", nil
	case "DATE", "DATETIME":
		return "TEXT", nil
	}
	if c.TypeFor[name] == "" {
		if a := affinityOf(declared); a == "TEXT" || a == "INTEGER" || a == "REAL" || a == "BLOB" {
			return a, nil
		}
	}
	return "", unsupported(d.t.Name, c.Name, "the type "+declared+" in a strict table", "write type.sqlite: with INTEGER, REAL, TEXT, BLOB or ANY, or take strict away")
}

// loose is declared for a table that is not strict.
func (d ddl) loose(c schema.Column) (string, error) {
	if own := c.TypeFor[name]; own != "" {
		if !typeText.MatchString(own) || slices.ContainsFunc(scan(own), func(k token) bool { return k.is(columnWords...) }) {
			return "", unsupported(d.t.Name, c.Name, "the type "+own, "write a plain type such as TEXT")
		}
		return own, nil
	}
	if c.Type.Array {
		return "TEXT", nil
	}
	switch c.Type.Kind {
	case schema.KindBoolean:
		return "BOOLEAN", nil
	case schema.KindSmallInt, schema.KindInteger, schema.KindBigInt:
		return "INTEGER", nil
	case schema.KindReal, schema.KindDouble:
		return "REAL", nil
	case schema.KindNumeric:
		return "NUMERIC", nil
	case schema.KindBytes:
		return "BLOB", nil
	case schema.KindDate:
		return "DATE", nil
	case schema.KindTimestamp, schema.KindTimestampTZ:
		return "DATETIME", nil
	case schema.KindEnum:
		if ns, base := schema.SplitName(c.Type.Name); ns != "" {
			return "", unsupported(d.t.Name, c.Name, "an enum with a schema in its name", "name the enum "+base)
		}
		return "TEXT", nil
	case schema.KindOther, schema.KindInvalid:
		return "", unsupported(d.t.Name, c.Name, "the type "+c.Type.String(), "add type.sqlite:TEXT")
	}
	return "TEXT", nil
}

// values returns the values that the CHECK of an enum column allows, in alphabetical order: SQLite knows no order of them,
// and so a mere change of the order needs no new table.
func (d ddl) values(c schema.Column) []string {
	if c.Type.Kind != schema.KindEnum || c.Type.Array {
		return nil
	}
	e := d.s.Enum(c.Type.Name)
	if e == nil {
		return nil
	}
	var out []string
	for _, v := range slices.Sorted(slices.Values(e.Values)) {
		out = append(out, text(v))
	}
	return out
}

func (d ddl) collation(collate, object string) error {
	switch strings.ToUpper(collate) {
	case "BINARY", "NOCASE", "RTRIM":
		return nil
	}
	return narrowed(unsupported(d.t.Name, object, "the collation "+collate, "SQLite has BINARY, NOCASE and RTRIM"), "collate.DIALECT:"+collate)
}

// check returns the definition of a check constraint.
func (d ddl) check(c schema.Check) (string, error) {
	expr, err := translate(inCheck, c.Expr, d.t, c.Name)
	return constraint(c.Name) + "CHECK (" + expr + ")", err
}

// references returns the REFERENCES clause of a foreign key.
func (d ddl) references(fk schema.ForeignKey) (string, error) {
	if ns, _ := schema.SplitName(fk.RefTable); ns != "" {
		return "", unsupported(d.t.Name, fk.Name, "a reference to "+fk.RefTable+", which has a schema in its name", "")
	}
	b := "REFERENCES " + quote(fk.RefTable) + " (" + quoteAll(fk.RefColumns) + ")"
	if fk.OnDelete != schema.NoAction {
		b += " ON DELETE " + string(fk.OnDelete)
	}
	if fk.OnUpdate != schema.NoAction {
		b += " ON UPDATE " + string(fk.OnUpdate)
	}
	if fk.Deferrable != schema.NotDeferrable {
		b += " DEFERRABLE INITIALLY " + string(fk.Deferrable)
	}
	return b, nil
}

// uniqueIndex returns the index that stands for a unique constraint.
func (d ddl) uniqueIndex(u schema.Unique) (schema.Index, error) {
	if u.Deferrable != schema.NotDeferrable {
		return schema.Index{}, narrowed(unsupported(d.t.Name, u.Name, "a deferrable unique constraint", "leave deferrable out"), "deferrable.DIALECT")
	}
	x := schema.Index{Name: u.Name, Unique: true, NullsNotDistinct: u.NullsNotDistinct}
	for _, c := range u.Columns {
		x.Parts = append(x.Parts, schema.IndexPart{Column: c})
	}
	return x, nil
}

// index returns CREATE INDEX; prefix is "", or the quoted name of a database with a dot.
func (d ddl) index(prefix string, x schema.Index) (string, error) {
	refuse := func(reason, hint, narrow string) (string, error) {
		return "", narrowed(unsupported(d.t.Name, x.Name, reason, hint), narrow)
	}
	switch {
	case x.NullsNotDistinct:
		return refuse("NULLS NOT DISTINCT", "make the columns NOT NULL", "nullsnotdistinct.DIALECT")
	case x.Using != "" && !strings.EqualFold(x.Using, "btree"):
		return refuse("an index with USING "+x.Using, "leave using: out", "using.DIALECT:"+x.Using)
	case len(x.Include) > 0:
		return refuse("an index with INCLUDE", "put the columns at the end of the index", "include.DIALECT:("+strings.Join(x.Include, ", ")+")")
	}
	var parts []string
	for _, p := range x.Parts {
		if p.OpClass != "" {
			return refuse("an index with the operator class "+p.OpClass, "leave it out", "opclass.DIALECT:"+p.OpClass)
		}
		if own := nullsOf(p.Desc); p.Nulls != schema.NullsDefault && p.Nulls != own {
			return refuse("an index with NULLS "+string(p.Nulls)+ifs(p.Desc, " behind desc"), "SQLite sorts NULL first, with desc last: write nulls "+
				strings.ToLower(string(own))+", or leave it out and mean each database's own order", "")
		}
		part := quote(p.Column)
		if p.Expr != "" {
			expr, err := translate(inIndex, p.Expr, d.t, x.Name)
			if err != nil {
				return "", err
			}
			part = "(" + expr + ")"
		}
		if p.Collate != "" {
			if err := d.collation(p.Collate, x.Name); err != nil {
				return "", err
			}
			part += " COLLATE " + strings.ToUpper(p.Collate)
		}
		if p.Desc {
			part += " DESC"
		}
		parts = append(parts, part)
	}
	b := "CREATE "
	if x.Unique {
		b += "UNIQUE "
	}
	b += "INDEX " + prefix + quote(x.Name) + " ON " + quote(d.t.Name) + " (" + strings.Join(parts, ", ") + ")"
	if x.Where != "" {
		where, err := translate(inIndex, x.Where, d.t, x.Name)
		if err != nil {
			return "", err
		}
		b += " WHERE " + where
	}
	return b, nil
}

// nullsOf says where NULL sorts in an index: SQLite cannot have it otherwise, and its CREATE INDEX does not say it.
func nullsOf(desc bool) schema.Nulls {
	if desc {
		return schema.NullsLast
	}
	return schema.NullsFirst
}

// indexes returns CREATE INDEX for all unique constraints and indexes of the table.
func (d ddl) indexes(prefix string) ([]string, error) {
	var out []string
	for _, u := range d.t.Uniques {
		x, err := d.uniqueIndex(u)
		if err != nil {
			return nil, err
		}
		def, err := d.index(prefix, x)
		if err != nil {
			return nil, err
		}
		out = append(out, def)
	}
	for _, x := range d.t.Indexes {
		def, err := d.index(prefix, x)
		if err != nil {
			return nil, err
		}
		out = append(out, def)
	}
	return out, nil
}
