package postgres

import "strings"

// What a table has beside what its model says, and what LIKE does not copy to the one that takes its place.

// takeOtherIndexes gives the indexes of a table that no migration has made other names, and keeps what makes them again: without that, they would be on one partition alone. Unique ones and
// those of exclusion constraints stop the migration before, and invalid ones stay where they are.
func takeOtherIndexes(table, partition string, declared []string) string {
	names := make([]string, len(declared))
	for i, name := range declared {
		names[i] = text(name)
	}
	others := "FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = " + regclass(table) +
		" AND NOT i.indisunique AND NOT i.indisexclusion AND i.indisvalid AND c.relname <> ALL (ARRAY[" + strings.Join(names, ", ") + "]::text[])"
	return doBlock(`DECLARE x record; BEGIN
 PERFORM pg_catalog.set_config('modelgen.others', COALESCE((SELECT pg_catalog.json_agg(pg_catalog.pg_get_indexdef(i.indexrelid) ORDER BY c.relname) ` + others + `)::text, '[]'), true);
 FOR x IN SELECT c.oid::pg_catalog.regclass AS name, pg_catalog.left(` + text(baseName(partition)+"_") + ` || c.relname, 50) || '_' || pg_catalog.left(pg_catalog.md5(c.relname), 8) AS aside ` + others + ` LOOP
  EXECUTE pg_catalog.format('ALTER INDEX %s RENAME TO %I', x.name, x.aside);
 END LOOP; END`)
}

// putOtherIndexes makes them on the new table, under their names; those of the partition are attached to them with it.
func putOtherIndexes() string {
	return doBlock(`DECLARE def text; BEGIN
 FOR def IN SELECT pg_catalog.json_array_elements_text(pg_catalog.current_setting('modelgen.others')::json) LOOP EXECUTE def; END LOOP; END`)
}

// copyTableFacts gives a partitioned table, and its other partitions, what the table has that is one of its partitions now. The replica identity is that of each partition (manual, ALTER TABLE,
// REPLICA IDENTITY): without it, changes of rows of the others could not be published as those of the table were.
func copyTableFacts(from, to string) string {
	on := escapeFormat(to)
	return doBlock(`DECLARE r record; identity "char"; root oid; BEGIN
 SELECT relreplident INTO identity FROM pg_catalog.pg_class WHERE oid = ` + regclass(from) + `;
 SELECT h.inhparent INTO root FROM pg_catalog.pg_index i JOIN pg_catalog.pg_inherits h ON h.inhrelid = i.indexrelid WHERE i.indrelid = ` + regclass(from) + ` AND i.indisreplident;
 FOR r IN SELECT t.relid::pg_catalog.regclass AS name, c.relname AS index FROM pg_catalog.pg_partition_tree(` + regclass(to) + `) t
   LEFT JOIN pg_catalog.pg_index i ON i.indrelid = t.relid AND (i.indexrelid = root OR i.indexrelid IN (SELECT x.relid FROM pg_catalog.pg_partition_tree(root) x))
   LEFT JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid WHERE t.relid <> ` + regclass(from) + ` AND (identity IN ('f', 'n') OR identity = 'i' AND c.oid IS NOT NULL) LOOP
  EXECUTE pg_catalog.format('ALTER TABLE %s REPLICA IDENTITY ', r.name) || CASE identity WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING' ELSE pg_catalog.format('USING INDEX %I', r.index) END;
 END LOOP;
 FOR r IN SELECT p.oid::pg_catalog.regclass AS name, pg_catalog.obj_description(h.inhrelid, 'pg_class') AS said FROM pg_catalog.pg_index i JOIN pg_catalog.pg_inherits h ON h.inhrelid = i.indexrelid
   JOIN pg_catalog.pg_class p ON p.oid = h.inhparent WHERE i.indrelid = ` + regclass(from) + ` AND pg_catalog.obj_description(h.inhrelid, 'pg_class') IS NOT NULL LOOP
  EXECUTE pg_catalog.format('COMMENT ON INDEX %s IS %L', r.name, r.said);
 END LOOP;
 FOR r IN SELECT p.conname AS name, pg_catalog.obj_description(k.oid, 'pg_constraint') AS said FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_constraint p ON p.oid = k.conparentid
   WHERE k.conrelid = ` + regclass(from) + ` AND p.conrelid = ` + regclass(to) + ` AND pg_catalog.obj_description(k.oid, 'pg_constraint') IS NOT NULL LOOP
  EXECUTE pg_catalog.format(` + text("COMMENT ON CONSTRAINT %I ON "+on+" IS %L") + `, r.name, r.said);
 END LOOP;
 FOR r IN SELECT attname AS name, attstattarget AS target FROM pg_catalog.pg_attribute WHERE attrelid = ` + regclass(from) + ` AND attnum > 0 AND NOT attisdropped AND attstattarget >= 0 LOOP
  EXECUTE pg_catalog.format(` + text("ALTER TABLE "+on+" ALTER COLUMN %I SET STATISTICS %s") + `, r.name, r.target);
 END LOOP; END`)
}
