package sqllex

import "strings"

// types are the second spellings of types with the first ones (PostgreSQL manual, table 8.1). Of several words, those that are a first spelling themselves stand here too.
var types = WordMap{
	{"int", "integer"}, {"int4", "integer"}, {"int2", "smallint"}, {"int8", "bigint"}, {"bool", "boolean"}, {"float4", "real"},
	{"float", "double precision"}, {"float8", "double precision"}, {"double precision", "double precision"}, {"decimal", "numeric"},
	{"varbit", "bit varying"}, {"varchar", "character varying"}, {"char varying", "character varying"}, {"character varying", "character varying"},
	{"char", "character"}, {"bpchar", "character"}, {"timestamp with time zone", "timestamptz"}, {"timestamp without time zone", "timestamp"},
	{"time with time zone", "timetz"}, {"time without time zone", "time"},
}

// TypeName returns the first spelling of a type, which is given in lower case with a blank between its words; a type without another spelling is returned as it is.
func TypeName(name string) string {
	if first, ok := types.Get(name); ok {
		return first
	}
	return name
}

// TypeWords returns how many of the tokens a type of several words takes up at their beginning, with its first spelling; 0 when they begin with none.
func TypeWords(toks []Token) (n int, name string) {
	var words []string
	for i, t := range toks[:min(len(toks), 4)] {
		if t.Kind != Word {
			break
		}
		words = append(words, Fold(t.Text))
		if first, ok := types.Get(strings.Join(words, " ")); ok && i > 0 {
			n, name = i+1, first
		}
	}
	return n, name
}

// Fold returns a name as SQL reads it without quotes: in lower case, letters beyond ASCII as they are.
func Fold(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, name)
}

// IsName reports whether the token can be a name: a word, key words among them, or a name in quotes.
func (t Token) IsName() bool { return t.Kind == Word || t.Kind == Quoted }
