package squash

import (
	"context"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/modelgen/modelgen/gen/emit"
	"github.com/modelgen/modelgen/gen/finding"
	"github.com/modelgen/modelgen/gen/internal/goedit"
	"github.com/modelgen/modelgen/gen/internal/typecheck"
	migrate "github.com/modelgen/modelgen/runtime"
)

// placeholder stands where a function is that only the compiled program has.
func placeholder(context.Context, migrate.Tx) error { return nil }

// copier copies Go code out of migrations that are squashed: the text of a step, with the declarations of the same files that it needs, which get
// names of their own because the old files stay beside the new one for a while.
type copier struct {
	*squasher
	suffix string
	leaves map[string]bool // the files that go one day; what other files declare is used from there

	fset  *token.FileSet
	files map[string]*ast.File
	src   map[string][]byte

	*typecheck.Resolution
	names    map[types.Object]string // what copied things are called
	imports  map[string]string       // path -> name, "" for its own
	local    map[string]string       // name in the new file -> path
	decls    []string
	others   []string // parents of other sets, as they stand in the new file
	problems finding.Problems
}

// copy returns the text of a node fit for the new file.
func (c *copier) copy(file string, n ast.Node) (string, finding.Problems) {
	if err := c.resolve(); err != nil {
		return "", finding.Problems{err.Error()}
	}
	c.problems = nil
	if importDot(c.files[file]) {
		c.no(c.files[file].Name, "of names in a file with import . or import \"C\" it cannot be told what they stand for")
		return "", c.problems
	}
	text := c.text(file, n.Pos(), n.End(), n)
	return text, c.problems
}

// resolve finds out what every name of the package stands for.
func (c *copier) resolve() error {
	if c.Resolution != nil {
		return nil
	}
	var files []*ast.File
	for _, s := range c.sources() {
		name := path.Base(s.Name)
		if err := c.parse(name); err != nil {
			return err
		}
		files = append(files, c.files[name])
	}
	c.Resolution = typecheck.Resolve(c.fset, files)
	c.names, c.imports, c.local = map[types.Object]string{}, map[string]string{}, map[string]string{"migrate": emit.Runtime, "schema": emit.Schema}
	return nil
}

// text copies a piece of a file; nodes are what names in it are looked up in.
func (c *copier) text(file string, from, to token.Pos, nodes ...ast.Node) string {
	base := c.fset.Position(from).Offset
	var edits []goedit.Edit
	for _, n := range nodes {
		ast.Inspect(n, func(n ast.Node) bool {
			if f, ok := n.(*ast.Field); ok && len(f.Names) == 0 {
				c.embedded(f)
			}
			return true
		})
		c.Each(n, func(id *ast.Ident, obj types.Object) {
			name := id.Name
			switch o := obj.(type) {
			case *types.PkgName:
				name = c.imported(o)
			default:
				if o.Parent() == c.Scope {
					name = c.named(id, o)
				}
			}
			if name != id.Name {
				at := c.fset.Position(id.Pos()).Offset - base
				edits = append(edits, goedit.Replace(at, at+len(id.Name), name))
			}
		})
	}
	return string(goedit.Apply(c.src[file][base:c.fset.Position(to).Offset], edits))
}

// embedded refuses structs that embed what is copied: the name of the field would be another one.
func (c *copier) embedded(f *ast.Field) {
	id, ok := f.Type.(*ast.Ident)
	if !ok {
		return
	}
	if o, ok := c.Info.Uses[id].(*types.TypeName); ok && o.Parent() == c.Scope && c.leaves[c.fileOf(o)] {
		c.no(id, "it embeds %s, which would have another name in a copy", id.Name)
	}
}

func (c *copier) no(n ast.Node, format string, args ...any) {
	pos := c.fset.Position(n.Pos())
	line := fmt.Sprintf("%s: this cannot be copied into the squash: %s; move it to a file of its own, without a migration, or mark the step as %s",
		pos, fmt.Sprintf(format, args...), strings.TrimPrefix(elidableMark, "//"))
	if !slices.Contains(c.problems, line) {
		c.problems = append(c.problems, line)
	}
}

func (c *copier) fileOf(o types.Object) string { return path.Base(c.fset.Position(o.Pos()).Filename) }

// imported notes an import and returns the name that it has in the new file.
func (c *copier) imported(o *types.PkgName) string {
	p := o.Imported().Path()
	if p == emit.Runtime && o.Name() == "migrate" || p == emit.Schema && o.Name() == "schema" {
		if p == emit.Schema {
			c.imports[p] = ""
		}
		return o.Name()
	}
	name := o.Name()
	if known, ok := c.imports[p]; ok {
		if known != "" {
			return known
		}
		return o.Imported().Name()
	}
	for n := 2; c.local[name] != "" && c.local[name] != p; n++ {
		name = o.Name() + strconv.Itoa(n)
	}
	c.local[name], c.imports[p] = p, name
	if name == o.Imported().Name() && name == path.Base(p) {
		c.imports[p] = ""
	}
	return name
}

// named returns the name of something of the package in the new file, and copies it when its file goes one day.
func (c *copier) named(id *ast.Ident, o types.Object) string {
	file := c.fileOf(o)
	if name, ok := c.names[o]; ok {
		return name
	}
	if !c.leaves[file] {
		return id.Name
	}
	for _, m := range c.Migrations {
		if m.Var == o.Name() {
			c.no(id, "it uses the migration %s", m.Name)
			return id.Name
		}
	}
	name := o.Name() + c.suffix
	for n := 2; c.Scope.Lookup(name) != nil; n++ {
		name = o.Name() + c.suffix + "_" + strconv.Itoa(n)
	}
	c.names[o] = name
	c.declare(id, o)
	return name
}

// importDot finds imports that put names into a file.
func importDot(f *ast.File) bool {
	return slices.ContainsFunc(f.Imports, func(i *ast.ImportSpec) bool {
		return i.Name != nil && i.Name.Name == "." || i.Path.Value == strconv.Quote("C")
	})
}
