package gen

import (
	"cmp"
	"errors"
	"go/token"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/diff"
	"github.com/modelgen/modelgen/gen/finding"
	migrate "github.com/modelgen/modelgen/runtime"
	"github.com/modelgen/modelgen/runtime/schema"
)

// OpPos returns the place in the models that an op is about.
func (r *Result) OpPos(op migrate.Op) token.Position {
	switch d := op.(type) { // the models have the column under its final name
	case migrate.AddDualWrite:
		return r.pos(d.Table + "." + d.Column.Def().Name)
	case migrate.DropDualWrite:
		return r.pos(d.Table + "." + d.Column.Def().Name)
	}
	if rows, ok := op.(migrate.Rows); ok {
		if p := r.models.Pos("rows:" + rows.Table); p.IsValid() {
			return p
		}
	}
	return r.pos(op.Effects().Subject().String())
}

// objectPos returns the place of the tag that made a constraint or an index, which may have got its name only in the comparison: then it is
// found by what else it says.
func (r *Result) objectPos(table, object string, after *schema.Schema) token.Position {
	t, m := after.Table(table), r.models.Schema.Table(table)
	if t == nil || m == nil {
		return token.Position{}
	}
	if i := match(t.Uniques, m.Uniques, func(u schema.Unique) (string, any) { n := u.Name; u.Name = ""; return n, u }, object); i >= 0 {
		return r.models.ObjectPos(table, "unique", i)
	}
	if i := match(t.Checks, m.Checks, func(c schema.Check) (string, any) { n := c.Name; c.Name = ""; return n, c }, object); i >= 0 {
		return r.models.ObjectPos(table, "check", i)
	}
	if i := match(t.ForeignKeys, m.ForeignKeys, func(f schema.ForeignKey) (string, any) { n := f.Name; f.Name = ""; return n, f }, object); i >= 0 {
		return r.models.ObjectPos(table, "fk", i)
	}
	if i := match(t.Indexes, m.Indexes, func(x schema.Index) (string, any) { n := x.Name; x.Name = ""; return n, x }, object); i >= 0 {
		return r.models.ObjectPos(table, "index", i)
	}
	return token.Position{}
}

// match returns the place in models of what is called so in named, or -1. apart takes the name off.
func match[T any](named, models []T, apart func(T) (string, any), name string) int {
	for _, x := range named {
		n, what := apart(x)
		if n != name {
			continue
		}
		return slices.IndexFunc(models, func(y T) bool {
			_, same := apart(y)
			return reflect.DeepEqual(same, what)
		})
	}
	return -1
}

// lastModels asks about every table when no model is left: it is likely that the wrong package was read.
func (r *Result) lastModels(cfg Config) (out []diff.Question) {
	for _, t := range r.old().Tables {
		if !slices.Contains(cfg.Answers.Drops, t.Name) {
			out = append(out, diff.Question{Object: t.Name, Text: "no model is left in " + strings.Join(cfg.patterns(r.snap), ", ") + ": does table " + t.Name + " go, with its rows?",
				Choice: []diff.Choice{{Means: "it goes", Flag: "-drop " + diff.Quote(t.Name)}, {Means: "it stays: name the package of its model", Flag: ""}}})
		}
	}
	return out
}

// pos returns the place of "products" or "products.price" in the models, the table's when the column has none.
func (r *Result) pos(object string) token.Position {
	if p := r.models.Pos(object); p.IsValid() {
		return p
	}
	if r.sql != nil {
		if p, ok := r.sql.Place(object); ok {
			return p
		}
	}
	if i := strings.LastIndexByte(object, '.'); i > 0 {
		return r.models.Pos(object[:i])
	}
	return token.Position{}
}

func (r *Result) line(object, msg string) string {
	if p := r.pos(object); p.IsValid() {
		return p.String() + ": " + msg
	}
	return msg
}

// inFlag finds mistakes in an answer: they are not in the models, and have no place there.
var inFlag = regexp.MustCompile(`^-(?:rename|drop|keep|fill|convert|convert-back) `)

// place sets the places of the errors of a comparison.
func (r *Result) place(err error) error {
	var list diff.Errors
	if !errors.As(err, &list) {
		return err
	}
	var lines finding.Problems
	type placed struct {
		at   token.Position
		line string
	}
	var inFiles []placed // in the order of the files
	for _, e := range list {
		if inFlag.MatchString(e.Msg) {
			lines = append(lines, e.Msg)
			continue
		}
		if e.In != nil && r.sql != nil {
			if p := r.sql.PosAt(*e.In, e.At); p.IsValid() {
				inFiles = append(inFiles, placed{p, p.String() + ": " + e.Msg})
				continue
			}
		}
		lines = append(lines, r.line(e.Object, e.Msg))
	}
	slices.SortStableFunc(inFiles, func(a, b placed) int {
		return cmp.Or(strings.Compare(a.at.Filename, b.at.Filename), a.at.Offset-b.at.Offset)
	})
	for _, x := range inFiles {
		lines = append(lines, x.line)
	}
	return lines
}
