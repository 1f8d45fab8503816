package postgres

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// given notes the values that a fill writes into the rows.
func (p *planner) given(o migrate.Fill) {
	expr := p.filledWith(o)
	if t := p.before.Table(o.Table); o.Expr == migrate.FillDefault && t != nil && t.Column(o.Column) != nil {
		if expr = defaultOf(*t.Column(o.Column)); expr == "" {
			expr = "NULL"
		}
	}
	p.gets.Fill(o, expr, ident(o.Column), p.unknown(o.Table))
}

// filledOrphans looks, before anything is done, for rows to which the steps before a foreign key will give a value that leads nowhere. nil is that this is not known.
func (p *planner) filledOrphans(o migrate.AddForeignKey) func(context.Context, migrate.Tx) error {
	fk, t, made := o.ForeignKey, p.before.Table(o.Table), p.fresh[o.ForeignKey.RefTable]
	if p.dirty || t == nil || p.was.table(o.Table) == "" || !made && (p.was.table(fk.RefTable) == "" || slices.ContainsFunc(p.unknown(fk.RefTable), func(c string) bool { return slices.Contains(fk.RefColumns, c) })) {
		return nil
	}
	unknown := p.unknown(o.Table)
	var values []string
	fk.Columns = slices.Clone(fk.Columns)
	for i, c := range fk.Columns {
		sql, known := p.gets.Of(o.Table, c)
		switch {
		case known && t.Column(c) != nil:
			fk.Columns[i] = "modelgen_" + strconv.Itoa(i+1)
			values = append(values, "CAST("+sql+" AS "+p.valueType(*t.Column(c))+") AS "+fk.Columns[i])
		case slices.Contains(unknown, c):
			return nil
		}
	}
	if len(values) == 0 {
		return nil
	}
	_, base := schema.SplitName(o.Table)
	from := "(SELECT " + ident(base) + ".*, " + strings.Join(values, ", ") + " FROM " + p.rowsBefore(o.Table) + " AS " + ident(base) + ") AS r WHERE "
	what := "would refer to rows of " + fk.RefTable + " that are not there; insert those first, or fill in others"
	if made { // and empty
		what = "would refer to rows of " + fk.RefTable + ", which is made without any; fill it first, or leave them without a value"
		from += referring(fk)
	} else {
		from += p.orphansBefore(fk)
	}
	key := p.keyBefore(o.Table)
	return func(ctx context.Context, tx migrate.Tx) error {
		if rows := list(ctx, tx, "FROM "+from, key); rows != "" {
			return refused{errors.New(rows + " " + what)}
		}
		return nil
	}
}
