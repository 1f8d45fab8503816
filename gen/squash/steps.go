package squash

import (
	"fmt"
	"go/ast"
	"go/token"
	"reflect"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/internal/goedit"
	"github.com/modelgen/modelgen/gen/read"
	migrate "github.com/modelgen/modelgen/runtime"
)

// step is an op of one of the migrations that are squashed.
type step struct {
	op       migrate.Op // when text is not "", only something in its place
	text     string     // its Go text, for what is code
	comments []string   // the lines above it
}

// steps returns the ops of all members. Steps over data come as the text that they are written with, as far as they are not marked as elidable.
func (c *copier) steps(members []int) ([]step, error) {
	var out []step
	var problems finding.Problems
	for _, i := range members {
		m := c.all[i]
		texts, err := c.notes(m)
		if err != nil {
			return nil, err
		}
		for k, op := range m.Ops {
			no := func(format string, args ...any) {
				problems = append(problems, fmt.Sprintf("%s: %s", op.Pos, fmt.Sprintf(format, args...)))
			}
			var s step
			var elidable bool
			if k < len(texts) {
				s.comments, elidable = texts[k].comments, texts[k].elidable
			}
			s.op = op.Value
			kind := kindOf(op)
			switch {
			case kind == "Unwritten":
				no("%s has a step that is not written yet; write it before it is squashed", m.Name)
				continue
			case elidable && kind == "":
				no("only a step over data is elidable: SQL, Go, Fill, Rows or Backfill; without this one the schema would be another")
				continue
			case elidable && (hasSchema(op) || hasObjects(op)):
				no("this step records schema changes, so it is not elidable; take Schema, Objects and Drops out of it, or the comment away")
				continue
			case elidable:
				continue
			case kind == "" && op.Value == nil:
				no("%s is squashed only when it can be read without compiling it: %s; write the op out, or leave %s out of the range", m.Name, strings.TrimPrefix(op.Why, op.Pos.String()+": "), m.Name)
				continue
			case op.Value == nil && hasSchema(op):
				no("what this step changes in the schema can be read only by compiling it: %s; write it out, or leave %s out of the range", strings.TrimPrefix(op.Why, op.Pos.String()+": "), m.Name)
				continue
			case kind != "":
				if k >= len(texts) {
					no("the list of ops of %s is not written in one piece; write it so, or leave it out of the range", m.Name)
					continue
				}
				text, p := c.copy(texts[k].file, texts[k].node)
				problems = append(problems, p...)
				s.text = text
			}
			if s.op == nil {
				s.op = migrate.Go{Up: placeholder, Name: op.Pos.String()}
			}
			out = append(out, s)
		}
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return out, nil
}

// otherSets takes over the parents that members have in other sets: what they need must still come first.
func (c *copier) otherSets(members []int) error {
	var problems finding.Problems
	for _, i := range members {
		m := c.all[i]
		if !slices.ContainsFunc(m.Parents, func(p string) bool { return strings.HasPrefix(p, ".") }) {
			continue
		}
		if err := c.parse(m.File); err != nil {
			return err
		}
		list := goedit.ListField(c.files[m.File], m.Var, "Parents")
		if list == nil {
			continue
		}
		for _, e := range list.Elts {
			if _, ok := e.(*ast.SelectorExpr); !ok {
				continue
			}
			text, p := c.copy(m.File, e)
			problems = append(problems, p...)
			if !slices.Contains(c.others, text) {
				c.others = append(c.others, text)
			}
		}
	}
	if len(problems) > 0 {
		return problems
	}
	return nil
}

// dataKinds are the steps over data whose values may be such that they cannot be read without compiling them.
var dataKinds = []string{"SQL", "Go", "Fill", "Rows", "Backfill"}

// kindOf returns the kind of a step over data, "" for an op that changes the schema, or may.
func kindOf(op read.Op) string {
	if op.Value == nil {
		for _, kind := range dataKinds {
			if rest, ok := strings.CutPrefix(strings.TrimPrefix(op.Source, "&"), "migrate."+kind); ok && (rest[0] == '{' || rest[0] == '[') {
				return kind
			}
		}
		return ""
	}
	if !op.Value.Effects().OverData() {
		return ""
	}
	name, _, _ := strings.Cut(reflect.TypeOf(op.Value).Name(), "[")
	return name
}

// hasSchema reports whether a step records a change of the schema.
func hasSchema(op read.Op) bool {
	if o, ok := op.Value.(migrate.SQL); ok {
		return len(o.Schema) > 0
	}
	return op.Value == nil && strings.Contains(op.Source, "Schema:")
}

// hasObjects reports whether a step says which objects it makes or drops.
func hasObjects(op read.Op) bool {
	return strings.Contains(op.Source, "Objects:") || strings.Contains(op.Source, "Drops:")
}

// noted is an op as it stands in its file.
type notedOp struct {
	file     string
	node     ast.Expr
	comments []string
	elidable bool
}

const elidableMark = "//modelgen:elidable"

// notes finds the ops of a migration in its file, with the comments that belong to them.
func (c *copier) notes(m read.Migration) ([]notedOp, error) {
	if err := c.parse(m.File); err != nil {
		return nil, err
	}
	file := c.files[m.File]
	_, list := goedit.Ops(file, m.Var)
	if list == nil {
		return nil, nil
	}
	line := func(p token.Pos) int { return c.fset.Position(p).Line }
	var out []notedOp
	last := line(list.Lbrace)
	for _, e := range list.Elts {
		n := notedOp{file: m.File, node: e}
		for _, g := range file.Comments {
			for _, comment := range g.List {
				at := line(comment.Pos())
				mark := comment.Text == elidableMark || strings.HasPrefix(comment.Text, elidableMark+" ")
				switch {
				case comment.Pos() < list.Lbrace || at <= last && comment.Pos() < e.Pos() || at > line(e.End()):
				case mark:
					n.elidable = true
				case comment.Pos() < e.Pos() && !strings.HasPrefix(comment.Text, "// Destroys "):
					n.comments = append(n.comments, comment.Text)
				}
			}
		}
		last = line(e.End())
		out = append(out, n)
	}
	return out, nil
}
