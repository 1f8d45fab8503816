package postgres

import (
	"context"
	"errors"
	"strings"

	migrate "github.com/modelgen/modelgen/runtime"
)

// What a table gives to the one that takes its place, from the catalog. Names come quoted. What one statement finds and a later one needs stands in settings of the
// transaction, so that scripts can do it too.

func regclass(name string) string { return text(name) + "::pg_catalog.regclass" }

// takeTriggers drops the triggers of a table, also those that nobody declared, and keeps what makes them again under the name of the table.
func takeTriggers(table string) string {
	return doBlock(`DECLARE t record; BEGIN
 PERFORM pg_catalog.set_config('modelgen.triggers', COALESCE((SELECT pg_catalog.json_agg(pg_catalog.json_build_object('def', pg_catalog.pg_get_triggerdef(oid), 'name', tgname, 'state', tgenabled,
  'comment', pg_catalog.obj_description(oid, 'pg_trigger')) ORDER BY tgname) FROM pg_catalog.pg_trigger WHERE tgrelid = ` + regclass(table) + ` AND NOT tgisinternal)::text, '[]'), true);
 FOR t IN SELECT tgname FROM pg_catalog.pg_trigger WHERE tgrelid = ` + regclass(table) + ` AND NOT tgisinternal LOOP
  EXECUTE pg_catalog.format(` + text("DROP TRIGGER %I ON "+escapeFormat(table)) + `, t.tgname);
 END LOOP; END`)
}

// putTriggers makes them again.
func putTriggers(table string) string {
	on := escapeFormat(table)
	return doBlock(`DECLARE t record; BEGIN
 FOR t IN SELECT * FROM pg_catalog.json_to_recordset(pg_catalog.current_setting('modelgen.triggers')::json) AS x(def text, name text, state text, comment text) LOOP
  EXECUTE t.def;
  IF t.state <> 'O' THEN
   EXECUTE pg_catalog.format(` + text("ALTER TABLE "+on+" %s TRIGGER %I") + `, CASE t.state WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END, t.name);
  END IF;
  IF t.comment IS NOT NULL THEN EXECUTE pg_catalog.format(` + text("COMMENT ON TRIGGER %I ON "+on+" IS %L") + `, t.name, t.comment); END IF;
 END LOOP; END`)
}

// takeIndexes keeps what the indexes of a partitioned table are called, beside those of a partition that are attached to them.
func takeIndexes(table, partition string) string {
	return `SELECT pg_catalog.set_config('modelgen.indexes', COALESCE((SELECT pg_catalog.json_agg(pg_catalog.json_build_object('index', c.indexrelid, 'name', n.relname))
 FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class n ON n.oid = x.indexrelid JOIN pg_catalog.pg_inherits h ON h.inhparent = x.indexrelid
 JOIN pg_catalog.pg_index c ON c.indexrelid = h.inhrelid AND c.indrelid = ` + regclass(partition) + ` WHERE x.indrelid = ` + regclass(table) + `)::text, '[]'), true)`
}

// putIndexes gives these the names.
func putIndexes() string {
	return doBlock(`DECLARE r record; BEGIN
 FOR r IN SELECT * FROM pg_catalog.json_to_recordset(pg_catalog.current_setting('modelgen.indexes')::json) AS x(index oid, name text) LOOP
  EXECUTE pg_catalog.format('ALTER INDEX %s RENAME TO %I', r.index::pg_catalog.regclass, r.name);
 END LOOP; END`)
}

