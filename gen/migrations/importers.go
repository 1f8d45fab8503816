package migrations

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/internal/goedit"
	"github.com/modelgen/modelgen/gen/internal/paths"
)

// Importers parses the files of a module that import one of its folders, and returns the path that it is imported by; "" when there is none. In the
// middle of a merge some may not parse: those are left to the compiler.
func Importers(fset *token.FileSet, dir string, merging bool) (files []*ast.File, imported string, err error) {
	root := paths.ModuleRoot(dir)
	if root == "" {
		return nil, "", nil
	}
	if imported, err = goedit.ImportPath(root, dir); err != nil || imported == "" {
		return nil, "", err
	}
	here, err := filepath.Abs(dir)
	if err != nil {
		return nil, "", err
	}
	err = filepath.WalkDir(root, func(p string, e fs.DirEntry, err error) error {
		switch name := ""; {
		case err != nil:
			return err
		case e.IsDir():
			name = e.Name()
			if p != root && (strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "vendor" || name == "testdata" || name == "node_modules") {
				return fs.SkipDir
			}
			if _, err := os.Stat(filepath.Join(p, "go.mod")); err == nil && p != root {
				return fs.SkipDir
			}
			return nil
		case !strings.HasSuffix(p, ".go") || filepath.Dir(p) == here:
			return nil
		}
		src, err := os.ReadFile(p)
		if err != nil || !bytes.Contains(src, []byte(strconv.Quote(imported))) {
			return err
		}
		f, err := parser.ParseFile(fset, paths.Shown(p), src, parser.SkipObjectResolution)
		switch {
		case err == nil:
			files = append(files, f)
		case !merging:
			return finding.Problems{err.Error()}
		}
		return nil
	})
	return files, imported, err
}
