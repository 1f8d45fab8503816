package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// restRow is an object that is neither a table nor a part of one that models have.
type restRow struct {
	OID                                                                          int64 // of the table that it is on, 0 for none
	Schema, Name, Args, Table, TableSchema, Def, Owner, Extension, State, Detail string
	Values                                                                       []string
}

// ofExtension is the extension that an object of a catalog belongs to.
func ofExtension(catalog, oid string) string {
	return `(SELECT e.extname FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid WHERE d.classid = 'pg_catalog.` + catalog +
		`'::pg_catalog.regclass AND d.objid = ` + oid + ` AND d.objsubid = 0 AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND d.deptype = 'e') AS extension`
}

// madeByItself leaves out what came with something else, as the functions of a range type.
func madeByItself(catalog, oid string) string {
	return "NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog." + catalog + "'::pg_catalog.regclass AND d.objid = " + oid + " AND d.deptype = 'i')"
}

// rest puts the kinds of objects together.
func rest(parts [][2]string) string {
	var all []string
	for _, p := range parts {
		all = append(all, "SELECT "+text(p[0])+", pg_catalog.row_to_json(x)::text FROM ("+p[1]+") x")
	}
	return strings.Join(all, " UNION ALL ")
}

const (
	inSchema = "n.nspname AS schema, "
	inRead   = " JOIN pg_catalog.pg_namespace n ON n.oid = %s WHERE n.nspname IN ($schemas)"
	onTable  = " JOIN pg_catalog.pg_class r ON r.oid = %s JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace WHERE n.nspname IN ($schemas)"
)

func in(column string) string { return fmt.Sprintf(inRead, column) }
func on(column string) string { return fmt.Sprintf(onTable, column) }

// aggregateDefinition returns what CREATE AGGREGATE says of function f behind its name; it is NULL for an ordered-set aggregate and one with a moving state.
const aggregateDefinition = "(SELECT pg_catalog.concat('(', COALESCE(NULLIF(pg_catalog.pg_get_function_arguments(f.oid), ''), '*'), ') (SFUNC = ', a.aggtransfn::text, ', STYPE = ', pg_catalog.format_type(a.aggtranstype, NULL), " +
	"', SSPACE = ' || NULLIF(a.aggtransspace, 0), ', FINALFUNC = ' || NULLIF(a.aggfinalfn::text, '-'), CASE WHEN a.aggfinalextra THEN ', FINALFUNC_EXTRA' END, CASE a.aggfinalmodify WHEN 's' THEN ', FINALFUNC_MODIFY = SHAREABLE' WHEN 'w' THEN ', FINALFUNC_MODIFY = READ_WRITE' END, " +
	"', COMBINEFUNC = ' || NULLIF(a.aggcombinefn::text, '-'), ', SERIALFUNC = ' || NULLIF(a.aggserialfn::text, '-'), ', DESERIALFUNC = ' || NULLIF(a.aggdeserialfn::text, '-'), ', INITCOND = ' || pg_catalog.quote_literal(a.agginitval), " +
	"CASE f.proparallel WHEN 's' THEN ', PARALLEL = SAFE' WHEN 'r' THEN ', PARALLEL = RESTRICTED' END, ')') FROM pg_catalog.pg_aggregate a WHERE a.aggfnoid = f.oid AND a.aggkind = 'n' AND a.aggmtransfn = 0 AND a.aggsortop = 0)"

