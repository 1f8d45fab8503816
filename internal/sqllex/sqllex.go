// Package sqllex cuts SQL into tokens. It is the one lexer of the module: what a dialect, the checks and the reader of expressions make of the tokens is
// theirs. It parses nothing and refuses nothing, so that it can look at SQL of anybody, half written or of a dialect that is not known.
//
// The rules are those of PostgreSQL (manual 4.1, Lexical Structure) and SQLite (https://www.sqlite.org/lang_expr.html, https://www.sqlite.org/lang_keywords.html).
package sqllex

import "strings"

// Kind is the kind of a token.
type Kind uint8

// The kinds of tokens.
const (
	Space    Kind = iota
	Comment       // -- to the end of the line, /* */
	Word          // a name or a key word without quotes
	Quoted        // "name", `name`, [name], U&"name"
	String        // 'text', E'text', N'text', U&'text'
	Dollar        // $tag$text$tag$
	Bytes         // X'00ff', B'01'
	Number        // 1, .5, 1.5e-3, 0xff, 1_000
	Param         // $1, ?1
	Operator      // brackets, commas, dots and semicolons too
)

// Token is one token of SQL.
type Token struct {
	Kind     Kind
	Text     string // as it is written
	From, To int    // bytes of the SQL that it stands in
	Open     bool   // a quote or a comment that is not closed
}

// Options says what begins a token. The zero value has what all databases have in common.
type Options struct {
	Dollars   bool   // strings in dollar quotes
	Prefixes  bool   // E'it\'s', U&'\0041', N'a' and B'01'
	Nested    bool   // comments within comments; where that leaves one open, it ends with its first end
	Backticks bool   // `name`
	Brackets  bool   // [name], but not behind a word or a bracket without a space: that is an element of an array
	Params    string // the signs before the number of a parameter: $1, ?1
}

// Any is for SQL whose database is not known. A text that one of them takes is cut as that one does, as far as they do not contradict each other.
var Any = Options{Dollars: true, Prefixes: true, Nested: true, Backticks: true, Params: "$"}

// Is reports whether the token is one of the key words, in any case.
func (t Token) Is(words ...string) bool {
	if t.Kind != Word {
		return false
	}
	for _, w := range words {
		if strings.EqualFold(t.Text, w) {
			return true
		}
	}
	return false
}

// Prefix returns what stands before the quote of a token, in lower case: "e", "u&", "x". "" is nothing.
func (t Token) Prefix() string {
	if t.Kind != Quoted && t.Kind != String && t.Kind != Bytes {
		return ""
	}
	return strings.ToLower(t.Text[:strings.IndexAny(t.Text, "'\"`[")])
}

// Value returns what is between the quotes, with doubled ones made single. Codes such as \n of E'\n' are left as they are.
func (t Token) Value() string {
	switch t.Kind {
	case Dollar:
		tag := dollarTag(t.Text)
		inner := t.Text[len(tag):]
		if t.Open {
			return inner
		}
		return inner[:len(inner)-len(tag)]
	case Quoted, String, Bytes:
		inner := t.Text[len(t.Prefix())+1:]
		if !t.Open {
			inner = inner[:len(inner)-1]
		}
		if q := t.Text[len(t.Prefix())]; q != '[' {
			inner = strings.ReplaceAll(inner, string([]byte{q, q}), string([]byte{q}))
		}
		return inner
	}
	return t.Text
}
