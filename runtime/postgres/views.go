package postgres

import (
	"context"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// ViewColumns implements [migrate.ViewSession]. Of a domain it returns the type that is under it, as that is what a program reads, and no lengths, which what is computed does not have.
func (s *session) ViewColumns(ctx context.Context, view string) (all []migrate.ViewColumn, err error) {
	if err := s.readable(ctx); err != nil {
		return nil, err
	}
	defer s.rollback(ctx)
	if err := s.exec(ctx, "BEGIN;\n"+s.own()+"SET TRANSACTION READ ONLY"); err != nil {
		return nil, err
	}
	ns, name := schema.SplitName(view)
	if ns == "" {
		ns = s.schema
	}
	rows, err := s.conn.QueryContext(ctx, strings.NewReplacer("$ns", text(ns), "$name", text(name), "$default", text(s.schema)).Replace(viewColumns))
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	defer rows.Close()
	for rows.Next() {
		var c migrate.ViewColumn
		if err := rows.Scan(&c.Name, &c.Type); err != nil {
			return nil, err
		}
		if t, err := schema.ParseType(c.Type); err == nil {
			c.Type = t.String()
		}
		all = append(all, c)
	}
	return all, rows.Err()
}

// viewColumns goes from a domain to what is under it (manual, pg_type: typbasetype), and from an array to its elements.
const viewColumns = `
WITH RECURSIVE plain AS (
  SELECT a.attnum, a.attname, a.atttypid AS typ FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = $ns AND c.relname = $name AND c.relkind IN ('v', 'm') AND a.attnum > 0 AND NOT a.attisdropped
  UNION ALL
  SELECT p.attnum, p.attname, t.typbasetype FROM plain p JOIN pg_catalog.pg_type t ON t.oid = p.typ WHERE t.typtype = 'd')
SELECT p.attname, CASE WHEN e.typtype = 'e'
    THEN 'enum(' || CASE WHEN en.nspname = $default THEN '' ELSE en.nspname || '.' END || e.typname || ')' || CASE WHEN e.oid <> t.oid THEN '[]' ELSE '' END
    ELSE pg_catalog.format_type(p.typ, NULL) END
  FROM plain p JOIN pg_catalog.pg_type t ON t.oid = p.typ
  JOIN pg_catalog.pg_type e ON e.oid = CASE WHEN t.typcategory = 'A' AND t.typelem <> 0 THEN t.typelem ELSE t.oid END
  JOIN pg_catalog.pg_namespace en ON en.oid = e.typnamespace
  WHERE t.typtype <> 'd' ORDER BY p.attnum`

// Reads implements [migrate.ViewSession].
func (s *session) Reads(c schema.Column, typ string) bool {
	from, err := schema.ParseType(typ)
	return err != nil || schema.Reads(from, typeOf(c))
}

// TypeOf implements [migrate.ViewSession].
func (s *session) TypeOf(c schema.Column) string { return typeOf(c).String() }
