package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// A trigger may keep an UPDATE from a row without a word: before it, by returning NULL or OLD, and after it, by an UPDATE of its own (manual, 39.1).
// A rule may rewrite the UPDATE. Where a table has one of these, fills and backfills compare each row with what it was, and stop when rows are left
// out. Other tables are not looked at in that way: it costs as much again as the UPDATE. Policies are refused by the server, see ownSettings.

// guard names what may keep an UPDATE from rows of a table.
type guard struct{ before, after, rules []string }

func (g guard) any() bool { return len(g.before)+len(g.after)+len(g.rules) > 0 }

// guardQuery is an expression for readGuard. Triggers of foreign keys and those that are disabled do not count. Those that a partition has from its table are internal
// before PostgreSQL 15.
func (r renderer) guardQuery(b *migrate.Batch) string {
	var trusted strings.Builder
	for _, name := range b.Trusted {
		trusted.WriteString(" AND tgname <> " + text(name))
	}
	table := text(r.name(b.Table)) + "::pg_catalog.regclass"
	return `(SELECT COALESCE(pg_catalog.string_agg(kind || name, pg_catalog.chr(31) ORDER BY kind, name), '') FROM (
 SELECT DISTINCT CASE WHEN tgtype::int & 2 <> 0 THEN 'b' ELSE 'a' END, tgname::text FROM pg_catalog.pg_trigger WHERE (NOT tgisinternal OR tgparentid <> 0 AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE oid = tgconstraint AND contype = 'f')) AND tgenabled IN ('O', 'A')
  AND tgtype::int & 17 = 17` + trusted.String() + ` AND (tgrelid = ` + table + ` OR tgrelid IN (SELECT relid FROM pg_catalog.pg_partition_tree(` + table + `)))
 UNION ALL SELECT 'r', rulename::text FROM pg_catalog.pg_rewrite WHERE ev_class = ` + table + ` AND ev_type = '2' AND is_instead AND ev_enabled IN ('O', 'A')) AS g(kind, name))`
}

func readGuard(text string) guard {
	var g guard
	for name := range strings.SplitSeq(text, "\x1f") {
		switch {
		case name == "":
		case name[0] == 'b':
			g.before = append(g.before, name[1:])
		case name[0] == 'a':
			g.after = append(g.after, name[1:])
		default:
			g.rules = append(g.rules, name[1:])
		}
	}
	return g
}

// lookGuard asks for the guard of a table.
func (r renderer) lookGuard(ctx context.Context, tx migrate.Tx, b *migrate.Batch) (guard, error) {
	var text string
	if err := tx.QueryRowContext(ctx, "SELECT "+r.guardQuery(b)).Scan(&text); err != nil {
		return guard{}, err
	}
	g := readGuard(text)
	if len(g.rules) > 0 {
		return g, &migrate.StatementError{
			Err:  refused{fmt.Errorf("table %s has a rule that rewrites every UPDATE: %s", b.Table, strings.Join(g.rules, ", "))},
			Hint: fmt.Sprintf("disable it in an SQL op before, and enable it after: ALTER TABLE %s DISABLE RULE %s", r.name(b.Table), ident(g.rules[0])),
		}
	}
	return g, nil
}

// left is the error of rows that kept their values. Nothing of their batch is done.
func (r renderer) left(b *migrate.Batch, g guard, left, of int64) error {
	if left == 0 {
		return nil
	}
	what := fmt.Sprintf("%d of %d rows of %s", left, of, b.Table)
	names := append(g.before[:len(g.before):len(g.before)], g.after...)
	if len(names) == 0 {
		return &migrate.StatementError{Err: refused{errors.New(what + " were left as they are, although nobody else has changed them: does a trigger or a rule keep them?")}}
	}
	return &migrate.StatementError{
		Err: refused{fmt.Errorf("%s were left as they are by a trigger, as it cancelled the UPDATE or took it back: %s", what, strings.Join(names, ", "))},
		Hint: fmt.Sprintf("leave these rows out in Where, if they are to stay as they are; or disable the trigger in an SQL op before, and enable it after: ALTER TABLE %s DISABLE TRIGGER %s",
			r.name(b.Table), ident(names[0])),
	}
}

