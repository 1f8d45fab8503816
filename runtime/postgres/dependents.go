package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// What stands on a table, a column or an object that a migration takes away, and is not taken out of the way by it, stops the migration: a view made by hand.
// The server would say so in the middle of it. Here it is looked for before the first stage, in pg_depend, and named.

// leaving is what a migration takes away or gives another type, in the names from before it.
type leaving struct {
	columns [][2]string // table and column; "" is the whole table
	objects []schema.SQLObject
	changed []schema.SQLObject // to what stands on other things
	asked   bool
}

// leaves notes that a column, or with column "" a table, goes or gets another type. Behind a step written by hand nobody knows what is there.
func (p *planner) leaves(table, column string) {
	was := p.was.table(table)
	if column != "" {
		column = p.was.column(table, column)
		if column == "" {
			return
		}
	}
	if was == "" || p.fresh[table] || p.quiet || p.afterHand() {
		return
	}
	p.leaving.columns = append(p.leaving.columns, [2]string{was, column})
	p.leaving.asked = true
}

// dropsObject notes that an object goes. One that comes with the migration holds nothing.
func (p *planner) dropsObject(o schema.SQLObject) {
	if p.quiet || p.afterHand() || p.made[o.Key()] {
		return
	}
	o.Name = p.nameBefore(o)
	if o.Table != "" {
		if o.Table = p.relationBefore(o.Table); o.Table == "" {
			return
		}
	}
	p.leaving.objects = append(p.leaving.objects, o)
	p.leaving.asked = p.leaving.asked || standable(o)
}

// rewritesObject notes that an object is changed: what it stands on is what its new text says.
func (p *planner) rewritesObject(o schema.SQLObject) {
	if p.quiet || p.afterHand() || p.made[o.Key()] || objectClass(o) == "" {
		return
	}
	o.Name = p.nameBefore(o)
	if o.Table != "" {
		if o.Table = p.relationBefore(o.Table); o.Table == "" {
			return
		}
	}
	p.leaving.changed = append(p.leaving.changed, o)
}

func (p *planner) afterHand() bool {
	return slices.ContainsFunc(p.stages, func(st migrate.Stage) bool { return st.ByHand })
}

// standable reports whether something can stand on an object of the kind.
func standable(o schema.SQLObject) bool {
	return objectClass(o) != "" && o.Kind != schema.TriggerKind && o.Kind != schema.PolicyKind && o.Kind != schema.RuleKind
}

// askDependents lets the first stage look for what stands on what goes.
func (p *planner) askDependents() {
	if !p.leaving.asked || len(p.stages) == 0 {
		return
	}
	query, declared := p.dependents(), p.declarations()
	first := &p.stages[0]
	first.CheckAlways = true
	first.Check = both(func(ctx context.Context, tx migrate.Tx) error {
		rows, err := tx.QueryContext(ctx, query)
		if err != nil {
			return nil // the stages themselves will tell
		}
		defer rows.Close()
		var found []string
		known := false
		for rows.Next() {
			var what, on string
			if err := rows.Scan(&what, &on); err != nil {
				return nil
			}
			found = append(found, what+" stands on "+on)
			known = known || declared[strings.Replace(what, " on table ", " on ", 1)]
		}
		if rows.Err() != nil || len(found) == 0 {
			return nil
		}
		hint := "it is not declared: drop it by hand and make it again afterwards, or declare it in the SQL files"
		if len(found) > 1 {
			hint = "they are not declared: drop them by hand and make them again afterwards, or declare them in the SQL files"
		}
		if known {
			hint = "what is declared of these is not seen to stand on it: write a line -- modelgen:depends with the name of the column or the object into its statement, and generate the migration again"
		}
		return refused{fmt.Errorf("%s; %s; nothing was changed", strings.Join(found, ", "), hint)}
	}, first.Check)
}

// objectClass returns the catalog that an object is in; "" for those on which nothing stands.
func objectClass(o schema.SQLObject) string {
	switch o.Kind {
	case schema.ViewKind, schema.MaterializedViewKind, schema.SequenceKind, schema.PartitionKind:
		return "pg_class"
	case schema.FunctionKind, schema.ProcedureKind, schema.AggregateKind:
		return "pg_proc"
	case schema.DomainKind, schema.CompositeTypeKind, schema.RangeTypeKind:
		return "pg_type"
	case schema.TriggerKind:
		return "pg_trigger"
	case schema.PolicyKind:
		return "pg_policy"
	case schema.RuleKind:
		return "pg_rewrite"
	}
	return ""
}

