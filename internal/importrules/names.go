package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

const nameReason = "\twhy: a dialect is known by what its Capabilities method returns, so that a new one needs its folder, one line in cmd and no change elsewhere"

// mayName reports whether a file may name the dialect in a string: it belongs to the dialect, to a command, an example or tests, or it is a check
// that is about statements of one database.
func mayName(file, dialect string) bool {
	dir := path.Dir(file)
	switch {
	case below(dir, "cmd"), below(dir, "example"), below(dir, "internal"), strings.HasSuffix(dir, "test"), strings.HasSuffix(file, "_test.go"):
		return true
	case dir == "gen/lint":
		return strings.HasPrefix(path.Base(file), "mg")
	}
	return below(dir, dialect)
}

// namedDialects returns a message for each string that names a dialect where none may be named. Comments are not strings, nor are the paths
// of imports. The scheme of a URL, as in postgres:// or postgresql://, names a dialect too.
func namedDialects(root string, dialects []string) ([]string, error) {
	names := make([]*regexp.Regexp, len(dialects))
	for i, d := range dialects {
		names[i] = regexp.MustCompile(`(^|[^/\w])` + path.Base(d) + `(ql)?(://|$|[^\w(])`)
	}
	var problems []string
	err := eachFile(root, func(fset *token.FileSet, file string, f *ast.File) {
		ast.Inspect(f, func(n ast.Node) bool {
			if _, imports := n.(*ast.ImportSpec); imports {
				return false
			}
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			for i, d := range dialects {
				if !mayName(file, d) && names[i].MatchString(strings.Trim(lit.Value, "`\"")) {
					problems = append(problems, fmt.Sprintf("%s:%d: a string names the dialect %s\n%s", file, fset.Position(lit.Pos()).Line, path.Base(d), nameReason))
				}
			}
			return true
		})
	})
	return problems, err
}

// eachFile parses the Go files below root, without those in testdata and in folders that begin with a dot, in the order of their paths.
func eachFile(root string, visit func(fset *token.FileSet, file string, f *ast.File)) error {
	return filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := d.Name()
		if d.IsDir() && p != root && (base == "testdata" || strings.HasPrefix(base, ".")) {
			return filepath.SkipDir
		}
		if d.IsDir() || filepath.Ext(p) != ".go" {
			return nil
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, p, nil, parser.SkipObjectResolution|parser.ParseComments)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err == nil {
			visit(fset, filepath.ToSlash(rel), f)
		}
		return err
	})
}

// findDialects returns the folders of the dialects: those below runtime, in the module of the current directory, that have capabilities.
func findDialects() []string {
	root, err := filepath.Abs(".")
	for ; err == nil && !exists(filepath.Join(root, "go.mod")); root = filepath.Dir(root) {
		if root == filepath.Dir(root) {
			return nil
		}
	}
	files, _ := filepath.Glob(filepath.Join(root, "runtime", "*", "*.go"))
	var all []string
	for _, f := range files {
		src, err := os.ReadFile(f)
		if err == nil && !strings.HasSuffix(f, "_test.go") && bytes.Contains(src, []byte(") Capabilities() migrate.Capabilities {")) {
			all = append(all, "runtime/"+filepath.Base(filepath.Dir(f)))
		}
	}
	return all
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