// moveIdentity gives the identity columns of a table to another one: with the names, the options, the privileges and the numbers of their sequences.
func moveIdentity(from, to string) string {
	return doBlock(`DECLARE c record; q record; last bigint; called boolean; g text; grants text[]; BEGIN
 FOR c IN SELECT a.attname, a.attidentity, pg_catalog.pg_get_serial_sequence(` + text(from) + `, a.attname) AS name FROM pg_catalog.pg_attribute a
   WHERE a.attrelid = ` + regclass(from) + ` AND a.attidentity <> '' AND NOT a.attisdropped LOOP
  SELECT * INTO q FROM pg_catalog.pg_sequence WHERE seqrelid = c.name::pg_catalog.regclass;
  EXECUTE 'SELECT last_value, is_called FROM ' || c.name INTO last, called;
  grants := ARRAY(SELECT pg_catalog.format('GRANT %s ON SEQUENCE %s TO %s', x.privilege_type, c.name, ` + roleName + `)
   FROM pg_catalog.pg_class s, pg_catalog.aclexplode(s.relacl) x WHERE s.oid = q.seqrelid AND x.grantee <> s.relowner);
  EXECUTE pg_catalog.format(` + text("ALTER TABLE "+escapeFormat(from)+" ALTER COLUMN %I DROP IDENTITY") + `, c.attname);
  EXECUTE pg_catalog.format(` + text("ALTER TABLE "+escapeFormat(to)+" ALTER COLUMN %I ADD GENERATED %s AS IDENTITY (SEQUENCE NAME %s INCREMENT BY %s MINVALUE %s MAXVALUE %s START WITH %s CACHE %s %s)") + `,
   c.attname, CASE c.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END, c.name, q.seqincrement, q.seqmin, q.seqmax, q.seqstart, q.seqcache, CASE WHEN q.seqcycle THEN 'CYCLE' ELSE 'NO CYCLE' END);
  PERFORM pg_catalog.setval(c.name::pg_catalog.regclass, last, called);
  FOREACH g IN ARRAY grants LOOP EXECUTE g; END LOOP;
 END LOOP; END`)
}

const roleName = `CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) END`

// moveRights gives a table the owner, the privileges and the sequences of the columns of another one.
func moveRights(from, to string) string {
	on := escapeFormat(to)
	return doBlock(`DECLARE r record; owner text; BEGIN
 SELECT pg_catalog.pg_get_userbyid(relowner) INTO owner FROM pg_catalog.pg_class WHERE oid = ` + regclass(from) + `;
 FOR r IN SELECT c.oid::pg_catalog.regclass AS name FROM pg_catalog.pg_class c WHERE pg_catalog.pg_get_userbyid(c.relowner) <> owner
   AND (c.oid = ` + regclass(to) + ` OR c.oid IN (SELECT relid FROM pg_catalog.pg_partition_tree(` + regclass(to) + `))) LOOP
  EXECUTE pg_catalog.format('ALTER TABLE %s OWNER TO %I', r.name, owner);
 END LOOP;
 FOR r IN SELECT DISTINCT ` + roleName + ` AS role FROM pg_catalog.pg_class c, pg_catalog.aclexplode(c.relacl) x WHERE c.oid = ` + regclass(to) + ` AND x.grantee <> c.relowner LOOP
  EXECUTE pg_catalog.format(` + text("REVOKE ALL ON "+on+" FROM %s") + `, r.role);
 END LOOP;
 FOR r IN SELECT x.*, ` + roleName + ` AS role FROM pg_catalog.pg_class c, pg_catalog.aclexplode(c.relacl) x WHERE c.oid = ` + regclass(from) + ` AND x.grantee <> c.relowner LOOP
  EXECUTE pg_catalog.format(` + text("GRANT %s ON "+on+" TO %s%s") + `, r.privilege_type, r.role, CASE WHEN r.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END);
 END LOOP;
 FOR r IN SELECT a.attname, x.*, ` + roleName + ` AS role FROM pg_catalog.pg_attribute a, pg_catalog.aclexplode(a.attacl) x WHERE a.attrelid = ` + regclass(from) + ` AND NOT a.attisdropped LOOP
  EXECUTE pg_catalog.format(` + text("GRANT %s (%I) ON "+on+" TO %s%s") + `, r.privilege_type, r.attname, r.role, CASE WHEN r.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END);
 END LOOP;
 FOR r IN SELECT s.oid::pg_catalog.regclass AS name, a.attname FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_class s ON s.oid = d.objid AND s.relkind = 'S'
   JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
   WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refclassid = d.classid AND d.refobjid = ` + regclass(from) + ` AND d.deptype = 'a' LOOP
  EXECUTE pg_catalog.format(` + text("ALTER SEQUENCE %s OWNED BY "+on+".%I") + `, r.name, r.attname);
 END LOOP; END`)
}

func escapeFormat(s string) string { return strings.ReplaceAll(s, "%", "%%") }

