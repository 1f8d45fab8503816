package sqllex

import (
	"slices"
	"strings"
	"testing"
)

var (
	postgres = Options{Dollars: true, Prefixes: true, Nested: true, Params: "$"}
	sqlite   = Options{Backticks: true, Brackets: true, Params: "?"}
)

// names are the kinds in the table, one letter each.
var names = map[Kind]string{Word: "w", Quoted: "q", String: "s", Dollar: "d", Bytes: "b", Number: "n", Param: "p", Operator: "o"}

func TestCode(t *testing.T) {
	for _, c := range []struct {
		o         Options
		sql, want string // the tokens, each behind the letter of its kind
	}{
		{Any, "SELECT a.b, 1.5e-3 FROM t", "w:SELECT w:a o:. w:b o:, n:1.5e-3 w:FROM w:t"},
		{Any, "a -- b\n c /* d */ e", "w:a w:c w:e"},
		{Any, "'it''s' \"a\"\"b\" `c``d`", "s:it's q:a\"b q:c`d"},
		{Any, "x'00ff' B'01'", "b:00ff b:01"},

		// PostgreSQL nests comments, SQLite does not; what is valid in one of them is cut so without knowing which it is.
		{postgres, "a /* b /* c */ d */ e", "w:a w:e"},
		{sqlite, "a /* b /* c */ d", "w:a w:d"},
		{Any, "a /* b /* c */ d */ e", "w:a w:e"},
		{Any, "a /* b /* c */ d", "w:a w:d"},
		{Any, "a /* b /* c */ d /* e */ f", "w:a w:d w:f"},

		// A backslash escapes in E'' alone: in U&'' it begins a code, and the quote behind it is one.
		{postgres, `E'it\'s' 'a\' e`, `s:it\'s s:a\ w:e`},
		{postgres, `U&'\' UESCAPE '!'`, `s:\ w:UESCAPE s:!`},
		{postgres, `U&"d\0061t" N'x' u & v`, `q:d\0061t s:x w:u o:& w:v`},
		{postgres, `date'2020-01-01' type'x'`, `w:date s:2020-01-01 w:type s:x`},
		{sqlite, `e'a\' b`, `w:e s:a\ w:b`},

		// Dollars: a quote, a parameter, a part of a word.
		{postgres, "$$a;'b$$ $f$ $$ $f$", "d:a;'b d: $$ "},
		{postgres, "a$b$c $1 $2$3", "w:a$b$c p:$1 p:$2 p:$3"},
		{postgres, "f$$x$$", "w:f$$x$$"},
		{postgres, "$é$a$é$", "d:a"},
		{postgres, "$1a$ b", "p:$1 w:a$ w:b"},
		{sqlite, "?1 + ?", "p:?1 o:+ o:?"},

		{sqlite, "SELECT [a b], x[1], (ARRAY[2])", "w:SELECT q:a b o:, w:x o:[ n:1 o:] o:, o:( w:ARRAY o:[ n:2 o:] o:)"},
		{postgres, "a[1:2] ?| b", "w:a o:[ n:1 o:: n:2 o:] o:?| w:b"},
		{Any, "a->>'b' <> c::int", "w:a o:->> s:b o:<> w:c o::: w:int"},
		{Any, "0xff 1_000 1..2 .5 t.5", "n:0xff n:1_000 n:1 o:. n:.2 n:.5 w:t o:. n:5"},
		{Any, "नाम = 'é' AND größe€ > 1e", "w:नाम o:= s:é w:AND w:größe€ o:> n:1 w:e"},
	} {
		var got []string
		for _, tok := range Code(c.sql, c.o) {
			if tok.Open {
				t.Errorf("%s: %q is not closed", c.sql, tok.Text)
			}
			got = append(got, names[tok.Kind]+":"+tok.Value())
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.sql, strings.Join(got, " "), c.want)
		}
	}
}

func TestOpen(t *testing.T) {
	for _, sql := range []string{"'a", `"a`, "`a", "/* a", "$$a", "$t$a$$", `E'a\'`, "x'0", "'", "''' "} {
		toks := Scan("b "+sql, Any)
		last := toks[len(toks)-1]
		if !last.Open {
			t.Errorf("%s: %v is closed", sql, last)
		}
		last.Value()
	}
}

func TestWords(t *testing.T) {
	var got []string
	for _, w := range Words(`SELECT 'f(x)', "a b" /* c */ $$d$$ 1a é`) {
		got = append(got, w.Text)
	}
	if want := []string{"SELECT", "f", "x", "a", "b", "c", "$$d$$", "d", "1a", "é"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// FuzzScan: with any options the tokens together are the text, each stands where it says, and has a value.
func FuzzScan(f *testing.F) {
	for _, s := range []string{
		"SELECT a.b, 1.5e-3 FROM t -- c", "E'it\\'s' U&\"a\" x'00' $$a$$ $t$b$t$ $1 ?2", "/* a /* b */ c */ [d] `e` f[1]", "'a", "\"", "$a", "$$", "/*", "0x", "1e+", "\xff$\xff$",
		"CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END", "u&", "e'\\", ".5.", "a\u00a0b",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		for set := range 64 {
			o := Options{Dollars: set&1 > 0, Prefixes: set&2 > 0, Nested: set&4 > 0, Backticks: set&8 > 0, Brackets: set&16 > 0}
			if set&32 > 0 {
				o.Params = "$?"
			}
			var b strings.Builder
			for _, tok := range Scan(sql, o) {
				if tok.From != b.Len() || tok.Text == "" || sql[tok.From:tok.To] != tok.Text {
					t.Fatalf("%+v: %q has %+v", o, sql, tok)
				}
				tok.Value()
				b.WriteString(tok.Text)
			}
			if b.String() != sql {
				t.Fatalf("%+v: %q is %q", o, sql, b.String())
			}
		}
	})
}
