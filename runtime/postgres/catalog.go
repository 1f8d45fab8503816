package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/modelgen/modelgen/internal/lazyregexp"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Catalog reads inside a transaction, with a search_path under which the server writes names of the default schema without it.
func (s *session) Catalog(ctx context.Context, want *schema.Schema) ([]string, error) {
	if err := s.readable(ctx); err != nil { // a standby will do
		return nil, err
	}
	return s.repeat(ctx, func() ([]string, error) {
		defer s.rollback(ctx)
		if err := s.exec(ctx, "BEGIN;\n"+s.own()+"SET TRANSACTION READ ONLY;\n"+printed); err != nil {
			return nil, err
		}
		lines, err := s.catalog(ctx, s.renderer, want)
		if err == nil {
			lines, err = s.spreadFacts(ctx, want, lines)
		}
		return lines, err
	})
}

// repeat tries a look at the catalog again while a lock of it is not free, as stages are tried again, for a minute at most.
func (s *session) repeat(ctx context.Context, look func() ([]string, error)) ([]string, error) {
	for try, end := 0, time.Now().Add(min(s.cfg.Retry, time.Minute)); ; try++ {
		lines, err := look()
		if err == nil || !again(err) || s.broken || !time.Now().Before(end) {
			return lines, err
		}
		if err := s.pause(ctx, migrate.Work{}, try, end, err); err != nil {
			return nil, err
		}
	}
}

// Version implements [migrate.Versioned].
func (s *session) Version(ctx context.Context) (string, error) {
	if err := s.look(ctx); err != nil {
		return "", err
	}
	return fmt.Sprintf("PostgreSQL %d", s.version), nil
}

// catalog reads the facts of all that is in want, where r says that it is.
func (s *session) catalog(ctx context.Context, r renderer, want *schema.Schema) ([]string, error) {
	var tables, enums []string
	row := func(name string) string {
		_, base := schema.SplitName(name)
		return "(" + text(name) + ", " + text(r.namespace(name)) + ", " + text(base) + ")"
	}
	for _, t := range want.Tables {
		tables = append(tables, row(t.Name))
	}
	for _, e := range want.Enums {
		enums = append(enums, row(e.Name))
	}
	with, parts := r.objectRows(want)
	objects := slices.Clone(with)
	parts = append(parts, r.commentFacts(want, objects)...)
	if len(tables) > 0 {
		with = append(with, "rel AS (SELECT w.label, c.* FROM (VALUES "+strings.Join(tables, ", ")+") AS w(label, nsp, rel)"+
			" JOIN pg_catalog.pg_class c ON c.relname = w.rel AND c.relkind IN ('r', 'p')"+
			" JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname = w.nsp)")
		parts = append(parts, tableFacts, columnFacts, constraintFacts, indexFacts)
		var kept []string
		for _, t := range want.Tables {
			if t.Options.With != "" {
				kept = append(kept, t.Name)
			}
		}
		if len(kept) > 0 { // else they are those of whoever looks after the database
			parts = append(parts, storageFacts+" AND r.label IN ("+texts(kept)+")")
		}
	}
	if cte := topOf(want, objects); cte != "" {
		with = append(with, cte)
		for _, x := range attachedFacts() {
			parts = append(parts, x.query(objects))
		}
	}
	if len(enums) > 0 {
		with = append(with, "enum(label, nsp, typ) AS (VALUES "+strings.Join(enums, ", ")+")")
		parts = append(parts, enumFacts)
	}
	var all []string
	if len(parts) > 0 {
		lines, err := s.texts(ctx, "WITH "+strings.Join(with, ", ")+strings.Join(parts, "\nUNION ALL "))
		if err != nil {
			return nil, fmt.Errorf("reading the catalog: %w", err)
		}
		for _, line := range lines {
			if line = plainObject(line, want); line != "" {
				all = append(all, split(lined(line, want))...)
			}
		}
	}
	if query := r.grantQuery(want); query != "" {
		lines, err := s.texts(ctx, query)
		if err != nil {
			return nil, fmt.Errorf("reading the privileges: %w", err)
		}
		all = append(all, r.grantFacts(want, lines)...)
	}
	slices.Sort(all)
	return all, nil
}

// textCast is what comes and goes in the SQL of checks and indexes over strings when a database is dumped and restored.
var textCast = lazyregexp.New(`::(character varying|text|bpchar)(\(\d+\))?(\[\])?`)

// texts runs a query that returns one column of text.
func (s *session) texts(ctx context.Context, query string) ([]string, error) {
	rows, err := s.conn.QueryContext(ctx, query)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var v string
		if err := rows.Scan(&v); err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, s.fail(ctx, rows.Err())
}

