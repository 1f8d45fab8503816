package schema_test

import (
	"testing"

	"github.com/modelgen/modelgen/runtime/schema"
)

func TestIncomplete(t *testing.T) {
	for expr, want := range map[string]string{
		"a >": "> has nothing behind it", "a > 0 AND": "AND has nothing behind it", "AND a > 0": "AND has nothing before it", "> 0": "> has nothing before it",
		"(a >) AND b": "> has nothing behind it", "NOT": "NOT has nothing behind it", "a > 0 AND OR b": "AND has nothing behind it", "a IN ()": "the list of IN is empty",
		"a IN": "IN has nothing behind it", "a IS": "IS has nothing behind it", "a IS NOT": "NOT has nothing behind it", "a BETWEEN 1": "BETWEEN has no AND",
		"(a BETWEEN 1) AND b": "BETWEEN has no AND", "CASE WHEN a THEN b": "CASE has no END", "CASE WHEN a THEN ELSE b END": "THEN has nothing behind it", "a END": "END has no CASE",
		"f(a,)": ", has nothing behind it", "f(,a)": ", has nothing before it", "a 0": "a and 0 stand side by side", "a b": "a and b stand side by side", "1 2": "1 and 2 stand side by side",
		"a = 'x' 'y'": "'x' and 'y' stand side by side", "a 'x'": "a and 'x' stand side by side", `a "b"`: `a and "b" stand side by side`, "(a) (b)": ") and ( stand side by side",
		"a LIKE": "LIKE has nothing behind it", "a +": "+ has nothing behind it", "a::": ":: has nothing behind it", "a || ": "|| has nothing behind it", "CAST(a AS)": "AS has nothing behind it",
		"a.": ". has nothing behind it", "a * ": "* has nothing behind it",

		"a > 0": "", "-a < +1": "", "NOT a AND NOT (b)": "", "a NOT IN (1, 2)": "", "a IS NOT NULL AND b IS NULL": "", "a BETWEEN 1 AND 2 AND b": "", "a NOT BETWEEN -1 AND f(b, 2)": "",
		"CASE WHEN a THEN b ELSE c END": "", "CASE a WHEN 1 THEN CASE WHEN b THEN 2 END ELSE 3 END > 0": "", "count(*) > 0": "", "now()": "", "ARRAY[]::text[]": "", "a[1:2]": "", "a[:2]": "", "a[1:]": "",
		"date '2024-01-01' < a": "", "a - interval '1 day' > b": "", "a AT TIME ZONE 'utc'": "", "a COLLATE \"C\" > b": "", "extract(year FROM a) > 2000": "", "a IS DISTINCT FROM b": "",
		"a @@ to_tsquery('x')": "", "a <-> b < 2": "", "a @? '$.x'": "", "a ~~* 'x'": "", "make_interval(days => 10) > a": "", "CAST(a AS numeric(8, 2)) > 0": "", "a::numeric(8,2) > 0": "",
		"substring(a FROM 1 FOR 2) = 'x'": "", "position('x' IN a) > 0": "", "trim(both ' ' from a) <> ''": "", "a LIKE 'x' ESCAPE '!'": "", "a ISNULL OR b NOTNULL": "", "a GLOB '[a-z]*'": "",
		"a = ANY (ARRAY['x', 'y'])": "", "(a, b) IN ((1, 2))": "", "timestamp(3) with time zone '2024-01-01' > a": "", "a -> 'x' ->> 'y' = 'z'": "", "a SIMILAR TO 'x'": "", "|/ a > 2": "", "@ a > 2": "",
		"a * b": "", "row(a, b) = row(1, 2)": "", "a IS TRUE": "", "a IS JSON OBJECT": "", "~a = 1": "", "numeric(8,2) '1.5' < a": "",
	} {
		if got := schema.Incomplete(expr, "a", "b", "c"); got != want {
			t.Errorf("%s: got %q, want %q", expr, got, want)
		}
	}
}

func TestManyRows(t *testing.T) {
	for expr, want := range map[string]string{
		"a > (SELECT 1)": "a subquery", "sum(a) > 1": "the aggregate sum", "COUNT(*) > 1": "the aggregate count", "a > 1": "", "count > 1": "", "x.sum(a)": "", "'SELECT'": "", `"sum" > 1`: "",
	} {
		if got := schema.ManyRows(expr); got != want {
			t.Errorf("%s: got %q, want %q", expr, got, want)
		}
	}
}

func TestUnknownQuoted(t *testing.T) {
	for expr, want := range map[string]int{
		`kind <> "none"`: 1, `"Kind" <> 'x'`: 0, `kind = CAST('x' AS "Mood")`: 0, `kind::"Mood" = 'x'`: 0, `"public"."f"(kind)`: 0, `kind COLLATE "C" > 'x'`: 0, `kind IN ("a", "b")`: 2, "none": 0,
	} {
		if got := schema.UnknownQuoted(expr, []string{"kind", "Kind"}); len(got) != want {
			t.Errorf("%s: got %v, want %d", expr, got, want)
		}
	}
}