// rangeDefinition is what CREATE TYPE says of the range type t behind AS, without what it has by default (manual, CREATE TYPE).
const rangeDefinition = "(SELECT pg_catalog.concat('RANGE (SUBTYPE = ', pg_catalog.format_type(g.rngsubtype, NULL), CASE WHEN NOT o.opcdefault THEN ', SUBTYPE_OPCLASS = ' || CASE WHEN on_.nspname <> 'pg_catalog' THEN pg_catalog.quote_ident(on_.nspname) || '.' ELSE '' END || pg_catalog.quote_ident(o.opcname) END, " +
	"CASE WHEN g.rngcollation NOT IN (0, b.typcollation) THEN ', COLLATION = ' || g.rngcollation::pg_catalog.regcollation::text END, CASE WHEN g.rngcanonical <> 0 THEN ', CANONICAL = ' || g.rngcanonical::text END, CASE WHEN g.rngsubdiff <> 0 " +
	"THEN ', SUBTYPE_DIFF = ' || g.rngsubdiff::text END, CASE WHEN m.typname <> CASE WHEN pg_catalog.strpos(t.typname, 'range') > 0 THEN pg_catalog.regexp_replace(t.typname, 'range', 'multirange') ELSE t.typname || '_multirange' END " +
	"THEN ', MULTIRANGE_TYPE_NAME = ' || pg_catalog.quote_ident(m.typname) END, ')') FROM pg_catalog.pg_range g JOIN pg_catalog.pg_type b ON b.oid = g.rngsubtype JOIN pg_catalog.pg_type m ON m.oid = g.rngmultitypid JOIN pg_catalog.pg_opclass o ON o.oid = g.rngsubopc JOIN pg_catalog.pg_namespace on_ ON on_.oid = o.opcnamespace " +
	"WHERE g.rngtypid = t.oid)"

// otherCollation is COLLATE where a collation is not that of the type.
func otherCollation(collation, of string) string {
	return "COALESCE((SELECT ' COLLATE ' || " + collation + "::pg_catalog.regcollation::text FROM pg_catalog.pg_type y WHERE y.oid = " + of + " AND " + collation + " NOT IN (0, y.typcollation)), '')"
}

// commentsOf returns a query for the comments on what a catalog has, with the word by which COMMENT ON knows it and its identity.
func commentsOf(catalog, word, from string) string {
	return "SELECT " + inSchema + word + " AS state, i.identity AS name, d.description AS detail, " + ofExtension(catalog, "x.oid") + " FROM pg_catalog.pg_description d JOIN pg_catalog." + catalog + " x ON x.oid = d.objoid CROSS JOIN LATERAL pg_catalog.pg_identify_object(d.classoid, d.objoid, 0) i " +
		from + " WHERE n.nspname IN ($schemas) AND d.classoid = 'pg_catalog." + catalog + "'::pg_catalog.regclass AND d.objsubid = 0"
}

// commentOf is commentsOf for a catalog of what is in no schema.
func commentOf(catalog, word, name string) string {
	return "SELECT '" + word + "' AS state, pg_catalog.quote_ident(" + name + ") AS name, d.description AS detail, " + ofExtension(catalog, "x.oid") + " FROM pg_catalog.pg_description d JOIN pg_catalog." + catalog + " x ON x.oid = d.objoid WHERE d.classoid = 'pg_catalog." + catalog + "'::pg_catalog.regclass"
}

// granted returns a query for what roles other than the owner have of the privileges that acl lists: a row for each role, and for whether it may pass them on.
func granted(owner, acl string) string {
	return "(SELECT CASE WHEN p.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(p.grantee)) END || CASE WHEN p.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END AS role, " +
		"pg_catalog.string_agg(DISTINCT p.privilege_type, ', ' ORDER BY p.privilege_type) AS privileges FROM (" + acl + ") p WHERE p.grantee <> " + owner + " GROUP BY p.grantee, p.is_grantable) g"
}

