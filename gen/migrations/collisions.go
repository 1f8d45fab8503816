package migrations

import (
	"fmt"
	"go/ast"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/module"

	"github.com/modelgen/modelgen/gen/emit"
	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/internal/goedit"
	"github.com/modelgen/modelgen/gen/internal/paths"
)

// Importable refuses a directory of migrations that no import path can name, before there is anything in it.
func Importable(dir string) error {
	root := paths.ModuleRoot(dir)
	if root == "" {
		return nil
	}
	path, err := goedit.ImportPath(root, dir)
	if err != nil || path == "" {
		return nil // the go command has more to say about go.mod
	}
	own, _ := goedit.ImportPath(root, root)
	rel := strings.Trim(strings.TrimPrefix(path, own), "/")
	if strings.HasPrefix(rel, "../") {
		return nil
	}
	for element := range strings.SplitSeq(rel, "/") {
		if element != "" && module.CheckImportPath("a/"+element) != nil {
			return finding.Problems{fmt.Sprintf("-out %s: no program can import a package from a directory called %q: a name of ASCII letters, digits, - . _ and ~ can", filepath.ToSlash(paths.Shown(dir)), element)}
		}
	}
	return nil
}

// Collisions says which names that a new migration and the list declare are taken by other files of their folder. What a folder of models has in it
// besides is its own.
func (f *Folder) Collisions(name string, file *ast.File) error {
	wanted := goedit.Declarations(file)
	var lines []string
	for _, p := range f.Sources {
		if p.Name == ListName || p.Name == name {
			continue
		}
		for d, pos := range p.names {
			_, taken := wanted[d]
			switch {
			case d == "All":
				lines = append(lines, fmt.Sprintf("%s: All is the name of the list of migrations, which stands in this package: give this one another name, or name another directory with -out", pos))
			case d == emit.Every:
				lines = append(lines, fmt.Sprintf("%s: %s is what %s is to declare in this package: give this one another name", pos, d, ListName))
			case taken:
				lines = append(lines, fmt.Sprintf("%s: %s is what %s is to declare in this package: give this one another name, or the migration with -name", pos, d, name))
			}
		}
	}
	if len(lines) == 0 {
		return nil
	}
	slices.Sort(lines)
	return finding.Problems(lines)
}
