package goedit

import (
	"go/ast"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// ImportPath returns the path that a folder of a module is imported by, by the go.mod in root; "" when that names no module.
func ImportPath(root, dir string) (string, error) {
	data, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return "", err
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	rel, err := filepath.Rel(root, abs)
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(data)) {
		if module, ok := strings.CutPrefix(strings.TrimSpace(line), "module "); ok {
			return path.Join(strings.Trim(strings.TrimSpace(module), `"`), filepath.ToSlash(rel)), nil
		}
	}
	return "", nil
}

// Selections calls do for everything that a file takes from an import, with the name that it has for it. It reports whether that is a dot, with
// which it cannot be told.
func Selections(f *ast.File, imported, pkg string, do func(s *ast.SelectorExpr, name string)) (dot bool) {
	name := ""
	for _, i := range f.Imports {
		if p, _ := strconv.Unquote(i.Path.Value); p == imported {
			if name = pkg; i.Name != nil {
				name = i.Name.Name
			}
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && x.Name == name && name != "" {
				do(s, name)
			}
		}
		return true
	})
	return name == "."
}
