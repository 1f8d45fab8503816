package schema

import "testing"

func TestUnprintExpr(t *testing.T) {
	types := map[string]string{"status": "character varying", "name": "text", "code": "character", "price": "numeric", "n": "bigint", "m": "mood", "d": "date", "Mixed": "character varying"}
	for _, x := range []struct{ printed, want string }{
		{"price >= 0::numeric", "price >= 0"},
		{"(price >= (0)::numeric)", "price >= 0"},
		{"status::text = ANY (ARRAY['a'::character varying, 'it''s'::character varying]::text[])", "status IN ('a', 'it''s')"},
		{"status::text = ANY (ARRAY['a'::character varying::text, 'b'::character varying::text])", "status IN ('a', 'b')"},
		{"((status)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))", "status IN ('a', 'b')"},
		{"name <> ALL (ARRAY['a'::text, 'b'::text])", "name NOT IN ('a', 'b')"},
		{"n = ANY (ARRAY[1::bigint, '-2'::integer::bigint])", "n = ANY(ARRAY[1::bigint, '-2'::integer::bigint])"},
		{"n = ANY (ARRAY[1, 2])", "n IN (1, 2)"},
		{"m = ANY (ARRAY['sad'::mood, 'ok'::mood])", "m IN ('sad', 'ok')"},
		{"m = 'sad'::mood OR (name = ANY (ARRAY['x'::text, 'y'::text])) AND n > '-5'::integer", "m = 'sad' OR name IN ('x', 'y') AND n > -5"},
		{"d > '2000-01-01'::date", "d > '2000-01-01'"},
		{"name > '2000-01-01'::date::text", "name > '2000-01-01'::date::text"},
		{"name ~~ 'a%'::text AND name !~~* '%z'::text", "name LIKE 'a%' AND name NOT ILIKE '%z'"},
		{`"Mixed"::text ~ 'x'::text`, `"Mixed" ~ 'x'`},
		{"code::text = 'a '::text", "code::text = 'a '"},
		{"lower(status::text)", "lower(status)"},
		{"to_tsvector('english'::regconfig, name)", "to_tsvector('english'::regconfig, name)"},
		{"price / 2::numeric > 1::numeric", "price / 2::numeric > 1"},
		{"NOT (name = ANY (ARRAY['a'::text, 'b'::text]))", "NOT (name IN ('a', 'b'))"},
		{"d <-> d @@ n", "d <-> d @@ n"},
		{"\nCASE\n    WHEN n > 0 THEN 'a'::text\n    ELSE NULL::text\nEND", "CASE WHEN n > 0 THEN 'a' ELSE NULL::text END"},
	} {
		got, err := UnprintExpr(x.printed, types)
		if err != nil || got != x.want {
			t.Errorf("%s is %s (%v), want %s", x.printed, got, err, x.want)
		}
		if again, err := UnprintExpr(got, types); err != nil || again != got {
			t.Errorf("%s again is %s (%v)", got, again, err)
		}
	}
	if got, err := UnprintExpr("a; b", nil); err == nil {
		t.Errorf("a semicolon is %s", got)
	}
}

func TestUnprintLiteral(t *testing.T) {
	for _, x := range []struct {
		printed, value, cast string
		ok                   bool
	}{
		{"0", "0", "", true},
		{"-5", "-5", "", true},
		{"(-5)", "-5", "", true},
		{"'-5'::integer", "-5", "integer", true},
		{"'it''s'::character varying", "it's", "character varying", true},
		{"'x'::text::mood", "x", "mood", true},
		{"'{}'::text[]", "{}", "text[]", true},
		{`'a'::public."My Type"`, "a", `public."My Type"`, true},
		{"'2020-01-01 00:00:00'::timestamp without time zone", "2020-01-01 00:00:00", "timestamp without time zone", true},
		{"'x'::character varying(20)", "x", "character varying(20)", true},
		{"true", "true", "", true},
		{"NULL::character varying", "(null)", "character varying", true},
		{"now()", "", "", false},
		{"'a' || 'b'", "", "", false},
		{"1 + 1", "", "", false},
		{"x'ff'", "", "", false},
	} {
		value, cast, ok := UnprintLiteral(x.printed)
		got := "(null)"
		if value != nil {
			got = *value
		}
		if ok != x.ok || ok && (got != x.value || cast != x.cast) {
			t.Errorf("%s is %q, %q, %v", x.printed, got, cast, ok)
		}
	}
}
