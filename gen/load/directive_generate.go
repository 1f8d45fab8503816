package load

import (
	"go/ast"
	"strings"
)

// generateCommand returns the command that generates for a package: for it alone where it has the directive, else for all.
func generateCommand(p *Package, files []*ast.File) string {
	if _, ok := Directive(files); !ok {
		return "go generate ./..."
	}
	if rel := strings.Trim(strings.TrimPrefix(p.Path, p.Module), "/"); rel != "" && p.Module != "" {
		return "go generate ./" + rel
	}
	return "go generate ."
}

// Directive returns the words of the first //go:generate directive that runs modelgen.
func Directive(files []*ast.File) ([]string, bool) {
	for _, f := range files {
		for _, g := range f.Comments {
			for _, c := range g.List {
				if words, ok := directive(c.Text); ok {
					return words, true
				}
			}
		}
	}
	return nil, false
}

// DirectiveIn does the same for the text of a file, in which the line begins with the directive, as go generate wants it.
func DirectiveIn(src []byte) ([]string, bool) {
	for line := range strings.Lines(string(src)) {
		if words, ok := directive(strings.TrimRight(line, "\r\n")); ok {
			return words, true
		}
	}
	return nil, false
}

func directive(text string) ([]string, bool) {
	line, ok := strings.CutPrefix(text, "//go:generate ")
	if !ok {
		return nil, false
	}
	words := strings.Fields(line)
	for i, w := range words {
		w = strings.TrimSuffix(w[strings.LastIndexAny(w, `/\`)+1:], ".exe")
		if name, _, _ := strings.Cut(w, "@"); name == tool {
			return words[i+1:], true
		}
	}
	return nil, false
}