// publicationDefinition returns what CREATE PUBLICATION says of p behind its name. Columns, conditions and schemas are there from version 15 on.
func (i *inspector) publicationDefinition() string {
	more, spaces := "''", "NULL"
	if i.version >= 15 {
		more = "COALESCE(' (' || (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_catalog.pg_attribute a WHERE a.attrelid = l.prrelid AND a.attnum = ANY (l.prattrs::int2[])) || ')', ''), ' WHERE (' || pg_catalog.pg_get_expr(l.prqual, l.prrelid) || ')'"
		spaces = "(SELECT 'TABLES IN SCHEMA ' || pg_catalog.string_agg(pg_catalog.quote_ident(s.nspname), ', ' ORDER BY s.nspname) FROM pg_catalog.pg_publication_namespace k JOIN pg_catalog.pg_namespace s ON s.oid = k.pnnspid WHERE k.pnpubid = p.oid)"
	}
	return "pg_catalog.concat(CASE WHEN p.puballtables THEN 'FOR ALL TABLES ' END, 'FOR ' || NULLIF(pg_catalog.concat_ws(', ', (SELECT pg_catalog.string_agg(pg_catalog.concat('TABLE ', l.prrelid::pg_catalog.regclass::text, " + more + "), ', ' ORDER BY l.prrelid::pg_catalog.regclass::text) " +
		"FROM pg_catalog.pg_publication_rel l WHERE l.prpubid = p.oid), " + spaces + "), '') || ' ', 'WITH (publish = ', pg_catalog.quote_literal(pg_catalog.concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END, CASE WHEN p.pubdelete THEN 'delete' END, " +
		"CASE WHEN p.pubtruncate THEN 'truncate' END)), CASE WHEN p.pubviaroot THEN ', publish_via_partition_root = true' END, ')')"
}