// guardedFill is the UPDATE of a fill on a table with triggers, over the rows of a range. It returns an error when rows that it was for are as before.
func (r renderer) guardedFill(ctx context.Context, tx migrate.Tx, b *migrate.Batch, g guard, within string) error {
	table, column := r.name(b.Table), r.name(b.Table)+"."+ident(b.Column.Name)
	keys := []string{"ctid"} // a table without a key is filled at once
	if len(b.Key) > 0 {
		keys = nil
		for _, c := range b.Key {
			keys = append(keys, ident(c.Name))
		}
	}
	if within != "" {
		within = " AND " + within
	}
	var todo, join []string
	for i, k := range keys {
		name := fmt.Sprintf("modelgen_key%d", i)
		todo, join = append(todo, table+"."+k+" AS "+name), append(join, table+"."+k+" = "+name)
	}
	set, wants := "("+b.Expr+")", ""
	if b.Expr == migrate.FillDefault {
		set, wants = b.Expr, column+" IS NULL"
	} else {
		wants = distinct(b.Column, column, set+"::"+r.castType(b.Column))
	}
	unchanged := "NOT (" + distinct(b.Column, column, "modelgen_was") + ")"
	var all, done, back, still int64
	err := tx.QueryRowContext(ctx, "WITH modelgen_todo AS MATERIALIZED (SELECT "+strings.Join(todo, ", ")+", "+column+" AS modelgen_was FROM "+table+" WHERE ("+b.Where+")"+within+" FOR NO KEY UPDATE),"+
		" modelgen_done AS (UPDATE "+table+" SET "+ident(b.Column.Name)+" = "+set+" FROM modelgen_todo WHERE "+strings.Join(join, " AND ")+
		" RETURNING CASE WHEN "+unchanged+" THEN "+wants+" ELSE false END AS back, CASE WHEN "+b.Where+" THEN "+wants+" ELSE false END AS still)"+
		" SELECT (SELECT count(*) FROM modelgen_todo), count(*), count(*) FILTER (WHERE back), count(*) FILTER (WHERE still) FROM modelgen_done").Scan(&all, &done, &back, &still)
	if err == nil && len(g.after) > 0 {
		var now int64
		err = tx.QueryRowContext(ctx, "SELECT count(*) FROM "+table+" WHERE "+apart(b.Where)+within+" AND "+wants+" AND "+table+".xmin = pg_catalog.pg_current_xact_id()::xid").Scan(&now)
		back += max(0, now-still)
	}
	if err != nil {
		return err
	}
	return r.left(b, g, all-done+back, all)
}

// fillAtOnce is a fill in one statement, on a table that others may use.
func (r renderer) fillAtOnce(ctx context.Context, tx migrate.Tx, b *migrate.Batch) error {
	g, err := r.lookGuard(ctx, tx, b)
	if err != nil {
		return err
	}
	if g.any() {
		return r.guardedFill(ctx, tx, b, g, "")
	}
	_, err = tx.ExecContext(ctx, b.SQL)
	return err
}

// Hidden implements [migrate.RowSecured].
func (s *session) Hidden(ctx context.Context, tables []string) error {
	names, role, err := s.secured(ctx, tables)
	if err != nil || names == "" {
		return s.fail(ctx, err)
	}
	return &migrate.StatementError{
		Err:  refused{errors.New("row level security hides rows of " + names + " from role " + role)},
		Hint: securityHint(names, role),
	}
}

// secured names those of the tables of which a policy may hide rows from the role; of all tables when none is named.
func (s *session) secured(ctx context.Context, tables []string) (names, role string, err error) {
	in := ""
	if len(tables) > 0 {
		var all []string
		for _, t := range tables {
			_, base := schema.SplitName(t)
			all = append(all, "("+text(s.namespace(t))+", "+text(base)+")")
		}
		in = " AND (n.nspname, c.relname) IN (" + strings.Join(all, ", ") + ")"
	}
	var some sql.NullString
	err = s.conn.QueryRowContext(ctx, "SELECT (SELECT pg_catalog.string_agg(t, ', ') FROM (SELECT CASE n.nspname WHEN "+text(s.schema)+" THEN '' ELSE n.nspname || '.' END || c.relname"+
		" FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relrowsecurity"+in+
		" AND pg_catalog.row_security_active(c.oid) ORDER BY 1 LIMIT 5) AS l(t)), current_user::text").Scan(&some, &role)
	return some.String, role, err
}

func securityHint(names, role string) string {
	names, _, _ = strings.Cut(names, ", ") // of several the first shows how
	return fmt.Sprintf("a step must not leave rows out: run migrations as a role that sees all of them (ALTER ROLE %s BYPASSRLS), or, as the owner, lift it from the owner: ALTER TABLE %s NO FORCE ROW LEVEL SECURITY; "+
		"a step written by hand that means to keep to the policy says SET LOCAL row_security = on", ident(role), names)
}
