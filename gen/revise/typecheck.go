package revise

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/modelgen/modelgen/gen"
	"github.com/modelgen/modelgen/gen/internal/goedit"
	"github.com/modelgen/modelgen/gen/internal/typecheck"
	"github.com/modelgen/modelgen/gen/load"
	"github.com/modelgen/modelgen/gen/migrations"
)

// after returns the files with migrations as they will be.
func (b *branches) after(r *gen.Result) map[string][]byte {
	sources := maps.Clone(b.Sources)
	for _, f := range r.Files {
		name := filepath.Base(f.Path)
		switch {
		case filepath.Dir(f.Path) != filepath.Clean(b.Dir) || name == migrations.ListName || !strings.HasSuffix(name, ".go"):
		case f.Content == nil:
			delete(sources, name)
		default:
			sources[name] = f.Content
		}
	}
	return sources
}

// built parses those of the files that are compiled on this machine.
func (b *branches) built(cfg gen.Config, sources map[string][]byte) (*token.FileSet, []*ast.File) {
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		file, err := parser.ParseFile(fset, filepath.ToSlash(filepath.Join(b.Shown, name)), sources[name], parser.SkipObjectResolution)
		if err == nil && migrations.Built(b.Dir, migrations.Source{Name: name, Text: sources[name]}, load.BuildTags(cfg.BuildTags)) {
			files = append(files, file)
		}
	}
	return fset, files
}

// broken says what will not compile any more, as far as that can be told without what the files import.
func (b *branches) broken(cfg gen.Config, r *gen.Result) (lines []string) {
	check := func(sources map[string][]byte, do func(types.Error)) {
		fset, files := b.built(cfg, sources)
		conf := types.Config{Importer: typecheck.Partly{Others: typecheck.NewGuesser(files)}, Error: func(err error) {
			var e types.Error
			if errors.As(err, &e) && !strings.HasPrefix(e.Msg, "could not import ") && !strings.HasPrefix(e.Msg, "\t") {
				do(e)
			}
		}}
		_, _ = conf.Check(b.Package, fset, files, nil) // what is wrong was given to Error
	}
	known := map[string]bool{}
	check(b.Sources, func(e types.Error) { known[e.Msg] = true })
	check(b.after(r), func(e types.Error) {
		if !known[e.Msg] && len(lines) < migrations.MostErrors {
			lines = append(lines, fmt.Sprintf("%s: this would not compile any more: %s; nothing was written: change that first", e.Fset.Position(e.Pos), e.Msg))
		}
	})
	return lines
}

// clashes says which names two of the files declare: each branch was right without the other. Those that get another name are left out.
func (b *branches) clashes(cfg gen.Config, renamed map[string]string) (lines []string) {
	fset, files := b.built(cfg, b.Sources)
	seen := map[string]token.Pos{}
	for _, f := range files {
		names := goedit.Declarations(f)
		for _, name := range slices.Sorted(maps.Keys(names)) {
			if at, ok := seen[name]; ok && name != "init" && renamed[name] == "" {
				lines = append(lines, fmt.Sprintf("%s: %s is declared at %s, too, so that the migrations do not compile; nothing was written: give one of the two another name",
					fset.Position(names[name]), name, fset.Position(at)))
				continue
			}
			seen[name] = names[name]
		}
	}
	return lines
}