// inspectRest is longer than all other queries.
func inspectRest() string {
	return rest([][2]string{
		{"enum", "SELECT " + inSchema + "t.typname AS name, " + ofExtension("pg_type", "t.oid") + ", (SELECT pg_catalog.json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid) AS values " +
			"FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace WHERE t.typtype = 'e'"},
		{"type", "SELECT " + inSchema + "t.typname AS name, t.typtype AS state, " + ofExtension("pg_type", "t.oid") + ", CASE t.typtype WHEN 'd' THEN pg_catalog.format_type(t.typbasetype, t.typtypmod) || " + otherCollation("t.typcollation", "t.typbasetype") + " || " +
			"COALESCE(' DEFAULT ' || t.typdefault, '') || CASE WHEN t.typnotnull THEN ' NOT NULL' ELSE '' END || COALESCE((SELECT pg_catalog.string_agg(' CONSTRAINT ' || pg_catalog.quote_ident(c.conname) || ' ' || pg_catalog.pg_get_constraintdef(c.oid, true), '' ORDER BY c.conname) FROM pg_catalog.pg_constraint c WHERE c.contypid = t.oid AND c.contype = 'c'), '') " +
			"WHEN 'c' THEN '(' || COALESCE((SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname) || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod) || " + otherCollation("a.attcollation", "a.atttypid") + ", ', ' ORDER BY a.attnum) FROM pg_catalog.pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped), '') || ')' " +
			"WHEN 'r' THEN " + rangeDefinition + " END AS def " +
			"FROM pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_class tc ON tc.oid = t.typrelid" + in("t.typnamespace") + " AND (t.typtype IN ('d', 'r') OR t.typtype = 'c' AND tc.relkind = 'c' OR t.typtype = 'b' AND t.typcategory <> 'A')"},
		{"view", "SELECT " + inSchema + "v.relname AS name, v.relkind AS state, pg_catalog.pg_get_viewdef(v.oid, true) AS def, pg_catalog.array_to_string(v.reloptions, ', ') AS detail, " + ofExtension("pg_class", "v.oid") +
			" FROM pg_catalog.pg_class v" + in("v.relnamespace") + " AND v.relkind IN ('v', 'm')"},
		{"viewindex", "SELECT " + inSchema + "i.relname AS name, r.relname AS table, pg_catalog.pg_get_indexdef(i.oid, 0, true) AS def, " + ofExtension("pg_class", "r.oid") +
			" FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid" + on("x.indrelid") + " AND r.relkind = 'm'"},
		{"sequence", "SELECT " + inSchema + "s.relname AS name, " + ofExtension("pg_class", "s.oid") + ", (SELECT p.refobjid::pg_catalog.regclass::text FROM pg_catalog.pg_depend p WHERE p.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND p.objid = s.oid AND p.refclassid = p.classid AND p.deptype = 'a' LIMIT 1) AS owner, " +
			"pg_catalog.concat('AS ', pg_catalog.format_type(q.seqtypid, NULL), ' INCREMENT BY ', q.seqincrement, ' MINVALUE ', q.seqmin, ' MAXVALUE ', q.seqmax, ' START WITH ', q.seqstart, ' CACHE ', q.seqcache, CASE WHEN q.seqcycle THEN ' CYCLE' END) AS def " +
			"FROM pg_catalog.pg_class s JOIN pg_catalog.pg_sequence q ON q.seqrelid = s.oid" + in("s.relnamespace") +
			" AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend p WHERE p.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND p.objid = s.oid AND p.refclassid = p.classid AND (p.deptype = 'i' OR p.deptype = 'a' AND EXISTS (" +
			"SELECT 1 FROM pg_catalog.pg_attrdef f JOIN pg_catalog.pg_depend u ON u.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND u.objid = f.oid AND u.refclassid = p.classid AND u.refobjid = s.oid " +
			"WHERE f.adrelid = p.refobjid AND f.adnum = p.refobjsubid)))"},
		{"function", "SELECT " + inSchema + "f.proname AS name, f.prokind AS state, pg_catalog.pg_get_function_identity_arguments(f.oid) AS args, CASE WHEN f.prokind <> 'a' THEN pg_catalog.pg_get_functiondef(f.oid) ELSE " + aggregateDefinition + " END AS def, " + ofExtension("pg_proc", "f.oid") +
			" FROM pg_catalog.pg_proc f" + in("f.pronamespace") + " AND " + madeByItself("pg_proc", "f.oid")},
		{"trigger", "SELECT r.oid::bigint, " + inSchema + "g.tgname AS name, r.relname AS table, n.nspname AS \"tableSchema\", pg_catalog.pg_get_triggerdef(g.oid, true) AS def, CASE WHEN g.tgenabled <> 'O' THEN g.tgenabled END AS state, " + ofExtension("pg_trigger", "g.oid") +
			" FROM pg_catalog.pg_trigger g" + on("g.tgrelid") + " AND NOT g.tgisinternal AND g.tgparentid = 0"},
		{"rule", "SELECT r.oid::bigint, " + inSchema + "w.rulename AS name, r.relname AS table, n.nspname AS \"tableSchema\", pg_catalog.pg_get_ruledef(w.oid, true) AS def, " + ofExtension("pg_rewrite", "w.oid") +
			" FROM pg_catalog.pg_rewrite w" + on("w.ev_class") + " AND w.rulename <> '_RETURN'"},
		{"policy", "SELECT r.oid::bigint, " + inSchema + "p.polname AS name, r.relname AS table, n.nspname AS \"tableSchema\", pg_catalog.concat(CASE WHEN p.polpermissive THEN '' ELSE ' AS RESTRICTIVE' END, " +
			"CASE p.polcmd WHEN 'r' THEN ' FOR SELECT' WHEN 'a' THEN ' FOR INSERT' WHEN 'w' THEN ' FOR UPDATE' WHEN 'd' THEN ' FOR DELETE' END, " +
			"CASE WHEN p.polroles <> '{0}' THEN ' TO ' || (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(o)), ', ') FROM pg_catalog.unnest(p.polroles) o) END, " +
			"' USING (' || pg_catalog.pg_get_expr(p.polqual, p.polrelid) || ')', ' WITH CHECK (' || pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) || ')') AS def FROM pg_catalog.pg_policy p" + on("p.polrelid")},
		{"statistics object", "SELECT r.oid::bigint, " + inSchema + "s.stxname AS name, r.relname AS table, n.nspname AS \"tableSchema\", pg_catalog.pg_get_statisticsobjdef(s.oid) AS def FROM pg_catalog.pg_statistic_ext s" + on("s.stxrelid")},
		{"comment", commentsOf("pg_class", "CASE x.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'i' THEN 'INDEX' ELSE 'SEQUENCE' END", "JOIN pg_catalog.pg_namespace n ON n.oid = x.relnamespace") +
			" AND (x.relkind IN ('v', 'm', 'S') OR x.relkind = 'i' AND EXISTS (SELECT 1 FROM pg_catalog.pg_index k JOIN pg_catalog.pg_class m ON m.oid = k.indrelid WHERE k.indexrelid = x.oid AND m.relkind = 'm'))"},
		{"comment", "SELECT " + inSchema + "'COLUMN' AS state, x.oid::pg_catalog.regclass::text || '.' || pg_catalog.quote_ident(a.attname) AS name, d.description AS detail, " + ofExtension("pg_class", "x.oid") + " FROM pg_catalog.pg_description d " +
			"JOIN pg_catalog.pg_class x ON x.oid = d.objoid JOIN pg_catalog.pg_attribute a ON a.attrelid = x.oid AND a.attnum = d.objsubid" + in("x.relnamespace") + " AND d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objsubid > 0 AND x.relkind IN ('v', 'm', 'c')"},
		{"comment", commentsOf("pg_proc", "CASE x.prokind WHEN 'p' THEN 'PROCEDURE' WHEN 'a' THEN 'AGGREGATE' ELSE 'FUNCTION' END", "JOIN pg_catalog.pg_namespace n ON n.oid = x.pronamespace")},
		{"comment", commentsOf("pg_type", "CASE x.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END", "JOIN pg_catalog.pg_namespace n ON n.oid = x.typnamespace") + " AND x.typtype IN ('d', 'c', 'e', 'r')"},
		{"comment", commentsOf("pg_trigger", "'TRIGGER'", "JOIN pg_catalog.pg_class r ON r.oid = x.tgrelid JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace")},
		{"comment", commentsOf("pg_policy", "'POLICY'", "JOIN pg_catalog.pg_class r ON r.oid = x.polrelid JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace")},
		{"comment", commentsOf("pg_rewrite", "'RULE'", "JOIN pg_catalog.pg_class r ON r.oid = x.ev_class JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace")},
		{"comment", commentsOf("pg_statistic_ext", "'STATISTICS'", "JOIN pg_catalog.pg_namespace n ON n.oid = x.stxnamespace")},
		{"operator", "SELECT " + inSchema + "o.oid::pg_catalog.regoperator::text AS name, " + ofExtension("pg_operator", "o.oid") + " FROM pg_catalog.pg_operator o" + in("o.oprnamespace")},
		{"operator class", "SELECT " + inSchema + "o.opcname AS name, " + ofExtension("pg_opclass", "o.oid") + " FROM pg_catalog.pg_opclass o" + in("o.opcnamespace")},
		{"collation", "SELECT " + inSchema + "o.collname AS name, " + ofExtension("pg_collation", "o.oid") + " FROM pg_catalog.pg_collation o" + in("o.collnamespace")},
		{"text search configuration", "SELECT " + inSchema + "o.cfgname AS name, " + ofExtension("pg_ts_config", "o.oid") + " FROM pg_catalog.pg_ts_config o" + in("o.cfgnamespace")},
		{"text search dictionary", "SELECT " + inSchema + "o.dictname AS name, " + ofExtension("pg_ts_dict", "o.oid") + " FROM pg_catalog.pg_ts_dict o" + in("o.dictnamespace")},
		{"cast", "SELECT pg_catalog.format_type(c.castsource, NULL) || ' AS ' || pg_catalog.format_type(c.casttarget, NULL) AS name, " + ofExtension("pg_cast", "c.oid") + " FROM pg_catalog.pg_cast c WHERE c.oid >= 16384 AND " + madeByItself("pg_cast", "c.oid")},
		{"event trigger", "SELECT t.evtname AS name, CASE WHEN t.evtenabled = 'O' THEN pg_catalog.concat('ON ', t.evtevent, ' WHEN TAG IN (' || (SELECT pg_catalog.string_agg(pg_catalog.quote_literal(g), ', ') FROM pg_catalog.unnest(t.evttags) g) || ')', ' EXECUTE FUNCTION ', t.evtfoid::pg_catalog.regproc::text, '()') END AS def, " + ofExtension("pg_event_trigger", "t.oid") + " FROM pg_catalog.pg_event_trigger t"},
		{"server", "SELECT s.srvname AS name, " + ofExtension("pg_foreign_server", "s.oid") + " FROM pg_catalog.pg_foreign_server s"},
		{"publication", "SELECT p.pubname AS name, $publication AS def, (SELECT pg_catalog.json_agg(l.prrelid::bigint::text) FROM pg_catalog.pg_publication_rel l WHERE l.prpubid = p.oid) AS values, $outside AS detail FROM pg_catalog.pg_publication p"},
		{"comment", commentOf("pg_publication", "PUBLICATION", "x.pubname")},
		{"comment", commentOf("pg_event_trigger", "EVENT TRIGGER", "x.evtname")},
		{"comment", commentOf("pg_namespace", "SCHEMA", "x.nspname") + " AND x.nspname IN ($schemas) AND x.nspname <> 'public'"},
		{"grant", "SELECT r.oid::bigint, " + inSchema + "r.relname AS name, n.nspname AS \"tableSchema\", r.relname AS table, CASE r.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS state, g.role AS detail, g.privileges AS def, " + ofExtension("pg_class", "r.oid") +
			" FROM pg_catalog.pg_class r JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace CROSS JOIN LATERAL " + granted("r.relowner", "SELECT x.* FROM pg_catalog.aclexplode(r.relacl) x UNION ALL SELECT x.grantor, x.grantee, x.privilege_type || ' (' || pg_catalog.quote_ident(a.attname) || ')', x.is_grantable "+
			"FROM pg_catalog.pg_attribute a CROSS JOIN LATERAL pg_catalog.aclexplode(a.attacl) x WHERE a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped") + " WHERE n.nspname IN ($schemas) AND r.relkind IN ('r', 'p', 'v', 'm', 'S')"},
		{"grant", "SELECT " + inSchema + "f.proname AS name, CASE f.prokind WHEN 'p' THEN 'PROCEDURE' WHEN 'a' THEN 'ROUTINE' ELSE 'FUNCTION' END AS state, '(' || pg_catalog.oidvectortypes(f.proargtypes) || ')' AS args, 'PUBLIC' AS detail, 'NONE' AS def, " + ofExtension("pg_proc", "f.oid") +
			" FROM pg_catalog.pg_proc f" + in("f.pronamespace") + " AND " + madeByItself("pg_proc", "f.oid") + " AND f.proacl IS NOT NULL AND NOT EXISTS (SELECT 1 FROM pg_catalog.aclexplode(f.proacl) x WHERE x.grantee = 0)"},
		{"grant", "SELECT " + inSchema + "t.typname AS name, 'TYPE' AS state, 'PUBLIC' AS detail, 'NONE' AS def, " + ofExtension("pg_type", "t.oid") + " FROM pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_class tc ON tc.oid = t.typrelid" + in("t.typnamespace") +
			" AND (t.typtype IN ('d', 'e', 'r') OR tc.relkind = 'c') AND t.typacl IS NOT NULL AND NOT EXISTS (SELECT 1 FROM pg_catalog.aclexplode(t.typacl) x WHERE x.grantee = 0)"},
		{"grant", "SELECT " + inSchema + "f.proname AS name, CASE f.prokind WHEN 'p' THEN 'PROCEDURE' WHEN 'a' THEN 'ROUTINE' ELSE 'FUNCTION' END AS state, '(' || pg_catalog.oidvectortypes(f.proargtypes) || ')' AS args, g.role AS detail, g.privileges AS def, " + ofExtension("pg_proc", "f.oid") +
			" FROM pg_catalog.pg_proc f JOIN pg_catalog.pg_namespace n ON n.oid = f.pronamespace CROSS JOIN LATERAL " + granted("f.proowner", "SELECT x.* FROM pg_catalog.aclexplode(f.proacl) x WHERE x.grantee <> 0") + " WHERE n.nspname IN ($schemas)"},
		{"grant", "SELECT " + inSchema + "t.typname AS name, 'TYPE' AS state, g.role AS detail, g.privileges AS def, " + ofExtension("pg_type", "t.oid") + " FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_catalog.pg_class tc ON tc.oid = t.typrelid CROSS JOIN LATERAL " +
			granted("t.typowner", "SELECT x.* FROM pg_catalog.aclexplode(t.typacl) x WHERE x.grantee <> 0") + " WHERE n.nspname IN ($schemas) AND (t.typtype IN ('d', 'e', 'r') OR tc.relkind = 'c')"},
		{"grant", "SELECT n.nspname AS name, 'SCHEMA' AS state, g.role AS detail, g.privileges AS def, " + ofExtension("pg_namespace", "n.oid") + " FROM pg_catalog.pg_namespace n LEFT JOIN pg_catalog.pg_init_privs i ON i.classoid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND i.objoid = n.oid CROSS JOIN LATERAL " +
			granted("n.nspowner", "SELECT x.* FROM pg_catalog.aclexplode(n.nspacl) x EXCEPT SELECT x.* FROM pg_catalog.aclexplode(i.initprivs) x") + " WHERE n.nspname IN ($schemas)"},
		{"extension", "SELECT " + inSchema + "e.extname AS name, e.extversion AS detail FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE e.extname <> 'plpgsql'"},
	})
}

