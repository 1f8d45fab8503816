package sqlfiles

import (
	"fmt"
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
	"github.com/modelgen/modelgen/runtime/schema"
)

// cursor reads the head of a statement.
type cursor struct {
	*statement
	i int
}

// next reports whether the words come next, and goes behind them.
func (c *cursor) next(words ...string) bool {
	for k, w := range words {
		if !c.is(c.i+k, w) {
			return false
		}
	}
	c.i += len(words)
	return true
}

// errAt is what is wrong with a statement at a token.
type errAt struct {
	at  int
	msg string
}

func (e *errAt) Error() string { return e.msg }

func (c *cursor) fail(format string, args ...any) error {
	at := len(c.f.text)
	switch {
	case c.i < len(c.toks):
		at = c.toks[c.i].From
	case len(c.toks) > 0:
		at = c.toks[len(c.toks)-1].To
	}
	return &errAt{at, fmt.Sprintf(format, args...)}
}

// shown returns the token at hand as messages show it.
func (c *cursor) shown() string {
	if c.i >= len(c.toks) {
		return "the end of the statement"
	}
	text, _, _ := strings.Cut(c.toks[c.i].Text, "\n")
	if len(text) > 40 {
		text = text[:40] + "..."
	}
	return text
}

// part reads one name without its schema.
func (c *cursor) part() (string, bool) {
	if c.i >= len(c.toks) {
		return "", false
	}
	t := c.toks[c.i]
	switch t.Kind {
	case sqllex.Word:
		c.i++
		return sqllex.Fold(t.Text), true
	case sqllex.Quoted:
		c.i++
		return t.Value(), true
	}
	return "", false
}

// name reads a name, which may be qualified. The schema public is left out, as the models do.
func (c *cursor) name(what string) (string, error) {
	from := c.i
	n, ok := c.part()
	if !ok {
		return "", c.fail("the name of the %s is expected here, not %s", what, c.shown())
	}
	parts := []string{n}
	for c.op(c.i, ".") {
		c.i++
		n, ok := c.part()
		if !ok {
			return "", c.fail("a name is expected behind the dot")
		}
		parts = append(parts, n)
	}
	for _, p := range parts {
		if err := schema.CheckName(p); err != nil {
			c.i = from
			return "", c.fail("%s: %v", what, err)
		}
	}
	if len(parts) > 2 {
		c.i = from
		return "", c.fail("%s has more than a schema and a name", strings.Join(parts, "."))
	}
	if len(parts) == 2 && parts[0] == "public" {
		parts = parts[1:]
	}
	return strings.Join(parts, "."), nil
}

// brackets returns the tokens between the bracket at hand and the one that closes it, from and to, and goes behind that.
func (c *cursor) brackets() (from, to int, err error) {
	if !c.op(c.i, "(") {
		return 0, 0, c.fail("( is expected here, not %s", c.shown())
	}
	open, depth := c.i, 0
	for ; c.i < len(c.toks); c.i++ {
		switch {
		case c.op(c.i, "("):
			depth++
		case c.op(c.i, ")"):
			if depth--; depth == 0 {
				c.i++
				return open + 1, c.i - 1, nil
			}
		}
	}
	c.i = open
	return 0, 0, c.fail("the bracket that begins here is not closed")
}

// until goes to the first of the words outside of brackets, and reports whether there is one.
func (c *cursor) until(words ...string) bool {
	depth := 0
	for ; c.i < len(c.toks); c.i++ {
		switch {
		case c.op(c.i, "("):
			depth++
		case c.op(c.i, ")"):
			depth--
		case depth == 0 && c.toks[c.i].Is(words...):
			return true
		}
	}
	return false
}

// commas cuts tokens at the commas outside of brackets.
func (s *statement) commas(from, to int) (parts [][2]int) {
	depth, begin := 0, from
	for i := from; i < to; i++ {
		switch {
		case s.op(i, "("), s.op(i, "["):
			depth++
		case s.op(i, ")"), s.op(i, "]"):
			depth--
		case depth == 0 && s.op(i, ","):
			parts = append(parts, [2]int{begin, i})
			begin = i + 1
		}
	}
	if begin < to {
		parts = append(parts, [2]int{begin, to})
	}
	return parts
}

// argumentTypes returns the types of the arguments that tell routines apart: those that go in (manual, CREATE FUNCTION).
func (c *cursor) argumentTypes(from, to int) ([]string, error) {
	var all []string
	for _, a := range c.commas(from, to) {
		i, j := a[0], a[1]
		out := false
		switch {
		case c.is(i, "OUT"):
			out = true
		case c.is(i, "IN", "INOUT", "VARIADIC"):
			i++
		}
		if out {
			continue
		}
		for k := i; k < j; k++ {
			if c.is(k, "DEFAULT") || c.op(k, "=") || c.op(k, ":=") {
				j = k
			}
		}
		if j-i > 1 && c.toks[i].Kind != sqllex.Operator && (c.toks[i+1].Kind == sqllex.Word || c.toks[i+1].Kind == sqllex.Quoted) && !twoWordType(c.toks[i:j]) {
			i++ // its name
		}
		if i >= j {
			c.i = a[0]
			return nil, c.fail("the type of the argument is missing")
		}
		all = append(all, typeName(c.toks[i:j]))
	}
	return all, nil
}

// twoWordType reports whether the tokens begin with a type of several words.
func twoWordType(toks []sqllex.Token) bool {
	first, second := toks[0], toks[1]
	return first.Is("double") && second.Is("precision") || first.Is("character", "char", "bit", "national") && second.Is("varying", "character", "char") ||
		first.Is("timestamp", "time") && second.Is("with", "without") || first.Is("interval") && second.Is("year", "month", "day", "hour", "minute", "second")
}

// typeName returns a type in the spelling by which routines are known: without its length, as the server forgets that.
func typeName(toks []sqllex.Token) string {
	var words []string
	depth, array := 0, ""
	for i, t := range toks {
		switch {
		case t.Text == "(":
			depth++
		case t.Text == ")":
			depth--
		case depth > 0:
		case t.Text == "[":
			array = "[]"
		case t.Text == "]", t.Kind == sqllex.Number:
		case t.Is("ARRAY"):
			array = "[]"
		case t.Text == "." || i > 0 && toks[i-1].Text == ".":
			words[len(words)-1] += schemaPart(t)
		default:
			words = append(words, schemaPart(t))
		}
	}
	name := strings.Join(words, " ")
	name = sqllex.TypeName(name)
	name = strings.TrimPrefix(strings.TrimPrefix(name, "pg_catalog."), "public.")
	return name + array
}

func schemaPart(t sqllex.Token) string {
	if t.Kind == sqllex.Word {
		return sqllex.Fold(t.Text)
	}
	if t.Kind == sqllex.Quoted {
		return schema.QuoteName(t.Value())
	}
	return t.Text
}

// without returns the text of the statement without tokens i to j.
func (s *statement) without(i, j int) string {
	if i >= j {
		return s.text(0, len(s.toks))
	}
	tail := s.text(j, len(s.toks))
	return s.text(0, i) + strings.Repeat(" ", min(1, len(tail))) + tail
}
