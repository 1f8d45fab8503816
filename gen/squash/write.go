package squash

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/gen/emit"
	"github.com/modelgen/modelgen/gen/internal/bug"
	"github.com/modelgen/modelgen/gen/internal/goedit"
	migrate "github.com/modelgen/modelgen/runtime"
)

// file writes the squash: what is known by its value as every migration is written, then what is code in its place.
func (c *copier) file(m emit.Migration, replaces []string, steps []step) ([]byte, error) {
	raw, err := m.File()
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, m.Name+".go", raw, parser.SkipObjectResolution)
	if err != nil {
		return nil, bug.Error("the migration does not parse", err)
	}
	at := func(p token.Pos) int { return fset.Position(p).Offset }
	key, ops := goedit.Ops(file, m.Var)
	names := make([]string, len(replaces))
	for i, r := range replaces {
		names[i] = strconv.Quote(r)
	}
	edits := []goedit.Edit{goedit.Replace(at(key.Pos()), at(key.Pos()), "Replaces: []string{\n"+wrapped(names)+"\n},\n")}

	if list := goedit.ListField(file, m.Var, "Parents"); list != nil && len(c.others) > 0 {
		edits = append(edits, goedit.Replace(at(list.Rbrace), at(list.Rbrace), ", "+strings.Join(c.others, ", ")))
	} else if len(c.others) > 0 {
		edits = append([]goedit.Edit{goedit.Replace(at(key.Pos()), at(key.Pos()), "Parents: []*migrate.Migration{"+strings.Join(c.others, ", ")+"},\n")}, edits...)
	}

	var code written
	said := map[string][]string{}
	for _, s := range steps {
		if s.text != "" {
			code = append(code, s)
		} else if h := migrate.HashOps([]migrate.Op{s.op}); len(s.comments) > 0 && said[h] == nil {
			said[h] = s.comments
		}
	}
	for i, op := range m.Ops {
		e := ops.Elts[i]
		if !op.Effects().OverData() {
			if h := migrate.HashOps([]migrate.Op{op}); said[h] != nil {
				edits = append(edits, goedit.Replace(at(e.Pos()), at(e.Pos()), strings.Join(said[h], "\n")+"\n"))
				delete(said, h)
			}
			continue
		}
		step, comments, ok := code.next(m.Ops[i:])
		switch {
		case !ok:
			return nil, bug.Error("there is a data step too many", nil)
		case step == nil: // made of several
			for _, c := range comments {
				edits = append(edits, goedit.Replace(at(e.Pos()), at(e.Pos()), c+"\n"))
			}
			continue
		}
		edits = append(edits, goedit.Replace(at(e.Pos()), at(e.End()), strings.Join(append(comments, step.text), "\n")))
	}
	if imports := c.importLines(raw); imports != "" {
		for _, d := range file.Decls {
			if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
				edits = append(edits, goedit.Replace(at(g.Pos()), at(g.End()), imports))
			}
		}
	}
	out := goedit.Apply(raw, edits)
	for _, d := range c.decls {
		out = append(out, "\n"+d+"\n"...)
	}
	src, err := format.Source(out)
	if err != nil {
		return nil, bug.Error("the migration does not parse", err)
	}
	return src, nil
}

// wrapped puts words into lines of a bearable length.
func wrapped(words []string) string {
	var b strings.Builder
	width := 0
	for _, w := range words {
		if width > 0 && width+len(w) > 130 {
			b.WriteString("\n")
			width = 0
		}
		b.WriteString(w + ", ")
		width += len(w) + 2
	}
	return strings.TrimSuffix(b.String(), " ")
}

// importLines writes the imports of the file, those of the code that was copied among them; "" when there are no others.
func (c *copier) importLines(raw []byte) string {
	if len(c.imports) == 0 {
		return ""
	}
	all := maps.Clone(c.imports)
	all[emit.Runtime] = "migrate"
	if bytes.Contains(raw, []byte("schema.")) {
		all[emit.Schema] = ""
	}
	var std, other []string
	for _, path := range slices.Sorted(maps.Keys(all)) {
		line := strings.TrimSpace(all[path] + " " + strconv.Quote(path))
		if first, _, _ := strings.Cut(path, "/"); strings.Contains(first, ".") {
			other = append(other, line)
		} else {
			std = append(std, line)
		}
	}
	text := "import (\n" + strings.Join(std, "\n")
	if len(std) > 0 {
		text += "\n\n"
	}
	return text + strings.Join(other, "\n") + "\n)"
}

// formatted formats a file that was edited, if its owner keeps it formatted.
func formatted(src []byte) []byte {
	if out, err := format.Source(src); err == nil {
		return out
	}
	return src
}

// written are the steps over data as their files have them. They keep their order, so that the next one there is the next one in the squash, but for
// changes of rows that were joined.
type written []step

// next returns the step that the first of the ops of the squash is, with the comments above it; no step for rows that were joined from several, with the
// comments of all of these. ok is false when there is none left.
func (w *written) next(ops []migrate.Op) (s *step, comments []string, ok bool) {
	hash := func(op migrate.Op) string {
		if _, is := op.(migrate.Rows); !is {
			return ""
		}
		return migrate.HashOps([]migrate.Op{op})
	}
	want := hash(ops[0])
	for len(*w) > 0 {
		x := (*w)[0]
		is := hash(x.op)
		switch {
		case is == want:
			*w = (*w)[1:]
			return &x, append(comments, x.comments...), true
		case is == "", want != "" && slices.ContainsFunc(ops[1:], func(op migrate.Op) bool { return hash(op) == is }):
			return nil, comments, true
		case want != "":
			comments = append(comments, x.comments...)
		}
		*w = (*w)[1:]
	}
	return nil, comments, want != ""
}
