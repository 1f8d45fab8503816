package load

import (
	"bytes"
	"go/ast"
	"go/build"
	"go/build/constraint"
	"go/parser"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// constraint returns what a file is built with, "" for always. It says no when that is a matter of the machine: then the schema would be, too.
// Tags of the user's own are given to every command, so they are taken.
func (l *loader) constraint(file *ast.File) (string, bool) {
	name := filepath.Base(l.fset.Position(file.Package).Filename)
	if onPlatform(name, "") {
		return "of its name " + name, false
	}
	expr := buildLine(file)
	if expr == nil {
		return "", true
	}
	tags := tagsOf(expr)
	if len(tags) == 0 {
		return "", true
	}
	return expr.String(), !slices.ContainsFunc(tags, func(t string) bool { return onPlatform("file.go", t) })
}

// buildLine returns the //go:build line of a file, nil without one.
func buildLine(file *ast.File) constraint.Expr {
	for _, g := range file.Comments {
		if g.Pos() > file.Package {
			return nil
		}
		for _, c := range g.List {
			if !constraint.IsGoBuild(c.Text) {
				continue
			}
			if expr, err := constraint.Parse(c.Text); err == nil {
				return expr
			}
		}
	}
	return nil
}

// tagsOf returns the tags of a constraint, without those that name a version of Go.
func tagsOf(expr constraint.Expr) (tags []string) {
	switch x := expr.(type) {
	case *constraint.TagExpr:
		if !strings.HasPrefix(x.Tag, "go1.") {
			tags = append(tags, x.Tag)
		}
	case *constraint.NotExpr:
		tags = tagsOf(x.X)
	case *constraint.AndExpr:
		tags = append(tagsOf(x.X), tagsOf(x.Y)...)
	case *constraint.OrExpr:
		tags = append(tagsOf(x.X), tagsOf(x.Y)...)
	}
	return tags
}

// onPlatform reports whether a tag, or the name of a file, stands for a system, a machine or a compiler, as package build knows them: a file
// with it is left out on a machine that is none of them.
func onPlatform(name, tag string) bool {
	if slices.Contains([]string{"cgo", "gc", "gccgo", "unix", "race", "msan", "asan"}, tag) {
		return true
	}
	if tag != "" {
		name = "x_" + tag + ".go"
	}
	if !strings.Contains(name, "_") {
		return false
	}
	src := "package x\n"
	nowhere := build.Context{GOOS: "nowhere", GOARCH: "nothing", Compiler: "gc", OpenFile: func(string) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(src)), nil
	}}
	ok, err := nowhere.MatchFile("", name)
	return err == nil && !ok
}

// leftOut refuses models in files that are left out here: they would be taken for gone. Who has the tag modelgen, or ignore, wants that.
func (l *loader) leftOut(s *source) {
	for _, name := range s.pkg.IgnoredFiles {
		base := filepath.Base(name)
		if !strings.HasSuffix(base, ".go") || strings.HasSuffix(base, "_test.go") || base[0] == '_' || base[0] == '.' || IsGuard(base) {
			continue
		}
		src, err := os.ReadFile(name)
		if err != nil || !bytes.Contains(src, []byte(`table:`)) && !bytes.Contains(src, []byte("//"+tool+":"+tableWord)) && !(l.mapper != nil && bytes.Contains(src, []byte(l.mapper.key))) {
			continue
		}
		file, err := parser.ParseFile(l.fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil || file.Name.Name != s.pkg.Name {
			continue
		}
		why := "the build constraint of its name " + base
		if expr := buildLine(file); expr != nil {
			tags := tagsOf(expr)
			if slices.Contains(tags, guardTag) || slices.Contains(tags, "ignore") {
				continue
			}
			if why = "the build constraint " + expr.String(); !slices.ContainsFunc(tags, func(t string) bool { return onPlatform("file.go", t) }) {
				why += ", for which -tags may be missing"
			}
		}
		other := newSource(&packages.Package{Syntax: []*ast.File{file}})
		for _, d := range other.above {
			if name := d.standsFor(); name != "" && directivesOf(d.doc)[tableWord].Args != "" {
				l.failf(d.spec.Pos(), "what is said of %s is in a file that is left out here, by %s: its table would be taken for gone; move it into a file without one", name, why)
			}
		}
		for _, d := range other.structs {
			if st, ok := d.spec.Type.(*ast.StructType); ok && (l.tableField(st) != nil || directivesOf(d.doc)[tableWord].Args != "" || l.mapper != nil && l.mapper.mayBeModel(d.spec.Name.Name, st)) {
				l.failf(d.spec.Name.Pos(), "%s is a model in a file that is left out here, by %s: its table would be taken for gone; move the model into a file without one", d.spec.Name.Name, why)
			}
		}
	}
}

// inTests helps who wrote models into test files, which are not read.
func (l *loader) inTests() string {
	for _, p := range l.packages {
		names, _ := filepath.Glob(filepath.Join(p.Dir, "*_test.go"))
		for _, name := range names {
			if src, err := os.ReadFile(name); err == nil && bytes.Contains(src, []byte(`table:"`)) && !IsGuard(filepath.Base(name)) {
				return "; test files are not read, so the models in " + l.relative(name) + " are not seen: move them"
			}
		}
	}
	return ""
}

// IsGuard reports whether a file has the name of a guard.
func IsGuard(base string) bool {
	return base == tool+"_guard.go" || base == tool+"_guard_test.go"
}
