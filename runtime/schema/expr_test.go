package schema

import (
	"slices"
	"strings"
	"testing"
)

func TestNormalizeExpr(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"price>=0", "price >= 0"},
		{" ( length( caption ) > 0 ) ", "length(caption) > 0"},
		{"a  in ('x','y''z')", "a IN ('x', 'y''z')"},
		{"(a) and (b)", "(a) AND (b)"},
		{"price * -2", "price * -2"},
		{"a-1", "a - 1"},
		{"NOW ( )", "now()"},
		{"current_timestamp", "CURRENT_TIMESTAMP"},
		{"x :: text", "x::text"},
		{"a->>'k' = 'v'", "a ->> 'k' = 'v'"},
		{"not (a)", "NOT (a)"},
		{"a != 1 and b == 2", "a <> 1 AND b = 2"},
		{"(select min(id) from collections)", "SELECT min(id) FROM collections"},
		{`"sizeID" > 0`, `"sizeID" > 0`},
		{"'  kept  '", "'  kept  '"},
		{"a\r\n+\tb", "a + b"},
		{"cast(x as INTEGER)", "CAST(x AS integer)"},
		{`"age" > 0 AND "user" > 0`, `age > 0 AND "user" > 0`},
		{"X'00ff' || b'01'", "x'00ff' || b'01'"},
		{"at at time zone 'UTC'", "at at time zone 'UTC'"},
		{"flags & 0xff = 1_000", "flags & 0xff = 1_000"},
		{"नाम <> '' AND größe>1", "नाम <> '' AND größe > 1"},
	} {
		got, err := NormalizeExpr(c.in)
		if err != nil || got != c.want {
			t.Errorf("NormalizeExpr(%q) = %q, %v; want %q", c.in, got, err, c.want)
		}
		if again, err := NormalizeExpr(got); err != nil || again != got {
			t.Errorf("NormalizeExpr(%q) = %q, %v; a second time must change nothing", got, again, err)
		}
	}
}

func TestNormalizeExprRefuses(t *testing.T) {
	for in, want := range map[string]string{
		"":                   "empty",
		"()":                 "empty",
		"a; DROP TABLE x":    "semicolon",
		"a -- b":             "comment",
		"a /* b */":          "comment",
		"(a":                 "not closed",
		"a)":                 "no partner",
		"(a]":                "no partner",
		"'x":                 "not closed",
		`"x`:                 "not closed",
		"$$x$$":              "is not allowed in an expression",
		"a\\b":               "is not allowed in an expression",
		"'a\x00b'":           "zero byte",
		"\xff":               "UTF-8",
		"0 .a":               "dot",
		"E'a\\'; DROP TABLE": "",
		`E'a\'b'`:            "strings of the form e'...'",
		`U&'\0041'`:          "strings of the form u&'...'",
		`U&"\0041" > 0`:      `names of the form u&"..."`,
		"a'b'":               "strings of the form a'...'",
	} {
		if got, err := NormalizeExpr(in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("NormalizeExpr(%q) = %q, %v; want an error with %q", in, got, err, want)
		}
	}
}

func TestRenameInExpr(t *testing.T) {
	for _, c := range []struct{ expr, old, new, want string }{
		{"length(caption) > 0 AND 'caption' <> caption", "caption", "label", "length(label) > 0 AND 'caption' <> label"},
		{"caption(caption)", "caption", "label", "caption(label)"},
		{"a + ab", "a", "b", "b + ab"},
		{`"Mixed" > 0`, "Mixed", "low", "low > 0"},
		{"price > 0", "price", "Preis", `"Preis" > 0`},
		{"products.price > 0", "price", "cents", "products.cents > 0"},
		{"x::date", "date", "day", "x::date"},
		{"PRICE > 0", "price", "cents", "cents > 0"},
	} {
		if got := RenameInExpr(c.expr, c.old, c.new); got != c.want {
			t.Errorf("RenameInExpr(%q, %q, %q) = %q; want %q", c.expr, c.old, c.new, got, c.want)
		}
	}
}

func TestExprColumnsAndUnknownNames(t *testing.T) {
	cols := []string{"price", "sizeID", "at"}
	if got := ExprColumns(`price > 0 AND "sizeID" IS NULL AND 'at' <> ''`, cols); !slices.Equal(got, []string{"price", "sizeID"}) {
		t.Errorf("ExprColumns: %v", got)
	}
	if got := UnknownNames("length(prize) > 0 AND price::text = 'x' AND at AT TIME ZONE 'UTC' > now() - interval '1 day'", cols); !slices.Equal(got, []string{"prize"}) {
		t.Errorf("UnknownNames: %v", got)
	}
	for _, expr := range []string{"substring(at FROM 1 FOR 2)", "CAST(at AS timestamp WITH TIME ZONE)", "at::time WITHOUT TIME ZONE", "overlay(at PLACING 'x' FROM 1)",
		"trim(BOTH ' ' FROM at)", "percentile_cont(0.5) WITHIN GROUP (ORDER BY price)", "price BETWEEN ASYMMETRIC 1 AND 2"} {
		if got := UnknownNames(expr, cols); got != nil {
			t.Errorf("UnknownNames(%q): %v", expr, got)
		}
	}
	if got := BindColumns("sizeID > 0 AND SIZEID > 1", cols); got != `"sizeID" > 0 AND sizeid > 1` {
		t.Errorf("BindColumns: %s", got)
	}
}

func TestInList(t *testing.T) {
	for _, c := range []struct {
		expr, column string
		values       []string
	}{
		{"status IN ('draft', 'it''s')", "status", []string{"'draft'", "'it''s'"}},
		{"level IN (1, -2)", "level", []string{"1", "-2"}},
		{`"Status" IN ('a')`, "Status", []string{"'a'"}},
		{"status IN ('a') OR true", "", nil},
		{"status IN (other)", "", nil},
		{"price > 0", "", nil},
	} {
		if column, values := InList(c.expr); column != c.column || !slices.Equal(values, c.values) {
			t.Errorf("InList(%q) = %q, %q", c.expr, column, values)
		}
	}
}

// FuzzNormalizeExpr: what is accepted holds no way out of the expression, and normalising is settled after one time.
func FuzzNormalizeExpr(f *testing.F) {
	for _, s := range []string{"a > 0", "'x' || \"y\"", "(a) AND (b)", "a;b", "--", "f(x, -1)::text[1]", "ä = 'ö'"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		one, err := NormalizeExpr(s)
		if err != nil {
			return
		}
		two, err := NormalizeExpr(one)
		if err != nil || one != two {
			t.Fatalf("%q gives %q, then %q, %v", s, one, two, err)
		}
		depth := 0
		toks, _ := lex(one)
		for _, tok := range toks {
			if tok.kind != tokOp {
				continue
			}
			switch tok.text {
			case "(":
				depth++
			case ")":
				depth--
			case ";":
				t.Fatalf("%q lets a semicolon through", s)
			}
			if depth < 0 {
				t.Fatalf("%q closes what it did not open", s)
			}
		}
	})
}