func (i *inspector) readRest(ctx context.Context) error {
	foreign := map[string]string{} // enums of extensions
	outside := "NULL"
	if i.version >= 15 {
		outside = "(SELECT pg_catalog.min(s.nspname::text) FROM pg_catalog.pg_publication_namespace k JOIN pg_catalog.pg_namespace s ON s.oid = k.pnnspid WHERE k.pnpubid = p.oid AND s.nspname NOT IN ($schemas))"
	}
	err := i.rows(ctx, strings.NewReplacer("$publication", i.publicationDefinition(), "$outside", outside).Replace(inspectRest()), func(kind string, row []byte) error {
		var r restRow
		if err := json.Unmarshal(row, &r); err != nil {
			return err
		}
		switch {
		case kind == "enum" && r.Extension != "":
			foreign[i.label(r.Schema, r.Name)] = r.Extension
		case kind == "enum":
			i.enums[i.label(r.Schema, r.Name)] = &schema.Enum{Name: i.label(r.Schema, r.Name), Values: r.Values}
		default:
			i.one(kind, r)
		}
		return nil
	})
	for _, t := range i.tables {
		for n := range t.Columns {
			if c := &t.Columns[n]; c.Type.Kind == schema.KindEnum && foreign[c.Type.Name] != "" {
				c.Type = schema.Type{Kind: schema.KindOther, Name: c.Type.Name, Array: c.Type.Array}
			}
		}
	}
	return err
}

