package postgres

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// Objects implements [migrate.ObjectSession]. A name without a schema is looked for in the default schema, then in those that are searched.
func (s *session) Objects(ctx context.Context, objects []schema.Object) ([]bool, error) {
	there := make([]bool, len(objects))
	if len(objects) == 0 {
		return there, nil
	}
	if err := s.readable(ctx); err != nil {
		return nil, err
	}
	defer s.rollback(ctx)
	if err := s.exec(ctx, "BEGIN;\n"+s.own()+"SET TRANSACTION READ ONLY"); err != nil {
		return nil, err
	}
	var queries []string
	for i, o := range objects {
		queries = append(queries, fmt.Sprintf("SELECT %d AS i, CASE WHEN %s THEN '1' ELSE '0' END AS v", i, s.existence(o)))
	}
	lines, err := s.texts(ctx, "SELECT v FROM ("+strings.Join(queries, "\nUNION ALL ")+") q ORDER BY i")
	if err != nil {
		return nil, err
	}
	for i, line := range lines {
		there[i] = line == "1"
	}
	return there, nil
}

// existence is a condition that is true when an object is there.
func (s *session) existence(o schema.Object) string {
	ns, name := schema.NameParts(o.Name)
	in := func(ns string) string {
		if ns != "" {
			return "n.nspname = " + text(ns)
		}
		return "(n.nspname = " + text(s.schema) + " OR n.nspname = ANY (pg_catalog.current_schemas(false)))"
	}
	exists := func(sql string) string { return "EXISTS (SELECT 1 FROM pg_catalog." + sql + ")" }
	spaced := func(catalog, prefix, more string) string {
		return exists(catalog + " x JOIN pg_catalog.pg_namespace n ON n.oid = x." + prefix + "namespace WHERE x." + prefix + "name = " + text(name) + " AND " + in(ns) + more)
	}
	relation := func(kinds string) string { return spaced("pg_class", "rel", " AND x.relkind IN ("+kinds+")") }
	onTable := func(catalog, column, rel string, more ...string) string {
		ns, table := schema.NameParts(o.Table)
		return exists(catalog + " x JOIN pg_catalog.pg_class c ON c.oid = x." + rel + " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE x." +
			column + " = " + text(name) + " AND c.relname = " + text(table) + " AND " + in(ns) + strings.Join(more, ""))
	}
	switch o.Kind {
	case "view":
		return relation("'v'")
	case "materialized view":
		return relation("'m'")
	case "foreign table":
		return relation("'f'")
	case "table":
		return relation("'r', 'p'")
	case "unlogged table":
		return spaced("pg_class", "rel", " AND x.relkind IN ('r', 'p') AND x.relpersistence = 'u'")
	case "partitioned table":
		return relation("'p'")
	case "sequence":
		return relation("'S'")
	case "index":
		if o.Table == "" {
			return relation("'i', 'I'")
		}
		_, table := schema.NameParts(o.Table)
		return spaced("pg_class", "rel", " AND x.relkind IN ('i', 'I') AND EXISTS (SELECT 1 FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class t ON t.oid = i.indrelid WHERE i.indexrelid = x.oid AND t.relname = "+text(table)+")")
	case "trigger":
		return onTable("pg_trigger", "tgname", "tgrelid")
	case "policy":
		return onTable("pg_policy", "polname", "polrelid")
	case "rule":
		return onTable("pg_rewrite", "rulename", "ev_class")
	case "constraint":
		return onTable("pg_constraint", "conname", "conrelid")
	case "not valid constraint":
		return onTable("pg_constraint", "conname", "conrelid", " AND NOT x.convalidated")
	case "deferrable constraint":
		return onTable("pg_constraint", "conname", "conrelid", " AND x.condeferrable")
	case "covering constraint":
		return onTable("pg_constraint", "conname", "conrelid", " AND EXISTS (SELECT 1 FROM pg_catalog.pg_index i WHERE i.indexrelid = x.conindid AND i.indnatts > i.indnkeyatts)")
	case "virtual column":
		return onTable("pg_attribute", "attname", "attrelid", " AND x.attgenerated = 'v'")
	case "identity always":
		return onTable("pg_attribute", "attname", "attrelid", " AND x.attidentity = 'a'")
	case "sequence options": // which were compared with the usual ones
		return onTable("pg_attribute", "attname", "attrelid", " AND x.attidentity <> ''")
	case "column":
		return onTable("pg_attribute", "attname", "attrelid")
	case "function", "procedure", "aggregate", "routine":
		kinds := map[string]string{"function": "'f', 'w'", "procedure": "'p'", "aggregate": "'a'", "routine": "'f', 'w', 'p', 'a'"}[o.Kind]
		more := " AND x.prokind IN (" + kinds + ")"
		if _, args, ok := strings.Cut(o.Name, "("); ok {
			more += " AND pg_catalog.oidvectortypes(x.proargtypes) = " + text(strings.TrimSuffix(args, ")"))
		}
		return spaced("pg_proc", "pro", more)
	case "type", "domain":
		return spaced("pg_type", "typ", map[string]string{"type": " AND x.typtype <> 'd'", "domain": " AND x.typtype = 'd'"}[o.Kind])
	case "statistics":
		return spaced("pg_statistic_ext", "stx", "")
	case "extension":
		return exists("pg_extension WHERE extname = " + text(name))
	case "publication":
		return exists("pg_publication WHERE pubname = " + text(name))
	case "event trigger":
		return exists("pg_event_trigger WHERE evtname = " + text(name))
	case "schema":
		return exists("pg_namespace WHERE nspname = " + text(name))
	}
	return "true"
}

