package migrations

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"path/filepath"
	"strings"

	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/internal/typecheck"
)

// MostErrors is how many errors of one package are shown, as the compiler does.
const MostErrors = 10

// Compiles says in the words of the compiler what is wrong with the migrations that are there, with the packages that are loaded and nothing
// else: a package that is not in memory counts as right, whatever is asked of it. The list is passed over, as it is rewritten.
// tags are those of the build, with commas between them.
func (f *Folder) Compiles(loaded map[string]*types.Package, tags string) error {
	if len(f.Sources) == 0 {
		return nil
	}
	pkg := "migrations"
	var files []*ast.File
	fset := token.NewFileSet()
	for _, s := range f.Sources {
		if !Built(f.Dir, s, tags) {
			continue
		}
		file, err := parser.ParseFile(fset, s.shown, s.Text, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		files, pkg = append(files, file), file.Name.Name
	}
	var lines finding.Problems
	more := 0
	conf := types.Config{
		Importer: typecheck.Partly{Loaded: loaded, Others: typecheck.NewGuesser(files)},
		Error: func(err error) {
			var e types.Error
			if !errors.As(err, &e) || strings.HasPrefix(e.Msg, "could not import ") || strings.HasPrefix(e.Msg, "\t") {
				return
			}
			pos := e.Fset.Position(e.Pos)
			if filepath.Base(pos.Filename) == ListName {
				return
			}
			if len(lines) == MostErrors {
				more++
				return
			}
			lines = append(lines, pos.String()+": "+e.Msg)
		},
	}
	_, _ = conf.Check(pkg, fset, files, nil) // what is wrong was given to Error
	if len(lines) == 0 {
		return nil
	}
	if more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more errors like these; the migrations do not compile", more))
	}
	return lines
}

// Source is one file of the folder. Its syntax tree, which is large, is not kept: where nothing has changed nobody asks for it.
type Source struct {
	Name  string
	Text  []byte
	shown string                    // its path in positions
	names map[string]token.Position // what it declares
}

// Built reports whether the go command compiles a file of the directory on this machine.
func Built(dir string, p Source, tags string) bool {
	c := build.Default
	c.BuildTags = append(strings.Split(tags, ","), c.BuildTags...)
	c.OpenFile = func(string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(p.Text)), nil }
	ok, err := c.MatchFile(dir, p.Name)
	return ok || err != nil
}
