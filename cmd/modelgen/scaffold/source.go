package scaffold

import (
	"bytes"
	"cmp"
	"embed"
	"fmt"
	"go/format"
	"go/types"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"text/template"
)

//go:embed templates
var templates embed.FS

// versionName is the last word of an import path that is the version of a module.
var versionName = regexp.MustCompile(`^v[0-9]+$`)

// locals are names that an import cannot have: those of variables in the templates, and the one that Go has for itself.
var locals = []string{"args", "db", "dialect", "err", "file", "init", "t", "url"}

// source is one Go file on its way from its template. The template asks for the packages that it uses, which become its imports.
type source struct {
	pkg     string
	imports map[string]string // names by paths; _ for what is imported for its effects
	taken   func(string) bool
}

// use returns the name of a package in the file, and imports it.
func (s *source) use(imported string, name ...string) string {
	if n, ok := s.imports[imported]; ok {
		return n
	}
	base := path.Base(imported)
	if versionName.MatchString(base) {
		base = path.Base(path.Dir(imported))
	}
	n := free(cmp.Or(strings.Join(name, ""), base), func(n string) bool {
		return s.taken(n) || slices.Contains(locals, n) || types.Universe.Lookup(n) != nil || slices.Contains(slices.Collect(maps.Values(s.imports)), n)
	})
	s.imports[imported] = n
	return n
}

// effects imports a package for its effects alone.
func (s *source) effects(imported string) string {
	s.imports[imported] = "_"
	return ""
}

// goFile returns the text of a Go file made from a template.
func goFile(name, pkg string, taken func(string) bool, data any) ([]byte, error) {
	s := &source{pkg: pkg, imports: map[string]string{}, taken: taken}
	t, err := template.New(name+".tmpl").Funcs(template.FuncMap{"pkg": s.use, "effects": s.effects}).ParseFS(templates, "templates/"+name+".tmpl")
	if err != nil {
		return nil, err
	}
	var body bytes.Buffer
	if err := t.Execute(&body, data); err != nil {
		return nil, err
	}
	doc, rest, ok := strings.Cut(body.String(), "package\n")
	if !ok {
		return nil, fmt.Errorf("the template %s has no line package", name)
	}
	return format.Source([]byte(doc + "package " + pkg + "\n\n" + s.block() + rest))
}

// block returns the import declaration: the standard library, an empty line, all others.
func (s *source) block() string {
	var groups [2][]string
	for _, p := range slices.Sorted(maps.Keys(s.imports)) {
		line := fmt.Sprintf("%q", p)
		if n := s.imports[p]; n != path.Base(p) {
			line = n + " " + line
		}
		first, _, _ := strings.Cut(p, "/")
		i := 0
		if strings.Contains(first, ".") {
			i = 1
		}
		groups[i] = append(groups[i], line)
	}
	switch {
	case len(groups[0])+len(groups[1]) == 0:
		return ""
	case len(groups[0])+len(groups[1]) == 1:
		return "import " + strings.Join(slices.Concat(groups[0], groups[1]), "") + "\n"
	}
	blank := ""
	if len(groups[0]) > 0 && len(groups[1]) > 0 {
		blank = "\n"
	}
	lines := func(all []string) string { return strings.Join(append(all, ""), "\n") }
	return "import (\n" + lines(groups[0]) + blank + lines(groups[1]) + ")\n"
}