// ListObjects implements [migrate.ObjectLister]. It lists the schemas that are searched, and those that tables of tables are in.
func (s *session) ListObjects(ctx context.Context, tables *schema.Schema) ([]string, error) {
	var also []string
	for _, t := range tables.Tables {
		if ns, _ := schema.SplitName(t.Name); ns != "" {
			also = append(also, " OR n.nspname = "+text(ns))
		}
	}
	slices.Sort(also)
	rows, err := s.conn.QueryContext(ctx, strings.ReplaceAll(allObjects, "/*also*/", strings.Join(slices.Compact(also), "")))
	if err != nil {
		return nil, err
	}
	return migrate.ScanObjects(rows, s.cfg.History)
}

// allObjects has the relations, types and functions of the schemas that are searched, without those of extensions, those of the system,
// and those that live and die with a table.
const allObjects = `
WITH ns AS (SELECT n.oid, CASE WHEN n.nspname = current_schema() THEN '' ELSE n.nspname || '.' END AS label
  FROM pg_catalog.pg_namespace n WHERE n.nspname = ANY (pg_catalog.current_schemas(false))/*also*/),
dependent AS (SELECT classid, objid FROM pg_catalog.pg_depend WHERE deptype IN ('e', 'i', 'a'))
SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign table' ELSE 'table' END, ns.label || c.relname
  FROM pg_catalog.pg_class c JOIN ns ON ns.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
  AND NOT EXISTS (SELECT 1 FROM dependent d WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid)
UNION ALL SELECT 'type', ns.label || y.typname FROM pg_catalog.pg_type y JOIN ns ON ns.oid = y.typnamespace WHERE y.typtype IN ('e', 'd')
  AND NOT EXISTS (SELECT 1 FROM dependent d WHERE d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.objid = y.oid)
UNION ALL SELECT 'function', ns.label || p.proname FROM pg_catalog.pg_proc p JOIN ns ON ns.oid = p.pronamespace
  WHERE NOT EXISTS (SELECT 1 FROM dependent d WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = p.oid)`

// CountRows implements [migrate.RowSession].
func (s *session) CountRows(ctx context.Context, queries []string) ([]int64, error) {
	if len(queries) == 0 {
		return nil, nil
	}
	if err := s.readable(ctx); err != nil {
		return nil, err
	}
	defer s.rollback(ctx)
	if err := s.exec(ctx, "BEGIN;\n"+s.own()+"SET TRANSACTION READ ONLY"); err != nil {
		return nil, err
	}
	var counts []int64
	for some := range slices.Chunk(queries, 100) { // a longer statement is none the quicker
		var parts []string
		for i, q := range some {
			parts = append(parts, fmt.Sprintf("SELECT %d AS i, CAST((%s) AS text) AS v", i, q))
		}
		lines, err := s.texts(ctx, "SELECT v FROM ("+strings.Join(parts, "\nUNION ALL ")+") q ORDER BY i")
		if err != nil {
			return nil, err
		}
		for _, line := range lines {
			n, err := strconv.ParseInt(line, 10, 64)
			if err != nil {
				return nil, err
			}
			counts = append(counts, n)
		}
	}
	return counts, nil
}
