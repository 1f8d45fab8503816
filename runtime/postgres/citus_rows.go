package postgres

import (
	"context"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/internal/lazyregexp"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Rows of distributed and of reference tables.

// spreadOf returns how a table is kept on Citus: as the server says it, or as the ops that were planned make it.
func (r renderer) spreadOf(table string) (spread, bool) {
	if r.cluster == nil {
		return spread{}, false
	}
	k, ok := r.cluster.tables[r.namespace(table)+"."+lastName(table)]
	return k, ok
}

// isSpread reports whether a table is distributed, or a reference table.
func (r renderer) isSpread(table string) bool {
	_, ok := r.spreadOf(table)
	return ok
}

// isSpread also knows what the models say and the ops before make of it.
func (p *planner) isSpread(table string) bool {
	t := p.before.Table(table)
	return p.engine == Citus && (p.renderer.isSpread(table) || t != nil && t.Options.Spread())
}

// sizeOf is an expression for the bytes of the table c: the coordinator's own part of a distributed table is empty.
func (r renderer) sizeOf(table, function string) string {
	if r.isSpread(table) {
		return "pg_catalog." + strings.Replace(function, "pg_", "citus_", 1) + "(c.oid)"
	}
	return "pg_catalog." + function + "(c.oid)"
}

// shardSizes gives distributed tables the sizes of all their shards.
func (s *session) shardSizes(ctx context.Context, all []migrate.TableSurvey) error {
	for i := range all {
		t := &all[i]
		if !s.isSpread(t.Table) {
			continue
		}
		if err := s.Look(ctx, func(ctx context.Context, tx migrate.Tx) error {
			return tx.QueryRowContext(ctx, "SELECT "+s.sizeOf(t.Table, "pg_total_relation_size")+", "+s.sizeOf(t.Table, "pg_relation_size")+" <= "+strconv.Itoa(few)+
				" FROM pg_catalog.pg_class c WHERE c.oid = "+text(s.name(t.Table))+"::pg_catalog.regclass").Scan(&t.Bytes, &t.Exact)
		}); err != nil {
			return err
		}
	}
	return nil
}

// spreadFill writes a fill so that Citus takes it. An UPDATE of a distributed or a reference table must not call what is volatile, nor give what is stable a
// column, as || does for a number: a query may, whose rows are collected first. The rows are found again by their key.
func (p *planner) spreadFill(b *migrate.Batch, c schema.Column, stage *migrate.Stage, condition string) error {
	value := b.Expr
	if value == migrate.FillDefault {
		value = defaultOf(c)
	}
	if constant.MatchString(value) && len(calls(condition)) == 0 {
		return nil
	}
	if len(b.Key) == 0 && !mayVary(value) {
		return nil // as it is, where Citus takes it
	}
	if len(b.Key) == 0 {
		return refuseEngine(Citus, b.Table, c.Name, "a value that differs from row to row in a table without a primary key", "give the table one, by which the rows are found again")
	}
	table := p.name(b.Table)
	var keys, same []string
	for _, k := range b.Key {
		keys, same = append(keys, ident(k.Name)), append(same, table+"."+ident(k.Name)+" = modelgen_new."+ident(k.Name))
	}
	head := "WITH modelgen_new AS MATERIALIZED (SELECT " + strings.Join(keys, ", ") + ", (" + value + ")::" + p.castType(c) + " AS modelgen_value FROM " + table + " WHERE "
	b.Tail = ") UPDATE " + table + " SET " + ident(c.Name) + " = modelgen_new.modelgen_value FROM modelgen_new WHERE " + strings.Join(same, " AND ")
	b.SQL = head + apart("("+condition+")")
	stage.Statements = []migrate.Statement{{SQL: head + condition + b.Tail, Comment: "what Citus would not compute in an UPDATE, it does in a query before it"}}
	return nil
}

// constant is a value that is the same for all rows.
var constant = lazyregexp.New(`(?is)^\s*\(?('([^']|'')*'|null|true|false|-?[\d.]+)\)?\s*$`)

// mayVary reports whether an expression may call a function that returns something else each time, as far as its text shows.
func mayVary(expr string) bool {
	return volatile(schema.Column{DefaultExpr: expr})
}
