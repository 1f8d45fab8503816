package sqlfiles

import (
	"strings"

	"github.com/modelgen/modelgen/internal/sqllex"
)

// statement is one statement of a file.
type statement struct {
	f     *file
	toks  []sqllex.Token // without white space and comments; their places are those in the file
	notes []string       // the comments above it, without what begins them
}

func (s *statement) at() int { return s.toks[0].From }

// text returns what stands in the file from token i up to, not with, token j.
func (s *statement) text(i, j int) string {
	if i >= j || i >= len(s.toks) {
		return ""
	}
	return s.f.text[s.toks[i].From:s.toks[min(j, len(s.toks))-1].To]
}

// split cuts a file into statements.
func (r *reader) split(f *file) (all []*statement) {
	cur := &statement{f: f}
	parens, blocks := 0, 0
	end := func() {
		if len(cur.toks) > 0 {
			all = append(all, cur)
		}
		cur, parens, blocks = &statement{f: f}, 0, 0
	}
	var opened sqllex.Token // the block that is open
	for _, t := range sqllex.Scan(f.text, sqllex.Any) {
		if t.Open {
			what := map[sqllex.Kind]string{sqllex.Comment: "the comment", sqllex.String: "the text", sqllex.Quoted: "the name in quotes", sqllex.Dollar: "the dollar quote"}[t.Kind]
			r.fail(f, t.From, "%s that begins here never ends", what)
			return nil
		}
		switch {
		case t.Kind == sqllex.Space:
			continue
		case t.Kind == sqllex.Comment:
			if len(cur.toks) == 0 {
				cur.notes = append(cur.notes, notes(t.Text)...)
			}
			continue
		case len(cur.toks) == 0 && t.Text == `\`:
			rest, _, _ := strings.Cut(f.text[t.From:], "\n")
			if word := strings.Fields(rest)[0]; word != `\restrict` && word != `\unrestrict` {
				r.fail(f, t.From, "%s is a command of psql; take the line out", word)
				return nil
			}
			f.text = f.text[:t.From] + strings.Repeat(" ", len(rest)) + f.text[t.From+len(rest):]
			return r.split(f)
		}
		if t.Text == ";" && parens == 0 && blocks == 0 && !(cur.sqliteTrigger() && !cur.ended()) {
			end()
			continue
		}
		cur.toks = append(cur.toks, t)
		switch {
		case t.Text == "(":
			parens++
		case t.Text == ")" && parens > 0:
			parens--
		case t.Is("ATOMIC") && len(cur.toks) > 1 && cur.toks[len(cur.toks)-2].Is("BEGIN") && cur.routine() && blocks == 0:
			blocks, opened = 1, t
		case blocks > 0 && t.Is("BEGIN", "CASE"):
			blocks++
		case blocks > 0 && t.Is("END"):
			blocks--
		}
	}
	if blocks > 0 {
		r.fail(f, opened.From, "the block that begins here has no END")
		return nil
	}
	if len(cur.toks) > 0 && cur.sqliteTrigger() && !cur.ended() {
		r.fail(f, cur.at(), "the body of the trigger that begins here has no END")
		return nil
	}
	end()
	return all
}

// notes returns the lines of a comment.
func notes(comment string) (all []string) {
	body := strings.TrimSuffix(strings.TrimPrefix(comment, "/*"), "*/")
	for line := range strings.SplitSeq(body, "\n") {
		line = strings.TrimSpace(line)
		line = strings.TrimLeft(line, "-")
		line = strings.TrimPrefix(line, "*")
		all = append(all, strings.TrimSpace(line))
	}
	return all
}

func (s *statement) is(i int, words ...string) bool {
	return i >= 0 && i < len(s.toks) && s.toks[i].Is(words...)
}

func (s *statement) op(i int, text string) bool {
	return i >= 0 && i < len(s.toks) && s.toks[i].Kind == sqllex.Operator && s.toks[i].Text == text
}

// routine reports whether it begins as CREATE FUNCTION does.
func (s *statement) routine() bool {
	i := 1
	if s.is(1, "OR") {
		i = 3
	}
	return s.is(0, "CREATE") && s.is(i, "FUNCTION", "PROCEDURE")
}

// sqliteTrigger reports whether it is a CREATE TRIGGER with statements between BEGIN and END, as far as it is read.
func (s *statement) sqliteTrigger() bool {
	if !s.is(0, "CREATE") {
		return false
	}
	i := 1
	if s.is(i, "TEMP", "TEMPORARY") {
		i++
	}
	if !s.is(i, "TRIGGER") {
		return false
	}
	for j := i; j < len(s.toks); j++ {
		if s.toks[j].Is("BEGIN") {
			return true
		}
	}
	return false
}

// ended reports whether the body of a SQLite trigger has come to its END: that follows a semicolon (https://www.sqlite.org/c3ref/complete.html).
func (s *statement) ended() bool {
	n := len(s.toks)
	return n > 1 && s.toks[n-1].Is("END") && (s.op(n-2, ";") || s.is(n-2, "BEGIN"))
}
