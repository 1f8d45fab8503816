package postgres

import (
	"context"
	"fmt"
	"strings"
)

// content is a catalog in which a database holds what people have made, with a condition on its rows, called x.
type content struct{ catalog, condition string }

// contentKinds returns all that a dump restores, but for what belongs to another one of them, in the order in which it is dropped: what fires when something is dropped goes
// first. Where a kind is in a schema, that is n.
func contentKinds() []content {
	return []content{
		{"pg_event_trigger", ""},
		{"pg_publication", ""},
		{"pg_foreign_server", ""},
		{"pg_foreign_data_wrapper", ""},
		{"pg_namespace", `x.nspname NOT IN ('public', 'information_schema') AND x.nspname NOT LIKE 'pg\_%' AND NOT EXISTS (SELECT FROM pg_catalog.pg_extension e WHERE e.extnamespace = x.oid)`},
		{"pg_class", `x.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND ` + ofPeople("x.relnamespace")},
		{"pg_proc", ofPeople("x.pronamespace")},
		{"pg_type", ofPeople("x.typnamespace")},
		{"pg_cast", ""},
		{"pg_operator", ofPeople("x.oprnamespace")},
		{"pg_opclass", ofPeople("x.opcnamespace")},
		{"pg_opfamily", ofPeople("x.opfnamespace")},
		{"pg_collation", ofPeople("x.collnamespace")},
		{"pg_conversion", ofPeople("x.connamespace")},
		{"pg_ts_config", ofPeople("x.cfgnamespace")},
		{"pg_ts_dict", ofPeople("x.dictnamespace")},
		{"pg_ts_parser", ofPeople("x.prsnamespace")},
		{"pg_ts_template", ofPeople("x.tmplnamespace")},
		{"pg_am", ""},
		{"pg_language", ""},
		{"pg_largeobject_metadata", ""},
	}
}

// ofPeople leaves out the schemas of the server, such as those of temporary tables.
func ofPeople(namespace string) string {
	return `EXISTS (SELECT FROM pg_catalog.pg_namespace n WHERE n.oid = ` + namespace + ` AND n.nspname` + made + `)`
}

// made finds what is in no schema of the server.
const made = ` NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'`

// notOf leaves out what an extension has made.
func notOf(class, oid string) string {
	return " AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog." + class + "'::pg_catalog.regclass AND e.objid = " + oid + " AND e.deptype = 'e')"
}

// firstOfPeople is the lowest oid of what was not there when the server was made (FirstNormalObjectId in access/transam.h).
const firstOfPeople = 16384

// contentsSQL is a query for what people have made in a database: catalog and oid of each, and its place among the kinds. What an extension has made is not
// theirs, and what is a part of something else, such as the sequence of an identity column or the row type of a table, goes with that.
func contentsSQL() string {
	var all []string
	for i, c := range contentKinds() {
		class := strings.TrimSuffix(c.catalog, "_metadata") // addresses of large objects name pg_largeobject
		q := fmt.Sprintf(`SELECT 'pg_catalog.%s'::pg_catalog.regclass::oid AS class, x.oid AS oid, %d AS place FROM pg_catalog.%s x WHERE x.oid >= %d`+
			` AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.%[1]s'::pg_catalog.regclass AND d.objid = x.oid AND d.deptype IN ('e', 'i'))`, class, i, c.catalog, firstOfPeople)
		if c.condition != "" {
			q += " AND " + c.condition
		}
		all = append(all, q)
	}
	return strings.Join(all, "\n UNION ALL ")
}

// contents names something that is in a database; "" is that it is empty.
func contents(ctx context.Context, q querier) (what string, err error) {
	err = q.QueryRowContext(ctx, "SELECT COALESCE((SELECT i.type || ' ' || i.identity FROM (SELECT * FROM ("+contentsSQL()+") AS found ORDER BY (class = 'pg_catalog.pg_class'::pg_catalog.regclass) DESC, place, oid LIMIT 1) AS o,"+
		" LATERAL pg_catalog.pg_identify_object(o.class, o.oid, 0) AS i), '')").Scan(&what)
	return what, err
}

// empty drops all that a restored dump has made. Extensions stay: the role may not be able to make them again.
func empty(ctx context.Context, q querier) error {
	_, err := q.ExecContext(ctx, `DO $modelgen$ DECLARE r record; i record; BEGIN
 FOR r IN SELECT * FROM (`+contentsSQL()+`) AS all_of_it ORDER BY place, oid LOOP
  SELECT * INTO i FROM pg_catalog.pg_identify_object(r.class, r.oid, 0);
  CONTINUE WHEN i.identity IS NULL;
  IF r.class = 'pg_catalog.pg_largeobject'::pg_catalog.regclass THEN PERFORM pg_catalog.lo_unlink(r.oid);
  ELSIF r.class = 'pg_catalog.pg_publication'::pg_catalog.regclass THEN EXECUTE 'DROP PUBLICATION ' || i.identity;
  ELSE EXECUTE pg_catalog.format('DROP %s %s CASCADE', pg_catalog.replace(i.type, 'foreign-data', 'foreign data'), i.identity); END IF;
 END LOOP;
END $modelgen$`)
	if err != nil {
		return err
	}
	left, err := contents(ctx, q)
	if err == nil && left != "" {
		err = fmt.Errorf("%s is left in it; drop it by hand, or the whole database", left)
	}
	return err
}
