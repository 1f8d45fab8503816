package schema

import (
	"slices"
	"testing"
)

func TestMissingColumns(t *testing.T) {
	columns := []string{"id", "title", "sizeID", "at", "price"}
	for expr, want := range map[string][]string{
		"lower(name)":                                    {"name"},
		"name":                                           {"name"},
		"name || ' ' || title":                           {"name"},
		"coalesce(nickname, title, 'x')":                 {"nickname"},
		"CASE WHEN sold THEN 1 ELSE price END":           {"sold"},
		"CASE kind WHEN 'a' THEN 'b' END":                {"kind"},
		"NOT sold AND title IS NULL":                     {"sold"},
		"title = name":                                   {"name"},
		"kind IN ('a', 'b')":                             {"kind"},
		"amount::text":                                   {"amount"},
		"CAST(amount AS integer)":                        {"amount"},
		"price * amount / 100":                           {"amount"},
		"count > 0 OR price BETWEEN low AND high":        {"count", "low", "high"},
		"make_interval(days => number)":                  {"number"},
		"substr(name, 1, 3)":                             {"name"},
		"name COLLATE \"C\"":                             {"name"},
		"-balance":                                       {"balance"},
		"SizeID > 1 AND SIZEID < 5 AND \"sizeID\" <> AT": nil,
	} {
		if got := MissingColumns(expr, columns...); !slices.Equal(got, want) {
			t.Errorf("%s: %v, not %v", expr, got, want)
		}
	}
}

// TestMissingColumnsLeaves has what databases take, of words that are no columns.
func TestMissingColumnsLeaves(t *testing.T) {
	columns := []string{"id", "title", "at", "price", "doc", "geom", "tags"}
	for _, expr := range []string{
		"DEFAULT", "default", "NULL", "true", "now()", "current_timestamp", "current_date", "CURRENT_USER", "user", "session_user", "current_role", "current_schema",
		"localtime", "ctid::text", "tableoid", "rowid", "_rowid_", "xmin",
		"lower(title)", "LOWER(Title)", `lower("title")`, `"no column, but a text in SQLite"`, "products.title", "p.title", "billing.products.title", "title || products.name",
		"extract(dow FROM at)", "extract(century FROM at)", "EXTRACT(epoch FROM at)", "extract(isoyear from at)::int", "date_part('dow', at)",
		"substring(title FROM 1 FOR 2)", "overlay(title PLACING 'x' FROM 1)", "trim(BOTH ' ' FROM title)", "position('a' IN title)", "substring(title similar 'x' escape '#')",
		"at AT TIME ZONE 'UTC'", "at AT LOCAL", "at AT TIME ZONE tz", "CAST(at AS timestamp WITH TIME ZONE)", "at::time WITHOUT TIME ZONE", "at::timestamp(3) with time zone",
		"CAST(price AS double precision)", "CAST(title AS character varying(10))", "title::character varying", "CAST(price AS UNSIGNED BIG INT)", "title::mood", "title::billing.mood", `title::"Mood"`,
		"CAST(title AS mood)", "'a'::mood", "mood 'a'", "date '2000-01-01'", "interval '1' day", "interval '1' YEAR TO MONTH", "interval '1 day' * price",
		"geom::geometry(Point, 4326)", "CAST(geom AS geometry(Point, 4326))", "CAST(geom AS public.geometry(PointZ))", "geom::public.geography(Point)",
		"make_interval(days => 10)", "make_interval(days := 10)", "normalize(title, NFC)", "title IS NFC NORMALIZED", "title IS NOT NFKC NORMALIZED", "title IS NORMALIZED",
		"(price > 1) IS UNKNOWN", "(price > 1) IS NOT UNKNOWN", "title IS NOT DOCUMENT", "doc IS JSON OBJECT", "doc IS NOT JSON", "price IS DISTINCT FROM id", "title ISNULL", "title NOTNULL", "title NOT NULL",
		"doc -> 'a' ->> 'b'", "doc #>> '{a,b}'", "doc @> '{}'", "tags[1]", "tags[1:2]", "ARRAY[title, 'x']", "title = ANY (tags)", "title = ANY('{a,b}')",
		"json_object('a' : title)", "json_object('a' VALUE title ABSENT ON NULL)", "json_value(doc, '$.a' RETURNING int DEFAULT 0 ON ERROR)", "json_query(doc, '$.a' WITH WRAPPER)",
		"xmlelement(NAME foo, xmlattributes(id AS bar), title)", "xmlparse(DOCUMENT title)", "xmlserialize(CONTENT title AS text)", "collation for (title)",
		"title COLLATE nocase", "title COLLATE NOCASE = 'a'", `title COLLATE "de_DE"`, "title GLOB 'a*'", "title NOT GLOB 'a*'", "title MATCH 'a'", "title REGEXP 'a'", "title LIKE 'a' ESCAPE '#'", "title SIMILAR TO 'a'",
		"price BETWEEN SYMMETRIC 1 AND 2", "row(id, title)", "(row(id, title)).f1", "iif(price > 1, 'a', 'b')", "strftime('%s', at)", "x'00ff'", "id IN (1, 2)", "id IN other",
		"(SELECT name FROM customers c WHERE c.id = products.owner)", "EXISTS (SELECT 1 FROM other WHERE x = y)", "(VALUES (name))", "(TABLE other)", "title OPERATOR(pg_catalog.=) 'a'",
		"concat(VARIADIC tags)", "a.b.c", "'it''s name'", "1e10", "f(title ORDER BY id)", "string_agg(title, ',' ORDER BY id)", "count(*) FILTER (WHERE price > 1)", "price::numeric(8, 2)",
	} {
		if got := MissingColumns(expr, columns...); got != nil {
			t.Errorf("%s: %v", expr, got)
		}
	}
}
