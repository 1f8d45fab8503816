package lint

import (
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/scratch"
	"github.com/modelgen/modelgen/internal/sqllex"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// What the checks of objects beside the tables have in common: views, functions, triggers and the like.

// object returns what the op makes of an object: what is there before it and after it, nil for nothing.
func (p *pass) object() (from, to *schema.SQLObject) {
	from, to, _ = migrate.ObjectChange(p.op)
	return from, to
}

// made returns the object that the op makes or changes, when it is of one of the kinds.
func (p *pass) made(kinds ...schema.ObjectKind) *schema.SQLObject {
	if _, to := p.object(); to != nil && slices.Contains(kinds, to.Kind) {
		return to
	}
	return nil
}

// gave returns the object that the op takes away from the previous release, by a drop or a rename, when it is of one of the kinds: one that the
// migration has made itself nobody uses, and one that comes back as it was is not missed.
func (p *pass) gave(kinds ...schema.ObjectKind) *schema.SQLObject {
	from, to := p.object()
	if from == nil || to != nil && from.Same(*to) || !slices.Contains(kinds, from.Kind) || p.had(*from) == nil {
		return nil
	}
	left := p.left(*from)
	if now := p.after().SQLObject(left); now != nil && now.Equal(left) {
		return nil
	}
	return from
}

// back reports whether the op makes an object again that the migration has found as it is: it was out of the way of something else only.
func (p *pass) back() bool {
	_, to := p.object()
	if to == nil {
		return false
	}
	was := p.had(*to)
	return was != nil && was.Equal(*to)
}

// after returns the schema that the migration leaves, as far as its ops are known.
func (p *pass) after() *schema.Schema {
	if p.last == nil {
		p.last = scratch.Copy(p.first, values(p.in.Ops)...)
		for _, op := range values(p.in.Ops) {
			if by, ok := op.(migrate.SQL); ok {
				for _, told := range by.Schema {
					_ = told.Apply(p.last)
				}
			} else if op != nil {
				_ = op.Apply(p.last) // which MG407 says
			}
		}
	}
	return p.last
}

// objects returns the objects of a schema that are of a kind and on a table, for the dialect of o. On "" is anywhere.
func objects(s *schema.Schema, o schema.SQLObject, kind schema.ObjectKind, on string) (all []schema.SQLObject) {
	for _, x := range s.SQLObjects {
		table := x.Table
		if x.Kind == schema.RowSecurityKind {
			table = x.Name
		}
		if x.Kind == kind && (on == "" || table == on) && schema.Meet(x.Only, o.Only) {
			all = append(all, x)
		}
	}
	return all
}

// runsOn reports whether a target that is so has the object.
func (p *pass) runsOn(o schema.SQLObject, is func(c migrate.Capabilities) bool) bool {
	return p.can(func(c migrate.Capabilities) bool { return is(c) && schema.Meet(o.Only, c.Name) })
}

// code returns the tokens of the text of an object. A body that is a string is one of them.
func code(o schema.SQLObject) []sqllex.Token { return sqllex.Code(string(o.SQL), sqllex.Any) }

// inRow reports whether words stand in a row, outside of strings.
func inRow(toks []sqllex.Token, words ...string) bool {
	for i := 0; i+len(words) <= len(toks); i++ {
		if rowAt(toks[i:], words) {
			return true
		}
	}
	return false
}

func rowAt(toks []sqllex.Token, words []string) bool {
	for i, w := range words {
		if t := toks[i]; !t.Is(strings.ToUpper(w)) && (t.Kind != sqllex.Quoted || t.Value() != w) && (t.Kind != sqllex.Operator || t.Text != w) {
			return false
		}
	}
	return true
}

// bare returns the name of a routine without the types of its arguments.
func bare(name string) string {
	name, _, _ = strings.Cut(name, "(")
	return name
}

// triggered reports whether a routine is called by triggers alone.
func triggered(o schema.SQLObject) bool {
	return inRow(code(o), "RETURNS", "trigger") || inRow(code(o), "RETURNS", "event_trigger")
}
