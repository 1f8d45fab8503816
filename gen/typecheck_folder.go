package gen

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/types"
	"io"
	"path/filepath"
	"strings"

	"github.com/modelgen/modelgen/gen/emit"
	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/internal/typecheck"
	"github.com/modelgen/modelgen/gen/load"
)

// mostErrors is how many errors of one package are shown, as the compiler does.
const mostErrors = 10

// compiles says in the words of the compiler what is wrong with the migrations that are there, with what was loaded together with the models and
// nothing else: a package that is not in memory counts as right, whatever is asked of it. The list is passed over, as it is rewritten.
func (f *folder) compiles(models *load.Result, buildTags string) error {
	if models.Failed[emit.Imports] != nil || len(f.files) == 0 {
		return nil // nothing is known of what they import
	}
	pkg := "migrations"
	var files []*ast.File
	for _, p := range f.files {
		if f.built(p, buildTags) {
			files, pkg = append(files, p.ast), p.ast.Name.Name
		}
	}
	var lines finding.Problems
	more := 0
	conf := types.Config{
		Importer: typecheck.Partly{Loaded: models.Types, Others: typecheck.NewGuesser(files)},
		Error: func(err error) {
			var e types.Error
			if !errors.As(err, &e) || strings.HasPrefix(e.Msg, "could not import ") || strings.HasPrefix(e.Msg, "\t") {
				return
			}
			pos := e.Fset.Position(e.Pos)
			if filepath.Base(pos.Filename) == ListName {
				return
			}
			if len(lines) == mostErrors {
				more++
				return
			}
			lines = append(lines, pos.String()+": "+e.Msg)
		},
	}
	_, _ = conf.Check(pkg, f.fset, files, nil) // what is wrong was given to Error
	if len(lines) == 0 {
		return nil
	}
	if more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more errors like these; the migrations do not compile", more))
	}
	return lines
}

// parsed is one file of the folder.
type parsed struct {
	name string
	src  []byte
	ast  *ast.File
}

// built reports whether the go command compiles the file on this machine.
func (f *folder) built(p parsed, buildTags string) bool {
	c := build.Default
	c.BuildTags = append(strings.Split(load.BuildTags(buildTags), ","), c.BuildTags...)
	c.OpenFile = func(string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(p.src)), nil }
	ok, err := c.MatchFile(f.dir, p.name)
	return ok || err != nil
}
