package load

import (
	"go/ast"
	"strings"
)

// generateCommand gives the command that generates for a package: for it alone where it has the directive, else for all.
func generateCommand(p *Package, files []*ast.File) string {
	if _, ok := Directive(files); !ok {
		return "go generate ./..."
	}
	if rel := strings.Trim(strings.TrimPrefix(p.Path, p.Module), "/"); rel != "" && p.Module != "" {
		return "go generate ./" + rel
	}
	return "go generate ."
}

// Directive gives the words of the first //go:generate directive that runs modelgen.
func Directive(files []*ast.File) ([]string, bool) {
	for _, f := range files {
		for _, g := range f.Comments {
			for _, c := range g.List {
				line, ok := strings.CutPrefix(c.Text, "//go:generate ")
				if !ok {
					continue
				}
				words := strings.Fields(line)
				for i, w := range words {
					w = strings.TrimSuffix(w[strings.LastIndexAny(w, `/\`)+1:], ".exe")
					if name, _, _ := strings.Cut(w, "@"); name == tool {
						return words[i+1:], true
					}
				}
			}
		}
	}
	return nil, false
}
