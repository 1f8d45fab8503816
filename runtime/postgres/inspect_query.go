package postgres

// The queries of [Dialect.InspectSchema]: two columns, a kind and a JSON object. What an extension has made is recognised by the pair of catalog and
// oid, as an oid alone means something else in each catalog (manual, pg_depend).

// Between these two an alias of pg_attribute stands for its options that somebody has set. A server keeps notes of its own among them: since 15.20 each column is marked
// with pg_attver, which pg_dump leaves out too.
const (
	optionsFrom = "(SELECT pg_catalog.string_agg(o, ', ') FROM pg_catalog.unnest("
	optionsSet  = ".attoptions) o WHERE pg_catalog.left(o, 10) <> 'pg_attver=')"
)

const (
	inspectTables = `
WITH rel AS (SELECT c.*, n.nspname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname IN ($spaces) AND c.relkind IN ('r', 'p', 'f'))
SELECT 'table', pg_catalog.row_to_json(x)::text FROM (
 SELECT r.oid::bigint, r.nspname AS schema, r.relname AS name, r.relkind AS kind, r.relpersistence AS persistence, r.relispartition AS partition,
  pg_catalog.obj_description(r.oid, 'pg_class') AS comment,
  CASE WHEN r.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(r.oid) END AS partkey,
  CASE WHEN r.relispartition THEN pg_catalog.pg_get_expr(r.relpartbound, r.oid) END AS bound,
  (SELECT pg_catalog.string_agg(h.inhparent::pg_catalog.regclass::text, ', ' ORDER BY h.inhseqno) FROM pg_catalog.pg_inherits h WHERE h.inhrelid = r.oid) AS parents,
  pg_catalog.array_to_string(r.reloptions || (SELECT pg_catalog.array_agg('toast.' || o) FROM pg_catalog.pg_class t, pg_catalog.unnest(t.reloptions) o WHERE t.oid = r.reltoastrelid), ', ') AS options,
  (SELECT spcname FROM pg_catalog.pg_tablespace s WHERE s.oid = r.reltablespace) AS tablespace,
  (SELECT a.amname FROM pg_catalog.pg_am a WHERE a.oid = r.relam AND a.amname <> 'heap') AS method,
  r.relrowsecurity AS rls, r.relforcerowsecurity AS forced, r.relreplident AS replica,
  CASE WHEN r.reloftype <> 0 THEN pg_catalog.format_type(r.reloftype, NULL) END AS type,
  pg_catalog.has_schema_privilege(r.relnamespace, 'USAGE') AND pg_catalog.has_table_privilege(r.oid, 'SELECT') AS readable,
  (SELECT e.extname FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
   WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = r.oid AND d.objsubid = 0 AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND d.deptype = 'e') AS extension
 FROM rel r ORDER BY r.nspname, r.relname) x
UNION ALL SELECT 'column', pg_catalog.row_to_json(x)::text FROM (
 SELECT r.oid::bigint, a.attnum AS num, a.attname AS name, pg_catalog.format_type(a.atttypid, a.atttypmod) AS type, pg_catalog.format_type(a.atttypid, NULL) AS bare,
  a.attnotnull AS "notNull", a.attidentity AS identity, a.attgenerated AS generated, pg_catalog.pg_get_expr(d.adbin, d.adrelid, true) AS "default",
  pg_catalog.col_description(r.oid, a.attnum) AS comment, COALESCE(e.typtype, t.typtype) AS kind,
  CASE WHEN COALESCE(e.typtype, t.typtype) = 'e' THEN et.nspname END AS "enumSchema", CASE WHEN COALESCE(e.typtype, t.typtype) = 'e' THEN COALESCE(e.typname, t.typname) END AS enum,
  COALESCE(e.typnamespace, t.typnamespace) = 'pg_catalog'::pg_catalog.regnamespace AS builtin,
  CASE WHEN a.attcollation <> t.typcollation THEN co.collname END AS collation, CASE WHEN a.attcollation <> t.typcollation AND NOT pg_catalog.pg_collation_is_visible(co.oid) THEN cn.nspname END AS "collationSchema",
  CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage END AS storage, NULLIF(a.attcompression, '') AS compression,
  ` + optionsFrom + "a" + optionsSet + ` AS options, a.attislocal AS local, COALESCE(a.attstattarget, -1) AS target,
  s.seqname AS sequence, s.deptype AS owned, s.odd AS "sequenceOptions"
 FROM rel r JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
 JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
 LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
 LEFT JOIN pg_catalog.pg_namespace et ON et.oid = COALESCE(e.typnamespace, t.typnamespace)
 LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
 LEFT JOIN pg_catalog.pg_collation co ON co.oid = a.attcollation LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace
 LEFT JOIN LATERAL (SELECT p.objid::pg_catalog.regclass::text AS seqname, p.deptype, pg_catalog.concat_ws(' ',
   CASE WHEN q.seqtypid <> a.atttypid THEN 'AS ' || pg_catalog.format_type(q.seqtypid, NULL) END,
   CASE WHEN q.seqincrement <> 1 THEN 'INCREMENT BY ' || q.seqincrement END,
   CASE WHEN q.seqmin <> 1 THEN 'MINVALUE ' || q.seqmin END,
   CASE WHEN q.seqmax <> CASE q.seqtypid WHEN 21 THEN 32767 WHEN 23 THEN 2147483647 ELSE 9223372036854775807 END THEN 'MAXVALUE ' || q.seqmax END,
   CASE WHEN q.seqstart <> 1 THEN 'START WITH ' || q.seqstart END, CASE WHEN q.seqcache <> 1 THEN 'CACHE ' || q.seqcache END, CASE WHEN q.seqcycle THEN 'CYCLE' END) AS odd
  FROM pg_catalog.pg_depend p JOIN pg_catalog.pg_sequence q ON q.seqrelid = p.objid
  WHERE p.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND p.refclassid = p.classid AND p.refobjid = r.oid AND p.refobjsubid = a.attnum
   AND (p.deptype = 'i' OR p.deptype = 'a' AND EXISTS (SELECT 1 FROM pg_catalog.pg_depend u WHERE u.refobjid = p.objid AND u.refclassid = p.classid
    AND u.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND u.objid = d.oid)) LIMIT 1) s ON true
 ORDER BY r.oid, a.attnum) x`

	inspectConstraints = `
SELECT 'constraint', pg_catalog.row_to_json(x)::text FROM (
 SELECT c.conrelid::bigint AS oid, c.conname AS name, c.contype AS type, pg_catalog.array_to_string(c.conkey, ' ') AS columns,
  c.condeferrable AS deferrable, c.condeferred AS deferred, c.convalidated AS validated, c.connoinherit AS "noInherit",
  CASE WHEN c.contype = 'c' THEN pg_catalog.pg_get_expr(c.conbin, c.conrelid, true) END AS expr,
  rn.nspname AS "refSchema", rc.relname AS "refTable", c.confrelid::bigint AS ref,
  CASE WHEN c.contype = 'f' THEN (SELECT pg_catalog.json_agg(a.attname ORDER BY k.n) FROM pg_catalog.unnest(c.confkey) WITH ORDINALITY k(num, n)
   JOIN pg_catalog.pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.num) END AS "refColumns",
  c.confdeltype AS "onDelete", c.confupdtype AS "onUpdate", c.confmatchtype AS match,
  pg_catalog.pg_get_constraintdef(c.oid, true) AS def, pg_catalog.obj_description(c.oid, 'pg_constraint') AS comment,
  pg_catalog.array_to_string(i.reloptions, ', ') AS options, ts.spcname AS tablespace, x.indnatts > x.indnkeyatts AS includes,
  pg_catalog.obj_description(i.oid, 'pg_class') AS "indexComment", x.indisclustered AS clustered, x.indisreplident AS replica,
  c.conparentid = 0 AND c.coninhcount = 0 AS own, $versioned
 FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_class r ON r.oid = c.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace
 LEFT JOIN pg_catalog.pg_class rc ON rc.oid = c.confrelid LEFT JOIN pg_catalog.pg_namespace rn ON rn.oid = rc.relnamespace
 LEFT JOIN pg_catalog.pg_class i ON i.oid = c.conindid AND c.contype IN ('p', 'u', 'x') LEFT JOIN pg_catalog.pg_index x ON x.indexrelid = i.oid
 LEFT JOIN pg_catalog.pg_tablespace ts ON ts.oid = i.reltablespace
 WHERE n.nspname IN ($schemas) AND r.relkind IN ('r', 'p') AND c.contype IN ('p', 'u', 'c', 'f', 'x', 'n') AND (c.conparentid = 0 OR c.contype <> 'f')
 ORDER BY c.conrelid, c.conname) x`

	inspectIndexes = `
SELECT 'index', pg_catalog.row_to_json(x)::text FROM (
 SELECT x.indrelid::bigint AS oid, i.relname AS name, x.indisunique AS "unique", am.amname AS method, x.indisvalid AND x.indisready AS valid, x.indnkeyatts AS keys,
  pg_catalog.pg_get_expr(x.indpred, x.indrelid, true) AS "where", pg_catalog.pg_get_indexdef(i.oid, 0, true) AS def, pg_catalog.obj_description(i.oid, 'pg_class') AS comment,
  pg_catalog.array_to_string(i.reloptions, ', ') AS options, ts.spcname AS tablespace, x.indisclustered AS clustered, x.indisreplident AS replica,
  EXISTS (SELECT 1 FROM pg_catalog.pg_inherits h WHERE h.inhrelid = i.oid) AS attached,
  (SELECT pg_catalog.json_agg(pg_catalog.json_build_object('num', p.num, 'expr', CASE WHEN p.num = 0 THEN pg_catalog.pg_get_indexdef(i.oid, p.n::int, true) END,
    'option', p.option, 'collation', CASE WHEN co.oid IS NOT NULL AND (p.num = 0 OR co.oid <> a.attcollation) THEN co.collname END,
    'typed', co.oid IS NOT NULL AND p.num = 0 AND co.collname = 'default',
    'opclass', CASE WHEN NOT oc.opcdefault OR ` + optionsFrom + "ia" + optionsSet + ` IS NOT NULL THEN CASE WHEN pg_catalog.pg_opclass_is_visible(oc.oid) THEN '' ELSE pg_catalog.quote_ident(ocn.nspname) || '.' END || pg_catalog.quote_ident(oc.opcname) END,
    'options', ` + optionsFrom + "ia" + optionsSet + `) ORDER BY p.n)
   FROM ROWS FROM (pg_catalog.unnest(x.indkey), pg_catalog.unnest(x.indoption), pg_catalog.unnest(x.indcollation), pg_catalog.unnest(x.indclass)) WITH ORDINALITY p(num, option, coll, class, n)
   LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = p.num AND p.num <> 0
   LEFT JOIN pg_catalog.pg_attribute ia ON ia.attrelid = i.oid AND ia.attnum = p.n
   LEFT JOIN pg_catalog.pg_collation co ON co.oid = p.coll
   LEFT JOIN pg_catalog.pg_opclass oc ON oc.oid = p.class LEFT JOIN pg_catalog.pg_namespace ocn ON ocn.oid = oc.opcnamespace) AS parts, $versioned
 FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid JOIN pg_catalog.pg_am am ON am.oid = i.relam
 JOIN pg_catalog.pg_class r ON r.oid = x.indrelid JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace LEFT JOIN pg_catalog.pg_tablespace ts ON ts.oid = i.reltablespace
 WHERE n.nspname IN ($schemas) AND r.relkind IN ('r', 'p') AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_constraint c WHERE c.conindid = x.indexrelid AND c.contype IN ('p', 'u', 'x'))
 ORDER BY x.indrelid, i.relname) x`
)
