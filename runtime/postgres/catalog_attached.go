package postgres

import (
	"slices"
	"strings"

	"github.com/modelgen/modelgen/runtime/schema"
)

// topOf returns the CTE top: the tables and views of s, of which all that is attached to them counts, and the tables of others that objects of s are on, of which only those
// do. It is "" when there are none.
func topOf(s *schema.Schema, objects []string) string {
	var from []string
	if len(s.Tables) > 0 {
		from = append(from, "SELECT label, oid, true AS whole FROM rel")
	}
	for _, cte := range objects {
		if strings.HasPrefix(cte, "obj_relation ") {
			from = append(from, "SELECT substring(o.label from pg_catalog.length(o.kind) + 2), o.oid, true FROM obj_relation o WHERE o.kind IN ('view', 'materialized view')")
		}
	}
	all := strings.Join(from, " UNION ALL ")
	if len(from) == 0 {
		all = "SELECT NULL::text AS label, 0::oid AS oid, true AS whole WHERE false"
	}
	for _, kind := range schema.ObjectKinds() {
		a := attached(kind)
		i := slices.IndexFunc(objects, func(cte string) bool { return a[0] != "" && strings.HasPrefix(cte, "obj_"+a[0]+" ") })
		if i >= 0 {
			from = append(from, "SELECT DISTINCT o.tab, x."+a[2]+", false FROM obj_"+a[0]+" o JOIN pg_catalog."+a[0]+" x ON x.oid = o.oid WHERE x."+a[2]+" NOT IN (SELECT oid FROM own)")
		}
	}
	if slices.ContainsFunc(objects, func(cte string) bool { return strings.HasPrefix(cte, "obj_row_security ") }) {
		from = append(from, "SELECT DISTINCT o.tab, o.oid, false FROM obj_row_security o WHERE o.oid NOT IN (SELECT oid FROM own)")
	}
	if len(from) == 0 {
		return ""
	}
	var rest strings.Builder
	for _, f := range from {
		if strings.Contains(f, "FROM own)") {
			rest.WriteString(" UNION " + f)
		}
	}
	return "own AS (" + all + "), top AS (SELECT label, oid, whole FROM own" + rest.String() + ")"
}

// attachedFact is a query for what is attached to tables and views; g is a row of its catalog.
type attachedFact struct{ catalog, line, from, where string }

// query has $declared for the objects of tables of others.
func (f attachedFact) query(objects []string) string {
	sql := "\nSELECT " + f.line + " FROM top r JOIN " + f.from + " WHERE (r.whole"
	if slices.ContainsFunc(objects, func(cte string) bool { return strings.HasPrefix(cte, "obj_"+f.catalog+" ") }) {
		id := "g.oid"
		if f.catalog == "row_security" {
			id = "r.oid"
		}
		sql += " OR EXISTS (SELECT 1 FROM obj_" + f.catalog + " o WHERE o.oid = " + id + ")"
	}
	return sql + ")" + f.where
}

// notOfExtension leaves out what an extension brought.
func notOfExtension(catalog string) string {
	return " AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog." + catalog + "'::pg_catalog.regclass AND d.objid = g.oid AND d.deptype = 'e')"
}

// attachedFacts returns what is on tables and views. A trigger that a partition has of its table, and what is behind a constraint, are none of their own.
func attachedFacts() []attachedFact {
	return []attachedFact{
		{"pg_trigger", "'trigger ' || r.label || '.' || g.tgname || ' ' || pg_catalog.pg_get_triggerdef(g.oid, true) || CASE g.tgenabled WHEN 'O' THEN '' ELSE ' enabled ' || g.tgenabled::text END",
			"pg_catalog.pg_trigger g ON g.tgrelid = r.oid", " AND NOT g.tgisinternal AND g.tgparentid = 0" + notOfExtension("pg_trigger")},
		{"pg_policy", `'policy ' || g.polname || ' on ' || r.label || ': ' || pg_catalog.concat(CASE WHEN g.polpermissive THEN '' ELSE 'AS RESTRICTIVE ' END, 'FOR ', CASE g.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
 ' TO ', CASE WHEN g.polroles = '{0}' THEN 'PUBLIC' ELSE (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.rolname), ', ' ORDER BY a.rolname) FROM pg_catalog.pg_roles a WHERE a.oid = ANY (g.polroles)) END,
 ' USING (' || pg_catalog.pg_get_expr(g.polqual, g.polrelid, true) || ')', ' WITH CHECK (' || pg_catalog.pg_get_expr(g.polwithcheck, g.polrelid, true) || ')')`,
			"pg_catalog.pg_policy g ON g.polrelid = r.oid", ""},
		{"pg_rewrite", "'rule ' || g.rulename || ' on ' || r.label || ': ' || pg_catalog.pg_get_ruledef(g.oid, true) || CASE g.ev_enabled WHEN 'O' THEN '' ELSE ' enabled ' || g.ev_enabled::text END",
			"pg_catalog.pg_rewrite g ON g.ev_class = r.oid", " AND g.rulename <> '_RETURN'" + notOfExtension("pg_rewrite")},
		{"row_security", "'row security of ' || r.label || ': ' || CASE WHEN NOT g.relrowsecurity THEN 'FORCE without ENABLE' WHEN g.relforcerowsecurity THEN 'FORCE' ELSE 'ENABLE' END",
			"pg_catalog.pg_class g ON g.oid = r.oid", " AND (g.relrowsecurity OR g.relforcerowsecurity)"},
		{"index", "'index ' || i.relname || ' on ' || r.label || ': ' || pg_catalog.pg_get_indexdef(i.oid, 0, true) || CASE WHEN g.indisvalid AND g.indisready THEN '' ELSE ' INVALID' END",
			"pg_catalog.pg_index g ON g.indrelid = r.oid JOIN pg_catalog.pg_class c ON c.oid = r.oid AND c.relkind = 'm' JOIN pg_catalog.pg_class i ON i.oid = g.indexrelid", ""},
		{"pg_constraint", `'constraint ' || r.label || '.' || g.conname || E'\x05 ' || pg_catalog.pg_get_constraintdef(g.oid, true)`,
			"pg_catalog.pg_constraint g ON g.conrelid = r.oid", " AND NOT r.whole AND g.contype = 'x'"},
	}
}
