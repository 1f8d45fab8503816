package typecheck

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"

	"github.com/modelgen/modelgen/gen/emit"
	"github.com/modelgen/modelgen/gen/internal/bug"
)

// Emitted compiles an emitted migration, as far as the type checker goes, against the packages that are loaded: a file that does
// not compile is a mistake of ours and must not land in anybody's tree.
func Emitted(loaded map[string]*types.Package, m emit.Migration, fset *token.FileSet, file *ast.File) error {
	files := []*ast.File{file}
	if len(m.Parents) > 0 {
		stub := fmt.Sprintf("package %s\n\nimport migrate %q\n\nvar %s *migrate.Migration\n", m.Package, emit.Runtime, strings.Join(m.Parents, ", "))
		f, err := parser.ParseFile(fset, "parents.go", stub, parser.SkipObjectResolution)
		if err != nil {
			return fmt.Errorf("the names of the parents do not parse: %w", err)
		}
		files = append(files, f)
	}
	conf := types.Config{Importer: Loaded(loaded)}
	if _, err := conf.Check(m.Package, fset, files, nil); err != nil {
		return bug.Error("the migration does not compile", err)
	}
	return nil
}
