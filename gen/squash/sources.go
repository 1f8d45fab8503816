package squash

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"

	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/internal/paths"
	"github.com/modelgen/modelgen/gen/migrations"
	"github.com/modelgen/modelgen/gen/read"
)

// sources returns the Go files of the folder, without the list.
func (q *squasher) sources() []read.File {
	var files []read.File
	for _, s := range q.Sources {
		if s.Name != migrations.ListName {
			files = append(files, read.File{Name: q.path(s.Name), Src: s.Text})
		}
	}
	return files
}

// parse parses a file of the folder with its comments, once.
func (c *copier) parse(name string) error {
	if c.files[name] != nil {
		return nil
	}
	if c.fset == nil {
		c.fset, c.files, c.src = token.NewFileSet(), map[string]*ast.File{}, map[string][]byte{}
	}
	src, err := read.Text(filepath.Join(c.Dir, name))
	if err != nil {
		return paths.Error(c.path(name), err)
	}
	file, err := parser.ParseFile(c.fset, c.path(name), src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return finding.Problems{err.Error()}
	}
	c.files[name], c.src[name] = file, src
	return nil
}
