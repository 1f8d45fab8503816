package migratetest

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// state returns all facts of the database: those of each table that any migration ever names, and what else there is, without the history.
func (r *run) state() (facts []string, err error) {
	conn, err := r.DB.Conn(r.ctx)
	if err != nil {
		return nil, fmt.Errorf("cannot connect to the database: %s", migrate.ErrorText(err))
	}
	defer conn.Close()
	s, err := r.Dialect.Open(r.ctx, conn, migrate.SessionConfig{History: r.history, Notify: func(migrate.Event) {}})
	if err != nil {
		return nil, err
	}
	named := ever(r.Set)
	facts, err = s.Catalog(r.ctx, named)
	if cerr := s.Close(r.ctx); err == nil {
		err = cerr
	}
	if err != nil {
		return nil, fmt.Errorf("reading the catalog: %w", err)
	}
	more, err := r.objects(conn, named)
	if err != nil {
		return nil, fmt.Errorf("listing what is in the database: %w", err)
	}
	for _, o := range more {
		if table, ok := strings.CutPrefix(o, "table "); !ok || named.Table(table) == nil { // else it is in the catalog
			facts = append(facts, o)
		}
	}
	slices.Sort(facts)
	return facts, nil
}

// ever returns every table and enum that there is at any point of the way, as what is left behind need not be in the newest schema.
func ever(set *migrate.Set) *schema.Schema {
	all, now := &schema.Schema{}, &schema.Schema{}
	seen := map[*migrate.Migration]bool{}
	var visit func(m *migrate.Migration)
	visit = func(m *migrate.Migration) {
		if seen[m] {
			return
		}
		seen[m] = true
		for _, p := range m.Parents {
			visit(p)
		}
		for _, op := range m.Ops {
			if op.Apply(now) != nil {
				continue // a squash, behind what it replaces
			}
			for _, t := range now.Tables {
				if all.Table(t.Name) == nil {
					all.Tables = append(all.Tables, &schema.Table{Name: t.Name})
				}
			}
			for _, e := range now.Enums {
				if all.Enum(e.Name) == nil {
					all.Enums = append(all.Enums, &schema.Enum{Name: e.Name})
				}
			}
		}
	}
	for _, m := range set.Migrations() {
		visit(m)
	}
	return all
}

// objects lists what the catalog of the dialect does not, such as a view or a function that SQL written by hand has made. Of a dialect that
// is not known here there is nothing.
func (r *run) objects(conn *sql.Conn, named *schema.Schema) ([]string, error) {
	_, history := schema.SplitName(r.history)
	switch r.Dialect.Name() {
	case "sqlite":
		return list(r.ctx, conn, history, `SELECT type, name FROM sqlite_master WHERE type IN ('table', 'view', 'trigger') AND name NOT LIKE 'sqlite\_%' ESCAPE '\'`)
	case "postgres":
		var also []string
		for _, t := range named.Tables {
			if ns, _ := schema.SplitName(t.Name); ns != "" {
				also = append(also, " OR n.nspname = '"+strings.ReplaceAll(ns, "'", "''")+"'")
			}
		}
		slices.Sort(also)
		return list(r.ctx, conn, history, strings.ReplaceAll(postgresObjects, "/*also*/", strings.Join(slices.Compact(also), "")))
	}
	return nil, nil
}

// list runs a query that gives kinds and names.
func list(ctx context.Context, conn *sql.Conn, history, query string) ([]string, error) {
	rows, err := conn.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var kind, name string
		if err := rows.Scan(&kind, &name); err != nil {
			return nil, err
		}
		if _, base := schema.SplitName(name); name != history && base != history && !strings.HasPrefix(base, history+"_") && !strings.HasPrefix(name, history+"_") {
			all = append(all, kind+" "+name)
		}
	}
	return all, rows.Err()
}

// postgresObjects has the relations, types and functions of the schemas that are searched, without those of extensions, those of the system,
// and those that live and die with a table.
const postgresObjects = `
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
