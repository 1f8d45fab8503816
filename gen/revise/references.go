package revise

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/internal/goedit"
	"github.com/modelgen/modelgen/gen/internal/paths"
	"github.com/modelgen/modelgen/gen/internal/typecheck"
	"github.com/modelgen/modelgen/gen/migrations"
	"github.com/modelgen/modelgen/gen/read"
)

// users says where names are used that go, or that are renamed: in the other files of the folder, its tests, and what imports it in the
// module. becomes has what each becomes, "" for one that goes; files are those that are rewritten anyway.
func (b *branches) users(becomes map[string]string, files map[string]bool) (lines []string, err error) {
	fset := token.NewFileSet()
	say := func(n ast.Node, shownName, name string) {
		if to := becomes[name]; to != "" {
			lines = append(lines, fmt.Sprintf("%s: %s is used here, and would be called %s; nothing was written: put that in its place, then run the command again", fset.Position(n.Pos()), shownName, to))
		} else {
			lines = append(lines, fmt.Sprintf("%s: %s is used here, and would go; nothing was written: take it out here, then run the command again", fset.Position(n.Pos()), shownName))
		}
	}
	entries, err := os.ReadDir(b.Dir)
	if err != nil {
		return nil, paths.Error(b.Shown, err)
	}
	var inside, outside []*ast.File
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || name == migrations.ListName || files[name] || !strings.HasSuffix(name, ".go") || strings.HasPrefix(name, "_") || strings.HasPrefix(name, ".") {
			continue
		}
		src, err := read.Text(filepath.Join(b.Dir, name))
		if err != nil {
			return nil, paths.Error(filepath.Join(b.Shown, name), err)
		}
		f, err := parser.ParseFile(fset, filepath.ToSlash(filepath.Join(b.Shown, name)), src, parser.SkipObjectResolution)
		switch {
		case err != nil: // a test in the middle of a merge
		case f.Name.Name == b.Package:
			inside = append(inside, f)
		default:
			outside = append(outside, f)
		}
	}
	r := typecheck.Resolve(fset, inside)
	for _, f := range inside {
		fields := map[*ast.Ident]bool{}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				fields[n.Sel] = true
			case *ast.Ident:
				// What is declared here, if only within a function, is another thing of that name.
				if _, ok := becomes[n.Name]; ok && !fields[n] && r.Info.Uses[n] == nil && r.Info.Defs[n] == nil && r.Scope.Lookup(n.Name) == nil {
					say(n, n.Name, n.Name)
				}
			}
			return true
		})
	}
	more, imported, err := migrations.Importers(fset, b.Dir, true)
	if err != nil {
		return nil, err
	}
	for _, f := range append(outside, more...) {
		dot := goedit.Selections(f, imported, b.Package, func(s *ast.SelectorExpr, name string) {
			if _, ok := becomes[s.Sel.Name]; ok {
				say(s, name+"."+s.Sel.Name, s.Sel.Name)
			}
		})
		if dot {
			lines = append(lines, fmt.Sprintf("%s: it imports the migrations with a dot, so that it cannot be told what it uses of those that change; nothing was written: give the import a name", fset.Position(f.Name.Pos())))
		}
	}
	slices.Sort(lines)
	return lines, nil
}

// checkUnreferenced returns an error when something uses what is removed or renamed. old are the files that go, fresh is what comes in their place.
func (b *branches) checkUnreferenced(old []string, fresh map[string]bool, becomes map[string]string) error {
	names, files := map[string]string{}, map[string]bool{}
	for _, name := range old {
		files[name] = true
		_, file, err := goedit.Parse(name, b.Sources[name])
		if err != nil {
			return err
		}
		for d := range goedit.Declarations(file) {
			if to := becomes[d]; to != "" && to != d {
				names[d] = to
			} else if !fresh[d] && to == "" {
				names[d] = ""
			}
		}
	}
	lines, err := b.users(names, files)
	if err != nil {
		return err
	}
	if len(lines) > 0 {
		return finding.Problems(lines)
	}
	return nil
}
