package postgres

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// One schema for each tenant: tables without a schema, and the history, are in it.

var (
	_ migrate.SchemaDialect   = Dialect{}
	_ migrate.SchemaSession   = (*session)(nil)
	_ migrate.StraightSession = (*session)(nil)
)

// In implements [migrate.SchemaDialect].
func (d Dialect) In(schema string) migrate.Dialect {
	d.Schema = schema
	return d
}

// SchemaName implements [migrate.SchemaDialect].
func (d Dialect) SchemaName() string { return cmp.Or(d.Schema, "public") }

// HasSchema implements [migrate.SchemaDialect].
func (d Dialect) HasSchema(ctx context.Context, db *sql.DB) (there bool, err error) {
	err = db.QueryRowContext(ctx, "SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = "+safe(d.SchemaName())+")").Scan(&there)
	return there, err
}

// CreateSchema implements [migrate.SchemaDialect]. Two that do so at once get in each other's way in the catalog.
func (d Dialect) CreateSchema(ctx context.Context, db *sql.DB) error {
	if err := schema.CheckName(d.SchemaName()); err != nil {
		return fmt.Errorf("postgres.Dialect.Schema: %w", err)
	}
	for try := 0; ; try++ {
		_, err := db.ExecContext(ctx, "CREATE SCHEMA IF NOT EXISTS "+ident(d.SchemaName()))
		if code := migrate.ErrorCode(err); err == nil || try == 10 || code != uniqueViolation && code != duplicateSchema {
			return err
		}
	}
}

// Enter implements [migrate.SchemaSession].
func (s *session) Enter(to migrate.Dialect) bool {
	d, ok := to.(Dialect)
	if !ok || s.broken || s.hand || s.locked || s.cfg.Lease || d.Schema != "" && schema.CheckName(d.Schema) != nil {
		return false
	}
	if d.Schema == "" && s.dialect.Schema != "" { // whether it may is a matter of the search path that the connection had
		return false
	}
	s.dialect = d
	s.schema = d.SchemaName()
	s.known, s.hidden, s.missing, s.read, s.made, s.guards, s.kept = false, false, false, false, false, nil, kept{}
	s.stale = s.set
	s.turn++ // tables of the same names have other columns
	return true
}

// PlannerIn implements [migrate.SchemaSession].
func (s *session) PlannerIn(schema string) migrate.Planner {
	r := s.renderer
	r.schema = schema
	return newPlanner(r)
}

// errNotStraight is a session that has to look first.
var errNotStraight = errors.New("the session has not set its settings")

// Straight implements [migrate.StraightSession]: one string, then COMMIT. The settings are those of the connection, but for the search path, which is that
// of the transaction. What the server is asked for is as little as can be: planning a query costs it more than most of them do.
func (s *session) Straight(ctx context.Context, newest migrate.Record, stages []migrate.Stage, row migrate.Record) error {
	if !s.set || s.cfg.Lease || s.broken || s.hand || s.locked {
		return errNotStraight
	}
	if s.histories == nil {
		if err := s.ownHistories(ctx); err != nil {
			return err
		}
	}
	history, ok := s.histories[s.schema]
	if !ok {
		return errNotStraight
	}
	s.turn++
	var b strings.Builder
	b.WriteString("BEGIN; SET LOCAL search_path = " + s.path(s.schema))
	for _, u := range s.limits([]migrate.Work{{Stages: stages}}) {
		b.WriteString("; " + u.sql)
	}
	fmt.Fprintf(&b, "; SELECT 1 / (pg_catalog.pg_try_advisory_xact_lock(%d) AND %s::pg_catalog.regclass = %d::oid AND pg_catalog.to_regclass(%s) IS NULL)::int; ",
		s.key(), text(s.table()), history, text(s.logTable())) // where there is a log, it is kept
	b.WriteString("SELECT 1 / COALESCE((SELECT (name = " + safe(newest.Name) + " AND digest = " + safe(newest.Digest) + " AND state IN ('done', 'faked'))::int FROM " + s.table() +
		` WHERE "set" = ` + safe(row.Set) + " ORDER BY id DESC LIMIT 1), 0)")
	for _, st := range stages {
		for _, x := range st.Statements {
			b.WriteString("\n;\n" + x.SQL)
		}
	}
	b.WriteString("\n;\n" + s.addRow(row))
	if err := s.exec(ctx, b.String()); err != nil {
		s.rollback(ctx)
		return err
	}
	switch err := s.commit(ctx); {
	case err != nil && s.broken:
		return fmt.Errorf("%w: %w", migrate.ErrCommitLost, err)
	case err != nil:
		s.rollback(ctx)
		return err
	}
	return nil
}

// ownHistories finds the histories of all schemas that the role has made itself, in the form of this version: nobody else's triggers run when a row is added.
// What Bootstrap accepts beside these is looked at by Bootstrap. A table that takes the place of one of them has another number.
func (s *session) ownHistories(ctx context.Context) error {
	ns, base := schema.SplitName(s.cfg.History)
	if ns != "" {
		return errNotStraight
	}
	rows, err := s.conn.QueryContext(ctx, "SELECT n.nspname::text, c.oid::bigint FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relname = "+safe(base)+
		" AND c.relkind = 'r' AND NOT (c.relhastriggers OR c.relhasrules OR c.relrowsecurity) AND c.relowner = (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = current_user)"+
		" AND pg_catalog.obj_description(c.oid, 'pg_class') = "+text(fmt.Sprintf("modelgen history, format %d", format)))
	if err != nil {
		return s.fail(ctx, err)
	}
	defer rows.Close()
	own := map[string]int64{}
	for rows.Next() {
		var name string
		var oid int64
		if err := rows.Scan(&name, &oid); err != nil {
			return err
		}
		own[name] = oid
	}
	if err := rows.Err(); err != nil {
		return s.fail(ctx, err)
	}
	s.histories = own
	return nil
}

// addRow adds the row of a migration that the transaction has carried out.
func (s *session) addRow(r migrate.Record) string {
	const took = "pg_catalog.clock_timestamp() - pg_catalog.transaction_timestamp()"
	return `INSERT INTO ` + s.table() + ` ("set", name, hash, digest, state, started, finished, duration_ms, tool, module) VALUES (` +
		safe(r.Set) + ", " + safe(r.Name) + ", " + safe(r.Hash) + ", " + safe(r.Digest) + ", " + safe(string(migrate.StateDone)) +
		", pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(), (EXTRACT(epoch FROM " + took + ") * 1000)::bigint, " + safe(r.Tool) + ", " + safeOrNull(r.Module) + ")"
}
