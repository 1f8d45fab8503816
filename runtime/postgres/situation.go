package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/modelgen/modelgen/internal/lazyregexp"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// What stands behind an error is looked up where a code alone does not say it: policies, partitions, things in schemas where migrations do not look.
// It is asked for beside the error: when it fails, nothing is said.

// situation returns a hint that needs a look at the database, or "".
func (s *session) situation(ctx context.Context, err error, stage migrate.Stage) string {
	if s.broken || ctx.Err() != nil {
		return ""
	}
	switch migrate.ErrorCode(err) {
	case insufficientRights:
		return s.policyHint(ctx, err, stage)
	case "0A000", "42809":
		return s.partitionHint(ctx, stage)
	case undefinedObject, undefinedFunction, undefinedTable:
		return s.pathHint(ctx, err, stage)
	}
	return ""
}

// policyHint tells a policy from a lacking right; the server has one code for both.
func (s *session) policyHint(ctx context.Context, err error, stage migrate.Stage) string {
	says := strings.Contains(err.Error(), "row-level security") // in the languages that leave it so
	if !says && len(stage.Tables) == 0 {
		return ""
	}
	names, role, e := s.secured(ctx, stage.Tables)
	if e != nil || names == "" && !says {
		return ""
	}
	if names == "" { // of a table that the step reads or writes by itself
		if names, role, e = s.secured(ctx, nil); e != nil || names == "" {
			return ""
		}
	}
	return "row level security hides rows of " + names + " from role " + role + "; " + securityHint(names, role)
}

func (s *session) partitionHint(ctx context.Context, stage migrate.Stage) string {
	for _, t := range stage.Tables {
		_, base := schema.SplitName(t)
		var kind string
		if s.conn.QueryRowContext(ctx, "SELECT c.relkind::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = "+
			text(s.namespace(t))+" AND c.relname = "+text(base)).Scan(&kind) != nil || kind != "p" {
			continue
		}
		return fmt.Sprintf("%s is a partitioned table: PostgreSQL builds or drops no index of it concurrently, and makes no constraint of an index (manual, 5.11 Table Partitioning). "+
			"Write Plain: \"partitioned\" in the op, which locks the table for as long as it takes; or, while others use it, do it by hand with CREATE INDEX ... ON ONLY %s, CREATE INDEX CONCURRENTLY on each partition and "+
			"ALTER INDEX ... ATTACH PARTITION, then record the migration with fake", t, s.name(t))
	}
	return ""
}

// pathHint finds what an error says is not there in schemas where migrations do not look.
func (s *session) pathHint(ctx context.Context, err error, stage migrate.Stage) string {
	var names []string
	for _, w := range identifiers.FindAllString(err.Error(), -1) {
		names = append(names, text(w), text(strings.ToLower(w)))
	}
	if len(names) == 0 {
		return ""
	}
	var there sql.NullString
	e := s.conn.QueryRowContext(ctx, `SELECT pg_catalog.string_agg(what, ', ' ORDER BY what) FROM (SELECT DISTINCT o.kind || ' ' || n.nspname || '.' || o.name AS what FROM (
 SELECT 'type', typnamespace, typname::text FROM pg_catalog.pg_type WHERE typelem = 0 AND (typrelid = 0 OR (SELECT c.relkind FROM pg_catalog.pg_class c WHERE c.oid = typrelid) = 'c')
 UNION ALL SELECT 'operator class', opcnamespace, opcname::text FROM pg_catalog.pg_opclass UNION ALL SELECT 'collation', collnamespace, collname::text FROM pg_catalog.pg_collation
 UNION ALL SELECT 'function', pronamespace, proname::text FROM pg_catalog.pg_proc UNION ALL SELECT 'relation', relnamespace, relname::text FROM pg_catalog.pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
 ) AS o(kind, ns, name) JOIN pg_catalog.pg_namespace n ON n.oid = o.ns WHERE o.name IN (`+strings.Join(names, ", ")+`)
 AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', `+text(s.schema)+`) AND n.nspname NOT LIKE 'pg\_temp%' LIMIT 3) AS f`).Scan(&there)
	if e != nil || !there.Valid {
		return ""
	}
	hint := fmt.Sprintf("there is %s, where migrations do not look: their search_path is %s alone, so that names mean the same everywhere", there.String, s.schema)
	if was := s.was("search_path"); was != "" {
		hint += " (that of the role is " + was + ")"
	}
	_, name, _ := strings.Cut(there.String, " ")
	name, _, _ = strings.Cut(strings.TrimPrefix(name, "class "), ", ")
	hint += "; write the name with its schema, in the model as type:" + name
	if strings.HasPrefix(there.String, "operator class") {
		hint = strings.TrimSuffix(hint, "type:"+name) + "opclass:" + name
	}
	if strings.HasPrefix(there.String, "function") || strings.HasPrefix(there.String, "relation") {
		hint = strings.TrimSuffix(hint, ", in the model as type:"+name)
	}
	if who := s.triggerFunctions(ctx, stage); who != "" {
		hint += "; if it is a trigger that looks for it, give its function a search_path of its own: " + who
	}
	return hint
}

var identifiers = lazyregexp.New(`[\p{L}_][\p{L}\p{N}_$]*`)

// triggerFunctions returns the statements that would give the functions of triggers the search_path of the role.
func (s *session) triggerFunctions(ctx context.Context, stage migrate.Stage) string {
	var tables []string
	for _, t := range stage.Tables {
		_, base := schema.SplitName(t)
		tables = append(tables, "("+text(s.namespace(t))+", "+text(base)+")")
	}
	path := s.was("search_path")
	if len(tables) == 0 || path == "" {
		return ""
	}
	var all sql.NullString
	if s.conn.QueryRowContext(ctx, `SELECT pg_catalog.string_agg(DISTINCT 'ALTER FUNCTION ' || t.tgfoid::pg_catalog.regprocedure || ' SET search_path = ', ', ') FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
 JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
 WHERE NOT t.tgisinternal AND (n.nspname, c.relname) IN (`+strings.Join(tables, ", ")+`) AND p.proconfig IS NULL`).Scan(&all) != nil || !all.Valid {
		return ""
	}
	return strings.ReplaceAll(all.String, "search_path = ", "search_path = "+path)
}
