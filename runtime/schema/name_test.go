package schema

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCheckName(t *testing.T) {
	for _, ok := range []string{"a", "order", "Größen", "mit Leerzeichen", `a"b`, "x; DROP TABLE victims; --", "per%cent", strings.Repeat("x", 63)} {
		if err := CheckName(ok); err != nil {
			t.Errorf("CheckName(%q): %v", ok, err)
		}
	}
	for _, bad := range []string{"", " a", "a ", "a.b", "a\nb", "a\x00b", "\xff", strings.Repeat("x", 64), strings.Repeat("ü", 32)} {
		if err := CheckName(bad); err == nil {
			t.Errorf("CheckName(%q) accepts it", bad)
		}
	}
}

func TestDeriveName(t *testing.T) {
	if got := DeriveName("billing.invoices", []string{"user_id", "total"}, "idx", nil); got != "invoices_user_id_total_idx" {
		t.Error(got)
	}
	taken := map[string]bool{"t_a_key": true, "t_a_key1": true}
	if got := DeriveName("t", []string{"a"}, "key", func(n string) bool { return taken[n] }); got != "t_a_key2" {
		t.Error(got)
	}
	long := strings.Repeat("ü", 40)
	a, b := DeriveName("t", []string{long, "a"}, "fkey", nil), DeriveName("t", []string{long, "b"}, "fkey", nil)
	for _, n := range []string{a, b} {
		if len(n) > MaxName || !utf8.ValidString(n) || !strings.HasSuffix(n, "_fkey") {
			t.Errorf("%q has %d bytes", n, len(n))
		}
	}
	if a == b {
		t.Error("two long names became one: ", a)
	}
}

func TestParseType(t *testing.T) {
	for in, want := range map[string]string{
		"NUMERIC( 8 , 2)": "numeric(8,2)", "decimal(8)": "numeric(8,0)", "int4": "integer", "INT": "integer", "character varying (20)": "varchar(20)",
		"timestamp(3) with time zone": "timestamptz(3)", "timestamp(0) with time zone": "timestamptz(0)", "time (0)": "time(0)", `"char"`: `"char"`, `billing."My Type"[]`: `billing."My Type"[]`, "interval(0)": "interval(0)", "timestamp without time zone": "timestamp", "text[]": "text[]", "bool": "boolean",
		"double  precision": "double precision", "geometry(Point,4326)": "geometry(Point,4326)", "citext": "citext", "enum(billing.state)": "enum(billing.state)",
	} {
		got, err := ParseType(in)
		if err != nil || got.String() != want {
			t.Errorf("ParseType(%q) = %s, %v; want %s", in, got, err, want)
		}
		if again, err := ParseType(got.String()); err != nil || again != got {
			t.Errorf("ParseType(%s) = %v, %v", got, again, err)
		}
	}
	for _, bad := range []string{"", "numeric(2,3)", "varchar(0)", "varchar(1,2)", "integer(4)", "text[][]", "x;y", "text)", `"a`, `"a"; x`, `a"b"`, "numeric(8", "a'b"} {
		if got, err := ParseType(bad); err == nil {
			t.Errorf("ParseType(%q) = %s; want an error", bad, got)
		}
	}
	if typ, _ := ParseType("citext"); typ.Known() {
		t.Error("citext is known")
	}
}

// FuzzParseType: what is accepted is settled, and holds nothing that could end a statement.
func FuzzParseType(f *testing.F) {
	for _, s := range []string{"numeric(8,2)", "text[]", "timestamp(3) with time zone", "enum(a)", "x(y)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := ParseType(s)
		if err != nil || a.Kind == KindEnum {
			return
		}
		b, err := ParseType(a.String())
		if err != nil || a != b {
			t.Fatalf("%q is %s, then %s, %v", s, a, b, err)
		}
		if strings.ContainsAny(a.String(), ";'\"") {
			t.Fatalf("%q lets %s through", s, a)
		}
	})
}
