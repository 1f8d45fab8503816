package revise

import (
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen"
	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/internal/goedit"
	"github.com/modelgen/modelgen/gen/migrations"
	"github.com/modelgen/modelgen/gen/read"
)

// moved renames, renumbers and re-parents migrations, and leaves the rest of their text as it is.
func (b *branches) moved(cfg gen.Config, move, rest []read.Migration, theirs read.Migration) (changed map[string][]byte, head string, err error) {
	number := migrations.NextNumber(migrations.Names(rest))
	vars, renamed := map[string]string{}, map[string]string{}
	for _, m := range move {
		name := migrations.FileName(number, migrations.WithoutNumber(m.Name))
		number++
		vars[m.Var], renamed[m.Name] = migrations.VarName(name), name
	}
	changed = map[string][]byte{}
	for _, m := range move {
		changed[m.File] = nil
	}
	moving := map[string]bool{}
	for _, m := range move {
		moving[m.Var] = true
	}
	words := b.rowStructs(move, renamed, vars)
	if lines := b.clashes(cfg, words); len(lines) > 0 {
		return nil, "", finding.Problems(lines)
	}
	var old []string
	stays := map[string]bool{} // what only moves to another file
	for _, m := range move {
		old = append(old, m.File)
		if _, file, err := goedit.Parse(m.File, b.Sources[m.File]); err == nil {
			for d := range goedit.Declarations(file) {
				stays[d] = true
			}
		}
	}
	if err := b.checkUnreferenced(old, stays, words); err != nil {
		return nil, "", err
	}
	for _, m := range move {
		var parents []string
		outside := false
		for _, p := range m.Parents {
			switch {
			case moving[p]:
				parents = append(parents, vars[p])
			case strings.HasPrefix(p, "."):
			default:
				outside = true
			}
		}
		if outside || len(m.Parents) == 0 {
			parents = append(parents, theirs.Var)
		}
		src, err := rewrite(b.Sources[m.File], m, renamed, words, parents)
		if err != nil {
			return nil, "", fmt.Errorf("%s: %w", m.File, err)
		}
		file := renamed[m.Name] + ".go"
		if _, there := b.Sources[file]; there && changed[file] == nil && !slices.ContainsFunc(move, func(o read.Migration) bool { return o.File == file }) {
			return nil, "", fmt.Errorf("%s is there already", file)
		}
		changed[file] = src
	}
	return changed, renamed[move[len(move)-1].Name], nil
}

// rowStructs adds the row structs that the files declare to the variables that get another name: both branches may have a productsAt0003.
func (b *branches) rowStructs(move []read.Migration, renamed, vars map[string]string) map[string]string {
	out := maps.Clone(vars)
	for _, m := range move {
		from, to := "At"+migrations.Number(m.Name), "At"+migrations.Number(renamed[m.Name])
		_, file, err := goedit.Parse(m.File, b.Sources[m.File])
		if err != nil || from == "At" {
			continue
		}
		for row := range goedit.Declarations(file) {
			if rest, ok := strings.CutSuffix(row, from); ok && rest != "" {
				out[row] = rest + to
			}
		}
	}
	return out
}

// rewrite changes the names in one file. What it does not know it does not touch.
func rewrite(src []byte, m read.Migration, renamed, vars map[string]string, parents []string) ([]byte, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, m.File, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var edits []goedit.Edit
	change := func(n ast.Node, text string) {
		edits = append(edits, goedit.Replace(fset.Position(n.Pos()).Offset, fset.Position(n.End()).Offset, text))
	}
	inParents := func(ast.Node) bool { return false }
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.KeyValueExpr:
			key, _ := n.Key.(*ast.Ident)
			if key == nil {
				return true
			}
			switch key.Name {
			case "Name":
				if lit, ok := n.Value.(*ast.BasicLit); ok && strings.Trim(lit.Value, "\"`") == m.Name {
					change(lit, fmt.Sprintf("%q", renamed[m.Name]))
					return false
				}
			case "Parents":
				if lit, ok := n.Value.(*ast.CompositeLit); ok {
					var list []string
					for _, e := range lit.Elts { // those of other sets stay
						if sel, ok := e.(*ast.SelectorExpr); ok {
							list = append(list, string(src[fset.Position(sel.Pos()).Offset:fset.Position(sel.End()).Offset]))
						}
					}
					edits = append(edits, goedit.Replace(fset.Position(lit.Lbrace).Offset+1, fset.Position(lit.Rbrace).Offset, strings.Join(append(slices.Clone(parents), list...), ", ")))
					inParents = func(x ast.Node) bool { return x.Pos() > lit.Lbrace && x.End() <= lit.Rbrace }
					parents = nil
				}
			}
		case *ast.Ident:
			if to, ok := vars[n.Name]; ok && !inParents(n) {
				change(n, to)
			}
		}
		return true
	})
	for _, group := range file.Comments {
		for _, c := range group.List {
			text := word.ReplaceAllStringFunc(c.Text, func(w string) string {
				if to, ok := vars[w]; ok {
					return to
				}
				if to, ok := renamed[w]; ok {
					return to
				}
				return w
			})
			if text != c.Text {
				change(c, text)
			}
		}
	}
	slices.SortFunc(edits, func(a, b goedit.Edit) int { return b.From - a.From })
	out := string(src)
	for _, e := range edits {
		out = out[:e.From] + e.Text + out[e.To:]
	}
	if parents != nil { // there was no list of parents
		at := regexp.MustCompile(`(?m)^(\s*)Name:\s*` + regexp.QuoteMeta(fmt.Sprintf("%q", renamed[m.Name])) + `,\n`)
		if !at.MatchString(out) {
			return nil, fmt.Errorf("cannot give %s a parent; write Parents into it by hand", m.Name)
		}
		out = at.ReplaceAllString(out, "${0}${1}Parents: []*migrate.Migration{"+strings.Join(parents, ", ")+"},\n")
	}
	return format.Source([]byte(out))
}

var word = regexp.MustCompile(`\b\w+\b`)