// oidOf returns the oid that a text is, 0 for none.
func oidOf(oid string) int64 {
	n, err := strconv.ParseInt(oid, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// one adds an object that models do not have.
func (i *inspector) one(kind string, r restRow) {
	if kind == "extension" {
		i.out.Unexpressed = append(i.out.Unexpressed, migrate.Unexpressed{Object: "extension " + r.Name, Owner: r.Name,
			Why: "models do not make extensions: where they use what is of it, as a type, a step by hand before them does, for a database that is new",
			SQL: "CREATE EXTENSION IF NOT EXISTS " + ident(r.Name) + " WITH SCHEMA " + ident(r.Schema)})
		return
	}
	if r.Extension != "" {
		return // the extension is told
	}
	if t := i.tables[r.OID]; r.OID != 0 && (t != nil && t.out && t.part == "" || t == nil && i.ignored(i.label(r.TableSchema, r.Table))) {
		return
	}
	label := i.label(r.Schema, r.Name)
	if r.Schema == "" {
		label = r.Name
	}
	name, table := schema.QuoteName(label), i.label(r.Schema, r.Table)
	why := "models have no such thing: it is left as it is"
	sql := r.Def
	switch kind {
	case "type":
		kind = map[string]string{"d": "domain", "c": "composite type", "r": "range type", "b": "base type"}[r.State]
		why = "models do not make it: columns can have it as their type; for a database that is new a step by hand makes it first"
		switch r.State {
		case "d":
			sql = "CREATE DOMAIN " + name + " AS " + r.Def
		case "c", "r":
			sql = "CREATE TYPE " + name + " AS " + r.Def
		}
	case "view":
		sql = "CREATE VIEW " + name
		if r.State == "m" {
			kind, sql = "materialized view", "CREATE MATERIALIZED VIEW "+name
		}
		if r.Detail != "" {
			sql += " WITH (" + r.Detail + ")"
		}
		sql += " AS\n" + strings.TrimSuffix(r.Def, ";")
		if i.ignored(label) {
			return
		}
	case "viewindex":
		kind = "index"
		label = r.Name + " on " + table
	case "sequence":
		sql = "CREATE SEQUENCE " + name + " " + r.Def
		why = "models have sequences of columns alone: it is left as it is; a default that uses it needs it made by a step by hand"
		if column := i.renewed[label]; column != "" {
			why, sql = "a database that is new has a sequence of that name for column "+column+", which takes its numbers from another one here: it is left as it is", ""
		}
	case "function":
		kind = map[string]string{"p": "procedure", "a": "aggregate", "w": "window function"}[r.State]
		if kind == "" {
			kind = "function"
		}
		if label += "(" + r.Args + ")"; r.State == "a" && sql != "" {
			sql = "CREATE AGGREGATE " + name + " " + sql
		}
	case "comment":
		if slices.ContainsFunc(i.out.Unexpressed, func(u migrate.Unexpressed) bool {
			return u.SQL == "" && strings.EqualFold(u.Object, r.State+" "+r.Name)
		}) {
			return // with what it is on
		}
		i.unexpressed("comment on "+strings.ToLower(r.State)+" "+r.Name, leftAsItIs, "COMMENT ON "+r.State+" "+r.Name+" IS "+text(r.Detail))
		return
	case "grant":
		on := i.name(label) + r.Args
		if r.State == "SCHEMA" {
			on = ident(r.Name)
		}
		if r.Def == schema.NoPrivileges {
			i.unexpressed("privileges of "+r.Detail+" on "+strings.ToLower(r.State)+" "+label+r.Args, leftAsItIs, "REVOKE ALL ON "+r.State+" "+on+" FROM "+r.Detail)
			return
		}
		i.unexpressed("grant on "+strings.ToLower(r.State)+" "+label+r.Args+" to "+r.Detail, leftAsItIs, "GRANT "+r.Def+" ON "+r.State+" "+on+" TO "+r.Detail)
		return
	case "publication", "event trigger":
		if slices.ContainsFunc(r.Values, func(oid string) bool { t := i.tables[oidOf(oid)]; return t == nil || t.out }) || r.Detail != "" {
			why, sql = "it has tables that are not read, or are none of the models: it is left as it is", ""
		}
		if sql != "" {
			sql = "CREATE " + strings.ToUpper(kind) + " " + ident(r.Name) + " " + sql
		}
	case "trigger":
		label = r.Name + " on " + table
		if words := map[string]string{"D": "DISABLE", "R": "ENABLE REPLICA", "A": "ENABLE ALWAYS"}[r.State]; words != "" {
			sql += ";\nALTER TABLE " + i.name(table) + " " + words + " TRIGGER " + ident(r.Name)
		}
	case "rule":
		label = r.Name + " on " + table
		sql = strings.TrimSuffix(r.Def, ";")
	case "policy":
		label = r.Name + " on " + table
		sql = "CREATE POLICY " + ident(r.Name) + " ON " + i.name(table) + r.Def
	case "statistics object":
		label += " on " + table
	}
	i.unexpressed(kind+" "+label, why, sql)
	if (kind == "trigger" || kind == "policy" || kind == "rule") && i.tables[r.OID] != nil && i.tables[r.OID].part == "" {
		i.out.Unexpressed[len(i.out.Unexpressed)-1].Allow = allowed(kind, r.Name, table)
	}
}