// The facts, one query for each kind. A sequence that belongs to a column, as that of serial, keeps its name when table or column get another one:
// its name is no fact. An index or a foreign key of a partitioned table is one, however many its partitions make of it. NOT NULL constraints, which are named from version 18 on, count as a fact of the column.
const (
	tableFacts = `
SELECT 'table ' || r.label || COALESCE(' comment ' || pg_catalog.quote_literal(pg_catalog.obj_description(r.oid, 'pg_class')), '') AS line FROM rel r
UNION ALL SELECT 'unlogged table ' || r.label FROM rel r WHERE r.relpersistence = 'u'
UNION ALL SELECT 'partitioned table ' || r.label || ' by ' || pg_catalog.pg_get_partkeydef(r.oid) FROM rel r WHERE r.relkind = 'p'`

	storageFacts = `
SELECT 'storage parameters ' || r.label || ' ' || pg_catalog.array_to_string(ARRAY(SELECT o FROM pg_catalog.unnest(r.reloptions) o ORDER BY o), ', ') FROM rel r WHERE r.reloptions IS NOT NULL`

	columnFacts = `
SELECT 'column ' || r.label || '.' || a.attname || E'\x06 ' || pg_catalog.format_type(a.atttypid, a.atttypmod) ||
 CASE WHEN a.attcollation <> t.typcollation THEN ' collate ' || COALESCE(pg_catalog.quote_ident(co.collname), '?') ELSE '' END ||
 CASE WHEN a.attnotnull THEN ' not null' ELSE '' END ||
 CASE WHEN d.adbin IS NULL THEN '' WHEN a.attgenerated::text <> '' THEN ' generated ' || a.attgenerated::text || ' ' ELSE ' default ' END ||
 CASE WHEN EXISTS (SELECT 1 FROM pg_catalog.pg_depend o JOIN pg_catalog.pg_depend u ON u.refobjid = o.objid AND u.refclassid = o.classid
   WHERE o.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND o.refclassid = o.classid AND o.refobjid = r.oid AND o.refobjsubid = a.attnum AND o.deptype = 'a'
   AND u.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND u.objid = d.oid) AND pg_catalog.pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%::regclass)'
  THEN 'nextval of its own sequence' WHEN d.adbin IS NULL THEN '' ELSE pg_catalog.concat(E'\x01', pg_catalog.format_type(a.atttypid, a.atttypmod), E'\x02', pg_catalog.pg_get_expr(d.adbin, d.adrelid), E'\x03') END ||
 CASE a.attidentity::text WHEN '' THEN '' WHEN 'd' THEN E'\x04 identity by default' ELSE E'\x04 identity always' END ||
 COALESCE((SELECT ' ' || pg_catalog.format_type(q.seqtypid, NULL) || ' start ' || q.seqstart || ' step ' || q.seqincrement || ' from ' || q.seqmin ||
   ' to ' || q.seqmax || CASE WHEN q.seqcycle THEN ' cycle' ELSE '' END
   FROM pg_catalog.pg_depend p JOIN pg_catalog.pg_sequence q ON q.seqrelid = p.objid
   WHERE p.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND p.refclassid = p.classid AND p.refobjid = r.oid AND p.refobjsubid = a.attnum AND p.deptype = 'i'), '') ||
 COALESCE(' comment ' || pg_catalog.quote_literal(pg_catalog.col_description(r.oid, a.attnum)), '')
FROM rel r JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
LEFT JOIN pg_catalog.pg_collation co ON co.oid = a.attcollation`

	constraintFacts = `
SELECT 'constraint ' || r.label || '.' || c.conname || E'\x05 ' || pg_catalog.pg_get_constraintdef(c.oid, true)
FROM rel r JOIN pg_catalog.pg_constraint c ON c.conrelid = r.oid AND c.contype IN ('p', 'u', 'c', 'f', 'x') AND (c.conparentid = 0 OR c.contype <> 'f')`

	indexFacts = `
SELECT 'index ' || r.label || '.' || i.relname || ' ' || pg_catalog.replace(pg_catalog.pg_get_indexdef(i.oid, 0, true), ' ON ONLY ', ' ON ') ||
 CASE WHEN x.indisvalid AND x.indisready THEN '' ELSE ' INVALID' END
FROM rel r JOIN pg_catalog.pg_index x ON x.indrelid = r.oid JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
WHERE NOT EXISTS (SELECT 1 FROM pg_catalog.pg_constraint c WHERE c.conindid = x.indexrelid AND c.contype IN ('p', 'u', 'x'))`

	enumFacts = `
SELECT 'enum ' || w.label || ': ' || pg_catalog.string_agg(pg_catalog.quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)
FROM enum w JOIN pg_catalog.pg_namespace n ON n.nspname = w.nsp JOIN pg_catalog.pg_type t ON t.typnamespace = n.oid AND t.typname = w.typ AND t.typtype = 'e'
JOIN pg_catalog.pg_enum e ON e.enumtypid = t.oid GROUP BY w.label`
)