// checkPartitionable refuses before the first stage what the new table would not have, or would have otherwise than somebody means: what nobody declared.
func (p *planner) checkPartitionable(table, was string) func(context.Context, migrate.Tx) error {
	query := partitionObstacles(p.name(was))
	declared := p.declarations()
	own := p.schema
	return func(ctx context.Context, tx migrate.Tx) error {
		rows, err := tx.QueryContext(ctx, query)
		if err != nil {
			return nil // the stage itself will tell
		}
		defer rows.Close()
		var found []string
		for rows.Next() {
			var what, object, hint string
			if err := rows.Scan(&what, &object, &hint); err != nil {
				return err
			}
			of := ""
			switch what {
			case "policy", "rule", "exclusion constraint":
				of = " on " + was
			case "row security":
				of = " of " + was
			}
			name := what + " " + strings.TrimPrefix(object, own+".")
			if what == "row security" {
				name = what
			}
			if what == "foreign key" {
				name = strings.Replace(name, " of "+own+".", " of ", 1)
			}
			if !declared[name+of] {
				found = append(found, name+of+": "+hint)
			}
		}
		if rows.Err() != nil || len(found) == 0 {
			return rows.Err()
		}
		return refused{errors.New(table + " cannot become partitioned; nothing was changed: " + strings.Join(found, "; "))}
	}
}

// partitionObstacles returns a query for what may be in the way, with its kind and what to do about it.
func partitionObstacles(table string) string {
	id := "pg_catalog.to_regclass(" + text(table) + ")"
	const declare = "declare it in the SQL files, or drop it before and make it again afterwards"
	return `SELECT 'policy', polname::text, ` + text(declare) + ` FROM pg_catalog.pg_policy WHERE polrelid = ` + id + `
UNION ALL SELECT 'rule', rulename::text, ` + text(declare) + ` FROM pg_catalog.pg_rewrite WHERE ev_class = ` + id + ` AND rulename <> '_RETURN'
UNION ALL SELECT 'row security', '', 'declare it, with rls in the tag of the table' FROM pg_catalog.pg_class WHERE oid = ` + id + ` AND relrowsecurity
UNION ALL SELECT 'exclusion constraint', conname::text, ` + text(declare) + ` FROM pg_catalog.pg_constraint WHERE conrelid = ` + id + ` AND contype = 'x'
UNION ALL SELECT 'unique index', c.relname::text, 'no migration made it, and it would say nothing of other partitions: drop it, or declare it with the columns of the partition key in it'
 FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class c ON c.oid = x.indexrelid WHERE x.indrelid = ` + id + ` AND x.indisunique
UNION ALL SELECT 'foreign key', k.conname || ' of ' || n.nspname || '.' || c.relname, 'no migration made it, and it would refer to one partition alone: drop it, or declare it'
 FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE k.confrelid = ` + id + ` AND k.contype = 'f' AND k.conparentid = 0
UNION ALL SELECT 'constraint that is not valid', conname::text, 'validate it: ALTER TABLE ' || conrelid::pg_catalog.regclass || ' VALIDATE CONSTRAINT ' || pg_catalog.quote_ident(conname)
 FROM pg_catalog.pg_constraint WHERE conrelid = ` + id + ` AND NOT convalidated
UNION ALL SELECT 'inheritance', inhrelid::pg_catalog.regclass || ' from ' || inhparent::pg_catalog.regclass, 'end it with ALTER TABLE ... NO INHERIT'
 FROM pg_catalog.pg_inherits WHERE inhrelid = ` + id + ` OR inhparent = ` + id + `
UNION ALL SELECT 'publication', p.pubname::text, ` + text(declare) + ` FROM pg_catalog.pg_publication_rel r JOIN pg_catalog.pg_publication p ON p.oid = r.prpubid WHERE r.prrelid = ` + id + `
UNION ALL SELECT 'rows published as those of a partition', p.pubname::text, 'subscribers know the table alone: ALTER PUBLICATION ' || pg_catalog.quote_ident(p.pubname) || ' SET (publish_via_partition_root = true)'
 FROM pg_catalog.pg_publication p JOIN pg_catalog.pg_publication_tables t ON t.pubname = p.pubname JOIN pg_catalog.pg_class c ON c.relname = t.tablename JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname = t.schemaname
 WHERE c.oid = ` + id + ` AND NOT p.pubviaroot
ORDER BY 1, 2`
}
