package typecheck

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"

	"github.com/modelgen/modelgen/gen/emit"
	"github.com/modelgen/modelgen/gen/load"
)

// Emitted compiles an emitted migration, as far as the type checker goes, against what was loaded with the models: a file that does
// not compile is a mistake of ours and must not land in anybody's tree.
func Emitted(models *load.Result, m emit.Migration, src []byte) error {
	if err := models.Failed[emit.Imports]; err != nil {
		return fmt.Errorf("the module does not have %s, which migrations import: go get github.com/modelgen/modelgen (%w)", emit.Runtime, err)
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, m.Name+".go", src, parser.SkipObjectResolution)
	if err != nil {
		return fmt.Errorf("internal error: the migration does not parse, please report it: %w", err)
	}
	files := []*ast.File{file}
	if len(m.Parents) > 0 {
		stub := fmt.Sprintf("package %s\n\nimport migrate %q\n\nvar %s *migrate.Migration\n", m.Package, emit.Runtime, strings.Join(m.Parents, ", "))
		f, err := parser.ParseFile(fset, "parents.go", stub, parser.SkipObjectResolution)
		if err != nil {
			return fmt.Errorf("the names of the parents do not parse: %w", err)
		}
		files = append(files, f)
	}
	conf := types.Config{Importer: Loaded(models.Types)}
	if _, err := conf.Check(m.Package, fset, files, nil); err != nil {
		return fmt.Errorf("internal error: the migration does not compile, please report it: %w", err)
	}
	return nil
}
