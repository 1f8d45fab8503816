package postgres

import (
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// using returns the expression that makes the new value of a column, or "" when assigning the old one does. Assigning is
// better where it works: an explicit cast to varchar(5) or bit(5) cuts what is longer, assigning refuses it.
func (p *planner) using(o migrate.AlterColumn, from, to schema.Column) string {
	if to.Generated != "" {
		return "" // the server computes it
	}
	if o.Using != "" {
		return "(" + p.cast(o.Using, to) + ")"
	}
	a, b, c := typeOf(from), typeOf(to), ident(to.Name)
	switch {
	case assignable(a, b):
		return ""
	case a.Kind == schema.KindEnum && b.Kind == schema.KindEnum && a.Array == b.Array:
		if a.Array {
			c += "::text[]"
		} else {
			c += "::text"
		}
	case a.Kind == schema.KindChar && !a.Array:
		c += "::text" // without the blanks at its end, which most types do not read
	case a.Kind == schema.KindBoolean && b.Kind.Number() && !a.Array && !b.Array:
		return c + "::integer" // the only cast there is; the rest is assigned
	case a.Kind.Number() && a.Kind != schema.KindInteger && b.Kind == schema.KindBoolean && !a.Array && !b.Array:
		return "(" + c + " <> 0)"
	}
	return c + "::" + p.valueType(to)
}

// assignable reports whether PostgreSQL casts by itself where a value is assigned (pg_cast.castcontext a or i).
func assignable(a, b schema.Type) bool { return schema.ChangeType(a, b).Cast == schema.AssignmentCast }

// stable has functions that give one value for all rows of a new column, so that adding it does not rewrite the table.
var stable = sqllex.Set("now transaction_timestamp statement_timestamp current_setting lower upper coalesce nullif greatest least " +
	"cast to_timestamp make_date make_interval date_trunc timezone array concat repeat jsonb_build_object jsonb_build_array json_build_object " +
	"to_jsonb numeric varchar char timestamp timestamptz time interval decimal abs round length trim btrim date encode decode md5")

// volatile reports whether the default of a column gives each row a value of its own, as far as its text shows.
func volatile(c schema.Column) bool {
	if c.Default != nil && c.DefaultFor[dialect] == "" {
		return false
	}
	for _, f := range calls(defaultOf(c)) {
		if !stable.Has(strings.TrimPrefix(f, "pg_catalog.")) {
			return true
		}
	}
	return false
}
