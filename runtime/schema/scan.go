package schema

import (
	"slices"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
)

// lexeme is one token of SQL that anybody may have written: statements, comments and dollar quotes included. Unlike [lex], which refuses what
// must not stand in an expression, scan takes everything.
type lexeme struct {
	kind     tokenKind
	text     string // of tokQuoted without its quotes; of tokString the characters inside
	from, to int    // bytes of the text that it stands in
}

// scan splits SQL into tokens. Comments and white space are left out. The body of a dollar quote is split as well, as it is code as often as
// data. whole is false when a quote or a comment is not closed.
func scan(sql string) (out []lexeme, whole bool) { return scanFrom(sql, 0) }

// scanFrom is scan of a part of a text, which stands there at a place.
func scanFrom(sql string, at int) (out []lexeme, whole bool) {
	whole = true
	for _, t := range sqllex.Scan(sql, sqllex.Any) {
		if t.Open {
			whole = false
		}
		l := lexeme{tokOp, t.Value(), at + t.From, at + t.To}
		switch t.Kind {
		case sqllex.Space, sqllex.Comment:
			continue
		case sqllex.Dollar:
			body, closed := scanFrom(l.text, l.from+strings.IndexByte(t.Text[1:], '$')+2)
			out = append(out, body...)
			whole = whole && closed
			continue
		case sqllex.Word:
			l.kind = tokIdent
		case sqllex.Quoted:
			l.kind = tokQuoted
		case sqllex.String, sqllex.Bytes:
			l.kind = tokString
		case sqllex.Number:
			l.kind = tokNumber
		}
		out = append(out, l)
	}
	return out, whole
}

// is reports whether the token is one of the key words, which are given in capitals.
func (l lexeme) is(words ...string) bool {
	if l.kind != tokIdent {
		return false
	}
	up := strings.ToUpper(l.text)
	return slices.Contains(words, up)
}

// name reports whether the token can be the name of a table or a column.
func (l lexeme) name() bool {
	return l.kind == tokQuoted || l.kind == tokIdent && !keywords.Has(strings.ToUpper(l.text))
}

// means reports whether the token is that name, as PostgreSQL or SQLite reads it.
func (l lexeme) means(name string) bool { return strings.EqualFold(l.text, name) }