// objectID returns SQL for the number of an object in its catalog, NULL when there is none.
func (p *planner) objectID(o schema.SQLObject) string {
	on := func(catalog, name, table string) string {
		return "(SELECT oid FROM pg_catalog." + catalog + " WHERE " + name + " = " + text(o.Name) + " AND " + table + " = pg_catalog.to_regclass(" + text(p.name(o.Table)) + "))"
	}
	switch objectClass(o) {
	case "pg_class":
		return "pg_catalog.to_regclass(" + text(o.Quoted()) + ")::pg_catalog.oid"
	case "pg_proc":
		if o.Kind == schema.AggregateKind && strings.HasSuffix(o.Name, "(*)") {
			return "pg_catalog.to_regprocedure(" + text(strings.TrimSuffix(o.Quoted(), "*)")+")") + ")::pg_catalog.oid"
		}
		return "pg_catalog.to_regprocedure(" + text(o.Quoted()) + ")::pg_catalog.oid"
	case "pg_type":
		return "pg_catalog.to_regtype(" + text(o.Quoted()) + ")::pg_catalog.oid"
	case "pg_trigger":
		return on("pg_trigger", "tgname", "tgrelid")
	case "pg_policy":
		return on("pg_policy", "polname", "polrelid")
	case "pg_rewrite":
		return on("pg_rewrite", "rulename", "ev_class")
	}
	return "NULL::pg_catalog.oid"
}

// dependents returns the query for what stands on what goes and stays itself, as the server calls both. A dependency that the server drops by itself, such as that of
// an index on its column, counts for nothing, and neither does what is on a table that goes as a whole (manual 52.18, pg_depend).
func (p *planner) dependents() string {
	var targets, gone []string
	row := func(class, id, sub string) string {
		return "SELECT " + text("pg_catalog."+class) + "::pg_catalog.regclass::pg_catalog.oid, " + id + ", " + sub
	}
	for _, c := range p.leaving.columns {
		id := "pg_catalog.to_regclass(" + text(p.name(c[0])) + ")::pg_catalog.oid"
		if c[1] == "" {
			targets = append(targets, row("pg_class", id, "NULL::integer"), row("pg_type", "(SELECT reltype FROM pg_catalog.pg_class WHERE oid = "+id+")", "NULL::integer"))
			gone = append(gone, row("pg_class", id, "0"))
			continue
		}
		targets = append(targets, row("pg_class", id, "(SELECT attnum::integer FROM pg_catalog.pg_attribute WHERE attrelid = "+id+" AND attname = "+text(c[1])+" AND NOT attisdropped)"))
	}
	for _, o := range p.leaving.objects {
		class := objectClass(o)
		if class == "" {
			continue
		}
		id := p.objectID(o)
		gone = append(gone, row(class, id, "0"))
		if standable(o) {
			targets = append(targets, row(class, id, "NULL::integer"))
			if class == "pg_class" {
				targets = append(targets, row("pg_type", "(SELECT reltype FROM pg_catalog.pg_class WHERE oid = "+id+")", "NULL::integer"))
			}
		}
	}
	for _, o := range p.leaving.changed {
		gone = append(gone, row(objectClass(o), p.objectID(o), "0"))
	}
	gone = append(gone, "SELECT 0::pg_catalog.oid, 0::pg_catalog.oid, 0")
	return `WITH target(class, id, sub) AS (` + strings.Join(targets, " UNION ALL ") + `), gone(class, id, sub) AS (` + strings.Join(gone, " UNION ALL ") + `)
SELECT DISTINCT pg_catalog.pg_describe_object(x.class, x.id, 0), pg_catalog.pg_describe_object(t.class, t.id, coalesce(t.sub, 0))
FROM target t JOIN pg_catalog.pg_depend d ON d.refclassid = t.class AND d.refobjid = t.id AND (t.sub IS NULL OR d.refobjsubid = t.sub) AND d.deptype = 'n'
LEFT JOIN pg_catalog.pg_rewrite r ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND r.oid = d.objid
LEFT JOIN pg_catalog.pg_trigger g ON d.classid = 'pg_catalog.pg_trigger'::pg_catalog.regclass AND g.oid = d.objid
LEFT JOIN pg_catalog.pg_policy p ON d.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass AND p.oid = d.objid
CROSS JOIN LATERAL (SELECT CASE WHEN r.rulename = '_RETURN' THEN 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid ELSE d.classid END,
  CASE WHEN r.rulename = '_RETURN' THEN r.ev_class ELSE d.objid END) x(class, id)
WHERE d.classid IN ('pg_catalog.pg_rewrite'::pg_catalog.regclass, 'pg_catalog.pg_trigger'::pg_catalog.regclass, 'pg_catalog.pg_policy'::pg_catalog.regclass, 'pg_catalog.pg_proc'::pg_catalog.regclass)
AND (x.class, x.id) <> (t.class, t.id) AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend i WHERE i.classid = x.class AND i.objid = x.id AND i.deptype IN ('i', 'e') AND i.objsubid = 0) AND NOT coalesce(g.tgisinternal, false)
AND NOT EXISTS (SELECT FROM gone o WHERE o.class = x.class AND o.id = x.id
  OR o.class = 'pg_catalog.pg_class'::pg_catalog.regclass AND o.id IN (r.ev_class, g.tgrelid, p.polrelid))
ORDER BY 1, 2`
}
