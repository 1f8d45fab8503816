package literal_test

import (
	"strings"
	"testing"

	"github.com/modelgen/modelgen/gen/literal"
	"github.com/modelgen/modelgen/runtime/schema"
)

// TestCheck says of each type what is a literal of it and what is not, and in which words.
func TestCheck(t *testing.T) {
	for _, test := range []struct {
		typ, good, bad string // separated by |
		says           string // of every bad one
	}{
		{"boolean", "true|false", "yes|TRUE|1|", "is not true or false"},
		{"smallint", "0|-32768|+5|007", "32768|1.5|x||'1'", ""},
		{"integer", "2147483647", "2147483648|now", ""},
		{"bigint", "9223372036854775807", "9223372036854775808", "does not fit bigint"},
		{"real", "1.5|1e3", "1e99|x|NaN", ""},
		{"numeric(4,2)", "12.34|0.5|-99.99|1e1", "123.4|0.001|x|", ""},
		{"varchar(3)", "abc||äöü", "abcd", "which do not fit varchar(3)"},
		{"text", "|now|NULL|anything", "a\x00b|\xff", "no text that a database can hold"},
		{"bytea", `\x00ff|plain|`, `\x0|\xzz`, "hexadecimal"},
		{"jsonb", `{}|[]|"x"|1|null|"\\u0000"`, `{a}|'x'||"\u0000"`, ""},
		{"uuid", "00000000-0000-0000-0000-000000000000", "|x|00000000", "is no UUID"},
		{"inet", "10.0.0.1|10.0.0.1/8|::1", "|10.0.0.256|x|fe80::1%eth0", "is no address"},
		{"cidr", "10.0.0.0/8|10.0.0.1|::/0", "10.0.0.1/8", "the network is 10.0.0.0/8"},
		{"date", "2024-02-29|infinity|0044-03-15 BC", "2023-02-29|2024-02-30|2024-13-01|0000-01-01|01/02/2024|2024-01-01 10:00|x|", ""},
		{"date", "", "now|Today|tomorrow|yesterday", "is read once"},
		{"time", "10:00|23:59:59.5|24:00:00|10:00:00+02", "25:00|10|24:00:01|10:60|x|", ""},
		{"time", "", "now", "write (CURRENT_TIME)"},
		{"timestamp", "2024-01-01 10:00:00|2024-01-01T10:00:00Z|2024-01-01|-infinity", "2024-01-01 25:00|2024-01-01 10:00 x|10:00", ""},
		{"timestamptz", "2024-01-01 10:00:00+00|2024-01-01 10:00:00 Europe/Berlin|2024-01-01 10:00:00.123+05:30|epoch", "2024-02-30 10:00:00+00|soon", ""},
		{"timestamptz", "", "now|NOW", "write (now())"},
		{"timestamptz(3)", "2024-01-01 10:00:00+00", "now", "write (now())"},
		{"interval", "1 day|1 year 2 mons 3 days 04:05:06|2 weeks ago|P1DT2H|PT5M|1-2|00:30|-1 day|90", "1 dya|soon||P|1 day and", "is no interval"},
		{"text[]", `{}|{a,b}|{"a b","c,d"}|{NULL,a}`, `a|{a|{a,}|{"a}|{{a}}|[]`, "is no array"},
		{"integer[]", "{1,2}|{NULL}|{}", "{1,x}|{1.5}|{3000000000}", ""},
		{"boolean[]", "{true,f}", "{maybe}", "is not true or false"},
		{"uuid[]", "{}", "{x}", "is no UUID"},
		{"date[]", "{2024-01-01}", "{2024-02-30}|{now}", ""},
		{"timetz", "10:00+00", "now", "is read once"},
		{"ltree", "a.b|now", "", ""},
	} {
		typ, err := schema.ParseType(test.typ)
		if err != nil {
			t.Fatal(err)
		}
		for s := range strings.SplitSeq(test.good, "|") {
			if test.good == "" {
				break
			}
			if got, err := literal.Check(typ, s); err != nil {
				t.Errorf("%s: %q: %v", test.typ, s, err)
			} else if again, err := literal.Check(typ, got); err != nil || again != got {
				t.Errorf("%s: %q becomes %q, and that %q, %v", test.typ, s, got, again, err)
			}
		}
		for s := range strings.SplitSeq(test.bad, "|") {
			if test.bad == "" {
				break
			}
			if got, err := literal.Check(typ, s); err == nil {
				t.Errorf("%s: %q is taken, as %q", test.typ, s, got)
			} else if !strings.Contains(err.Error(), test.says) {
				t.Errorf("%s: %q: %v", test.typ, s, err)
			}
		}
	}
}
