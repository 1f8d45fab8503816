package postgres

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/lazyregexp"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// loneValue is SQL that needs no cast: a literal takes the type of its column, and a function without arguments has one of its own.
var loneValue = lazyregexp.New(`(?is)^\s*('([^']|'')*'|null|[\w.]+\(\))\s*$`)

// castOf is a cast, with the type that it ends in.
var castOf = lazyregexp.New(`(?is)^\s*cast\(.*\sas\s+([^()]+)\)\s*$`)

// filledWith returns the expression of a fill, see cast.
func (p *planner) filledWith(o migrate.Fill) string {
	t := p.before.Table(o.Table)
	if o.Expr == migrate.FillDefault || t == nil || t.Column(o.Column) == nil {
		return o.Expr
	}
	return p.cast(o.Expr, *t.Column(o.Column))
}

// cast returns an expression whose value a column gets. The server makes text of a CASE over literals, and assigns text to none of these types; what is of
// the type already stays as it is.
func (p *planner) cast(expr string, c schema.Column) string {
	switch t := typeOf(c); {
	case loneValue.MatchString(expr), p.isCastTo(expr, c):
	case t.Kind == schema.KindEnum, !t.Array && slices.Contains([]schema.Kind{schema.KindUUID, schema.KindJSON, schema.KindJSONB, schema.KindInet, schema.KindCIDR}, t.Kind):
		return "(" + expr + ")::" + p.valueType(c)
	}
	return expr
}

// checkFillType asks the server, before anything is done, whether it assigns what the expression of a fill is to a column of its type. Where steps before
// it change what the expression reads, or a type, nothing is said.
func (p *planner) checkFillType(o migrate.Fill, expr string) func(context.Context, migrate.Tx) error {
	t := p.before.Table(o.Table)
	if p.dirty || p.types || p.fresh[o.Table] || o.Expr == migrate.FillDefault || loneValue.MatchString(o.Expr) || t == nil || t.Column(o.Column) == nil || p.isCastTo(o.Expr, *t.Column(o.Column)) {
		return nil
	}
	if c := t.Column(strings.Trim(o.Expr, `" `)); c != nil && assignable(typeOf(*c), typeOf(*t.Column(o.Column))) {
		return nil // a column, whose type is known
	}
	for _, read := range append(p.before.References(o.Table, o.Expr).Tables, o.Table) {
		if p.was.table(read) != read || mentions(o.Expr, slices.Collect(maps.Keys(p.was.columns[read]))) {
			return nil
		}
	}
	create := "CREATE TEMPORARY TABLE modelgen_copy (v " + p.valueType(*t.Column(o.Column)) + ") ON COMMIT DROP"
	assign := "INSERT INTO pg_temp.modelgen_copy SELECT (" + expr + ") FROM " + p.name(o.Table) + " WHERE false"
	return func(ctx context.Context, tx migrate.Tx) error {
		if _, err := tx.ExecContext(ctx, create); err != nil {
			return nil
		}
		switch _, err := tx.ExecContext(ctx, assign); migrate.ErrorCode(err) {
		case datatypeMismatch, cannotCoerce:
			return refused{fmt.Errorf("%w; cast it in the expression", err)}
		}
		return nil
	}
}

// isCastTo reports whether the expression ends in a cast to the type of the column already.
func (p *planner) isCastTo(expr string, c schema.Column) bool {
	bare := func(name string) string {
		name = strings.ToLower(strings.ReplaceAll(strings.TrimSpace(name), `"`, ""))
		return name[strings.LastIndexByte(name, '.')+1:]
	}
	m := castOf.FindStringSubmatch(expr)
	return m != nil && bare(m[1]) == bare(p.valueType(c))
}
